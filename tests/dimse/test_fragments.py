"""Fragments: messages cut for any peer, and put together from any slices of what a peer sends."""

import itertools
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dimse.encoded import MESSAGE_ID, NO_DATA_SET, element
from tests.dimse.strategies import MESSAGES_STRATEGY
from workbench.dimse.command_set import UnknownCommandField, encode_command
from workbench.dimse.fragments import (
    COMMAND_SET_LIMIT,
    Assembler,
    CommandReceived,
    DataReceived,
    fragment,
    fragment_size,
)
from workbench.dimse.messages import CEchoRq, CStoreRq, Message
from workbench.errors import CommandSetError, LocalProtocolError, MessageError
from workbench.upper_layer.events import DataIndicated
from workbench.upper_layer.fields import Buffer

ECHO = CEchoRq(message_id=7, affected_sop_class_uid="1.2.840.10008.1.1")
ECHO_BYTES = encode_command(ECHO, has_data_set=False)
STORE = CStoreRq(message_id=8, affected_sop_class_uid="1.2.3", affected_sop_instance_uid="1.2.3.4")
STORE_BYTES = encode_command(STORE, has_data_set=True)


def command(data: Buffer, *, context_id: int = 1, is_last: bool = True, ends_fragment: bool = True) -> DataIndicated:
    return DataIndicated(context_id, is_command=True, is_last=is_last, data=data, ends_fragment=ends_fragment)


def data_set(data: Buffer, *, context_id: int = 1, is_last: bool = True, ends_fragment: bool = True) -> DataIndicated:
    return DataIndicated(context_id, is_command=False, is_last=is_last, data=data, ends_fragment=ends_fragment)


def feed_all(slices: Iterable[DataIndicated]) -> list[CommandReceived | DataReceived]:
    assembler = Assembler()
    return [received for one in slices if (received := assembler.feed(one)) is not None]


# (the peer's Maximum Length Received, bytes that a fragment may have)
SIZES = [
    (0, 131_066),  # no limit: what we prefer
    (7, 1),
    (8, 2),
    (9, 2),
    (12, 6),
    (13, 6),
    (16_381, 16_374),
    (16_382, 16_376),
    (131_072, 131_066),
    (131_073, 131_066),
    (2**32 - 1, 131_066),
]


@pytest.mark.parametrize(("peer_max_length", "size"), SIZES)
def test_fragments_are_even_and_fit_the_peer(peer_max_length: int, size: int) -> None:
    assert fragment_size(peer_max_length) == size


@given(st.integers(8, 200_000), st.integers(8, 200_000))
def test_no_pdu_is_longer_than_the_peer_takes_or_we_prefer(peer_max_length: int, preferred: int) -> None:
    size = fragment_size(peer_max_length, preferred=preferred)
    assert size % 2 == 0
    assert min(peer_max_length, preferred) - 1 <= size + 6 <= min(peer_max_length, preferred)


@pytest.mark.parametrize("peer_max_length", range(1, 7))
def test_a_peer_that_has_no_room_for_data_is_not_sent_anything(peer_max_length: int) -> None:
    with pytest.raises(LocalProtocolError, match=f"maximum length of {peer_max_length}"):
        fragment_size(peer_max_length)


@pytest.mark.parametrize(
    ("data", "is_command", "is_last", "expected"),
    [
        # P-DATA-TF, length 10; PDV length 6, context 5, command and last
        (b"abcd", True, True, [("04 00 0000000a 00000006 05 03", b"abcd")]),
        # context 5, data, not last
        (b"abcd", False, False, [("04 00 0000000a 00000006 05 00", b"abcd")]),
        # context 5, data, first not last, second last
        (
            b"abcdef",
            False,
            True,
            [("04 00 0000000a 00000006 05 00", b"abcd"), ("04 00 00000008 00000004 05 02", b"ef")],
        ),
        # context 5, command, three that are not last
        (
            b"abcdefghij",
            True,
            False,
            [
                ("04 00 0000000a 00000006 05 01", b"abcd"),
                ("04 00 0000000a 00000006 05 01", b"efgh"),
                ("04 00 00000008 00000004 05 01", b"ij"),
            ],
        ),
        # a data set of full fragments only: the last one says so
        (
            b"abcdefgh",
            False,
            True,
            [("04 00 0000000a 00000006 05 00", b"abcd"), ("04 00 0000000a 00000006 05 02", b"efgh")],
        ),
        # the end of a data set without any bytes left: an empty fragment says so
        (b"", False, True, [("04 00 00000006 00000002 05 02", b"")]),
        (b"", False, False, []),
    ],
)
def test_fragments_and_their_headers(
    data: bytes, is_command: bool, is_last: bool, expected: list[tuple[str, bytes]]
) -> None:
    pieces = fragment(5, data, is_command=is_command, is_last=is_last, size=4)
    assert [(header, bytes(piece)) for header, piece in pieces] == [
        (bytes.fromhex(header), piece) for header, piece in expected
    ]


def test_fragments_are_views_not_copies() -> None:
    data = bytearray(b"abcdefgh")
    pieces = fragment(1, data, is_command=False, is_last=True, size=4)
    data[0:1] = b"X"
    assert bytes(pieces[0][1]) == b"Xbcd"


def indicated(pieces: Iterable[tuple[bytes, Buffer]], cuts: Iterator[int]) -> Iterator[DataIndicated]:
    """What an upper layer indicates for fragments, each in slices of the given lengths."""
    for header, piece in pieces:
        data = bytes(piece)
        context_id, flags = header[10], header[11]
        assert int.from_bytes(header[2:6], "big") == len(data) + 6
        assert int.from_bytes(header[6:10], "big") == len(data) + 2
        at = 0
        while True:
            cut = at + next(cuts)
            ends = cut >= len(data)
            yield DataIndicated(
                context_id,
                is_command=bool(flags & 1),
                is_last=bool(flags & 2),
                data=memoryview(data)[at:cut],
                ends_fragment=ends,
            )
            if ends:
                break
            at = cut


@given(
    message=MESSAGES_STRATEGY,
    content=st.none() | st.binary(max_size=300),
    context_id=st.integers(0, 127).map(lambda place: 2 * place + 1),
    peer_max_length=st.integers(7, 400) | st.just(0),
    cuts=st.lists(st.integers(1, 100), min_size=1, max_size=10),
)
def test_assembling_undoes_fragmenting(
    message: Message, content: bytes | None, context_id: int, peer_max_length: int, cuts: list[int]
) -> None:
    size = fragment_size(peer_max_length)
    encoded = encode_command(message, has_data_set=content is not None)
    pieces = fragment(context_id, encoded, is_command=True, is_last=True, size=size)
    if content is not None:
        pieces += fragment(context_id, content, is_command=False, is_last=True, size=size)
    first, *rest = feed_all(indicated(pieces, itertools.cycle(cuts)))
    assert first == CommandReceived(context_id, message, content is not None)
    data = [received for received in rest if isinstance(received, DataReceived)]
    assert len(data) == len(rest)
    assert b"".join(bytes(received.data) for received in data) == (content or b"")
    assert [received.is_last for received in data] == [False] * (len(data) - 1) + [True] * bool(data)
    assert {received.context_id for received in data} <= {context_id}


def test_a_command_in_fragments_of_one_byte_is_read() -> None:
    # Beyond PS3.8 E.1, which has even fragments only: some peers send odd ones, and nothing is lost by taking them.
    slices = [command(bytes([byte]), is_last=False) for byte in ECHO_BYTES[:-1]]
    assert feed_all([*slices, command(ECHO_BYTES[-1:])]) == [CommandReceived(1, ECHO, False)]


def test_a_last_fragment_may_be_empty() -> None:
    assert feed_all([command(ECHO_BYTES, is_last=False), command(b"")]) == [CommandReceived(1, ECHO, False)]


def test_data_pass_through_without_a_copy() -> None:
    data = memoryview(bytes(1000))
    _, received = feed_all([command(STORE_BYTES), data_set(data, is_last=False)])
    assert received.data is data  # type: ignore[union-attr]


def test_the_last_slice_of_the_last_fragment_completes_a_data_set() -> None:
    slices = [
        command(STORE_BYTES),
        data_set(b"ab", is_last=False),
        data_set(b"cd", is_last=True, ends_fragment=False),
        data_set(b"ef", is_last=True),
    ]
    received = feed_all(slices)[1:]
    assert received == [DataReceived(1, b"ab", False), DataReceived(1, b"cd", False), DataReceived(1, b"ef", True)]


def test_messages_follow_one_another_on_any_context() -> None:
    slices = [
        command(STORE_BYTES, context_id=3),
        data_set(b"", context_id=3),
        command(ECHO_BYTES, context_id=1),
        command(ECHO_BYTES, context_id=255),
    ]
    assert feed_all(slices) == [
        CommandReceived(3, STORE, True),
        DataReceived(3, b"", True),
        CommandReceived(1, ECHO, False),
        CommandReceived(255, ECHO, False),
    ]


def test_a_command_set_that_comes_again_says_the_same() -> None:
    first, second = (
        CEchoRq(message_id=1, affected_sop_class_uid="1.2"),
        CEchoRq(message_id=2, affected_sop_class_uid="1.2"),
    )
    assembler = Assembler()
    read = []
    for message in (first, first, second, first):
        command = encode_command(message, has_data_set=False)
        indicated = DataIndicated(context_id=1, is_command=True, is_last=True, ends_fragment=True, data=command)
        received = assembler.feed(indicated)
        assert isinstance(received, CommandReceived)
        read.append(received.message)
    assert read == [first, first, second, first]


def test_the_assembler_tells_whether_a_message_is_under_way() -> None:
    assembler = Assembler()
    seen = [assembler.is_in_message]
    for one in (
        command(ECHO_BYTES[:10], is_last=False),
        command(ECHO_BYTES[10:]),
        command(STORE_BYTES),
        data_set(b"ab", is_last=False),
        data_set(b"cd"),
    ):
        assembler.feed(one)
        seen.append(assembler.is_in_message)
    assert seen == [False, True, False, True, True, False]


BROKEN = {
    "data that no command announced": ([data_set(b"x")], "a data set fragment that no command announced"),
    "data after a command without": (
        [command(ECHO_BYTES), data_set(b"x")],
        "a data set fragment that no command announced",
    ),
    "data after complete data": (
        [command(STORE_BYTES), data_set(b"x"), data_set(b"y")],
        "a data set fragment that no command announced",
    ),
    "data inside a command": (
        [command(STORE_BYTES[:10], is_last=False), data_set(b"x")],
        "a data set fragment before its command set has ended",
    ),
    "a command in place of data": ([command(STORE_BYTES), command(ECHO_BYTES)], "a command fragment inside a data set"),
    "a command inside data": (
        [command(STORE_BYTES), data_set(b"x", is_last=False), command(ECHO_BYTES)],
        "a command fragment inside a data set",
    ),
    "data on another context": (
        [command(STORE_BYTES, context_id=3), data_set(b"x", context_id=1)],
        "a fragment on presentation context 1 inside a message on context 3",
    ),
    "a command on another context": (
        [command(ECHO_BYTES[:10], context_id=3, is_last=False), command(ECHO_BYTES[10:], context_id=5)],
        "a fragment on presentation context 5 inside a message on context 3",
    ),
}


@pytest.mark.parametrize(("slices", "problem"), BROKEN.values(), ids=BROKEN)
def test_fragments_that_do_not_belong_here(slices: list[DataIndicated], problem: str) -> None:
    assembler = Assembler()
    for one in slices[:-1]:
        assembler.feed(one)
    with pytest.raises(MessageError, match=problem):
        assembler.feed(slices[-1])


def test_a_command_set_that_never_ends_is_cut_off() -> None:
    assembler = Assembler()
    assert assembler.feed(command(bytes(COMMAND_SET_LIMIT), is_last=False)) is None
    with pytest.raises(CommandSetError, match="Command set at byte 65536: is longer than 65536 bytes"):
        assembler.feed(command(b"\0", is_last=False))


def test_a_command_set_that_is_too_long_in_one_piece_is_refused() -> None:
    with pytest.raises(CommandSetError, match="longer than 65536 bytes"):
        Assembler().feed(command(bytes(COMMAND_SET_LIMIT + 2)))


def test_an_unknown_command_can_be_answered_and_the_association_go_on() -> None:
    unknown = element(0x0100, b"\x77\x77") + MESSAGE_ID
    assembler = Assembler()
    with pytest.raises(UnknownCommandField):
        assembler.feed(command(unknown + element(0x0800, b"\1\0")))
    assert assembler.feed(data_set(b"x")) == DataReceived(1, b"x", True)
    with pytest.raises(UnknownCommandField):
        assembler.feed(command(unknown + NO_DATA_SET))
    assert assembler.feed(command(ECHO_BYTES)) == CommandReceived(1, ECHO, False)
