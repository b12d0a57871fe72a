"""A file is read again to its last byte before anybody relies on it."""

import zlib
from contextlib import nullcontext
from pathlib import Path

import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from tests.support.instances import data_set_offset, make_instance, make_set
from workbench.errors import StorageError
from workbench.storage.rereading import checksum_of, read_whole


def test_every_kind_of_object_is_whole(tmp_path: Path) -> None:
    for path in make_set(tmp_path):
        whole = read_whole(str(path))
        assert whole.instance.path == str(path)
        assert whole.checksum == zlib.crc32(path.read_bytes()) == checksum_of(str(path))


@pytest.mark.parametrize("cut", [1, 500])
def test_cut_object_is_not(tmp_path: Path, cut: int) -> None:
    path = make_instance(tmp_path, "CT", size_bytes=3 << 20)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(StorageError, match="ends at byte"):
        read_whole(str(path))


def test_deflated_object_that_is_cut_or_broken_is_not(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", DeflatedExplicitVRLittleEndian, size_bytes=100_000)
    data, start = path.read_bytes(), data_set_offset(path)
    path.write_bytes(data[:-20])
    with pytest.raises(StorageError, match="deflated data set is broken: it is cut short"):
        read_whole(str(path))
    path.write_bytes(data[:start] + b"\xff" * 100)
    with pytest.raises(StorageError, match="deflated data set is broken"):
        read_whole(str(path))


def test_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        read_whole(str(tmp_path / "missing"))
    with pytest.raises(StorageError, match="cannot be read"):
        checksum_of(str(tmp_path / "missing"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"sop_instance_uid": "1.2.4"}, r"another object, 1\.2\.3"),
        ({"length": 7}, "and had 7 when it was indexed"),
        ({"checksum": 7}, "not what was indexed"),
    ],
)
def test_whole_object_is_compared_with_what_was_noted(
    tmp_path: Path, changes: dict[str, str | int], words: str
) -> None:
    path = make_instance(tmp_path, "CT", sop_instance_uid="1.2.3")
    whole = read_whole(str(path))
    noted = {"sop_instance_uid": "1.2.3", "length": path.stat().st_size, "checksum": whole.checksum, **changes}
    with pytest.raises(StorageError, match=words) if words else nullcontext():
        whole.compare(**noted)  # type: ignore[arg-type]
