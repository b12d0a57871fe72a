"""Reading what a file says about itself, and writing the same."""

import io
import os
import struct
from pathlib import Path

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.support.instances import data_set_bytes, data_set_offset, make_instance, make_raw, make_set
from workbench.errors import StorageError
from workbench.storage.part10 import FileForm, Instance, Skipped, file_meta, scan, scan_paths
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME

CT = "1.2.840.10008.5.1.4.1.1.2"


def test_every_kind_of_file_is_read_as_pydicom_reads_it(tmp_path: Path) -> None:
    for path in make_set(tmp_path):
        instance, expected = scan(path), pydicom.dcmread(path)
        assert instance.sop_class_uid == expected.SOPClassUID
        assert instance.sop_instance_uid == expected.SOPInstanceUID
        assert instance.transfer_syntax_uid == expected.file_meta.TransferSyntaxUID
        assert instance.offset == data_set_offset(path)
        assert instance.offset + instance.length == path.stat().st_size
        assert instance.name == path.name


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, EXPLICIT_VR_LITTLE_ENDIAN])
def test_data_set_alone_is_sent_from_its_first_byte(tmp_path: Path, syntax: str) -> None:
    instance = scan(make_raw(tmp_path / "raw", "MR", syntax))
    assert (instance.offset, instance.transfer_syntax_uid) == (0, syntax)
    assert instance.length == (tmp_path / "raw").stat().st_size


def with_meta(meta: bytes, data_set: bytes) -> bytes:
    return bytes(128) + b"DICM" + meta + data_set


def element(number: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    length = len(value) if length is None else length
    if vr in (b"OB", b"UN"):
        return struct.pack("<HH2s2xL", 2, number, vr, length) + value
    return struct.pack("<HH2sH", 2, number, vr, length) + value


SYNTAX = element(0x10, b"UI", b"1.2.840.10008.1.2.1\0")


def test_data_set_wins_over_the_meta_information(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT")
    data = data_set_bytes(path)
    wrong = element(2, b"UI", b"1.2.3.4\0") + element(3, b"UI", b"9.9\0") + SYNTAX
    path.write_bytes(with_meta(wrong, data))
    assert (scan(path).sop_class_uid, scan(path).sop_instance_uid) == (CT, pydicom.dcmread(path).SOPInstanceUID)
    path.write_bytes(with_meta(SYNTAX, data))
    assert scan(path).sop_class_uid == CT


@pytest.mark.parametrize("stated", [0, 4, 60, 100_000])
def test_wrong_group_length_does_not_mislead(tmp_path: Path, stated: int) -> None:
    path = make_instance(tmp_path, "CT")
    content = bytearray(path.read_bytes())
    offset = data_set_offset(path)
    content[140:144] = struct.pack("<L", stated)
    path.write_bytes(content)
    assert scan(path).offset == offset


def test_deflated_data_set_that_looks_like_meta_information_is_not_read_as_such(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", DeflatedExplicitVRLittleEndian)
    offset = data_set_offset(path)
    path.write_bytes(path.read_bytes()[:offset] + element(0x10, b"UI", b"1.2\0") + bytes(10))
    assert scan(path).offset == offset


def test_meta_information_without_preamble_is_read(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT")
    offset = data_set_offset(path)
    path.write_bytes(path.read_bytes()[132:])
    assert scan(path).offset == offset - 132


def test_long_private_information_is_read(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT")
    private = element(0x0102, b"OB", bytes(50_000))
    path.write_bytes(with_meta(SYNTAX + private, data_set_bytes(path)))
    assert scan(path).length == len(data_set_bytes_of(path, len(SYNTAX + private)))


def data_set_bytes_of(path: Path, meta_length: int) -> bytes:
    return path.read_bytes()[132 + meta_length :]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no DICOM file"),
        (b"hello, this is a text and nothing else", "no DICOM file"),
        (bytes(128) + b"DICM", "Transfer Syntax UID|SOP Class UID is missing"),
        (with_meta(element(0x10, b"UI", b"1.2", length=60_000), b""), r"\(0002,0010\) at byte 132: its length 60000"),
        (
            with_meta(element(1, b"OB", b"", length=0xFFFFFFFF), b""),
            r"\(0002,0001\) at byte 132: its length 4294967295",
        ),
        (with_meta(struct.pack("<HHL", 2, 0x10, 4) + b"1.2\0", b""), r"\(0002,0010\) at byte 132: .* is not a VR"),
        (with_meta(SYNTAX, b""), "SOP Class UID is missing"),
        (with_meta(SYNTAX[:-6], b""), r"\(0002,0010\) at byte 132: its length 20 passes the end"),
        (with_meta(b"\x02\0\x10", b""), "does not end"),
        (
            with_meta(element(2, b"UI", b"1.2\0") + element(3, b"UI", b"../../x\0") + SYNTAX, b"\x4b\x4c"),
            "SOP Instance UID '../../x' is not a UID",
        ),
        (with_meta(element(2, b"UI", b"1.2\0") + element(3, b"UI", b"1.3\0") + SYNTAX, b""), "no data set"),
        (with_meta(element(2, b"UI", b"1.2\0") + element(3, b"UI", b"1.3\0"), bytes(9)), "Transfer Syntax UID is miss"),
    ],
)
def test_problem_is_named_with_its_place(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(StorageError, match=problem) as caught:
        scan(path)
    assert caught.value.path == str(path)


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"):
        scan(tmp_path / "missing")
    with pytest.raises(StorageError, match=r"not a regular file|Is a directory"):
        scan(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StorageError, match="not a regular file"):
        scan(tmp_path / "pipe")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.integers(0, 300))
def test_garbage_is_an_instance_or_skipped_for_a_reason(tmp_path: Path, garbage: bytes, place: int) -> None:
    path = tmp_path / "garbage"
    sound = with_meta(element(2, b"UI", b"1.2\0") + element(3, b"UI", b"1.3\0") + SYNTAX, bytes(64))
    for content in (garbage, with_meta(garbage, b""), sound[:place] + garbage + sound[place + len(garbage) :]):
        path.write_bytes(content)
        (found,) = scan_paths([path])
        assert isinstance(found, Instance) or found.reason


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    first, second = make_instance(tmp_path / "a.dcm"), make_instance(tmp_path / "b" / "x.dcm")
    third = make_instance(tmp_path / "b" / "c" / "y.dcm")
    (tmp_path / "b" / "notes.txt").write_text("not an image")
    found = list(scan_paths([tmp_path]))
    assert [each.path for each in found if isinstance(each, Instance)] == [str(first), str(second), str(third)]
    assert [(each.path, each.is_harmless) for each in found if isinstance(each, Skipped)] == [
        (str(tmp_path / "b" / "notes.txt"), True)
    ]
    assert [each.path for each in scan_paths([tmp_path], recurse=False)] == [str(first)]


def test_named_files_that_cannot_be_sent_are_told(tmp_path: Path) -> None:
    dicomdir = make_instance(tmp_path / "DICOMDIR")
    content = dicomdir.read_bytes().replace(b"1.2.840.10008.5.1.4.1.1.2\0", b"1.2.840.10008.1.3.10\0\0\0\0\0\0")
    dicomdir.write_bytes(content)
    missing, directory = scan_paths([tmp_path / "missing", dicomdir])
    assert isinstance(missing, Skipped)
    assert isinstance(directory, Skipped)
    assert "DICOMDIR" in directory.reason
    assert not missing.is_harmless
    assert not directory.is_harmless
    (directory,) = scan_paths([tmp_path])
    assert isinstance(directory, Skipped)
    assert directory.is_harmless


def test_broken_file_in_a_folder_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.dcm").write_bytes(with_meta(SYNTAX, b""))
    (broken,) = scan_paths([tmp_path])
    assert isinstance(broken, Skipped)
    assert not broken.is_harmless


def test_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked").mkdir()
    real = os.scandir

    def refuse(path: str) -> "os._ScandirIterator[str]":
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (locked,) = scan_paths([tmp_path])
    assert locked == Skipped(path=str(tmp_path / "locked"), reason="cannot be read: Permission denied")


def test_written_meta_information_is_read_by_pydicom_and_by_us(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "MR")
    before = scan(path)
    meta = file_meta(
        sop_class_uid=before.sop_class_uid,
        sop_instance_uid=before.sop_instance_uid,
        transfer_syntax_uid=before.transfer_syntax_uid,
        source_ae_title="MODALITY",
    )
    data = data_set_bytes(path)
    path.write_bytes(meta + data)
    after = scan(path)
    assert (after.offset, after.length) == (len(meta), len(data))
    read = pydicom.dcmread(io.BytesIO(meta + data))
    assert read.preamble == bytes(128)
    assert read.file_meta.FileMetaInformationGroupLength == len(meta) - 144
    assert read.file_meta.FileMetaInformationVersion == b"\0\1"
    assert read.file_meta.MediaStorageSOPClassUID == before.sop_class_uid
    assert read.file_meta.MediaStorageSOPInstanceUID == before.sop_instance_uid
    assert read.file_meta.TransferSyntaxUID == before.transfer_syntax_uid
    assert read.file_meta.ImplementationClassUID == IMPLEMENTATION_CLASS_UID
    assert read.file_meta.ImplementationVersionName == IMPLEMENTATION_VERSION_NAME
    assert read.file_meta.SourceApplicationEntityTitle == "MODALITY"


def test_form_of_a_file_can_be_demanded(tmp_path: Path) -> None:
    file, bare = make_instance(tmp_path / "file.dcm"), make_raw(tmp_path / "bare.dcm")
    assert isinstance(scan(file, form=FileForm.PART10), Instance)
    assert scan(bare, form=FileForm.DATA_SET) == scan(bare)
    with pytest.raises(StorageError, match="no file meta information"):
        scan(bare, form=FileForm.PART10)
    with pytest.raises(StorageError, match="this is no data set"):
        scan(file, form=FileForm.DATA_SET)
    (skipped,) = (each for each in scan_paths([tmp_path], form=FileForm.PART10) if isinstance(each, Skipped))
    assert (skipped.path, skipped.is_harmless) == (str(bare), True)


def test_pattern_chooses_among_the_files_of_folders_only(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    one, _, other = (make_instance(tmp_path / name) for name in ("a.dcm", "b.img", "more/c.dcm"))
    assert [each.path for each in scan_paths([tmp_path], pattern="*.dcm")] == [str(one), str(other)]
    assert [each.path for each in scan_paths([tmp_path / "b.img"], pattern="*.dcm")] == [str(tmp_path / "b.img")]


def test_uids_that_are_none_pass_when_they_are_not_checked(tmp_path: Path) -> None:
    path = make_instance(tmp_path / "a.dcm")
    uid = scan(path).sop_instance_uid
    path.write_bytes(path.read_bytes().replace(uid.encode(), b"x" + uid[1:].encode()))
    with pytest.raises(StorageError, match="is not a UID"):
        scan(path)
    assert scan(path, checks_uids=False).sop_instance_uid == "x" + uid[1:]


def test_uid_that_is_padded_with_a_space_is_noted(tmp_path: Path) -> None:
    path = make_instance(tmp_path / "a.dcm")
    assert not scan(path).has_padded_uid
    uid = b"1.2.840.10008.5.1.4.1.1.2"
    path.write_bytes(path.read_bytes().replace(uid + b"\0", uid + b" "))
    assert scan(path).has_padded_uid
    assert scan(path).sop_class_uid == uid.decode()
