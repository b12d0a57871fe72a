"""The dialog takes only a node that is right, and says what is wrong beside each field."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show
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


def test_all_faults_are_told_at_once_and_the_first_has_the_focus(show: Show) -> None:
    dialog = NodeDialog(show(QWidget(), 600, 500), None, [], [])
    dialog.open()
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert list(dialog.faults()) == ["name", "ae_title", "host", "port"]
    assert all(dialog.form.fault(key) for key in ("name", "ae_title", "host", "port"))
    assert dialog.focusWidget() is dialog.name
    dialog.name.setText("PACS1")
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert dialog.form.fault("name") == ""
    assert dialog.focusWidget() is dialog.ae_title
    dialog.reject()


def test_tab_goes_through_the_fields_in_order(show: Show) -> None:
    dialog = NodeDialog(show(QWidget(), 600, 500), None, [], ["CT only"])
    dialog.open()
    fields = [dialog.name, dialog.ae_title, dialog.host, dialog.port, dialog.group, dialog.profile, dialog.note]
    dialog.name.setFocus()
    reached = []
    for _ in fields:
        reached.append(dialog.focusWidget())
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert reached == fields
    assert [field.accessibleName() for field in fields] == [
        "Name", "AE title", "Host", "Port", "Group", "Contexts", "Note",
    ]  # fmt: skip
    dialog.reject()


def test_no_more_than_sixteen_characters_fit_into_an_ae_title(window: QWidget) -> None:
    dialog = filled(window, ae_title="")
    QTest.keyClicks(dialog.ae_title, "ABCDEFGHIJKLMNOPQRST")
    assert dialog.ae_title.text() == "ABCDEFGHIJKLMNOP"
