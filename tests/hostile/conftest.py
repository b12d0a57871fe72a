"""One archive with a few objects for all attacks."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.target import LOCAL, Target, archive
from tests.support.instances import make_instance
from workbench.config import Node
from workbench.services.storage.sending import Sending
from workbench.storage.part10 import scan

STORED = 4


@pytest.fixture(scope="package")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The archive; it outlives all that is done to it."""
    folder = tmp_path_factory.mktemp("outer") / "archive"
    with archive(folder) as running:
        asyncio.run(_fill(running.node, tmp_path_factory.mktemp("sources")))
        yield running
        assert running.is_alive


async def _fill(node: Node, folder: Path) -> None:
    instances = [scan(make_instance(folder, "CT")) for _ in range(STORED)]
    summary = await Sending(instances, node, LOCAL).run()
    assert summary.stored == STORED
