"""DCMTK's storescu and ours on the same task: what they propose, send and end with."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.interop.peers import PeerTool, assert_same_elements
from tests.interop.side_by_side import Run, run_tool, taking
from tests.support.instances import make_instance, make_raw
from workbench.acse.policy import Policy
from workbench.cli.storescu import main
from workbench.services.transcoding.conversion import NATIVE

pytestmark = pytest.mark.interop

EXPLICIT, IMPLICIT, BIG, DEFLATED = NATIVE
CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
RLE, JPEG_LOSSLESS = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.70"
CONFIGURATION = Path("/etc/dcmtk/storescu.cfg")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gives the folder in which the tools run: images in every encoding, and what is none."""
    folder = tmp_path / "files"
    (folder / "more").mkdir(parents=True)
    for name, modality, syntax in (
        ("ct.dcm", "CT", EXPLICIT),
        ("ct-implicit.dcm", "CT", IMPLICIT),
        ("ct-big.dcm", "CT", BIG),
        ("ct-deflated.dcm", "CT", DEFLATED),
        ("mr.dcm", "MR", EXPLICIT),
        ("sr.dcm", "SR", EXPLICIT),
        ("rle.dcm", "MR", RLE),
        ("lossless.dcm", "CT", JPEG_LOSSLESS),
        ("more/mr.dcm", "MR", EXPLICIT),
    ):
        make_instance(folder / name, modality, syntax)
    make_raw(folder / "bare", "CT", IMPLICIT)
    (folder / "text").write_text("this is not an image " * 20)
    (folder / "ticket").write_bytes(b"ticket")
    (folder / "words").write_text('-aet "FROM FILE"\n+f ct.dcm')
    monkeypatch.chdir(folder)
    return folder


def both(
    peer_tool: PeerTool, words: Sequence[str], *, policy: Policy | None = None, script: Sequence[int | str] = ()
) -> tuple[Run, Run]:
    """Gives what DCMTK's tool did and what ours did."""
    theirs = run_tool(peer_tool("storescu"), words, policy=policy, script=script)
    return theirs, run_tool(main, words, policy=policy, script=script)


def assert_same(theirs: Run, ours: Run) -> None:
    """Compares contexts, titles, roles, identities, objects, data sets and exit codes."""
    assert ours.contexts == theirs.contexts
    assert ours.titles == theirs.titles
    assert ours.negotiation == theirs.negotiation
    assert ours.objects == theirs.objects
    for one, other in zip(ours.received, theirs.received, strict=True):
        if one.data != other.data:
            assert_same_elements(one.parsed(), other.parsed())
    assert ours.code == theirs.code, theirs.said


PROPOSALS = [
    *(
        f"-R {flag}".strip()
        for flag in ("", "-x=", "-xe", "-xb", "-xi", "-xs", "-xy", "-xx", "-xv", "-xw", "-xt", "-xu")
    ),
    *(f"-R {flag}" for flag in ("-xm", "-xh", "-xn", "-xl", "-x2", "-x3", "-xo", "-x4", "-x5", "-xr", "-xd")),
    *("-R +C", "-R -xb +C", "-R -xv +C", "-R -xd +C", "-R -xm +C", "-R -xi +C"),
    *("-x=", "-xe", "-xb", "-xi", "-xv", "-xd", "-xm", "+C", "-xs +C", "-xi -xv -xb"),
]


@pytest.mark.parametrize("flags", PROPOSALS)
@pytest.mark.usefixtures("folder")
def test_the_same_is_proposed_and_sent(flags: str, peer_tool: PeerTool) -> None:
    theirs, ours = both(peer_tool, [*flags.split(), "HOST", "PORT", "ct.dcm", "mr.dcm"], policy=taking(*NATIVE))
    assert_same(theirs, ours)
    assert theirs.requests


@pytest.mark.usefixtures("folder")
def test_what_differs_by_default_is_what_the_files_need(peer_tool: PeerTool) -> None:
    theirs, ours = both(peer_tool, ["HOST", "PORT", "ct.dcm", "rle.dcm"])
    assert (len(theirs.contexts[0]), theirs.code) == (128, 1)
    assert [each[1:] for each in ours.contexts[0]] == [(CT, (EXPLICIT,)), (CT, NATIVE), (MR, (RLE,))]
    assert ours.code == 0
    assert (theirs.requests[0].max_length, ours.requests[0].max_length) == (16384, 131072)


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG, DEFLATED], ids=["implicit", "explicit", "big", "deflated"])
@pytest.mark.parametrize("flags", ["", "-R", "-R -xd", "-R -xi"])
@pytest.mark.usefixtures("folder")
def test_files_are_converted_into_the_same(flags: str, syntax: str, peer_tool: PeerTool) -> None:
    files = ["ct.dcm", "ct-implicit.dcm", "ct-big.dcm", "ct-deflated.dcm", "sr.dcm"]
    theirs, ours = both(peer_tool, [*flags.split(), "HOST", "PORT", *files], policy=taking(syntax))
    if ours.objects != theirs.objects:  # -R sends what would be lost otherwise: ours proposes the deflated file's own
        assert syntax == DEFLATED
        assert flags in ("", "-R")
        assert (theirs.code, theirs.objects) == (1, [])
        return
    ours.requests, theirs.requests = [], []  # in which ours may have a context more
    assert_same(theirs, ours)


@pytest.mark.parametrize("flags", ["-R -xb", "-R -xe", "-R -xd", "-R -xb +C"])
@pytest.mark.parametrize("taken", [NATIVE, (BIG, EXPLICIT, IMPLICIT), (IMPLICIT, BIG)], ids=["all", "plain", "some"])
@pytest.mark.usefixtures("folder")
def test_context_is_chosen_alike_where_several_are_accepted(
    flags: str, taken: tuple[str, ...], peer_tool: PeerTool
) -> None:
    files = ["ct.dcm", "ct-implicit.dcm", "ct-big.dcm", "sr.dcm"]
    # The deflated file's own syntax, which the others do not propose, is proposed by ours.
    files += [] if taken == NATIVE and "-xd" not in flags else ["ct-deflated.dcm"]
    theirs, ours = both(peer_tool, [*flags.split(), "HOST", "PORT", *files], policy=taking(*taken))
    ours.requests, theirs.requests = [], []
    assert_same(theirs, ours)


TASKS = {
    "titles": "-R -aet ME -aec YOU HOST PORT ct.dcm",
    "words of a file": "-R HOST PORT @words",
    "right-most wins": "-R -aet ONE -xb -aet TWO -xi HOST PORT ct.dcm",
    "user": "-R -usr anna HOST PORT ct.dcm",
    "password": "-R -usr anna -pwd secret HOST PORT ct.dcm",
    "empty password": "-R -usr anna -epw HOST PORT ct.dcm",
    "ticket": "-R -kt ticket HOST PORT ct.dcm",
    "assertion": "-R --saml ticket HOST PORT ct.dcm",
    "token": "-R --jwt ticket HOST PORT ct.dcm",
    "unconfirmed": "-R -usr anna -rsp HOST PORT ct.dcm",
    "unconfirmed password": "-R -usr anna -pwd secret -rsp HOST PORT ct.dcm",
    "repeated": "-R --repeat 3 HOST PORT ct.dcm mr.dcm",
    "bare": "-R HOST PORT bare",
    "bare by form": "-R -f HOST PORT bare",
    "either form": "-R +f HOST PORT bare ct.dcm",
    "no bare": "-R +fo HOST PORT bare",
    "not bare": "-R -f HOST PORT ct.dcm",
    "folder": "-R HOST PORT more",
    "folder among files": "-R HOST PORT more ct.dcm",
    "scanned": "-R +sd HOST PORT more",
    "scanned by pattern": "-R +sd +r +sp mr.* HOST PORT more",
    "scanned in vain": "-R +sd +sp *.none HOST PORT more",
    "missing": "-R HOST PORT missing ct.dcm",
    "missing passed over": "-R -nh HOST PORT missing ct.dcm",
    "all missing": "-R -nh HOST PORT missing",
    "text": "-R HOST PORT text ct.dcm",
    "text by default": "HOST PORT text",
    "text passed over": "-R -nh HOST PORT text ct.dcm",
    "aborted in the end": "-R --abort HOST PORT ct.dcm",
    "old VRs": "-R -u HOST PORT ct.dcm",
    "padding": "-R -up HOST PORT ct.dcm",
    "lengths": "-R -pdu 4096 --max-send-pdu 4096 HOST PORT ct.dcm",
    "compressed": "-R -x= HOST PORT rle.dcm",
    "compressed as it is": "-R -xr HOST PORT rle.dcm",
    "no file": "-R HOST PORT",
    "no port": "-R HOST",
    "unknown option": "-R --nonsense HOST PORT ct.dcm",
    "pattern without scan": "+sp x HOST PORT ct.dcm",
    "recursion without scan": "+r HOST PORT ct.dcm",
    "level without deflating": "+cl 3 HOST PORT ct.dcm",
    "level out of range": "-xd +cl 10 HOST PORT ct.dcm",
    "profile and required": "-xf x y -R HOST PORT ct.dcm",
    "password without user": "-pwd x HOST PORT ct.dcm",
    "response without identity": "-rsp HOST PORT ct.dcm",
    "contexts without -v": "+v HOST PORT ct.dcm",
    "short PDUs": "-pdu 100 HOST PORT ct.dcm",
}


@pytest.mark.parametrize("task", list(TASKS))
@pytest.mark.usefixtures("folder")
def test_tasks_end_alike(task: str, peer_tool: PeerTool) -> None:
    words = TASKS[task].split()
    theirs, ours = both(peer_tool, words, policy=taking(*NATIVE, RLE, classes=(CT, MR)))
    if "-nh" in words:
        assert ours.code == 1  # for a file was not sent
        ours = run_tool(main, [*words, "--compat-exit-codes"], policy=taking(*NATIVE, classes=(CT, MR)))
    if ours.code == theirs.code == 1:  # ours looks at all files first; DCMTK's has connected by then
        assert ours.received == theirs.received == []
    else:
        assert_same(theirs, ours)


@pytest.mark.usefixtures("folder")
def test_nothing_but_a_bad_file_ends_alike_on_request(peer_tool: PeerTool) -> None:
    words = ["-nh", "HOST", "PORT", "text"]
    theirs = run_tool(peer_tool("storescu"), words)
    assert run_tool(main, [*words, "--compat-exit-codes"]).code == theirs.code == 0
    assert run_tool(main, words).code == 1


@pytest.mark.parametrize("flags", ["", "-nh"])
def test_file_that_is_cut_short_ends_alike(flags: str, folder: Path, peer_tool: PeerTool) -> None:
    (folder / "cut.dcm").write_bytes((folder / "ct.dcm").read_bytes()[:-100])
    words = ["--compat-exit-codes"] if flags else []
    theirs = run_tool(peer_tool("storescu"), [*flags.split(), "HOST", "PORT", "cut.dcm", "mr.dcm"])
    ours = run_tool(main, [*flags.split(), *words, "HOST", "PORT", "cut.dcm", "mr.dcm"])
    assert (ours.code, ours.objects) == (theirs.code, theirs.objects)
    assert (ours.code, len(ours.objects)) == ((0, 1) if flags else (1, 0))


@pytest.mark.parametrize("profile", ["Default", "default"])
@pytest.mark.usefixtures("folder")
def test_debians_profile_is_proposed_alike(profile: str, peer_tool: PeerTool) -> None:
    if not CONFIGURATION.is_file():
        pytest.skip("DCMTK's configuration files are not installed")
    words = ["-xf", str(CONFIGURATION), profile, "HOST", "PORT", "ct.dcm", "ct-big.dcm", "lossless.dcm"]
    assert_same(*both(peer_tool, words))


SITUATIONS: dict[str, tuple[Sequence[int | str], str, int]] = {
    # the script of the node, flags, and what DCMTK's tool and ours end with
    "refused": ([0xA700], "", 0xA7),
    "does not match": ([0xA900], "", 0xA9),
    "not understood": ([0xC123], "", 0xC1),
    "second refused": ([0, 0xA701], "", 0xA7),
    "processing failure": ([0x0110], "", 1),
    "no such class": ([0x0122], "", 1),
    "duplicate invocation": ([0x0210], "", 2),
    "warning": ([0xB000, 0xB006, 0xB007], "", 0),
    "aborted": (["abort"], "", 10),
    "general warnings": ([0x0001, 0x0107, 0x0116], "", 0),
    "second aborted": ([0, "abort"], "", 10),
}


@pytest.mark.parametrize("situation", list(SITUATIONS))
@pytest.mark.usefixtures("folder")
def test_failures_end_alike(situation: str, peer_tool: PeerTool) -> None:
    script, flags, code = SITUATIONS[situation]
    words = ["-R", *flags.split(), "HOST", "PORT", "ct.dcm", "mr.dcm", "ct.dcm"]
    theirs, ours = both(peer_tool, words, script=script)
    assert_same(theirs, ours)
    assert ours.code == code


@pytest.mark.parametrize("script", [[0xA700], [0, 0xC000], [0x0001], ["abort"]], ids=str)
@pytest.mark.usefixtures("folder")
def test_exit_codes_are_dcmtks_on_request(script: list[int | str], peer_tool: PeerTool) -> None:
    words = ["-R", "-nh", "HOST", "PORT", "ct.dcm", "mr.dcm"]
    theirs = run_tool(peer_tool("storescu"), words, script=script)
    assert run_tool(main, [*words, "--compat-exit-codes"], script=script).code == theirs.code
    assert (run_tool(main, words, script=script).code != 0) == (script != [0x0001])


@pytest.mark.parametrize(
    "policy",
    [taking(classes=("1.2.840.10008.5.1.4.1.1.128",)), Policy(ae_title="SOMEBODY")],
    ids=["no contexts", "rejected"],
)
@pytest.mark.usefixtures("folder")
def test_refusals_end_alike(policy: Policy, peer_tool: PeerTool) -> None:
    for flags in ([], ["-nh"], ["--compat-exit-codes"]):
        given = [flag for flag in flags if not flag.startswith("--")]
        theirs = run_tool(peer_tool("storescu"), ["-R", *given, "HOST", "PORT", "ct.dcm"], policy=policy)
        ours = run_tool(main, ["-R", *flags, "HOST", "PORT", "ct.dcm"], policy=policy)
        assert (ours.code, ours.received, theirs.code, theirs.received) == (1, [], 1, [])


@pytest.mark.usefixtures("folder")
def test_nobody_there_ends_alike(peer_tool: PeerTool, unused_tcp_port: int) -> None:
    theirs, ours = both(peer_tool, ["-R", "127.0.0.1", str(unused_tcp_port), "ct.dcm"])
    assert (theirs.code, ours.code) == (1, 1)


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_silence_ends_alike(peer_tool: PeerTool) -> None:
    theirs, ours = both(peer_tool, ["-R", "-td", "1", "HOST", "PORT", "ct.dcm"], script=["silence"])
    assert (theirs.code, ours.code) == (1, 1)


def test_files_are_renamed_alike(folder: Path, peer_tool: PeerTool) -> None:
    names: list[list[str]] = []
    for tool in (peer_tool("storescu"), main):
        work = folder.parent / f"work {len(names)}"
        shutil.copytree(folder, work)
        files = [work / name for name in ("ct.dcm", "mr.dcm", "sr.dcm", "text")]
        run_tool(tool, ["-x=", "+rn", "-nh", "HOST", "PORT", *files], script=[0, 0xA700, 0xB000])
        names.append(sorted(str(path.relative_to(work)) for path in work.rglob("*")))
    assert names[0] == names[1]
    assert {"ct.dcm.done", "mr.dcm.bad", "sr.dcm.done", "text.bad"} <= set(names[1])


@pytest.mark.parametrize("flags", ["+II", "+IR 2", "+IR 1 +IS 2", "+IR 1 +IS 1 +IP 2"])
@pytest.mark.usefixtures("folder")
def test_the_same_is_invented(flags: str, peer_tool: PeerTool) -> None:
    words = ["-R", *flags.split(), "--repeat", "3", "HOST", "PORT", "ct.dcm"]
    theirs, ours = both(peer_tool, words)
    assert (theirs.code, ours.code, ours.contexts) == (0, 0, theirs.contexts)
    for one, other in zip(ours.received, theirs.received, strict=True):
        mine, other_one = one.parsed(), other.parsed()
        assert mine.SOPInstanceUID == one.sop_instance_uid
        changed = {"PatientName", "PatientID", "StudyInstanceUID", "SeriesInstanceUID", "StudyID", "SOPInstanceUID"}
        assert {each.keyword for each in mine if each != other_one.get(each.tag)} <= {
            *changed, "SeriesNumber", "InstanceNumber"
        }  # fmt: skip
        assert str(mine.PatientName)[:14] == str(other_one.PatientName)[:14] == "OFFIS^TEST_PN_"
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID"):
        counts = [len({each.parsed()[keyword].value for each in run.received}) for run in (ours, theirs)]
        assert counts[0] == counts[1], keyword


MARKERS = (
    "Requesting Association",
    "Association Accepted (Max Send PDV: ",
    "Sending file: ",
    "Converting transfer syntax: ",
    "Sending Store Request (",
    "Received Store Response (",
    "Releasing Association",
    "Aborting Association",
    "Association Request Failed: ",
    "Store Failed, file: ",
    "Inventing Identifying Information (",
)


def _steps(said: str) -> list[str]:
    """Gives what scripts look for in a log: the markers, and what identifies something after them."""
    steps = []
    for line in said.splitlines():
        marker = next((each for each in MARKERS if each in line), "")
        level, _, text = line.partition(": ")
        if marker.startswith("Converting"):
            before, _, after = text.removeprefix(marker).partition(" -> ")
            if before != after:  # DCMTK also tells the conversions that are none
                steps.append(f"{level}: {marker}")
        elif marker.startswith(("Association Request", "Received")) and "(Success)" not in text:
            code = text.removeprefix(marker)[:9] if "Request" in marker else ""
            steps.append(f"{level}: {marker}{code}")
        elif marker:
            steps.append(f"{level}: {text}".rstrip(":") if "Store Failed" not in marker else f"{level}: {marker}")
    return steps


@pytest.mark.parametrize(
    ("words", "script"),
    [
        ("-R HOST PORT ct.dcm mr.dcm", []),
        ("-R -xi HOST PORT ct.dcm sr.dcm", []),
        ("-R -nh HOST PORT ct.dcm mr.dcm", [0xA700, 0xB000]),
        ("-R +IR 1 HOST PORT ct.dcm", []),
        ("-R --abort HOST PORT ct.dcm", []),
        ("-R HOST PORT ct.dcm", ["abort"]),
        ("-R 127.0.0.1 1 ct.dcm", []),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_scripts_look_for_is_said(
    words: str, script: list[int | str], peer_tool: PeerTool, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["-v", "-aec", "ANY-SCP", *words.split()]
    theirs = run_tool(peer_tool("storescu"), given, script=script)
    capsys.readouterr()
    run_tool(main, given, script=script)
    out, err = capsys.readouterr()
    assert _steps(err) == _steps(theirs.said)
    assert out == theirs.printed
