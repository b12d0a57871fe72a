"""One object on its way into the archive."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import CTImageStorage, MRImageStorage

from tests.storage.indexed import make_object
from tests.support.instances import data_set_bytes, make_instance
from workbench.errors import DataSetError, StorageError
from workbench.services.storage.receiving import OUT_OF_RESOURCES, FolderOf, Receipt, Receiving
from workbench.services.storage.writing import Rewriting
from workbench.services.transcoding.layout import Layout
from workbench.storage.archive import Archive
from workbench.storage.attributes import STUDY_INSTANCE_UID, Attributes
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import Instance, scan
from workbench.storage.replacing import is_same_file


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


def full(*_: object) -> None:
    raise StorageError("the index cannot be used: database or disk is full", path="")


FULL = Receipt(OUT_OF_RESOURCES, "the index cannot be used: database or disk is full", "")


def test_object_that_cannot_be_indexed_is_refused_and_not_there(
    archive: Archive, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with InstanceIndex.open(archive.folder) as index:
        with monkeypatch.context() as patch:
            patch.setattr(index, "add_all", full)
            assert receive(archive, instance.path, index) == FULL
        assert files(archive) == {}
        assert list(index.instances()) == []
        assert receive(archive, instance.path, index).status == 0


def receive(archive: Archive, path: str | Path, index: InstanceIndex | None) -> Receipt:
    """Takes the object of a file."""
    receipt = receiving(archive, scan(path), index=index).take([data_set_bytes(path)], is_last=True)
    assert receipt is not None
    return receipt


def files(archive: Archive) -> dict[str, bytes]:
    """Gives the data sets of all files of objects, the kept ones too."""
    return {
        str(path.relative_to(archive.folder)): data_set_bytes(path)
        for path in Path(archive.folder).rglob("*")
        if path.is_file() and not path.name.startswith(".index")
    }


NAME = "CT.1.2.3"
SAME = {"SOPInstanceUID": "1.2.3", "StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.2.1"}


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return make_object(tmp_path / "first", **SAME)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return make_object(tmp_path / "second", **SAME, PatientComments="another content")


def test_same_content_again_changes_nothing(archive: Archive, first: Path) -> None:
    with InstanceIndex.open(archive.folder) as index:
        before = receive(archive, first, index)
        status = os.stat(before.path)
        (stored,) = index.instances()
        assert receive(archive, first, index) == before
        assert is_same_file(before.path, status)
        assert list(index.instances()) == [stored]
        assert list(files(archive)) == [NAME]


def test_other_content_replaces_and_the_earlier_file_is_kept(archive: Archive, first: Path, second: Path) -> None:
    with InstanceIndex.open(archive.folder) as index:
        receive(archive, first, index)
        kept = os.path.join(archive.folder, ".replaced", f"{NAME}.1")
        path = os.path.join(archive.folder, NAME)
        assert receive(archive, second, index) == Receipt(0, "", path, kept)
        assert receive(archive, first, index) == Receipt(0, "", path, kept.replace("3.1", "3.2"))
        one, other = data_set_bytes(first), data_set_bytes(second)
        assert files(archive) == {NAME: one, f".replaced/{NAME}.1": one, f".replaced/{NAME}.2": other}
        (stored,) = index.instances()
        assert stored.length == os.path.getsize(path)
        assert index.reread("1.2.3") == stored
        assert list(index.check()) == []
        assert index.rebuild().indexed == 1


def test_without_an_index_it_is_kept_as_well(archive: Archive, first: Path, second: Path) -> None:
    path, kept = os.path.join(archive.folder, NAME), os.path.join(archive.folder, ".replaced", f"{NAME}.1")
    receive(archive, first, None)
    assert receive(archive, second, None) == Receipt(0, "", path, kept, overwrote=True)
    assert files(archive) == {NAME: data_set_bytes(second), f".replaced/{NAME}.1": data_set_bytes(first)}
    assert receive(archive, second, None) == Receipt(0, "", path, "", overwrote=True)
    assert len(files(archive)) == 2


def test_what_it_replaces_is_in_place_when_it_cannot_be_stored(
    archive: Archive, first: Path, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    receive(archive, first, None)
    with monkeypatch.context() as context:
        context.setattr(os, "replace", full)
        assert receive(archive, second, None).status == OUT_OF_RESOURCES
    assert files(archive) == {NAME: data_set_bytes(first)}


def placed(archive: Archive, path: Path, folder_of: FolderOf, rewriting: Rewriting | None = None) -> Receipt:
    instance = scan(path)
    one = Receiving(
        archive,
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
        transfer_syntax_uid=instance.transfer_syntax_uid,
        source_ae_title="SENDER",
        folder_of=folder_of,
        rewriting=rewriting,
    )
    receipt = one.take([data_set_bytes(path)], is_last=True)
    assert receipt is not None
    return receipt


def test_it_is_sorted_by_what_it_holds(archive: Archive, first: Path) -> None:
    receipt = placed(archive, first, lambda found: f"a/{found.text(STUDY_INSTANCE_UID)}")
    assert receipt.path == os.path.join(archive.folder, "a", receipt.study_instance_uid, NAME)
    assert data_set_bytes(receipt.path) == data_set_bytes(first)
    assert os.listdir(archive.folder) == ["a"]


def test_what_lacks_the_attribute_to_sort_by_is_refused(archive: Archive, first: Path) -> None:
    def refuse(_: Attributes) -> str:
        raise DataSetError("there is no Study Instance UID")

    receipt = placed(archive, first, refuse)
    assert (receipt.status, receipt.comment, files(archive)) == (0xC000, "there is no Study Instance UID", {})


def test_what_cannot_be_written_as_wanted_is_refused(archive: Archive, tmp_path: Path) -> None:
    compressed = make_instance(tmp_path / "jpeg", "CT", "1.2.840.10008.1.2.4.70")
    rewriting = Rewriting(transfer_syntax_uid="1.2.840.10008.1.2.1")
    receipt = placed(archive, compressed, lambda _: "", rewriting)
    assert (receipt.status, files(archive)) == (0xC000, {})
    assert receipt.comment == "not written in Explicit VR LE: is JPEG Lossless SV1"
    assert placed(archive, compressed, lambda _: "", Rewriting(layout=Layout())).status == 0


def test_a_bare_data_set_has_no_meta_information(archive: Archive, first: Path) -> None:
    assert Path(placed(archive, first, lambda _: "", Rewriting(bare=True)).path).read_bytes() == data_set_bytes(first)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"StudyInstanceUID": "1.9"}, "another study"),
        ({"PatientID": "Q"}, "another patient"),
        ({"PatientID": None}, "another patient"),
        ({"StudyInstanceUID": "1.9", "SOPClassUID": MRImageStorage}, "another study"),
    ],
)
@pytest.mark.parametrize("is_indexed", [True, False])
def test_object_of_another_study_or_patient_is_refused(
    archive: Archive, tmp_path: Path, first: Path, changes: dict[str, Any], words: str, is_indexed: bool
) -> None:
    other = make_object(tmp_path / "other", **{**SAME, **changes})
    if not is_indexed and "SOPClassUID" in changes:
        return  # it has another name, and nobody knows of the first one
    with InstanceIndex.open(archive.folder) as index:
        receive(archive, first, index if is_indexed else None)
        receipt = receive(archive, other, index)
        assert receipt == Receipt(0xC000, f"SOP Instance UID belongs to {words}", "")
        assert files(archive) == {NAME: data_set_bytes(first)}
        assert [stored.study_instance_uid for stored in index.instances()] == ["1.2"]


def test_object_of_another_class_takes_the_place_of_the_earlier_one(
    archive: Archive, tmp_path: Path, first: Path
) -> None:
    other = make_object(tmp_path / "other", **{**SAME, "SOPClassUID": MRImageStorage})
    with InstanceIndex.open(archive.folder) as index:
        receive(archive, first, index)
        assert receive(archive, other, index).replaced.endswith(f"/.replaced/{NAME}.1")
        assert set(files(archive)) == {"MR.1.2.3", f".replaced/{NAME}.1"}
        assert [stored.sop_class_uid for stored in index.instances()] == [MRImageStorage]
        assert list(index.check()) == []


def test_damaged_file_is_kept_and_the_object_sent_again_is_confirmed(archive: Archive, first: Path) -> None:
    with InstanceIndex.open(archive.folder) as index:
        path = Path(receive(archive, first, index).path)
        path.write_bytes(path.read_bytes()[:-12])
        with pytest.raises(StorageError):
            index.reread("1.2.3")
        assert receive(archive, first, index).replaced
        assert index.reread("1.2.3") is not None


def test_same_content_in_a_file_that_nobody_indexed_is_indexed(archive: Archive, first: Path) -> None:
    with InstanceIndex.open(archive.folder) as index:
        path = receive(archive, first, None).path
        assert receive(archive, first, index) == Receipt(0, "", path)
        assert index.held("1.2.3") is not None
        assert index.reread("1.2.3") is not None


@pytest.mark.parametrize("modality", ["CT", "MR"])
def test_earlier_file_is_put_back_when_the_later_one_cannot_be_indexed(
    archive: Archive, tmp_path: Path, first: Path, modality: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sop_class = {"CT": CTImageStorage, "MR": MRImageStorage}[modality]
    second = make_object(tmp_path / "second", **{**SAME, "SOPClassUID": sop_class, "PatientComments": "another"})
    with InstanceIndex.open(archive.folder) as index:
        receive(archive, first, index)
        with monkeypatch.context() as patch:
            patch.setattr(index, "add_all", full)
            assert receive(archive, second, index) == FULL
        assert files(archive) == {NAME: data_set_bytes(first)}
        assert index.reread("1.2.3") is not None
        assert list(index.check()) == []


@pytest.mark.parametrize("call", range(20))
def test_whenever_the_disk_fails_the_acknowledged_object_is_there(
    archive: Archive, first: Path, second: Path, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with InstanceIndex.open(archive.folder) as index:
        receive(archive, first, index)
        calls = iter(range(100))

        def failing(function: Callable[..., object]) -> Callable[..., object]:
            def call_it(*arguments: object, **more: object) -> object:
                assert data_set_bytes(first) in files(archive).values()  # as after a kill at this moment
                if next(calls) == call:
                    raise OSError(errno.EIO, "Input/output error")
                return function(*arguments, **more)

            return call_it

        with monkeypatch.context() as patch:
            for name in ("fsync", "replace", "link", "rename", "unlink"):
                patch.setattr(os, name, failing(getattr(os, name)))
            receipt = receive(archive, second, index)
        wanted = second if receipt.status == 0 else first
        assert files(archive)[NAME] == data_set_bytes(wanted)
        assert index.reread("1.2.3") is not None
        if receipt.status == 0:
            assert data_set_bytes(receipt.replaced) == data_set_bytes(first)
