"""The bar at the left edge: where to work, icons with their names."""

from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QVBoxLayout, QWidget

from ui.theme import current, scaled
from ui.views.controls.card import Card
from ui.views.controls.focus import QuietButton
from ui.views.controls.icons import pixmap

ICON: Final = 22


class ActivityButton(QuietButton):
    """An icon over its name."""

    def __init__(self, icon_name: str, text: str, hint: str) -> None:
        super().__init__()
        self._icon_name = icon_name
        self.setText(text)
        self.setToolTip(hint)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(70, ICON + self.fontMetrics().height() + 18)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked() or self.underMouse() or self.is_key_focused:
            painter.setPen(QColor(scheme.accent) if self.is_key_focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(scheme.selection if self.isChecked() else scheme.hover))
            painter.drawRoundedRect(area, 7, 7)
        ink = scheme.accent if self.isChecked() else scheme.muted
        image = pixmap(self._icon_name, ink, ICON, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - ICON) // 2, 8, image)
        painter.setPen(QColor(ink))
        painter.setFont(scaled(self.font(), 0.86, QFont.Weight.Medium))
        text_area = QRect(0, ICON + 10, self.width(), self.height() - ICON - 12)
        painter.drawText(text_area, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter), self.text())


class ActivityBar(Card):
    """The buttons that choose the panel in the middle, and the settings at the foot.

    Signals:
        chosen: the name of the button clicked.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Panels"))
        self.setFixedWidth(84)
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(6, 8, 6, 8)
        self.body.setSpacing(4)
        self.buttons: dict[str, ActivityButton] = {}
        for name, text, hint in (
            ("send", self.tr("Send"), self.tr("Send objects to a node (Ctrl+1)")),
            ("receive", self.tr("Receive"), self.tr("Listen and receive objects (Ctrl+2)")),
            ("query", self.tr("Query"), self.tr("Ask a node what it has, and retrieve it (Ctrl+3)")),
            ("worklist", self.tr("Worklist"), self.tr("What modalities are to do next (Ctrl+4)")),
            ("contexts", self.tr("Contexts"), self.tr("What is proposed and accepted (Ctrl+5)")),
            ("verify", self.tr("Verify"), self.tr("Check nodes step by step (Ctrl+6)")),
            ("trace", self.tr("Trace"), self.tr("Show only the trace (F11)")),
        ):
            self._add(name, text, hint)
        self.body.addStretch(1)
        self._add("settings", self.tr("Settings"), self.tr("Settings (Ctrl+,)"))
        self.buttons["settings"].setCheckable(False)

    def show_chosen(self, name: str) -> None:
        """Marks the button of the panel that is shown."""
        for each, button in self.buttons.items():
            button.setChecked(each == name)

    def _add(self, name: str, text: str, hint: str) -> None:
        button = ActivityButton(name, text, hint)
        button.clicked.connect(lambda: self.chosen.emit(name))
        self.buttons[name] = button
        self.body.addWidget(button)


class ActivityToolBar(QToolBar):
    """Holds the activity bar at the left edge of the main window; paints nothing itself."""

    def __init__(self, bar: ActivityBar) -> None:
        super().__init__()
        self.setObjectName("activity")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        frame = QWidget()
        column = QVBoxLayout(frame)
        column.setContentsMargins(10, 10, 0, 0)
        column.addWidget(bar)
        self.addWidget(frame)
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(0, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground of the window shows through."""
