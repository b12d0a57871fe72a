"""Small objects for the tests of the index, with the attributes that a test names, and conditions on them."""

import os
from pathlib import Path

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from workbench.storage.attributes import read_attributes
from workbench.storage.index import InstanceIndex, Level
from workbench.storage.matching import Condition, Kind


def make_object(folder: Path, name: str = "", **attributes: object) -> Path:
    """Writes an object of a patient P, with fresh UIDs where none are given; an attribute that is None is left out."""
    data_set = Dataset()
    values: dict[str, object] = {
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": generate_uid(),
        "StudyInstanceUID": generate_uid(),
        "SeriesInstanceUID": generate_uid(),
        "PatientName": "Doe^Jane",
        "PatientID": "P",
        "Modality": "CT",
        **attributes,
    }
    for keyword, value in values.items():
        if value is not None:
            setattr(data_set, keyword, value)
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data_set.file_meta.MediaStorageSOPClassUID = data_set.SOPClassUID
    data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
    folder.mkdir(exist_ok=True)
    path = folder / (name or f"CT.{data_set.SOPInstanceUID}")
    dcmwrite(path, data_set, enforce_file_format=True)
    return path


def tag(keyword: str) -> int:
    """Gives the tag of a keyword."""
    found = tag_for_keyword(keyword)
    assert found is not None
    return int(found)


def condition(keyword: str, kind: Kind = Kind.SINGLE, *values: str, **more: object) -> Condition:
    """Gives a condition on an attribute."""
    return Condition(tag=tag(keyword), vr=dictionary_VR(keyword), kind=kind, values=values, **more)  # type: ignore[arg-type]


def found(
    index: InstanceIndex, level: Level, key: str, *conditions: Condition, limit: int | None = None
) -> list[str | None]:
    """Gives the values of one attribute in all answers, sorted."""
    rows = index.search(level, conditions, (tag(key),), limit=limit)
    return sorted((row[0] for row in rows), key=lambda text: text or "")


def uids(index: InstanceIndex) -> list[str]:
    """Gives the SOP Instance UIDs in the index, sorted."""
    return sorted(one.sop_instance_uid for one in index.instances())


def add(index: InstanceIndex, path: Path) -> None:
    """Takes a file into the index, as one that was just written."""
    attributes, _ = read_attributes(str(path))
    index.add(attributes, str(path), path.stat())


def touch(path: Path, seconds: int) -> None:
    """Sets when a file was written, so that a test need not wait for a clock."""
    os.utime(path, (seconds, seconds))
