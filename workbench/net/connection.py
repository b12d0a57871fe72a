"""One state machine on one transport: carries out its effects, records its observations, hands on its indications."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from workbench.errors import TransportError
from workbench.net.transport import TcpTransport
from workbench.trace.events import Direction, TransportStep
from workbench.trace.recorder import Recorder
from workbench.upper_layer.events import (
    CloseTransport,
    DataIndicated,
    Event,
    OpenTransport,
    PduIndicated,
    PduReceived,
    PduSent,
    Problem,
    ProviderAbort,
    SendBytes,
    StartArtim,
    StopArtim,
    Transition,
)
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.machine import UpperLayer
from workbench.upper_layer.pdu import Pdu
from workbench.upper_layer.state_table import Sta

_log = logging.getLogger(__name__)

_WANTS_TLS = "the peer may want TLS on this port, or nothing of what was requested"
_NOT_OUR_CERTIFICATE = "the peer may not accept our certificate, or want none of what was requested"


class ServiceUser(Protocol):
    """Whom a connection serves: takes what the upper layer indicates. Synchronous; must not raise."""

    def pdu_indicated(self, pdu: Pdu) -> None:
        """An association, release or abort PDU came."""

    def data_indicated(self, indicated: DataIndicated) -> None:
        """A slice of a presentation data value came; its bytes are valid only until this returns."""

    def provider_aborted(self, abort: ProviderAbort) -> None:
        """The upper layer gave the association up (A-P-ABORT)."""

    def closed(self) -> None:
        """The transport connection is closed; nothing more will be indicated."""


class Connection:
    """Joins an UpperLayer, a transport and a recorder.

    Every entry ends in `_pump`, which drains the machine's outbox in order and is the only caller of `next_event()`.
    It never awaits, so bytes, timers and indications keep the order in which the machine made them.

    Attributes:
        is_streaming: what is sent is one of many short messages, of which several may leave in one piece.
        failure: why the transport connection broke, where that is known better than that it did.
    """

    def __init__(self, upper_layer: UpperLayer, recorder: Recorder, number: int, *, artim: float) -> None:
        """Serves `upper_layer`; `number` is the association's in the recording, `artim` the timer in seconds."""
        self.upper_layer = upper_layer
        self.recorder = recorder
        self.number = number
        self.user: ServiceUser | None = None
        self.transport: TcpTransport | None = None
        self.last_activity = asyncio.get_running_loop().time()
        self.is_closed = False
        self.failure: TransportError | None = None
        self._is_unanswered = False
        self._artim = artim
        self._tap = recorder.tap
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self.is_streaming = False
        self._outgoing: list[Buffer] = []
        self._pumping = False

    @property
    def state(self) -> Sta:
        """The state of the upper layer."""
        return self.upper_layer.state

    @property
    def peer(self) -> str:
        """The peer's address as "host:port", empty before there is a transport connection."""
        return self.transport.peer if self.transport else ""

    @property
    def peer_host(self) -> str:
        """The peer's address without its port."""
        return self.peer.rpartition(":")[0].strip("[]")

    def open(self, transport: TcpTransport, step: TransportStep) -> None:
        """Takes a connected transport (Evt2 as requestor, Evt5 as acceptor) and begins to read."""
        self.transport = transport
        self.recorder.transport(self.number, step, f"{transport.local} - {transport.peer}")
        if self._tap is not None:
            is_requestor = step is TransportStep.CONNECTED
            self._tap.opened(self.number, transport.local, transport.peer, is_requestor=is_requestor)
        if transport.security:
            self.recorder.transport(self.number, TransportStep.SECURED, transport.security)
        self.upper_layer.transport_opened()
        self._pump()
        if not self.is_closed:
            transport.start(self)

    def send(self, pdu: Pdu) -> None:
        """Sends a PDU.

        Raises:
            LocalProtocolError: the state table has no cell for it in this state.
        """
        self.upper_layer.send(pdu)
        self._pump()

    def send_data(self, pdus: Sequence[tuple[bytes, Buffer]]) -> None:
        """Sends P-DATA-TF PDUs, each as its 12 header bytes and its fragment, in one gathered write.

        Raises:
            LocalProtocolError: data may not be sent in this state.
        """
        self.upper_layer.send_data(pdus)
        self._pump()

    @property
    def is_drained(self) -> bool:
        """Whether everything sent has been handed to the network, or the connection is closed."""
        return self.transport is None or self.transport.is_drained

    async def drained(self, *, stall: float) -> None:
        """Returns when everything sent has been handed to the network, or the connection is closed.

        Raises:
            TransportError: the peer has taken nothing for `stall` seconds.
        """
        if self.transport is not None:
            await self.transport.drained(stall=stall)

    def drop(self, cause: str) -> None:
        """Closes the transport at once, in whatever state, without a word to the peer."""
        if not self.is_closed:
            self.recorder.transport(self.number, TransportStep.DROPPED, cause)
            self._ended()

    def data_received(self, data: memoryview) -> None:
        """Feeds bytes to the machine."""
        self.last_activity = self._loop.time()
        if self._tap is not None:
            self._tap.received(self.number, data)
        self.upper_layer.receive_data(data)
        self._pump()

    def peer_closed(self) -> None:
        """Tells the machine that the peer closed the transport connection (Evt17)."""
        self.recorder.transport(self.number, TransportStep.PEER_CLOSED, self.peer)
        self._ended()

    def transport_lost(self, error: OSError | TransportError) -> None:
        """Tells the machine that the transport connection broke (Evt17)."""
        if isinstance(error, TransportError):
            self.failure = error
        words = f"{self.peer}: {error.strerror}" if isinstance(error, OSError) else str(error)
        self.recorder.transport(self.number, TransportStep.LOST, words)
        self._ended()

    def _ended(self) -> None:
        self._is_unanswered = self.state is Sta.STA5
        if self.state is not Sta.STA1:
            self.upper_layer.transport_closed()
            self._pump()
        self._close()  # AR-5 and AA-5 find the connection closed already; our end of it is still to be

    def _pump(self) -> None:
        if self._pumping:  # an indication's taker has sent something: the outer loop goes on with it
            return
        self._pumping = True
        try:
            next_event = self.upper_layer.next_event
            while (event := next_event()) is not None:
                _DISPATCH[type(event)](self, event)
            self._write()
        except Exception:  # noqa: BLE001 - the boundary of a connection: a defect ends it and no other
            _log.exception("! association %d: defect while pumping", self.number)
            self.recorder.problem(self.number, "internal error, the connection is closed; see the log")
            self._close()
        finally:
            self._pumping = False

    def _write(self) -> None:
        if self._outgoing and self.transport is not None:
            buffers, self._outgoing = self._outgoing, []
            if self._tap is not None:
                self._tap.sent(self.number, buffers)
            if self.is_streaming:
                self.transport.write_soon(buffers)
            else:
                self.transport.write(buffers)

    def _send_bytes(self, effect: SendBytes) -> None:
        self._outgoing.extend(effect.buffers)

    def _pdu_sent(self, event: PduSent) -> None:
        self.recorder.pdu(self.number, Direction.SENT, event.pdu_type, event.length, event.kept)

    def _pdu_received(self, event: PduReceived) -> None:
        self.recorder.pdu(self.number, Direction.RECEIVED, event.pdu_type, event.length, event.kept)

    def _transition(self, event: Transition) -> None:
        self.recorder.transition(self.number, event.event, event.before, event.action.label, event.after)

    def _problem(self, event: Problem) -> None:
        self.recorder.problem(self.number, str(event.error))

    def _data(self, event: DataIndicated) -> None:
        if self.user is not None:
            self.user.data_indicated(event)

    def _pdu(self, event: PduIndicated) -> None:
        if self.user is not None:
            self.user.pdu_indicated(event.pdu)

    def _provider_abort(self, event: ProviderAbort) -> None:
        if self._is_unanswered:
            secured = self.transport is not None and self.transport.security
            event = replace(event, problem=f"{event.problem}: {_NOT_OUR_CERTIFICATE if secured else _WANTS_TLS}")
        if self.user is not None:
            self.user.provider_aborted(event)

    def _open_transport(self, _: OpenTransport) -> None:
        # The requestor opens the transport itself, because it has to wait for it, and then calls open().
        self.recorder.transport(self.number, TransportStep.CONNECTING, "")

    def _start_artim(self, _: StartArtim) -> None:
        self._cancel_artim()
        self._timer = self._loop.call_later(self._artim, self._artim_expired)
        self.recorder.transport(self.number, TransportStep.ARTIM_STARTED, f"{self._artim:g} s")

    def _stop_artim(self, _: StopArtim) -> None:
        if self._cancel_artim():
            self.recorder.transport(self.number, TransportStep.ARTIM_STOPPED, "")

    def _cancel_artim(self) -> bool:
        if self._timer is None:
            return False
        self._timer.cancel()
        self._timer = None
        return True

    def _artim_expired(self) -> None:
        self._timer = None
        self.recorder.transport(self.number, TransportStep.ARTIM_EXPIRED, f"{self._artim:g} s")
        self.upper_layer.artim_expired()
        self._pump()

    def _close_transport(self, _: CloseTransport) -> None:
        self._write()
        self._close()

    def _close(self) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        self._cancel_artim()
        if self.transport is not None:
            self.transport.close()
            if self._tap is not None:
                self._tap.closed(self.number)
            self.recorder.transport(self.number, TransportStep.CLOSED, self.peer)
        if self.user is not None:
            self.user.closed()


_DISPATCH: dict[type[Event], Callable[[Connection, Any], None]] = {
    SendBytes: Connection._send_bytes,
    PduSent: Connection._pdu_sent,
    PduReceived: Connection._pdu_received,
    Transition: Connection._transition,
    Problem: Connection._problem,
    DataIndicated: Connection._data,
    PduIndicated: Connection._pdu,
    ProviderAbort: Connection._provider_abort,
    OpenTransport: Connection._open_transport,
    StartArtim: Connection._start_artim,
    StopArtim: Connection._stop_artim,
    CloseTransport: Connection._close_transport,
}
