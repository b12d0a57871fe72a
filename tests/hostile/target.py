"""The archive as the process that it is, watched while it is attacked: its memory, and how long others wait."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from workbench.acse.contexts import propose_classes
from workbench.config import LocalAe, Node, Timeouts
from workbench.dimse.messages import CEchoRq
from workbench.net.requestor import connect
from workbench.net.tasks import TaskKeeper
from workbench.uids import VERIFICATION

LOCAL = LocalAe(ae_title="ATTACKER", port=0, timeouts=Timeouts(connect=10, acse=10, dimse=20, idle=20))

PATIENCE = 2.0
"""Seconds that a C-ECHO of another association may take meanwhile, on a busy machine; alone it takes a millisecond."""


@dataclass(frozen=True)
class Target:
    """An archive that runs.

    Attributes:
        folder: where it keeps what it is sent.
    """

    node: Node
    process: "subprocess.Popen[str]"
    folder: Path

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def mebibytes(self) -> float:
        """Its resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        match = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert match is not None
        return int(match.group(1)) / 1024


@contextmanager
def archive(folder: Path, *arguments: str) -> Iterator[Target]:
    """Gives an archive in a folder once it listens; it is killed in the end."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "workbench", "qrscp", "0", "--bind", "127.0.0.1", "--commitment"),
            *("-ta", "5", "-td", "5", "-od", str(folder), *arguments),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    reader: Thread | None = None
    try:
        ports = (re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line) for line in process.stderr)
        port = next(int(match.group(1)) for match in ports if match)
        reader = Thread(target=process.stderr.read, name="what the archive says")  # a full pipe would stop it
        reader.start()
        yield Target(Node(name="archive", host="127.0.0.1", port=port, ae_title="QRSCP"), process, folder)
    finally:
        process.kill()
        process.wait()
        if reader is not None:
            reader.join()
        process.stderr.close()


@dataclass
class Waits:
    """How long the C-ECHOs of somebody else took."""

    seconds: list[float] = field(default_factory=list)
    _further: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, seconds: float) -> None:
        """Takes one more."""
        self.seconds.append(seconds)
        self._further.set()

    async def several(self) -> None:
        """Returns when some more were answered."""
        for _ in range(20):
            self._further.clear()
            await self._further.wait()


@asynccontextmanager
async def others_are_served(target: Target, *, growth: float = 64) -> AsyncIterator[Waits]:
    """Asks by C-ECHO on an association of its own all the while; in the end, nobody waited long.

    Args:
        growth: mebibytes by which the memory of the archive may have grown.
    """
    before, waits, tasks = target.mebibytes(), Waits(), TaskKeeper()
    async with connect(target.node, propose_classes(VERIFICATION), local=LOCAL) as association:
        loop = asyncio.get_running_loop()

        async def ask() -> None:
            start = loop.time()
            await association.request(
                CEchoRq(message_id=association.next_message_id(), affected_sop_class_uid=VERIFICATION)
            )
            waits.add(loop.time() - start)

        async def keep_asking() -> None:
            while True:
                await ask()

        task = tasks.start(keep_asking(), name="others")
        try:
            yield waits
        finally:
            await tasks.cancel_all()
        if task.done() and not task.cancelled():
            task.result()
    async with connect(target.node, propose_classes(VERIFICATION), local=LOCAL) as association:
        await ask()
    assert target.is_alive
    assert max(waits.seconds) < PATIENCE
    assert target.mebibytes() - before < growth
