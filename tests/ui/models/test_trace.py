"""The trace: which events are rows, what a row shows, pause, ring, filters in slices."""

from collections.abc import Iterable

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.support.qt import watch_model
from ui.models.roles import Category, Role
from ui.models.trace import KINDS, MESSAGE, PDU, PROBLEM, STATE, TRANSPORT, Line, TraceModel
from workbench.dimse.messages import CEchoRq
from workbench.trace.events import (
    Direction,
    MessageEvent,
    NoteEvent,
    NotKeptEvent,
    PduEvent,
    ProblemEvent,
    TraceEvent,
    TransitionEvent,
    TransportEvent,
    TransportStep,
)
from workbench.trace.store import TraceStore
from workbench.uids import VERIFICATION
from workbench.upper_layer.state_table import Evt, Sta

ECHO = CEchoRq(message_id=1, affected_sop_class_uid=VERIFICATION)
START = 1_700_000_000.0


def describe(event: TraceEvent) -> Line:
    if isinstance(event, PduEvent):
        return Line(what=f"PDU {event.pdu_type}", detail=event.kept.decode(), category=Category.OK)
    return Line(what=type(event).__name__, detail="", category=Category.MUTED)


def pdu(number: int, *, association: int = 1, text: str = "", sent: bool = True) -> PduEvent:
    direction = Direction.SENT if sent else Direction.RECEIVED
    return PduEvent(number, START + number / 1000, association, direction, 4, 48_236_104, text.encode())


def one_of_each() -> list[TraceEvent]:
    return [
        TransportEvent(1, START, 1, TransportStep.CONNECTED, "a - b"),
        pdu(2),
        TransitionEvent(3, START + 0.003, 1, Evt.EVT9, Sta.STA6, "DT-1", Sta.STA6),
        MessageEvent(4, START + 0.004, 1, Direction.SENT, 1, ECHO, False),
        ProblemEvent(5, START + 0.005, 1, "wrong"),
        TransportEvent(6, START + 0.006, 1, TransportStep.LOST, "reset"),
    ]


class Bench:
    """A store and its model, fed together as the session does."""

    def __init__(self, limit_bytes: int = 2**20) -> None:
        self.store = TraceStore(limit_bytes)
        self.model = TraceModel(self.store, describe)

    def feed(self, events: Iterable[TraceEvent]) -> None:
        listed = list(events)
        self.store.extend(listed)
        self.model.add(listed)

    @property
    def numbers(self) -> list[int]:
        return [self.model.number_at(self.model.index(row, 0)) for row in range(self.model.rowCount())]


@pytest.fixture
def bench(qtmodeltester: ModelTester) -> Bench:
    made = Bench()
    watch_model(qtmodeltester, made.model)
    return made


def test_by_default_pdus_problems_and_broken_connections_are_shown(bench: Bench) -> None:
    bench.feed(one_of_each())
    assert bench.numbers == [2, 5, 6]


@pytest.mark.parametrize(
    ("kinds", "numbers"),
    [
        ({PDU}, [2]),
        ({STATE}, [3]),
        ({MESSAGE}, [4]),
        ({TRANSPORT}, [1]),
        ({PROBLEM}, [5, 6]),
        (KINDS, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_kinds_are_chosen(bench: Bench, kinds: Iterable[str], numbers: list[int]) -> None:
    bench.feed(one_of_each())
    bench.model.set_kinds(frozenset(kinds))
    assert bench.numbers == numbers
    assert bench.model.kinds == frozenset(kinds)


def test_what_the_wire_does_not_show_is_among_what_is_odd(bench: Bench) -> None:
    bench.feed(
        [
            pdu(1),
            NotKeptEvent(2, START, 1, 7, "1.2.3", "acknowledged, not kept"),
            NoteEvent(3, START, 1, "converted on the way"),
        ]
    )
    assert bench.numbers == [1, 2, 3]
    bench.model.set_kinds(frozenset({PROBLEM}))
    assert bench.numbers == [2, 3]


def test_a_row_shows_its_event(bench: Bench) -> None:
    bench.feed([pdu(1), pdu(2, association=17, text="CT Image", sent=False)])
    cells = [bench.model.index(1, column) for column in range(bench.model.columnCount())]
    assert [cell.data() for cell in cells] == [
        "2",
        "#17",
        "0.001 000",
        "1.00 ms",
        "← in",
        "PDU 4",
        "CT Image",
        "48,236,104",
    ]
    assert bench.model.index(0, 3).data() == ""
    assert bench.model.index(0, 4).data() == "→ out"
    assert (cells[0].data(Role.NUMBER), cells[0].data(Role.ASSOCIATION)) == (2, 17)
    assert cells[0].data(Role.ROW) == bench.model.event_at(cells[0]) == bench.store.get(2)
    assert [cell.data(Role.CATEGORY) for cell in cells] == [Category.NONE] * 5 + [Category.OK] * 3
    assert cells[0].data(Role.ROW_CATEGORY) == Category.OK
    assert cells[7].data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert (cells[2].data(Role.MONOSPACE), cells[5].data(Role.MONOSPACE)) == (True, False)
    assert bench.model.headerData(3, Qt.Orientation.Horizontal) == "Δ"


def test_times_are_shown_by_the_clock_on_request(bench: Bench) -> None:
    bench.feed([pdu(1)])
    tip = bench.model.index(0, 2).data(Qt.ItemDataRole.ToolTipRole)
    bench.model.set_time("clock")
    assert bench.model.index(0, 2).data() == tip
    bench.model.set_time("relative")
    assert bench.model.index(0, 2).data() == "0.000 000"


def test_rows_come_in_one_batch(bench: Bench) -> None:
    batches: list[tuple[int, int]] = []
    bench.model.rowsInserted.connect(lambda _, first, last: batches.append((first, last)))
    bench.feed(pdu(number) for number in range(1, 251))
    bench.feed(pdu(number) for number in range(251, 501))
    assert batches == [(0, 249), (250, 499)]


def test_the_ring_takes_its_rows_along(qtmodeltester: ModelTester) -> None:
    bench = Bench(limit_bytes=5_000)
    watch_model(qtmodeltester, bench.model)
    for first in range(1, 101, 10):
        bench.feed(pdu(number) for number in range(first, first + 10))
    assert bench.numbers == [event.number for event in bench.store]
    assert bench.numbers[-1] == 100
    assert 10 < len(bench.numbers) < 100
    assert not bench.model.index_of_number(1).isValid()
    assert bench.model.index_of_number(100).row() == len(bench.numbers) - 1


def test_the_filters_narrow_and_widen(bench: Bench, qtbot: QtBot) -> None:
    bench.feed(pdu(number, association=number % 3, text="CT" if number % 2 else "MR") for number in range(1, 13))
    bench.model.set_association(1)
    assert bench.numbers == [1, 4, 7, 10]
    assert bench.model.shown_association == 1
    bench.model.search("ct")
    qtbot.waitUntil(lambda: not bench.model.is_working)
    assert bench.numbers == [1, 7]
    bench.feed([pdu(13, association=1, text="CT"), pdu(16, association=1, text="MR")])
    assert bench.numbers == [1, 7, 13]
    bench.model.search("")
    bench.model.set_association(None)
    assert bench.numbers == [*range(1, 14), 16]


def test_a_search_through_many_events_is_cut_into_slices(bench: Bench, qtbot: QtBot) -> None:
    bench.feed(pdu(number, text=f"object {number}") for number in range(1, 2001))
    bench.model.search("object 2000")
    assert bench.model.is_working
    assert bench.numbers == []
    bench.feed([pdu(2001, text="object 20001")])
    qtbot.waitUntil(lambda: not bench.model.is_working)
    assert bench.numbers == [2000, 2001]


def test_a_pause_holds_rows_back_and_loses_none(bench: Bench, qtbot: QtBot) -> None:
    bench.feed([pdu(1)])
    bench.model.set_paused(True)
    with qtbot.waitSignal(bench.model.pending_changed) as told:
        bench.feed([pdu(2), TransportEvent(3, START, 1, TransportStep.CLOSED, ""), pdu(4)])
    assert told.args == [2]
    assert bench.model.is_paused
    assert bench.numbers == [1]
    with qtbot.waitSignal(bench.model.pending_changed, check_params_cb=lambda count: count == 0):
        bench.model.set_paused(False)
    assert bench.numbers == [1, 2, 4]
    bench.feed([pdu(5)])
    assert bench.numbers == [1, 2, 4, 5]


def test_a_new_filter_during_a_pause_shows_everything_up_to_now(bench: Bench) -> None:
    bench.model.set_paused(True)
    bench.feed([pdu(1), pdu(2, association=2)])
    bench.model.set_association(2)
    assert bench.numbers == [2]
    bench.model.set_paused(False)
    assert bench.numbers == [2]


def test_clear_forgets_rows_and_the_start_of_time(bench: Bench) -> None:
    bench.feed([pdu(1), pdu(2)])
    bench.store.clear()
    bench.model.clear()
    assert bench.numbers == []
    bench.feed([pdu(500)])
    assert bench.model.index(0, 2).data() == "0.000 000"


def test_what_a_filter_has_taken_from_the_store_is_not_shown_twice(bench: Bench) -> None:
    events = [pdu(1), pdu(2)]
    bench.store.extend(events)
    bench.model.set_association(1)
    bench.model.add(events)
    assert bench.numbers == [1, 2]
    bench.model.set_paused(True)
    bench.store.extend([pdu(3)])
    bench.model.set_paused(False)
    bench.model.add([pdu(3), pdu(4)])
    assert bench.numbers == [1, 2, 3, 4]
