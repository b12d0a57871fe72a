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
        self._head = 0  # bytes to await before the PDU is announced, as far as known
        self._next_pdv = 0  # offset of the first PDV header that the head has not looked at; 0 = no need to
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
        self._head = PDU_HEADER_LENGTH + PDV_HEADER_LENGTH
        self._next_pdv = PDU_HEADER_LENGTH
        self._data_left = KEPT_DATA

    @property
    def head_length(self) -> int:
        """Bytes of the head, as far as it is known: enough to show a broken PDV in it."""
        return self._head

    def head(self, framer: Framer, accepted: Container[int]) -> bytes | None:
        """The start of the PDU that the trace keeps, not consumed; None until it has arrived.

        It reaches to the end of a command fragment (64 KiB at most) or over the first 256 bytes of data set fragments,
        and has no broken PDV in it.

        Raises:
            PduError: a PDV in the head is broken.
        """
        while (head := framer.peek(self._head)) is not None:
            if not self._next_pdv:
                self._at = PDU_HEADER_LENGTH
                framer.skip(PDU_HEADER_LENGTH)
                return bytes(head)
            self._extend_head(head, accepted)
        return None

    def next_slice(self, framer: Framer, accepted: Container[int]) -> DataIndicated | None:
        """Consumes and gives what has arrived of the current fragment, or of the next one; None when nothing has.

        Raises:
            PduError: the next PDV is broken.
        """
        data: Buffer = b""
        if not self._fragment:
            self._check_room(self._at)
            header = framer.peek(PDV_HEADER_LENGTH)
            if header is None:
                return None
            length, self._context_id, self._control = self._pdv_header(header, 0, self._at, accepted)
            framer.skip(PDV_HEADER_LENGTH)
            self._at += PDV_HEADER_LENGTH
            self._fragment = length - 2
            is_empty = not self._fragment
        else:
            is_empty = False
        if not is_empty:
            data = framer.take(self._fragment)
            if not data:
                return None
            self._fragment -= len(data)
            self._at += len(data)
        control = self._control
        return DataIndicated(self._context_id, control & 1 == 1, control & 2 == 2, data, not self._fragment)

    def _extend_head(self, head: Buffer, accepted: Container[int]) -> None:
        at = self._next_pdv
        length, _, control = self._pdv_header(head, at, at, accepted)
        end = kept_end = at + 4 + length
        if not control & 1:
            kept_end = min(end, at + PDV_HEADER_LENGTH + self._data_left)
            self._data_left -= kept_end - at - PDV_HEADER_LENGTH
        if kept_end < end or end == self.length or end >= KEPT_LIMIT:
            self._next_pdv = 0
            self._head = min(kept_end, KEPT_LIMIT)
        else:
            self._check_room(end)
            self._next_pdv = end
            self._head = end + PDV_HEADER_LENGTH

    def _check_room(self, at: int) -> None:
        if self.length - at < PDV_HEADER_LENGTH:
            problem = f"{self.length - at} bytes left in P-DATA-TF cannot hold a presentation data value"
            raise PduError("Item-length", at, problem)

    def _pdv_header(self, source: Buffer, index: int, at: int, accepted: Container[int]) -> tuple[int, int, int]:
        """Length, context and control of the PDV header at `index` of `source`, which is at `at` in the PDU."""
        length, context_id, control = _PDV_HEADER.unpack_from(source, index)
        rest = self.length - at - 4
        if not 2 <= length <= rest:
            check_pdv_length(length, rest, at)
        if context_id not in accepted:
            raise PduError("Presentation-context-ID", at + 4, f"context {context_id} was not accepted", abort_reason=5)
        return length, context_id, control
