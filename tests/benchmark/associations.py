"""Opens associations one after the other, each for one echo: `python -m tests.benchmark.associations PORT COUNT`.

A program of its own, so that only what the library costs is measured. With port 0 it also is the SCP, on the same
loop, so that tasks of both ends are counted. Prints one line of JSON; the figures of memory are taken after a tenth of
the associations and at the end.
"""

import asyncio
import gc
import json
import os
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from tests.benchmark.measuring import status_bytes
from workbench.acse.contexts import propose
from workbench.acse.policy import storage_policy
from workbench.config import LocalAe, Node
from workbench.dimse.messages import CEchoRq
from workbench.dimse.status import SUCCESS
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.services.verification import VERIFICATION_NEED, echo, echo_handler

HOST = "127.0.0.1"


class Residue(NamedTuple):
    """What a process holds: resident bytes, open descriptors, tasks."""

    resident: int
    descriptors: int
    tasks: int


def residue_of(process: int | str, *, tasks: int = 0) -> Residue:
    """Gives what a process holds, "self" for this one; zeros where the system does not tell."""
    folder = Path(f"/proc/{process}/fd")
    descriptors = len(os.listdir(folder)) if folder.is_dir() else 0
    return Residue(status_bytes(process, "VmRSS"), descriptors, tasks)


async def run(port: int, count: int) -> dict[str, float]:
    """Opens the associations and gives the seconds and what they left behind."""
    async with AsyncExitStack() as stack:
        if not port:
            local = LocalAe(ae_title="SCP", bind=HOST, port=0)
            handlers = {CEchoRq.COMMAND_FIELD: echo_handler}
            server = await stack.enter_async_context(ScpServer(local, storage_policy([]), handlers))
            port = server.address[1]
        await _associate(port, max(1, count // 10))
        before = _residue()
        begin = time.perf_counter()
        await _associate(port, count)
        seconds = time.perf_counter() - begin
        after = _residue()
    growth = {name: getattr(after, name) - getattr(before, name) for name in Residue._fields}
    return {"seconds": seconds, **growth}


async def _associate(port: int, count: int) -> None:
    node = Node(name="SCP", host=HOST, port=port, ae_title="SCP")
    local = LocalAe(ae_title="SCU")
    (contexts,) = propose([(VERIFICATION_NEED[0], (VERIFICATION_NEED[1],))])
    for _ in range(count):
        async with connect(node, contexts, local=local) as association:
            reply = await echo(association)
            assert reply.message.status == SUCCESS


def _residue() -> Residue:
    gc.collect()
    return residue_of("self", tasks=len(asyncio.all_tasks()))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(int(sys.argv[1]), int(sys.argv[2])))))
