"""Where the transports of one loop read into; bulk data may stay there until it was dealt with, instead of copied."""

from typing import Final

READ_BUFFER_SIZE: Final = 2**20
_WORTH_KEEPING: Final = READ_BUFFER_SIZE // 4  # bytes of a read for which a whole buffer may be held back
_SPARE: Final = 8  # buffers that wait to be used again


class ReadBuffers:
    """One buffer that any number of transports read into, since what was read is consumed before the next read.

    Who wants to keep what a large read brought takes the buffer away, and gives it back afterwards; meanwhile another
    one takes its place. At most four times as much memory is held that way as bytes are kept.
    """

    def __init__(self) -> None:
        self._spare: list[bytearray] = []
        self._filled = 0
        self._buffer = bytearray(READ_BUFFER_SIZE)
        self._view = memoryview(self._buffer)

    @property
    def view(self) -> memoryview:
        """Where the next read goes."""
        return self._view

    def filled(self, count: int) -> memoryview:
        """Gives what a read of `count` bytes brought; it is valid until the next read, unless somebody takes it."""
        self._filled = count
        return self._view[:count]

    def take(self, piece: memoryview) -> bytearray | None:
        """Gives the buffer of the last read, to be kept until `give_back`; None when it is not worth it.

        Args:
            piece: what is to be kept of it; None is also given for what does not lie in it.
        """
        buffer = self._buffer
        if piece.obj is not buffer or self._filled < _WORTH_KEEPING:
            return None
        self._buffer = self._spare.pop() if self._spare else bytearray(READ_BUFFER_SIZE)
        self._view = memoryview(self._buffer)
        return buffer

    def release(self) -> None:
        """Frees the memory, after the last read: what is left of a connection may wait long for garbage collection."""
        self._spare.clear()
        self._buffer = bytearray()
        self._view = memoryview(self._buffer)

    def give_back(self, buffer: bytearray) -> None:
        """Takes back a buffer in which nobody looks at anything any more."""
        if len(self._spare) < _SPARE:
            self._spare.append(buffer)
