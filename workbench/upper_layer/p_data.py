"""One received P-DATA-TF PDU as a stream (PS3.8 9.3.5, Annex E).

A PDU of bulk data is never put together. What the trace keeps of it is awaited, so that the PDU can be announced
before its content is handed on; everything else leaves as slices of what the transport delivered.

What the standard leaves to a receiver: fragments of odd length are taken (Annex E.1 binds the sender), bits 2 to 7 of
the message control header are not tested, a PDU may hold several PDVs, an empty fragment is one. A PDU without a PDV,
a PDV shorter than its own header or longer than its PDU, and a PDV on a context that was not accepted are errors.
"""

import struct
from collections.abc import Container
from typing import Final

from workbench.errors import PduError
from workbench.upper_layer.events import DataIndicated
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.framing import Framer
from workbench.upper_layer.pdu import check_pdv_length

PDU_HEADER_LENGTH: Final = 6
PDV_HEADER_LENGTH: Final = 6
KEPT_DATA: Final = 256  # bytes of data set fragments
KEPT_LIMIT: Final = PDU_HEADER_LENGTH + PDV_HEADER_LENGTH + 65536  # a whole command, of ample size

_PDV_HEADER: Final = struct.Struct(">IBB")


class DataPdu:
    """The P-DATA-TF PDU under way: first its head, then its fragments. One object serves all PDUs of an association."""

    __slots__ = ("_at", "_context_id", "_control", "_data_left", "_fragment", "_head", "_next_pdv", "length")

    def __init__(self) -> None:
        self.length = 0  # of the whole PDU, its header included
        self._at = 0  # offset of the next byte to hand on
        self._fragment = 0  # bytes of the current fragment not handed on yet
        self._context_id = 0
        self._control = 0
        self._next_pdv = 0  # offset of the next PDV header to look at before the PDU is announced; 0 = no more
        self._head = 0  # bytes to await before the PDU is announced, known when no header is to be looked at any more
        self._data_left = 0  # bytes of data set fragments that the head may still hold

    @property
    def remaining(self) -> int:
        """Bytes of the PDU that were not handed on yet."""
        return self.length - self._at

    def begin(self, length: int) -> None:
        """Starts a PDU of `length` bytes, its header included.

        Raises:
            PduError: it holds no PDV.
        """
        if length < PDU_HEADER_LENGTH + PDV_HEADER_LENGTH:
            problem = f"{length - PDU_HEADER_LENGTH} bytes cannot hold a presentation data value"
            raise PduError("PDU-length", 2, problem)
        self.length = length
        self._at = 0
        self._fragment = 0
        self._head = 0
        self._next_pdv = PDU_HEADER_LENGTH
        self._data_left = KEPT_DATA

    @property
    def head_length(self) -> int:
        """Bytes of the head, as far as it is known: enough to show a broken PDV in it."""
        return self._next_pdv + PDV_HEADER_LENGTH if self._next_pdv else self._head

    def head(self, framer: Framer, accepted: Container[int]) -> bytes | None:
        """The start of the PDU that the trace keeps, not consumed; None until it has arrived.

        It reaches to the end of a command fragment (64 KiB at most) or over the first 256 bytes of data set fragments,
        and has no broken PDV in it.

        Raises:
            PduError: a PDV in the head is broken.
        """
        while self._next_pdv:
            header = framer.unpack(_PDV_HEADER, self._next_pdv)
            if header is None:
                return None
            length, context_id, control = header
            if self._next_pdv == PDU_HEADER_LENGTH:
                self._fragment, self._context_id, self._control = length - 2, context_id, control
            self._extend_head(length, context_id, control, accepted)
        head = framer.peek(self._head)
        if head is None:
            return None
        # The header of the first PDV is consumed with that of the PDU, unless its empty fragment is all that it says.
        self._at = PDU_HEADER_LENGTH + PDV_HEADER_LENGTH if self._fragment else PDU_HEADER_LENGTH
        framer.skip(self._at)
        return bytes(head)

    def next_slice(self, framer: Framer, accepted: Container[int]) -> DataIndicated | None:
        """Consumes and gives what has arrived of the current fragment, or of the next one; None when nothing has.

        Raises:
            PduError: the next PDV is broken.
        """
        if not self._fragment:
            self._check_room(self._at)
            header = framer.unpack(_PDV_HEADER)
            if header is None:
                return None
            length, self._context_id, self._control = header
            self._check_pdv(length, self._context_id, self._at, accepted)
            framer.skip(PDV_HEADER_LENGTH)
            self._at += PDV_HEADER_LENGTH
            self._fragment = length - 2
            if not self._fragment:
                return self._indicate(b"")
        data = framer.take(self._fragment)
        size = len(data)
        self._fragment -= size
        self._at += size
        return self._indicate(data) if size else None

    def _indicate(self, data: Buffer) -> DataIndicated:
        control = self._control
        return DataIndicated(self._context_id, control & 1 == 1, control & 2 == 2, data, not self._fragment)

    def _extend_head(self, length: int, context_id: int, control: int, accepted: Container[int]) -> None:
        """Takes in the next PDV by its header, and decides whether the head goes on behind it."""
        at = self._next_pdv
        self._check_pdv(length, context_id, at, accepted)
        end = kept_end = at + 4 + length
        if not control & 1:
            kept_end = min(end, at + PDV_HEADER_LENGTH + self._data_left)
            self._data_left -= kept_end - at - PDV_HEADER_LENGTH
        if kept_end < end or end == self.length or end >= KEPT_LIMIT:
            self._head = min(kept_end, KEPT_LIMIT)
            self._next_pdv = 0
        else:
            self._check_room(end)
            self._next_pdv = end

    def _check_room(self, at: int) -> None:
        if self.length - at < PDV_HEADER_LENGTH:
            problem = f"{self.length - at} bytes left in P-DATA-TF cannot hold a presentation data value"
            raise PduError("Item-length", at, problem)

    def _check_pdv(self, length: int, context_id: int, at: int, accepted: Container[int]) -> None:
        rest = self.length - at - 4
        if not 2 <= length <= rest:
            check_pdv_length(length, rest, at)
        if context_id not in accepted:
            raise PduError("Presentation-context-ID", at + 4, f"context {context_id} was not accepted", abort_reason=5)
