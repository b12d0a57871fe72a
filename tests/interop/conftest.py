"""What the tests with other makers' peers share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.background import background
from tests.support.instances import make_set
from workbench.config import Node
from workbench.dimse.messages import CStoreRq
from workbench.services.storage import StorageScp


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Gives CT, MR, multi-frame US, PDF and SR in each transfer syntax that suits them."""
    return make_set(tmp_path_factory.mktemp("samples"))


class Receiver:
    """Our storage SCP: the node that it is to others, and the folder it fills."""

    def __init__(self, node: Node, folder: Path) -> None:
        self.node = node
        self.folder = folder

    @property
    def address(self) -> tuple[str, str]:
        """Gives host and port as command lines take them."""
        return self.node.host, str(self.node.port)

    def file(self, sop_instance_uid: str) -> Path:
        """Gives the file of an object, which must be there."""
        (path,) = self.folder.glob(f"*.{sop_instance_uid}")
        return path


@contextmanager
def _receiving(folder: Path) -> Iterator[Receiver]:
    scp = StorageScp(folder)
    try:
        with background({CStoreRq.COMMAND_FIELD: scp.handler}) as node:
            yield Receiver(node, folder)
    finally:
        scp.close()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """Gives our storage SCP, running."""
    folder = tmp_path / "received"
    folder.mkdir()
    with _receiving(folder) as receiver:
        yield receiver
