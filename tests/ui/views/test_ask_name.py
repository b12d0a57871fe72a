"""A name is asked for and checked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
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
