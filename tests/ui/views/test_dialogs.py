"""Each dialog opens without blocking, and its answer reaches the session."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget

from tests.ui.views.painted import Show
from tests.ui.views.samples import node
from tests.ui.views.stand_in import BUILT_IN, StandIn
from ui.models.send import SkippedRow
from ui.session.profile_exchange import FoundProfiles
from ui.views.dialogs import Dialogs
from ui.views.profiles_dialog import ProfilesDialog
from workbench.acse.profiles import Profile


class Bench:
    """Dialogs over a window."""

    def __init__(self, desk: StandIn, show: Show) -> None:
        self.desk = desk
        self.window = show(QWidget(), 900, 600)
        self.dialogs = Dialogs(desk.as_session(), self.window)

    @property
    def is_open(self) -> bool:
        return any(dialog.isVisible() for dialog in self.window.findChildren(QDialog))


@pytest.fixture
def bench(desk: StandIn, show: Show) -> Iterator[Bench]:
    made = Bench(desk, show)
    yield made
    for dialog in made.window.findChildren(QDialog):
        dialog.close()


def test_adding_a_node(bench: Bench) -> None:
    dialog = bench.dialogs.add_node()
    for field, text in (
        (dialog.name, "PACS1"),
        (dialog.ae_title, "PACS"),
        (dialog.host, "10.0.0.1"),
        (dialog.port, "104"),
    ):
        QTest.keyClicks(field, text)
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert bench.desk.nodes == (node("PACS1", ae_title="PACS", host="10.0.0.1"),)


def test_a_name_that_is_taken_cannot_be_given_twice(bench: Bench) -> None:
    bench.desk.add_node(node("PACS1"))
    dialog = bench.dialogs.add_node()
    dialog.name.setText("PACS1")
    assert "name" in dialog.faults()


def test_editing_a_node(bench: Bench) -> None:
    bench.desk.add_node(node("PACS1"))
    dialog = bench.dialogs.edit_node("PACS1")
    assert dialog is not None
    dialog.name.setText("MAIN")
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert bench.desk.nodes == (node("MAIN", ae_title="PACS1"),)


def test_a_node_that_is_gone_cannot_be_edited(bench: Bench) -> None:
    assert bench.dialogs.edit_node("gone") is None
    assert not bench.is_open


def test_a_node_may_have_every_profile(bench: Bench) -> None:
    dialog = bench.dialogs.add_node()
    assert [dialog.profile.itemData(at) for at in range(dialog.profile.count())] == [None, BUILT_IN.name]


def test_saving_the_list_of_contexts(bench: Bench) -> None:
    bench.desk.show_profile(BUILT_IN.name)
    dialog = bench.dialogs.save_contexts()
    QTest.keyClicks(dialog.field, "Mine")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert [profile.name for profile in bench.desk.settings.profiles] == ["Mine"]


def test_a_built_in_profile_cannot_be_replaced_but_an_own_one_can(bench: Bench) -> None:
    bench.desk.show_profile(BUILT_IN.name)
    bench.desk.save_contexts("Mine")
    dialog = bench.dialogs.save_contexts()
    dialog.field.setText(BUILT_IN.name)
    dialog.accept()
    assert dialog.form.fault("name")
    dialog.field.setText("Mine")
    dialog.accept()
    assert not dialog.isVisible()


def test_adding_and_editing_a_worklist_entry(bench: Bench) -> None:
    dialog = bench.dialogs.add_scheduled()
    for name, text in (
        ("patient_name", "Doe^Jane"),
        ("patient_id", "P1"),
        ("requested_procedure_description", "Knee"),
        ("step_description", "MR knee"),
    ):
        QTest.keyClicks(dialog.fields[name], text)
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    dialog = bench.dialogs.edit_scheduled(0)
    dialog.fields["modality"].setText("MR")  # type: ignore[union-attr]
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    (row,) = bench.desk.worklist.model.rows
    assert (row.patient, row.modality) == ("Doe Jane", "MR")


def test_profiles_of_a_file_are_chosen_and_kept(bench: Bench) -> None:
    bench.dialogs.import_profiles().fileSelected.emit("site.cfg")
    assert bench.desk.asked == [("run", "Import site.cfg")]
    found = FoundProfiles(file="site.cfg", profiles=(Profile(name="Site", contexts=BUILT_IN.contexts),), warnings=())
    bench.desk.profile_files.found.emit(found)
    (dialog,) = bench.window.findChildren(ProfilesDialog)
    QTest.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    assert bench.desk.settings.profiles == found.profiles


def test_profiles_are_exported(bench: Bench) -> None:
    bench.dialogs.export_profiles([BUILT_IN.name]).fileSelected.emit("out.cfg")
    assert bench.desk.asked == [("run", "Export out.cfg")]


def test_extended_negotiation_of_a_class_is_changed(bench: Bench) -> None:
    bench.desk.show_accepted_contexts()
    dialog = bench.dialogs.edit_extended(1)
    dialog.field.setText("02 00 00 00 00 00")
    dialog.accept()
    row = bench.desk.contexts_model.rows[1]
    assert (row.extended, row.extended_meaning) == (b"\2\0\0\0\0\0", "level 2 full, unspecified, none")


def test_adding_contexts(bench: Bench) -> None:
    dialog = bench.dialogs.add_contexts()
    dialog.classes_model.set_enabled([0], is_enabled=True)
    added = dialog.classes_model.rows[0].sop_class_uid
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    assert [row.sop_class_uid for row in bench.desk.contexts_model.rows] == [added]


@pytest.mark.parametrize(
    "name",
    ["add_node", "settings", "save_contexts", "add_contexts", "add_scheduled", "skipped", "shortcuts", "about"],
)
def test_every_dialog_is_modal_to_the_window_and_closes_with_escape(bench: Bench, name: str) -> None:
    dialog = getattr(bench.dialogs, name)()
    assert isinstance(dialog, QDialog)
    assert dialog.isVisible()
    assert dialog.isModal()
    assert dialog.windowTitle()
    assert dialog.parentWidget() is bench.window
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not bench.is_open


def test_skipped_files_are_listed(bench: Bench) -> None:
    bench.desk.skipped_model.append([SkippedRow(path="notes.txt", reason="no DICOM file")])
    table = bench.dialogs.skipped().table
    assert [table.model().index(0, column).data() for column in (0, 1)] == ["notes.txt", "no DICOM file"]
