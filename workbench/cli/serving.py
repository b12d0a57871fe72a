"""What the tools share that serve: options, listening, signals, and what is told of associations and objects."""

import asyncio
import signal
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from workbench.cli.options import NETWORK, add_network_options, add_timeout, socket_settings, timeouts
from workbench.cli.output import Level, Output
from workbench.cli.parser import Group, Options, Parser
from workbench.cli.requesting import title
from workbench.cli.tls import add_tls_options, tls_context
from workbench.cli.values import listening_port, network, positive
from workbench.config import LocalAe
from workbench.dimse.messages import CEchoRsp, CStoreRq, CStoreRsp, Response
from workbench.dimse.status import ACKNOWLEDGED_STORE, SUCCESS, Category, category
from workbench.errors import AssociationReleased
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.server import ScpServer
from workbench.services.storage.scp import ReceivedObject
from workbench.services.verification import echo_handler
from workbench.trace.events import Direction, MessageEvent, NoteEvent, PduEvent, ProblemEvent, TraceEvent
from workbench.trace.summary import summary
from workbench.upper_layer.pdu import AssociateRj, decode_pdu
from workbench.upper_layer.reasons import describe_rejection

GRACE: Final = 30.0
"""Seconds that associations get to end by themselves after the first signal."""

_ASSOCIATE_RJ: Final = 0x03


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptor:
    """As whom a tool serves, and how connections are secured; None leaves them plain."""

    local: LocalAe
    tls: ssl.SSLContext | None

    @property
    def allowed_calling(self) -> frozenset[str] | None:
        """The titles that may call, for a policy; None allows everyone."""
        return None if self.local.allowed_calling is None else frozenset(self.local.allowed_calling)


def add_acceptor_options(
    parser: Parser, *, ae_title: str, is_port_optional: bool = False, titles: str = NETWORK, limits: str = NETWORK
) -> Group:
    """Adds what the tools share that are called: the port, whom they serve, and how many; gives their group.

    Args:
        titles: the title of the group that has the AE title.
        limits: the title of the group that has the limit of associations.
    """
    parser.positional(
        "port",
        "port",
        type=listening_port,
        optional=is_port_optional,
        help="TCP port to listen on; 0 takes a free one and tells it",
    )
    parser.group(titles).value(
        "-aet",
        "--aetitle",
        dest="aetitle",
        metavar="TITLE",
        type=title,
        default=ae_title,
        help=f"own AE title (default: {ae_title})",
    )
    group = add_network_options(parser)
    add_timeout(group, "--idle-timeout", dest="idle_timeout", text="without a word of the peer (default: as -ts)")
    group.value("--bind", dest="bind", metavar="ADDRESS", default="", help="listen on this address only (default: all)")
    group.value(
        "--allow-calling",
        dest="allow_calling",
        metavar="TITLE",
        type=title,
        repeat=True,
        help="serve this calling AE title only; repeat for more",
    )
    group.value(
        "--allow-host",
        dest="allow_host",
        metavar="ADDRESS",
        type=network,
        repeat=True,
        help="serve this address or network only; repeat for more",
    )
    most = LocalAe().max_associations
    parser.group(limits).value(
        "--max-associations",
        dest="max_associations",
        metavar="N",
        type=positive,
        default=most,
        help=f"reject associations beyond N at the same time (default: {most})",
    )
    group.value(
        "--window",
        dest="window",
        metavar="N",
        type=positive,
        default=16,
        help="perform N operations at a time on an association whose requestor asks for it (default: 16)",
    )
    add_tls_options(parser, role="acceptor")
    parser.conceal("--use-passwd")
    return group


def acceptor(options: Options, *, commitment: bool = False) -> Acceptor:
    """Gives as whom the options serve, and how.

    Raises:
        ConfigError: one of them is wrong; the message names it.
    """
    limits = timeouts(options)
    local = LocalAe(
        ae_title=options.aetitle,
        bind=options.bind,
        port=options.port,
        max_pdu_length=options.max_pdu,
        max_sent_pdu_length=options.max_send_pdu,
        allowed_calling=options.allow_calling or None,
        allowed_hosts=options.allow_host or None,
        max_associations=options.max_associations,
        timeouts=replace(limits, idle=options.idle_timeout or limits.idle),
        commitment=commitment,
        sockets=socket_settings(options),
    )
    return Acceptor(local=local, tls=tls_context(options, role="acceptor"))


class Serving:
    """A running tool: tells what happens, and serves until a signal.

    Attributes:
        stopping: set from the first signal on.
        haste: set from the second signal on.
    """

    # What DCMTK's tool says of an object, for scripts that look for it.
    STORED: ClassVar[str] = "storing DICOM file"
    OVERWRITES: ClassVar[str] = "DICOM file already exists, overwriting"

    def __init__(self, local: LocalAe, output: Output) -> None:
        self._local = local
        self._output = output
        self._received = 0
        self._refused = 0
        self._not_kept = 0
        self._bytes = 0
        self._established: set[int] = set()
        self.stopping = asyncio.Event()
        self.haste = asyncio.Event()

    async def run(self, server: ScpServer) -> None:
        """Serves until a signal, or `stop`; the first one lets associations end, the second one aborts them."""
        async with server:
            self._announce(*server.address)
            self._listen_to_signals()
            await self.stopping.wait()
            self._output.info("stopping; once more to abort")
            await self._stop(server)

    async def run_inherited(self, server: ScpServer, connection: socket.socket) -> None:
        """Serves one connection that somebody else has accepted, until it ends or a signal, as `run` does."""
        self._listen_to_signals()
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve_connection(connection))
            stopping = group.create_task(self.stopping.wait())
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not serving.done():
                await self._stop(server)
                serving.cancel()

    def stop(self) -> None:
        """Lets `run` stop, as the first signal does."""
        self.stopping.set()

    def summarise(self) -> None:
        """Tells how many objects were received."""
        self._output.event(
            "summary", received=self._received, refused=self._refused, not_kept=self._not_kept, bytes=self._bytes
        )
        not_kept = f", {self._not_kept} of them acknowledged and not kept" if self._not_kept else ""
        self._output.info(f"{self._received} objects received{not_kept}, {self._refused} refused")

    async def echo(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Answers C-ECHO and tells it."""
        self._output.info(f"echo from {request.association.calling_ae_title}")
        self._output.event(
            "received", association=request.association.number, command=request.message.NAME, status=SUCCESS
        )
        async for reply in echo_handler(request):
            yield reply

    def object_received(self, received: ReceivedObject) -> None:
        """Tells what became of an object."""
        stored = received.status in ACKNOWLEDGED_STORE
        self._not_kept += received.is_not_kept
        self._received += stored
        self._refused += not stored
        self._bytes += received.length if stored else 0
        self._output.event(
            "received",
            association=received.association,
            command=CStoreRq.NAME,
            file=received.path or None,
            sop_class=received.sop_class_uid,
            sop_instance=received.sop_instance_uid,
            status=received.status,
            reason=received.reason or None,
            kept=stored and not received.is_not_kept,
            replaced=received.replaced or None,
        )
        if received.is_not_kept:
            self._output.warning(f"{received.reason}: {received.sop_instance_uid}")
        elif stored:
            self._stored(received)
        else:
            self._output.error(f"refused an object of {received.calling_ae_title}: {received.reason}")

    def _stored(self, received: ReceivedObject) -> None:
        self._output.info(f"{self.STORED}: {received.path}")
        if received.overwrote:
            kept = (
                f" (the earlier one, of another content, is kept as {received.replaced})" if received.replaced else ""
            )
            self._output.warning(f"{self.OVERWRITES}: {received.path}{kept}")
        elif received.replaced:
            self._output.warning(f"{received.path} replaced another object, kept as {received.replaced}")

    def association_changed(self, association: Association) -> None:
        """Tells the beginning and the end of an association."""
        output, number = self._output, association.number
        if association.end is None:
            self._established.add(number)
            titles = f"{association.calling_ae_title} to {association.called_ae_title}"
            output.info(f"association {number}: {titles}, from {association.peer}")
            output.event(
                "associated",
                association=number,
                calling=association.calling_ae_title,
                called=association.called_ae_title,
                peer=association.peer,
                max_pdu=association.agreement.peer_max_length,
            )
            return
        self._established.discard(number)
        if isinstance(association.end, AssociationReleased):
            output.info(f"association {number}: {association.end}")
        else:
            output.warning(f"association {number}: {association.end}")
        output.failure(association.end, association=number)

    async def _stop(self, server: ScpServer) -> None:
        """Lets associations end by themselves; a further signal ends them at once."""
        async with asyncio.TaskGroup() as group:
            gently = group.create_task(server.stop(grace=GRACE))
            hastily = group.create_task(self.haste.wait())
            await asyncio.wait((gently, hastily), return_when=asyncio.FIRST_COMPLETED)
            hastily.cancel()
            if not gently.done():
                await server.stop(grace=0)

    def _announce(self, host: str, port: int) -> None:
        open_to = [
            words
            for is_open, words in (
                (not self._local.bind, "listens on all interfaces (--bind narrows it)"),
                (self._local.allowed_calling is None, "serves any calling AE title (--allow-calling)"),
                (self._local.allowed_hosts is None, "serves any host (--allow-host)"),
            )
            if is_open
        ]
        if open_to:
            self._output.warning(f"this server {', '.join(open_to)}")
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if self._output.level < Level.FATAL:  # what is said at every level but -q, as nobody else knows a free port
            self._output.write(f"listening on {place}")

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        (self.haste if self.stopping.is_set() else self.stopping).set()

    def look(self, event: TraceEvent) -> None:
        """Takes an event of the trace: tells of what keeps peers out, and of answers that nothing else tells of."""
        if isinstance(event, MessageEvent) and event.direction is Direction.SENT:
            self._answered(event)
        elif isinstance(event, NoteEvent):
            self._output.info(f"association {event.association}: {event.note}")
            self._output.event("note", association=event.association, reason=event.note)
        elif isinstance(event, ProblemEvent):
            if event.association not in self._established:  # the end of one that is tells why, too
                self._output.warning(f"association {event.association}: {event.problem}")
                self._output.event("problem", association=event.association, reason=event.problem)
        else:
            self._look_for_rejection(event)

    def _answered(self, event: MessageEvent) -> None:
        message = event.message
        if not isinstance(message, Response) or isinstance(message, CStoreRsp | CEchoRsp):
            return
        if category(message.status) is not Category.PENDING:
            what, detail = summary(event)
            tell = self._output.error if category(message.status) is Category.FAILURE else self._output.info
            tell(f"association {event.association}: {what} {detail}")
            self._output.event(
                "answered",
                association=event.association,
                command=message.NAME,
                status=message.status,
                reason=message.error_comment or None,
            )

    def _look_for_rejection(self, event: TraceEvent) -> None:
        if isinstance(event, PduEvent) and event.pdu_type == _ASSOCIATE_RJ and event.direction is Direction.SENT:
            rejection = decode_pdu(event.kept)
            assert isinstance(rejection, AssociateRj)
            reason = describe_rejection(rejection.result, rejection.source, rejection.reason)
            self._output.warning(f"association {event.association}: {reason}")
            self._output.event("rejected", association=event.association, reason=reason)
