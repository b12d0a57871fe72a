"""Trees: no header, one quiet ground over the whole selected row."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame

from tests.ui.views.painted import Show
from ui.theme import Colours
from ui.views.controls.trees import Tree


def tree_of(show: Show) -> Tree:
    tree = Tree("Nodes")
    model = QStandardItemModel(tree)
    group = QStandardItem("Hospital")
    group.appendRows([QStandardItem("PACS1"), QStandardItem("PACS2")])
    model.appendRow(group)
    tree.setModel(model)
    tree.expandAll()
    return show(tree, 240, 160)


def test_it_is_named_and_has_neither_header_nor_frame(show: Show) -> None:
    tree = tree_of(show)
    assert tree.accessibleName() == "Nodes"
    assert not tree.header().isVisible()
    assert tree.frameShape() == QFrame.Shape.NoFrame


def test_arrows_move_fold_and_unfold(show: Show) -> None:
    tree = tree_of(show)
    group = tree.model().index(0, 0)
    tree.setCurrentIndex(group)
    QTest.keyClick(tree, Qt.Key.Key_Down)
    assert tree.currentIndex().data() == "PACS1"
    tree.setCurrentIndex(group)
    QTest.keyClick(tree, Qt.Key.Key_Left)
    assert not tree.isExpanded(group)
    QTest.keyClick(tree, Qt.Key.Key_Right)
    assert tree.isExpanded(group)


def test_the_selection_reaches_from_edge_to_edge(scheme: Colours, show: Show) -> None:
    tree = tree_of(show)
    index = tree.model().index(1, 0, tree.model().index(0, 0))
    before = tree.viewport().grab().toImage()
    tree.setCurrentIndex(index)
    picture = tree.viewport().grab().toImage()
    y = tree.visualRect(index).bottom() - 1
    assert before.pixelColor(2, y).name() != scheme.selection
    # Left of the branch too: the ground of the branches is the palette's, not the delegate's.
    assert picture.pixelColor(2, y).name() == scheme.selection
    assert scheme.accent not in {picture.pixelColor(x, y).name() for x in range(20)}


def test_the_first_row_is_whole_wherever_the_tree_is_scrolled_to(show: Show) -> None:
    tree = Tree("Fields")
    model = QStandardItemModel(tree)
    for number in range(60):
        model.appendRow(QStandardItem(f"field {number}"))
    tree.setModel(model)
    show(tree, 240, 155)
    for row in (40, 7, 59, 30):
        tree.scrollTo(model.index(row, 0))
        assert tree.visualRect(tree.indexAt(QPoint(30, 1))).top() == 0
        shown = tree.visualRect(model.index(row, 0))
        assert 0 <= shown.top() <= shown.bottom() < tree.viewport().height()
