"""DCMTK's movescu and ours on the same task: what they propose, ask, receive, write and end with."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pydicom
import pytest

from tests.interop.asking import Answers, Run, run_ours, run_theirs, side_by_side
from tests.interop.dcmqrscp import AE_TITLE, dcmqrscp
from tests.interop.peers import PeerTool, assert_same_elements, free_port
from tests.support.instances import data_set_bytes, make_instance
from workbench.acse.policy import Policy
from workbench.config import Node
from workbench.services.query.identifiers import Element

pytestmark = pytest.mark.interop

STUDY = "1.2.826.0.1.3680043.8.498.77"
WANTED = ["-S", "-k", "0008,0052=STUDY", "-k", f"StudyInstanceUID={STUDY}"]


def assert_same(theirs: Run, ours: Run) -> None:
    """Compares what went over the wire, and the exit codes."""
    assert ours.contexts == theirs.contexts
    assert ours.roles == theirs.roles
    assert (ours.titles, ours.identifiers) == (theirs.titles, theirs.identifiers)
    assert [one.message for one in ours.asked] == [one.message for one in theirs.asked]
    assert (ours.cancels, ours.ends, ours.code) == (theirs.cancels, theirs.ends, theirs.code)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-P"],
        ["-O"],
        ["-aet", "ONE", "-aec", "OTHER"],
        ["-aem", "STORE"],
        ["-aet", "ONE", "-aem", "STORE"],
        ["-xe"],
        ["-xb"],
        ["-xd"],
        ["-xi"],
        ["--repeat", "2"],
        ["--abort"],
        ["-pr"],
        ["-pi"],
        ["--no-port"],
        ["+P", "1", "--no-port"],
        ["-k", "SeriesInstanceUID"],
    ],
    ids=" ".join,
)
def test_same_proposal_and_same_request(peer_tool: PeerTool, words: list[str]) -> None:
    assert_same(*side_by_side("movescu", peer_tool, [*WANTED, *words]))


def test_same_cancel(peer_tool: PeerTool) -> None:
    answers = Answers(pending=2, until_cancelled=True)
    theirs, ours = side_by_side("movescu", peer_tool, [*WANTED, "--cancel", "2"], answers)
    assert_same(theirs, ours)
    assert ours.cancels == 1


@pytest.mark.parametrize(
    ("words", "answers", "codes"),
    [
        (WANTED, Answers(final=0xB000), (68, 68, 68)),
        (WANTED, Answers(final=0xA702), (69, 69, 69)),
        (WANTED, Answers(final=0xA801), (69, 69, 69)),
        (WANTED, Answers(final=0xC000), (69, 69, 69)),
        (WANTED, Answers(is_silent=True), (0, 62, 0)),
        (["-S", "text"], Answers(), (0, 22, 22)),
        (["-S", "missing.dcm"], Answers(), (1, 1, 1)),
        (["-S"], Answers(), (1, 1, 1)),
        (["-S", "-k", "Foo=1"], Answers(), (1, 1, 1)),
        ([*WANTED, "-od", "."], Answers(), (1, 1, 1)),
        ([*WANTED, "+P", "0"], Answers(), (1, 1, 1)),
        ([*WANTED, "+P", "PORT", "-od", "missing"], Answers(), (45, 45, 45)),
        ([*WANTED, "+P", "PORT", "+te", "+xa"], Answers(), (1, 1, 1)),
        ([*WANTED, "+P", "PORT", "+te", "+xs"], Answers(), (1, 1, 1)),
        ([*WANTED, "+P", "PORT", "+te", "+B"], Answers(), (1, 1, 1)),
        ([*WANTED, "+P", "PORT", "-e", "+B"], Answers(), (1, 1, 1)),
        ([*WANTED, "+P", "PORT", "+p", "4", "4", "-F"], Answers(), (1, 1, 1)),
        ([*WANTED, "+cl", "1"], Answers(), (0, 0, 0)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_exit_codes(
    peer_tool: PeerTool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    answers: Answers,
    codes: tuple[int, int, int],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").write_text("this is no query " * 50)
    theirs, ours = side_by_side("movescu", peer_tool, ["HOST", "PORT", *words], answers)
    _, compat = side_by_side("movescu", peer_tool, ["HOST", "PORT", *words, "--compat-exit-codes"], answers)
    assert (theirs.code, ours.code, compat.code) == codes


def test_exit_codes_without_an_association(peer_tool: PeerTool, unused_tcp_port: int) -> None:
    nobody = ["127.0.0.1", str(unused_tcp_port), *WANTED]
    assert (run_theirs(peer_tool("movescu"), nobody)[0], run_ours("movescu", nobody)) == (61, 61)
    strangers = Policy(contexts={}, allowed_calling=frozenset({"FRIEND"}))
    for policy, code in ((strangers, 61), (Policy(contexts={}), 66)):
        theirs, ours = side_by_side("movescu", peer_tool, WANTED, policy=policy)
        assert (theirs.code, ours.code) == (code, code)


@pytest.fixture(scope="module")
def instances(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives a folder of instances of one study."""
    folder = tmp_path_factory.mktemp("instances")
    for modality in ("CT", "MR", "SR"):
        make_instance(folder, modality, study_uid=STUDY)
    return folder


@pytest.fixture(scope="module")
def archive(
    peer_tool: PeerTool, instances: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Node, int]]:
    """Gives an archive of DCMTK that holds them, and the port at which it takes MOVESCU to be."""
    own = Node(name="own", host="127.0.0.1", port=free_port(), ae_title="MOVESCU")
    with dcmqrscp(peer_tool, tmp_path_factory.mktemp("archive"), [instances], [own]) as node:
        yield node, own.port


@contextmanager
def folders(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Gives two empty folders."""
    made = tmp_path / "theirs", tmp_path / "ours"
    for folder in made:
        folder.mkdir()
    yield made
    for folder in made:
        shutil.rmtree(folder)


def received(
    peer_tool: PeerTool, archive: tuple[Node, int], made: Sequence[Path], words: Sequence[str]
) -> tuple[dict[str, Path], dict[str, Path]]:
    """Lets both tools receive the study, each into its folder; gives the files by their names."""
    node, port = archive
    at = [node.host, str(node.port), "-aec", AE_TITLE, *WANTED, "+P", str(port), *words]
    theirs, ours = made
    # With +B the one of 3.6.7 writes into the current folder, whatever -od says.
    assert run_theirs(peer_tool("movescu"), [*at, "-od", str(theirs)], theirs)[0] == 0
    assert run_ours("movescu", [*at, "-od", str(ours)]) == 0
    return {path.name: path for path in theirs.iterdir()}, {path.name: path for path in ours.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-B"],
        ["+B"],
        ["--ignore"],
        ["+xi"],
        ["+xb"],
        ["+te"],
        ["+tb"],
        ["+ti"],
        ["+td"],
        ["-g"],
        ["+g"],
        ["-e"],
        ["-u"],
        ["--repeat", "2"],
    ],
    ids=" ".join,
)
def test_same_files(peer_tool: PeerTool, archive: tuple[Node, int], tmp_path: Path, words: list[str]) -> None:
    with folders(tmp_path) as made:
        theirs, ours = received(peer_tool, archive, made, words)
        assert ours.keys() == theirs.keys()
        assert len(ours) == (0 if words == ["--ignore"] else 3)
        for name, path in ours.items():
            left, right = pydicom.dcmread(path), pydicom.dcmread(theirs[name])
            assert_same_elements(left, right)
            assert left.file_meta.TransferSyntaxUID == right.file_meta.TransferSyntaxUID
            if words in (["-B"], ["+B"], ["+te"], ["-g"], ["+g"], ["-e"]):
                assert data_set_bytes(path) == data_set_bytes(theirs[name])


@pytest.mark.slow
def test_same_data_sets_without_meta_information(
    peer_tool: PeerTool, archive: tuple[Node, int], tmp_path: Path
) -> None:
    with folders(tmp_path) as made:
        theirs, ours = received(peer_tool, archive, made, ["-F"])
        assert ours.keys() == theirs.keys()
        assert all(path.read_bytes() == theirs[name].read_bytes() for name, path in ours.items())


@pytest.mark.parametrize("words", [["-pr"], ["-pi"], []], ids=" ".join)
def test_data_sets_after_pending_responses(peer_tool: PeerTool, words: list[str]) -> None:
    answers = Answers(matches=[(Element(0x00100020, "LO", b"7 "),)] * 2)
    theirs, ours = side_by_side("movescu", peer_tool, [*WANTED, *words], answers)
    is_read = words == ["-pr"]
    assert (theirs.code, ours.code) == (0, 0 if is_read else 62)  # as for every association that is lost
    assert (theirs.ends[-1] == ours.ends[-1] == "AssociationReleased") is is_read


@pytest.mark.parametrize("status", [0x0000, 0xB000, 0xA702, 0xA801, 0xC001, 0x0110, 0xFE00], ids=hex)
def test_same_warning_of_a_final_status(peer_tool: PeerTool, status: int, capfd: pytest.CaptureFixture[str]) -> None:
    theirs, _ = side_by_side("movescu", peer_tool, WANTED, Answers(final=status))
    marks = [line.partition(" (")[0] for line in theirs.said.splitlines() if "Move response with" in line]
    assert len(marks) == (status not in (0x0000, 0xFE00))
    ours = capfd.readouterr().err.splitlines()
    assert [line.partition(" (")[0] for line in ours if "Move response with" in line] == marks
