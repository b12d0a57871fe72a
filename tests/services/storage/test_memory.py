"""Instances made of data sets of pydicom."""

from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.support.instances import data_set_bytes, make_instance
from workbench.errors import DataSetError
from workbench.services.storage.memory import instance_of
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

CT = "1.2.840.10008.5.1.4.1.1.2"


def test_data_set_of_pydicom_becomes_an_instance_in_its_own_syntax(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT")
    data_set = pydicom.dcmread(path)
    instance = instance_of(data_set, name="from memory")
    assert bytes(instance.data) == data_set_bytes(path)
    assert (instance.transfer_syntax_uid, instance.name) == (EXPLICIT_VR_LITTLE_ENDIAN, "from memory")
    assert (instance.sop_class_uid, instance.sop_instance_uid) == (CT, data_set.SOPInstanceUID)
    assert instance.length == len(data_set_bytes(path))


def test_later_changes_are_not_sent(tmp_path: Path) -> None:
    data_set = pydicom.dcmread(make_instance(tmp_path, "CT"))
    instance = instance_of(data_set)
    before = bytes(instance.data)
    data_set.PatientID = "CHANGED"
    assert bytes(instance.data) == before


def test_transfer_syntax_can_be_chosen() -> None:
    data_set = Dataset()
    data_set.SOPClassUID, data_set.SOPInstanceUID = CT, "1.2.3"
    instance = instance_of(data_set, IMPLICIT_VR_LITTLE_ENDIAN)
    # (0008,0016) UI in Implicit VR Little Endian
    assert bytes(instance.data[:8]) == bytes.fromhex("08001600 1A000000")
    assert instance.name == "1.2.3"


def test_data_set_without_a_transfer_syntax_or_uids_is_refused() -> None:
    data_set = Dataset()
    with pytest.raises(DataSetError, match="transfer syntax"):
        instance_of(data_set)
    with pytest.raises(DataSetError, match="sop_class_uid '' is not a UID"):
        instance_of(data_set, IMPLICIT_VR_LITTLE_ENDIAN)
