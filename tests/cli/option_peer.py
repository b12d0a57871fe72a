"""A node that a tool calls: it answers as it is told, and writes down requests, messages and how it ended."""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import Any

from tests.cli.option_caller import Call, send_samples
from tests.cli.option_client_hello import hello_lines
from tests.cli.option_materials import Element, Sample, encoded
from tests.cli.option_wire import PATIENCE, Received, Wire
from workbench.dimse.messages import (
    CCancelRq,
    CEchoRq,
    CEchoRsp,
    CFindRq,
    CFindRsp,
    CGetRq,
    CGetRsp,
    CMoveRq,
    CMoveRsp,
    CStoreRq,
    CStoreRsp,
)
from workbench.uids import IMPLEMENTATION_CLASS_UID
from workbench.upper_layer.items import (
    AnsweredContext,
    ImplementationClassUid,
    MaximumLength,
    ProposedContext,
    RoleSelection,
    UserIdentityAc,
    UserIdentityRq,
    UserInformationItem,
)
from workbench.upper_layer.pdu import Abort, AssociateAc, AssociateRj, AssociateRq

_PENDING, _CANCELLED = 0xFF00, 0xFE00
_TLS_HANDSHAKE = 0x16
_LONG = 2000  # bytes of a PDU whose length is told
_HESITATION = 2.5  # seconds that a C-CANCEL-RQ is given


@dataclass(frozen=True, kw_only=True)
class Script:
    """What the node does.

    Attributes:
        syntaxes: the transfer syntaxes it takes; empty: the first one proposed.
        classes: the SOP Classes it takes; empty: all.
        rejects: answers each A-ASSOCIATE-RQ by A-ASSOCIATE-RJ.
        answers_identity: answers a user identity that wants an answer.
        statuses: what it answers to the C-STORE-RQs, then 0000H.
        padded: pads the UIDs of its responses with a space.
        matches: the identifiers of its C-FIND responses.
        samples: what it sends for C-GET, or to the destination of a C-MOVE.
        destination: the port that C-MOVE sends to.
        moves: how it sends them: the arguments of a `Call` for each association.
        pending_identifier: a pending C-MOVE response is followed by this data set, which is not allowed.
        waits_for_cancel: hesitates after the first pending response, and stops when it is cancelled.
        tls: for who begins with a TLS handshake.
        maximum: the longest PDU it takes.
        shuts_down: stops listening when it is called.
        aborts: aborts instead of answering the first request.
        is_silent: never answers a request.
        final: the status of its last response to C-ECHO, C-FIND, C-MOVE and C-GET.
    """

    syntaxes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    rejects: bool = False
    answers_identity: bool = False
    statuses: tuple[int, ...] = ()
    padded: bool = False
    matches: tuple[tuple[Element, ...], ...] = ()
    samples: tuple[Sample, ...] = ()
    destination: int = 0
    moves: tuple[Mapping[str, Any], ...] = ()
    pending_identifier: bytes | None = None
    waits_for_cancel: bool = False
    tls: Callable[[], ssl.SSLContext] | None = None
    maximum: int = 16384
    shuts_down: bool = False
    aborts: bool = False
    is_silent: bool = False
    final: int = 0


@dataclass
class Peer:
    """A running node.

    Attributes:
        port: where it listens.
        lines: what it saw.
        tls_lines: what it saw of TLS.
    """

    port: int
    lines: list[str] = field(default_factory=list)
    tls_lines: list[str] = field(default_factory=list)


@contextmanager
def peer(script: Script) -> Iterator[Peer]:
    """Runs a node until the block is left; each connection is served in the order of arrival, one by one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        node = Peer(listener.getsockname()[1])
        failures: list[BaseException] = []

        def serve() -> None:
            statuses = list(script.statuses)
            while True:
                sock, _ = listener.accept()
                with sock:
                    if not _is_call(sock):
                        return
                    if script.shuts_down:
                        listener.close()
                    try:
                        _Served(script, node, statuses).serve(sock)
                    except BaseException as error:  # noqa: BLE001 - the thread hands it to the test
                        failures.append(error)
                if script.shuts_down:
                    return

        thread = Thread(target=serve, name="peer")
        thread.start()
        try:
            yield node
        finally:
            with suppress(OSError), socket.create_connection(("127.0.0.1", node.port)) as last:
                last.sendall(b"\0")  # the end of serving
            thread.join(2 * PATIENCE)
    if failures:
        raise failures[0]


def _is_call(sock: socket.socket) -> bool:
    sock.settimeout(PATIENCE)
    with suppress(ConnectionError):
        return sock.recv(1, socket.MSG_PEEK) != b"\0"
    return True


class _Served:
    """One connection."""

    def __init__(self, script: Script, node: Peer, statuses: list[int]) -> None:
        self._script = script
        self._node = node
        self._statuses = statuses
        self._moves: list[str] = []

    def serve(self, sock: socket.socket) -> None:
        with suppress(ConnectionError):
            first = sock.recv(1, socket.MSG_PEEK)
            if first and first[0] == _TLS_HANDSHAKE and self._script.tls:
                self._serve_tls(sock)
            elif first:
                self._talk(Wire(sock, self._node.lines))

    def _serve_tls(self, sock: socket.socket) -> None:
        lines = self._node.tls_lines
        lines += hello_lines(sock)
        assert self._script.tls is not None
        try:
            with self._script.tls().wrap_socket(sock, server_side=True) as secured:
                cipher = secured.cipher()
                certificate = secured.getpeercert()
                lines.append(f"{secured.version()} {cipher[0] if cipher else ''}")
                lines.append(f"client certificate: {certificate and certificate.get('subjectAltName')}")
                self._talk(Wire(secured, self._node.lines))
        except (ssl.SSLError, ConnectionError) as error:
            lines.append(f"no handshake: {type(error).__name__}")

    def _talk(self, wire: Wire) -> None:
        request = wire.receive()
        if not isinstance(request, AssociateRq):
            return
        if self._script.rejects:
            wire.send(AssociateRj(result=1, source=1, reason=7))
            wire.receive()
            return
        answer = self._answer(request)
        wire.syntaxes = {
            each.context_id: each.transfer_syntax for each in answer.presentation_contexts if not each.result
        }
        wire.send(answer)
        while received := wire.receive_message():
            if self._script.aborts:
                wire.send(Abort(source=0, reason=0))
            elif not self._script.is_silent:
                self._perform(wire, request, received)
        if wire.largest > _LONG:
            wire.lines.append(f"longest PDU {wire.largest}")
        wire.lines += self._moves

    def _answer(self, request: AssociateRq) -> AssociateAc:
        items: list[UserInformationItem] = [
            MaximumLength(value=self._script.maximum),
            ImplementationClassUid(uid=IMPLEMENTATION_CLASS_UID),
        ]
        for item in request.user_information:
            if isinstance(item, RoleSelection):
                items.append(item)
            if isinstance(item, UserIdentityRq) and item.positive_response_requested and self._script.answers_identity:
                items.append(UserIdentityAc(server_response=b""))
        return AssociateAc(
            called_ae_title=request.called_ae_title,
            calling_ae_title=request.calling_ae_title,
            presentation_contexts=tuple(map(self._answer_context, request.presentation_contexts)),
            user_information=tuple(items),
        )

    def _answer_context(self, context: ProposedContext) -> AnsweredContext:
        if self._script.classes and context.abstract_syntax not in self._script.classes:
            return AnsweredContext(context_id=context.context_id, result=3)
        wanted = self._script.syntaxes or context.transfer_syntaxes
        for syntax in wanted:
            if syntax in context.transfer_syntaxes:
                return AnsweredContext(context_id=context.context_id, result=0, transfer_syntax=syntax)
        return AnsweredContext(context_id=context.context_id, result=4)

    def _perform(self, wire: Wire, request: AssociateRq, received: Received) -> None:
        message, context_id = received.message, received.context_id
        match message:
            case CEchoRq():
                wire.send_message(
                    context_id, CEchoRsp(message_id_being_responded_to=message.message_id, status=self._script.final)
                )
            case CStoreRq():
                wire.send_message(context_id, self._stored(message))
            case CFindRq():
                self._find(wire, context_id, message)
            case CGetRq():
                self._get(wire, request, context_id, message)
            case CMoveRq():
                self._move(wire, context_id, message)
            case _:
                pass  # a C-CANCEL-RQ that came too late

    def _stored(self, message: CStoreRq) -> CStoreRsp:
        padding = " " if self._script.padded else ""
        return CStoreRsp(
            message_id_being_responded_to=message.message_id,
            status=self._statuses.pop(0) if self._statuses else 0,
            affected_sop_class_uid=message.affected_sop_class_uid + padding,
            affected_sop_instance_uid=message.affected_sop_instance_uid + padding,
        )

    def _find(self, wire: Wire, context_id: int, message: CFindRq) -> None:
        response = CFindRsp(message_id_being_responded_to=message.message_id, status=_PENDING)
        for number, identifier in enumerate(self._script.matches):
            wire.send_message(context_id, response, encoded(identifier, wire.syntaxes[context_id]))
            if number == 0 and self._was_cancelled(wire):
                wire.send_message(context_id, replace(response, status=_CANCELLED))
                return
        wire.send_message(context_id, replace(response, status=self._script.final))

    def _was_cancelled(self, wire: Wire) -> bool:
        if not self._script.waits_for_cancel:
            return False
        wire.sock.settimeout(_HESITATION)
        try:
            received = wire.receive_message()
        except TimeoutError:
            return False
        finally:
            wire.sock.settimeout(PATIENCE)
        return received is not None and isinstance(received.message, CCancelRq)

    def _get(self, wire: Wire, request: AssociateRq, context_id: int, message: CGetRq) -> None:
        done = failed = 0
        for number, sample in enumerate(self._script.samples):
            contexts = [
                each.context_id
                for each in request.presentation_contexts
                if each.abstract_syntax == sample.sop_class and wire.syntaxes.get(each.context_id)
            ]
            if not contexts:
                failed += 1
                continue
            store = sample.request(number + 1)
            wire.send_message(contexts[0], store, sample.encoded(wire.syntaxes[contexts[0]]))
            if wire.receive_message() is None:
                return
            done += 1
        wire.send_message(
            context_id,
            CGetRsp(
                message_id_being_responded_to=message.message_id,
                status=self._script.final,
                number_of_completed_suboperations=done,
                number_of_failed_suboperations=failed,
                number_of_warning_suboperations=0,
            ),
        )

    def _move(self, wire: Wire, context_id: int, message: CMoveRq) -> None:
        response = CMoveRsp(
            message_id_being_responded_to=message.message_id,
            status=_PENDING,
            number_of_remaining_suboperations=len(self._script.samples),
            number_of_completed_suboperations=0,
            number_of_failed_suboperations=0,
            number_of_warning_suboperations=0,
        )
        wire.send_message(context_id, response, self._script.pending_identifier)
        if self._was_cancelled(wire):
            wire.send_message(context_id, replace(response, status=_CANCELLED))
            return
        if self._script.destination:
            for arguments in self._script.moves:
                call = Call(called=message.move_destination, **arguments)
                self._moves += send_samples(call, self._script.destination)
        last = replace(
            response,
            status=self._script.final,
            number_of_remaining_suboperations=None,
            number_of_completed_suboperations=len(self._script.samples),
        )
        wire.send_message(context_id, last)
