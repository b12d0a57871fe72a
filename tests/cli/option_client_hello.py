"""What is said in the clear of a TLS handshake: what a client offers, and the group that a server takes for DHE."""

import hashlib
import socket
import ssl
import struct

_SERVER_NAME, _SUPPORTED_VERSIONS = 0, 43
_HANDSHAKE_RECORD, _SERVER_KEY_EXCHANGE = 22, 12
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


def group_line(sock: socket.socket, context: ssl.SSLContext) -> str:
    """Makes the handshake of TLS 1.2 as client with a DHE suite and names the prime of the server's group."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    machine = context.wrap_bio(incoming, outgoing)
    heard = b""
    while True:
        try:
            machine.do_handshake()
            break
        except ssl.SSLWantReadError:
            sock.sendall(outgoing.read())
            data = sock.recv(1 << 16)
            heard += data
            incoming.write(data)
            if not data:
                raise
    sock.sendall(outgoing.read())
    return f"group {hashlib.sha256(_prime(heard)).hexdigest()[:8]}"


def _prime(heard: bytes) -> bytes:
    """Gives the prime of the ServerKeyExchange (RFC 5246 7.4.3) in the records of a server."""
    messages = b""
    while heard and heard[0] == _HANDSHAKE_RECORD:
        length = struct.unpack_from(">H", heard, 3)[0]
        messages, heard = messages + heard[5 : 5 + length], heard[5 + length :]
    while messages[0] != _SERVER_KEY_EXCHANGE:
        messages = messages[4 + int.from_bytes(messages[1:4], "big") :]
    return messages[6 : 6 + struct.unpack_from(">H", messages, 4)[0]]


def _peek(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data = sock.recv(count, socket.MSG_PEEK | socket.MSG_WAITALL)
        if not data:
            raise ConnectionResetError("closed in the middle of a ClientHello")
    return data
