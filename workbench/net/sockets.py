"""Sockets as an AE's settings want them: address family, buffers, Nagle's algorithm; and the one that listens."""

import errno
import socket
from contextlib import suppress
from typing import Final

from workbench.config import SocketSettings
from workbench.errors import TransportError

FAMILIES: Final = {"any": socket.AF_UNSPEC, "4": socket.AF_INET, "6": socket.AF_INET6}
"""The address families of `SocketSettings.ip_version`."""

_BACKLOG: Final = 1024


def tune(sock: socket.socket, settings: SocketSettings) -> None:
    """Sets buffers and Nagle's algorithm of a socket; the system may round or limit the size of the buffers."""
    with suppress(OSError):  # a socket of another family, or one that the peer has reset already
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, settings.no_delay)
        if settings.buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, settings.buffer)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, settings.buffer)


def is_address(host: str) -> bool:
    """Whether a host is an IPv4 or IPv6 address in digits rather than a name."""
    for family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError):
            socket.inet_pton(family, host)
            return True
    return False


def listen(host: str, port: int, settings: SocketSettings) -> socket.socket:
    """Gives a non-blocking socket that listens on an address, an empty one being all of the IP version asked for.

    Raises:
        TransportError: it cannot be bound; the message names the place and why.
    """
    place = f"{host or '*'}:{port}"
    version = settings.ip_version
    try:
        if host:
            (family, *_), *_ = socket.getaddrinfo(
                host, port, family=FAMILIES[version], type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            sock = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        elif version == "6" or (version == "any" and socket.has_dualstack_ipv6()):
            both = version == "any"
            sock = socket.create_server(("", port), family=socket.AF_INET6, backlog=_BACKLOG, dualstack_ipv6=both)
        else:
            sock = socket.create_server(("", port), family=socket.AF_INET, backlog=_BACKLOG)
    except OSError as exc:
        problem = exc.strerror or str(exc)
        if exc.errno == errno.EADDRINUSE:
            problem = "another program listens on that port"
        raise TransportError(f"cannot listen on {place}: {problem}", stage="connect") from exc
    if settings.buffer is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, settings.buffer)  # what it accepts begins with it
    sock.setblocking(False)
    return sock
