"""Fields and bytes are two sides of one thing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.models.dissect import DissectModel
from ui.views.dissect_tree import DissectTree, line_of
from workbench.upper_layer.fields import Span

# A-ASSOCIATE-RJ 1/1/7, with a made-up fault in its last byte.
SPAN = Span(
    name="A-ASSOCIATE-RJ",
    start=0,
    end=10,
    children=[
        Span(name="PDU-type", start=0, end=1, value="03H"),
        Span(name="PDU-length", start=2, end=6, value=4),
        Span(name="Result", start=7, end=8, value="1 rejected permanently"),
        Span(name="Problem", start=9, end=10, value="Reason at byte 9: 70 is reserved"),
    ],
)


@pytest.fixture
def tree(qtbot: QtBot) -> DissectTree:
    model = DissectModel()
    made = DissectTree(model, "Fields")
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    model.show(SPAN)
    return made


def test_the_upper_levels_are_open(tree: DissectTree) -> None:
    assert tree.isExpanded(tree.model().index(0, 0))


def test_choosing_a_field_tells_its_bytes(qtbot: QtBot, tree: DissectTree) -> None:
    field = tree.model().index(2, 0, tree.model().index(0, 0))
    with qtbot.waitSignal(tree.field_chosen) as told:
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(field).center())
    assert told.args == [7, 8, False]


def test_a_problem_is_told_as_a_fault(qtbot: QtBot, tree: DissectTree) -> None:
    with qtbot.waitSignal(tree.field_chosen) as told:
        tree.choose_byte(9)
    assert told.args == [9, 10, True]


def test_a_byte_selects_its_deepest_field(tree: DissectTree) -> None:
    tree.choose_byte(4)
    assert line_of(tree.currentIndex()) == "PDU-length   4"
    tree.choose_byte(8)
    assert line_of(tree.currentIndex()) == "A-ASSOCIATE-RJ"
    assert tree.field_range(4) == (2, 6)
    assert tree.field_range(99) == (0, 0)


def test_arrows_move_from_field_to_field(qtbot: QtBot, tree: DissectTree) -> None:
    tree.choose_byte(0)
    with qtbot.waitSignal(tree.field_chosen) as told:
        QTest.keyClick(tree, Qt.Key.Key_Down)
    assert told.args == [2, 6, False]


def test_mouse_over_a_field_tells_its_bytes(qtbot: QtBot, tree: DissectTree) -> None:
    field = tree.model().index(1, 0, tree.model().index(0, 0))
    with qtbot.waitSignal(tree.field_hovered) as told:
        tree.entered.emit(field)
    assert told.args == [2, 6]


def test_copies(qtbot: QtBot, tree: DissectTree) -> None:
    tree.choose_byte(7)
    texts = []
    for method in (tree.copy_value, tree.copy_line, tree.copy_path):
        method()
        texts.append(QGuiApplication.clipboard().text())
    assert texts == ["1 rejected permanently", "Result   1 rejected permanently", "A-ASSOCIATE-RJ / Result"]
    QGuiApplication.clipboard().clear()
    QTest.keyClick(tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Result   1 rejected permanently"
