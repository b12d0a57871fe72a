"""A proxy that makes loopback a long way: `python -m tests.benchmark.delay PORT MILLISECONDS`.

What comes from either side is passed on that many milliseconds later, in order and without a limit to the rate, as a
line of that length does it. It tells where it listens and runs until it is ended.
"""

import asyncio
import sys
from collections import deque

_CHUNK = 2**18


class Line:
    """One direction of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
        self._reader = reader
        self._writer = writer
        self._seconds = seconds
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._something = asyncio.Event()

    async def run(self) -> None:
        """Passes on until the end of the connection, which it passes on, too."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._take())
            group.create_task(self._give())

    async def _take(self) -> None:
        loop = asyncio.get_running_loop()
        data = b"?"
        while data:
            try:
                data = await self._reader.read(_CHUNK)
            except ConnectionError:
                data = b""
            self._under_way.append((loop.time() + self._seconds, data))
            self._something.set()

    async def _give(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while not self._under_way:
                self._something.clear()
                await self._something.wait()
            due, data = self._under_way.popleft()
            await asyncio.sleep(max(0.0, due - loop.time()))
            try:
                if not data:
                    self._writer.close()
                    return
                self._writer.write(data)
                await self._writer.drain()
            except ConnectionError:
                return


async def serve(target: int, seconds: float) -> None:
    """Passes every connection on to the target port of loopback."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target, limit=_CHUNK)
        async with asyncio.TaskGroup() as group:
            group.create_task(Line(reader, far_writer, seconds).run())
            group.create_task(Line(far_reader, writer, seconds).run())

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=_CHUNK)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]) / 1000))
