"""DCMTK's findscu and ours asked the same of DCMTK's archive and worklist: they find and write the same."""

from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest

from tests.interop.asking import run_ours, run_theirs
from tests.interop.dcmqrscp import AE_TITLE, dcmqrscp
from tests.interop.peers import PeerTool, assert_same_elements, listening
from tests.interop.test_worklist import RETURNED, STEP, wl_folder
from tests.support.instances import make_instance

pytestmark = pytest.mark.interop

STUDY = "1.2.826.0.1.3680043.8.498.77"


@pytest.fixture(scope="module")
def archive(peer_tool: PeerTool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Gives the address of an archive of DCMTK that holds two studies."""
    folder = tmp_path_factory.mktemp("instances")
    for modality in ("CT", "CT", "MR", "SR"):
        make_instance(folder, modality, study_uid=STUDY)
    make_instance(folder, "US")
    with dcmqrscp(peer_tool, tmp_path_factory.mktemp("archive"), [folder]) as node:
        yield [node.host, str(node.port), "-aec", AE_TITLE]


@pytest.fixture(scope="module")
def worklist(peer_tool: PeerTool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Gives the address of a worklist of DCMTK with two entries."""
    folder = tmp_path_factory.mktemp("worklists")
    wl_folder(folder / "WLM")
    program = peer_tool("wlmscpfs")
    with listening(folder / "log", lambda port: [program, "-s", "-csk", "-dfp", folder, str(port)]) as port:
        yield ["127.0.0.1", str(port), "-aec", "WLM"]


def found(peer_tool: PeerTool, place: list[str], words: list[str], folder: Path) -> int:
    """Lets both ask, compares what they write, and gives how many responses there were."""
    written = []
    for name in ("theirs", "ours"):
        out = folder / name
        out.mkdir()
        command = [*place, *words, "-X", "-od", str(out)]
        code = run_theirs(peer_tool("findscu"), command)[0] if name == "theirs" else run_ours("findscu", command)
        assert code == 0
        written.append({path.name: pydicom.dcmread(path) for path in out.iterdir()})
    theirs, ours = written
    assert ours.keys() == theirs.keys()
    for name, data_set in ours.items():
        assert_same_elements(data_set, theirs[name])
    return len(ours)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["-S", "-k", "0008,0052=STUDY", "-k", "StudyInstanceUID", "-k", "PatientName"], 2),
        (["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={STUDY}", "-k", "ModalitiesInStudy"], 1),
        (["-P", "-k", "0008,0052=PATIENT", "-k", "PatientID", "-k", "PatientName=*"], 1),
        (["-O", "-k", "0008,0052=STUDY", "-k", "PatientID=PHANTOM-1", "-k", "StudyDate=19000101-"], 2),
        (["-S", "-k", "0008,0052=SERIES", "-k", f"StudyInstanceUID={STUDY}", "-k", "Modality=CT"], 2),
        (["-S", "-k", "0008,0052=SERIES", "-k", f"StudyInstanceUID={STUDY}", "-k", "Modality=XX"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_archive(peer_tool: PeerTool, archive: list[str], tmp_path: Path, words: list[str], count: int) -> None:
    assert found(peer_tool, archive, words, tmp_path) == count


@pytest.mark.parametrize(
    ("keys", "count"),
    [
        ([], 2),
        ([f"{STEP}ScheduledStationAETitle=MR1"], 1),
        (["PatientID=nobody"], 0),
        (["ScheduledProcedureStepSequence[0].Modality=CT"], 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_worklist(peer_tool: PeerTool, worklist: list[str], tmp_path: Path, keys: list[str], count: int) -> None:
    words = [word for key in [*RETURNED, *keys] for word in ("-k", key)]
    assert found(peer_tool, worklist, words, tmp_path) == count
