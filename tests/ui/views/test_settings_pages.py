"""Each page gives back what it shows, and says what is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from ui.views.settings_pages import EVERYWHERE, GeneralPage, LocalPage, TimeoutsPage
from workbench.config import LocalAe, Timeouts

LOCAL = LocalAe(allowed_calling=("CT1",), allowed_hosts=("127.0.0.1", "::1"))


def page(qtbot: QtBot, local: LocalAe = LOCAL, accept: str | None = None) -> LocalPage:
    made = LocalPage(local, accept, ["Verification", "CT only"])
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    "local",
    [
        LOCAL,
        LocalAe(allowed_calling=None, allowed_hosts=None, bind=EVERYWHERE, port=104, commitment=True),
        LocalAe(allowed_calling=(), allowed_hosts=(), bind="10.1.2.3", max_pdu_length=0, max_associations=1),
    ],
)
def test_what_is_not_touched_stays(qtbot: QtBot, local: LocalAe) -> None:
    assert page(qtbot, local).local_ae(local, local.timeouts) == local


def test_callers_are_listed_once_each(qtbot: QtBot) -> None:
    local = page(qtbot)
    local.callers.setText(" CT1, ARCHIVE ,,CT1")
    assert local.local_ae(LOCAL, LOCAL.timeouts).allowed_calling == ("CT1", "ARCHIVE")


def test_anyone_needs_no_list(qtbot: QtBot) -> None:
    local = page(qtbot)
    QTest.mouseClick(local.any_caller, Qt.MouseButton.LeftButton)
    assert not local.callers.isEnabled()
    assert local.local_ae(LOCAL, LOCAL.timeouts).allowed_calling is None


def test_storage_commitment_is_off_until_it_is_ticked(qtbot: QtBot) -> None:
    local = page(qtbot)
    assert not local.commitment.isChecked()
    QTest.mouseClick(local.commitment, Qt.MouseButton.LeftButton)
    assert local.local_ae(LOCAL, LOCAL.timeouts).commitment


def test_an_open_door_is_warned_of(qtbot: QtBot) -> None:
    local = page(qtbot)
    assert not local.warning.isVisible()
    local.bind.setCurrentIndex(local.bind.findData(EVERYWHERE))
    local.any_caller.setChecked(True)
    assert not local.warning.isVisible()
    local.any_host.setChecked(True)
    assert local.warning.isVisible()


@pytest.mark.parametrize(
    ("field", "text"), [("title", ""), ("title", "A\\B"), ("callers", "CT1, A\\B"), ("callers", "SEVENTEEN LETTERS")]
)
def test_titles_that_are_none_are_told(qtbot: QtBot, field: str, text: str) -> None:
    local = page(qtbot)
    getattr(local, field).setText(text)
    assert list(local.faults()) == [field]


def test_a_callers_list_that_is_not_used_is_not_judged(qtbot: QtBot) -> None:
    local = page(qtbot)
    local.callers.setText("A\\B")
    local.any_caller.setChecked(True)
    assert local.faults() == {}


@pytest.mark.parametrize(("length", "is_right"), [(0, True), (1, False), (4095, False), (4096, True), (131072, True)])
def test_maximum_pdu(qtbot: QtBot, length: int, is_right: bool) -> None:
    local = page(qtbot)
    local.max_pdu.setValue(length)
    assert (local.faults() == {}) is is_right


def test_the_accepted_profile_is_chosen_by_name(qtbot: QtBot) -> None:
    assert page(qtbot).accept_profile is None
    assert page(qtbot, accept="CT only").accept_profile == "CT only"
    assert page(qtbot, accept="gone").accept_profile is None


def test_times_are_whole_seconds(qtbot: QtBot) -> None:
    times = Timeouts(connect=5, acse=20, dimse=300, idle=30)
    made = TimeoutsPage(times)
    qtbot.addWidget(made)
    assert made.timeouts() == times
    assert made.timeouts() == replace(times)


def test_a_folder_is_needed(qtbot: QtBot) -> None:
    made = GeneralPage("dark", Path("/data/received"))
    qtbot.addWidget(made)
    assert (made.theme_name, made.folder, made.faults()) == ("dark", "/data/received", {})
    for text in ("", "relative/folder"):
        made.folder_field.setText(text)
        assert list(made.faults()) == ["folder"]


def test_a_folder_can_be_picked(qtbot: QtBot) -> None:
    made = GeneralPage("system", Path("/data/received"))
    qtbot.addWidget(made)
    made.show()
    QTest.mouseClick(made.browse_button, Qt.MouseButton.LeftButton)
    dialog = made.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit("/data/other")
    assert made.folder == "/data/other"
    dialog.reject()
