"""The other end of a tool's connection, PDU by PDU on a blocking socket, and what it saw as lines of text."""

import socket
import ssl
import struct
from dataclasses import dataclass

from tests.cli.option_rendering import data_set_lines, message_line, request_lines
from workbench.dimse.command_set import decode_command, encode_command
from workbench.dimse.messages import Message
from workbench.upper_layer.pdu import (
    Abort,
    AssociateAc,
    AssociateRj,
    AssociateRq,
    PDataTf,
    Pdu,
    Pdv,
    ReleaseRp,
    ReleaseRq,
    decode_pdu,
    encode_pdu,
)

PATIENCE = 20.0  # seconds; an end that says nothing for so long has failed the test
_HEADER = 6


@dataclass(frozen=True, slots=True)
class Received:
    """A whole message: its context, its command, its data set."""

    context_id: int
    message: Message
    data_set: bytes | None


class Wire:
    """One connection: sends what it is told, and writes down what arrives.

    Attributes:
        lines: what arrived, in order.
        syntaxes: the transfer syntax of each context, for reading data sets.
        largest: the length of the longest P-DATA-TF that arrived.
    """

    def __init__(self, sock: socket.socket, lines: list[str]) -> None:
        sock.settimeout(PATIENCE)
        self.sock = sock
        self.lines = lines
        self.syntaxes: dict[int, str] = {}
        self.largest = 0
        self._pdvs: list[Pdv] = []

    def send(self, *pdus: Pdu) -> None:
        """Sends PDUs; an end that has gone is seen when the next one is awaited."""
        try:
            self.sock.sendall(b"".join(map(encode_pdu, pdus)))
        except OSError as error:
            self.lines.append(f"cannot be sent to: {type(error).__name__}")

    def send_message(
        self, context_id: int, message: Message, data_set: bytes | None = None, *, size: int = 16000
    ) -> None:
        """Sends a command and the data set that belongs to it, each in as many PDUs as it needs."""
        self.send(*_fragments(context_id, encode_command(message, has_data_set=data_set is not None), True, size))
        if data_set is not None:
            self.send(*_fragments(context_id, data_set, False, size))

    def receive(self) -> Pdu | None:
        """Gives the next PDU; None when the other end has closed or reset the connection."""
        try:
            header = self._exactly(_HEADER)
            body = self._exactly(struct.unpack(">I", header[2:])[0]) if header else b""
        except (ConnectionError, ssl.SSLError):
            header = b""
        if not header:
            self.lines.append("closed")
            return None
        pdu = decode_pdu(header + body)
        if isinstance(pdu, PDataTf):
            self.largest = max(self.largest, len(body))
        else:
            self.lines += _pdu_lines(pdu)
        return pdu

    def receive_message(self) -> Received | None:
        """Gives the next message; None when the association ended instead, which the lines tell."""
        while True:
            for number, pdv in enumerate(self._pdvs):
                if pdv.is_command and pdv.is_last:
                    command = b"".join(each.data for each in self._pdvs[: number + 1])
                    message, has_data_set = decode_command(command)
                    ends = [at for at, each in enumerate(self._pdvs) if each.is_last and not each.is_command]
                    if has_data_set and not ends:
                        break
                    end = ends[0] if has_data_set else number
                    data_set = b"".join(each.data for each in self._pdvs[number + 1 : end + 1])
                    self._pdvs = self._pdvs[end + 1 :]
                    return self._tell(Received(pdv.context_id, message, data_set if has_data_set else None))
            pdu = self.receive()
            if not isinstance(pdu, PDataTf):
                if isinstance(pdu, ReleaseRq):
                    self.send(ReleaseRp())
                return None
            self._pdvs += pdu.pdvs

    def _tell(self, received: Received) -> Received:
        self.lines.append(f"{received.context_id}: {message_line(received.message)}")
        if received.data_set is not None:
            syntax = self.syntaxes.get(received.context_id, "")
            self.lines += [f"    {line}" for line in data_set_lines(received.data_set, syntax)]
        return received

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.sock.recv(count - len(data))
            if not more:
                return b""
            data += more
        return data


def _fragments(context_id: int, data: bytes, is_command: bool, size: int) -> list[PDataTf]:
    starts = range(0, len(data), size) or range(1)
    return [
        PDataTf(
            pdvs=(
                Pdv(
                    context_id=context_id,
                    is_command=is_command,
                    is_last=start + size >= len(data),
                    data=data[start : start + size],
                ),
            )
        )
        for start in starts
    ]


def _pdu_lines(pdu: Pdu) -> list[str]:
    match pdu:
        case AssociateRq():
            return ["A-ASSOCIATE-RQ", *request_lines(pdu)]
        case AssociateAc():
            contexts = [
                f"  {each.context_id}: {each.result} {each.transfer_syntax}" for each in pdu.presentation_contexts
            ]
            items = [f"  {item}" for item in pdu.user_information]
            return [f"A-ASSOCIATE-AC called {pdu.called_ae_title} calling {pdu.calling_ae_title}", *contexts, *items]
        case AssociateRj() | Abort():
            return [str(pdu)]
        case _:
            return [type(pdu).__name__]
