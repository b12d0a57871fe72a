"""The data set of an incoming request: whole, in order, bounded in memory, and told when it never ends."""

import asyncio

import pytest

from workbench.errors import AssociationAborted, MessageError
from workbench.net.buffers import ReadBuffers
from workbench.net.incoming import IncomingDataSet
from workbench.upper_layer.fields import Buffer

MIB = 2**20


class Valve:
    """Keeps what a data set asks of its association."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def pause(self, _: object) -> None:
        self.asked.append("pause")

    def resume(self, _: object) -> None:
        self.asked.append("resume")


def data_set() -> tuple[IncomingDataSet, Valve]:
    valve = Valve()
    return IncomingDataSet(valve.pause, valve.resume), valve


async def test_a_small_data_set_comes_in_one_piece_once_it_is_whole() -> None:
    incoming, _ = data_set()
    pieces: list[list[Buffer]] = []

    async def take() -> None:
        pieces.extend([piece async for piece in incoming.chunks()])

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(take())
        for part in (b"ab", b"cd", b"ef"):
            await asyncio.sleep(0)
            assert incoming.is_awaited
            incoming.feed(memoryview(part), is_last=part == b"ef")
    assert pieces == [[b"ab", b"cd", b"ef"]]
    assert (incoming.length, incoming.is_complete, incoming.is_awaited) == (6, True, False)


async def test_an_empty_data_set_is_no_piece() -> None:
    incoming, _ = data_set()
    incoming.feed(b"", is_last=True)
    assert [piece async for piece in incoming.chunks()] == []


async def test_the_peer_waits_while_a_mebibyte_is_held() -> None:
    incoming, valve = data_set()
    incoming.feed(bytes(MIB - 1), is_last=False)
    assert valve.asked == []
    incoming.feed(bytes(2), is_last=False)
    assert valve.asked == ["pause"]
    chunks = incoming.chunks()
    assert sum(map(len, await anext(chunks))) == MIB + 1
    assert valve.asked == ["pause", "resume"]
    incoming.feed(b"end", is_last=True)
    assert await anext(chunks) == [b"end"]
    with pytest.raises(StopAsyncIteration):
        await anext(chunks)


async def test_the_slices_are_copied() -> None:
    incoming, _ = data_set()
    buffer = bytearray(b"first")
    incoming.feed(memoryview(buffer), is_last=False)
    buffer[:] = b"other"
    incoming.feed(b"", is_last=True)
    assert await incoming.read(100) == b"first"


async def test_reading_stops_at_the_limit() -> None:
    incoming, _ = data_set()
    incoming.feed(bytes(101), is_last=True)
    with pytest.raises(MessageError, match="over 100 bytes"):
        await incoming.read(100)


async def test_discarding_takes_the_rest_and_lets_the_peer_go_on() -> None:
    incoming, valve = data_set()
    incoming.feed(bytes(2 * MIB), is_last=False)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(incoming.discard())
        await asyncio.sleep(0)
        assert valve.asked == ["pause", "resume"]
        incoming.feed(bytes(5), is_last=True)
    await incoming.discard()
    assert incoming.length == 2 * MIB + 5


async def test_an_association_that_ends_ends_the_data_set() -> None:
    incoming, _ = data_set()
    incoming.feed(b"half", is_last=False)
    error = AssociationAborted(2, 0, by_peer=False, cause="the peer is gone")
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(_read(incoming))
        await asyncio.sleep(0)
        incoming.fail(error)
    assert waiting.result() is error


async def _read(incoming: IncomingDataSet) -> Exception | bytes:
    try:
        return await incoming.read(100)
    except AssociationAborted as exc:
        return exc


async def test_bulk_data_is_kept_where_it_was_read_and_its_buffer_is_given_back() -> None:
    buffers, valve = ReadBuffers(), Valve()
    incoming = IncomingDataSet(valve.pause, valve.resume, buffers)
    buffers.view[:MIB] = b"x" * MIB
    first = buffers.filled(MIB)
    incoming.feed(first[12:1000], is_last=False)
    incoming.feed(first[1012:], is_last=False)
    buffers.view[:4] = b"last"
    incoming.feed(buffers.filled(4), is_last=True)
    (parts,) = [list(map(bytes, parts)) async for parts in incoming.chunks()]
    assert parts == [b"x" * 988, b"x" * (MIB - 1012), b"last"]
    assert buffers.take(buffers.filled(MIB)) is not first.obj
    assert buffers.view.obj is first.obj
