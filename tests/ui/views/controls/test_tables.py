"""Tables: keys, copying, what is said while empty, columns that share the room there is."""

import pytest
from PySide6.QtCore import QCoreApplication, QRect, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show, colours_of
from tests.ui.views.samples import send_row
from ui.models.send import SendModel
from ui.theme import Colours
from ui.views.controls.delegates import row_height
from ui.views.controls.rows import RowPainter
from ui.views.controls.tables import TableView, Width

WIDTHS = (
    Width(ems=6, share=2), Width(ems=6, share=1), Width(ems=6), Width(ems=4), Width(ems=8), Width(ems=4),
    Width(ems=4, is_spare=True),
)  # fmt: skip
NAMES = ("a.dcm", "b.dcm", "c.dcm")


class Listening(RowPainter):
    """Tells what it is to paint."""

    def __init__(self, view: QTableView, painted: list[QRect]) -> None:
        super().__init__(view)
        self._painted = painted

    def paint(self, painter: QPainter, exposed: QRect) -> None:
        self._painted.append(exposed)


class Bench:
    """A table of three objects and what it told."""

    def __init__(self, show: Show, width: int = 1200, names: tuple[str, ...] = NAMES) -> None:
        self.table = TableView("Objects to send", WIDTHS, "Nothing here yet.")
        self.model = SendModel(self.table)
        self.model.set_rows(send_row(name) for name in names)
        self.table.show_model(self.model)
        self.opened: list[int] = []
        self.chosen: list[int] = []
        self.table.activated_row.connect(lambda row: self.opened.append(row))
        self.table.row_chosen.connect(lambda row: self.chosen.append(row))
        show(self.table, width, 240)

    def click(self, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        place = self.table.visualRect(self.model.index(row, 0)).center()
        QTest.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, modifier, place)


@pytest.fixture
def bench(show: Show) -> Bench:
    return Bench(show)


def test_a_click_chooses_the_row_and_a_second_asks_again(bench: Bench) -> None:
    bench.click(1)
    assert set(bench.chosen) == {1}
    assert bench.table.selected_rows() == [1]
    bench.chosen.clear()
    bench.click(1)
    assert set(bench.chosen) == {1}


def test_arrows_move_the_choice(bench: Bench) -> None:
    bench.click(0)
    QTest.keyClick(bench.table, Qt.Key.Key_Down)
    QTest.keyClick(bench.table, Qt.Key.Key_Down)
    assert bench.chosen[-1] == 2
    assert bench.table.selected_rows() == [2]


def test_clearing_the_selection_is_told(bench: Bench) -> None:
    bench.click(0)
    bench.table.clearSelection()
    assert bench.chosen[-1] == -1


def test_the_current_row_of_several_is_the_one_chosen(bench: Bench) -> None:
    bench.click(0)
    bench.click(2, Qt.KeyboardModifier.ControlModifier)
    assert bench.table.selected_rows() == [0, 2]
    assert bench.chosen[-1] == 2


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_the_current_row(bench: Bench, key: Qt.Key) -> None:
    bench.click(1)
    QTest.keyClick(bench.table, key)
    assert bench.opened == [1]


def test_a_double_click_opens(bench: Bench) -> None:
    bench.click(2)
    place = bench.table.visualRect(bench.model.index(2, 0)).center()
    QTest.mouseDClick(bench.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert bench.opened == [2]


def test_enter_on_no_row_does_nothing(show: Show) -> None:
    bench = Bench(show, names=())
    QTest.keyClick(bench.table, Qt.Key.Key_Return)
    assert bench.opened == []


def test_copying_takes_the_selected_rows_from_the_top(bench: Bench) -> None:
    bench.click(2)
    bench.click(0, Qt.KeyboardModifier.ControlModifier)
    QTest.keySequence(bench.table, QKeySequence(QKeySequence.StandardKey.Copy))
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0] for line in lines] == ["a.dcm", "c.dcm"]
    assert lines[0].split("\t")[1:4] == ["CT Image", "Explicit VR LE", "514 KB"]


def test_copying_nothing_leaves_the_clipboard(bench: Bench) -> None:
    QGuiApplication.clipboard().setText("mine")
    bench.table.copy_selected()
    assert QGuiApplication.clipboard().text() == "mine"


def test_tab_leaves_the_table(bench: Bench) -> None:
    assert not bench.table.tabKeyNavigation()
    assert bench.table.accessibleName() == "Objects to send"


def test_an_empty_table_says_why(scheme: Colours, show: Show) -> None:
    bench = Bench(show, names=())
    assert bench.table.is_empty
    said = colours_of(bench.table.viewport())
    bench.table.set_placeholder("")
    silent = colours_of(bench.table.viewport())
    assert len(said) > len(silent) == 1
    bench.model.set_rows([send_row("a.dcm")])
    assert not bench.table.is_empty


@pytest.mark.parametrize("width", [700, 1000, 1600])
def test_the_columns_fill_the_width(show: Show, width: int) -> None:
    table = Bench(show, width).table
    shown = [table.columnWidth(at) for at in range(7) if not table.isColumnHidden(at)]
    assert sum(shown) == pytest.approx(table.viewport().width(), abs=len(shown))


def test_room_that_is_left_goes_by_shares(show: Show) -> None:
    table = Bench(show, 1400).table
    font = table.fontMetrics().height()
    extra = [table.columnWidth(at) - round(WIDTHS[at].ems * font) for at in range(7)]
    assert extra[0] == pytest.approx(2 * extra[1], abs=2)
    assert extra[1] > 0
    assert extra[2:] == [0] * 5


def test_a_spare_column_goes_where_it_is_narrow_and_comes_back(show: Show) -> None:
    table = Bench(show, 1400).table
    assert not table.isColumnHidden(6)
    table.resize(400, 240)
    assert table.isColumnHidden(6)
    table.resize(1400, 240)
    assert not table.isColumnHidden(6)


def test_hidden_columns_stay_hidden_and_leave_their_room(show: Show) -> None:
    table = Bench(show, 1000).table
    before = table.columnWidth(0)
    table.hide_columns(2, 4)
    assert table.columnWidth(0) > before
    table.resize(1200, 240)
    assert [at for at in range(7) if table.isColumnHidden(at)] == [2, 4]


def test_rows_grow_with_the_font(show: Show) -> None:
    table = Bench(show).table
    before = table.rowHeight(0)
    font = table.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    table.setFont(font)
    assert table.rowHeight(0) == row_height(table.font()) > before


def test_the_order_is_shown_in_the_header(show: Show) -> None:
    bench = Bench(show)
    header = bench.table.horizontalHeader()
    plain = header.viewport().grab().toImage()
    header.setSortIndicatorShown(True)
    header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    up = header.viewport().grab().toImage()
    header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
    down = header.viewport().grab().toImage()
    assert plain != up != down != plain


def test_the_header_is_quiet_and_has_a_line_below(scheme: Colours, show: Show) -> None:
    header = Bench(show).table.horizontalHeader()
    picture = header.viewport().grab().toImage()
    assert picture.pixelColor(300, picture.height() - 1).name() == scheme.line
    assert picture.pixelColor(1, 1).name() == scheme.card


def test_a_change_that_nobody_sees_is_not_painted(show: Show, qtbot: QtBot) -> None:
    bench = Bench(show, names=tuple(f"{number}.dcm" for number in range(100)))
    painted: list[QRect] = []
    bench.table.rows = Listening(bench.table, painted)
    QCoreApplication.processEvents()
    painted.clear()
    bench.model.update({90: send_row("90.dcm", "stored")})
    QCoreApplication.processEvents()
    assert painted == []
    bench.model.update({1: send_row("1.dcm", "stored")})
    qtbot.waitUntil(lambda: bool(painted))
