"""A scripted peer: the other end of a real loopback connection, played by a test PDU by PDU or byte by byte."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from workbench.config import LocalAe, Node, Timeouts
from workbench.dimse.command_set import decode_command, encode_command
from workbench.dimse.messages import Message
from workbench.trace.events import PduEvent, TraceEvent, TransitionEvent
from workbench.trace.recorder import Recorder
from workbench.uids import IMPLEMENTATION_CLASS_UID, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.items import (
    AnsweredContext,
    ImplementationClassUid,
    MaximumLength,
    ProposedContext,
    UserInformationItem,
)
from workbench.upper_layer.pdu import AssociateAc, AssociateRq, PDataTf, Pdu, Pdv, decode_pdu, encode_pdu

PATIENCE = 10.0  # seconds; a test that waits longer has failed
_AnyPdu = TypeVar("_AnyPdu", bound=Pdu)


class ScriptedPeer:
    """Sends what it is told and gives what arrives; keeps to no rule."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, *parts: Pdu | bytes) -> None:
        """Sends PDUs, or bytes as they are."""
        self._writer.write(b"".join(part if isinstance(part, bytes) else encode_pdu(part) for part in parts))

    def send_message(self, context_id: int, message: Message, data_set: bytes | None = None) -> None:
        """Sends a command in one PDU and, if there is one, its data set in another."""
        command = encode_command(message, has_data_set=data_set is not None)
        self.send(PDataTf(pdvs=(Pdv(context_id=context_id, is_command=True, is_last=True, data=command),)))
        if data_set is not None:
            self.send(PDataTf(pdvs=(Pdv(context_id=context_id, is_command=False, is_last=True, data=data_set),)))

    async def expect(self, kind: type[_AnyPdu]) -> _AnyPdu:
        """Gives the next PDU, which must be of that kind."""
        async with asyncio.timeout(PATIENCE):
            header = await self._reader.readexactly(6)
            frame = header + await self._reader.readexactly(struct.unpack(">I", header[2:])[0])
        pdu = decode_pdu(frame)
        assert isinstance(pdu, kind), f"{pdu} came where {kind.__name__} was expected"
        return pdu

    async def expect_message(self) -> Message:
        """Gives the next command, which must come in one PDU of its own."""
        pdu = await self.expect(PDataTf)
        assert len(pdu.pdvs) == 1
        assert pdu.pdvs[0].is_command
        assert pdu.pdvs[0].is_last
        return decode_command(pdu.pdvs[0].data)[0]

    async def expect_close(self) -> None:
        """Returns when the other end has closed; nothing may come before."""
        async with asyncio.timeout(PATIENCE):
            try:
                rest = await self._reader.read()
            except ConnectionResetError:
                return
        assert rest == b"", f"{rest.hex()} came where the connection was to be closed"

    async def expect_close_after_anything(self) -> None:
        """Returns when the other end has closed, whatever it said before."""
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionResetError):
                await self._reader.read()

    def pause(self) -> None:
        """Reads no more, so that the other end cannot send."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]

    def shrink_buffer(self) -> None:
        """Lets TCP hold little for us, so that an end that is not read soon notices."""
        sock: socket.socket = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    async def close(self) -> None:
        """Closes without a word."""
        self._writer.close()
        await self._writer.wait_closed()

    def reset(self) -> None:
        """Resets the connection."""
        sock: socket.socket = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


class ScriptedListener:
    """Accepts connections for a test; `node` is how to call it."""

    def __init__(self, port: int, arrivals: "asyncio.Queue[ScriptedPeer]") -> None:
        self.node = Node(name="scripted", host="127.0.0.1", port=port, ae_title="SCRIPTED")
        self._arrivals = arrivals

    async def accept(self) -> ScriptedPeer:
        """Gives the next connection."""
        async with asyncio.timeout(PATIENCE):
            return await self._arrivals.get()

    async def associated(self, *, maximum: int = 16384) -> ScriptedPeer:
        """Accepts the next connection and each context that its A-ASSOCIATE-RQ proposes."""
        peer = await self.accept()
        peer.send(acceptance(await peer.expect(AssociateRq), maximum=maximum))
        return peer


@asynccontextmanager
async def scripted_listener() -> AsyncIterator[ScriptedListener]:
    """Listens on a free port; closes every accepted connection at the end."""
    arrivals: asyncio.Queue[ScriptedPeer] = asyncio.Queue()
    writers: list[asyncio.StreamWriter] = []

    def arrived(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        arrivals.put_nowait(ScriptedPeer(reader, writer))

    server = await asyncio.start_server(arrived, "127.0.0.1", 0, limit=2**22)
    try:
        yield ScriptedListener(server.sockets[0].getsockname()[1], arrivals)
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()


@asynccontextmanager
async def scripted_caller(port: int) -> AsyncIterator[ScriptedPeer]:
    """Connects to a port; closes at the end whatever happened."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    try:
        yield ScriptedPeer(reader, writer)
    finally:
        writer.transport.abort()


def user_items(maximum: int = 16384) -> tuple[UserInformationItem, ...]:
    """The user information items that every association has (PS3.7 D.3.3.1, D.3.3.2)."""
    return (MaximumLength(value=maximum), ImplementationClassUid(uid=IMPLEMENTATION_CLASS_UID))


def proposal(*contexts: ProposedContext, called: str = "WORKBENCH", maximum: int = 16384) -> AssociateRq:
    """An A-ASSOCIATE-RQ; without contexts given it proposes Verification."""
    return AssociateRq(
        called_ae_title=called,
        calling_ae_title="SCRIPTED",
        presentation_contexts=contexts or verification_contexts(),
        user_information=user_items(maximum),
    )


def acceptance(request: AssociateRq, *, maximum: int = 16384) -> AssociateAc:
    """An A-ASSOCIATE-AC that takes each context in its first transfer syntax."""
    return AssociateAc(
        called_ae_title=request.called_ae_title,
        calling_ae_title=request.calling_ae_title,
        presentation_contexts=tuple(
            AnsweredContext(context_id=each.context_id, result=0, transfer_syntax=each.transfer_syntaxes[0])
            for each in request.presentation_contexts
        ),
        user_information=user_items(maximum),
    )


def verification_contexts() -> tuple[ProposedContext, ...]:
    """Verification in Implicit VR Little Endian, as context 1."""
    context = ProposedContext(
        context_id=1, abstract_syntax=VERIFICATION, transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,)
    )
    return (context,)


def local_ae(**changes: float) -> LocalAe:
    """A local AE on a free port; its timeouts may be given by name."""
    return LocalAe(port=0, timeouts=Timeouts(**{"connect": PATIENCE, "acse": PATIENCE, "dimse": PATIENCE, **changes}))


class Recording:
    """A recorder whose events a test can look at."""

    def __init__(self) -> None:
        self.events: list[TraceEvent] = []
        self.recorder = Recorder(self.events.append)

    def actions(self) -> list[str]:
        """The actions of the state machine, in order."""
        return [event.action for event in self.events if isinstance(event, TransitionEvent)]

    def pdus(self) -> list[tuple[str, int]]:
        """Direction and type of each PDU, in order."""
        return [(event.direction.value, event.pdu_type) for event in self.events if isinstance(event, PduEvent)]

    def received_bytes(self) -> list[Buffer]:
        """What was kept of the PDUs that came."""
        return [event.kept for event in self.events if isinstance(event, PduEvent) and event.direction == "in"]
