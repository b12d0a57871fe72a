"""Buttons: plain, primary and small ones with an icon."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from ui.theme import Colours, current
from ui.views.controls.icons import icon
from ui.views.controls.styling import follow


def _plain(scheme: Colours) -> str:
    return f"""
        QPushButton {{ padding: 5px 12px; border: 1px solid {scheme.line}; border-radius: 6px;
            background: {scheme.field}; color: {scheme.text}; }}
        QPushButton:hover {{ background: {scheme.hover}; border-color: {scheme.handle}; }}
        QPushButton:pressed, QPushButton:checked {{ background: {scheme.selection}; }}
        QPushButton:focus {{ border-color: {scheme.accent}; }}
        QPushButton:disabled {{ color: {scheme.disabled}; background: {scheme.field}; border-color: {scheme.line}; }}
        QPushButton::menu-indicator {{ width: 0; }}"""


def _primary(scheme: Colours) -> str:
    return f"""
        QPushButton {{ padding: 5px 14px; border: 1px solid {scheme.accent}; border-radius: 6px;
            background: {scheme.accent}; color: {scheme.on_accent}; font-weight: 600; }}
        QPushButton:hover, QPushButton:pressed {{ background: {scheme.accent_hover}; }}
        QPushButton:focus {{ border: 2px solid {scheme.text}; padding: 4px 13px; }}
        QPushButton:disabled {{ color: {scheme.muted}; background: {scheme.line}; border-color: {scheme.line}; }}"""


def _small(scheme: Colours) -> str:
    return f"""
        QToolButton {{ padding: 4px; border: 1px solid {scheme.line}; border-radius: 6px; background: {scheme.field}; }}
        QToolButton:hover {{ background: {scheme.hover}; border-color: {scheme.handle}; }}
        QToolButton:pressed, QToolButton:checked {{ background: {scheme.selection}; }}
        QToolButton:focus {{ border-color: {scheme.accent}; }}
        QToolButton:disabled {{ border-color: {scheme.line}; }}
        QToolButton::menu-indicator {{ width: 0; }}"""


class Button(QPushButton):
    """A push button; `primary` is the one action that a panel is for."""

    def __init__(self, text: str, *, primary: bool = False, icon_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._primary = primary
        self._icon_name = icon_name
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setAccessibleName(text)
        follow(self, _primary if primary else _plain, self._tint)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)

    def set_icon_name(self, name: str) -> None:
        """Shows another icon."""
        self._icon_name = name
        self._tint()

    def _tint(self) -> None:
        if self._icon_name:
            scheme = current()
            self.setIcon(icon(self._icon_name, scheme, ink=scheme.on_accent if self._primary else ""))


class IconButton(QToolButton):
    """A small button that shows an icon alone; `text` is its tool tip and what a screen reader says."""

    def __init__(self, icon_name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self.setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        follow(self, _small, self._tint)

    def _tint(self) -> None:
        self.setIcon(icon(self._icon_name, current()))
