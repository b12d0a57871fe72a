"""dwb movescu."""

from pathlib import Path

import pydicom
import pytest

from tests.cli.asked import WANTED, answering, free_port, holding
from tests.cli.events import events, names
from workbench.cli.movescu import main
from workbench.config import Node
from workbench.services.query.models import STUDY_ROOT
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def own() -> Node:
    """Gives where the archive takes MOVESCU to be."""
    return Node(name="own", host="127.0.0.1", port=free_port(), ae_title="MOVESCU")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Gives a folder for what is received."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_success_is_silent_and_everything_is_there(tmp_path: Path, own: Node, out: Path, capsys: Capture) -> None:
    with holding(tmp_path / "archive", 3, [own]) as place:
        assert main([*place, *WANTED, "+P", str(own.port), "-od", str(out)]) == 0
    assert capsys.readouterr() == ("", "")
    assert sorted(path.name[:3] for path in out.iterdir()) == ["CT."] * 3


def test_files_are_written_as_the_options_want(tmp_path: Path, own: Node, out: Path) -> None:
    with holding(tmp_path / "archive", 1, [own]) as place:
        assert main([*place, *WANTED, "+P", str(own.port), "-od", str(out), "+ti"]) == 0
    (path,) = out.iterdir()
    assert pydicom.dcmread(path).file_meta.TransferSyntaxUID == IMPLICIT_VR_LITTLE_ENDIAN


def test_nothing_is_kept_when_that_is_wanted(tmp_path: Path, own: Node, out: Path) -> None:
    with holding(tmp_path / "archive", 2, [own]) as place:
        assert main([*place, *WANTED, "+P", str(own.port), "-od", str(out), "--ignore"]) == 0
    assert list(out.iterdir()) == []


def test_verbose_tells_the_steps(tmp_path: Path, own: Node, out: Path, capsys: Capture) -> None:
    with holding(tmp_path / "archive", 2, [own]) as place:
        assert main([*place, *WANTED, "-v", "-dhl", "+P", str(own.port), "-od", str(out)]) == 0
    said, err = capsys.readouterr()
    assert said == "RECV: .\n" * 2
    marks = [
        "Requesting Association",
        "Sending Move Request (MsgID 1)",
        "Association Received",
        "Received Store Request",
    ]
    marks += [f"storing DICOM file: {out}", "Received Final Move Response (Success)", "Releasing Association"]
    places = [err.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "127.0.0.1 is" not in err


def test_events(tmp_path: Path, own: Node, out: Path, capsys: Capture) -> None:
    with holding(tmp_path / "archive", 2, [own]) as place:
        assert main([*place, *WANTED, "--json", "+P", str(own.port), "-od", str(out)]) == 0
    found = events(capsys.readouterr().out)
    assert (names(found)[0], names(found)[-3:]) == ("associated", ["result", "released", "summary"])
    assert (found[-1]["completed"], found[-1]["received"]) == (2, 2)


def test_another_destination(tmp_path: Path, own: Node, capsys: Capture) -> None:
    with holding(tmp_path / "archive", 2, [own]) as place:
        assert main([*place, *WANTED, "-aem", "NOBODY"]) == 69
    assert "does not know NOBODY as a move destination" in capsys.readouterr().err


def test_hosts_that_may_not_send_are_turned_away(tmp_path: Path, own: Node, out: Path, capsys: Capture) -> None:
    words = ["+P", str(own.port), "-od", str(out), "--allow-host", "192.0.2.1"]
    with holding(tmp_path / "archive", 1, [own]) as place:
        assert main([*place, *WANTED, *words]) == 69
        assert list(out.iterdir()) == []
        assert main([*place, *WANTED, *words, "-ac"]) == 0
    assert "A702H" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("statuses", "code", "compat"),
    [((0,), 0, 0), ((0xB000,), 68, 68), ((0xA702,), 69, 69), ((0xC000,), 69, 69), ((0xFE00,), 69, 69), ((), 62, 0)],
)
def test_exit_codes(statuses: tuple[int, ...], code: int, compat: int, capsys: Capture) -> None:
    with answering(*statuses, uid=STUDY_ROOT.move) as place:
        assert main([*place, *WANTED]) == code
        assert main([*place, *WANTED, "--compat-exit-codes"]) == compat


def test_no_association(unused_tcp_port: int, capsys: Capture) -> None:
    assert main(["127.0.0.1", str(unused_tcp_port), *WANTED]) == 61
    with answering(uid=STUDY_ROOT.get) as place:
        assert main([*place, *WANTED]) == 66
    said = capsys.readouterr().err
    assert "F: Association Request Failed: 0006:031c" in said
    assert "F: No Acceptable Presentation Contexts" in said


def test_what_keeps_it_from_starting(tmp_path: Path, own: Node, out: Path, capsys: Capture) -> None:
    (tmp_path / "text").write_text("this is no query")
    listening = ["localhost", "104", *WANTED, "+P", str(own.port)]
    assert main([*listening, "-od", str(tmp_path / "missing")]) == 45
    assert main([*listening, "-od", str(tmp_path / "text")]) == 45
    assert main(["localhost", "104", "-S", str(tmp_path / "text")]) == 22
    assert main(["localhost", "104", "-S", "-k", "Foo=1"]) == 1
    said = capsys.readouterr().err
    assert f"F: {tmp_path / 'missing'}: there is no such folder" in said
    assert f"F: bad DICOM file: {tmp_path / 'text'}: this is no query" in said


def test_a_port_in_use(tmp_path: Path, out: Path, capsys: Capture) -> None:
    with holding(tmp_path / "archive", 1) as place:
        assert main([*place, *WANTED, "+P", place[1], "-od", str(out)]) == 60
    assert "F: Listening Failed" in capsys.readouterr().err


def test_cancel_ends_well(tmp_path: Path, capsys: Capture) -> None:
    with answering(0xFF00, 0xFE00, uid=STUDY_ROOT.move) as place:
        assert main([*place, *WANTED, "--cancel", "1"]) == 0
        assert main([*place, *WANTED]) == 69
