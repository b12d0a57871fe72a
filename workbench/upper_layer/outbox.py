"""The ordered outbox of the machine: what the steps of an action put there for the driver, the user and the trace."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from workbench.errors import RemoteProtocolError
from workbench.upper_layer.events import (
    CloseTransport,
    Event,
    OpenTransport,
    PduIndicated,
    PduSent,
    ProviderAbort,
    SendBytes,
    StartArtim,
    StopArtim,
)
from workbench.upper_layer.pdu import Abort, AssociateRj, Pdu, encode_pdu
from workbench.upper_layer.state_table import Step

_VERSION_REJECTED: Final = encode_pdu(AssociateRj(result=1, source=2, reason=2))
_USER_ABORT: Final = encode_pdu(Abort(source=0, reason=0))


class Outbox:
    """Events in the order in which they happened, and what the steps need to know to make them.

    `request` is the PDU of the local request under way. The steps take it from there; that of an A-ASSOCIATE request
    waits there until the transport connection is open (AE-1, AE-2).
    """

    __slots__ = ("artim_running", "events", "request")

    def __init__(self) -> None:
        self.events: deque[Event] = deque()
        self.request = b""
        self.artim_running = False

    def carry_out(self, step: Step, pdu: Pdu | None, error: RemoteProtocolError | None) -> None:
        """Puts here what `step` does; `pdu` was received (None for a P-DATA-TF), `error` is what was wrong with it."""
        _STEPS[step](self, pdu, error)

    def _open_transport(self, _pdu: Pdu | None, _error: RemoteProtocolError | None) -> None:
        self.events.append(OpenTransport())

    def _close_transport(self, _pdu: Pdu | None, _error: RemoteProtocolError | None) -> None:
        self.events.append(CloseTransport())

    def _start_artim(self, _pdu: Pdu | None, _error: RemoteProtocolError | None) -> None:
        self.artim_running = True
        self.events.append(StartArtim())

    def _stop_artim(self, _pdu: Pdu | None, _error: RemoteProtocolError | None) -> None:
        if self.artim_running:
            self.artim_running = False
            self.events.append(StopArtim())

    def _send(self, _pdu: Pdu | None, _error: RemoteProtocolError | None) -> None:
        self._put_frame(self.request)
        self.request = b""

    def _send_reject(self, _pdu: Pdu | None, _error: RemoteProtocolError | None) -> None:
        self._put_frame(_VERSION_REJECTED)

    def _send_user_abort(self, pdu: Pdu | None, error: RemoteProtocolError | None) -> None:
        if error is None:  # Evt15: the user's own A-ABORT request says with which source and reason
            self._send(pdu, error)
        else:
            self._put_frame(_USER_ABORT)

    def _send_provider_abort(self, _pdu: Pdu | None, error: RemoteProtocolError | None) -> None:
        self._put_frame(encode_pdu(Abort(source=2, reason=error.abort_reason if error else 0)))

    def _indicate(self, pdu: Pdu | None, _error: RemoteProtocolError | None) -> None:
        if pdu is not None:  # the fragments of a P-DATA-TF follow as DataIndicated
            self.events.append(PduIndicated(pdu))

    def _indicate_provider_abort(self, _pdu: Pdu | None, error: RemoteProtocolError | None) -> None:
        self.events.append(ProviderAbort(2, error.abort_reason if error else 0, str(error)))

    def _put_frame(self, frame: bytes) -> None:
        self.events.append(SendBytes((frame,)))
        self.events.append(PduSent(frame[0], len(frame), frame))


_STEPS: Final[Mapping[Step, Callable[[Outbox, Pdu | None, RemoteProtocolError | None], None]]] = {
    Step.OPEN_TRANSPORT: Outbox._open_transport,
    Step.CLOSE_TRANSPORT: Outbox._close_transport,
    Step.START_ARTIM: Outbox._start_artim,
    Step.STOP_ARTIM: Outbox._stop_artim,
    Step.SEND: Outbox._send,
    Step.SEND_REJECT: Outbox._send_reject,
    Step.SEND_USER_ABORT: Outbox._send_user_abort,
    Step.SEND_PROVIDER_ABORT: Outbox._send_provider_abort,
    Step.INDICATE: Outbox._indicate,
    Step.INDICATE_PROVIDER_ABORT: Outbox._indicate_provider_abort,
}
