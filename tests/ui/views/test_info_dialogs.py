"""Dialogs that only tell."""

import platform

import PySide6
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from tests.ui.views.painted import Show
from ui.actions import ACTIONS
from ui.models.send import SkippedModel, SkippedRow
from ui.reporting import version_block
from ui.views.info_dialogs import AboutDialog, InfoDialog, ShortcutsDialog, SkippedDialog


@pytest.fixture
def window(show: Show) -> QWidget:
    return show(QWidget(), 900, 700)


def texts_of(dialog: InfoDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def press(dialog: InfoDialog, text: str) -> None:
    button = next(each for each in dialog.findChildren(QPushButton) if each.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_every_action_with_keys_is_listed(window: QWidget) -> None:
    dialog = ShortcutsDialog(window)
    shown = texts_of(dialog)
    missing = [row.id for row in ACTIONS if row.shortcuts and row.text.rstrip("…") not in shown]
    assert missing == []
    assert [row.id for row in ACTIONS if not row.shortcuts and row.text in shown] == []


def test_every_key_of_an_action_is_shown(window: QWidget) -> None:
    shown = texts_of(ShortcutsDialog(window))
    assert "Ctrl+F   /" in shown
    assert "F11   Ctrl+7" in shown


def test_the_list_of_shortcuts_is_ordered_by_menu(window: QWidget) -> None:
    shown = texts_of(ShortcutsDialog(window))
    places = [shown.index(name) for name in ("File", "Edit", "View", "Node", "Trace", "Help")]
    assert places == sorted(places)


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_escape_and_enter_close(window: QWidget, key: Qt.Key) -> None:
    dialog = AboutDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.open()
    QTest.keyClick(dialog, key)
    assert not dialog.isVisible()


def test_skipped_files_can_be_copied(window: QWidget) -> None:
    model = SkippedModel(window)
    model.append([SkippedRow(path="a.txt", reason="no DICOM file"), SkippedRow(path="b.dcm", reason="truncated")])
    dialog = SkippedDialog(window, model)
    dialog.open()
    press(dialog, "Copy list")
    assert QGuiApplication.clipboard().text() == "a.txt\tno DICOM file\nb.dcm\ttruncated"


def test_about_names_program_and_versions_and_what_it_is_not(window: QWidget) -> None:
    dialog = AboutDialog(window)
    assert dialog.windowTitle() == "DICOM Workbench"
    words = "\n".join(texts_of(dialog))
    for part in (platform.python_version(), PySide6.__version__, "Not a medical device"):
        assert part in words


def test_the_versions_can_be_copied(window: QWidget) -> None:
    dialog = AboutDialog(window)
    dialog.open()
    press(dialog, "Copy")
    assert QGuiApplication.clipboard().text() == version_block()
    assert version_block().startswith("DICOM Workbench ")
