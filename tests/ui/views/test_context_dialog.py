"""SOP classes and transfer syntaxes are found and added."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import CT, EXPLICIT
from tests.ui.views.stand_in import StandIn
from ui.views.context_dialog import USUAL, ContextDialog
from workbench import dictionary
from workbench.uids import VERIFICATION


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(window: QWidget, desk: StandIn) -> ContextDialog:
    made = ContextDialog(desk.as_session(), window)
    made.open()
    return made


def tick(qtbot: QtBot, dialog: ContextDialog, text: str) -> None:
    dialog.search_field.setText(text)
    dialog.classes.selectRow(0)
    QTest.keyClick(dialog.classes, Qt.Key.Key_Space)


def test_what_is_ticked_is_added_in_the_usual_syntaxes(qtbot: QtBot, dialog: ContextDialog) -> None:
    tick(qtbot, dialog, "Enhanced MR Image")
    dialog.search_field.clear()
    with qtbot.waitSignal(dialog.chosen) as told:
        QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    ((row,),) = told.args
    assert row.sop_class == "Enhanced MR Image"
    assert set(row.transfer_syntaxes) == USUAL


def test_nothing_ticked_is_told(qtbot: QtBot, dialog: ContextDialog) -> None:
    with qtbot.assertNotEmitted(dialog.chosen):
        dialog.accept()
    assert dialog.fault.text() == "Tick at least one SOP class."
    tick(qtbot, dialog, "MR Image")
    model = dialog.syntaxes_model
    model.set_enabled(range(len(model.rows)), is_enabled=False)
    dialog.accept()
    assert dialog.fault.text() == "Tick at least one transfer syntax."
    dialog.reject()


def test_what_is_in_the_list_is_not_offered_again(window: QWidget, desk: StandIn) -> None:
    desk.contexts_model.set_rows([desk.context_row(CT, (EXPLICIT,))])
    dialog = ContextDialog(desk.as_session(), window)
    assert CT not in {row.sop_class_uid for row in dialog.classes_model.rows}
    assert dialog.classes_model.rowCount() > 100
    assert dialog.syntaxes_model.rows[0].sop_class == "Implicit VR LE"


def test_the_fault_is_shown_only_after_a_try(dialog: ContextDialog) -> None:
    assert not dialog.fault.isVisible()
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    assert dialog.fault.isVisible()
    assert dialog.isVisible()


def test_escape_and_cancel_add_nothing(qtbot: QtBot, dialog: ContextDialog) -> None:
    tick(qtbot, dialog, "CT")
    cancel = next(each for each in dialog.findChildren(QPushButton) if each.text() == "Cancel")
    with qtbot.assertNotEmitted(dialog.chosen):
        QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_the_lists_have_names_and_no_header(dialog: ContextDialog) -> None:
    assert [table.accessibleName() for table in (dialog.classes, dialog.syntaxes)] == [
        "SOP classes",
        "Transfer syntaxes",
    ]
    assert not dialog.classes.horizontalHeader().isVisible()
    assert dialog.windowTitle() == "Add presentation contexts"
    assert dialog.isModal()


def test_where_nothing_is_left_to_add_it_says_so(window: QWidget, desk: StandIn) -> None:
    classes = (VERIFICATION, *dictionary.storage_sop_classes())
    desk.contexts_model.set_rows([desk.context_row(uid, ()) for uid in classes])
    full = ContextDialog(desk.as_session(), window)
    assert full.classes.placeholder == "Every SOP class is in the list already."
    full.deleteLater()
    desk.contexts_model.set_rows([desk.context_row(CT, ())])
    part = ContextDialog(desk.as_session(), window)
    assert part.classes.placeholder == "No SOP class matches."
    part.deleteLater()
