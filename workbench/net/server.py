"""Accepts associations: listens, answers by policy and limit, and serves each by handlers."""

import asyncio
import errno
import ipaddress
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Self

from workbench.acse.negotiate import Policy, agree, answer
from workbench.config import LocalAe
from workbench.errors import TransportError
from workbench.net.association import Association
from workbench.net.buffers import ReadBuffers
from workbench.net.connection import Connection
from workbench.net.incoming import Handlers
from workbench.net.sockets import listen, tune
from workbench.net.tasks import TaskKeeper
from workbench.net.tls import secured
from workbench.net.transport import TcpTransport
from workbench.trace.events import TransportStep
from workbench.trace.recorder import Recorder
from workbench.upper_layer.items import UserIdentityRq
from workbench.upper_layer.machine import Role, UpperLayer
from workbench.upper_layer.pdu import AssociateAc, AssociateRj, AssociateRq

_log = logging.getLogger(__name__)

_ACCEPTED_AT_ONCE = 64  # connections taken in one turn of the loop, so that a storm does not starve the others
_BACK_OFF = 0.2  # seconds without accepting when the process is out of descriptors
_OUT_OF_DESCRIPTORS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_LINGER = 0.5  # seconds that peers get to close after our A-ABORT when the server stops
_TEMPORARY_CONGESTION = AssociateRj(result=2, source=3, reason=1)  # PS3.8 Table 9-21

AssociationObserver = Callable[[Association], None]
"""Told when an association is established and when it has ended; synchronous, must not raise."""

AdmissionHook = Callable[[Association, AssociateRq], AssociateRj | None]
"""Decides about a request by its titles, its items, or the host it comes from (`association.peer`), before the policy
does; None lets it pass. Synchronous; must not raise."""

IdentityVerifier = Callable[[UserIdentityRq, AssociateRq], Awaitable[bytes | AssociateRj | None]]
"""Judges a user identity as `acse.policy.IdentityHook` does, but may wait for it, for a directory service say."""


class ScpServer:
    """A listening application entity.

    Use it as an asynchronous context manager; leaving it stops it. A connection has until ARTIM to send its
    A-ASSOCIATE-RQ. An association over the limit is rejected (transient, local limit exceeded), one from a host that
    is not allowed is rejected (permanent, no reason given), everything else is answered by `acse.answer`.
    """

    def __init__(
        self,
        local: LocalAe,
        policy: Policy,
        handlers: Handlers,
        *,
        recorder: Recorder | None = None,
        observer: AssociationObserver | None = None,
        admit: AdmissionHook | None = None,
        verifier: IdentityVerifier | None = None,
        tls: ssl.SSLContext | None = None,
        waits: bool = False,
    ) -> None:
        """Serves as `local`; listens when entered.

        Args:
            local: where to listen, whom to serve, how many at once, and the timeouts.
            policy: which associations and contexts to accept.
            handlers: what answers the requests, by Command Field.
            recorder: where the trace goes; None records nothing.
            observer: told of each association at its beginning and its end.
            admit: may reject an association before the policy is asked.
            verifier: judges user identities; one that takes longer than the ACSE timeout is not waited for, and the
                association is rejected (transient, temporary congestion). None leaves them to the policy.
            tls: by which rules connections are secured; None serves plain ones.
            waits: leave connections beyond the limit of associations unanswered in the system's queue until one has
                ended, rather than reject them.
        """
        self._waits = waits
        self._handshakes = 0
        self._local = local
        self._policy = policy
        self._handlers = handlers
        self._recorder = recorder or Recorder()
        self._observer = observer
        self._admit = admit
        self._verifier = verifier
        self._tls = tls
        self._verifying: set[Association] = set()
        self._allowed_hosts = (
            None if local.allowed_hosts is None else [ipaddress.ip_network(each, False) for each in local.allowed_hosts]
        )
        self._listener: socket.socket | None = None
        self._connections: set[Association] = set()
        self._established: set[Association] = set()
        self._all_closed = asyncio.Event()
        self._all_closed.set()
        self._tasks = TaskKeeper()
        self._buffers = ReadBuffers()

    @property
    def address(self) -> tuple[str, int]:
        """The address and the port it listens on; the port is the real one also where 0 was asked for."""
        assert self._listener is not None, "the server does not listen"
        host, port = self._listener.getsockname()[:2]
        return host, port

    @property
    def is_listening(self) -> bool:
        """Whether it takes further connections."""
        return self._listener is not None

    @property
    def associations(self) -> tuple[Association, ...]:
        """The established associations."""
        return tuple(self._established)

    def use_policy(self, policy: Policy) -> None:
        """Answers the associations that are requested from now on by another policy."""
        self._policy = policy

    async def __aenter__(self) -> Self:
        """Begins to listen.

        Raises:
            TransportError: the address cannot be bound, for instance because the port is in use.
        """
        self._listener = listen(self._local.bind, self._local.port, self._local.sockets)
        asyncio.get_running_loop().add_reader(self._listener.fileno(), self._accept)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stops without grace, if it was not stopped before."""
        await self.stop(grace=0)

    async def serve_connection(self, sock: socket.socket) -> None:
        """Serves one connection that somebody else has accepted, without listening; returns when it is closed."""
        number = self._recorder.open_association()
        if self._tls is None:
            self._serve(number, TcpTransport(sock, self._buffers))
        else:
            sock.setblocking(False)
            await self._secure(number, sock, self._tls)
        await self._all_closed.wait()

    async def stop(self, *, grace: float) -> None:
        """Stops listening, lets associations end by themselves for `grace` seconds, aborts those that are left."""
        self._stop_listening()
        try:
            if grace > 0:
                await self._wait_all_closed(grace)
            for association in tuple(self._connections):
                association.abort(cause="the server stops")
            await self._wait_all_closed(_LINGER)
        finally:
            for association in tuple(self._connections):
                association.drop("the server has stopped")
            await self._tasks.cancel_all()

    async def stop_after_current(self) -> None:
        """Stops listening and returns when the associations that there are have ended by themselves."""
        self._stop_listening()
        await self._all_closed.wait()

    async def _wait_all_closed(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._all_closed.wait()

    def _stop_listening(self) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener.fileno())
            self._listener.close()
            self._listener = None

    def _accept(self) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            if self._listener is None:
                return
            if self._waits and len(self._connections) + self._handshakes >= self._local.max_associations:
                asyncio.get_running_loop().remove_reader(self._listener.fileno())  # until one is closed
                return
            try:
                sock, _peer = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as exc:
                self._back_off(exc)
                return
            self._connected(sock)

    def _back_off(self, error: OSError) -> None:
        if error.errno not in _OUT_OF_DESCRIPTORS or self._listener is None:
            raise error
        _log.warning("! no more connections for %g s: %s", _BACK_OFF, error.strerror)
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._listener.fileno())
        loop.call_later(_BACK_OFF, self._accept_again)

    def _accept_again(self) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().add_reader(self._listener.fileno(), self._accept)

    def _connected(self, sock: socket.socket) -> None:
        number = self._recorder.open_association()
        tune(sock, self._local.sockets)
        if self._tls is None:
            self._serve(number, TcpTransport(sock, self._buffers))
        else:
            sock.setblocking(False)
            self._tasks.start(self._secure(number, sock, self._tls), name=f"association {number}: TLS")

    async def _secure(self, number: int, sock: socket.socket, context: ssl.SSLContext) -> None:
        """Makes the TLS handshake; nobody else waits for it."""
        self._recorder.transport(number, TransportStep.ACCEPTED, "the TLS handshake begins")
        self._handshakes += 1
        try:
            transport = await secured(sock, self._buffers, context, None, self._local)
        except TransportError as error:
            self._recorder.transport(number, TransportStep.LOST, str(error))
            # Who may not connect is for the operator to know; who only looks whether the port is open is not.
            _log.log(logging.INFO if error.stage == "lost" else logging.WARNING, "association %d: %s", number, error)
        else:
            self._serve(number, transport)
        finally:
            self._handshakes -= 1
            if self._waits:
                self._accept_again()

    def _serve(self, number: int, transport: TcpTransport) -> None:
        upper_layer = UpperLayer(Role.ACCEPTOR, max_pdu_length=self._local.max_pdu_length)
        timeouts = self._local.timeouts
        connection = Connection(upper_layer, self._recorder, number, artim=timeouts.acse)
        association = Association(
            connection, timeouts=timeouts, handlers=self._handlers, tasks=self._tasks, acceptor=self
        )
        self._connections.add(association)
        self._all_closed.clear()
        connection.open(transport, TransportStep.ACCEPTED)

    def association_requested(self, association: Association, request: AssociateRq) -> None:
        """Answers an A-ASSOCIATE-RQ, at once unless a verifier has to be waited for."""
        refusal = self._refusal(association, request)
        if refusal is not None:
            association.connection.send(refusal)
        elif self._verifier is not None and request.user_identity is not None:
            self._verifying.add(association)
            verification = self._verify(self._verifier, association, request, request.user_identity)
            self._tasks.start(verification, name=f"association {association.number}: verify the user identity")
        else:
            self._establish(association, request, self._policy)

    async def _verify(
        self, verifier: IdentityVerifier, association: Association, request: AssociateRq, item: UserIdentityRq
    ) -> None:
        verdict: bytes | AssociateRj | None
        try:
            async with asyncio.timeout(self._local.timeouts.acse):
                verdict = await verifier(item, request)
        except TimeoutError:
            self._recorder.problem(association.number, "the verifier of user identities has not answered in time")
            verdict = _TEMPORARY_CONGESTION
        except Exception:  # noqa: BLE001 - the boundary of a verifier: its defect lets nobody in
            _log.exception("! association %d: defect in the verifier of user identities", association.number)
            verdict = _TEMPORARY_CONGESTION
        finally:
            self._verifying.discard(association)
        if association.end is None:
            self._establish(association, request, replace(self._policy, user_identity=lambda _: verdict))

    def _establish(self, association: Association, request: AssociateRq, policy: Policy) -> None:
        reply = answer(request, policy)
        association.connection.send(reply)
        if isinstance(reply, AssociateAc):
            self._established.add(association)
            association.established(request, agree(request, reply, role=Role.ACCEPTOR))
            if self._local.max_sent_pdu_length:
                association.limit_pdus(self._local.max_sent_pdu_length)
            self._tell(association)

    def association_ended(self, association: Association) -> None:
        """Makes room for another one."""
        if association in self._established:
            self._established.discard(association)
            self._tell(association)

    def association_closed(self, association: Association) -> None:
        """Forgets an association whose transport connection is closed."""
        self._connections.discard(association)
        if self._waits:
            self._accept_again()
        if not self._connections:
            self._all_closed.set()

    def _refusal(self, association: Association, request: AssociateRq) -> AssociateRj | None:
        if not self._is_allowed(association.connection.peer_host):
            problem = f"{association.connection.peer_host} is not among the hosts that are served"
            self._recorder.problem(association.number, problem)
            return AssociateRj(result=1, source=1, reason=1)
        if not self._waits and len(self._established) + len(self._verifying) >= self._local.max_associations:
            problem = f"the limit of {self._local.max_associations} associations is reached"
            self._recorder.problem(association.number, problem)
            return AssociateRj(result=2, source=3, reason=2)
        return None if self._admit is None else self._admit(association, request)

    def _is_allowed(self, host: str) -> bool:
        if self._allowed_hosts is None:
            return True
        address = ipaddress.ip_address(host.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._allowed_hosts)

    def _tell(self, association: Association) -> None:
        if self._observer is not None:
            self._observer(association)
