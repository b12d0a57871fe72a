"""Focus is shown when a key brought it, not after a click."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.views.controls.pills import Chip


def test_only_keys_show_the_focus(qtbot: QtBot) -> None:
    chip = Chip("All")
    qtbot.addWidget(chip)
    for reason, is_shown in (
        (Qt.FocusReason.TabFocusReason, True),
        (Qt.FocusReason.MouseFocusReason, False),
        (Qt.FocusReason.ShortcutFocusReason, True),
    ):
        QApplication.sendEvent(chip, QFocusEvent(QEvent.Type.FocusIn, reason))
        assert chip.is_key_focused is is_shown
    QApplication.sendEvent(chip, QFocusEvent(QEvent.Type.FocusOut))
    assert not chip.is_key_focused
