"""Table 9-10: the cells as the machine acts them out, against expectations typed a second time."""

import pytest

from tests.upper_layer.cells import EXPECTED, cause, difference, reach
from workbench.errors import LocalProtocolError
from workbench.upper_layer import state_table
from workbench.upper_layer.machine import Role
from workbench.upper_layer.state_table import ACTIONS, TABLE, Evt, Sta

EMPTY = sorted({(event, state) for event in range(1, 20) for state in range(1, 14)} - set(EXPECTED))


def cell_id(cell: tuple[int, int]) -> str:
    return f"Evt{cell[0]}-Sta{cell[1]}"


@pytest.mark.parametrize("chunk", [None, 1, 7])
@pytest.mark.parametrize("cell", sorted(EXPECTED), ids=cell_id)
def test_a_cell_does_what_the_standard_says(cell: tuple[int, int], chunk: int | None) -> None:
    assert difference(*cell, chunk=chunk) == ""


@pytest.mark.parametrize("state", [6, 7, 8, 13])
def test_the_acceptor_does_the_same(state: int) -> None:
    """The states that both sides reach; AR-8 leads the acceptor to Sta10."""
    cells = [cell for cell in EXPECTED if cell[1] == state]
    assert [found for cell in cells if (found := difference(*cell, role=Role.ACCEPTOR))] == []


@pytest.mark.parametrize("cell", EMPTY, ids=cell_id)
def test_an_empty_cell_is_refused_and_changes_nothing(cell: tuple[int, int]) -> None:
    event, state = cell
    wrong_side = {2: Role.ACCEPTOR, 5: Role.REQUESTOR}.get(event)
    role = {2: Role.REQUESTOR, 5: Role.ACCEPTOR}.get(event)
    if wrong_side and state in ((2, 3, 10, 12) if event == 2 else (4, 5, 9, 11)):
        return  # this side is never in that state: the cell cannot be reached at all
    machine = reach(state, role)
    artim = machine.artim_running
    with pytest.raises(LocalProtocolError):
        cause(machine, event)
    assert (machine.state, machine.artim_running) == (state, artim)
    assert machine.next_event() is None


def test_the_table_has_all_cells_and_no_other() -> None:
    assert {(event.value, state.value): label for (event, state), label in TABLE.items()} == EXPECTED
    assert len(TABLE) == 123
    assert len(EMPTY) == 124


def test_each_of_the_28_actions_is_used() -> None:
    assert len(ACTIONS) == 28
    assert set(TABLE.values()) == set(ACTIONS)
    assert all(action.label == label for label, action in ACTIONS.items())


def test_only_ae_6_and_ar_8_choose_their_next_state() -> None:
    assert {label for label, action in ACTIONS.items() if action.otherwise} == {"AE-6", "AR-8"}


@pytest.mark.parametrize("cell", sorted(EXPECTED), ids=cell_id)
def test_changing_a_cell_is_noticed(cell: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other action in this cell, and none at all, makes the test of the cell fail."""
    key = next(key for key in TABLE if key == cell)
    unnoticed = []
    for label in ACTIONS:
        if label != TABLE[key]:
            monkeypatch.setattr(state_table, "TABLE", {**TABLE, key: label})
            if not difference(*cell):
                unnoticed.append(label)
    monkeypatch.setattr(state_table, "TABLE", {other: label for other, label in TABLE.items() if other != key})
    if not difference(*cell):
        unnoticed.append("empty")
    assert unnoticed == []


def test_labels_and_words_are_the_standards() -> None:
    assert (Sta.STA6.label, Sta.STA6.title, Evt.EVT10.label) == ("Sta6", "Sta6 established", "Evt10")
    assert ACTIONS["AA-1"].words == "send A-ABORT (service-user), start or restart ARTIM"
    assert ACTIONS["AA-6"].words == "ignore"
