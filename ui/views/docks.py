"""Docks without title bars: the cards inside have their own headings."""

from typing import cast

from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget

# Between two cards there is twice the gap and the separator of the main window.
GAP = 2
EDGE = 10


class Dock(QDockWidget):
    """A part of the window that can be hidden, resized and torn off; torn off, it has a title bar."""

    def __init__(self, name: str, title: str, contents: QWidget, margins: tuple[int, int, int, int]) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._bare = QWidget()
        self._bare.setFixedHeight(0)
        self.setTitleBarWidget(self._bare)
        frame = QWidget()
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(*margins)
        layout.addWidget(contents)
        self.setWidget(frame)
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetClosable | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        )
        self.topLevelChanged.connect(self._dress)

    def _dress(self, is_floating: bool) -> None:
        """A floating dock needs a title bar to be moved and closed by."""
        # Qt takes no widget as "its own title bar"; the stub does not say so.
        self.setTitleBarWidget(cast("QWidget", None) if is_floating else self._bare)
