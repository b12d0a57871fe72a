"""A live association: requests out and in, replies in and out, release and abort (PS3.7 6 and 7, PS3.8 7)."""

import asyncio
from collections.abc import Callable

from workbench.acse.contexts import AcceptedContext
from workbench.acse.negotiate import Agreement, agree
from workbench.config import Timeouts
from workbench.dimse.answers import sop_class_of
from workbench.dimse.fragments import Assembler, CommandReceived, DataReceived, fragment_size
from workbench.dimse.messages import CCancelRq, Message, NEventReportRq, Request, Response
from workbench.errors import (
    AssociationAborted,
    AssociationRejected,
    AssociationReleased,
    LocalProtocolError,
    MessageError,
    RemoteProtocolError,
    TransportError,
    WorkbenchError,
)
from workbench.net.connection import Connection
from workbench.net.holds import ReadingHolds
from workbench.net.incoming import Acceptor, Handlers, IncomingDataSet, IncomingRequest
from workbench.net.operation import Operation, Reply
from workbench.net.outcome import Outcome
from workbench.net.outgoing import DataSet, Outgoing
from workbench.net.requesting import Requesting
from workbench.net.serving import Serving
from workbench.net.tasks import TaskKeeper
from workbench.trace.events import Direction, TransportStep
from workbench.upper_layer.events import DataIndicated, ProviderAbort
from workbench.upper_layer.machine import Role
from workbench.upper_layer.pdu import Abort, AssociateAc, AssociateRj, AssociateRq, Pdu, ReleaseRp, ReleaseRq
from workbench.upper_layer.reasons import describe_abort
from workbench.upper_layer.state_table import Sta

_SENDING = frozenset({Sta.STA6, Sta.STA8})  # where a P-DATA request is possible (PS3.8 Table 9-10)
_UNABORTABLE = frozenset({Sta.STA1, Sta.STA2, Sta.STA13})


class Association:
    """One association, as requestor or acceptor.

    Handed out, ready for use, by `connect()` or by an `ScpServer`. Requests may be awaited from several tasks; as many
    are outstanding as the agreement's asynchronous operations window allows.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        timeouts: Timeouts,
        handlers: Handlers,
        tasks: TaskKeeper,
        acceptor: Acceptor | None = None,
    ) -> None:
        """Becomes the service user of `connection`; runs handlers in `tasks`; `acceptor` answers the peer's request."""
        self._acceptor = acceptor
        self.connection = connection
        self.timeouts = timeouts
        self.tasks = tasks
        self.request_pdu: AssociateRq | None = None
        self.end: WorkbenchError | None = None
        self._loop = asyncio.get_running_loop()
        self._agreement: Agreement | None = None
        self._negotiated = self._loop.create_future()
        self._closed = asyncio.Event()
        self._requesting = Requesting(self)
        self._serving = Serving(self, handlers, tasks)
        self._assembler = Assembler()
        self._receiver: Operation | IncomingDataSet | None = None
        self._holds = ReadingHolds()
        self._fragment_size = 0
        self._send_lock = asyncio.Lock()
        self._watch: asyncio.TimerHandle | None = None
        connection.user = self

    # What it is

    @property
    def number(self) -> int:
        """Its number in the recording."""
        return self.connection.number

    @property
    def role(self) -> Role:
        """Whether we asked for it or accepted it."""
        return self.connection.upper_layer.role

    @property
    def state(self) -> Sta:
        """The state of the upper layer (PS3.8 9.2)."""
        return self.connection.state

    @property
    def peer(self) -> str:
        """The peer's address as "host:port"."""
        return self.connection.peer

    @property
    def agreement(self) -> Agreement:
        """What was negotiated."""
        assert self._agreement is not None, "the association is not established yet"
        return self._agreement

    @property
    def calling_ae_title(self) -> str:
        """The requestor's AE title."""
        return self.request_pdu.calling_ae_title if self.request_pdu else ""

    @property
    def called_ae_title(self) -> str:
        """The acceptor's AE title."""
        return self.request_pdu.called_ae_title if self.request_pdu else ""

    @property
    def is_busy(self) -> bool:
        """Whether an operation is under way, in either direction."""
        return self._requesting.is_busy or self._serving.is_busy

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, None while it lasts; `end` says why."""
        return None if self.end is None else Outcome.of(self.end)

    # Requests out

    def next_message_id(self) -> int:
        """A Message ID that no outstanding operation has (PS3.7 9.1): 1 to 65535, then again from 1."""
        return self._requesting.next_message_id()

    def context_for(self, message: Request) -> AcceptedContext:
        """Gives the accepted context of a message's SOP class, in the role that sends it: SCP of an event, else SCU.

        Raises:
            NoAcceptedContext: there is none.
        """
        sends_as_scu = not isinstance(message, NEventReportRq)
        is_scu = sends_as_scu is (self.role is Role.REQUESTOR)
        return self.agreement.context_for(sop_class_of(message), role="SCU" if is_scu else "SCP")

    async def request(
        self, message: Request, data_set: DataSet | None = None, *, context: AcceptedContext | None = None
    ) -> Reply:
        """Sends a request and gives its final reply; pending ones before it are passed over.

        Without `context`, that of `context_for` is taken.

        Raises:
            NoAcceptedContext: no context was accepted for the SOP class.
            AssociationError, TransportError: the association ended, or the DIMSE timeout passed without a response
                (the association is then aborted).
            StorageError: the source of the data set failed (the association is aborted if part of it was sent).
        """
        return await self._requesting.request(message, data_set, (context or self.context_for(message)).context_id)

    def operation(
        self, message: Request, data_set: DataSet | None = None, *, context: AcceptedContext | None = None
    ) -> Operation:
        """Sends a request and gives the operation, whose replies the caller takes; raises as `request()` does."""
        return Operation(self._requesting, message, data_set, (context or self.context_for(message)).context_id)

    async def reply(self, request: IncomingRequest, reply: Reply) -> None:
        """Sends the reply to an incoming request; one that comes after the end or our own release goes nowhere."""
        if self.end is None and self.state in _SENDING:
            await self.send(request.context.context_id, reply.message, reply.data_set)

    async def send(self, context_id: int, message: Message, data_set: DataSet | None) -> None:
        """Sends one message whole, after those that others are sending; raises as `request()` does."""
        async with self._send_lock:
            if self.end is not None:
                raise self.end
            outgoing = Outgoing(self.connection, fragment_size=self._fragment_size, stall=self.timeouts.dimse)
            try:
                await outgoing.send(context_id, message, data_set)
            except LocalProtocolError:
                if self.end is None:
                    raise
            except TransportError as exc:
                self.drop(str(exc))
            except BaseException as exc:
                if outgoing.has_begun:
                    self.abort(cause=f"{message.NAME} was broken off: {str(exc) or type(exc).__name__}")
                raise
            if self.end is not None:
                raise self.end

    def disbelieve(self, announces_wrongly: Callable[[Message], bool]) -> None:
        """Takes messages of which this is true as without a data set, though they announce one (0000,0800)."""
        self._assembler.announces_wrongly = announces_wrongly

    def limit_pdus(self, length: int) -> None:
        """Sends PDUs with a PDU-length of at most `length`, at least 8, from now on, whatever the peer takes."""
        self._fragment_size = fragment_size(self.agreement.peer_max_length, preferred=length)

    # Release, abort, end

    async def release(self) -> None:
        """Releases the association and returns when the transport connection is closed.

        A peer that has ended the association in the meantime is no error. One that does not answer within the ACSE
        timeout is aborted.
        """
        if self.end is None and self.state is Sta.STA6:
            self.connection.send(ReleaseRq())
        try:
            async with asyncio.timeout(self.timeouts.acse):
                await self._closed.wait()
        except TimeoutError:
            self.timed_out("no A-RELEASE-RP", "ACSE", self.timeouts.acse)

    def abort(self, *, source: int = 0, reason: int = 0, cause: str = "aborted here", timed_out: bool = False) -> None:
        """Sends A-ABORT and ends the association; what is under way ends with AssociationAborted. Never waits."""
        self._end(AssociationAborted(source, reason, by_peer=False, cause=cause, has_timed_out=timed_out))
        if self.state not in _UNABORTABLE:
            self.connection.send(Abort(source=source, reason=reason))

    def drop(self, cause: str) -> None:
        """Closes the transport connection without a word to the peer. Never waits."""
        self._end(TransportError(cause, stage="lost"))
        self.connection.drop(cause)

    async def wait_closed(self) -> None:
        """Returns when the transport connection is closed."""
        await self._closed.wait()

    def timed_out(self, what: str, timer: str, seconds: float) -> WorkbenchError:
        """Aborts because `timer` ran out while waiting, `what` says for what; gives the error to raise."""
        cause = f"{timer} timeout: {what} within {seconds:g} s"
        self.connection.recorder.transport(self.number, TransportStep.TIMEOUT, cause)
        self.abort(cause=cause, timed_out=True)
        assert self.end is not None
        return self.end

    def _end(self, error: WorkbenchError) -> None:
        if self.end is not None:
            return
        self.end = error
        if self._watch is not None:
            self._watch.cancel()
        if not self._negotiated.done():
            self._negotiated.set_result(None)
        self._requesting.fail(error)
        self._serving.fail(error)
        if self._acceptor is not None:
            self._acceptor.association_ended(self)
        self._holds.let_all_go(self.connection.transport)

    # Establishment

    async def negotiate(self) -> None:
        """Waits for the answer to the A-ASSOCIATE-RQ that is on its way, as requestor.

        Raises:
            AssociationRejected, AssociationAborted, TransportError: there is no association.
        """
        try:
            async with asyncio.timeout(self.timeouts.acse):
                await self._negotiated
        except TimeoutError:
            raise self.timed_out("no answer to A-ASSOCIATE-RQ", "ACSE", self.timeouts.acse) from None
        if self.end is not None:
            raise self.end

    def established(self, request: AssociateRq, agreement: Agreement) -> None:
        """Takes what was negotiated; the association can be used from now on."""
        self.request_pdu = request
        self._agreement = agreement
        invoked, performed = agreement.window if self.role is Role.REQUESTOR else agreement.window[::-1]
        self._requesting.set_window(invoked)
        self._serving.set_window(performed)
        self._fragment_size = fragment_size(agreement.peer_max_length)
        if self.role is Role.ACCEPTOR:
            self._watch = self._loop.call_later(self.timeouts.idle, self._check_idle)
        if not self._negotiated.done():
            self._negotiated.set_result(None)

    def _check_idle(self) -> None:
        idle = self.timeouts.idle
        left = self.connection.last_activity + idle - self._loop.time()
        if left <= 0 and self._serving.awaits_peer:
            self.timed_out(f"nothing from {self.peer}", "idle", idle)
        else:
            self._watch = self._loop.call_later(left if left > 0 else idle, self._check_idle)

    # What the upper layer indicates

    def pdu_indicated(self, pdu: Pdu) -> None:
        """Takes an answer to our A-ASSOCIATE-RQ, a release or an abort."""
        match pdu:
            case AssociateRq():
                self.request_pdu = pdu
                if self._acceptor is not None:
                    self._acceptor.association_requested(self, pdu)
            case AssociateAc():
                self._accepted(pdu)
            case AssociateRj():
                self._end(AssociationRejected(pdu.result, pdu.source, pdu.reason))
            case Abort():
                cause = describe_abort(pdu.source, pdu.reason)
                self._end(AssociationAborted(pdu.source, pdu.reason, by_peer=True, cause=cause))
            case ReleaseRq():
                self._release_received()
            case ReleaseRp():
                if self.state is Sta.STA12:  # collision, acceptor: ours is confirmed, now confirm the peer's (AR-10)
                    self.connection.send(ReleaseRp())
                self._end(AssociationReleased("released"))

    def data_indicated(self, indicated: DataIndicated) -> None:
        """Takes a slice of a command or of a data set."""
        if self.end is not None:
            return
        try:
            assembled = self._assembler.feed(indicated)
            if isinstance(assembled, DataReceived):
                self._data_received(assembled)
            elif assembled is not None:
                self._command_received(assembled)
        except RemoteProtocolError as exc:
            self._refuse(exc)

    def provider_aborted(self, abort: ProviderAbort) -> None:
        """Takes an A-P-ABORT: the connection is lost, or the peer broke the protocol."""
        aborted = AssociationAborted(abort.source, abort.reason, by_peer=False, cause=abort.problem)
        self._end(self.connection.failure or aborted)

    def closed(self) -> None:
        """Takes that the transport connection is closed."""
        self._end(TransportError(f"the connection to {self.peer} is closed", stage="lost"))
        self._closed.set()
        if self._acceptor is not None:
            self._acceptor.association_closed(self)

    def pause_reading(self, holder: object) -> None:
        """Makes the peer wait until `holder` calls `resume_reading`."""
        if self.end is None:
            self._holds.hold(holder, self.connection.transport)

    def resume_reading(self, holder: object) -> None:
        """Takes the hold of `holder` away; the last one taken away lets the peer go on."""
        self._holds.let_go(holder, self.connection.transport)

    def confirm_release(self) -> None:
        """Answers the peer's A-RELEASE-RQ (PS3.8 7.2)."""
        collision = self.state is Sta.STA9  # requestor: the peer's answer to our own release is still to come (AR-9)
        self.connection.send(ReleaseRp())
        if not collision:
            self._end(AssociationReleased("released by the peer"))

    def _refuse(self, error: RemoteProtocolError) -> None:
        self.connection.recorder.problem(self.number, str(error))
        self.abort(source=error.abort_source, reason=error.abort_reason, cause=str(error))

    def _accepted(self, accept: AssociateAc) -> None:
        assert self.request_pdu is not None
        try:
            self.established(self.request_pdu, agree(self.request_pdu, accept, role=Role.REQUESTOR))
        except RemoteProtocolError as exc:
            self._refuse(exc)
        except LocalProtocolError as exc:  # a maximum length in which no fragment fits
            self._refuse(MessageError(str(exc)))

    def _release_received(self) -> None:
        if isinstance(self._receiver, IncomingDataSet):
            self.abort(cause="the peer asked for release in the middle of a message")
        elif self.state is Sta.STA10:  # collision, acceptor: the peer first answers our own release (AR-8)
            return
        elif self._serving.is_busy:
            self._serving.release_when_idle()
        else:
            self.confirm_release()

    def _data_received(self, received: DataReceived) -> None:
        receiver = self._receiver
        assert receiver is not None, "the assembler lets no data pass that no command announced"
        if received.is_last:
            self._receiver = None
        if isinstance(receiver, Operation):
            self._requesting.data_received(receiver, received.data, is_last=received.is_last)
        else:
            receiver.feed(received.data, is_last=received.is_last)

    def _command_received(self, received: CommandReceived) -> None:
        message = received.message
        recorder = self.connection.recorder
        recorder.message(self.number, Direction.RECEIVED, received.context_id, message, received.has_data_set)
        if isinstance(message, Response):
            self._receiver = self._requesting.response_received(message, has_data_set=received.has_data_set)
        elif isinstance(message, CCancelRq):
            self._serving.cancel_received(message.message_id_being_responded_to)
        else:
            data_set = None
            if received.has_data_set:
                transport = self.connection.transport
                buffers = transport.buffers if transport is not None else None
                data_set = IncomingDataSet(self.pause_reading, self.resume_reading, buffers)
            self._receiver = data_set
            self._serving.request_received(message, self.agreement.contexts[received.context_id], data_set)
