"""C-MOVE and C-GET asked of other makers' archives."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.events import Event

from tests.interop.conftest import Proves, Receiver, implementation_of
from tests.interop.dcmqrscp import dcmqrscp
from tests.interop.peers import Orthanc, PeerTool, assert_same_elements, listening, orthanc
from tests.services.servers import LOCAL
from tests.support.instances import make_instance
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.query.models import PATIENT_ROOT, PATIENT_STUDY_ONLY, STUDY_ROOT, Model
from workbench.services.retrieve.getting import GetFrom
from workbench.services.retrieve.move import move, move_contexts
from workbench.services.retrieve.orchestrate import orchestrate
from workbench.services.retrieve.progress import Progress, RetrieveResult
from workbench.services.retrieve.retrieval import Retrieval
from workbench.services.storage.scp import StorageScp
from workbench.storage.part10 import scan

pytestmark = [pytest.mark.interop, pytest.mark.slow]

CT = "1.2.840.10008.5.1.4.1.1.2"
STUDY = "1.2.826.0.1.3680043.8.498.77"
MANY = 1000
MODELS = (PATIENT_ROOT, STUDY_ROOT, PATIENT_STUDY_ONLY)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives a folder of 1,000 small CT images, all of one study."""
    folder = tmp_path_factory.mktemp("cts")
    for _ in range(MANY):
        make_instance(folder, "CT", study_uid=STUDY)
    return folder


def wanted(model: Model = STUDY_ROOT) -> Dataset:
    """Gives the identifier of the study."""
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "STUDY"
    identifier.StudyInstanceUID = STUDY
    if model is not STUDY_ROOT:
        identifier.PatientID = "PHANTOM-1"
    return identifier


async def followed(retrieval: Retrieval | GetFrom, stop_after: int = 0) -> tuple[RetrieveResult, list[Progress]]:
    """Takes the progress of a retrieve; cancels once so many are stored."""
    counts = []
    async for progress in retrieval:
        counts.append(progress)
        if stop_after and progress.stored >= stop_after:
            await retrieval.cancel()
            stop_after = 0
    return retrieval.result, counts


def ask_move(
    source: Node, destination: str | Node, model: Model = STUDY_ROOT, *, stop_after: int = 0
) -> tuple[RetrieveResult, list[Progress], str]:
    """Moves the study; gives the result, the progress and the implementation class UID of the source."""

    async def run() -> tuple[RetrieveResult, list[Progress], str]:
        async with connect(source, move_contexts([model]), local=LOCAL) as association:
            async with move(association, model, wanted(model), destination=destination) as retrieval:
                result, counts = await followed(retrieval, stop_after)
            return result, counts, association.agreement.peer_implementation_class_uid

    return asyncio.run(run())


def ask_get(
    source: Node, folder: Path, model: Model = STUDY_ROOT, *, stop_after: int = 0, **further: Any
) -> tuple[RetrieveResult, list[Progress]]:
    """Gets the study into a folder; gives the result and the progress."""
    folder.mkdir(exist_ok=True)
    scp = StorageScp(folder)

    async def run() -> tuple[RetrieveResult, list[Progress]]:
        async with GetFrom(source, model, wanted(model), local=LOCAL, receive=scp.handler, **further) as getting:
            return await followed(getting, stop_after)

    try:
        return asyncio.run(run())
    finally:
        scp.close()


def uids_in(folder: Path) -> set[str]:
    """Gives the SOP Instance UIDs of the objects in a folder."""
    return {scan(path).sop_instance_uid for path in folder.iterdir() if not path.name.startswith(".")}


# DCMTK


@pytest.fixture(scope="module")
def destination(peer_tool: PeerTool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, Path]]:
    """Gives DCMTK's storescp as a node, and the folder it fills."""
    folder = tmp_path_factory.mktemp("destination")
    stored = folder / "stored"
    stored.mkdir()
    program = peer_tool("storescp")
    command: list[str | Path] = [program, "-aet", "DEST", "+B", "--fork", "-od", stored]
    with listening(folder / "log", lambda port: [*command, str(port)]) as port:
        yield Node(name="destination", host="127.0.0.1", port=port, ae_title="DEST"), stored


@pytest.fixture(scope="module")
def archive(
    peer_tool: PeerTool, tmp_path_factory: pytest.TempPathFactory, files: Path, destination: tuple[Node, Path]
) -> Iterator[Node]:
    """Gives dcmqrscp with the study; it knows storescp as a destination."""
    with dcmqrscp(peer_tool, tmp_path_factory.mktemp("archive"), [files], [destination[0]]) as node:
        yield node


def test_1000_objects_go_from_one_foreign_peer_to_another(
    archive: Node, destination: tuple[Node, Path], files: Path, proves: Proves
) -> None:
    node, stored = destination
    for path in stored.iterdir():
        path.unlink()

    async def run() -> tuple[RetrieveResult, list[Progress]]:
        def arrived() -> int:
            return sum(1 for _ in stored.iterdir())

        async with orchestrate(archive, node, wanted(), local=LOCAL, arrived=arrived) as retrieval:
            return await followed(retrieval)

    result, counts = asyncio.run(run())
    assert (result.status, result.completed, result.failed, result.warning) == (0x0000, MANY, 0, 0)
    assert result.reason == "0000H Success: sub-operations complete, no failures or warnings"
    assert [one.completed for one in counts] == sorted(one.completed for one in counts)
    assert {one.total for one in counts} == {MANY}
    assert uids_in(stored) == uids_in(files)
    proves("C-MOVE Study Root", "SCU", "DCMTK", implementation_of(archive.port, archive.ae_title))


def test_a_missing_destination_is_explained(archive: Node, proves: Proves) -> None:
    missing = Node(name="nobody", host="127.0.0.1", port=11112, ae_title="Dest")
    result, _, uid = ask_move(archive, missing)
    assert result.status == 0xA801
    assert result.reason == (
        "A801H Refused: move destination unknown. ARCHIVE does not know Dest as a move destination. Who administers "
        f"ARCHIVE (127.0.0.1:{archive.port}) must enter it there: AE title Dest, host 127.0.0.1, port 11112. Titles "
        "are compared exactly: capitals, small letters and spaces in between count."
    )
    proves("C-MOVE Study Root", "SCU", "DCMTK", uid)


@pytest.mark.parametrize("model", [PATIENT_ROOT, PATIENT_STUDY_ONLY], ids=lambda model: model.name)
def test_dcmqrscp_moves_in_every_model_and_stops_when_asked(
    archive: Node, destination: tuple[Node, Path], model: Model, proves: Proves
) -> None:
    result, counts, uid = ask_move(archive, "DEST", model, stop_after=5)
    assert result.status == 0xFE00
    assert 5 <= result.completed < MANY
    assert "were not begun" in result.reason or "were stored before" in result.reason
    assert counts
    proves(f"C-MOVE {model.name}", "SCU", "DCMTK", uid)
    proves("C-CANCEL of C-MOVE", "SCU", "DCMTK", uid)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_dcmqrscp_sends_over_the_same_association(
    archive: Node, tmp_path: Path, files: Path, model: Model, proves: Proves
) -> None:
    result, counts = ask_get(archive, tmp_path / "got", model, sop_classes=[CT])
    assert (result.status, result.completed, result.failed) == (0x0000, MANY, 0)
    assert counts[-1].performed == MANY
    assert uids_in(tmp_path / "got") == uids_in(files)
    proves(f"C-GET {model.name}", "SCU", "DCMTK", implementation_of(archive.port, archive.ae_title))


def test_dcmqrscp_stops_sending_when_asked(archive: Node, tmp_path: Path, proves: Proves) -> None:
    result, _ = ask_get(archive, tmp_path / "got", stop_after=5)
    assert result.status == 0xFE00
    assert 5 <= len(uids_in(tmp_path / "got")) < MANY
    proves("C-CANCEL of C-GET", "SCU", "DCMTK", implementation_of(archive.port, archive.ae_title))


# Orthanc


@pytest.fixture(scope="module")
def pacs(peer_tool: PeerTool, tmp_path_factory: pytest.TempPathFactory, files: Path) -> Iterator[Orthanc]:
    """Gives a running Orthanc with 20 of the images."""
    settings = {"DicomAlwaysAllowGet": True, "DicomAlwaysAllowMove": True, "SynchronousCMove": True}
    with orthanc(peer_tool("Orthanc"), tmp_path_factory.mktemp("orthanc"), settings) as peer:
        for path in sorted(files.iterdir())[:20]:
            peer.import_file(path)
        yield peer


def node_of(peer: Orthanc) -> Node:
    """Gives the node that an Orthanc is."""
    return Node(name="orthanc", host="127.0.0.1", port=peer.port, ae_title="ORTHANC")


def test_orthanc_moves_to_us_once_it_knows_us(pacs: Orthanc, receiver: Receiver, files: Path, proves: Proves) -> None:
    unknown, _, _ = ask_move(node_of(pacs), receiver.node)
    assert unknown.status >= 0xA700
    pacs.ask("/modalities/us", ["SERVER", receiver.node.host, receiver.node.port], method="PUT")
    result, _, uid = ask_move(node_of(pacs), receiver.node)
    assert (result.status, result.failed) == (0x0000, 0), result
    assert uids_in(receiver.folder) == {scan(path).sop_instance_uid for path in sorted(files.iterdir())[:20]}
    proves("C-MOVE Study Root", "SCU", "Orthanc", uid)


def test_orthanc_sends_over_the_same_association(pacs: Orthanc, tmp_path: Path, files: Path, proves: Proves) -> None:
    result, _ = ask_get(node_of(pacs), tmp_path / "got", sop_classes=[CT])
    assert (result.status, result.completed, result.failed) == (0x0000, 20, 0), result
    for path in sorted(files.iterdir())[:20]:
        sent = pydicom.dcmread(path)
        (got,) = (tmp_path / "got").glob(f"*{sent.SOPInstanceUID}")
        assert_same_elements(sent, pydicom.dcmread(got))
    proves("C-GET Study Root", "SCU", "Orthanc", implementation_of(pacs.port, "ORTHANC"))


# pynetdicom

Yielded = Iterator[Any]


@contextmanager
def pynetdicom_archive(paths: list[Path], destination: tuple[str, int] | None = None) -> Iterator[Node]:
    """Gives pynetdicom as an archive of the files that knows one destination."""

    def send(event: Event) -> Yielded:
        for path in paths:
            if event.is_cancelled:
                yield 0xFE00, None
                return
            yield 0xFF00, pydicom.dcmread(path)

    def on_move(event: Event) -> Yielded:
        if event.move_destination != "SERVER" or destination is None:
            yield None, None
            return
        yield *destination, {"contexts": [*_contexts()]}
        yield len(paths)
        yield from send(event)

    def on_get(event: Event) -> Yielded:
        yield len(paths)
        yield from send(event)

    entity = AE(ae_title="PYNETDICOM")
    for model in MODELS:
        entity.add_supported_context(model.move)
        entity.add_supported_context(model.get)
    entity.add_supported_context("1.2.840.10008.1.1")
    entity.add_supported_context(CT, scu_role=False, scp_role=True)
    handlers: list[tuple[Any, Callable[..., Any]]] = [(evt.EVT_C_MOVE, on_move), (evt.EVT_C_GET, on_get)]
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)  # type: ignore[arg-type]
    assert server is not None
    assert server.socket is not None
    try:
        yield Node(name="pynetdicom", host="127.0.0.1", port=server.socket.getsockname()[1], ae_title="PYNETDICOM")
    finally:
        server.shutdown()


def _contexts() -> list[Any]:
    entity = AE()
    entity.add_requested_context(CT)
    return entity.requested_contexts


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_pynetdicom_moves_to_us(receiver: Receiver, files: Path, model: Model, proves: Proves) -> None:
    paths = sorted(files.iterdir())[:10]
    with pynetdicom_archive(paths, (receiver.node.host, receiver.node.port)) as node:
        result, counts, uid = ask_move(node, receiver.node, model)
        unknown, _, _ = ask_move(node, "OTHER", model)
    assert (result.status, result.completed) == (0x0000, 10)
    assert counts
    assert uids_in(receiver.folder) == {scan(path).sop_instance_uid for path in paths}
    assert unknown.status == 0xA801
    assert "PYNETDICOM does not know OTHER as a move destination" in unknown.reason
    proves(f"C-MOVE {model.name}", "SCU", "pynetdicom", uid)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_pynetdicom_sends_over_the_same_association(tmp_path: Path, files: Path, model: Model, proves: Proves) -> None:
    paths = sorted(files.iterdir())[:10]
    with pynetdicom_archive(paths) as node:
        result, counts = ask_get(node, tmp_path / "got", model, sop_classes=[CT])
        uid = implementation_of(node.port)
    assert (result.status, result.completed) == (0x0000, 10)
    assert counts
    assert uids_in(tmp_path / "got") == {scan(path).sop_instance_uid for path in paths}
    proves(f"C-GET {model.name}", "SCU", "pynetdicom", uid)


def test_pynetdicom_stops_when_asked(tmp_path: Path, receiver: Receiver, files: Path, proves: Proves) -> None:
    paths = sorted(files.iterdir())[:200]
    with pynetdicom_archive(paths, (receiver.node.host, receiver.node.port)) as node:
        moved, _, uid = ask_move(node, receiver.node, stop_after=2)
        got, _ = ask_get(node, tmp_path / "got", stop_after=2, sop_classes=[CT])
    assert moved.status == got.status == 0xFE00
    assert 2 <= len(uids_in(receiver.folder)) < 200
    assert 2 <= len(uids_in(tmp_path / "got")) < 200
    proves("C-CANCEL of C-MOVE", "SCU", "pynetdicom", uid)
    proves("C-CANCEL of C-GET", "SCU", "pynetdicom", uid)
