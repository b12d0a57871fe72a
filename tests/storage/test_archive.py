"""Received objects in a folder: whole and durable, or absent."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.errors import StorageError
from workbench.storage.archive import Archive, make_folder
from workbench.storage.naming import temporary_name

NAME = "CT.1.2.3"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as archive:
        yield archive


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_object_is_stored_under_its_name(archive: Archive, tmp_path: Path) -> None:
    path = archive.store(NAME, [b"abc", memoryview(b"def"), bytearray(b"g")])
    assert path == str(tmp_path / NAME)
    assert (tmp_path / NAME).read_bytes() == b"abcdefg"
    assert names(tmp_path) == [NAME]


def test_more_buffers_than_one_call_takes_are_written(archive: Archive, tmp_path: Path) -> None:
    pieces = [bytes([number % 256]) * 3 for number in range(3000)]
    archive.store(NAME, pieces)
    assert (tmp_path / NAME).read_bytes() == b"".join(pieces)


def test_nothing_has_the_final_name_before_commit(archive: Archive, tmp_path: Path) -> None:
    file = archive.begin(NAME)
    file.write([b"first half"])
    (temporary,) = names(tmp_path)
    assert temporary.startswith(".")
    assert temporary.endswith(".part")
    file.write([b", second half"])
    file.commit()
    file.discard()
    assert names(tmp_path) == [NAME]


def test_order_is_write_sync_rename_sync(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    real_sync, real_replace = os.fsync, os.replace

    def sync(descriptor: int) -> None:
        calls.append("sync folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "sync file")
        real_sync(descriptor)

    def replace(source: str, target: str) -> None:
        calls.append("rename")
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)
    archive.store(NAME, [b"abc"])
    assert calls == ["sync file", "rename", "sync folder"]


def test_second_copy_replaces_the_first_in_one_step(archive: Archive, tmp_path: Path) -> None:
    archive.store(NAME, [b"first"])
    file = archive.begin(NAME)
    file.write([b"second"])
    assert (tmp_path / NAME).read_bytes() == b"first"
    file.commit()
    assert (tmp_path / NAME).read_bytes() == b"second"


def test_first_copy_survives_a_second_that_fails(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.store(NAME, [b"first"])

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "writev", full)
    with pytest.raises(StorageError, match="cannot be written: No space left on device"):
        archive.store(NAME, [b"second"])
    assert names(tmp_path) == [NAME]
    assert (tmp_path / NAME).read_bytes() == b"first"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_failure_of_each_later_step_leaves_nothing(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, step, broken)
    with pytest.raises(StorageError, match="cannot be stored: Input/output error"):
        archive.store(NAME, [b"abc"])
    assert names(tmp_path) == []


def test_disk_that_becomes_full_within_a_write_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))  # a write past it is cut short, the next one fails
    try:
        with pytest.raises(StorageError, match="cannot be written: File too large"):
            archive.store(NAME, [bytes(6000), bytes(6000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(tmp_path) == []


def test_discarded_object_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    file = archive.begin(NAME)
    file.write([b"half"])
    file.discard()
    file.discard()
    assert names(tmp_path) == []


def test_leftovers_of_a_killed_process_are_removed_at_the_start(tmp_path: Path) -> None:
    (tmp_path / temporary_name(NAME)).write_bytes(b"half an object")
    (tmp_path / NAME).write_bytes(b"whole")
    (tmp_path / ".notes.part").write_bytes(b"of somebody else")
    Archive(tmp_path).close()
    assert names(tmp_path) == [".notes.part", NAME]


def test_file_that_another_process_writes_is_left_alone(tmp_path: Path) -> None:
    program = """
import sys
from workbench.storage.archive import Archive, make_folder
file = Archive(sys.argv[1]).begin("CT.1.2.3")
file.write([b"half"])
print("writing", flush=True)
sys.stdin.read()
file.commit()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        writer.stdout.readline()
        Archive(tmp_path).close()
        writer.stdin.close()
        assert writer.wait() == 0
    assert names(tmp_path) == [NAME]


def test_folder_must_exist_and_be_writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StorageError, match="no such folder"):
        Archive(tmp_path / "missing")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StorageError, match="cannot be written to"):
        Archive(tmp_path)


def test_folder_that_vanished_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with Archive(folder) as archive:
        folder.rmdir()
        with pytest.raises(StorageError, match="cannot be created: No such file"):
            archive.begin(NAME)


def test_a_folder_is_made_for_its_owner_or_why_not_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "above" / "folder"
    for _ in range(2):
        make_folder(folder)
        assert folder.stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="file/folder cannot be made"):
        make_folder(tmp_path / "file" / "folder")
