"""The machine beyond the cells: invalid PDUs, sending, two machines, any bytes at all."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.pair import Pair, chunks, drain
from tests.upper_layer.cells import feed, reach
from tests.upper_layer.established import established, kinds, problem, sent
from tests.upper_layer.pdu_cases import (
    ANSWER,
    CASES,
    ECHO_REQUEST,
    FULL_REQUEST,
    IDENTITY_REQUEST,
    PROVIDER_ABORT,
    REQUEST,
    octets,
)
from workbench.errors import LocalProtocolError, ProtocolError
from workbench.upper_layer.events import (
    DataIndicated,
    Event,
    PduIndicated,
    PduReceived,
    PduSent,
    ProviderAbort,
    SendBytes,
    Transition,
)
from workbench.upper_layer.machine import Role, UpperLayer
from workbench.upper_layer.pdu import (
    Abort,
    AssociateAc,
    AssociateRq,
    PDataTf,
    Pdv,
    ReleaseRp,
    ReleaseRq,
    data_pdu_header,
    decode_pdu,
)

INVALID = {
    # state, bytes, reason of the A-ABORT, what the problem names
    "unrecognized PDU": (6, "2A 00 00000000", 1, "PDU-type at byte 0"),
    "TLS on a plain connection": (5, "15 03 01000202 46", 1, "looks like a TLS record"),
    "HTTP": (6, "474554202F20485454502F312E310D0A", 1, "PDU-type at byte 0"),
    "release request of 5 bytes": (6, "05 00 00000005 0000000000", 6, "PDU-length at byte 2"),
    "release response of 0 bytes": (7, "06 00 00000000", 6, "PDU-length at byte 2"),
    "abort of 3 bytes": (6, "07 00 00000003 000000", 6, "PDU-length at byte 2"),
    "rejection of 4 GiB": (5, "03 00 FFFFFFFF", 6, "PDU-length at byte 2"),
    "answer over 1 MiB": (5, "02 00 00100001", 6, "PDU-length at byte 2"),
    "answer of 2 bytes": (5, "02 00 00000002 0001", 6, "Reserved at byte 8"),
    "data without a PDV": (6, "04 00 00000000", 6, "PDU-length at byte 2"),
    "data of 5 bytes": (6, "04 00 00000005 0000000101", 6, "PDU-length at byte 2"),
    "PDV of length 0": (6, "04 00 00000006 00000000 01 03", 6, "Item-length at byte 6"),
    "PDV of length 1": (6, "04 00 00000006 00000001 01 03", 6, "Item-length at byte 6"),
    "PDV past the PDU": (6, "04 00 00000006 00000003 01 03", 6, "Item-length at byte 6"),
    "PDV of 4 GiB": (6, "04 00 00000006 FFFFFFFF 01 03", 6, "Item-length at byte 6"),
    "PDV shorter than the PDU": (6, "04 00 00000009 00000004 01 03 AABB CC", 6, "Item-length at byte 14"),
    "second PDV past the PDU": (6, "04 00 0000000D 00000003 01 03 AA 00000005 01 00", 6, "Item-length at byte 13"),
    "unknown context": (6, "04 00 00000006 00000002 05 03", 5, "Presentation-context-ID at byte 10"),
    "refused context": (6, "04 00 00000006 00000002 03 03", 5, "Presentation-context-ID at byte 10"),
    "second PDV on an unknown context": (6, "04 00 0000000C 00000002 01 03 00000002 07 00", 5, "at byte 16"),
    "data over our maximum": (6, "04 00 00020001", 6, "PDU-length at byte 2"),
    "data over our maximum, waiting for release": (7, "04 00 00020001", 6, "PDU-length at byte 2"),
}


@pytest.mark.parametrize("chunk", [None, 1, 7])
@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_pdu_is_answered_with_the_right_abort(name: str, chunk: int | None) -> None:
    state, data, reason, place = INVALID[name]
    events = feed(reach(state), bytes.fromhex(data), chunk)
    assert sent(events) == bytes((7, 0, 0, 0, 0, 4, 0, 0, 2, reason))
    assert place in problem(events)
    assert kinds(events) == [
        "PduReceived",
        "Problem",
        "Transition",
        "SendBytes",
        "PduSent",
        "ProviderAbort",
        "StartArtim",
    ]
    transition = next(event for event in events if isinstance(event, Transition))
    assert (transition.event.value, transition.action.label, transition.after.value) == (19, "AA-8", 13)
    told = next(event for event in events if isinstance(event, ProviderAbort))
    assert (told.source, told.reason) == (2, reason)
    assert place in told.problem


def test_before_the_association_the_abort_is_the_users() -> None:
    """AA-1: Sta2 knows no user of the association yet, and the reason counts with source 2 only."""
    for data in ("2A 00 00000000", "01 00 00000000", "01 00 00100001", "05 00 00000004"):
        events = feed(reach(2), bytes.fromhex(data), None)
        assert sent(events) == octets("07 00 00000004 00 00 00 00")
        assert not any(isinstance(event, ProviderAbort) for event in events)


def test_a_broken_request_is_kept_whole_for_display() -> None:
    data = IDENTITY_REQUEST.data[:-1] + b"\0\0"
    data = data[:2] + (len(data) - 6).to_bytes(4, "big") + data[6:]
    events = feed(reach(2), data, 5)
    received = next(event for event in events if isinstance(event, PduReceived))
    assert received.kept == data
    assert kinds(events)[:3] == ["PduReceived", "Problem", "Transition"]


@pytest.mark.parametrize("version", [0, 2, 0xFFFE])
def test_a_request_without_version_1_is_rejected_before_the_rest_is_read(version: int) -> None:
    """PS3.8 9.3.2: only bit 0 is tested; a later version may look otherwise behind its version field."""
    for rest in (REQUEST.data[8:], b"", b"\xff" * 40):
        content = version.to_bytes(2, "big") + rest
        machine = reach(2)
        events = feed(machine, b"\1\0" + len(content).to_bytes(4, "big") + content, None)
        assert sent(events) == octets("03 00 00000004 00 01 02 02")
        assert (machine.state, machine.artim_running) == (13, True)
        assert kinds(events)[-4:] == ["StopArtim", "SendBytes", "PduSent", "StartArtim"]
        assert not any(isinstance(event, PduIndicated) for event in events)


def test_a_request_with_version_1_among_others_is_indicated() -> None:
    machine = reach(2)
    events = feed(machine, FULL_REQUEST.data, None)
    assert PduIndicated(FULL_REQUEST.pdu) in events
    assert machine.state.value == 3


def test_what_was_agreed_is_known() -> None:
    requestor, acceptor = established(role=Role.REQUESTOR), established()
    assert (requestor.peer_max_length, requestor.accepted_contexts) == (4096, frozenset({1}))
    assert (acceptor.peer_max_length, acceptor.accepted_contexts) == (16384, frozenset({1}))


def test_a_context_that_was_never_proposed_is_not_accepted() -> None:
    machine = UpperLayer(Role.REQUESTOR)
    machine.send(FULL_REQUEST.pdu)  # proposes 3 and 255
    machine.transport_opened()
    machine.receive_data(ANSWER.data)  # accepts 1
    drain(machine)
    assert machine.accepted_contexts == frozenset()


# Sending


def test_an_abort_says_what_its_caller_says() -> None:
    machine = reach(6)
    machine.send(Abort(source=2, reason=6))
    assert sent(drain(machine)) == PROVIDER_ABORT.data


def test_sending_data_is_one_write_and_one_observation_a_pdu() -> None:
    machine = established(role=Role.REQUESTOR)
    command, data = b"c" * 300, memoryview(b"d" * 700)
    headers = [
        data_pdu_header(1, is_command=True, is_last=True, fragment_length=300),
        data_pdu_header(1, is_command=False, is_last=False, fragment_length=700),
    ]
    machine.send_data(list(zip(headers, (command, data), strict=True)))
    events = drain(machine)
    assert kinds(events) == ["SendBytes", "Transition", "PduSent", "Transition", "PduSent"]
    assert events[0] == SendBytes((headers[0], command, headers[1], data))
    assert events[2] == PduSent(4, 312, headers[0] + command)
    assert events[4] == PduSent(4, 712, headers[1] + bytes(data[:256]))
    assert decode_pdu(sent(events)[:312]) == PDataTf(
        pdvs=(Pdv(context_id=1, is_command=True, is_last=True, data=command),)
    )


def test_sending_no_data_is_nothing() -> None:
    machine = established()
    machine.send_data([])
    assert drain(machine) == []


def test_data_in_sta8_is_ar_7() -> None:
    machine = reach(8)
    machine.send_data([(data_pdu_header(1, is_command=True, is_last=True, fragment_length=2), b"xy")])
    events = drain(machine)
    assert [(t.action.label, t.after.value) for t in events if isinstance(t, Transition)] == [("AR-7", 8)]


@pytest.mark.parametrize(
    ("context_id", "size", "problem_text"),
    [(3, 10, "context 3 was not accepted"), (5, 10, "context 5 was not accepted"), (1, 4091, "over the peer's 4096")],
)
def test_data_that_breaks_the_agreement_is_not_sent(context_id: int, size: int, problem_text: str) -> None:
    machine = established(role=Role.REQUESTOR)
    header = data_pdu_header(context_id, is_command=False, is_last=True, fragment_length=size)
    with pytest.raises(LocalProtocolError, match=problem_text):
        machine.send_data([(header, bytes(size))])
    pdv = Pdv(context_id=context_id, is_command=False, is_last=True, data=bytes(size))
    with pytest.raises(LocalProtocolError, match=problem_text):
        machine.send(PDataTf(pdvs=(pdv,)))
    assert machine.next_event() is None


def test_a_data_pdu_without_data_is_not_sent() -> None:
    with pytest.raises(LocalProtocolError, match="at least one"):
        established().send(PDataTf(pdvs=()))


def test_a_pdu_that_cannot_be_encoded_leaves_the_state_alone() -> None:
    machine = UpperLayer(Role.REQUESTOR)
    bad = AssociateRq(
        called_ae_title="SEVENTEEN_LETTERS", calling_ae_title="A", presentation_contexts=(), user_information=()
    )
    with pytest.raises(LocalProtocolError, match="longer than 16"):
        machine.send(bad)
    assert machine.state.value == 1
    machine.send(REQUEST.pdu)


# Two machines


def associate(pair: Pair) -> None:
    pair.requestor.machine.send(IDENTITY_REQUEST.pdu)
    pair.connect()
    pair.deliver()
    pair.acceptor.machine.send(ANSWER.pdu)
    pair.deliver()
    assert (pair.requestor.machine.state, pair.acceptor.machine.state) == (6, 6)


@pytest.mark.parametrize("chunk", [None, 1, 7])
def test_an_association_from_request_to_release(chunk: int | None) -> None:
    pair = Pair(chunk=chunk)
    associate(pair)
    pair.requestor.machine.send(ECHO_REQUEST.pdu)
    pair.deliver()
    assert pair.acceptor.data() == [(1, True, True, ECHO_REQUEST.data[12:])]
    pair.requestor.machine.send(ReleaseRq())
    pair.deliver()
    pair.acceptor.machine.send(ReleaseRp())
    pair.deliver()
    assert (pair.requestor.machine.state, pair.acceptor.machine.state) == (1, 1)
    assert not pair.acceptor.machine.artim_running


@pytest.mark.parametrize("chunk", [None, 1, 7])
def test_release_collision_ends_both_sides(chunk: int | None) -> None:
    """PS3.8 7.2.2.1: both ask at the same time; the acceptor's response waits for the requestor's."""
    pair = Pair(chunk=chunk)
    associate(pair)
    pair.requestor.machine.send(ReleaseRq())
    pair.acceptor.machine.send(ReleaseRq())
    pair.deliver()
    assert (pair.requestor.machine.state, pair.acceptor.machine.state) == (9, 10)
    pair.requestor.machine.send(ReleaseRp())
    pair.deliver()
    assert (pair.requestor.machine.state, pair.acceptor.machine.state) == (11, 12)
    pair.acceptor.machine.send(ReleaseRp())
    pair.deliver()
    assert (pair.requestor.machine.state, pair.acceptor.machine.state) == (1, 1)
    for end in (pair.requestor, pair.acceptor):
        assert [pdu for pdu in end.indicated() if not isinstance(pdu, AssociateAc | AssociateRq)] == [
            ReleaseRq(),
            ReleaseRp(),
        ]


# Properties

STREAM_PIECES = [case.data for case in CASES] + [
    bytes.fromhex(data) for _, data, _, _ in INVALID.values() if len(data) < 60
]
any_bytes = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(STREAM_PIECES), max_size=5).map(b"".join),
    st.tuples(st.sampled_from(STREAM_PIECES), st.binary(max_size=40), st.sampled_from(STREAM_PIECES)).map(b"".join),
    st.builds(
        lambda data, at, byte: data[: at % len(data)] + bytes((byte,)) + data[at % len(data) + 1 :],
        st.sampled_from(STREAM_PIECES),
        st.integers(0, 1000),
        st.integers(0, 255),
    ),
)


@settings(max_examples=300)
@given(state=st.integers(1, 13), data=any_bytes, chunk=st.sampled_from([None, 1, 3, 7, 64]))
def test_any_bytes_in_any_state_then_a_close_end_in_sta1(state: int, data: bytes, chunk: int | None) -> None:
    machine = reach(state)
    taken = 0
    for piece in [*chunks(data, chunk), b""]:
        try:
            machine.receive_data(piece)
        except ProtocolError:
            assert state in (1, 4)
        while machine.next_event() is not None:
            taken += 1
    if state == 4:
        machine.transport_closed()
    drain(machine)
    assert machine.state.value == 1
    assert not machine.artim_running
    assert taken <= 10 + 8 * len(data)


def merged(events: list[Event]) -> list[Event]:
    """The events with neighbouring slices of one fragment put together."""
    result: list[Event] = []
    for event in events:
        previous = result[-1] if result else None
        if isinstance(event, DataIndicated) and isinstance(previous, DataIndicated) and not previous.ends_fragment:
            previous.data = bytes(previous.data) + bytes(event.data)
            previous.ends_fragment = event.ends_fragment
        else:
            result.append(event)
    return result


@settings(max_examples=200)
@given(state=st.sampled_from([2, 5, 6, 7, 9, 10, 13]), data=any_bytes, cuts=st.lists(st.integers(0, 600), max_size=8))
def test_any_cut_of_the_stream_gives_the_same_events(state: int, data: bytes, cuts: list[int]) -> None:
    whole = merged(feed(reach(state), data, None))
    machine = reach(state)
    events: list[Event] = []
    for start, end in itertools.pairwise(sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})):
        machine.receive_data(data[start:end])
        events += drain(machine)
    assert [repr(event) for event in merged(events)] == [repr(event) for event in whole]


@settings(max_examples=100)
@given(data=st.lists(st.binary(max_size=2000), min_size=1, max_size=6), chunk=st.integers(1, 3000))
def test_what_is_sent_is_what_the_other_side_gets(data: list[bytes], chunk: int) -> None:
    pair = Pair(chunk=chunk)
    associate(pair)
    pdus = [
        (data_pdu_header(1, is_command=False, is_last=index == len(data) - 1, fragment_length=len(piece)), piece)
        for index, piece in enumerate(data)
    ]
    pair.requestor.machine.send_data(pdus)
    pair.deliver()
    assert pair.acceptor.data() == [(1, False, i == len(data) - 1, piece) for i, piece in enumerate(data)]
