"""`dwb archive`: rebuilds, checks and lists the index of a folder."""

import json
from pathlib import Path

import pytest

from tests.storage.indexed import make_object
from workbench.__main__ import main
from workbench.storage.index import FILE_NAME

Capture = pytest.CaptureFixture[str]


def run(*arguments: str) -> int:
    return main(["archive", *arguments])


def test_index_is_made_checked_and_made_anew(tmp_path: Path, capsys: Capture) -> None:
    paths = [make_object(tmp_path, SOPInstanceUID=f"1.{number}") for number in range(3)]
    assert run("check", str(tmp_path)) == 1
    assert ".index.sqlite: is missing: the folder has no index" in capsys.readouterr().err
    assert run("rebuild", str(tmp_path)) == 0
    assert capsys.readouterr().err == "3 objects indexed, 0 other files\n"
    assert run("check", str(tmp_path)) == 0
    assert capsys.readouterr().err == "index and files agree\n"
    paths[0].unlink()
    make_object(tmp_path, "new", SOPInstanceUID="1.9")
    assert run("check", str(tmp_path), "--json") == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "E: CT.1.0: is in the index, and not in the folder",
        "E: new: is not in the index",
        "2 differences",
    ]
    events = [json.loads(line) for line in captured.out.splitlines()]
    assert [event.get("file") for event in events] == ["CT.1.0", "new", None]
    assert run("rebuild", str(tmp_path), "-v") == 0
    assert run("check", str(tmp_path)) == 0


def test_objects_are_read_again_when_asked(tmp_path: Path, capsys: Capture) -> None:
    path = make_object(tmp_path, SOPInstanceUID="1.1")
    make_object(tmp_path, "text", SOPInstanceUID="1.2").write_text("no object")
    path.write_bytes(path.read_bytes()[:-1])
    assert run("rebuild", str(tmp_path)) == 0
    assert run("check", str(tmp_path)) == 0
    capsys.readouterr()
    assert run("check", str(tmp_path), "--reread") == 1
    assert "E: CT.1.1: the data set ends at byte" in capsys.readouterr().err


def test_studies_are_listed(tmp_path: Path, capsys: Capture) -> None:
    make_object(tmp_path, StudyInstanceUID="1.1", StudyDate="20240229", StudyDescription="Head\x1b[31m")
    assert run("list", str(tmp_path)) == 0
    assert capsys.readouterr().out == "P\tDoe^Jane\t20240229\tCT\t1\t1\tHead\\x1b[31m\t1.1\n"
    assert run("list", "--json", str(tmp_path)) == 0
    event = json.loads(capsys.readouterr().out)
    assert (event["event"], event["instances"], event["study"]) == ("study", "1", "1.1")


@pytest.mark.parametrize("action", ["rebuild", "check", "list"])
def test_folder_must_exist(action: str, tmp_path: Path, capsys: Capture) -> None:
    assert run(action, str(tmp_path / "missing")) == 1
    assert "there is no such folder" in capsys.readouterr().err


def test_damaged_index_is_told_and_made_anew(tmp_path: Path, capsys: Capture) -> None:
    make_object(tmp_path, SOPInstanceUID="1.1")
    (tmp_path / FILE_NAME).write_text("this is no database" * 1000)
    assert run("check", str(tmp_path)) == 1
    assert "the index is damaged" in capsys.readouterr().err
    assert run("rebuild", str(tmp_path)) == 0
    assert "set aside as .index.sqlite.damaged-1" in capsys.readouterr().err
    assert run("check", str(tmp_path)) == 0
