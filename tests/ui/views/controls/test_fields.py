"""Fields have names; a form shows each fault under its field."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.theme import LIGHT
from ui.views.controls.fields import ComboBox, Form, LineEdit, SpinBox


def test_faults_stand_under_their_fields_and_go_again(qtbot: QtBot) -> None:
    form = Form()
    qtbot.addWidget(form)
    name, port = LineEdit(name="Name"), LineEdit(name="Port")
    form.add("name", "Name", name)
    form.add("port", "Port", port, "104 or 11112")
    form.show()
    form.show_faults({"port": "A number from 1 to 65535."})
    assert form.fault("port") == "A number from 1 to 65535."
    assert form.fault("name") == ""
    assert LIGHT.error in port.styleSheet()
    assert port.accessibleDescription() == "A number from 1 to 65535."
    form.show_faults({})
    assert form.fault("port") == ""
    assert LIGHT.error not in port.styleSheet()
    assert form.first_field is name


def test_typing_reaches_the_field(qtbot: QtBot) -> None:
    field = LineEdit(name="AE title", fixed=True)
    qtbot.addWidget(field)
    QTest.keyClicks(field, "PACS1")
    assert field.text() == "PACS1"
    assert field.accessibleName() == "AE title"


def test_number_with_unit_keeps_its_range(qtbot: QtBot) -> None:
    field = SpinBox(1, 86_400, 30, name="Idle", unit="s")
    qtbot.addWidget(field)
    field.selectAll()
    QTest.keyClicks(field, "45")
    assert (field.value(), field.text()) == (45, "45 s")


def test_choice_by_keyboard(qtbot: QtBot) -> None:
    combo = ComboBox(name="Theme")
    qtbot.addWidget(combo)
    combo.addItems(["Light", "Dark"])
    combo.show()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentText() == "Dark"
    assert combo.accessibleName() == "Theme"
