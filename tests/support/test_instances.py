"""The generated instances are what they say: other tests compare bytes with them."""

import io
import zlib
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian, RLELossless

from tests.support.instances import (
    ENCAPSULATED_SYNTAXES,
    MIB,
    NATIVE_SYNTAXES,
    data_set_bytes,
    data_set_offset,
    make_instance,
    make_large,
    make_raw,
    make_set,
)


def test_the_set_is_valid_and_covers_every_transfer_syntax(tmp_path: Path) -> None:
    read = [pydicom.dcmread(path) for path in make_set(tmp_path)]
    assert {one.file_meta.TransferSyntaxUID for one in read} == {*NATIVE_SYNTAXES, *ENCAPSULATED_SYNTAXES}
    assert {one.Modality for one in read} == {"CT", "MR", "US", "DOC", "SR"}
    assert len({one.SOPInstanceUID for one in read}) == len(read)
    assert len({one.StudyInstanceUID for one in read}) == 1
    for one in read:
        assert one.file_meta.MediaStorageSOPInstanceUID == one.SOPInstanceUID
        if "PixelData" in one and one.file_meta.TransferSyntaxUID in (*NATIVE_SYNTAXES, RLELossless):
            assert one.pixel_array.size == 32 * 32 * int(one.get("NumberOfFrames", 1))


def test_a_data_set_is_encoded_as_its_transfer_syntax_says(tmp_path: Path) -> None:
    little = data_set_bytes(make_instance(tmp_path, transfer_syntax=ExplicitVRLittleEndian))
    big = data_set_bytes(make_instance(tmp_path, transfer_syntax=ExplicitVRBigEndian))
    deflated = data_set_bytes(make_instance(tmp_path, transfer_syntax=DeflatedExplicitVRLittleEndian))
    # (0008,0005) CS, and its length of 10
    assert little[:8] == b"\x08\x00\x05\x00CS\x0a\x00"
    assert big[:8] == b"\x00\x08\x00\x05CS\x00\x0a"
    # PS3.5 A.5: a raw deflate stream, without zlib's header.
    assert zlib.decompressobj(-zlib.MAX_WBITS).decompress(deflated)[:8] == little[:8]


@pytest.mark.parametrize("size", [1_000, 100_001, 3_000_000])
@pytest.mark.parametrize("modality", ["CT", "US", "PDF"])
def test_the_size_is_met_or_passed_by_less_than_a_row(tmp_path: Path, modality: str, size: int) -> None:
    path = make_instance(tmp_path / "one.dcm", modality, size_bytes=size)
    assert 0 <= len(data_set_bytes(path)) - size < 2_000
    assert path == tmp_path / "one.dcm"


def test_a_large_file_numbers_its_frames_and_is_mostly_a_hole(tmp_path: Path) -> None:
    path = make_large(tmp_path / "large.dcm", 5 * MIB - 1)
    read = pydicom.dcmread(path)
    assert (read.NumberOfFrames, len(read.PixelData)) == (5, 5 * MIB)
    assert [read.PixelData[number * MIB] for number in range(5)] == [0, 1, 2, 3, 4]
    assert path.stat().st_size - data_set_offset(path) == len(data_set_bytes(path))
    with pytest.raises(ValueError, match="do not fit"):
        make_large(tmp_path / "too-large.dcm", 1 << 32)


def test_a_raw_file_begins_with_the_data_set(tmp_path: Path) -> None:
    raw = make_raw(tmp_path / "raw").read_bytes()
    assert raw[:4] == b"\x08\x00\x05\x00"
    assert pydicom.dcmread(io.BytesIO(raw), force=True).Modality == "CT"
    with pytest.raises(ValueError, match="file meta information"):
        data_set_offset(tmp_path / "raw")
