"""Sends one DIMSE message: its command, then its data set, streamed from wherever it is (PS3.7 6.3, PS3.8 Annex E)."""

from collections.abc import AsyncIterator
from typing import Protocol

from workbench.dimse.command_set import encode_command
from workbench.dimse.fragments import fragment
from workbench.dimse.messages import Message
from workbench.net.connection import Connection
from workbench.trace.events import Direction
from workbench.upper_layer.fields import Buffer

_CHUNK = 2**20  # bytes asked of a source at a time
_MOST_FRAGMENTS = 512  # to a chunk, so that a peer with a tiny maximum length does not make long lists


class DataSource(Protocol):
    """A data set that is not held in memory, as bytes in the transfer syntax of the context it goes out on."""

    @property
    def length(self) -> int:
        """Its length in bytes."""

    def chunks(self, size: int) -> AsyncIterator[Buffer]:
        """Gives it in chunks of `size` bytes, the last one shorter; each is valid until the next is asked for.

        Raises:
            StorageError: it cannot be read, or is not `length` bytes long any more.
        """


DataSet = Buffer | DataSource


class Outgoing:
    """Sends one message over a connection, holding at most one chunk of its data set."""

    def __init__(self, connection: Connection, *, fragment_size: int, stall: float) -> None:
        """Fragments to `fragment_size` bytes; gives up when the peer takes nothing for `stall` seconds."""
        self.has_begun = False
        self._connection = connection
        self._fragment_size = fragment_size
        self._stall = stall

    async def send(self, context_id: int, message: Message, data_set: DataSet | None) -> None:
        """Sends the whole message; the command and the first of the data leave in one write.

        When this raises and `has_begun` is true, the peer has a part of a message: only an abort ends that cleanly.

        Raises:
            TransportError: the peer has taken nothing for too long.
            LocalProtocolError: the association does not take data (any more).
            StorageError: the source of the data set failed.
        """
        size = self._fragment_size
        command = encode_command(message, has_data_set=data_set is not None)
        pdus = fragment(context_id, command, is_command=True, is_last=True, size=size)
        if data_set is None:
            self._send(context_id, message, pdus, has_data_set=False)
        elif isinstance(data_set, bytes | bytearray | memoryview):
            pdus += fragment(context_id, data_set, is_command=False, is_last=True, size=size)
            self._send(context_id, message, pdus, has_data_set=True)
        else:
            left = data_set.length
            async for chunk in data_set.chunks(size * max(1, min(_MOST_FRAGMENTS, _CHUNK // size))):
                left -= len(chunk)
                pdus += fragment(context_id, chunk, is_command=False, is_last=left == 0, size=size)
                self._send(context_id, message, pdus, has_data_set=True)
                pdus = []
                if not self._connection.is_drained:
                    await self._connection.drained(stall=self._stall)
        if not self._connection.is_drained:
            await self._connection.drained(stall=self._stall)

    def _send(self, context_id: int, message: Message, pdus: list[tuple[bytes, Buffer]], *, has_data_set: bool) -> None:
        if not self.has_begun:
            connection = self._connection
            connection.recorder.message(connection.number, Direction.SENT, context_id, message, has_data_set)
            self.has_begun = True
        self._connection.send_data(pdus)
