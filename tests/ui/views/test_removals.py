"""What was removed comes back, the last first, to where it was."""

import pytest
from PySide6.QtWidgets import QWidget

from tests.ui.views.painted import Show
from tests.ui.views.samples import node
from tests.ui.views.stand_in import StandIn
from ui.views.controls.toasts import Toasts
from ui.views.removals import Removals


@pytest.fixture
def removals(desk: StandIn, show: Show) -> Removals:
    window = show(QWidget(), 600, 400)
    return Removals(desk.as_session(), Toasts(window), window)


def names(desk: StandIn) -> list[str]:
    return [each.name for each in desk.nodes]


def patients(desk: StandIn) -> list[str]:
    return [row.patient_id for row in desk.worklist.model.rows]


def test_a_node_comes_back_to_where_it_was(removals: Removals, desk: StandIn) -> None:
    for name in ("PACS1", "PACS2", "RIS"):
        desk.add_node(node(name))
    could: list[bool] = []
    desk.nodes_changed.connect(lambda: could.append(removals.can_undo))
    removals.remove_node("PACS2")
    removals.undo()
    assert could == [True, False]
    assert names(desk) == ["PACS1", "PACS2", "RIS"]
    removals.undo()
    removals.remove_node("nobody")
    assert not removals.can_undo


def test_the_node_of_the_demo_does_not_come_back(removals: Removals, desk: StandIn) -> None:
    desk.add_node(node("Demo"))
    removals.remove_node("Demo")
    assert names(desk) == []
    assert not removals.can_undo


def test_a_node_whose_name_was_given_away_does_not_come_back(removals: Removals, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    removals.remove_node("PACS1")
    desk.add_node(node("PACS1", port=105))
    removals.undo()
    assert [each.port for each in desk.nodes] == [105]
    assert not removals.can_undo


def test_worklist_entries_come_back_together(removals: Removals, desk: StandIn) -> None:
    desk.worklist.add_examples()
    removals.remove_scheduled([0, 2])
    assert patients(desk) == ["EX-2"]
    removals.remove_scheduled([0])
    removals.undo()
    assert patients(desk) == ["EX-2"]
    removals.undo()
    assert patients(desk) == ["EX-1", "EX-2", "EX-3"]


def test_what_could_not_be_removed_needs_no_undo(removals: Removals, desk: StandIn) -> None:
    desk.worklist.path.write_text("{")
    removals.remove_scheduled([])
    assert not removals.can_undo


def test_each_toast_brings_back_its_own_and_only_once(desk: StandIn, show: Show) -> None:
    window = show(QWidget(), 600, 400)
    toasts = Toasts(window)
    removals = Removals(desk.as_session(), toasts, window)
    desk.add_node(node("PACS1"))
    desk.worklist.add_examples()
    removals.remove_node("PACS1")
    (toast,) = toasts.shown
    removals.remove_scheduled([0])
    assert toast.action_button is not None
    toast.action_button.click()
    assert names(desk) == ["PACS1"]
    assert patients(desk) == ["EX-2", "EX-3"]
    removals.undo()
    assert patients(desk) == ["EX-1", "EX-2", "EX-3"]
