"""DCMTK's getscu and ours on the same task: what they propose, ask, receive and end with."""

from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest

from tests.interop.asking import Answers, Run, run_ours, run_theirs, side_by_side
from tests.interop.dcmqrscp import AE_TITLE, dcmqrscp
from tests.interop.peers import PeerTool, assert_same_elements
from tests.support.instances import make_instance
from workbench.acse.policy import Policy
from workbench.config import Node
from workbench.services.query.models import STUDY_ROOT

pytestmark = pytest.mark.interop

STUDY = "1.2.826.0.1.3680043.8.498.77"
WANTED = ["-S", "-k", "0008,0052=STUDY", "-k", f"StudyInstanceUID={STUDY}"]
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"


@pytest.fixture(scope="module")
def instances(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives a folder of instances of one study."""
    folder = tmp_path_factory.mktemp("instances")
    for modality in ("CT", "MR", "SR"):
        make_instance(folder, modality, study_uid=STUDY)
    return folder


@pytest.fixture(scope="module")
def archive(peer_tool: PeerTool, instances: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """Gives an archive of DCMTK that holds them."""
    with dcmqrscp(peer_tool, tmp_path_factory.mktemp("archive"), [instances]) as node:
        yield node


def syntaxes_of(run: Run) -> dict[str, tuple[str, ...]]:
    """Gives the transfer syntaxes that are proposed for each SOP class."""
    (contexts,) = run.contexts
    return {abstract: syntaxes for _, abstract, syntaxes in contexts}


def assert_same(theirs: Run, ours: Run) -> None:
    """Compares what went over the wire, and the exit codes: ours proposes all that DCMTK's does, and more."""
    assert (ours.titles, ours.identifiers) == (theirs.titles, theirs.identifiers)
    assert [one.message for one in ours.asked] == [one.message for one in theirs.asked]
    assert ours.contexts[0][0] == theirs.contexts[0][0]
    mine, others = syntaxes_of(ours), syntaxes_of(theirs)
    assert {uid: mine[uid] for uid in others} == others
    roles = {role.sop_class_uid: role for role in ours.roles[0]}
    assert all(roles[role.sop_class_uid] == role for role in theirs.roles[0])
    assert len(ours.contexts[0]) == 128
    assert (ours.code, ours.ends) == (theirs.code, theirs.ends)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-P"],
        ["-O"],
        ["-aet", "ONE", "-aec", "OTHER"],
        ["+xe"],
        ["+xb"],
        ["+xs"],
        ["+xy"],
        ["+xv"],
        ["+xw"],
        ["+xt"],
        ["+xm"],
        ["+x5"],
        ["+xr"],
        ["+xd"],
        ["-xe"],
        ["-xb"],
        ["-xd"],
        ["--repeat", "2"],
        ["--abort"],
    ],
    ids=" ".join,
)
def test_same_proposal_and_same_request(peer_tool: PeerTool, words: list[str]) -> None:
    assert_same(*side_by_side("getscu", peer_tool, [*WANTED, *words]))


def test_implicit_queries_are_proposed_as_such(peer_tool: PeerTool) -> None:
    theirs, ours = side_by_side("getscu", peer_tool, [*WANTED, "-xi", "+xi"])
    assert ours.contexts[0][0] == (1, STUDY_ROOT.get, (IMPLICIT,))
    assert {syntaxes for _, _, syntaxes in ours.contexts[0]} == {(IMPLICIT,)}
    assert {syntaxes for _, _, syntaxes in theirs.contexts[0]} == {(EXPLICIT,)}  # which is an error of 3.6.7


@pytest.mark.parametrize("words", [[], ["-B"], ["+B"], ["--ignore"], ["+xi"], ["--repeat", "2"]], ids=" ".join)
def test_same_files(peer_tool: PeerTool, archive: Node, tmp_path: Path, words: list[str]) -> None:
    folders = tmp_path / "theirs", tmp_path / "ours"
    for folder in folders:
        folder.mkdir()
    at = [archive.host, str(archive.port), "-aec", AE_TITLE, *WANTED, *words]
    places = [[] if words == ["--ignore"] else ["-od", str(folder)] for folder in folders]
    code, _ = run_theirs(peer_tool("getscu"), [*at, *places[0]], tmp_path)
    assert code == 0
    assert run_ours("getscu", [*at, *places[1]]) == 0
    theirs, ours = ({path.name: path for path in folder.iterdir()} for folder in folders)
    assert ours.keys() == theirs.keys()
    assert len(ours) == (0 if words == ["--ignore"] else 3)
    for name, path in ours.items():
        assert_same_elements(pydicom.dcmread(path), pydicom.dcmread(theirs[name]))
        if words == ["+xi"]:  # see above: DCMTK's proposes another one
            continue
        assert (
            pydicom.dcmread(path).file_meta.TransferSyntaxUID
            == pydicom.dcmread(theirs[name]).file_meta.TransferSyntaxUID
        )


@pytest.mark.parametrize(
    ("words", "answers", "codes"),
    [
        (WANTED, Answers(final=0xB000), (0, 68, 0)),
        (WANTED, Answers(final=0xA702), (0, 69, 0)),
        (WANTED, Answers(final=0xC000), (0, 69, 0)),
        (WANTED, Answers(is_silent=True), (1, 1, 1)),
        (["-S", "missing.dcm"], Answers(), (1, 1, 1)),
        (["-S"], Answers(), (1, 1, 1)),
        ([*WANTED, "-od", ".", "--ignore"], Answers(), (1, 1, 1)),
        ([*WANTED, "+B", "--ignore"], Answers(), (1, 1, 1)),
        ([*WANTED, "-B", "+B"], Answers(), (0, 1, 1)),
        ([*WANTED, "-od", "missing"], Answers(), (1, 1, 1)),
        ([*WANTED, "+v"], Answers(), (1, 1, 1)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_exit_codes(peer_tool: PeerTool, words: list[str], answers: Answers, codes: tuple[int, int, int]) -> None:
    theirs, ours = side_by_side("getscu", peer_tool, words, answers)
    _, compat = side_by_side("getscu", peer_tool, [*words, "--compat-exit-codes"], answers)
    assert (theirs.code, ours.code, compat.code) == codes


def test_exit_codes_without_an_association(peer_tool: PeerTool, unused_tcp_port: int) -> None:
    nobody = ["127.0.0.1", str(unused_tcp_port), *WANTED]
    assert (run_theirs(peer_tool("getscu"), nobody)[0], run_ours("getscu", nobody)) == (1, 1)
    for policy in (Policy(contexts={}, allowed_calling=frozenset({"FRIEND"})), Policy(contexts={})):
        theirs, ours = side_by_side("getscu", peer_tool, WANTED, policy=policy)
        assert (theirs.code, ours.code) == (1, 1)


def test_a_wrong_key_retrieves_nothing(peer_tool: PeerTool) -> None:
    theirs, ours = side_by_side("getscu", peer_tool, ["-S", "-k", "0008,0052=STUDY", "-k", "StudyInstanceUIDx=1.2"])
    assert (theirs.code, len(theirs.asked)) == (0, 1)  # without the key, and so for everything
    assert (ours.code, ours.asked) == (1, [])


def test_the_report_at_the_end(peer_tool: PeerTool, capfd: pytest.CaptureFixture[str]) -> None:
    theirs, _ = side_by_side("getscu", peer_tool, [*WANTED, "-v"])
    marks = [line for line in theirs.said.splitlines() if "report" in line or "Number of" in line]
    assert len(marks) == 5
    assert [line for line in capfd.readouterr().err.splitlines() if "report" in line or "Number of" in line] == marks
