"""The file of an earlier object is kept before another one takes its name."""

import errno
import os
from pathlib import Path

import pytest
from pydicom.uid import ImplicitVRLittleEndian

from tests.storage.indexed import touch
from tests.support.instances import data_set_bytes, make_instance
from workbench.errors import StorageError
from workbench.storage.part10 import file_meta, scan
from workbench.storage.replacing import KEPT_IN, is_same_file, is_same_object, keep, put_back, sync_file


def test_file_is_the_same_until_it_is_written_to_or_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("a")
    status = path.stat()
    assert is_same_file(str(path), status)
    touch(path, 5)
    assert not is_same_file(str(path), status)
    path.unlink()
    assert not is_same_file(str(path), status)


def test_same_object_is_one_with_the_same_data_set_whoever_sent_it(tmp_path: Path) -> None:
    path = make_instance(tmp_path / "first", "CT", sop_instance_uid="1.2.3", size_bytes=3 << 20)
    instance, data = scan(path), data_set_bytes(path)
    head = file_meta(
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
        transfer_syntax_uid=instance.transfer_syntax_uid,
        source_ae_title="SOMEONE",
    )
    other = tmp_path / "other"
    other.write_bytes(bytes(head) + data)
    assert is_same_object(str(path), str(other))
    other.write_bytes(bytes(head) + data[:-1] + bytes((data[-1] ^ 1,)))
    assert not is_same_object(str(path), str(other))
    other.write_bytes(bytes(head) + data[:-2])
    assert not is_same_object(str(path), str(other))
    assert not is_same_object(str(path), str(tmp_path / "missing"))
    implicit = make_instance(tmp_path / "implicit", "CT", ImplicitVRLittleEndian, sop_instance_uid="1.2.3")
    assert not is_same_object(str(path), str(implicit))


@pytest.mark.parametrize("has_second_names", [True, False])
def test_kept_files_are_numbered_and_can_be_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_second_names: bool
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not has_second_names:
        monkeypatch.setattr(os, "link", refused)
    path = tmp_path / "name"
    for number in (1, 2):
        path.write_text(f"content {number}")
        kept = keep(str(tmp_path), str(path))
        assert kept == str(tmp_path / KEPT_IN / f"name.{number}")
        assert Path(kept).read_text() == f"content {number}"
        assert path.exists() == has_second_names
    put_back(kept, str(path))
    assert path.read_text() == "content 2"
    path.write_text("a third")
    put_back(str(tmp_path / KEPT_IN / "name.1"), str(path))
    assert path.read_text() == "content 1" if not has_second_names else path.exists()
    assert os.listdir(tmp_path / KEPT_IN) == []


def test_what_cannot_be_kept_is_told_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "name"
    path.write_text("content")
    (tmp_path / KEPT_IN).write_text("in the way")
    with pytest.raises(StorageError, match="earlier file cannot be kept"):
        keep(str(tmp_path), str(path))
    assert path.read_text() == "content"
    with pytest.raises(OSError, match="No such file"):
        sync_file(str(tmp_path / "missing"))
