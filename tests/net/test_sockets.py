"""Sockets as the settings of an AE want them."""

import socket
from dataclasses import replace

import pytest

from tests.services.servers import LOCAL, serve
from workbench.acse.contexts import propose_classes
from workbench.config import Node, SocketSettings
from workbench.errors import ConfigError, TransportError
from workbench.net.requestor import connect
from workbench.net.sockets import is_address, listen, tune
from workbench.uids import VERIFICATION


@pytest.mark.parametrize("no_delay", [True, False])
def test_nagle_is_off_unless_asked_for(no_delay: bool) -> None:
    with socket.socket() as sock:
        tune(sock, SocketSettings(no_delay=no_delay))
        assert bool(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)) is no_delay


def test_buffers_have_the_size_asked_for() -> None:
    with socket.socket() as sock, socket.socket() as other:
        tune(sock, SocketSettings(buffer=8192))
        tune(other, SocketSettings(buffer=32768))
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):  # Linux doubles what is asked for
            assert other.getsockopt(socket.SOL_SOCKET, option) == 4 * sock.getsockopt(socket.SOL_SOCKET, option)


@pytest.mark.parametrize(
    ("version", "host", "reached"),
    [
        ("4", "", ["127.0.0.1"]),
        ("6", "", ["::1"]),
        ("any", "", ["127.0.0.1", "::1"]),
        ("any", "::1", ["::1"]),
        ("any", "127.0.0.1", ["127.0.0.1"]),
        ("6", "::1", ["::1"]),
        ("4", "127.0.0.1", ["127.0.0.1"]),
    ],
)
def test_the_ip_version_decides_who_reaches_us(version: str, host: str, reached: list[str]) -> None:
    with listen(host, 0, SocketSettings(ip_version=version)) as listener:  # type: ignore[arg-type]
        port = listener.getsockname()[1]
        answered = []
        for address in ("127.0.0.1", "::1"):
            try:
                socket.create_connection((address, port), timeout=5).close()
            except OSError:
                continue
            answered.append(address)
    assert answered == reached


def test_an_address_of_the_other_version_is_named() -> None:
    with pytest.raises(TransportError, match=r"cannot listen on 127\.0\.0\.1:0: "):
        listen("127.0.0.1", 0, SocketSettings(ip_version="6"))


async def test_a_node_is_called_over_the_version_asked_for() -> None:
    local = replace(LOCAL, bind="127.0.0.1", sockets=SocketSettings(ip_version="6"))
    async with serve() as server:
        node = Node(name="four", host="127.0.0.1", port=server.port, ae_title=server.ae_title)
        with pytest.raises(TransportError, match="cannot be resolved"):
            async with connect(node, propose_classes(VERIFICATION), local=local):
                pytest.fail("there is no such address")


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", True), ("::1", True), ("localhost", False), ("1.2.3", False), ("", False)]
)
def test_an_address_is_told_from_a_name(host: str, expected: bool) -> None:
    assert is_address(host) is expected


def test_a_buffer_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="socket buffer: 0 bytes"):
        SocketSettings(buffer=0)
