"""What is selected, in whatever list, is explained and stays so while it changes."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject

from tests.ui.views.samples import association, node, pdu_event, received_row, send_row
from tests.ui.views.stand_in import StandIn
from ui.views.explain import Explanation
from ui.views.selection import Selection


@pytest.fixture
def owner(qapp: object) -> QObject:
    return QObject()


@pytest.fixture
def told(desk: StandIn, owner: QObject) -> list[Explanation | None]:
    found: list[Explanation | None] = []
    owner.setProperty("selection", Selection(desk.as_session(), owner))
    selection(owner).explained.connect(found.append)
    return found


def selection(owner: QObject) -> Selection:
    found = owner.findChild(Selection)
    assert isinstance(found, Selection)
    return found


def test_an_object_is_explained_again_when_it_changes(desk: StandIn, owner: QObject, told: list[Explanation]) -> None:
    desk.send_model.set_rows([send_row("IM1")])
    selection(owner).choose_sent(0)
    assert told[-1].badge == "waiting"
    desk.send_model.update({0: send_row("IM1", "failed", reason="A700H")})
    desk.send_changed.emit()
    assert told[-1].badge == "failed"


def test_what_is_gone_is_no_longer_explained(desk: StandIn, owner: QObject, told: list[Explanation | None]) -> None:
    desk.send_model.set_rows([send_row("IM1")])
    selection(owner).choose_sent(0)
    desk.send_model.clear()
    assert told[-1] is None


def test_a_worklist_entry_stays_the_one_explained(
    desk: StandIn, owner: QObject, told: list[Explanation | None]
) -> None:
    def patient() -> str:
        paragraphs = dict(told[-1].paragraphs) if told[-1] is not None else {}
        return paragraphs.get("Patient ID (0010,0020)", "")

    desk.worklist.add_examples()
    selection(owner).choose_scheduled(1)
    assert patient() == "EX-2"
    desk.worklist.remove([0])
    assert patient() == "EX-2"
    desk.worklist.remove([0])
    assert told[-1] is None
    selection(owner).choose_scheduled(-1)
    assert told[-1] is None


def test_nodes_received_objects_and_rows_of_the_trace(desk: StandIn, owner: QObject, told: list[Explanation]) -> None:
    desk.add_node(node("PACS1"))
    selection(owner).choose_node("PACS1")
    assert told[-1].badge == "not checked"
    desk.check_node(replace(desk.nodes_model.rows[0], check="checking"))
    assert told[-1].badge == "checking"
    desk.received_model.set_rows([received_row()])
    selection(owner).choose_received(0)
    assert told[-1].badge == "received"
    desk.happen(pdu_event(1))
    desk.associate(association(17, outcome="rejected", state=1))
    selection(owner).choose_event(1)
    assert told[-1].badge == "problem"


def test_nothing_is_no_fault(owner: QObject, told: list[Explanation | None]) -> None:
    chooser = selection(owner)
    chooser.choose_sent(-1)
    chooser.choose_received(-1)
    chooser.choose_node("nobody")
    chooser.choose_event(99)
    assert told == [None] * 4


def test_an_association_is_chosen_with_a_row_and_not_again_when_that_changes(desk: StandIn, owner: QObject) -> None:
    chooser = Selection(desk.as_session(), owner)
    chosen: list[int] = []
    chooser.association_chosen.connect(chosen.append)
    desk.send_model.set_rows([send_row("IM1", "failed", association=3)])
    chooser.choose_sent(0)
    chooser.refresh()
    assert chosen == [3]
    chooser.choose_sent(0)
    assert chosen == [3, 3]
