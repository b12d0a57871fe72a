"""Boxes to tick: by mouse on box or text, by space; on, off and focused can be told apart in both themes."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show, colours_in, colours_of
from ui.theme import Colours
from ui.views.controls.checks import SIDE, CheckBox, paint_box


def painted(scheme: Colours, *, is_on: bool, has_focus: bool = False) -> QImage:
    image = QImage(SIDE + 4, SIDE + 4, QImage.Format.Format_ARGB32)
    image.fill(QColor(scheme.card))
    painter = QPainter(image)
    paint_box(painter, QRect(2, 2, SIDE, SIDE), scheme, is_on=is_on, has_focus=has_focus)
    painter.end()
    return image


def test_on_and_off_differ_by_the_tick_and_the_ground(scheme: Colours) -> None:
    on, off = colours_in(painted(scheme, is_on=True)), colours_in(painted(scheme, is_on=False))
    assert on[scheme.accent] > 60
    assert off[scheme.accent] == 0
    assert off[scheme.muted] > 20  # the edge


@pytest.mark.parametrize("is_on", [True, False])
def test_the_focus_can_be_seen(scheme: Colours, is_on: bool) -> None:
    assert painted(scheme, is_on=is_on, has_focus=True) != painted(scheme, is_on=is_on)


@pytest.mark.parametrize("x", [4, 60], ids=["on the box", "on the text"])
def test_a_click_ticks(qtbot: QtBot, show: Show, x: int) -> None:
    box = show(CheckBox("Serve any calling AE title"), 240, 26)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(x, 13))
    assert box.isChecked()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(x, 13))
    assert not box.isChecked()


def test_space_ticks(qtbot: QtBot, show: Show) -> None:
    box = show(CheckBox("Serve any calling AE title"))
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert box.isChecked()


def test_the_text_names_it_and_has_room(show: Show) -> None:
    box = show(CheckBox("Serve any calling AE title"))
    assert box.accessibleName() == "Serve any calling AE title"
    assert box.width() >= SIDE + box.fontMetrics().horizontalAdvance(box.text())


def test_a_ticked_box_is_painted_with_the_accent(scheme: Colours, show: Show) -> None:
    box = show(CheckBox("x"))
    box.clearFocus()
    assert colours_of(box)[scheme.accent] == 0
    box.setChecked(True)
    assert colours_of(box)[scheme.accent] > 60
