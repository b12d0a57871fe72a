"""The framer: pieces as asked for, whatever the split, and no byte kept that was not asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pair import chunks
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.framing import Framer


def test_a_piece_that_lies_together_is_a_view() -> None:
    framer = Framer()
    buffer = bytearray(b"abcdef")
    framer.feed(memoryview(buffer))
    piece = framer.peek(4)
    assert isinstance(piece, memoryview)
    buffer[0] = 0x7A
    assert bytes(piece) == b"zbcd"
    assert framer.waiting == 0


def test_a_piece_is_not_consumed_by_looking_at_it() -> None:
    framer = Framer()
    framer.feed(b"ab")
    assert framer.peek(3) is None
    framer.feed(b"cdef")
    assert framer.peek(3) == b"abc"
    assert framer.peek(3) == b"abc"
    assert framer.take(2) == b"ab"
    assert framer.take(9) == b"c"
    assert framer.take(9) == b"def"
    assert framer.take(9) == b""


@pytest.mark.parametrize("size", [6, 1 << 32])
def test_only_what_was_asked_for_waits(size: int) -> None:
    framer = Framer()
    framer.feed(bytes(4))
    assert framer.peek(size) is None
    framer.feed(bytes(1000))
    framer.peek(size)
    assert framer.waiting == min(size, 1004)


def test_skipping_takes_what_is_there() -> None:
    framer = Framer()
    framer.feed(b"abc")
    assert framer.peek(4) is None
    framer.feed(b"defgh")
    assert framer.skip(5) == 5
    assert framer.take(9) == b"fgh"
    assert framer.skip(5) == 0
    assert framer.is_empty


@given(
    data=st.binary(max_size=300),
    chunk=st.integers(1, 50),
    sizes=st.lists(st.tuples(st.sampled_from(["peek", "take", "skip"]), st.integers(0, 40)), max_size=60),
)
def test_what_comes_out_is_what_went_in(data: bytes, chunk: int, sizes: list[tuple[str, int]]) -> None:
    framer = Framer()
    pieces = chunks(data, chunk)
    at = 0
    for what, size in sizes:
        piece: Buffer | None = b""
        if what == "peek":
            piece = framer.peek(size)
            assert piece is None or piece == data[at : at + size]
        elif what == "take":
            piece = framer.take(size)
            assert piece == data[at : at + len(piece)]
            at += len(piece)
        else:
            at += framer.skip(size)
        if framer.is_empty or piece is None:
            framer.feed(next(pieces, b""))
