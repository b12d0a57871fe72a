"""DCMTK's dcmsend and ours on the same task: what they propose, send, report and end with."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.test_dcmsend import many_classes
from tests.interop.peers import PeerTool, assert_same_elements
from tests.interop.side_by_side import Run, Tool, run_tool, taking
from tests.support.instances import make_instance, make_raw
from workbench.acse.policy import Policy
from workbench.cli.dcmsend import main
from workbench.services.transcoding.conversion import NATIVE

pytestmark = pytest.mark.interop

EXPLICIT, IMPLICIT, BIG, DEFLATED = NATIVE
CT, MR, US = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.3.1"
RLE, BASELINE, MPEG2 = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.100"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, peer_tool: PeerTool) -> Path:
    """Gives the folder in which the tools run: images in every encoding, and what is none."""
    folder = tmp_path / "files"
    (folder / "more").mkdir(parents=True)
    for name, modality, syntax in (
        ("ct.dcm", "CT", EXPLICIT),
        ("ct-implicit.dcm", "CT", IMPLICIT),
        ("ct-big.dcm", "CT", BIG),
        ("ct-deflated.dcm", "CT", DEFLATED),
        ("mr.dcm", "MR", EXPLICIT),
        ("rle.dcm", "MR", RLE),
        ("baseline.dcm", "US", BASELINE),
        ("more/one.dcm", "MR", EXPLICIT),
    ):
        make_instance(folder / name, modality, syntax)
    make_raw(folder / "bare", "CT", IMPLICIT)
    (folder / "text").write_text("this is not an image " * 20)
    (folder / "media").mkdir()
    for name in ("CT", "MR"):
        make_instance(folder / "media" / name, name)
    subprocess.run([peer_tool("dcmmkdir"), "CT", "MR"], cwd=folder / "media", check=True)
    monkeypatch.chdir(folder)
    return folder


def both(
    peer_tool: PeerTool, words: Sequence[str], *, policy: Policy | None = None, script: Sequence[int | str] = ()
) -> tuple[Run, Run]:
    """Gives what DCMTK's tool did and what ours did."""
    theirs = run_tool(peer_tool("dcmsend"), words, policy=policy, script=script)
    return theirs, run_tool(main, words, policy=policy, script=script)


def assert_same(theirs: Run, ours: Run) -> None:
    """Compares contexts, titles, objects, data sets and exit codes."""
    assert ours.contexts == theirs.contexts
    assert ours.titles == theirs.titles
    assert ours.objects == theirs.objects
    for one, other in zip(ours.received, theirs.received, strict=True):
        if one.data != other.data:
            assert_same_elements(one.parsed(), other.parsed())
    assert ours.code == theirs.code, theirs.said


@pytest.mark.parametrize("flags", ["", "-nh"])
def test_file_that_is_cut_short_ends_alike(flags: str, folder: Path, peer_tool: PeerTool) -> None:
    (folder / "cut.dcm").write_bytes((folder / "ct.dcm").read_bytes()[:-100])
    words = [*flags.split(), "HOST", "PORT", "cut.dcm", "mr.dcm"]
    theirs, ours = both(peer_tool, words)
    assert (ours.code, ours.objects) == (62, theirs.objects)
    assert run_tool(main, ["--compat-exit-codes", *words]).code == theirs.code


TASKS = {
    "plain": "HOST PORT ct.dcm mr.dcm",
    "titles": "-aet ME -aec YOU HOST PORT ct.dcm",
    "every encoding": "HOST PORT ct.dcm ct-implicit.dcm ct-big.dcm mr.dcm",
    "deflated": "HOST PORT ct-deflated.dcm",
    "never decompressed": "-dn HOST PORT ct.dcm ct-deflated.dcm rle.dcm baseline.dcm",
    "lossless decompressed": "+dls HOST PORT rle.dcm",
    "lossy decompressed": "+dly HOST PORT baseline.dcm",
    "lossy as it is": "HOST PORT baseline.dcm ct.dcm",
    "right-most wins": "+dly -dn HOST PORT baseline.dcm",
    "only legal": "-nip HOST PORT ct.dcm rle.dcm",
    "nothing legal": "-dn -nip HOST PORT rle.dcm ct.dcm",
    "one association": "-ma HOST PORT ct.dcm mr.dcm",
    "level": "+cl 3 HOST PORT ct.dcm",
    "bare": "HOST PORT bare",
    "bare by form": "-f HOST PORT bare",
    "either form": "+f HOST PORT bare ct.dcm",
    "only files": "+fo HOST PORT bare",
    "scanned": "+sd HOST PORT more",
    "scanned by pattern": "+sd +r +sp *.dcm HOST PORT more",
    "scanned in vain": "+sd +sp *.none HOST PORT more",
    "folder": "HOST PORT more",
    "folder among files": "HOST PORT more ct.dcm",
    "directory of media": "+rd HOST PORT media/DICOMDIR",
    "missing": "HOST PORT missing ct.dcm",
    "missing passed over": "-nh HOST PORT missing ct.dcm",
    "all missing": "-nh HOST PORT missing",
    "text": "HOST PORT text ct.dcm",
    "text passed over": "-nh HOST PORT text ct.dcm",
    "report nowhere": "+crf /none/at/all HOST PORT ct.dcm",
    "lengths": "-pdu 4096 --max-send-pdu 4096 HOST PORT ct.dcm",
    "no file": "HOST PORT",
    "no port": "HOST",
    "unknown option": "--nonsense HOST PORT ct.dcm",
    "pattern without scan": "+sp x HOST PORT ct.dcm",
    "recursion without scan": "+r HOST PORT ct.dcm",
    "level out of range": "+cl 10 HOST PORT ct.dcm",
    "contexts without -v": "+v HOST PORT ct.dcm",
}


@pytest.mark.parametrize("task", list(TASKS))
@pytest.mark.usefixtures("folder")
def test_tasks_end_alike(task: str, peer_tool: PeerTool) -> None:
    words = TASKS[task].split()
    theirs, ours = both(peer_tool, words)
    if theirs.code == 0 and "-nh" in words:
        assert ours.code == 22  # for a file was not sent
        ours = run_tool(main, [*words, "--compat-exit-codes"])
    assert_same(theirs, ours)


@pytest.mark.parametrize(
    ("name", "flags", "syntax"),
    [
        ("ct.dcm", "", IMPLICIT),
        ("ct.dcm", "", BIG),
        ("ct-implicit.dcm", "", EXPLICIT),
        ("ct-big.dcm", "-dn", EXPLICIT),
        ("ct-deflated.dcm", "", EXPLICIT),
        ("ct-deflated.dcm", "", IMPLICIT),
        ("rle.dcm", "", EXPLICIT),
        ("rle.dcm", "", IMPLICIT),
    ],
)
@pytest.mark.usefixtures("folder")
def test_files_are_converted_into_the_same(name: str, flags: str, syntax: str, peer_tool: PeerTool) -> None:
    theirs, ours = both(peer_tool, [*flags.split(), "HOST", "PORT", name], policy=taking(syntax))
    assert_same(theirs, ours)
    assert ours.objects[0][2] == syntax


@pytest.mark.parametrize("flags", ["", "-dn", "-nh"])
@pytest.mark.usefixtures("folder")
def test_what_no_context_is_accepted_for_is_not_sent(flags: str, peer_tool: PeerTool) -> None:
    for files, truth in ((["baseline.dcm"], 61), (["ct.dcm", "baseline.dcm", "mr.dcm"], 62)):
        words = [*flags.split(), "HOST", "PORT", *files]
        theirs, ours = both(peer_tool, words, policy=taking(EXPLICIT))
        assert ours.code == truth
        assert_same(theirs, run_tool(main, [*words, "--compat-exit-codes"], policy=taking(EXPLICIT)))


SITUATIONS: dict[str, tuple[Sequence[int | str], str, int]] = {
    # the script of the node, flags, and what ours tells by its exit code
    "refused": ([0xA700], "", 0xA7),
    "second not understood": ([0, 0xC000], "", 0xC0),
    "warnings": ([0xB000, 0xB006, 0xB007], "", 0),
    "aborted": (["abort"], "", 62),
    "second aborted": ([0, "abort"], "", 62),
}


@pytest.mark.parametrize("situation", list(SITUATIONS))
@pytest.mark.usefixtures("folder")
def test_what_the_node_does_is_taken_alike(situation: str, peer_tool: PeerTool) -> None:
    script, flags, code = SITUATIONS[situation]
    words = [*flags.split(), "HOST", "PORT", "ct.dcm", "mr.dcm", "ct.dcm"]
    theirs, ours = both(peer_tool, words, script=script)
    assert ours.code == code
    assert_same(theirs, run_tool(main, [*words, "--compat-exit-codes"], script=script))


@pytest.mark.usefixtures("folder")
def test_after_an_abort_ours_goes_on_over_a_new_association(peer_tool: PeerTool) -> None:
    words = ["-nh", "HOST", "PORT", "ct.dcm", "mr.dcm", "ct.dcm"]
    theirs, ours = both(peer_tool, words, script=["abort"])
    assert (len(theirs.received), theirs.code) == (1, 0)
    assert (len(ours.received), len(ours.requests), ours.code) == (3, 2, 62)
    assert run_tool(main, [*words, "--compat-exit-codes"], script=["abort"]).code == 0


@pytest.mark.parametrize("flags", ["", "-nh"])
@pytest.mark.usefixtures("folder")
def test_refusals_end_alike(flags: str, peer_tool: PeerTool, unused_tcp_port: int) -> None:
    words = [*flags.split(), "HOST", "PORT", "ct.dcm"]
    theirs, ours = both(peer_tool, words, policy=Policy(ae_title="SOMEBODY"))
    assert (ours.code, ours.received) == (61, [])
    compatible = run_tool(main, [*words, "--compat-exit-codes"], policy=Policy(ae_title="SOMEBODY"))
    assert compatible.code == theirs.code
    nobody = [*flags.split(), "127.0.0.1", str(unused_tcp_port), "ct.dcm"]
    theirs, ours = both(peer_tool, nobody)
    assert ours.code == 61
    assert run_tool(main, [*nobody, "--compat-exit-codes"]).code == theirs.code


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_silence_ends_alike(peer_tool: PeerTool) -> None:
    theirs, ours = both(peer_tool, ["-td", "1", "HOST", "PORT", "ct.dcm"], script=["silence"])
    assert (theirs.code, ours.code) == (62, 62)


def test_further_associations_follow_alike(tmp_path: Path, peer_tool: PeerTool) -> None:
    paths = many_classes(tmp_path)
    policy = taking(classes=[f"1.2.840.10008.5.1.4.1.1.{1000 + number}" for number in range(130)])
    for flags in ([], ["-ma"]):
        words = ["+f", *flags, "HOST", "PORT", *paths]
        theirs, ours = both(peer_tool, words, policy=policy)
        assert [len(contexts) for contexts in theirs.contexts] == ([128] if flags else [128, 2])
        assert ours.code == (62 if flags else 0)
        assert_same(theirs, run_tool(main, [*words, "--compat-exit-codes"], policy=policy))


def _fields(report: str) -> list[tuple[str, str]]:
    """Gives the lines of a report, without what cannot be the same: the time, the port, and the names of things."""
    lines = []
    for line in report.splitlines():
        name, sign, value = line.partition(" : ")
        value = re.sub(r":\d+$| = .*", "", value) if sign else value
        lines.append((name + sign, "" if name.startswith("Current Date") else re.sub(r" \(.*", "", value)))
    return lines


@pytest.mark.parametrize(
    ("flags", "script"),
    [("", []), ("", [0xA700, 0xB000, 0, 0xC000, 0xA900]), ("-nh", []), ("-nh", [0, 0, 0, 0xA900])],
)
def test_reports_are_laid_out_alike(folder: Path, flags: str, script: list[int | str], peer_tool: PeerTool) -> None:
    files = ["ct.dcm", "ct-implicit.dcm", "rle.dcm", "ct-big.dcm", "ct.dcm"]
    if flags:
        files.append("baseline.dcm")
    reports = []
    tools: tuple[Path | Tool, ...] = (peer_tool("dcmsend"), main)
    for number, tool in enumerate(tools):
        report = folder / f"report {number}"
        words: list[str | Path] = [*flags.split(), "+crf", report, "-aec", "NODE", "HOST", "PORT", *files]
        run_tool(tool, words, policy=taking(EXPLICIT), script=script)
        reports.append(_fields(report.read_text()))
    theirs, ours = reports
    sizes = "Dataset Size  : "  # DCMTK reckons it from what it would write
    assert [each for each in ours if each[0] != sizes] == [each for each in theirs if each[0] != sizes]
    assert [name for name, _ in ours] == [name for name, _ in theirs]


def test_decoders_of_dcmtk_are_ours_too(peer_tool: PeerTool, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = run_tool(peer_tool("dcmsend"), ["--list-decoders"])
    ours = run_tool(main, ["--list-decoders"])
    assert (theirs.code, ours.code) == (0, 0)
    said = capsys.readouterr().out
    for uid in (DEFLATED, BASELINE, "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", RLE):
        assert f"({uid})" in said
