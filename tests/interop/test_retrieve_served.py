"""C-MOVE and C-GET answered: other makers' tools retrieve from our archive."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, build_role, evt
from pynetdicom.events import Event

from tests.cli.background import background
from tests.interop.conftest import Proves, callers_into
from tests.interop.peers import PATIENCE, PeerTool, assert_same_elements, free_port, listening, orthanc, run
from tests.services.servers import LOCAL
from tests.support.instances import data_set_bytes, make_instance
from workbench.config import Node
from workbench.services.offers import handlers_for, policy_for
from workbench.services.query.archive import archive_provider
from workbench.services.query.find_scp import FindScp
from workbench.services.query.models import PATIENT_ROOT, PATIENT_STUDY_ONLY, STUDY_ROOT, Model
from workbench.services.retrieve.get_scp import GetScp
from workbench.services.retrieve.move_scp import MoveScp
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import scan

pytestmark = [pytest.mark.interop, pytest.mark.slow]

CT = "1.2.840.10008.5.1.4.1.1.2"
STUDY = "1.2.826.0.1.3680043.8.498.78"
COUNT = 200
MODELS = (PATIENT_ROOT, STUDY_ROOT, PATIENT_STUDY_ONLY)
KEYS = ["-k", "QueryRetrieveLevel=STUDY", "-k", "PatientID=PHANTOM-1", "-k", f"StudyInstanceUID={STUDY}"]
OPTIONS = {PATIENT_ROOT: "-P", STUDY_ROOT: "-S", PATIENT_STUDY_ONLY: "-O"}


@dataclass
class Archive:
    """Our archive, running.

    Attributes:
        paths: its objects by SOP Instance UID.
        destinations: the nodes it knows, by AE title.
        callers: the implementation class UIDs of those who called.
    """

    node: Node
    paths: dict[str, Path]
    destinations: dict[str, Node]
    callers: set[str]

    @property
    def address(self) -> list[str]:
        """Gives host and port as command lines take them."""
        return [self.node.host, str(self.node.port)]

    @property
    def caller(self) -> str:
        """Gives the implementation class UID of the one who called; several must be of one implementation."""
        (uid,) = self.callers
        return uid


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives a folder with one study of small CT images."""
    folder = tmp_path_factory.mktemp("archive")
    for _ in range(COUNT):
        make_instance(folder, "CT", study_uid=STUDY)
    return folder


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    """Gives our archive of that folder, running."""
    destinations: dict[str, Node] = {}
    callers: set[str] = set()
    with InstanceIndex.open(folder) as index:
        offers = [
            FindScp(MODELS, archive_provider(index)).offer,
            MoveScp(MODELS, index, destinations.get, LOCAL).offer,
            GetScp(MODELS, index).offer,
        ]
        policy = policy_for(offers)
        with background(handlers_for(offers), policy=policy, observer=callers_into(callers)) as node:
            paths = {scan(path).sop_instance_uid: path for path in folder.glob("CT.*")}
            yield Archive(node, paths, destinations, callers)


def uids_in(folder: Path) -> set[str]:
    """Gives the SOP Instance UIDs of the objects in a folder."""
    return {scan(path).sop_instance_uid for path in folder.iterdir()}


@pytest.fixture
def got(tmp_path: Path) -> Path:
    """Gives a folder for what comes."""
    folder = tmp_path / "got"
    folder.mkdir()
    return folder


# DCMTK


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_movescu_lets_us_send_to_itself(
    peer_tool: PeerTool, archive: Archive, got: Path, model: Model, proves: Proves
) -> None:
    port = free_port()
    archive.destinations["MOVESCU"] = Node(name="movescu", host="127.0.0.1", port=port, ae_title="MOVESCU")
    # WORKAROUND for DCMTK 3.6.7: +B takes no notice of -od, so it is run where the files are to go.
    command: list[str | Path] = [
        peer_tool("movescu"),
        "-v",
        OPTIONS[model],
        "+P",
        str(port),
        "+B",
        *archive.address,
        *KEYS,
    ]
    finished = subprocess.run(command, cwd=got, capture_output=True, text=True, check=True, timeout=PATIENCE)
    said = finished.stdout + finished.stderr
    assert "Received Final Move Response (Success)" in said
    assert uids_in(got) == archive.paths.keys()
    for path in got.iterdir():
        assert data_set_bytes(path) == data_set_bytes(archive.paths[scan(path).sop_instance_uid])
    proves(f"C-MOVE {model.name}", "SCP", "DCMTK", archive.caller)


def test_movescu_lets_us_send_to_another_one_and_is_told_the_originator(
    peer_tool: PeerTool, archive: Archive, got: Path, tmp_path: Path, proves: Proves
) -> None:
    program = peer_tool("storescp")
    command: list[str | Path] = [program, "-d", "-aet", "DEST", "+B", "-od", got]
    with listening(tmp_path / "log", lambda port: [*command, str(port)]) as port:
        archive.destinations["DEST"] = Node(name="dest", host="127.0.0.1", port=port, ae_title="DEST")
        said = run(peer_tool("movescu"), "-d", "-S", "-aet", "INVOKER", "-aem", "DEST", *archive.address, *KEYS)
    assert "0x0000: Success: Sub-operations complete - No failures or warnings" in said
    assert f"Completed Suboperations       : {COUNT}" in said
    assert uids_in(got) == archive.paths.keys()
    log = (tmp_path / "log").read_text(errors="replace")
    assert log.count("Move Originator AE Title      : INVOKER") == COUNT
    assert log.count("Move Originator ID            : 1") == COUNT
    proves("C-MOVE Study Root", "SCP", "DCMTK", archive.caller)


def test_movescu_is_told_that_we_do_not_know_the_destination(
    peer_tool: PeerTool, archive: Archive, proves: Proves
) -> None:
    command: list[str | Path] = [peer_tool("movescu"), "-d", "-S", "-aem", "NOBODY", *archive.address, *KEYS]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert finished.returncode == 69
    assert "MoveDestinationUnknown" in finished.stderr + finished.stdout
    proves("C-MOVE Study Root", "SCP", "DCMTK", archive.caller)


def test_movescu_cancels(peer_tool: PeerTool, archive: Archive, got: Path, tmp_path: Path, proves: Proves) -> None:
    program = peer_tool("storescp")
    # It takes a second for each, so that the C-CANCEL after the first of them comes before the last on any machine.
    command: list[str | Path] = [program, "-aet", "DEST", "+B", "--sleep-after", "1", "-od", got]
    with listening(tmp_path / "log", lambda port: [*command, str(port)]) as port:
        archive.destinations["DEST"] = Node(name="dest", host="127.0.0.1", port=port, ae_title="DEST")
        said = _run_whatever(peer_tool("movescu"), "-v", "-S", "-aem", "DEST", "--cancel", "2", *archive.address, *KEYS)
    assert "Cancel" in said
    assert 0 < len(uids_in(got)) < COUNT
    proves("C-CANCEL of C-MOVE", "SCP", "DCMTK", archive.caller)


@pytest.mark.parametrize(
    ("model", "proposal"),
    [(PATIENT_ROOT, "-x="), (STUDY_ROOT, "-xi"), (PATIENT_STUDY_ONLY, "-xb")],
    ids=["Patient Root", "Study Root", "Patient/Study Only"],
)
def test_getscu_gets_everything(
    peer_tool: PeerTool, archive: Archive, got: Path, model: Model, proposal: str, proves: Proves
) -> None:
    said = run(peer_tool("getscu"), "-v", OPTIONS[model], proposal, "+B", "-od", got, *archive.address, *KEYS)
    assert f"Number of Completed Suboperations : {COUNT}" in said
    assert uids_in(got) == archive.paths.keys()
    for path in list(got.iterdir())[:5]:
        kept = archive.paths[scan(path).sop_instance_uid]
        if proposal == "-x=":
            assert data_set_bytes(path) == data_set_bytes(kept)
        else:
            assert_same_elements(pydicom.dcmread(path), pydicom.dcmread(kept))
    proves(f"C-GET {model.name}", "SCP", "DCMTK", archive.caller)


def _run_whatever(*command: str | Path) -> str:
    """Runs a tool whose exit code says nothing about what is tested."""
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, errors="replace")
    return finished.stdout + finished.stderr


# Orthanc


def test_orthanc_queries_and_retrieves_and_moves(
    peer_tool: PeerTool, archive: Archive, tmp_path: Path, proves: Proves
) -> None:
    with orthanc(peer_tool("Orthanc"), tmp_path) as peer:
        archive.destinations["ORTHANC"] = Node(name="orthanc", host="127.0.0.1", port=peer.port, ae_title="ORTHANC")
        peer.ask("/modalities/us", ["SERVER", archive.node.host, archive.node.port], method="PUT")
        query = peer.ask("/modalities/us/query", {"Level": "Study", "Query": {"StudyInstanceUID": STUDY}})
        assert json.loads(peer.get(f"/queries/{query['ID']}/answers")) == ["0"]
        peer.ask(f"/queries/{query['ID']}/answers/0/retrieve", {"TargetAet": "ORTHANC", "Synchronous": True})
        assert peer.instances().keys() == archive.paths.keys()
        for held in peer.instances().values():
            peer.ask(f"/instances/{held}", {}, method="DELETE")
        peer.ask(
            "/modalities/us/move",
            {"Level": "Study", "Resources": [{"StudyInstanceUID": STUDY}], "TargetAet": "ORTHANC", "Synchronous": True},
        )
        assert peer.instances().keys() == archive.paths.keys()
    proves("C-MOVE Study Root", "SCP", "Orthanc", archive.caller)


# pynetdicom


def wanted() -> Dataset:
    """Gives the identifier of the study."""
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "STUDY"
    identifier.PatientID = "PHANTOM-1"
    identifier.StudyInstanceUID = STUDY
    return identifier


class Taker:
    """What pynetdicom receives.

    Attributes:
        waits_for: what it waits for before it takes more than two.
    """

    def __init__(self) -> None:
        self.received: dict[str, bytes] = {}
        self.waits_for: threading.Event | None = None

    def store(self, event: Event) -> int:
        """Keeps what came."""
        if self.waits_for and len(self.received) == 2:
            assert self.waits_for.wait(PATIENCE)
        request: Any = event.request
        self.received[str(request.AffectedSOPInstanceUID)] = request.DataSet.getvalue()
        return 0x0000


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_pynetdicom_gets_and_cancels(archive: Archive, model: Model, proves: Proves) -> None:
    taker = Taker()
    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context(model.get)
    entity.add_requested_context(CT, "1.2.840.10008.1.2.1")
    handlers: list[tuple[Any, Callable[..., Any]]] = [(evt.EVT_C_STORE, taker.store)]
    association = entity.associate(
        *_place(archive),
        ext_neg=[build_role(CT, scp_role=True)],
        evt_handlers=handlers,  # type: ignore[arg-type]
    )
    assert association.is_established
    statuses = [status for status, _ in association.send_c_get(wanted(), model.get)]
    assert (statuses[-1].Status, statuses[-1].NumberOfCompletedSuboperations) == (0x0000, COUNT)
    assert taker.received == {uid: data_set_bytes(path) for uid, path in archive.paths.items()}
    taker.received.clear()
    for status, _ in association.send_c_get(wanted(), model.get, msg_id=7):
        if status.Status == 0xFF00 and status.NumberOfCompletedSuboperations >= 1:
            association.send_c_cancel(7, query_model=model.get)
    assert status.Status == 0xFE00
    assert 0 < len(taker.received) < COUNT
    association.release()
    uid = archive.caller
    proves(f"C-GET {model.name}", "SCP", "pynetdicom", uid)
    proves("C-CANCEL of C-GET", "SCP", "pynetdicom", uid)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_pynetdicom_moves_and_cancels(archive: Archive, model: Model, proves: Proves) -> None:
    taker = Taker()
    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context(model.move)
    entity.add_supported_context(CT)
    server = entity.start_server(
        ("127.0.0.1", 0),
        block=False,
        evt_handlers=[(evt.EVT_C_STORE, taker.store)],
    )
    assert server is not None
    assert server.socket is not None
    port = server.socket.getsockname()[1]
    archive.destinations["PYNETDICOM"] = Node(name="us", host="127.0.0.1", port=port, ae_title="PYNETDICOM")
    try:
        association = entity.associate(*_place(archive))
        assert association.is_established
        statuses = [status for status, _ in association.send_c_move(wanted(), "PYNETDICOM", model.move)]
        assert (statuses[-1].Status, statuses[-1].NumberOfCompletedSuboperations) == (0x0000, COUNT)
        assert taker.received.keys() == archive.paths.keys()
        taker.received.clear()
        taker.waits_for = threading.Event()
        for status, _ in association.send_c_move(wanted(), "PYNETDICOM", model.move, msg_id=7):
            if status.Status == 0xFF00 and status.NumberOfCompletedSuboperations >= 1 and not taker.waits_for.is_set():
                association.send_c_cancel(7, query_model=model.move)
                taker.waits_for.set()
        assert status.Status == 0xFE00
        assert 0 < len(taker.received) < COUNT
        association.release()
    finally:
        server.shutdown()
    uid = archive.caller
    proves(f"C-MOVE {model.name}", "SCP", "pynetdicom", uid)
    proves("C-CANCEL of C-MOVE", "SCP", "pynetdicom", uid)


def test_pynetdicom_is_told_which_instances_failed(archive: Archive, proves: Proves) -> None:
    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context(STUDY_ROOT.get)
    association = entity.associate(*_place(archive))
    answers = list(association.send_c_get(wanted(), STUDY_ROOT.get))
    association.release()
    status, identifier = answers[-1]
    assert (status.Status, status.NumberOfFailedSuboperations) == (0xA702, COUNT)
    assert identifier is not None
    assert set(identifier.FailedSOPInstanceUIDList) == archive.paths.keys()
    assert status.ErrorComment == "no context: it was not proposed"
    proves("C-GET Study Root", "SCP", "pynetdicom", archive.caller)


def _place(archive: Archive) -> tuple[str, int]:
    return archive.node.host, archive.node.port
