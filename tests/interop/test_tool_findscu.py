"""DCMTK's findscu and ours on the same task: what they propose, ask, write and end with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pydicom
import pytest

from tests.interop.asking import OUT, Answers, Run, run_ours, run_theirs, side_by_side
from tests.interop.peers import PeerTool, assert_same_elements
from tests.services.query.responses import EVERYTHING as RESPONSE
from workbench.acse.policy import Policy
from workbench.services.query.identifiers import Element, encode_as_given
from workbench.services.query.models import STUDY_ROOT
from workbench.storage.part10 import file_meta
from workbench.uids import (
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

pytestmark = pytest.mark.interop

QUERY = (
    Element(0x00080020, "DA", b"20240101- "),
    Element(0x00080052, "CS", b"STUDY "),
    Element(0x00080119, "UC", b"long"),
    Element(0x00100010, "PN", b"DOE^*"),
    Element(0x00100020, "LO", b""),
    Element(0x00280010, "US", "5"),
    Element(0x00400275, "SQ", ((Element(0x00080060, "CS", b"CT"),),)),
    Element(0x0040A160, "UT", b"text"),
)
KEY = ("-k", "PatientName")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gives the folder in which the tools run, with query files."""
    for name, syntax in (("query.dcm", EXPLICIT_VR_LITTLE_ENDIAN), ("implicit.dcm", IMPLICIT_VR_LITTLE_ENDIAN)):
        meta = file_meta(sop_class_uid=STUDY_ROOT.find, sop_instance_uid="1.2.3", transfer_syntax_uid=syntax)
        (tmp_path / name).write_bytes(meta + encode_as_given(QUERY, syntax))
    for name, syntax in (("bare", EXPLICIT_VR_LITTLE_ENDIAN), ("big", EXPLICIT_VR_BIG_ENDIAN)):
        (tmp_path / name).write_bytes(encode_as_given(QUERY, syntax))
    (tmp_path / "bare-implicit").write_bytes(encode_as_given(QUERY, IMPLICIT_VR_LITTLE_ENDIAN))
    (tmp_path / "text").write_text("this is no query " * 50)
    (tmp_path / "words").write_text('-S -k "PatientName=DOE J*" -aet WORDS')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def assert_same(theirs: Run, ours: Run) -> None:
    """Compares what went over the wire, and the exit codes."""
    assert ours.contexts == theirs.contexts
    assert ours.roles == theirs.roles
    assert ours.titles == theirs.titles
    assert ours.identifiers == theirs.identifiers
    assert [one.message for one in ours.asked] == [one.message for one in theirs.asked]
    assert (ours.cancels, ours.ends) == (theirs.cancels, theirs.ends)
    assert ours.code == theirs.code


@pytest.mark.parametrize(
    "words",
    [
        ["-S", *KEY],
        ["-P", *KEY],
        ["-O", *KEY],
        ["-W", *KEY],
        [*KEY],
        ["-aet", "ONE", "-aec", "OTHER", *KEY],
        ["-x=", *KEY],
        ["-xe", *KEY],
        ["-xb", *KEY],
        ["-xi", *KEY],
        ["-xd", *KEY],
        ["-xi", "-xe", *KEY],
        ["--repeat", "3", *KEY],
        ["--abort", *KEY],
        ["@words"],
        ["-S", "query.dcm"],
        ["-S", "implicit.dcm"],
        ["-S", "bare"],
        ["-S", "bare-implicit"],
        ["-S", "big"],
        ["-S", "-u", "query.dcm"],
        ["-S", "-u", "+u", "query.dcm"],
        ["-S", "-xi", "query.dcm"],
        ["-S", "-xb", "query.dcm"],
        ["-S", "query.dcm", "implicit.dcm", "-k", "PatientID=7", "-k", "PatientName"],
        ["-k", "RequestAttributesSequence[0].Modality=MR", "query.dcm"],
        ["-k", "RequestAttributesSequence[1].Modality=MR", "query.dcm"],
        ["-k", "RequestAttributesSequence", "query.dcm"],
    ],
    ids=" ".join,
)
def test_same_proposal_and_same_query(peer_tool: PeerTool, folder: Path, words: list[str]) -> None:
    assert_same(*side_by_side("findscu", peer_tool, words))


@pytest.mark.parametrize(
    "key",
    [
        "0008,0052=STUDY",
        "(0008,0052)=STUDY",
        "0010,0010 =x",
        "8,52=STUDY",
        "PatientName=",
        "PatientID=a\\b",
        "PatientID=a=b",
        "StudyDate=20240101-",
        "StudyDate=anything",
        "Rows=5",
        "Rows=1\\2",
        "InstanceNumber=12",
        "PixelSpacing=0.5\\0.5",
        "PixelData=12\\34\\ff",
        "6000,3000=12\\34",
        "5002,0010=1",
        "SOPClassUID==CTImageStorage",
        "0009,0010=ACME",
        "9999,0010=1",
        "0009,1001=12\\34",
        "RETIRED_IdentifyingComments=x",
        "ScheduledProcedureStepSequence",
        "ScheduledProcedureStepSequence[0]",
        "(0040,0100)[0].ScheduledStationAETitle=A",
        "ScheduledProcedureStepSequence[1].Modality=CT",
        "ScheduledProcedureStepSequence[0].ScheduledProtocolCodeSequence[0].CodeValue=X",
        "SelectorFDValue=1.5",
        "SelectorSLValue=-5",
    ],
)
def test_same_bytes_for_a_key(peer_tool: PeerTool, key: str) -> None:
    assert_same(*side_by_side("findscu", peer_tool, ["-S", "-k", key]))


@pytest.mark.parametrize(
    "key",
    [
        "PatientNam=x",
        "patientname=x",
        " PatientID=x",
        "PatientID =x",
        "=x",
        "ScheduledProcedureStepSequence[*].Modality=CT",
        "ScheduledProcedureStepSequence.Modality=CT",
        "ScheduledProcedureStepSequence=x",
        "PatientName[0].Modality=CT",
        "Rows=abc",
        "SOPClassUID==Nobody",
    ],
)
def test_both_refuse_a_wrong_key_and_only_ours_says_so_by_its_exit_code(peer_tool: PeerTool, key: str) -> None:
    theirs, ours = side_by_side("findscu", peer_tool, ["-S", "-k", key])
    assert theirs.asked == ours.asked == []
    assert (theirs.code, ours.code) == (0, 1)
    assert ours.requests == []  # known before anybody is called


def test_text_beyond_ascii_is_declared_by_ours_only(peer_tool: PeerTool) -> None:
    theirs, ours = side_by_side("findscu", peer_tool, ["-S", "-v", "-k", "PatientName=Müller"])
    assert ours.asked[0].identifier.endswith(theirs.asked[0].identifier)
    assert b"ISO_IR 192" in ours.asked[0].identifier


@pytest.mark.parametrize("words", [["--cancel", "1"], ["--cancel", "2"]], ids=" ".join)
def test_same_cancel(peer_tool: PeerTool, words: list[str]) -> None:
    answers = Answers(matches=[RESPONSE] * 3, until_cancelled=True)
    theirs, ours = side_by_side("findscu", peer_tool, ["-S", *KEY, *words], answers)
    assert_same(theirs, ours)
    assert ours.cancels == 1


def written(folder: Path) -> dict[str, Path]:
    """Gives the files of a folder by their names."""
    return {path.name: path for path in folder.iterdir()}


def assert_same_xml(ours: ElementTree.Element, theirs: ElementTree.Element) -> None:
    """Compares XML; names of private attributes have other spellings.

    The lengths of sequences are not compared: DCMTK does not count anew when it has converted text in them.
    """
    assert ours.tag == theirs.tag
    left, right = dict(ours.attrib), dict(theirs.attrib)
    if ours.tag != "element":
        left.pop("len", ""), right.pop("len", "")
    names = left.pop("name", ""), right.pop("name", "")
    if ours.tag != "element" or not int(ours.attrib["tag"][3]) & 1:
        assert names[0] == names[1]
    assert left == right
    assert (ours.text or "").strip() == (theirs.text or "").strip()
    for one, other in zip(ours, theirs, strict=True):
        assert_same_xml(one, other)


MATCHES: Mapping[str, Sequence[tuple[Element, ...]]] = {
    "everything": [RESPONSE, RESPONSE],
    "ascii": [(Element(0x00100010, "PN", b"DOE^J "),)],
    "utf-8": [(Element(0x00080005, "CS", b"ISO_IR 192"), Element(0x00100010, "PN", "Müller".encode() + b" "))],
    "cyrillic": [(Element(0x00080005, "CS", b"ISO_IR 144"), Element(0x00100010, "PN", "Ж".encode("iso8859_5")))],
    "greek": [(Element(0x00080005, "CS", b"ISO_IR 126"), Element(0x00100010, "PN", "Διονυσιο".encode("iso8859_7")))],
    "empty": [],
}


@pytest.mark.parametrize("matches", list(MATCHES))
@pytest.mark.parametrize(
    "words",
    [["-X"], ["-Xx"], ["-Xs", "all.xml"], ["-X", "-Xlo", "1"], ["-Xs", "all.xml", "-Xlo", "3"], ["-Xx", "+dc"]],
    ids=" ".join,
)
def test_same_files(peer_tool: PeerTool, tmp_path: Path, words: list[str], matches: str) -> None:
    folders = tmp_path / "theirs", tmp_path / "ours"
    for folder in folders:
        folder.mkdir()
    answers = Answers(matches=MATCHES[matches])
    both = side_by_side(
        "findscu", peer_tool, ["-S", *KEY, "--repeat", "2", "-od", OUT, *words], answers, folders=folders
    )
    assert_same(*both)
    theirs, ours = (written(folder) for folder in folders)
    assert ours.keys() == theirs.keys()
    for name, path in ours.items():
        if path.suffix == ".dcm":
            assert_same_elements(pydicom.dcmread(path), pydicom.dcmread(theirs[name]))
        else:
            assert_same_xml(ElementTree.parse(path).getroot(), ElementTree.parse(theirs[name]).getroot())


@pytest.mark.parametrize(
    ("words", "answers", "codes"),
    [
        ([*KEY], Answers(final=0xA700), (0, 2, 0)),
        ([*KEY], Answers(final=0xC001), (0, 2, 0)),
        ([*KEY], Answers(is_silent=True), (0, 2, 0)),
        (["text"], Answers(), (0, 1, 1)),
        (["missing.dcm"], Answers(), (1, 1, 1)),
        ([], Answers(), (1, 1, 1)),
        (["--nonsense", *KEY], Answers(), (1, 1, 1)),
        (["-Xlo", "1", *KEY], Answers(), (1, 1, 1)),
        (["-od", ".", *KEY], Answers(), (0, 1, 1)),
        (["+cl", "1", *KEY], Answers(), (1, 1, 1)),
        (["-X", "-od", "missing", *KEY], Answers(matches=[RESPONSE]), (1, 45, 1)),
        (["-Xs", "a.xml", "-od", "missing", *KEY], Answers(), (1, 45, 1)),
        (["--repeat", "0", *KEY], Answers(), (1, 1, 1)),
        (["--cancel", "-1", *KEY], Answers(), (1, 1, 1)),
        (["-ll", "loud", *KEY], Answers(), (1, 1, 1)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_exit_codes(
    peer_tool: PeerTool, folder: Path, words: list[str], answers: Answers, codes: tuple[int, int, int]
) -> None:
    theirs, ours = side_by_side("findscu", peer_tool, words, answers)
    _, compat = side_by_side("findscu", peer_tool, [*words, "--compat-exit-codes"], answers)
    assert (theirs.code, ours.code, compat.code) == codes


def test_exit_codes_without_an_association(peer_tool: PeerTool, unused_tcp_port: int) -> None:
    nobody = ["127.0.0.1", str(unused_tcp_port), *KEY]
    assert (run_theirs(peer_tool("findscu"), nobody)[0], run_ours("findscu", nobody)) == (2, 2)
    strangers = Policy(contexts={}, allowed_calling=frozenset({"FRIEND"}))
    for policy in (strangers, Policy(contexts={})):
        theirs, ours = side_by_side("findscu", peer_tool, ["-S", *KEY], policy=policy)
        assert (theirs.code, ours.code) == (2, 2)


def test_same_lines_about_responses(peer_tool: PeerTool, capfd: pytest.CaptureFixture[str]) -> None:
    theirs, _ = side_by_side(
        "findscu", peer_tool, ["-S", *KEY], Answers(matches=[RESPONSE] * 2, statuses=[0xFF00, 0xFF01])
    )
    ours = capfd.readouterr().err
    marks = [line for line in theirs.said.splitlines() if "Find Response" in line or "---" in line]
    assert [line for line in ours.splitlines() if "Find Response" in line or "---" in line] == marks
    same = set(theirs.said.splitlines()) & set(ours.splitlines())
    assert {line[3:17] for line in same} >= {
        "(0008,0005) CS",
        "(0008,0016) UI",
        "(0018,9087) FD",
        "(0028,0009) AT",
        "(0028,0010) US",
        "(0028,1201) OW",
    }


@pytest.mark.parametrize("words", [KEY, ["-xb", "query.dcm"], ["-xi", "implicit.dcm"]])
def test_same_lines_of_data_sets(
    peer_tool: PeerTool, folder: Path, words: Sequence[str], capfd: pytest.CaptureFixture[str]
) -> None:
    theirs, _ = side_by_side("findscu", peer_tool, ["-S", "-v", *words], Answers(matches=[QUERY, QUERY]))
    marks = [line for line in theirs.said.splitlines() if line.lstrip("I: ").startswith(("#", "("))]
    assert len(marks) > 20
    ours = capfd.readouterr().err.splitlines()
    assert [line for line in ours if line.lstrip("I: ").startswith(("#", "("))] == marks
