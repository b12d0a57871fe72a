"""Reading data sets of files for sending."""

import os
from pathlib import Path

import pytest

from tests.support.instances import data_set_bytes, make_instance
from workbench.errors import StorageError
from workbench.storage.part10 import Instance, scan
from workbench.storage.reading import InstanceReader, read_into


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return scan(make_instance(tmp_path, "CT", size_bytes=100_000))


def read_small(instance: Instance) -> bytearray:
    data = bytearray(instance.length)
    read_into(instance, memoryview(data))
    return data


def test_small_data_set_is_read_in_one_go(instance: Instance) -> None:
    assert read_small(instance) == data_set_bytes(instance.path)


@pytest.mark.parametrize("size", [1000, 4096, 99_999, 1 << 20])
def test_pieces_are_the_data_set(instance: Instance, size: int) -> None:
    reader = InstanceReader(instance)
    pieces: list[bytes] = []
    while len(b"".join(pieces)) < instance.length:
        pieces.append(bytes(reader.read(size)))
    reader.close()
    assert {len(piece) for piece in pieces[:-1]} <= {size}
    assert b"".join(pieces) == data_set_bytes(instance.path)


def test_piece_is_valid_until_the_call_after_the_next(instance: Instance) -> None:
    reader = InstanceReader(instance)
    first = reader.read(1000)
    kept = bytes(first)
    reader.read(1000)
    assert first == kept
    reader.close()


def test_file_that_changed_since_the_scan_is_not_read(instance: Instance) -> None:
    os.utime(instance.path, ns=(0, instance.modified_ns + 1))
    with pytest.raises(StorageError, match="written to after") as caught:
        read_small(instance)
    assert caught.value.path == instance.path


def test_file_that_was_cut_since_the_scan_is_not_read(instance: Instance) -> None:
    os.truncate(instance.path, 5000)
    with pytest.raises(StorageError, match="has 5000 bytes now"):
        InstanceReader(instance)


def test_file_that_is_cut_while_it_is_read_is_named_with_the_place(instance: Instance) -> None:
    reader = InstanceReader(instance)
    reader.read(1000)
    os.truncate(instance.path, instance.offset + 1500)
    with pytest.raises(StorageError, match="bytes too early") as caught:
        reader.read(1000)
    assert caught.value.path == instance.path
    reader.close()


def test_file_that_grows_while_it_is_read_is_told(instance: Instance) -> None:
    reader = InstanceReader(instance)
    with Path(instance.path).open("ab") as file:
        file.write(b"more")
    with pytest.raises(StorageError, match="bytes now"):
        reader.read(instance.length)
    reader.close()


def test_file_that_is_gone_is_told(instance: Instance) -> None:
    Path(instance.path).unlink()
    with pytest.raises(StorageError, match="No such file"):
        read_small(instance)


def test_reading_after_closing_is_told(instance: Instance) -> None:
    reader = InstanceReader(instance)
    reader.close()
    with pytest.raises(StorageError, match="closed"):
        reader.read(10)
