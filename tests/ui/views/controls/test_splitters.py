"""Splitters keep their panes and are known by name."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ui.views.controls.splitters import Handle, Splitter


def test_handle_can_be_dragged(qtbot: QtBot) -> None:
    splitter = Splitter(Qt.Orientation.Horizontal, "trace", QLabel("a"), QLabel("b"))
    qtbot.addWidget(splitter)
    splitter.resize(400, 100)
    splitter.setSizes([200, 190])
    splitter.show()
    handle = splitter.handle(1)
    assert isinstance(handle, Handle)
    before = splitter.sizes()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 50))
    QTest.mouseMove(handle, QPoint(65, 50))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(65, 50))
    assert splitter.sizes() != before
    assert splitter.objectName() == "trace"


def test_panes_cannot_vanish(qtbot: QtBot) -> None:
    splitter = Splitter(Qt.Orientation.Vertical, "left", QLabel("a"), QLabel("b"))
    qtbot.addWidget(splitter)
    splitter.resize(100, 200)
    splitter.show()
    splitter.setSizes([0, 400])
    assert all(splitter.sizes())
