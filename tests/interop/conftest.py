"""What the tests with other makers' peers share: samples, our receiver, and the fixtures that fill the matrix."""

import asyncio
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pynetdicom.dimse import DIMSEServiceProvider

from tests.cli.background import background
from tests.interop.matrix import ALONE, PROPERTY, WRITE, OurRole, check_foreign, ledger_of, write
from tests.services.query.archives import ROOT, make_archive, make_object
from tests.support.instances import make_set
from workbench.acse.agreement import Agreement
from workbench.config import LocalAe, Node
from workbench.dimse.messages import CStoreRq
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.storage.scp import StorageScp
from workbench.services.verification import VERIFICATION_CONTEXTS
from workbench.upper_layer.pdu import AssociateRq

MANY = 300
"""Images in the archive `large`."""


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Gives CT, MR, multi-frame US, PDF and SR in each transfer syntax that suits them."""
    return make_set(tmp_path_factory.mktemp("samples"))


@pytest.fixture(autouse=True)
def only_the_caller_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the thread of a pynetdicom requestor from taking the response that a call of `send_…` waits for.

    Its pause is seen before the thread has really stopped when two calls follow each other at once. It has nothing to
    take: C-STORE requests in a C-GET are taken by the call, N-EVENT-REPORTs by a thread of their own.
    """
    taken = DIMSEServiceProvider.get_msg

    def get_msg(provider: DIMSEServiceProvider, block: bool = False) -> Any:
        return taken(provider, block) if block or provider.assoc.is_acceptor else (None, None)

    monkeypatch.setattr(DIMSEServiceProvider, "get_msg", get_msg)


Proves = Callable[[str, OurRole, str, str], None]
ProvesAlone = Callable[[str, OurRole], None]


@pytest.fixture
def on_the_wire(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Gives the implementation class UIDs of the peers of this test's associations, as they are established."""
    uids: set[str] = set()
    established = Association.established

    def noting(association: Association, request: AssociateRq, agreement: Agreement) -> None:
        uids.add(agreement.peer_implementation_class_uid)
        established(association, request, agreement)

    monkeypatch.setattr(Association, "established", noting)
    return uids


@pytest.fixture
def proves(request: pytest.FixtureRequest, on_the_wire: set[str]) -> Proves:
    """Gives `proves(service, role, peer, implementation_class_uid)`: the matrix counts it when the test passes.

    `role` is ours; the UID is one that a peer gave on the wire during this test, and another maker's.
    """

    def prove(service: str, role: OurRole, peer: str, implementation_class_uid: str) -> None:
        check_foreign(peer, implementation_class_uid)
        assert implementation_class_uid in on_the_wire, f"no peer said {implementation_class_uid} in this test"
        request.node.user_properties.append((PROPERTY, f"{service}|{role}|{peer}"))

    return prove


@pytest.fixture
def proves_alone(request: pytest.FixtureRequest) -> ProvesAlone:
    """Gives `proves_alone(service, role)`: shown by two instances of ours and by bytes, for want of a peer."""

    def prove(service: str, role: OurRole) -> None:
        request.node.user_properties.append((PROPERTY, f"{service}|{role}|{ALONE}"))

    return prove


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Enters the outcome of each test of this folder in the ledger."""
    report = yield
    ledger_of(item.config).take(item, report)
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Lets the test of the matrix see what all others showed: it comes last."""
    here = Path(__file__).parent
    ledger_of(config).modules.update(item.path.name for item in items if item.path.parent == here)
    items.sort(key=lambda item: item.path == here / "test_matrix.py" and item.name.startswith("test_the_committed"))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Notes that not all tests run."""
    if items:
        ledger_of(items[0].config).is_partial = True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Writes the matrix where that was asked for."""
    if os.environ.get(WRITE):
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        assert reporter is not None
        reporter.write_line(f"\n{write(ledger_of(session.config))}")


class Receiver:
    """Our storage SCP: the node that it is to others, the folder it fills, and who called it.

    Attributes:
        callers: the implementation class UIDs of those who opened associations.
    """

    def __init__(self, node: Node, folder: Path, callers: set[str]) -> None:
        self.node = node
        self.folder = folder
        self.callers = callers

    @property
    def caller(self) -> str:
        """Gives the implementation class UID of the one who called; several must be of one implementation."""
        (uid,) = self.callers
        return uid

    @property
    def address(self) -> tuple[str, str]:
        """Gives host and port as command lines take them."""
        return self.node.host, str(self.node.port)

    def file(self, sop_instance_uid: str) -> Path:
        """Gives the file of an object, which must be there."""
        (path,) = self.folder.glob(f"*.{sop_instance_uid}")
        return path


def callers_into(uids: set[str]) -> Callable[[Association], None]:
    """Gives an observer for a server of ours: it notes the implementation class UID of each requestor."""
    return lambda association: uids.add(association.agreement.peer_implementation_class_uid)


def implementation_of(port: int, ae_title: str = "ANY-SCP") -> str:
    """Gives the implementation class UID of the peer that listens on a port of loopback, as it answers an echo."""

    async def ask() -> str:
        node = Node(name="peer", host="127.0.0.1", port=port, ae_title=ae_title)
        async with connect(node, VERIFICATION_CONTEXTS, local=LocalAe()) as association:
            return association.agreement.peer_implementation_class_uid

    return asyncio.run(ask())


@contextmanager
def _receiving(folder: Path) -> Iterator[Receiver]:
    scp = StorageScp(folder)
    try:
        callers = set[str]()
        observer = callers_into(callers)
        with background({CStoreRq.COMMAND_FIELD: scp.handler}, observer=observer) as node:
            yield Receiver(node, folder, callers)
    finally:
        scp.close()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """Gives our storage SCP, running."""
    folder = tmp_path / "received"
    folder.mkdir()
    with _receiving(folder) as receiver:
        yield receiver


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """Gives the folder of the small archive."""
    folder = tmp_path / "archive"
    folder.mkdir()
    make_archive(folder)
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives the folder of an archive with one study of many images."""
    folder = tmp_path_factory.mktemp("large")
    for number in range(MANY):
        make_object(
            folder,
            number,
            PatientID="ID",
            PatientName="Doe^Jane",
            StudyInstanceUID=f"{ROOT}.1",
            SeriesInstanceUID=f"{ROOT}.2",
        )
    return folder
