"""Thin bars are narrower than the style's own."""

from PySide6.QtWidgets import QFrame, QPlainTextEdit
from pytestqt.qtbot import QtBot

from ui.views.controls.scrolling import thin_scroll_bars


def test_bars_become_thin_and_the_frame_goes(qtbot: QtBot) -> None:
    area = QPlainTextEdit("line\n" * 100)
    qtbot.addWidget(area)
    before = area.verticalScrollBar().sizeHint().width()
    thin_scroll_bars(area)
    area.show()
    assert area.verticalScrollBar().sizeHint().width() < before
    assert area.frameShape() == QFrame.Shape.NoFrame
