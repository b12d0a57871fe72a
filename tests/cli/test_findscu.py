"""dwb findscu."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pydicom
import pytest

from tests.cli.asked import answering, finding, finding_on
from tests.cli.events import events, failed_start, names
from workbench.cli.findscu import main

Capture = pytest.CaptureFixture[str]
KEYS = ["-S", "-k", "0008,0052=STUDY", "-k", "StudyInstanceUID", "-k", "PatientName"]


def test_responses_are_shown_by_default(capsys: Capture) -> None:
    with finding() as place:
        assert main([*place, *KEYS]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert lines[:3] == ["I: ---------------------------", "I: Find Response: 1 (Pending)", "I: "]
    assert lines[3:5] == ["I: # Dicom-Data-Set", "I: # Used TransferSyntax: Little Endian Explicit"]
    assert [line for line in lines if "Find Response" in line][-1] == "I: Find Response: 3 (Pending)"
    assert "I: (0010,0010) PN [DOE^2 ]                                 #   6, 1 PatientName" in lines


def test_what_is_not_complete_is_marked(capsys: Capture) -> None:
    with answering(0xFF01, 0) as place:
        assert main([*place, *KEYS]) == 0
    assert "I: Find Response: 1 (Pending: WarningUnsupportedOptionalKeys)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "is_shown"),
    [
        (["-q"], False),
        (["-q", "+sr"], True),
        (["-sr"], False),
        (["-v", "-sr"], False),
        (["+sr", "-sr"], False),
        (["-X"], False),
        (["-X", "+sr"], True),
        (["-q", "-v"], True),
        (["--json"], False),
    ],
)
def test_when_responses_are_shown(
    words: list[str], is_shown: bool, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with finding() as place:
        assert main([*place, *KEYS, *words]) == 0
    assert ("Find Response: 1" in capsys.readouterr().err) is is_shown


def test_verbose_tells_the_steps(capsys: Capture) -> None:
    with finding() as place:
        assert main([*place, *KEYS, "-v", "-sr"]) == 0
    said = capsys.readouterr().err
    marks = [
        "I: Requesting Association",
        "I: Association Accepted",
        "I: Request Identifiers:",
        "I: Sending Find Request (MsgID 1)",
        "I: Received Find Response 1 (Pending)",
        "I: Received Final Find Response (Success)",
        "I: Releasing Association",
    ]
    places = [said.index(mark) for mark in marks]
    assert places == sorted(places)


def test_events(capsys: Capture) -> None:
    with finding() as place:
        assert main([*place, *KEYS, "--json"]) == 0
    found = events(capsys.readouterr().out)
    assert names(found) == ["associated", "match", "match", "match", "result", "released", "summary"]
    assert [event["data_set"]["00100010"]["Value"] for event in found[1:4]] == [
        [{"Alphabetic": f"DOE^{number}"}] for number in range(3)
    ]
    assert (found[4]["status"], found[4]["matches"]) == (0, 3)
    assert (found[-1]["queries"], found[-1]["matches"], found[-1]["failed"]) == (1, 3, 0)
    assert json.dumps(found)


def test_files_of_responses(tmp_path: Path, capsys: Capture) -> None:
    with finding() as place:
        assert main([*place, *KEYS, "-v", "-X", "-od", str(tmp_path), "--repeat", "2", "-Xlo", "5"]) == 0
        assert main([*place, *KEYS, "-Xs", "all.xml", "-od", str(tmp_path)]) == 0
    # The final response of the first query has number 4.
    assert sorted(path.name for path in tmp_path.glob("*.dcm")) == [f"rsp000{number}.dcm" for number in (1, 2, 3, 5)]
    assert pydicom.dcmread(tmp_path / "rsp0002.dcm").PatientName == "DOE^1"
    assert len(ElementTree.parse(tmp_path / "all.xml").getroot()) == 3
    assert f"I: Writing response dataset to file: {tmp_path / 'rsp0001.dcm'}" in capsys.readouterr().err


def test_a_table_of_responses(tmp_path: Path) -> None:
    with finding() as place:
        assert main([*place, *KEYS, "--csv", "all.csv", "-od", str(tmp_path)]) == 0
    lines = (tmp_path / "all.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "QueryRetrieveLevel,PatientName,StudyInstanceUID"
    assert lines[1:] == [f"STUDY,DOE^{number},1.2.{number}" for number in range(3)]


WRITINGS = [["-X"], ["-Xx"], ["-Xs", "all.xml"], ["--csv", "all.csv"]]
NOBODY = ("127.0.0.1", "1")  # no port that answers: who is called nevertheless ends with another code


@pytest.mark.parametrize("words", WRITINGS, ids=" ".join)
@pytest.mark.parametrize(("more", "code"), [([], 45), (["--compat-exit-codes"], 1)])
def test_a_folder_that_is_not_there_is_told_before_the_call(
    words: list[str], more: list[str], code: int, tmp_path: Path, capsys: Capture
) -> None:
    assert main([*NOBODY, *KEYS, *words, *more, "-od", str(tmp_path / "missing")]) == code
    assert capsys.readouterr().err == f"F: {tmp_path / 'missing'}: is no folder that exists\n"


@pytest.mark.parametrize("option", ["-Xs", "--csv"])
@pytest.mark.parametrize(("more", "code"), [([], 40), (["--compat-exit-codes"], 1)])
def test_a_file_of_all_that_cannot_be_made_is_told_before_the_call(
    option: str, more: list[str], code: int, tmp_path: Path, capsys: Capture
) -> None:
    assert main([*NOBODY, *KEYS, option, "no/all", "-od", str(tmp_path), *more]) == code
    said = capsys.readouterr().err
    assert said == f"F: {tmp_path / 'no' / 'all'}: cannot be written: No such file or directory\n"


@pytest.mark.parametrize(("more", "code"), [([], 40), (["--compat-exit-codes"], 0)])
def test_a_response_that_cannot_be_written_is_told_once(
    more: list[str], code: int, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "rsp0002.dcm").mkdir()
    with finding() as place:
        assert main([*place, *KEYS, "-X", *more, "-od", str(tmp_path)]) == code
    assert capsys.readouterr().err.count("rsp0002.dcm: cannot be written: Is a directory") == 1


def test_a_broken_response_fails_but_where_its_bytes_are_kept(tmp_path: Path, capsys: Capture) -> None:
    broken = b"\x10\0\x10\0PN\x09\0DOE"
    with answering(0xFF00, 0, data_set=broken) as place:
        assert main([*place, *KEYS]) == 0
        assert main([*place, *KEYS, "-Xx", "-od", str(tmp_path)]) == 2
        assert main([*place, *KEYS, "-X", "-od", str(tmp_path)]) == 0
    assert (tmp_path / "rsp0001.dcm").read_bytes().endswith(broken)
    said = capsys.readouterr().err
    assert "W: response 1 is broken" in said
    assert "E: response 1 is broken and not written" in said


@pytest.mark.parametrize(("words", "matches"), [(["--cancel", "2"], 10), (["--limit", "4"], 4)])
def test_cancel_and_limit_end_well(words: list[str], matches: int, capsys: Capture) -> None:
    with finding_on() as place:
        assert main([*place, *KEYS, *words, "--json"]) == 0
    found = events(capsys.readouterr().out)
    assert found[-1]["matches"] <= matches
    assert next(event for event in found if event["event"] == "result")["status"] == 0xFE00


@pytest.mark.parametrize(
    ("statuses", "code", "said"),
    [
        ((0xA700,), 2, "E: Find Failed: A700H"),
        ((0xC001,), 2, "E: Find Failed: C001H"),
        ((), 2, "F: Find Failed: 0006:0317 Peer aborted Association"),
    ],
)
def test_a_failed_query(statuses: tuple[int, ...], code: int, said: str, capsys: Capture) -> None:
    with answering(*statuses) as place:
        assert main([*place, *KEYS]) == code
        assert said in capsys.readouterr().err
        assert main([*place, *KEYS, "--compat-exit-codes"]) == 0


def test_nobody_there(unused_tcp_port: int, capsys: Capture) -> None:
    words = ["127.0.0.1", str(unused_tcp_port), *KEYS]
    assert (main(words), main([*words, "--compat-exit-codes"])) == (2, 2)
    assert "F: Association Request Failed: 0006:031c TCP Initialization Error" in capsys.readouterr().err


def test_a_node_without_the_model(capsys: Capture) -> None:
    with finding() as place:
        assert main([*place, "-W", "-k", "PatientName"]) == 2
        assert main([*place, "-W", "-k", "PatientName", "--compat-exit-codes"]) == 2
    assert "F: No Acceptable Presentation Contexts" in capsys.readouterr().err


def test_what_cannot_be_asked(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "text").write_text("this is no query")
    assert main(["localhost", "104", "-k", "Foo=1"]) == 1
    assert main(["localhost", "104", str(tmp_path / "text")]) == 1
    said = capsys.readouterr().err
    assert "F: -k/--key: key 'Foo=1', character 1: there is no attribute 'Foo'" in said
    assert f"F: {tmp_path / 'text'}: this is no query" in said


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "a query file or -k/--key is needed"),
        ([*KEYS, "-od", "."], "--output-directory needs --extract"),
        ([*KEYS, "-Xlo", "1"], "--limit-output needs --extract"),
        ([*KEYS, "+cl", "1"], "--compression-level needs --propose-deflated"),
        ([*KEYS, "-xd", "+cl", "10"], "10 is not a number in its range: 0 to 9"),
        ([*KEYS, "--cancel", "-1"], "-1 is not a number in its range"),
    ],
)
def test_wrong_command_lines(words: list[str], problem: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["localhost", "104", *words])
    assert problem in failed_start(capsys, caught)


def test_queries_at_the_same_time(tmp_path: Path, capsys: Capture) -> None:
    files = [tmp_path / f"{number}.dcm" for number in range(4)]
    for path in files:
        path.write_bytes(b"\x08\0\x52\0CS\x06\0STUDY \x20\0\x0d\0UI\0\0")
    with finding() as place:
        assert main([*place, "-S", "--jobs", "2", "--json", *map(str, files)]) == 0
    found = events(capsys.readouterr().out)
    assert len([event for event in found if event["event"] == "associated"]) == 2
    assert {event["file"] for event in found if event["event"] == "match"} == set(map(str, files))
    assert found[-1]["matches"] == 12


def test_the_help_tells_the_exit_codes(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert "Exit codes: 0" in capsys.readouterr().out
