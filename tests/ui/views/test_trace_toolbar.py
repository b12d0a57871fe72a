"""What is shown in the trace is chosen over it."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import association
from ui.models.trace import KINDS
from ui.views.trace_toolbar import TraceFilters, TraceTools


def test_chips_choose_kinds(qtbot: QtBot) -> None:
    filters = TraceFilters()
    qtbot.addWidget(filters)
    found: list[object] = []
    filters.kinds_chosen.connect(found.append)
    for key in ("messages", "all", "problems", "pdus"):
        QTest.mouseClick(filters.chips.chips[key], Qt.MouseButton.LeftButton)
    assert found == [{"message", "problem"}, KINDS, {"problem"}, {"pdu", "problem"}]


def test_associations_are_offered_renamed_and_taken_away(qtbot: QtBot) -> None:
    filters = TraceFilters()
    qtbot.addWidget(filters)
    combo = filters.association
    filters.list_associations([association(1, called_ae_title=""), association(2)])
    filters.show_association(2)
    filters.list_associations([association(1), association(2), association(3)])
    assert [combo.itemData(at) for at in range(combo.count())] == [None, 1, 2, 3]
    assert combo.itemText(1) == "#1  WORKBENCH → PACS1"
    assert combo.currentData() == 2
    filters.list_associations([association(3)])
    assert combo.currentData() is None


def test_choosing_an_association_tells_it(qtbot: QtBot) -> None:
    filters = TraceFilters()
    qtbot.addWidget(filters)
    filters.list_associations([association(7)])
    filters.show()
    filters.association.setFocus()
    with qtbot.waitSignal(filters.association_chosen) as told:
        QTest.keyClick(filters.association, Qt.Key.Key_Down)
        filters.association.activated.emit(filters.association.currentIndex())
    assert told.args == [7]


def test_search_waits_for_a_pause_in_typing(qtbot: QtBot) -> None:
    tools = TraceTools()
    qtbot.addWidget(tools)
    found: list[str] = []
    tools.searched.connect(found.append)
    with qtbot.waitSignal(tools.searched):
        QTest.keyClicks(tools.filter_field, "rele")
    assert found == ["rele"]
    QTest.keyClick(tools.filter_field, Qt.Key.Key_Return)
    assert found == ["rele", "rele"]
