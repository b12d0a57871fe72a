"""Opens associations: name, TCP, A-ASSOCIATE; and ends them whatever happens in between."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from workbench.acse.agreement import Agreement
from workbench.acse.negotiate import request_association
from workbench.config import LocalAe, Node, SocketSettings
from workbench.errors import IdentityNotConfirmed, TransportError
from workbench.net.association import Association
from workbench.net.buffers import ReadBuffers
from workbench.net.connection import Connection
from workbench.net.incoming import Handlers
from workbench.net.sockets import FAMILIES, is_address, tune
from workbench.net.tasks import TaskKeeper
from workbench.net.transport import TcpTransport
from workbench.trace.events import TransportStep
from workbench.trace.recorder import Recorder
from workbench.upper_layer.items import AsynchronousOperationsWindow, ProposedContext, UserInformationItem
from workbench.upper_layer.machine import Role, UpperLayer
from workbench.upper_layer.pdu import AssociateRq

_LINGER = 0.5  # seconds that a peer gets to close after our A-ABORT, so that it can be read


@asynccontextmanager
async def connect(
    node: Node,
    contexts: Sequence[ProposedContext],
    *,
    local: LocalAe,
    recorder: Recorder | None = None,
    handlers: Handlers | None = None,
    window: tuple[int, int] | None = None,
    tls: ssl.SSLContext | None = None,
    user_information: Sequence[UserInformationItem] = (),
) -> AsyncIterator[Association]:
    """Opens an association with a node; leaving it releases, leaving it by an exception or cancellation aborts.

    Args:
        node: whom to call.
        contexts: the presentation contexts to propose, at most 128 (see `acse.contexts.propose`).
        local: who calls; its timeouts and its maximum PDU length hold for the association.
        recorder: where the trace goes; None records nothing.
        handlers: what answers requests of the peer on this association (C-GET, N-EVENT-REPORT).
        window: the asynchronous operations window to propose: how many operations we want to have outstanding, and how
            many of the peer's we perform at a time, 0 = any number (PS3.7 D.3.3.3). None proposes none: one each way.
        tls: by which rules to secure the connection; None leaves it plain. The node's host must be in its certificate,
            unless the context says otherwise.
        user_information: further items: roles, extended negotiation, user identity.

    Raises:
        TransportError: the name is unknown, no connection could be made, or TLS not agreed on; `stage` says which.
        AssociationRejected, AssociationAborted: the peer answered so, or not in time.
        IdentityNotConfirmed: a positive response to the user identity was requested, and did not come.
    """
    recorder = recorder or Recorder()
    upper_layer = UpperLayer(Role.REQUESTOR, max_pdu_length=local.max_pdu_length)
    connection = Connection(upper_layer, recorder, recorder.open_association(), artim=local.timeouts.acse)
    tasks = TaskKeeper()
    association = Association(connection, timeouts=local.timeouts, handlers=handlers or {}, tasks=tasks)
    items = list(user_information)
    if window is not None:
        items.append(AsynchronousOperationsWindow(invoked=window[0], performed=window[1]))
    request = request_association(
        called_ae_title=node.ae_title,
        calling_ae_title=local.ae_title,
        contexts=contexts,
        max_pdu_length=local.max_pdu_length,
        user_information=items,
    )
    buffers = ReadBuffers()
    try:
        association.request_pdu = request
        connection.send(request)
        sock = await _open_socket(node, local)
        if tls is None:
            transport = TcpTransport(sock, buffers)
        else:
            from workbench.net.tls import secured  # 6 ms of start-up that plain connections need not wait for

            transport = await secured(sock, buffers, tls, node.host, local)
        connection.open(transport, TransportStep.CONNECTED)
        await association.negotiate()
        _check_identity(request, association.agreement)
        if local.max_sent_pdu_length:
            association.limit_pdus(local.max_sent_pdu_length)
        yield association
        await association.release()
    except TransportError as exc:
        association.drop(str(exc))
        raise
    except BaseException as exc:
        association.abort(cause=f"broken off: {str(exc) or type(exc).__name__}")
        raise
    finally:
        await tasks.cancel_all()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LINGER):
                    await association.wait_closed()
        finally:
            association.drop("closed here")
            buffers.release()


def _check_identity(request: AssociateRq, agreement: Agreement) -> None:
    """Takes no association whose acceptor may not know who we are, when it was asked to say so (PS3.7 D.3.3.7)."""
    identity = request.user_identity
    if identity is not None and identity.positive_response_requested and agreement.identity_response is None:
        raise IdentityNotConfirmed


async def _open_socket(node: Node, local: LocalAe) -> socket.socket:
    place, seconds = f"{node.host}:{node.port}", local.timeouts.connect
    try:
        async with asyncio.timeout(seconds):
            return await _first_connected(node, place, local.sockets)
    except TimeoutError:
        problem = f"no connection to {place} within {seconds:g} s: nothing answers there, or a firewall is in the way"
        raise TransportError(problem, stage="connect") from None


async def _first_connected(node: Node, place: str, settings: SocketSettings) -> socket.socket:
    loop = asyncio.get_running_loop()
    try:
        family = FAMILIES[settings.ip_version]
        if is_address(node.host):  # needs no resolver, and so no thread for it, which takes longer than an echo
            host = node.host.encode()  # text would load the codec for names in other scripts
            addresses = socket.getaddrinfo(host, node.port, family=family, type=socket.SOCK_STREAM)
        else:
            addresses = await loop.getaddrinfo(node.host, node.port, family=family, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise TransportError(f"the name {node.host!r} cannot be resolved: {exc}", stage="name") from exc
    problem: OSError | None = None
    for family, kind, protocol, _, address in addresses:
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        try:
            tune(sock, settings)
            await loop.sock_connect(sock, address)
        except OSError as exc:
            sock.close()
            problem = exc
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    cause = _words(problem)
    raise TransportError(f"no connection to {place}: {cause}", stage="connect") from problem


def _words(problem: OSError | None) -> str:
    if isinstance(problem, ConnectionRefusedError):
        return "connection refused: the host answers, but nothing listens on that port"
    return (problem.strerror or str(problem)).lower() if problem else "the name has no address"
