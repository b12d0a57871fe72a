"""The files that a DICOMDIR refers to."""

from pathlib import Path

import pytest
from pydicom.config import IGNORE
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID

from tests.support.instances import make_instance
from workbench.errors import StorageError
from workbench.services.storage.dicomdir import referenced_files
from workbench.storage.part10 import MEDIA_STORAGE_DIRECTORY, Instance, Skipped, scan
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN


def make_dicomdir(folder: Path, records: list[tuple[list[str], str]]) -> Path:
    """Writes a DICOMDIR with a record without a file and one for each File ID with its SOP Instance UID."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(MEDIA_STORAGE_DIRECTORY)
    meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    meta.TransferSyntaxUID = UID(EXPLICIT_VR_LITTLE_ENDIAN)
    meta.ImplementationClassUID = UID("1.2.4")
    data_set = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    patient = Dataset()
    patient.DirectoryRecordType, patient.RecordInUseFlag = "PATIENT", 0xFFFF
    data_set.DirectoryRecordSequence = [patient]
    for file_id, uid in records:
        record = Dataset()
        record.DirectoryRecordType, record.RecordInUseFlag = "IMAGE", 0xFFFF
        record.add(DataElement("ReferencedFileID", "CS", file_id, validation_mode=IGNORE))
        if uid:
            record.ReferencedSOPInstanceUIDInFile = uid
        data_set.DirectoryRecordSequence.append(record)
    path = folder / "DICOMDIR"
    dcmwrite(path, data_set, enforce_file_format=True)
    return path


def test_files_come_in_the_order_of_the_records(tmp_path: Path) -> None:
    (tmp_path / "IMAGES").mkdir()
    second = scan(make_instance(tmp_path / "IMAGES" / "B", "CT"))
    first = scan(make_instance(tmp_path / "a", "MR"))
    path = make_dicomdir(tmp_path, [(["A"], first.sop_instance_uid), (["IMAGES", "B"], "")])
    assert [found.sop_instance_uid for found in referenced_files(path) if isinstance(found, Instance)] == [
        first.sop_instance_uid,
        second.sop_instance_uid,
    ]


def test_what_cannot_be_sent_is_told_one_by_one(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    make_instance(tmp_path / "OUTSIDE", "CT")
    make_instance(folder / "OTHER", "CT")
    path = make_dicomdir(folder, [(["..", "OUTSIDE"], ""), (["GONE"], ""), (["OTHER"], "1.2.3"), (["NO", "X"], "")])
    reasons = [found.reason for found in referenced_files(path) if isinstance(found, Skipped)]
    assert reasons[0] == "its File ID has '..', which is no name of a file"
    assert "cannot be read" in reasons[1]
    assert reasons[2] == "the DICOMDIR says that it holds 1.2.3"
    assert "cannot be read" in reasons[3]


def test_other_files_are_no_dicomdir(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no DICOMDIR"):
        list(referenced_files(make_instance(tmp_path, "CT")))
    (tmp_path / "text").write_text("hello")
    with pytest.raises(StorageError, match="cannot be read"):
        list(referenced_files(tmp_path / "text"))
    with pytest.raises(StorageError, match="cannot be read"):
        list(referenced_files(tmp_path / "gone"))
