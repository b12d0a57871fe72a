"""Remembers how the window was arranged, in an INI file beside the settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QSplitter

VERSION: Final = 1  # raise it when docks are added or renamed: an older arrangement is then not restored
_AFTER_CHANGE_MS = 2000


class LayoutMemory(QObject):
    """Saves size, docks and splitters two seconds after a change and on closing.

    A part that only gave way because the window is narrow is hidden like one that the user has hidden; so that it can
    come back in a wider window, `gave_way` is asked and kept beside.
    """

    def __init__(self, window: QMainWindow, path: Path, gave_way: Callable[[], bool] = lambda: False) -> None:
        super().__init__(window)
        self._gave_way = gave_way
        self._window = window
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_CHANGE_MS)
        self._timer.timeout.connect(self.save)

    def restore(self) -> bool:
        """Arranges the window as it was; gives whether there was something to restore."""
        geometry, state = self._settings.value("geometry"), self._settings.value("state")
        if not isinstance(geometry, QByteArray) or not isinstance(state, QByteArray):
            return False
        restored = self._window.restoreGeometry(geometry) and self._window.restoreState(state, VERSION)
        for splitter in self._splitters():
            kept = self._settings.value(f"splitter/{splitter.objectName()}")
            if isinstance(kept, QByteArray):
                splitter.restoreState(kept)
        return restored and self._is_on_a_screen()

    @property
    def did_give_way(self) -> bool:
        """Whether a part that the kept arrangement hides had only given way."""
        return self._settings.value("gave_way") in (True, "true")

    def watch(self) -> None:
        """Saves after each change from now on."""
        self._window.installEventFilter(self)
        for splitter in self._splitters():
            splitter.splitterMoved.connect(lambda *_: self._timer.start())

    def save(self) -> None:
        """Writes the arrangement."""
        self._timer.stop()
        self._settings.setValue("geometry", self._window.saveGeometry())
        self._settings.setValue("state", self._window.saveState(VERSION))
        self._settings.setValue("gave_way", self._gave_way())
        for splitter in self._splitters():
            self._settings.setValue(f"splitter/{splitter.objectName()}", splitter.saveState())
        self._settings.sync()

    def stop(self) -> None:
        """Saves nothing more by itself."""
        self._window.removeEventFilter(self)
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest):
            self._timer.start()
        return False

    def _splitters(self) -> list[QSplitter]:
        return [splitter for splitter in self._window.findChildren(QSplitter) if splitter.objectName()]

    def _is_on_a_screen(self) -> bool:
        frame = self._window.frameGeometry()
        return any(screen.availableGeometry().intersects(frame) for screen in QGuiApplication.screens())
