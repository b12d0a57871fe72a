"""A name is asked for and checked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from ui.views.ask_name import AskName


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(window: QWidget) -> AskName:
    made = AskName(window, "Save as a profile", "Name", "", frozenset({"Verification"}))
    made.open()
    return made


def test_a_name_is_given_without_the_spaces_around_it(qtbot: QtBot, dialog: AskName) -> None:
    QTest.keyClicks(dialog.field, " CT only ")
    with qtbot.waitSignal(dialog.named) as told:
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert told.args == ["CT only"]


@pytest.mark.parametrize("name", ["", "  ", "Verification"])
def test_no_name_and_a_built_in_one_are_refused(qtbot: QtBot, dialog: AskName, name: str) -> None:
    dialog.field.setText(name)
    with qtbot.assertNotEmitted(dialog.named):
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert dialog.form.fault("name")
    assert dialog.isVisible()
    dialog.reject()


def test_cancel_names_nothing_and_closes(qtbot: QtBot, dialog: AskName) -> None:
    QTest.keyClicks(dialog.field, "CT only")
    with qtbot.assertNotEmitted(dialog.named), qtbot.waitSignal(dialog.rejected):
        QTest.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)


def test_escape_cancels(qtbot: QtBot, dialog: AskName) -> None:
    with qtbot.assertNotEmitted(dialog.named), qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_it_has_its_title_and_holds_the_window_until_it_is_answered(dialog: AskName, window: QWidget) -> None:
    assert dialog.windowTitle() == "Save as a profile"
    assert "Save as a profile" in [label.text() for label in dialog.findChildren(QLabel)]
    assert dialog.isModal()
    assert dialog.parent() is window
    assert dialog.field.accessibleName() == "Name"
    dialog.reject()


def test_a_fault_goes_once_the_name_is_right(qtbot: QtBot, dialog: AskName) -> None:
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.form.fault("name") == "A name is needed."
    dialog.field.setText("Verification")
    dialog.accept()
    assert dialog.form.fault("name") == "This name belongs to a built-in profile."
    dialog.field.setText("Mine")
    with qtbot.waitSignal(dialog.accepted):
        dialog.accept()


def test_a_name_to_begin_with_is_there(window: QWidget) -> None:
    dialog = AskName(window, "Save as a profile", "Name", "CT only", frozenset())
    assert dialog.field.text() == "CT only"
    dialog.deleteLater()
