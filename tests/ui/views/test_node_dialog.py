"""The dialog takes only a node that is right, and says what is wrong beside each field."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import node
from ui.views.node_dialog import NodeDialog
from workbench.config import Node


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def filled(window: QWidget, **fields: str) -> NodeDialog:
    dialog = NodeDialog(window, None, ["RIS"], ["CT only"])
    for key, text in ({"name": "PACS1", "ae_title": "PACS1", "host": "10.1.2.3", "port": "104"} | fields).items():
        getattr(dialog, key).setText(text)
    return dialog


def test_a_right_node_is_given_and_the_dialog_closes(qtbot: QtBot, window: QWidget) -> None:
    dialog = filled(window, group=" Hospital ")
    dialog.profile.setCurrentIndex(1)
    dialog.open()
    with qtbot.waitSignal(dialog.accepted_node) as told:
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert told.args == [
        Node(name="PACS1", ae_title="PACS1", host="10.1.2.3", port=104, group="Hospital", profile="CT only")
    ]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", " "),
        ("name", "RIS"),
        ("ae_title", ""),
        ("ae_title", "A\\B"),
        ("ae_title", "ÄRZTE"),
        ("host", ""),
        ("port", "0"),
        ("port", "65536"),
        ("port", "1e3"),
        ("port", "²"),
        ("port", ""),
    ],
)
def test_a_fault_is_told_beside_its_field_and_keeps_the_dialog_open(
    qtbot: QtBot, window: QWidget, field: str, text: str
) -> None:
    dialog = filled(window, **{field: text})
    dialog.open()
    with qtbot.assertNotEmitted(dialog.accepted_node):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert list(dialog.faults()) == [field]
    assert dialog.form.fault(field)
    assert dialog.isVisible()
    dialog.reject()


def test_editing_starts_with_what_is_there_and_may_keep_the_name(qtbot: QtBot, window: QWidget) -> None:
    dialog = NodeDialog(window, node("RIS", note="old"), ["RIS", "PACS1"], [])
    dialog.open()
    assert (dialog.name.text(), dialog.port.text(), dialog.note.text()) == ("RIS", "104", "old")
    dialog.note.setText("new")
    with qtbot.waitSignal(dialog.accepted_node) as told:
        dialog.accept()
    assert told.args == [node("RIS", note="new")]


def test_escape_changes_nothing(qtbot: QtBot, window: QWidget) -> None:
    dialog = filled(window)
    dialog.open()
    with qtbot.assertNotEmitted(dialog.accepted_node):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
