"""What a TLS client says first, read from the socket without taking it away: suites, versions, server name."""

import socket
import struct

_SERVER_NAME, _SUPPORTED_VERSIONS = 0, 43
_VERSIONS = {0x0301: "1.0", 0x0302: "1.1", 0x0303: "1.2", 0x0304: "1.3"}


def hello_lines(sock: socket.socket) -> list[str]:
    """Gives the parts of the ClientHello (RFC 8446 4.1.2) that options decide; blocks until it is there."""
    header = _peek(sock, 5)
    record = _peek(sock, 5 + struct.unpack(">H", header[3:5])[0])[5:]
    at = 4 + 2 + 32  # handshake header, legacy version, random
    at += 1 + record[at]  # session
    length = struct.unpack_from(">H", record, at)[0]
    suites = struct.unpack_from(f">{length // 2}H", record, at + 2)
    at += 2 + length
    at += 1 + record[at]  # compression
    lines = [f"suites {' '.join(f'{suite:04X}' for suite in suites)}"]
    end = at + 2 + struct.unpack_from(">H", record, at)[0]
    at += 2
    while at < end:
        kind, length = struct.unpack_from(">HH", record, at)
        value = record[at + 4 : at + 4 + length]
        if kind == _SERVER_NAME:
            lines.append(f"server name {value[5:].decode('ascii')}")
        if kind == _SUPPORTED_VERSIONS:
            lines.append(f"versions {[_VERSIONS.get(each) for each in struct.unpack(f'>{value[0] // 2}H', value[1:])]}")
        at += 4 + length
    return lines


def _peek(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data = sock.recv(count, socket.MSG_PEEK | socket.MSG_WAITALL)
        if not data:
            raise ConnectionResetError("closed in the middle of a ClientHello")
    return data
