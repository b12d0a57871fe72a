"""The settings are applied together, or not at all."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.views.stand_in import StandIn
from ui.views.settings_dialog import SettingsDialog


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(window: QWidget, desk: StandIn) -> SettingsDialog:
    made = SettingsDialog(desk.as_session(), window)
    made.open()
    return made


def test_all_pages_are_applied(qtbot: QtBot, dialog: SettingsDialog, desk: StandIn) -> None:
    dialog.general.theme.setCurrentIndex(dialog.general.theme.findData("dark"))
    dialog.general.folder_field.setText("/data/other")
    dialog.local.title.setText("BENCH")
    dialog.local.accepts.setCurrentIndex(1)
    dialog.timeouts.form.first_field.setFocus()
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert desk.settings.theme == "dark"
    assert desk.storage_folder == Path("/data/other")
    assert desk.local.ae_title == "BENCH"
    assert desk.settings.accept_profile == "Verification"


def test_nothing_changed_is_nothing_told(qtbot: QtBot, dialog: SettingsDialog, desk: StandIn) -> None:
    with qtbot.assertNotEmitted(desk.settings_changed), qtbot.assertNotEmitted(desk.local_changed):
        dialog.accept()


def test_a_fault_leads_to_its_page_and_keeps_everything_as_it_was(dialog: SettingsDialog, desk: StandIn) -> None:
    dialog.general.theme.setCurrentIndex(dialog.general.theme.findData("dark"))
    dialog.local.title.setText("A\\B")
    dialog.accept()
    assert dialog.isVisible()
    assert dialog.local.isVisible()
    assert dialog.local.form.fault("title")
    assert desk.settings.theme == "system"
    dialog.reject()


def test_chips_turn_the_pages(qtbot: QtBot, dialog: SettingsDialog) -> None:
    for name, page in dialog.pages.items():
        QTest.mouseClick(dialog.chips.chips[name], Qt.MouseButton.LeftButton)
        assert page.isVisible()
    dialog.reject()


def test_it_opens_at_the_page_asked_for(window: QWidget, desk: StandIn) -> None:
    dialog = SettingsDialog(desk.as_session(), window, "local")
    dialog.open()
    assert dialog.local.isVisible()
    dialog.reject()


def test_cancel_changes_nothing(qtbot: QtBot, dialog: SettingsDialog, desk: StandIn) -> None:
    dialog.local.title.setText("BENCH")
    QTest.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert desk.local.ae_title == "WORKBENCH"
