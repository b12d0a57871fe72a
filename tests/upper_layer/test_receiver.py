"""What is received: dropped unread, read whole, or streamed; seen through the machine."""

import pytest

from tests.support.pair import chunks, drain
from tests.upper_layer.cells import feed, reach
from tests.upper_layer.established import actions, data_pdu, established, kinds, problem, sent
from tests.upper_layer.pdu_cases import ECHO_REQUEST, PROVIDER_ABORT, RELEASE_REQUEST, RELEASE_RESPONSE, REQUEST, octets
from workbench.errors import LocalProtocolError
from workbench.upper_layer.events import DataIndicated, PduReceived, ProviderAbort
from workbench.upper_layer.pdu import Abort, ReleaseRq
from workbench.upper_layer.receiver import Arrival, Receiver
from workbench.upper_layer.state_table import Evt, Sta

# Refused and ignored PDUs are dropped unread


@pytest.mark.parametrize("chunk", [None, 1, 7])
def test_a_refused_pdu_is_refused_by_its_header(chunk: int | None) -> None:
    machine = reach(6)
    events = feed(machine, REQUEST.data[:6], chunk)
    assert machine.state.value == 13
    assert sent(events) == octets("07 00 00000004 00 00 02 02")
    assert "A-ASSOCIATE-RQ is not expected in Sta6" in problem(events)
    # Its rest is skipped; the next PDU is understood.
    assert feed(machine, REQUEST.data[6:], chunk) == []
    assert kinds(feed(machine, PROVIDER_ABORT.data, chunk)) == [
        "PduReceived",
        "Transition",
        "StopArtim",
        "CloseTransport",
    ]


def test_awaiting_the_close_bulk_data_is_dropped_unread() -> None:
    """AA-6: only the header is kept, nothing waits, nothing is a problem."""
    machine = reach(13)
    bulk = data_pdu((1, 0, bytes(100_000)))
    events = feed(machine, bulk * 3, 65536)
    assert kinds(events) == ["PduReceived", "Transition"] * 3
    assert {event.kept for event in events if isinstance(event, PduReceived)} == {bulk[:6]}
    assert {event.length for event in events if isinstance(event, PduReceived)} == {len(bulk)}


def test_nothing_is_taken_after_the_end() -> None:
    machine = reach(6)
    events = feed(machine, PROVIDER_ABORT.data + RELEASE_REQUEST.data + bytes(100), None)
    assert kinds(events) == ["PduReceived", "Transition", "PduIndicated", "CloseTransport"]
    machine.receive_data(RELEASE_REQUEST.data)
    machine.receive_data(b"")
    machine.transport_closed()
    assert machine.next_event() is None


def test_a_finished_machine_serves_no_second_association() -> None:
    machine = reach(6)
    feed(machine, PROVIDER_ABORT.data, None)
    with pytest.raises(LocalProtocolError, match="one association"):
        machine.send(REQUEST.pdu)
    with pytest.raises(LocalProtocolError, match="one association"):
        machine.transport_opened()
    with pytest.raises(LocalProtocolError, match="one association"):
        machine.send(Abort(source=0, reason=0))


# P-DATA as a stream


def test_data_is_announced_when_what_is_kept_has_arrived_and_then_streams() -> None:
    machine = established()
    pdu = data_pdu((1, 2, bytes(range(250)) * 4))
    assert feed(machine, pdu[:267], None) == []
    events = feed(machine, pdu[267:268], None)
    assert kinds(events) == ["PduReceived", "Transition", "DataIndicated"]
    assert events[0] == PduReceived(4, 1012, pdu[:268])
    assert events[2] == DataIndicated(1, False, True, pdu[12:268], False)
    assert feed(machine, pdu[268:700], None) == [DataIndicated(1, False, True, pdu[268:700], False)]
    assert feed(machine, pdu[700:], None) == [DataIndicated(1, False, True, pdu[700:], True)]


def test_a_command_is_kept_whole() -> None:
    events = feed(established(), data_pdu((1, 1, bytes(5000))), None)
    assert kinds(events) == ["PduReceived", "Transition", "DataIndicated"]
    assert isinstance(events[0], PduReceived)
    assert len(events[0].kept) == 5012


def test_a_command_of_any_size_is_kept_up_to_64_kib() -> None:
    machine = established(max_pdu_length=0)
    data = data_pdu((1, 1, bytes(200_000)))
    events = feed(machine, data[:65548], 10_000)
    assert isinstance(events[0], PduReceived)
    assert events[0].kept == data[:65548]


def test_of_several_fragments_the_head_reaches_over_256_bytes_of_data() -> None:
    pdu = data_pdu((1, 3, b"c" * 20), (1, 0, b"d" * 200), (1, 0, b""), (1, 2, b"e" * 200))
    events = feed(established(), pdu, None)
    assert isinstance(events[0], PduReceived)
    assert events[0].kept == pdu[: 6 + 26 + 206 + 6 + 6 + 56]
    assert [(e.data, e.ends_fragment) for e in events if isinstance(e, DataIndicated)] == [
        (b"c" * 20, True),
        (b"d" * 200, True),
        (b"", True),
        (b"e" * 200, True),
    ]


def test_bulk_data_is_handed_out_as_views_of_what_was_fed() -> None:
    machine = established()
    buffer = bytearray(data_pdu((1, 0, bytes(100_000))))
    machine.receive_data(memoryview(buffer))
    views = []
    while (event := machine.next_event()) is not None:
        if isinstance(event, DataIndicated):
            views.append(event.data)
    assert len(views) == 1
    assert isinstance(views[0], memoryview)
    buffer[12] = 7
    assert views[0][0] == 7


def test_a_broken_fragment_behind_the_head_is_found_when_it_comes() -> None:
    machine = established()
    good = data_pdu((1, 0, bytes(1000)), (9, 2, b"x"))
    events = feed(machine, good, None)
    assert actions(events) == ["DT-2", "AA-8"]
    assert "context 9 was not accepted" in problem(events)
    assert sent(events)[-1] == 5
    assert feed(machine, RELEASE_REQUEST.data, None) != []  # the rest of the PDU was skipped


def test_data_while_waiting_for_the_release_is_delivered() -> None:
    """Evt10 in Sta7: the peer may still send, and has started before our A-RELEASE-RQ arrived."""
    machine = established()
    events = feed(machine, ECHO_REQUEST.data[:30], None)
    machine.send(ReleaseRq())
    events = drain(machine) + feed(machine, ECHO_REQUEST.data[30:] + RELEASE_RESPONSE.data, None)
    assert actions(events) == ["AR-1", "AR-6", "AR-3"]
    assert [e.data for e in events if isinstance(e, DataIndicated)] == [ECHO_REQUEST.data[12:]]


@pytest.mark.parametrize("cut", range(1, 74))
def test_aborting_in_the_middle_of_a_pdu_drops_its_rest(cut: int) -> None:
    machine = established()
    before = feed(machine, ECHO_REQUEST.data[:cut], None)
    machine.send(Abort(source=0, reason=0))
    drain(machine)
    rest = feed(machine, ECHO_REQUEST.data[cut:] + PROVIDER_ABORT.data, None)
    assert not any(isinstance(event, DataIndicated) for event in before + rest)
    assert kinds(rest)[-2:] == ["StopArtim", "CloseTransport"]
    assert machine.state.value == 1


def test_aborting_in_the_middle_of_bulk_data_drops_its_rest() -> None:
    machine = established()
    pdu = data_pdu((1, 0, bytes(1000)))
    feed(machine, pdu[:600], None)
    machine.send(Abort(source=0, reason=0))
    drain(machine)
    assert feed(machine, pdu[600:], None) == []
    assert kinds(feed(machine, PROVIDER_ABORT.data, None))[-1] == "CloseTransport"


def test_the_state_does_not_run_ahead_of_the_events_taken() -> None:
    machine = established()
    machine.receive_data(ECHO_REQUEST.data + RELEASE_REQUEST.data)
    while not isinstance(machine.next_event(), DataIndicated):
        pass
    assert machine.state.value == 6
    drain(machine)
    assert machine.state.value == 8


def test_bytes_fed_before_the_events_were_taken_are_not_lost() -> None:
    machine = established()
    for piece in chunks(ECHO_REQUEST.data * 3 + RELEASE_REQUEST.data, 10):
        machine.receive_data(piece)
    machine.receive_data(b"")
    events = drain(machine)
    assert actions(events) == ["DT-2"] * 3 + ["AR-2", "AA-4"]


def test_a_lost_connection_is_a_provider_abort_without_a_reason() -> None:
    machine = established()
    feed(machine, ECHO_REQUEST.data[:20], None)
    machine.receive_data(b"")
    events = drain(machine)
    assert kinds(events) == ["Transition", "ProviderAbort"]
    told = events[1]
    assert isinstance(told, ProviderAbort)
    assert (told.source, told.reason) == (2, 0)
    assert told.problem == "the transport connection was closed in the middle of a PDU in Sta6 established"


def test_bytes_on_a_connection_that_was_never_opened_are_our_own_mistake() -> None:
    for state in (1, 4):
        with pytest.raises(LocalProtocolError, match="not open"):
            reach(state).receive_data(b"\1")


# The receiver by itself


def test_the_header_is_judged_by_the_state_that_holds_when_it_is_looked_at() -> None:
    receiver = Receiver(max_pdu_length=0)
    receiver.feed(RELEASE_REQUEST.data[:8])
    assert receiver.next(Sta.STA6, ()) is None
    assert receiver.is_inside_pdu
    receiver.state_changed(Sta.STA13)
    found = receiver.next(Sta.STA13, ())
    assert isinstance(found, Arrival)
    assert (found.event, found.observed, found.pdu) == (Evt.EVT12, PduReceived(5, 10, RELEASE_REQUEST.data[:6]), None)
    receiver.feed(RELEASE_REQUEST.data[8:])
    assert receiver.next(Sta.STA13, ()) is None
    assert not receiver.is_inside_pdu


@pytest.mark.parametrize(
    ("state", "data", "says"),
    [
        (5, b"SSH-2.0-OpenSSH_9\r\n", "the peer answers in text ('SSH-2....'): no DICOM service listens on this port"),
        (5, b"HTTP/1.1 400 Bad Request\nServer: x\n", "text ('HTTP/1...')"),
        (5, b"220 " + b"m" * 99, "text ('220 mm...')"),
        (5, b"HTTP\r\n", "text ('HTTP...')"),
        (6, b"GET / HTTP/1.1\r\n", "47H is not a PDU of PS3.8 but text ('GET / ...'): the peer speaks another"),
    ],
)
def test_text_instead_of_a_pdu_is_shown(state: int, data: bytes, says: str) -> None:
    assert says in problem(feed(reach(state), data, None))


@pytest.mark.parametrize(
    "data", [b"HT\0\0\0\0", b"OK\r\nGo", b"\n\n\n\n\n\n", b"caf\xe9 au lait", b"\x16\x03\x01\0\1\0"]
)
def test_what_is_no_line_of_text_is_not_shown(data: bytes) -> None:
    assert "is not a PDU of PS3.8" in problem(feed(reach(5), data, None))
    assert "text" not in problem(feed(reach(5), data, None))


def test_a_length_on_the_wire_reserves_nothing() -> None:
    receiver = Receiver(max_pdu_length=0)
    receiver.feed(bytes.fromhex("04 00 FFFFFFF0 FFFFFFE0 01 00"))
    assert receiver.next(Sta.STA6, {1}) is None
    receiver.feed(bytes(256))
    found = receiver.next(Sta.STA6, {1})
    assert isinstance(found, Arrival)
    assert found.observed is not None
    assert (found.observed.length, len(found.observed.kept)) == (0xFFFFFFF6, 268)
