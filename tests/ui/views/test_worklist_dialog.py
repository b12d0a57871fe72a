"""The dialog for one entry: sensible to begin with, every fault under its field, closed only when it is kept."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.ui.session.test_scheduling import ENTRY
from tests.ui.views.painted import Show
from ui.session import WorklistEntry
from ui.session.scheduling import faults
from ui.views.controls.fields import ComboBox, LineEdit
from ui.views.worklist_dialog import WorklistDialog


class Shelf:
    """Keeps what a dialog gives it, unless something is wrong."""

    def __init__(self) -> None:
        self.kept: list[WorklistEntry] = []
        self.trouble: dict[str, str] = {}

    def keep(self, entry: WorklistEntry) -> Mapping[str, str]:
        found = faults(entry, ()) | self.trouble
        if not found:
            self.kept.append(entry)
        return found


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def dialog(show: Show, shelf: Shelf) -> WorklistDialog:
    made = WorklistDialog(show(QWidget(), 1000, 700), ENTRY, shelf.keep)
    made.open()
    return made


def line(dialog: WorklistDialog, name: str) -> LineEdit:
    field = dialog.fields[name]
    assert isinstance(field, LineEdit)
    return field


def test_what_is_there_is_shown_for_people_and_given_back_as_it_was(dialog: WorklistDialog, shelf: Shelf) -> None:
    shown = {name: line(dialog, name).text() for name in ("start_date", "start_time", "scheduled_station_ae_titles")}
    assert shown == {
        "start_date": "2026-11-22",
        "start_time": "10:15:30",
        "scheduled_station_ae_titles": "CT1, CT2",
    }
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert shelf.kept == [ENTRY]


def test_fields_are_taken_as_people_write_them(dialog: WorklistDialog, shelf: Shelf) -> None:
    line(dialog, "patient_birth_date").setText("1984-02-29")
    line(dialog, "start_time").setText("09:05")
    line(dialog, "modality").setText("mr")
    line(dialog, "scheduled_station_ae_titles").setText("MR1,, MR1 , MR2")
    sex = dialog.fields["patient_sex"]
    assert isinstance(sex, ComboBox)
    sex.setCurrentIndex(sex.findData("F"))
    dialog.accept()
    (entry,) = shelf.kept
    assert (entry.patient_birth_date, entry.start_time, entry.modality) == ("19840229", "0905", "MR")
    assert (entry.scheduled_station_ae_titles, entry.patient_sex) == (("MR1", "MR2"), "F")


def test_what_the_dialog_does_not_show_stays(show: Show, shelf: Shelf) -> None:
    made = WorklistDialog(show(QWidget(), 1000, 700), replace(ENTRY, allergies=("nuts",)), shelf.keep)
    made.open()
    made.accept()
    assert shelf.kept[0].allergies == ("nuts",)


def test_every_fault_stands_under_its_field_and_the_first_has_the_focus(dialog: WorklistDialog, shelf: Shelf) -> None:
    line(dialog, "patient_id").clear()
    line(dialog, "start_date").setText("2026-13-01")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.fault_of("patient_id") == "A value is needed."
    assert dialog.fault_of("start_date") == "A date such as 2026-11-22 is needed."
    assert dialog.focusWidget() is dialog.fields["patient_id"]
    line(dialog, "patient_id").setText("P1")
    dialog.accept()
    assert dialog.fault_of("patient_id") == ""
    assert dialog.focusWidget() is dialog.fields["start_date"]
    dialog.reject()
    assert shelf.kept == []


def test_what_is_no_fault_of_a_field_is_said_too(dialog: WorklistDialog, shelf: Shelf) -> None:
    shelf.trouble = {"": "worklist.json: the worklist cannot be written: No space left on device"}
    dialog.accept()
    assert dialog.isVisible()
    assert dialog.fault.isVisible()
    assert "No space left" in dialog.fault.text()
    shelf.trouble = {}
    dialog.accept()
    assert not dialog.isVisible()


def test_tab_reaches_every_field_in_the_order_in_which_they_are_read(dialog: WorklistDialog) -> None:
    fields = list(dialog.fields.values())
    fields[0].setFocus()
    reached = []
    for _ in fields:
        reached.append(dialog.focusWidget())
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert reached == fields
    assert dialog.focusWidget() in (dialog.cancel_button, dialog.save_button)
    names = [field.accessibleName() for field in fields]
    assert (names[0], len(set(names))) == ("Patient: Name", len(names))


@pytest.mark.parametrize(("is_new", "title"), [(True, "Add a worklist entry"), (False, "Edit S1")])
def test_the_title_says_what_it_does(show: Show, shelf: Shelf, is_new: bool, title: str) -> None:
    made = WorklistDialog(show(QWidget(), 1000, 700), ENTRY, shelf.keep, is_new=is_new)
    assert made.windowTitle() == title
