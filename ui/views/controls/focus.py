"""Whether the keyboard brought the focus: only then is it shown on controls that are usually clicked."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractButton

_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class QuietButton(QAbstractButton):
    """A button that paints itself and shows its focus only when a key moved it there."""

    is_key_focused = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.is_key_focused = event.reason() in _BY_KEY
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.is_key_focused = False
        super().focusOutEvent(event)
