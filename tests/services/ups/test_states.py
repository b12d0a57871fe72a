"""The state machine: every pair of event and state, and random walks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.dimse.status import Category, category, describe
from workbench.services.ups.classes import SERVICE
from workbench.services.ups.states import (
    TRANSITIONS,
    Act,
    Cell,
    Event,
    State,
    change_event,
    set_refusal,
)

_STATES = (None, State.SCHEDULED, State.IN_PROGRESS, State.COMPLETED, State.CANCELED)

# PS3.4 Table CC.1.1-2, typed a second time: event, then null, SCHEDULED, IN PROGRESS, COMPLETED, CANCELED.
_STANDARD = """
    CREATE           create  0111    0111     0111  0111
    START            C307    start   C302     C300  C300
    START_WRONGLY    C307    C301    C301     C301  C301
    SCHEDULE         C307    C303    C303     C303  C303
    COMPLETE         C307    C310    complete B306  C300
    COMPLETE_WRONGLY C307    C301    C301     C301  C301
    REQUEST_CANCEL   C307    both    tell     C311  B304
    CANCEL           C307    C310    cancel   C300  B304
    CANCEL_WRONGLY   C307    C301    C301     C301  C301
"""
_ACTS = {
    "create": Act.CREATE,
    "start": Act.START,
    "complete": Act.COMPLETE,
    "both": Act.CANCEL_UNSTARTED,
    "tell": Act.REPORT_REQUEST,
    "cancel": Act.CANCEL,
}


def cells() -> list[tuple[Event, State | None, Cell]]:
    listed: list[tuple[Event, State | None, Cell]] = []
    for line in _STANDARD.split("\n")[1:-1]:
        name, *words = line.split()
        for state, word in zip(_STATES, words, strict=True):
            listed.append((Event[name], state, _ACTS[word] if word in _ACTS else int(word, 16)))
    return listed


@pytest.mark.parametrize(("event", "state", "cell"), cells())
def test_each_cell_is_that_of_the_standard(event: Event, state: State | None, cell: Cell) -> None:
    assert TRANSITIONS[event, state] == cell


def test_the_table_is_full() -> None:
    assert len(TRANSITIONS) == len(cells()) == len(Event) * 5


@pytest.mark.parametrize("cell", sorted({cell for cell in TRANSITIONS.values() if isinstance(cell, int)}))
def test_each_status_is_no_success_and_has_words(cell: int) -> None:
    assert category(cell) in (Category.WARNING, Category.FAILURE)
    assert "not a status" not in describe(cell, SERVICE)


@pytest.mark.parametrize(
    ("given_uid", "recorded", "is_correct"),
    [
        ("1.2", "", True),  # the first performer chooses the UID
        ("", "", False),
        ("1.2", "1.2", True),
        ("1.2", "1.3", False),
        ("", "1.2", False),
    ],
)
def test_a_transaction_uid_is_correct_when_it_is_the_recorded_one(
    given_uid: str, recorded: str, *, is_correct: bool
) -> None:
    events = [change_event(wanted, given_uid, recorded) for wanted in State]
    wrong = [] if is_correct else ["_WRONGLY"]
    assert [event.name for event in events] == [
        "SCHEDULE",
        *("".join([name, *wrong]) for name in ("START", "COMPLETE", "CANCEL")),
    ]


@pytest.mark.parametrize(
    ("state", "given_uid", "recorded", "status"),
    [
        (State.SCHEDULED, "", "", None),
        (State.SCHEDULED, "1.2", "", 0xC310),
        (State.IN_PROGRESS, "1.2", "1.2", None),
        (State.IN_PROGRESS, "1.3", "1.2", 0xC301),
        (State.IN_PROGRESS, "", "1.2", 0xC301),
        (State.COMPLETED, "1.2", "1.2", 0xC300),
        (State.CANCELED, "1.2", "1.2", 0xC300),
        (State.CANCELED, "", "1.2", 0xC300),
    ],
)
def test_an_n_set_is_refused_by_state_and_transaction_uid(
    state: State, given_uid: str, recorded: str, status: int | None
) -> None:
    assert set_refusal(state, given_uid, recorded) == status


@given(st.lists(st.tuples(st.sampled_from(State), st.sampled_from(["", "1.2", "1.3"]))))
def test_whoever_asks_in_whatever_order_a_final_state_is_reached_by_the_holder_and_never_left(
    requests: list[tuple[State, str]],
) -> None:
    state, lock = State.SCHEDULED, ""
    for wanted, uid in requests:
        before = state
        match TRANSITIONS[change_event(wanted, uid, lock), state]:
            case Act.START:
                state, lock = State.IN_PROGRESS, uid
            case Act.COMPLETE | Act.CANCEL as act:
                assert uid == lock
                state = State.COMPLETED if act is Act.COMPLETE else State.CANCELED
        assert not before.is_final or state is before
        assert bool(lock) == (state is not State.SCHEDULED)
