"""A database that many use at once, and that may break."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tests.architecture.project_files import ROOT
from tests.conftest import ExpectLog
from tests.storage.indexed import add, found, make_object, uids
from workbench.errors import StorageError
from workbench.storage.index import FILE_NAME, InstanceIndex, Level
from workbench.storage.index_database import IndexDatabase, set_aside


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "index")
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (text)")
    connection.close()
    with pytest.raises(StorageError, match="database of another program"):
        IndexDatabase(path)
    assert set_aside(path) == f"{path}.damaged-1"
    assert os.listdir(tmp_path) == ["index.damaged-1"]


def test_mark_of_a_clean_end_is_kept(tmp_path: Path) -> None:
    path = str(tmp_path / "index")
    database = IndexDatabase(path)
    assert (database.is_clean(), database.is_whole()) == (False, True)
    database.mark(is_clean=True)
    database.close()
    database = IndexDatabase(path)
    assert database.is_clean()
    database.close()
    with pytest.raises(StorageError, match="closed"), database.reading():
        pass


def test_search_does_not_wait_for_the_writer(tmp_path: Path) -> None:
    make_object(tmp_path, SOPInstanceUID="1.1")
    with InstanceIndex.open(tmp_path) as index:
        answers: list[list[str]] = []
        searching = threading.Thread(target=lambda: answers.append(uids(index)))
        with index._database.writing() as writer, writer.transaction():
            writer.remove("CT.1.1")
            searching.start()
            searching.join(30)
            assert answers == [["1.1"]]
        assert uids(index) == []


def test_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    make_object(tmp_path, SOPInstanceUID="1.1")
    with InstanceIndex.open(tmp_path) as index:
        with suppress(ZeroDivisionError), index._database.writing() as writer, writer.transaction():
            writer.remove("CT.1.1")
            raise ZeroDivisionError
        assert uids(index) == ["1.1"]


def test_index_that_breaks_while_it_is_open_is_made_anew(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("ERROR workbench.storage.index: ! the index is damaged: .* set aside as .index.sqlite.damaged-1")
    for number in range(40):
        make_object(tmp_path, SOPInstanceUID=f"1.{number}")
    with InstanceIndex.open(tmp_path) as index:
        assert len(uids(index)) == 40
        with sqlite3.connect(tmp_path / FILE_NAME) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        with (tmp_path / FILE_NAME).open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (os.path.getsize(tmp_path / FILE_NAME) - 4096))
        index._database._readers.clear()  # what they have in memory would hide it
        assert len(uids(index)) == 40
        assert found(index, Level.STUDY, "PatientID") == ["P"] * 40


def test_index_removed_by_hand_while_it_is_open_is_made_anew(tmp_path: Path) -> None:
    make_object(tmp_path, SOPInstanceUID="1.1")
    with InstanceIndex.open(tmp_path) as index:
        for name in os.listdir(tmp_path):
            if name.startswith(FILE_NAME):
                (tmp_path / name).unlink()
        add(index, make_object(tmp_path, SOPInstanceUID="1.2"))
        index.rebuild()
        assert uids(index) == ["1.1", "1.2"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"this is no database" * 1000),
        lambda path: path.write_bytes(b""),
        lambda path: sqlite3.connect(path).execute("PRAGMA user_version = 99").connection.close(),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096)),
    ],
    ids=["no database", "empty", "another version", "pages"],
)
def test_damaged_index_is_set_aside_and_made_anew(tmp_path: Path, damage: object, expect_log: ExpectLog) -> None:
    assert callable(damage)
    expect_log("set aside as .index.sqlite.damaged-1 and made anew", required=False)
    make_object(tmp_path, SOPInstanceUID="1.1")
    InstanceIndex.open(tmp_path).close()
    damage(tmp_path / FILE_NAME)
    with InstanceIndex.open(tmp_path) as index:
        assert uids(index) == ["1.1"]
        assert found(index, Level.STUDY, "PatientID") == ["P"]
        add(index, make_object(tmp_path, SOPInstanceUID="1.2"))
        assert uids(index) == ["1.1", "1.2"]


@pytest.mark.slow
def test_many_threads_search_while_one_stores(tmp_path: Path) -> None:
    paths = [make_object(tmp_path / "outside", SOPInstanceUID=f"1.{number}") for number in range(60)]
    archive = tmp_path / "archive"
    archive.mkdir()
    problems: list[BaseException] = []
    with InstanceIndex.open(archive) as index:
        is_done = threading.Event()

        def search() -> None:
            try:
                while not is_done.is_set():
                    before = len(uids(index))
                    assert len(found(index, Level.STUDY, "StudyInstanceUID")) >= before
            except BaseException as problem:  # noqa: BLE001 - it belongs to the test
                problems.append(problem)

        threads = [threading.Thread(target=search) for _ in range(3)]
        for thread in threads:
            thread.start()
        for path in paths:
            add(index, Path(shutil.copy(path, archive)))
        is_done.set()
        for thread in threads:
            thread.join()
        assert problems == []
        assert len(uids(index)) == 60


@pytest.mark.slow
def test_two_processes_keep_one_index(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from workbench.storage.attributes import read_attributes
from workbench.storage.index import InstanceIndex
with InstanceIndex.open(sys.argv[1]) as index:
    print("open", flush=True)
    for line in sys.stdin:
        path = Path(line.strip())
        index.add(read_attributes(str(path))[0], str(path), path.stat())
        print(len(list(index.instances())), flush=True)
"""
    same = {"StudyInstanceUID": "1", "SeriesInstanceUID": "1.0"}
    with InstanceIndex.open(tmp_path) as index:
        with subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as other:  # fmt: skip
            assert other.stdin is not None
            assert other.stdout is not None
            assert other.stdout.readline() == "open\n"
            for number in range(0, 20, 2):
                add(index, make_object(tmp_path, SOPInstanceUID=f"1.{number}", **same))
                path = make_object(tmp_path, SOPInstanceUID=f"1.{number + 1}", **same)
                other.stdin.write(f"{path}\n")
                other.stdin.flush()
                assert other.stdout.readline() == f"{number + 2}\n"
                if number == 10:
                    index.rebuild()
            other.stdin.close()
            assert other.wait() == 0
        assert len(uids(index)) == 20
        assert found(index, Level.STUDY, "NumberOfStudyRelatedInstances") == ["20"]
        assert list(index.check()) == []
