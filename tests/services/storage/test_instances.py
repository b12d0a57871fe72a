"""Instances that can be sent."""

from pathlib import Path

import pytest

from tests.support.instances import data_set_bytes, make_instance
from workbench.errors import DataSetError, StorageError
from workbench.services.storage.instances import MemoryInstance, opener
from workbench.storage.part10 import scan
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

CT = "1.2.840.10008.5.1.4.1.1.2"


@pytest.mark.parametrize("name", ["sop_class_uid", "sop_instance_uid", "transfer_syntax_uid"])
def test_what_is_no_uid_is_refused(name: str) -> None:
    uids = {"sop_class_uid": CT, "sop_instance_uid": "1.2.3", "transfer_syntax_uid": EXPLICIT_VR_LITTLE_ENDIAN}
    assert MemoryInstance(**uids, data=b"12").length == 2
    with pytest.raises(DataSetError, match=f"{name} '../x' is not a UID"):
        MemoryInstance(**{**uids, name: "../x"}, data=b"12")


def test_data_sets_are_opened_at_their_first_byte_any_number_of_times(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path, "CT"))
    memory = MemoryInstance(
        sop_class_uid=CT, sop_instance_uid="1.2.3", transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN, data=b"12345678"
    )
    for one, expected in ((instance, data_set_bytes(instance.path)), (memory, b"12345678")):
        for _ in range(2):
            with opener(one)() as source:
                assert source.read() == expected


def test_file_that_is_gone_is_told(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path, "CT"))
    Path(instance.path).unlink()
    with pytest.raises(StorageError, match="cannot be read"):
        opener(instance)()
