"""Bytes can be found by mouse and key, and ranges light up."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import colours_of
from ui import theme
from ui.theme import LIGHT
from ui.views.hex_view import HexView

DATA = bytes(range(256)) * 4


@pytest.fixture
def view(qtbot: QtBot) -> HexView:
    made = HexView("Bytes")
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    made.show()
    made.show_bytes(DATA, len(DATA))
    return made


def test_every_place_of_a_byte_leads_back_to_it(view: HexView) -> None:
    for offset in (0, 7, 8, 15, 16, 100):
        assert view.offset_at(view.place_of(offset)) == offset


def test_places_without_byte_lead_nowhere(view: HexView) -> None:
    assert view.offset_at(QPoint(2, view.place_of(0).y())) == -1
    view.show_bytes(b"\x01\x02", 2)
    assert view.offset_at(view.place_of(9)) == -1


def test_click_chooses_a_byte(qtbot: QtBot, view: HexView) -> None:
    with qtbot.waitSignal(view.byte_chosen) as told:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.place_of(37))
    assert told.args == [37]


def test_mouse_over_a_byte_is_told_once(qtbot: QtBot, view: HexView) -> None:
    told: list[int] = []
    view.byte_hovered.connect(told.append)
    QTest.mouseMove(view.viewport(), view.place_of(20))
    QTest.mouseMove(view.viewport(), view.place_of(20) + QPoint(1, 0))
    QTest.mouseMove(view.viewport(), view.place_of(21))
    assert told == [20, 21]


@pytest.mark.parametrize(
    ("key", "modifier", "offset"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 41),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 39),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, 56),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, 24),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 32),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 47),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier, 0),
        (Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier, 1023),
    ],
)
def test_keys_move_the_cursor(
    qtbot: QtBot, view: HexView, key: Qt.Key, modifier: Qt.KeyboardModifier, offset: int
) -> None:
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.place_of(40))
    QTest.keyClick(view, key, modifier)
    assert view.cursor_offset == offset


def test_the_cursor_stays_within_the_bytes_and_in_view(qtbot: QtBot, view: HexView) -> None:
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.cursor_offset == 0
    for _ in range(60):
        QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.cursor_offset == 1023
    assert view.viewport().rect().contains(view.place_of(1023))


def test_a_range_lights_up_and_is_copied(qtbot: QtBot, view: HexView) -> None:
    view.highlight(16, 20)
    assert colours_of(view.viewport())[LIGHT.accent] > 100
    assert view.highlighted == (16, 20)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "10 11 12 13"


def test_a_fault_has_its_own_colour(view: HexView) -> None:
    view.highlight(16, 20, is_fault=True)
    colours = colours_of(view.viewport())
    assert colours[LIGHT.error] > 100
    assert LIGHT.accent not in colours


def test_a_far_range_comes_into_view(view: HexView) -> None:
    view.highlight(1000, 1004)
    assert view.viewport().rect().contains(view.place_of(1000))


def test_eight_bytes_a_row_where_it_is_narrow(view: HexView) -> None:
    assert view.bytes_in_row == 16
    view.resize(view.width() - 60, view.height())
    assert view.bytes_in_row == 8
    for offset in (0, 7, 8, 100):
        assert view.offset_at(view.place_of(offset)) == offset


def test_what_was_not_kept_is_told_not_invented(view: HexView) -> None:
    view.show_bytes(b"\x04" * 32, 131_072)
    without = view.viewport().grab().toImage()
    view.show_bytes(b"\x04" * 32, 32)
    assert view.viewport().grab().toImage() != without


def test_bytes_are_painted_in_both_themes(view: HexView, qapp: QApplication) -> None:
    before = view.viewport().grab().toImage()
    theme.apply(qapp, "dark")
    assert view.viewport().grab().toImage().pixelColor(2, 2).name() == theme.DARK.field
    assert before.pixelColor(2, 2).name() == LIGHT.field
