"""Names of hosts."""

import asyncio
import socket
from typing import Any

import pytest

from workbench.services.storage import host_names
from workbench.services.storage.host_names import HostNames


async def test_a_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def getnameinfo(_: Any, address: tuple[str, int], flags: int) -> tuple[str, str]:
        asked.append((address, flags))
        await asyncio.sleep(0)
        return "host.example", "0"

    monkeypatch.setattr(asyncio.get_running_loop().__class__, "getnameinfo", getnameinfo)
    names = HostNames()
    assert await asyncio.gather(*(names.name_of("192.0.2.1") for _ in range(3))) == ["host.example"] * 3
    assert await names.name_of("192.0.2.1") == "host.example"
    assert asked == [(("192.0.2.1", 0), socket.NI_NAMEREQD)]


@pytest.mark.parametrize("fault", ["unknown", "silent"])
async def test_without_a_name_it_is_the_address(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    async def getnameinfo(*_: Any) -> tuple[str, str]:
        if fault == "silent":
            await asyncio.Event().wait()
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(asyncio.get_running_loop().__class__, "getnameinfo", getnameinfo)
    monkeypatch.setattr(host_names, "_PATIENCE", 0.01)
    assert await HostNames().name_of("192.0.2.1") == "192.0.2.1"
