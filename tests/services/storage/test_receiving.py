"""One object on its way into the archive."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.instances import data_set_bytes, make_instance
from workbench.errors import StorageError
from workbench.services.storage.receiving import OUT_OF_RESOURCES, Receipt, Receiving
from workbench.storage.archive import Archive
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import Instance, scan


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    (tmp_path / "archive").mkdir()
    with Archive(tmp_path / "archive") as archive:
        yield archive


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return scan(make_instance(tmp_path, "CT", size_bytes=50_000))


def receiving(
    archive: Archive, instance: Instance, *, check: bool = True, index: InstanceIndex | None = None
) -> Receiving:
    return Receiving(
        archive,
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
        transfer_syntax_uid=instance.transfer_syntax_uid,
        source_ae_title="SENDER",
        check=check,
        index=index,
    )


def test_object_in_pieces_is_stored_with_its_last_one(archive: Archive, instance: Instance) -> None:
    data = data_set_bytes(instance.path)
    one = receiving(archive, instance)
    assert one.take([data[:100], data[100:20_000]], is_last=False) is None
    receipt = one.take([data[20_000:]], is_last=True)
    assert receipt is not None
    assert receipt == Receipt(0, "", os.path.join(archive.folder, f"CT.{instance.sop_instance_uid}"))
    assert data_set_bytes(receipt.path) == data


def test_broken_object_leaves_nothing(archive: Archive, instance: Instance) -> None:
    data = data_set_bytes(instance.path)
    one = receiving(archive, instance)
    assert one.take([data[:20_000]], is_last=False) is None
    receipt = one.take([data[20_000:-2]], is_last=True)
    assert receipt is not None
    assert receipt.status == 0xC000
    assert os.listdir(archive.folder) == []


def test_check_can_be_switched_off(archive: Archive, instance: Instance) -> None:
    receipt = receiving(archive, instance, check=False).take([b"garbage"], is_last=True)
    assert receipt is not None
    assert receipt.status == 0
    assert Path(receipt.path).read_bytes().endswith(b"garbage")


def test_full_disk_is_out_of_resources(archive: Archive, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "writev", full)
    receipt = receiving(archive, instance).take([data_set_bytes(instance.path)], is_last=True)
    assert receipt == Receipt(OUT_OF_RESOURCES, "cannot be written: No space left on device", "")
    assert os.listdir(archive.folder) == []


def test_discarded_object_leaves_nothing_and_takes_nothing(archive: Archive, instance: Instance) -> None:
    data = data_set_bytes(instance.path)
    one = receiving(archive, instance)
    one.take([data[:20_000]], is_last=False)
    one.discard()
    assert os.listdir(archive.folder) == []
    receipt = one.take([data[20_000:]], is_last=True)
    assert receipt is not None
    assert receipt.status == OUT_OF_RESOURCES
    assert os.listdir(archive.folder) == []


@pytest.mark.parametrize("check", [True, False])
def test_object_is_in_the_index_when_success_is_answered(archive: Archive, instance: Instance, check: bool) -> None:
    data = data_set_bytes(instance.path)
    with InstanceIndex.open(archive.folder) as index:
        one = receiving(archive, instance, check=check, index=index)
        assert one.take([data[:100]], is_last=False) is None
        assert list(index.instances()) == []
        receipt = one.take([data[100:]], is_last=True)
        assert receipt is not None
        (stored,) = index.instances()
        assert (stored.path, stored.sop_instance_uid) == (receipt.path, instance.sop_instance_uid)
        assert stored.transfer_syntax_uid == instance.transfer_syntax_uid


def test_object_that_cannot_be_indexed_is_refused_and_kept(
    archive: Archive, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with InstanceIndex.open(archive.folder) as index:

        def full(*_: object) -> None:
            raise StorageError("the index cannot be used: database or disk is full", path="")

        with monkeypatch.context() as patch:
            patch.setattr(index, "add_all", full)
            receipt = receiving(archive, instance, index=index).take([data_set_bytes(instance.path)], is_last=True)
        assert receipt == Receipt(OUT_OF_RESOURCES, "the index cannot be used: database or disk is full", "")
        # The file may have replaced an older copy that was acknowledged: it stays, and the next look takes it in.
        assert [stored.sop_instance_uid for stored in index.instances()] == [instance.sop_instance_uid]
