"""What is read stays where it is while somebody keeps it, and buffers are used again."""

from workbench.net.buffers import READ_BUFFER_SIZE, ReadBuffers


def fill(buffers: ReadBuffers, byte: int, count: int) -> memoryview:
    buffers.view[:count] = bytes([byte]) * count
    return buffers.filled(count)


def test_what_is_kept_outlives_the_next_read() -> None:
    buffers = ReadBuffers()
    first = fill(buffers, 1, READ_BUFFER_SIZE)
    piece = first[1000:2000]
    assert buffers.take(piece) is piece.obj
    fill(buffers, 2, READ_BUFFER_SIZE)
    assert piece == b"\1" * 1000


def test_a_buffer_given_back_is_used_again() -> None:
    buffers = ReadBuffers()
    first = fill(buffers, 1, READ_BUFFER_SIZE)
    buffer = buffers.take(first)
    assert buffer is not None
    second = fill(buffers, 2, READ_BUFFER_SIZE)
    buffers.give_back(buffer)
    assert buffers.take(second) is second.obj
    assert fill(buffers, 3, READ_BUFFER_SIZE).obj is buffer


def test_a_small_read_is_not_worth_a_buffer() -> None:
    buffers = ReadBuffers()
    assert buffers.take(fill(buffers, 1, 1000)) is None


def test_what_lies_elsewhere_is_nobodys_to_take() -> None:
    buffers = ReadBuffers()
    fill(buffers, 1, READ_BUFFER_SIZE)
    assert buffers.take(memoryview(bytes(10))) is None


def test_released_memory_is_freed_but_for_what_is_kept() -> None:
    buffers = ReadBuffers()
    piece = fill(buffers, 1, READ_BUFFER_SIZE)[:10]
    buffers.release()
    assert len(buffers.view) == 0
    assert piece == b"\1" * 10
