"""A node that calls a tool: proposes, sends objects, and writes down what it is answered."""

import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from tests.cli.option_client_hello import group_line
from tests.cli.option_materials import Sample
from tests.cli.option_wire import PATIENCE, Received, Wire
from workbench.dimse.messages import CEchoRq
from workbench.uids import IMPLEMENTATION_CLASS_UID, VERIFICATION
from workbench.upper_layer.items import (
    ImplementationClassUid,
    MaximumLength,
    ProposedContext,
    UserInformationItem,
)
from workbench.upper_layer.pdu import AssociateAc, AssociateRj, AssociateRq, ReleaseRp, ReleaseRq

CALLING, CALLED = "CALLER", "TOOL"
_PDV_SIZE = 60  # bytes: even a small object comes in several PDUs, so that it can be stopped in the middle


@dataclass(kw_only=True)
class Call:
    """One association that a node opens.

    Attributes:
        samples: what it sends, in this order; a context is proposed for each.
        syntaxes: the transfer syntaxes of every context; empty: that of the object.
        echoes: C-ECHO-RQs after the objects.
        anonymous: gives no implementation class UID.
        padded: pads the UIDs of its requests with a space.
        tls: makes its handshake.
        shows_group: does nothing but a handshake, and tells the group of DHE.
        server_name: for server name indication.
        lines: what it saw.
        tls_lines: what it saw of TLS.
    """

    samples: Sequence[Sample] = ()
    syntaxes: tuple[str, ...] = ()
    echoes: int = 0
    called: str = CALLED
    anonymous: bool = False
    padded: bool = False
    tls: Callable[[], ssl.SSLContext] | None = None
    server_name: str | None = None
    shows_group: bool = False
    host: str = "127.0.0.1"
    lines: list[str] = field(default_factory=list)
    tls_lines: list[str] = field(default_factory=list)

    def run(self, port: int) -> None:
        """Does all of it on a new connection."""
        with ExitStack() as stack:
            if wire := self.connect(port, stack):
                self.talk(wire)

    def connect(self, port: int, stack: ExitStack) -> Wire | None:
        """Opens the connection; None when that failed, which the lines tell."""
        try:
            sock = stack.enter_context(socket.create_connection((self.host, port), timeout=PATIENCE))
        except OSError as error:
            self.lines.append(f"no connection to {self.host}: {type(error).__name__}")
            return None
        if self.tls is None:
            return Wire(sock, self.lines)
        if self.shows_group:
            self._show_group(sock)
            return None
        try:
            secured = stack.enter_context(self.tls().wrap_socket(sock, server_hostname=self.server_name))
        except (ssl.SSLError, OSError) as error:
            self.tls_lines.append(f"no handshake: {type(error).__name__}")
            return None
        cipher = secured.cipher()
        self.tls_lines.append(f"{secured.version()} {cipher[0] if cipher else ''}")
        return Wire(secured, self.lines)

    def _show_group(self, sock: socket.socket) -> None:
        assert self.tls is not None
        try:
            self.tls_lines.append(group_line(sock, self.tls()))
        except (ssl.SSLError, OSError) as error:
            self.tls_lines.append(f"no handshake: {type(error).__name__}")

    def talk(self, wire: Wire) -> None:
        """Opens an association, sends everything, releases it."""
        if self.associate(wire) and self.store(wire) and self.echo(wire):
            wire.send(ReleaseRq())
            while (pdu := wire.receive()) and not isinstance(pdu, ReleaseRp):
                pass

    def associate(self, wire: Wire) -> bool:
        """Opens an association and tells whether it stands."""
        self.send_request(wire)
        answer = wire.receive()
        if isinstance(answer, AssociateAc):
            wire.syntaxes = {
                each.context_id: each.transfer_syntax for each in answer.presentation_contexts if not each.result
            }
            return True
        if isinstance(answer, AssociateRj):
            with suppress(OSError):
                wire.sock.shutdown(socket.SHUT_WR)
        return False

    def send_request(self, wire: Wire) -> None:
        """Sends the A-ASSOCIATE-RQ."""
        wire.send(self._request())

    def store(self, wire: Wire) -> bool:
        """Sends the objects whose context was accepted; tells whether the association still stands."""
        for number, sample in enumerate(self.samples):
            context_id = 3 + 2 * number
            if not wire.syntaxes.get(context_id):
                continue
            request = sample.request(number + 1)
            if self.padded:
                object.__setattr__(request, "affected_sop_instance_uid", sample.sop_instance + " ")
            wire.send_message(context_id, request, sample.encoded(wire.syntaxes[context_id]), size=_PDV_SIZE)
            if wire.receive_message() is None:
                return False
        return True

    def echo(self, wire: Wire) -> bool:
        """Sends the echoes; tells whether the association still stands."""
        for number in range(self.echoes if wire.syntaxes.get(1) else 0):
            wire.send_message(1, CEchoRq(message_id=100 + number, affected_sop_class_uid=VERIFICATION))
            if not isinstance(wire.receive_message(), Received):
                return False
        return True

    def _request(self) -> AssociateRq:
        items: list[UserInformationItem] = [MaximumLength(value=16384)]
        if not self.anonymous:
            items.append(ImplementationClassUid(uid=IMPLEMENTATION_CLASS_UID))
        contexts = [
            ProposedContext(context_id=1, abstract_syntax=VERIFICATION, transfer_syntaxes=("1.2.840.10008.1.2",))
        ]
        contexts += [
            ProposedContext(
                context_id=3 + 2 * number,
                abstract_syntax=sample.sop_class,
                transfer_syntaxes=self.syntaxes or (sample.syntax,),
            )
            for number, sample in enumerate(self.samples)
        ]
        return AssociateRq(
            called_ae_title=self.called,
            calling_ae_title=CALLING,
            presentation_contexts=tuple(contexts),
            user_information=tuple(items),
        )


def send_samples(call: Call, port: int) -> list[str]:
    """Sends objects as the sub-operations of a C-MOVE and gives what was seen, moved in by two spaces."""
    call.run(port)
    return [f"  {line}" for line in [*call.tls_lines, *call.lines]]
