"""Negotiation with others, PDU by PDU: what their tools propose, and what a port answers to a proposal of ours."""

import select
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.interop.peers import PATIENCE
from workbench.acse.negotiate import request_association
from workbench.upper_layer.items import ProposedContext, UserInformationItem
from workbench.upper_layer.pdu import Abort, AssociateAc, AssociateRj, AssociateRq, Pdu, decode_pdu, encode_pdu

_HEADER: Final = 6  # bytes before the length of a PDU ends


def answer_of(port: int, contexts: Sequence[ProposedContext], items: Sequence[UserInformationItem] = ()) -> AssociateAc:
    """Gives what a port of loopback answers to a proposal; the association is aborted at once."""
    request = request_association(
        called_ae_title="ANY-SCP", calling_ae_title="TEST", contexts=contexts, user_information=items
    )
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(encode_pdu(request))
        answer = read_pdu(connection)
        connection.sendall(encode_pdu(Abort(source=0, reason=0)))
    assert isinstance(answer, AssociateAc)
    return answer


def read_pdu(connection: socket.socket) -> Pdu:
    """Gives the next PDU that comes."""
    data = bytearray()
    while len(data) < _HEADER or len(data) < _HEADER + int.from_bytes(data[2:_HEADER]):
        part = connection.recv(65536)
        assert part, "the peer is gone"
        data += part
    return decode_pdu(bytes(data))


def proposed_by(tool: Sequence[str | Path], *arguments: str | Path) -> AssociateRq | None:
    """Gives what a requestor proposes; None when it ends without a proposal.

    Args:
        tool: its command and options, before host and port.
        arguments: what follows the port.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        command: list[str | Path] = [*tool, "127.0.0.1", str(server.getsockname()[1]), *arguments]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while not select.select([server], [], [], 0.05)[0]:
                if process.poll() is not None:
                    return None
            with server.accept()[0] as connection:
                connection.settimeout(PATIENCE)
                request = read_pdu(connection)
                connection.sendall(encode_pdu(AssociateRj(result=1, source=1, reason=1)))
                process.wait(PATIENCE)
    assert isinstance(request, AssociateRq)
    return request
