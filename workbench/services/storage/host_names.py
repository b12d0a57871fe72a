"""Names of hosts by their addresses, looked up aside and not for long: no transfer hangs on a name server."""

import asyncio
import socket
from typing import Final

_PATIENCE: Final = 2.0  # seconds
_MOST: Final = 1024  # addresses whose names are remembered


class HostNames:
    """Looks names up, and remembers them as long as it lives."""

    def __init__(self) -> None:
        """Knows no name yet."""
        self._names: dict[str, str] = {}
        self._asked: dict[str, asyncio.Event] = {}

    async def name_of(self, address: str) -> str:
        """Gives the name of an address; the address itself when it has none, or none is told in time."""
        while (asked := self._asked.get(address)) is not None:
            await asked.wait()
        known = self._names.get(address)
        if known is not None:
            return known
        answered = self._asked[address] = asyncio.Event()
        try:
            async with asyncio.timeout(_PATIENCE):
                name, _ = await asyncio.get_running_loop().getnameinfo((address, 0), socket.NI_NAMEREQD)
        except (OSError, TimeoutError):
            name = address
        finally:
            del self._asked[address]
            answered.set()
        if len(self._names) < _MOST:
            self._names[address] = name
        return name
