"""Our C-FIND SCU: `python -m tests.benchmark.find_scu PORT COUNT REPEAT`."""

import asyncio
import sys

from workbench.config import LocalAe, Node
from workbench.net.requestor import connect
from workbench.services.query.find import find, find_contexts, query_for
from workbench.services.query.models import STUDY_ROOT

HOST = "127.0.0.1"


async def ask(port: int, count: int, repeat: int) -> int:
    """Asks for all studies, or for none when `count` is 0; gives the exit code: 0 when all answers came."""
    node = Node(name="archive", host=HOST, port=port, ae_title="ARCHIVE")
    identifier = query_for("STUDY", **({} if count else {"StudyInstanceUID": "1.2.3"}))
    received = 0
    async with connect(node, find_contexts([STUDY_ROOT]), local=LocalAe(ae_title="SCU")) as association:
        for _ in range(repeat):
            async with find(association, STUDY_ROOT, identifier) as query:
                async for match in query:
                    received += bool(match.data)
    return 0 if received == count else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(ask(*map(int, sys.argv[1:]))))
