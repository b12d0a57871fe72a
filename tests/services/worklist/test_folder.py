"""Worklist files in a folder."""

import fcntl
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from tests.conftest import ExpectLog
from tests.services.worklist.samples import FULL, MINIMAL, entry, write_wl
from workbench.errors import DataSetError, StorageError
from workbench.services.encoding import encode_data_set
from workbench.services.query.identifiers import encode
from workbench.services.query.projection import project, whole
from workbench.services.worklist.folder import LOCK_FILE, WorklistFolder, read_worklist_file
from workbench.services.worklist.items import data_set_of, entry_of
from workbench.storage.matching import ReturnKey
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

KEYS = ((0x00100010, "PN"), (0x00100020, "LO"), (0x00101030, "DS"), (0x00400100, "SQ"), (0x00321064, "SQ"))


def names(folder: WorklistFolder) -> list[str]:
    return [entry_of(item).patient_id for item in folder.data_sets()]


@pytest.mark.parametrize("charset", ["ISO_IR 192", "GB18030", "ISO 2022 IR 6\\ISO 2022 IR 87"])
def test_a_file_is_read_with_its_character_set(tmp_path: Path, charset: str) -> None:
    item = data_set_of(entry(1, patient_name="Yamada^Taro=山田^太郎"))
    (item,) = WorklistFolder(write_wl(tmp_path / "one.wl", item, charset).parent).data_sets()
    assert entry_of(item).patient_name == "Yamada^Taro=山田^太郎"


def test_the_folder_is_read_again_when_it_changes(tmp_path: Path) -> None:
    folder = WorklistFolder(tmp_path)
    assert names(folder) == []
    write_wl(tmp_path / "b.wl", data_set_of(entry(1)))
    write_wl(tmp_path / "a.WL", data_set_of(entry(2)))
    (tmp_path / "a.txt").write_text("not one of them")
    assert names(folder) == ["P2", "P1"]
    before = folder.data_sets()
    assert all(one is other for one, other in zip(before, folder.data_sets(), strict=True))
    write_wl(tmp_path / "b.wl", data_set_of(FULL))
    (tmp_path / "a.WL").unlink()
    assert names(folder) == ["P2"]
    assert entry_of(folder.data_sets()[0]) == FULL


def test_a_broken_file_is_told_once_and_left_out(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("bad.wl is left out: this is no DICOM file")
    expect_log("incomplete.wl is left out: PatientID has no value")
    expect_log("steps.wl is left out: ScheduledProcedureStepSequence has 0 items, not 1")
    write_wl(tmp_path / "good.wl")
    (tmp_path / "bad.wl").write_bytes(b"Hello, world")
    write_wl(tmp_path / "incomplete.wl", data_set_of(entry(1, patient_id="")))
    without = data_set_of(MINIMAL)
    without.ScheduledProcedureStepSequence = []
    write_wl(tmp_path / "steps.wl", without)
    folder = WorklistFolder(tmp_path)
    assert names(folder) == names(folder) == ["P1"]
    assert sorted(folder.skipped) == ["bad.wl", "incomplete.wl", "steps.wl"]
    write_wl(tmp_path / "bad.wl", data_set_of(entry(2)))
    (tmp_path / "steps.wl").unlink()
    assert names(folder) == ["P2", "P1"]
    assert sorted(folder.skipped) == ["incomplete.wl"]


def test_broken_files_are_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture, expect_log: ExpectLog) -> None:
    expect_log("left out")
    (tmp_path / "bad.wl").write_bytes(b"\x08\x00\x05\x00CS\xff\xff" + b"x" * 20)
    folder = WorklistFolder(tmp_path)
    for _ in range(3):
        assert folder.data_sets() == ()
    assert len([record for record in caplog.records if "bad.wl" in record.getMessage()]) == 1


@pytest.mark.parametrize("size", range(12))
def test_a_file_that_is_just_being_written_is_left_out(tmp_path: Path, size: int, expect_log: ExpectLog) -> None:
    expect_log("bad.wl is left out: this is no DICOM file")
    write_wl(tmp_path / "good.wl")
    (tmp_path / "bad.wl").write_bytes(b"garbage, yes"[:size])
    assert names(WorklistFolder(tmp_path)) == ["P1"]


def test_a_file_with_an_unknown_vr_is_left_out(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log(r"bad.wl is left out: \(0010,0020\) at byte \d+ has no known VR")
    write_wl(tmp_path / "good.wl")
    write_wl(tmp_path / "bad.wl")
    content = (tmp_path / "bad.wl").read_bytes()
    (tmp_path / "bad.wl").write_bytes(content.replace(b"\x10\0\x20\0LO", b"\x10\0\x20\0NQ"))
    assert names(WorklistFolder(tmp_path)) == ["P1"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_a_file_holds_the_others_are_served(
    tmp_path: Path, data: st.DataObject, expect_log: ExpectLog
) -> None:
    expect_log("left out")
    write_wl(tmp_path / "good.wl")
    content = bytearray(write_wl(tmp_path / "bad.wl", data_set_of(FULL)).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(128, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "bad.wl").write_bytes(content[: data.draw(st.integers(0, len(content)))])
    *_, good = WorklistFolder(tmp_path).data_sets()
    for item in (*WorklistFolder(tmp_path).data_sets(), good):
        keys = [ReturnKey(tag, vr) for tag, vr in KEYS]
        assert encode(project(item, keys), EXPLICIT_VR_LITTLE_ENDIAN)
        assert encode(whole(item), EXPLICIT_VR_LITTLE_ENDIAN)
    assert entry_of(good).patient_id == "P1"


def test_a_file_without_meta_information_is_read(tmp_path: Path) -> None:
    path = tmp_path / "raw.wl"
    data_set = data_set_of(MINIMAL)
    data_set.SpecificCharacterSet = "ISO_IR 192"
    path.write_bytes(encode_data_set(data_set, IMPLICIT_VR_LITTLE_ENDIAN))
    assert entry_of(read_worklist_file(path)) == MINIMAL


def test_meta_information_without_a_transfer_syntax_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.wl"
    path.write_bytes(bytes(128) + b"DICM" + encode_data_set(Dataset(), IMPLICIT_VR_LITTLE_ENDIAN))
    with pytest.raises(DataSetError, match="names no Transfer Syntax UID"):
        read_worklist_file(path)
    with pytest.raises(StorageError, match="cannot be read"):
        read_worklist_file(tmp_path / "missing.wl")


def test_a_writer_with_the_lock_is_not_disturbed(tmp_path: Path) -> None:
    write_wl(tmp_path / "a.wl", data_set_of(entry(1)))
    (tmp_path / LOCK_FILE).touch()
    folder = WorklistFolder(tmp_path)
    descriptor = os.open(tmp_path / LOCK_FILE, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(StorageError, match="a writer holds the lock"):
            folder.data_sets()
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        assert names(folder) == ["P1"]
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        write_wl(tmp_path / "b.wl", data_set_of(entry(2)))
        assert names(folder) == ["P1"]
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        assert names(folder) == ["P1", "P2"]
    finally:
        os.close(descriptor)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        WorklistFolder(tmp_path / "missing").data_sets()
