"""The recorder stamps what it is told with a running number and the clock."""

from workbench.trace.events import (
    Direction,
    NoteEvent,
    NotKeptEvent,
    PduEvent,
    ProblemEvent,
    TraceEvent,
    TransitionEvent,
    TransportStep,
)
from workbench.trace.recorder import Recorder
from workbench.upper_layer.state_table import Evt, Sta


def test_events_of_all_associations_share_one_running_number() -> None:
    seen: list[TraceEvent] = []
    times = iter([10.0, 10.5, 11.0, 11.25])
    recorder = Recorder(seen.append, clock=lambda: next(times))
    first, second = recorder.open_association(), recorder.open_association()

    recorder.transport(first, TransportStep.CONNECTED, "here - there")
    recorder.pdu(second, Direction.RECEIVED, 7, 10, b"\x07")
    recorder.transition(first, Evt.EVT2, Sta.STA4, "AE-2", Sta.STA5)
    recorder.problem(second, "Result at byte 7: 9 is not 0 to 4")

    assert first != second
    assert [(event.number, event.time, event.association) for event in seen] == [
        (1, 10.0, first),
        (2, 10.5, second),
        (3, 11.0, first),
        (4, 11.25, second),
    ]
    assert seen[1] == PduEvent(2, 10.5, second, Direction.RECEIVED, 7, 10, b"\x07")
    assert seen[2] == TransitionEvent(3, 11.0, first, Evt.EVT2, Sta.STA4, "AE-2", Sta.STA5)
    assert seen[3] == ProblemEvent(4, 11.25, second, "Result at byte 7: 9 is not 0 to 4")


def test_without_a_sink_nothing_is_recorded_and_associations_have_their_numbers() -> None:
    def stopped() -> float:
        raise AssertionError("nobody wants to know the time")

    recorder = Recorder(clock=stopped)
    first, second = recorder.open_association(), recorder.open_association()
    recorder.transport(first, TransportStep.CONNECTED, "here - there")
    recorder.pdu(second, Direction.RECEIVED, 7, 10, b"\x07")
    recorder.transition(first, Evt.EVT2, Sta.STA4, "AE-2", Sta.STA5)
    recorder.problem(second, "Result at byte 7: 9 is not 0 to 4")
    assert first != second


def test_what_the_wire_does_not_show_is_recorded_too() -> None:
    seen: list[TraceEvent] = []
    recorder = Recorder(seen.append, clock=lambda: 10.0)
    recorder.not_kept(3, 7, "1.2.3", "acknowledged, not kept")
    recorder.note(3, "converted on the way")
    assert seen == [
        NotKeptEvent(1, 10.0, 3, 7, "1.2.3", "acknowledged, not kept"),
        NoteEvent(2, 10.0, 3, "converted on the way"),
    ]
    silent = Recorder()
    silent.not_kept(3, 7, "1.2.3", "acknowledged, not kept")
    silent.note(3, "converted on the way")
