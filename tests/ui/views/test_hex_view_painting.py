"""What the bytes look like: every byte where it belongs, ranges in colours that can be read, in both themes."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.views.painted import Show, colours_in
from ui.theme import Colours
from ui.views.hex_view import HexView

ROW = bytes(range(0x41, 0x51))  # A to P


@pytest.fixture
def view(show: Show) -> HexView:
    made = HexView("Bytes of the PDU")
    made.show_bytes(ROW * 4, 64)
    return show(made, made.sizeHint().width(), 240)


def byte_area(view: HexView, offset: int) -> QRect:
    """The two digits of a byte."""
    centre, line = view.place_of(offset), view.viewport().fontMetrics().height()
    width = view.viewport().fontMetrics().horizontalAdvance("00")
    return QRect(centre.x() - width // 2, centre.y() - line // 2, width, line)


def colours(view: HexView, area: QRect) -> dict[str, int]:
    return colours_in(view.viewport().grab(area).toImage())


def test_it_is_named_and_reached_by_tab(view: HexView) -> None:
    assert view.accessibleName() == "Bytes of the PDU"
    assert view.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_another_byte_changes_its_digits_and_its_letter_and_nothing_else(view: HexView) -> None:
    before = view.viewport().grab().toImage()
    view.show_bytes(ROW + b"\x5a" + ROW[1:] + ROW * 2, 64)
    after = view.viewport().grab().toImage()
    changed = {
        (x, y)
        for x in range(before.width())
        for y in range(before.height())
        if before.pixelColor(x, y) != after.pixelColor(x, y)
    }
    digits = byte_area(view, 16)
    assert any(digits.contains(x, y) for x, y in changed)
    letters = {x for x, y in changed if not digits.contains(x, y)}
    right_of_digits = byte_area(view, 15).right()
    assert letters
    assert min(letters) > right_of_digits
    assert {y for _, y in changed} <= set(range(digits.top(), digits.bottom() + 2))


def test_offsets_stand_at_the_left_in_the_quiet_colour(scheme: Colours, view: HexView) -> None:
    left = QRect(0, 0, byte_area(view, 0).left() - 4, view.viewport().height())
    assert colours(view, left).get(scheme.muted, 0) > 0
    assert colours(view, left).get(scheme.text, 0) == 0


def test_bytes_are_text_on_the_field(scheme: Colours, view: HexView) -> None:
    found = colours(view, byte_area(view, 3))
    assert found[scheme.field] > sum(found.values()) / 2
    assert scheme.accent not in found


@pytest.mark.parametrize("is_fault", [False, True], ids=["a field", "a fault"])
def test_a_range_has_its_ground_from_first_to_last_byte(scheme: Colours, view: HexView, is_fault: bool) -> None:
    view.clearFocus()
    view.highlight(4, 20, is_fault=is_fault)
    ground = scheme.error if is_fault else scheme.accent
    lit = [
        offset
        for offset in range(64)
        if colours(view, byte_area(view, offset)).get(ground, 0) > byte_area(view, offset).width() * 4
    ]
    assert lit == list(range(4, 20))


def test_the_field_under_the_mouse_is_tinted_only(scheme: Colours, view: HexView) -> None:
    view.tint(8, 10)
    assert scheme.selection in colours(view, byte_area(view, 8))
    assert scheme.selection in colours(view, byte_area(view, 9))
    assert scheme.selection not in colours(view, byte_area(view, 10))
    view.tint(0, 0)
    assert scheme.selection not in colours(view, byte_area(view, 8))


def test_the_cursor_is_framed_while_the_focus_is_here(view: HexView) -> None:
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    focused = view.viewport().grab(byte_area(view, 1)).toImage()
    view.clearFocus()
    assert view.viewport().grab(byte_area(view, 1)).toImage() != focused


def test_what_was_not_kept_is_said_below_the_bytes(scheme: Colours, view: HexView) -> None:
    below = QRect(0, byte_area(view, 63).bottom() + 3, view.viewport().width(), 30)
    assert set(colours(view, below)) == {scheme.field}
    view.show_bytes(ROW * 4, 1_000_000)
    below = QRect(0, byte_area(view, 63).bottom() + 3, view.viewport().width(), 30)
    assert colours(view, below).get(scheme.muted, 0) > 0


def test_a_range_comes_into_view_from_below_and_from_above(view: HexView) -> None:
    view.show_bytes(ROW * 200, 3200)
    view.highlight(3000, 3010)
    assert view.viewport().rect().contains(view.place_of(3000))
    view.highlight(16, 20)
    assert view.viewport().rect().contains(view.place_of(16))
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    view.show_bytes(ROW * 200, 3200)
    assert view.verticalScrollBar().value() == 0


def test_a_screen_reader_hears_the_bytes_of_the_range(view: HexView) -> None:
    view.highlight(0, 3)
    assert view.accessibleDescription() == "41 42 43"
    view.highlight(0, 0)
    assert view.accessibleDescription() == ""


def test_the_mouse_that_leaves_is_over_no_byte(view: HexView) -> None:
    heard: list[int] = []
    view.byte_hovered.connect(lambda offset: heard.append(offset))
    QTest.mouseMove(view.viewport(), view.place_of(5))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert heard[-1] == -1


def test_too_narrow_for_eight_it_scrolls_sideways(view: HexView) -> None:
    view.resize(150, 240)
    assert view.bytes_in_row == 8
    bar = view.horizontalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    place = view.place_of(7)
    assert view.viewport().rect().contains(place + QPoint(4, 0))
    assert view.offset_at(place) == 7


def test_bytes_stand_under_one_another(view: HexView) -> None:
    assert view.viewport().font().styleHint() == QFont.StyleHint.Monospace
    assert view.place_of(3).x() == view.place_of(19).x()
    # A gap after eight bytes.
    assert view.place_of(8).x() - view.place_of(7).x() > view.place_of(7).x() - view.place_of(6).x()
