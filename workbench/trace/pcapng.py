"""Captures written by us: pcapng files that other tools for captures read (draft-ietf-opsawg-pcapng).

What crosses a transport connection is written as TCP segments that could have carried it, with addresses, ports and
sequence numbers, so that a dissector joins and decodes them. Where the connection is secured by TLS, the file holds
what is inside of it.
"""

import ipaddress
import logging
import struct
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Final, Self

from workbench.errors import ConfigError
from workbench.uids import IMPLEMENTATION_VERSION_NAME
from workbench.upper_layer.fields import Buffer

_log = logging.getLogger(__name__)

_SECTION: Final = 0x0A0D0D0A
_BYTE_ORDER: Final = 0x1A2B3C4D
_INTERFACE: Final = 1
_ENHANCED_PACKET: Final = 6
_RAW_IP: Final = 101  # LINKTYPE_RAW: packets begin with the IP header
_OPT_COMMENT: Final = 1
_SHB_USERAPPL: Final = 4
_SYN, _ACK, _PUSH, _FIN = 0x02, 0x10, 0x08, 0x01
_SEGMENT: Final = 65000  # bytes; the length in an IPv4 header has 16 bits and counts the headers
_WINDOW: Final = 0xFFFF
_TTL: Final = 64
_TCP: Final = 6


class CaptureWriter:
    """Writes a capture; a `WireTap`, and a context manager that closes its file."""

    def __init__(self, file: BinaryIO, *, clock: Callable[[], float] = time.time) -> None:
        """Begins the file with its section and its one interface; `clock` gives seconds since the epoch."""
        self._file = file
        self._is_broken = False
        self._clock = clock
        self._flows: dict[int, _Flow] = {}
        program = _option(_SHB_USERAPPL, IMPLEMENTATION_VERSION_NAME.encode())
        self._block(_SECTION, struct.pack("<IHHq", _BYTE_ORDER, 1, 0, -1) + program + bytes(4))
        self._block(_INTERFACE, struct.pack("<HHI", _RAW_IP, 0, 0))

    @classmethod
    def create(cls, path: str | Path) -> Self:
        """Makes the file, in the place of one that is there.

        Raises:
            ConfigError: it cannot be written; the message names it.
        """
        try:
            return cls(open(path, "wb"))
        except OSError as error:
            raise ConfigError(f"the trace cannot be written to {path}: {error.strerror or error}") from error

    def __enter__(self) -> Self:
        """Gives itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the file."""
        try:
            self._file.close()
        except OSError as error:
            self._break(error)

    def opened(self, association: int, local: str, peer: str, *, is_requestor: bool) -> None:
        """Writes the three segments that open a connection; the first says in a comment which association it is."""
        flow = _Flow(local, peer)
        self._flows[association] = flow
        first, second = (flow.sent, flow.received) if is_requestor else (flow.received, flow.sent)
        self._packet(first(b"", _SYN), f"association {association}")
        self._packet(second(b"", _SYN | _ACK))
        self._packet(first(b"", _ACK))

    def sent(self, association: int, buffers: Sequence[Buffer]) -> None:
        """Writes what we sent."""
        if flow := self._flows.get(association):
            self._data(flow.sent, buffers)

    def received(self, association: int, data: Buffer) -> None:
        """Writes what the peer sent."""
        if flow := self._flows.get(association):
            self._data(flow.received, (data,))

    def closed(self, association: int) -> None:
        """Writes the segments that close the connection, and what is in memory to the disk."""
        flow = self._flows.pop(association, None)
        if flow is not None:
            self._packet(flow.sent(b"", _FIN | _ACK))
            self._packet(flow.received(b"", _FIN | _ACK))
            self._packet(flow.sent(b"", _ACK))
            self._flush()

    def _data(self, segment: "Callable[[bytes, int], bytes]", buffers: Iterable[Buffer]) -> None:
        joined = b"".join(buffers)
        for start in range(0, len(joined), _SEGMENT):
            self._packet(segment(joined[start : start + _SEGMENT], _ACK | _PUSH))

    def _packet(self, packet: bytes, comment: str = "") -> None:
        microseconds = int(self._clock() * 1e6)
        padding = bytes(-len(packet) % 4)
        head = struct.pack("<IIIII", 0, microseconds >> 32, microseconds & 0xFFFFFFFF, len(packet), len(packet))
        options = _option(_OPT_COMMENT, comment.encode()) + bytes(4) if comment else b""
        self._block(_ENHANCED_PACKET, head + packet + padding + options)

    def _block(self, kind: int, body: bytes) -> None:
        if self._is_broken:
            return
        length = len(body) + 12
        try:
            self._file.write(struct.pack("<II", kind, length) + body + struct.pack("<I", length))
        except OSError as error:
            self._break(error)

    def _flush(self) -> None:
        try:
            self._file.flush()
        except OSError as error:
            self._break(error)

    def _break(self, error: OSError) -> None:
        """Ends the capture, and not what is captured: a disk may be full."""
        if not self._is_broken:
            self._is_broken = True
            name = getattr(self._file, "name", "the capture")
            _log.warning("! the trace is not complete: %s cannot be written: %s", name, error.strerror or error)


class _Flow:
    """One TCP connection: the numbers of both directions."""

    def __init__(self, local: str, peer: str) -> None:
        self._local = _endpoint(local)
        self._peer = _endpoint(peer)
        if self._local[0].version != self._peer[0].version:  # a mapped address on one side only
            self._local, self._peer = _mapped(self._local), _mapped(self._peer)
        self._our_number = self._their_number = 0

    def sent(self, data: bytes, flags: int) -> bytes:
        """Gives the packet of a segment that we sent."""
        packet = _packet(self._local, self._peer, self._our_number, self._their_number, data, flags)
        self._our_number += _length(data, flags)
        return packet

    def received(self, data: bytes, flags: int) -> bytes:
        """Gives the packet of a segment that the peer sent."""
        packet = _packet(self._peer, self._local, self._their_number, self._our_number, data, flags)
        self._their_number += _length(data, flags)
        return packet


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Endpoint = tuple[_Address, int]


def _length(data: bytes, flags: int) -> int:
    return len(data) + bool(flags & (_SYN | _FIN))


def _endpoint(place: str) -> _Endpoint:
    """Reads "host:port"; an address that the system does not tell stands as that of nobody."""
    host, _, port = place.rpartition(":")
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]), int(port)
    except ValueError:
        return ipaddress.IPv4Address(0), 0


def _mapped(endpoint: _Endpoint) -> _Endpoint:
    address, port = endpoint
    return (ipaddress.IPv6Address(f"::ffff:{address}") if address.version == 4 else address), port


def _packet(source: _Endpoint, target: _Endpoint, number: int, answer: int, data: bytes, flags: int) -> bytes:
    header = struct.pack(
        ">HHIIBBHHH",
        source[1],
        target[1],
        number & 0xFFFFFFFF,
        answer & 0xFFFFFFFF if flags & _ACK else 0,
        5 << 4,
        flags,
        _WINDOW,
        0,
        0,
    )
    addresses = source[0].packed + target[0].packed
    pseudo = addresses + struct.pack(">IBBBB", len(header) + len(data), 0, 0, 0, _TCP)
    checksum = _checksum(pseudo + header + data)
    segment = header[:16] + struct.pack(">H", checksum) + header[18:] + data
    if source[0].version == 4:
        plain = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0x4000, _TTL, _TCP, 0)
        checksum = _checksum(plain + addresses)
        return plain[:10] + struct.pack(">H", checksum) + addresses + segment
    return struct.pack(">IHBB", 6 << 28, len(segment), _TCP, _TTL) + addresses + segment


def _checksum(data: bytes) -> int:
    """Gives the Internet checksum (RFC 1071)."""
    padded = data + bytes(len(data) % 2)
    return ~(int.from_bytes(padded, "big") % 0xFFFF) & 0xFFFF  # the sum of 16-bit words with end-around carry


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)
