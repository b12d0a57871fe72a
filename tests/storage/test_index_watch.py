"""Files that come and go without the index being told."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import ExpectLog
from tests.storage.indexed import add, make_object, uids
from workbench.storage.index import InstanceIndex
from workbench.storage.index_database import IndexDatabase
from workbench.storage.index_files import is_unchanged
from workbench.storage.index_watch import FolderWatch


def test_look_that_takes_long_happens_beside_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_object(tmp_path, SOPInstanceUID="1.1")
    with InstanceIndex.open(tmp_path) as index:
        monkeypatch.setattr("workbench.storage.index_watch._QUICK", 0.0)
        make_object(tmp_path, SOPInstanceUID="1.2")
        assert {"1.1"} <= set(uids(index)) <= {"1.1", "1.2"}
        index._watch.wait()
        assert uids(index) == ["1.1", "1.2"]


def test_folder_is_looked_at_now_and_then_while_objects_are_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with InstanceIndex.open(tmp_path) as index:
        add(index, make_object(tmp_path, SOPInstanceUID="1.1"))
        make_object(tmp_path, "by hand", SOPInstanceUID="1.2")
        assert uids(index) == ["1.1"]  # the change may be the one that was just told
        monkeypatch.setattr("workbench.storage.index_watch._INTERVAL", 0.0)
        monkeypatch.setattr("workbench.storage.index_watch._PAUSE", 0)
        assert uids(index) == ["1.1", "1.2"]


def test_folder_that_went_away_is_told_and_takes_nothing_out(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("WARNING workbench.storage.index_watch: ! the folder .* cannot be compared with its index")
    folder = tmp_path / "archive"
    make_object(folder, SOPInstanceUID="1.1")
    database = IndexDatabase(str(tmp_path / "index"))
    watch = FolderWatch(str(folder), database)
    watch.look()
    assert is_unchanged(str(folder), database)
    shutil.move(folder, tmp_path / "elsewhere")
    watch.look()
    watch.wait()
    with database.writing() as writer:
        assert writer.file_of("1.1") is not None
    database.close()
