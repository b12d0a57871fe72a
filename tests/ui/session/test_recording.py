"""Events in batches: store, book, models, signals."""

from tests.ui.session.conftest import BenchMaker, Wait
from ui.session.recording import LITTLE
from workbench.acse.contexts import propose_for_instances
from workbench.acse.negotiate import request_association
from workbench.trace.events import Direction, TraceEvent, TransportStep
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.pdu import encode_pdu
from workbench.upper_layer.state_table import Evt, Sta

REQUEST = encode_pdu(
    request_association(
        called_ae_title="PACS",
        calling_ae_title="CT3",
        contexts=propose_for_instances([(VERIFICATION, IMPLICIT_VR_LITTLE_ENDIAN)])[0],
        max_pdu_length=16384,
    )
)


def record(maker: BenchMaker, associations: int = 1) -> None:
    """Lets associations connect and send their A-ASSOCIATE-RQ: three events each."""
    recorder = maker.recording.recorder
    for _ in range(associations):
        number = recorder.open_association()
        recorder.transport(number, TransportStep.CONNECTED, "127.0.0.1:50000 - 127.0.0.1:104")
        recorder.transition(number, Evt.EVT2, Sta.STA4, "AE-2", Sta.STA5)
        recorder.pdu(number, Direction.SENT, 1, len(REQUEST), REQUEST)


def test_a_batch_reaches_store_book_and_models(maker: BenchMaker, wait: Wait) -> None:
    batches: list[list[TraceEvent]] = []
    moves: list[tuple[int, Sta, Evt, str]] = []
    maker.recording.added.connect(batches.append)
    maker.recording.state_changed.connect(lambda *move: moves.append(move))
    record(maker, associations=2)
    wait(lambda: bool(batches))
    assert [event.number for event in maker.recording.store] == [1, 2, 3, 4, 5, 6]
    assert len(batches) == 1
    assert moves == [(1, Sta.STA5, Evt.EVT2, "AE-2"), (2, Sta.STA5, Evt.EVT2, "AE-2")]
    assert maker.recording.trace_model.rowCount() == 2
    assert [row.calling_ae_title for row in maker.recording.associations_model.rows] == ["CT3", "CT3"]


def test_rows_of_associations_are_updated_in_place(maker: BenchMaker) -> None:
    record(maker)
    maker.engine.drain()
    maker.recording.recorder.transition(1, Evt.EVT3, Sta.STA5, "AE-3", Sta.STA6)
    maker.engine.drain()
    (row,) = maker.recording.associations_model.rows
    assert (row.state, row.called_ae_title) == (6, "PACS")


def test_a_pdu_is_dissected_and_its_bytes_are_given(maker: BenchMaker) -> None:
    record(maker)
    maker.engine.drain()
    span = maker.recording.dissect(3)
    assert span is not None
    assert (span.name, span.start, span.end) == ("A-ASSOCIATE-RQ", 0, len(REQUEST))
    assert maker.recording.kept_bytes(3) == REQUEST
    assert maker.recording.dissect(1) is None
    assert maker.recording.kept_bytes(99) == b""


def test_clear_keeps_only_open_associations(maker: BenchMaker) -> None:
    record(maker, associations=2)
    maker.recording.recorder.transition(1, Evt.EVT17, Sta.STA5, "AA-4", Sta.STA1)
    maker.engine.drain()
    maker.recording.clear()
    assert len(maker.recording.store) == 0
    assert maker.recording.trace_model.rowCount() == 0
    assert [row.number for row in maker.recording.associations_model.rows] == [2]
    maker.recording.recorder.transition(2, Evt.EVT3, Sta.STA5, "AE-3", Sta.STA6)
    maker.engine.drain()
    assert maker.recording.associations_model.rows[0].state == 6


def test_thousands_of_associations_leave_the_newest(maker: BenchMaker) -> None:
    recorder = maker.recording.recorder
    for _ in range(2100):
        number = recorder.open_association()
        recorder.transition(number, Evt.EVT5, Sta.STA1, "AE-5", Sta.STA2)
        recorder.transition(number, Evt.EVT17, Sta.STA2, "AA-5", Sta.STA1)
    while maker.engine.drain():
        pass
    maker.recording.show_new()
    rows = maker.recording.associations_model.rows
    assert rows[-1].number == 2100
    assert len(rows) < 2000
    recorder.transition(2100, Evt.EVT5, Sta.STA1, "AE-5", Sta.STA2)
    maker.engine.drain()
    assert maker.recording.associations_model.rows[-1].state == 2


def test_a_stream_is_shown_a_few_times_a_second_and_to_its_end(maker: BenchMaker, wait: Wait) -> None:
    batches: list[list[TraceEvent]] = []
    maker.recording.added.connect(batches.append)
    record(maker)
    maker.engine.drain()
    assert len(batches) == 1
    for _ in range(5):
        record(maker, associations=LITTLE)
        maker.engine.drain()
        assert len(maker.recording.store) % LITTLE == 3
    assert len(batches) < 5
    wait(lambda: sum(map(len, batches)) == 3 + 5 * 3 * LITTLE)
    assert [event.number for batch in batches for event in batch] == list(range(1, 1504))
    assert len(maker.recording.associations_model.rows) == 501


def test_what_is_not_shown_yet_can_be_shown_at_once(maker: BenchMaker) -> None:
    record(maker)
    maker.engine.drain()
    record(maker, associations=LITTLE)
    maker.engine.drain()
    maker.recording.show_new()
    assert maker.recording.trace_model.rowCount() == LITTLE + 1
    maker.recording.clear()
    assert maker.recording.trace_model.rowCount() == 0
