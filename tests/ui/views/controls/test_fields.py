"""Fields have names; a form shows each fault under its field."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show
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


def test_the_fields_of_aligned_forms_stand_under_each_other(show: Show) -> None:
    page, upper, lower = QWidget(), Form(), Form()
    column = QVBoxLayout(page)
    fields = LineEdit(name="ID"), LineEdit(name="What was asked for")
    for form, field in zip((upper, lower), fields, strict=True):
        form.add("key", field.accessibleName(), field)
        column.addWidget(form)
    upper.align_with(lower)
    show(page, 400, 200)
    assert fields[0].mapTo(page, QPoint()).x() == fields[1].mapTo(page, QPoint()).x()
    assert upper.has("key")
    assert not upper.has("other")


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
