"""Messages cut into P-DATA fragments, and put together again (PS3.8 Annex E; PS3.7 6.3).

Out: `fragment` cuts a command set or a piece of a data set into fragments that the peer can take, each to be sent in a
PDU of its own. In: an `Assembler` takes the slices that the upper layer indicates, in any cut and with any number of
fragments to a PDU. It joins commands, which are small, and passes data sets on as they come, without a copy.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from workbench.dimse.command_set import UnknownCommandField, decode_command
from workbench.dimse.messages import Message
from workbench.errors import CommandSetError, LocalProtocolError, MessageError
from workbench.upper_layer.events import DataIndicated
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.pdu import data_pdu_header

COMMAND_SET_LIMIT: Final = 65_536
"""Bytes of a command set that are joined at most. The largest sensible one has a few hundred."""

_PDV_OVERHEAD: Final = 6  # PDV item length, context ID, message control header (PS3.8 9.3.5.1, E.2)


def fragment_size(peer_max_length: int, *, preferred: int = 131_072) -> int:
    """Gives the bytes of data that one fragment, in a PDU of its own, may hold at most.

    Fragments are even (PS3.8 E.1), so an odd remainder of the peer's maximum stays unused. The only exception is the
    maximum 7: a fragment of one byte is all that it leaves.

    Args:
        peer_max_length: the peer's Maximum Length Received (PS3.8 D.1): the largest PDU-length it takes; 0 = no limit.
        preferred: the largest PDU-length that we care to send, whatever the peer takes; at least 8.

    Raises:
        LocalProtocolError: the peer's maximum, 1 to 6, has no room for any data: nothing can be sent.
    """
    longest = min(peer_max_length, preferred) if peer_max_length else preferred
    size = longest - _PDV_OVERHEAD
    if size < 1:
        raise LocalProtocolError(f"a maximum length of {peer_max_length} leaves no room for data in a PDU")
    return size & ~1 or 1


def fragment(
    context_id: int, data: Buffer, *, is_command: bool, is_last: bool, size: int
) -> list[tuple[bytes, Buffer]]:
    """Cuts a command set, or a piece of a data set, into fragments.

    Args:
        data: not copied: it must stay as it is until it was sent. A piece that is not the last of its data set should
            be a multiple of `size`, else it ends with a short fragment (which is legal, if it is even).
        is_last: whether the command set or data set ends with `data`. Without any data this gives one empty fragment,
            the last one.
        size: of `fragment_size`.

    Returns:
        For each fragment the 12 bytes of PDU and PDV header, and a view of its data: ready for UpperLayer.send_data().
    """
    length = len(data)
    if length <= size:
        if not length and not is_last:
            return []
        header = data_pdu_header(context_id, is_command=is_command, is_last=is_last, fragment_length=length)
        return [(header, data)]
    view = memoryview(data)
    header = data_pdu_header(context_id, is_command=is_command, is_last=False, fragment_length=size)
    final_at = (length - 1) // size * size
    pieces: list[tuple[bytes, Buffer]] = [(header, view[at : at + size]) for at in range(0, final_at, size)]
    header = data_pdu_header(context_id, is_command=is_command, is_last=is_last, fragment_length=length - final_at)
    pieces.append((header, view[final_at:]))
    return pieces


class CommandReceived(NamedTuple):
    """A whole command set has come; with `has_data_set`, DataReceived up to the last one follow."""

    context_id: int
    message: Message
    has_data_set: bool


class DataReceived(NamedTuple):
    """The next bytes of the data set under way, perhaps none; after `is_last` it is complete.

    `data` is the very buffer that was indicated: a view is valid only until the next bytes go into the upper layer.
    """

    context_id: int
    data: Buffer
    is_last: bool


class Assembler:
    """Puts the messages of one association together from the slices that its upper layer indicates.

    One message at a time: a command set, then the data set that it announces, all on one presentation context
    (PS3.8 E.1, E.2; PS3.7 6.3.1). Where PDUs begin does not matter: fragments of two messages in one PDU are read, and
    odd fragments too, as nothing is lost by it. After an error of `feed` the association is to be aborted, but for an
    UnknownCommandField, after which the assembler goes on with the data set or the next command.

    Attributes:
        announces_wrongly: whether a message that announces a data set has none nevertheless; None believes all.
    """

    def __init__(self) -> None:
        self.announces_wrongly: Callable[[Message], bool] | None = None
        self._context_id = 0  # of the message under way; 0, which no context has, between messages
        self._awaits_data = False
        self._command = bytearray()
        self._repeated = b""  # the last command set, and what it says: pending responses are all the same
        self._decoded: tuple[Message, bool] | None = None

    @property
    def is_in_message(self) -> bool:
        """Whether a message has begun and not ended: no release or new command belongs here."""
        return self._context_id != 0

    def feed(self, indicated: DataIndicated) -> CommandReceived | DataReceived | None:
        """Takes the next slice and gives what it completes or carries; None while a command set is incomplete.

        Raises:
            MessageError: the slice does not belong here: another context, a command inside a data set, data that no
                command announced.
            UnknownCommandField: see `command_set`; its data set, if announced, still comes.
            CommandSetError: the command set is malformed or longer than COMMAND_SET_LIMIT.
        """
        context_id = indicated.context_id
        if context_id != self._context_id and self._context_id:
            raise MessageError(
                f"a fragment on presentation context {context_id} inside a message on context {self._context_id}"
            )
        if indicated.is_command:
            return self._feed_command(indicated)
        if not self._awaits_data:
            where = "before its command set has ended" if self._context_id else "that no command announced"
            raise MessageError(f"a data set fragment {where}, on presentation context {context_id}")
        is_last = indicated.is_last and indicated.ends_fragment
        if is_last:
            self._context_id, self._awaits_data = 0, False
        return DataReceived(context_id, indicated.data, is_last)

    def _feed_command(self, indicated: DataIndicated) -> CommandReceived | None:
        if self._awaits_data:
            raise MessageError(f"a command fragment inside a data set, on presentation context {indicated.context_id}")
        self._context_id = indicated.context_id
        command: Buffer = indicated.data
        if len(self._command) + len(command) > COMMAND_SET_LIMIT:
            raise CommandSetError("Command set", COMMAND_SET_LIMIT, f"is longer than {COMMAND_SET_LIMIT} bytes")
        is_complete = indicated.is_last and indicated.ends_fragment
        if self._command or not is_complete:
            self._command += command
            command = self._command
        if not is_complete:
            return None
        self._command = bytearray()
        raw = bytes(command)
        if self._decoded is None or raw != self._repeated:
            try:
                self._decoded = decode_command(raw)
            except UnknownCommandField as unknown:
                self._expect(indicated.context_id, has_data_set=unknown.has_data_set)
                raise
            self._repeated = raw
        message, has_data_set = self._decoded
        if has_data_set and self.announces_wrongly is not None and self.announces_wrongly(message):
            has_data_set = False  # Beyond PS3.7 E.1-1, Command Data Set Type: there are peers that set it wrongly
        self._expect(indicated.context_id, has_data_set=has_data_set)
        return CommandReceived(indicated.context_id, message, has_data_set)

    def _expect(self, context_id: int, *, has_data_set: bool) -> None:
        self._awaits_data = has_data_set
        self._context_id = context_id if has_data_set else 0
