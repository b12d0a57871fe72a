"""The files of a folder and what the index holds of them are made equal."""

import os
import sqlite3
from pathlib import Path

import pytest

from tests.storage.indexed import add, found, make_object, touch, uids
from workbench.errors import StorageError
from workbench.storage.index import FILE_NAME, InstanceIndex, Level
from workbench.storage.index_database import IndexDatabase
from workbench.storage.index_files import Difference, Report, is_unchanged, reconcile


def test_folder_and_index_become_equal(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    gone = make_object(folder, SOPInstanceUID="1.1")
    changed = make_object(folder, SOPInstanceUID="1.2")
    make_object(folder, ".hidden", SOPInstanceUID="1.3")
    (folder / "text").write_text("no object")
    (folder / "pipe").mkdir()
    os.mkfifo(folder / "pipe" / "named") if hasattr(os, "mkfifo") else (folder / "pipe" / "named").write_text("")
    database = IndexDatabase(str(tmp_path / "index"))
    assert not is_unchanged(str(folder), database)
    assert reconcile(str(folder), database, with_states=True) == Report(indexed=2, removed=0, left_out=2)
    assert is_unchanged(str(folder), database)
    assert reconcile(str(folder), database, with_states=True) == Report(indexed=0, removed=0, left_out=0)
    gone.unlink()
    changed.write_bytes(changed.read_bytes() + bytes(8))
    (folder / "text").write_text("no object either")
    assert not is_unchanged(str(folder), database)
    assert reconcile(str(folder), database, with_states=False) == Report(indexed=0, removed=1, left_out=0)
    assert reconcile(str(folder), database, with_states=True) == Report(indexed=1, removed=0, left_out=1)
    database.close()


def test_folder_that_is_gone_removes_nothing(tmp_path: Path) -> None:
    database = IndexDatabase(str(tmp_path / "index"))
    with pytest.raises(StorageError, match="no such folder"):
        reconcile(str(tmp_path / "missing"), database, with_states=False)
    database.close()


def test_of_two_files_with_one_object_the_newest_is_it(tmp_path: Path) -> None:
    for name, seconds in (("b", 2), ("a", 3), ("c", 1)):
        touch(make_object(tmp_path, name, SOPInstanceUID="1.1", StudyInstanceUID="1", PatientName=name), seconds)
    with InstanceIndex.open(tmp_path) as index:
        assert [stored.path for stored in index.instances()] == [str(tmp_path / "a")]
        assert found(index, Level.PATIENT, "PatientName") == ["a"]


def test_rebuild_reads_every_file_and_keeps_what_comes_meanwhile(tmp_path: Path) -> None:
    for number in range(150):
        make_object(tmp_path, SOPInstanceUID=f"1.{number}")
    (tmp_path / "text").write_text("no object")
    with InstanceIndex.open(tmp_path) as index:
        with sqlite3.connect(tmp_path / FILE_NAME) as connection:
            connection.execute("DELETE FROM study")  # somebody played with it
        connection.close()
        assert found(index, Level.STUDY, "PatientID") == []
        (tmp_path / f"{FILE_NAME}.new").write_text("left by one that was killed")
        told: list[int] = []

        def progress(files: int) -> None:
            told.append(files)
            if len(told) == 1:
                add(index, make_object(tmp_path, SOPInstanceUID="1.999"))

        report = index.rebuild(progress=progress)
        assert report == Report(indexed=151, removed=0, left_out=1)
        assert told[0] == 100
        assert len(uids(index)) == 151
        assert len(found(index, Level.STUDY, "PatientID")) == 151
        add(index, make_object(tmp_path, SOPInstanceUID="1.1000"))
        assert len(uids(index)) == 152
    assert [name for name in os.listdir(tmp_path) if "new" in name] == []


def test_check_names_every_difference_and_changes_nothing(tmp_path: Path) -> None:
    paths = [make_object(tmp_path, SOPInstanceUID=f"1.{number}") for number in range(3)]
    with InstanceIndex.open(tmp_path) as index:
        assert list(index.check()) == []
        paths[0].unlink()
        touch(paths[1], 5)
        make_object(tmp_path, "new", SOPInstanceUID="1.9")
        expected = {
            Difference("CT.1.0", "is in the index, and not in the folder"),
            Difference("CT.1.1", "has changed since it was indexed"),
            Difference("new", "is not in the index"),
        }
        assert set(index.check()) == expected
        assert set(index.check()) == expected
