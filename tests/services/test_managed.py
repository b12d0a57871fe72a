"""Instances that normalized services manage: kept whole, changed whole, and there again after a restart."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pydicom
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from workbench.errors import StatusError, StorageError
from workbench.services.encoding import LONGEST_LIST, decode_data_set, encode_data_set
from workbench.services.managed import ManagedInstances, modified
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

VENDOR = "1.2.826.0.1.3680043.8.1"


def named(name: str, character_set: str = "") -> Dataset:
    data_set = Dataset()
    if character_set:
        data_set.SpecificCharacterSet = character_set
    data_set.PatientName = name
    return data_set


@pytest.fixture
def instances(tmp_path: Path) -> Iterator[ManagedInstances]:
    with ManagedInstances(tmp_path / "kept", VENDOR) as instances:
        yield instances


def status_of(caught: pytest.ExceptionInfo[StatusError]) -> int:
    return caught.value.status


def test_what_is_created_is_there_after_a_restart_and_readable_by_others(
    instances: ManagedInstances, tmp_path: Path
) -> None:
    instances.create("1.2.3", named("A^B"))
    with ManagedInstances(tmp_path / "kept", VENDOR) as again:
        assert list(again) == ["1.2.3"]
        assert again.read("1.2.3").PatientName == "A^B"
    file = pydicom.dcmread(tmp_path / "kept" / "1.2.3.dcm")
    assert (file.SOPClassUID, file.SOPInstanceUID, file.PatientName) == (VENDOR, "1.2.3", "A^B")
    assert file.file_meta.MediaStorageSOPInstanceUID == "1.2.3"


def test_an_instance_does_not_grow_for_ever(instances: ManagedInstances) -> None:
    instances.create("1.2.3", named("A^B"))
    grown = Dataset()
    grown.TextValue = "x" * LONGEST_LIST
    with pytest.raises(StatusError, match="over") as refused:
        instances.change("1.2.3", lambda kept: modified(kept, grown))
    assert status_of(refused) == 0x0213
    assert "TextValue" not in instances.read("1.2.3")


def test_the_data_set_that_was_given_is_left_as_it_is(instances: ManagedInstances) -> None:
    data_set = named("A^B")
    instances.create("1.2.3", data_set)
    assert data_set == named("A^B")


@pytest.mark.parametrize("syntax", [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN])
def test_it_does_not_matter_how_the_attributes_came(instances: ManagedInstances, syntax: str) -> None:
    data_set = named("A^B")
    data_set.Rows = 5
    data_set.ReferencedSOPSequence = [named("item")]
    instances.create("1.2.3", decode_data_set(encode_data_set(data_set, syntax), syntax))
    kept = instances.read("1.2.3")
    assert (kept.PatientName, kept.Rows, kept.ReferencedSOPSequence[0].PatientName) == ("A^B", 5, "item")


@pytest.mark.parametrize("uid", ["", "../1", "1.2.x", "1" * 65])
def test_only_uids_name_files(instances: ManagedInstances, uid: str, tmp_path: Path) -> None:
    with pytest.raises(StatusError) as caught:
        instances.create(uid, named("A"))
    assert status_of(caught) == 0x0117
    assert uid not in instances
    with pytest.raises(StatusError) as caught:
        instances.read(uid)
    assert status_of(caught) == 0x0112
    assert [path.name for path in tmp_path.rglob("*")] == ["kept"]


def test_a_second_instance_of_one_uid_is_refused(instances: ManagedInstances) -> None:
    instances.create("1.2.3", named("first"))
    with pytest.raises(StatusError) as caught:
        instances.create("1.2.3", named("second"))
    assert status_of(caught) == 0x0111
    assert instances.read("1.2.3").PatientName == "first"


def test_of_many_that_create_one_instance_one_succeeds(instances: ManagedInstances) -> None:
    def create(number: int) -> bool:
        try:
            instances.create("1.2.3", named(str(number)))
        except StatusError:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(create, range(8))) == 1


def test_no_change_is_lost_when_several_change(instances: ManagedInstances) -> None:
    instances.create("1.2.3", named("counted"))

    def count(data_set: Dataset) -> Dataset:
        data_set.InstanceNumber = int(data_set.get("InstanceNumber") or 0) + 1
        return data_set

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: instances.change("1.2.3", count), range(12)))
    assert instances.read("1.2.3").InstanceNumber == 12


def test_a_refused_change_changes_nothing(instances: ManagedInstances) -> None:
    instances.create("1.2.3", named("before"))

    def refuse(data_set: Dataset) -> Dataset:
        data_set.PatientName = "after"
        raise StatusError(0x0106)

    with pytest.raises(StatusError):
        instances.change("1.2.3", refuse)
    assert instances.read("1.2.3").PatientName == "before"


def test_what_cannot_be_encoded_is_refused_and_leaves_the_old_one(instances: ManagedInstances) -> None:
    instances.create("1.2.3", named("before"))
    broken = named("after")
    broken.add(DataElement(0x00280010, "US", 70_000, already_converted=True))
    with pytest.raises(StatusError) as caught:
        instances.change("1.2.3", lambda _: broken)
    assert status_of(caught) == 0x0110
    assert instances.read("1.2.3").PatientName == "before"


def test_what_is_deleted_is_gone(instances: ManagedInstances) -> None:
    instances.create("1.2.3", named("A"))
    instances.delete("1.2.3")
    assert list(instances) == []
    for call in (instances.delete, instances.read):
        with pytest.raises(StatusError) as caught:
            call("1.2.3")
        assert status_of(caught) == 0x0112


def test_a_damaged_file_is_a_processing_failure(instances: ManagedInstances, tmp_path: Path) -> None:
    instances.create("1.2.3", named("A"))
    (tmp_path / "kept" / "1.2.3.dcm").write_bytes(b"nothing")
    with pytest.raises(StatusError) as caught:
        instances.read("1.2.3")
    assert status_of(caught) == 0x0110


@pytest.mark.skipif(os.name != "posix", reason="the file system is made to fail by a folder that is gone")
def test_a_disk_that_does_not_take_it_is_a_resource_limitation(instances: ManagedInstances, tmp_path: Path) -> None:
    (tmp_path / "kept").rmdir()
    with pytest.raises(StatusError) as caught:
        instances.create("1.2.3", named("A"))
    assert status_of(caught) == 0x0213


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot be made"):
        ManagedInstances(tmp_path / "file" / "kept", VENDOR)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("ISO_IR 100", "", "ISO_IR 100"),
        ("", "ISO_IR 100", "ISO_IR 100"),
        ("ISO_IR 100", "ISO_IR 100", "ISO_IR 100"),
        ("ISO_IR 100", "ISO_IR 192", "ISO_IR 192"),
        ("ISO_IR 144", "ISO_IR 100", "ISO_IR 192"),
    ],
)
def test_text_of_both_survives_whatever_its_character_set(before: str, after: str, expected: str) -> None:
    names = {"": "plain", "ISO_IR 100": "Müller", "ISO_IR 144": "Жизнь", "ISO_IR 192": "山田"}
    modification = Dataset()
    if after:
        modification.SpecificCharacterSet = after
    modification.StudyDescription = names[after]
    both = modified(named(names[before], before), modification)
    kept = decode_data_set(encode_data_set(both, IMPLICIT_VR_LITTLE_ENDIAN), IMPLICIT_VR_LITTLE_ENDIAN)
    assert (kept.PatientName, kept.StudyDescription) == (names[before], names[after])
    assert kept.get("SpecificCharacterSet", "") == expected
