"""An SCP of a folder with an association to it, and a subscriber that listens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.services.servers import LOCAL
from tests.services.ups.steps import clock
from workbench.config import Node
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.offers import serve
from workbench.services.ups.listener import EventListener, UpsEvent
from workbench.services.ups.scp import UpsScp
from workbench.services.ups.scu import (
    ups_contexts,
)


class Watcher:
    """A subscriber with a listener of its own."""

    def __init__(self) -> None:
        self.events: list[UpsEvent] = []
        self.node: Node | None = None

    def find(self, ae_title: str) -> Node | None:
        return self.node if ae_title == "WATCHER" else None

    @property
    def told(self) -> list[str]:
        return [str(event.information.get("ProcedureStepState", event.type.name)) for event in self.events]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Watcher"]:
        async with serve(LOCAL, [EventListener(self.events.append).offer]) as server:
            self.node = Node(name="w", host="127.0.0.1", port=server.address[1], ae_title="WATCHER")
            yield self


@asynccontextmanager
async def serving(
    folder: Path, watcher: Watcher | None = None, **options: Any
) -> AsyncIterator[tuple[UpsScp, Association]]:
    """Gives an SCP with the folder and an association with it."""
    nodes = watcher.find if watcher else None
    async with (
        UpsScp(folder, LOCAL, nodes, clock=options.pop("clock", clock), pause=0, **options) as scp,
        serve(LOCAL, [scp.offer]) as server,
    ):
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, ups_contexts(), local=LOCAL) as association:
            yield scp, association


def copy_of(folder: Path) -> Path:
    """Copies what the disk holds while the SCP runs: what a crash leaves."""
    copy = folder / "copy"
    copy.mkdir()
    for file in folder.glob("ups.sqlite*"):
        (copy / file.name).write_bytes(file.read_bytes())
    return copy
