"""dwb getscu."""

from pathlib import Path

import pydicom
import pytest

from tests.cli.asked import WANTED, answering, holding
from tests.cli.events import events, failed_start, names
from workbench.cli.getscu import main
from workbench.services.query.models import STUDY_ROOT

Capture = pytest.CaptureFixture[str]


def test_success_is_silent_and_everything_is_there(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with holding(tmp_path / "archive", 3) as place:
        assert main([*place, *WANTED, "-od", str(out)]) == 0
    assert capsys.readouterr() == ("", "")
    sent = {pydicom.dcmread(path).SOPInstanceUID for path in (tmp_path / "archive").iterdir()}
    assert {path.name for path in out.iterdir()} == {f"CT.{uid}" for uid in sent}


@pytest.mark.parametrize(("words", "prefix", "count"), [(["-B"], "CT.", 2), (["+B"], "1.", 2), (["--ignore"], "", 0)])
def test_modes(
    words: list[str], prefix: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.chdir(out)
    with holding(tmp_path / "archive", 2) as place:
        assert main([*place, *WANTED, *words]) == 0
    found = [path.name for path in out.iterdir()]
    assert len(found) == count
    assert all(name.startswith(prefix) for name in found)


def test_verbose_tells_the_steps_and_a_report(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with holding(tmp_path / "archive", 2) as place:
        assert main([*place, *WANTED, "-v", "-od", str(out)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[-6:] == [
        "I: Final status report from last C-GET message:",
        "I:   Number of Remaining Suboperations : 0",
        "I:   Number of Completed Suboperations : 2",
        "I:   Number of Failed Suboperations    : 0",
        "I:   Number of Warning Suboperations   : 0",
        "I: Releasing Association",
    ]
    assert len([line for line in lines if line.startswith(f"I: storing DICOM file: {out}")]) == 2


def test_events(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with holding(tmp_path / "archive", 2) as place:
        assert main([*place, *WANTED, "--json", "-od", str(out)]) == 0
    found = events(capsys.readouterr().out)
    kinds = names(found)
    assert (kinds[0], kinds[-3:]) == ("associated", ["result", "released", "summary"])
    assert len([event for event in found if event["event"] == "received" and event["kept"]]) == 2
    assert (found[-1]["completed"], found[-1]["received"], found[-1]["failed"]) == (2, 2, 0)


@pytest.mark.parametrize(
    ("statuses", "code", "said"),
    [
        ((0xB000,), 68, "W: Get ended: B000H"),
        ((0xA702,), 69, "E: Get ended: A702H"),
        ((0xFE00,), 69, "E: Get ended: FE00H"),
        ((0xC000,), 69, "E: Get ended: C000H"),
    ],
)
def test_final_statuses(statuses: tuple[int, ...], code: int, said: str, capsys: Capture) -> None:
    with answering(*statuses, uid=STUDY_ROOT.get) as place:
        assert main([*place, *WANTED]) == code
        assert said in capsys.readouterr().err
        assert main([*place, *WANTED, "--compat-exit-codes"]) == 0


def test_a_lost_association(capsys: Capture) -> None:
    with answering(uid=STUDY_ROOT.get) as place:
        assert main([*place, *WANTED]) == main([*place, *WANTED, "--compat-exit-codes"]) == 1
    assert "F: Get Failed: 0006:0317 Peer aborted Association" in capsys.readouterr().err


def test_no_association(unused_tcp_port: int, capsys: Capture) -> None:
    assert main(["127.0.0.1", str(unused_tcp_port), *WANTED]) == 1
    with answering(uid=STUDY_ROOT.find) as place:
        assert main([*place, *WANTED]) == 1
    said = capsys.readouterr().err
    assert "F: Association Request Failed: 0006:031c" in said
    assert "F: No Acceptable Presentation Contexts" in said


def test_a_folder_that_is_not_there(tmp_path: Path, capsys: Capture) -> None:
    assert main(["localhost", "104", *WANTED, "-od", str(tmp_path / "missing")]) == 1
    assert f"F: {tmp_path / 'missing'}: there is no such folder" in capsys.readouterr().err


def test_a_wrong_key_retrieves_nothing(capsys: Capture) -> None:
    assert main(["localhost", "104", "-S", "-k", "StudyInstanceUIDx=1"]) == 1
    assert "there is no attribute 'StudyInstanceUIDx'; StudyInstanceUID?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["-od", ".", "--ignore"], "--output-directory and --ignore exclude each other"),
        (["+B", "--ignore"], "--bit-preserving and --ignore exclude each other"),
        (["-B", "+B"], "--bit-preserving and --normal exclude each other"),
        (["-B", "--ignore"], "--normal and --ignore exclude each other"),
        (["+v"], "needs -v"),
    ],
)
def test_wrong_command_lines(words: list[str], problem: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["localhost", "104", *WANTED, *words])
    assert problem in failed_start(capsys, caught)
