"""What the transport delivers, in any split, as the pieces that a reader asks for.

Bytes are looked at where they lie. Only what a piece lacks makes its first part wait in a buffer of our own, and never
more than was asked for: a length on the wire is a claim, so nothing is allocated for it.
"""

from struct import Struct
from typing import Final

from workbench.upper_layer.fields import Buffer

_NOTHING: Final = memoryview(b"")


class Framer:
    """The received bytes that are not consumed yet: first those that had to wait, then those fed last."""

    __slots__ = ("_at", "_end", "_view", "_waiting")

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._view = _NOTHING
        self._at = 0
        self._end = 0

    @property
    def is_empty(self) -> bool:
        """Whether everything that was fed has been consumed."""
        return self._at == self._end and not self._waiting

    @property
    def waiting(self) -> int:
        """The number of bytes that wait for the rest of their piece."""
        return len(self._waiting)

    def feed(self, data: Buffer) -> None:
        """Takes the next bytes, after those fed before are exhausted. `data` may be reused after the next feed."""
        self._view = data if type(data) is memoryview else memoryview(data)
        self._at = 0
        self._end = len(data)

    def peek(self, size: int) -> Buffer | None:
        """The next `size` bytes, not consumed; None until they have arrived."""
        waiting = self._waiting
        if not waiting:
            at = self._at
            if self._end - at >= size:
                return self._view[at : at + size]
        if len(waiting) < size:
            self._wait_for(size)
            if len(waiting) < size:
                return None
        return bytes(memoryview(waiting)[:size])

    def unpack(self, layout: Struct, offset: int = 0) -> tuple[int, ...] | None:
        """The numbers of `layout` that lie `offset` bytes ahead, not consumed; None until they have arrived."""
        size = offset + layout.size
        if not self._waiting:
            there = self._end - self._at
            if there >= size:
                return layout.unpack_from(self._view, self._at + offset)
            if not there:
                return None
        if len(self._waiting) < size:
            self._wait_for(size)
            if len(self._waiting) < size:
                return None
        return layout.unpack_from(self._waiting, offset)

    def take(self, size: int) -> Buffer:
        """Consumes and gives up to `size` bytes, as many as lie together; empty when there are none."""
        waiting = self._waiting
        if waiting:
            piece = bytes(memoryview(waiting)[:size])
            del waiting[:size]
            return piece
        at = self._at
        end = min(self._end, at + size)
        self._at = end
        return self._view[at:end]

    def skip(self, size: int) -> int:
        """Consumes up to `size` bytes unseen; gives how many."""
        if not self._waiting and self._end - self._at >= size:
            self._at += size
            return size
        waiting = min(len(self._waiting), size)
        del self._waiting[:waiting]
        fed = min(self._end - self._at, size - waiting)
        self._at += fed
        return waiting + fed

    def _wait_for(self, size: int) -> None:
        end = min(self._end, self._at + size - len(self._waiting))
        self._waiting += self._view[self._at : end]
        self._at = end
