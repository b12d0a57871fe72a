"""Stored objects that mean harm to who converts them: refused, in little memory and disk."""

import random
import resource
import struct
from contextlib import suppress
from pathlib import Path

import pydicom
import pytest

from tests.hostile.data_sets import deflated
from tests.support.instances import data_set_bytes
from workbench.errors import DataSetError
from workbench.services.transcoding.conversion import convert_bytes
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
COMPRESSED = (
    "us_rle.dcm",
    "cr_jpeg_2000.dcm",
    "dx_jpeg_lossless.dcm",
    "enhanced_ct_jpeg_ls.dcm",
    "us_loop_jpeg_baseline.dcm",
)


ROWS, COLUMNS, FRAMES = 0x00280010, 0x00280011, 0x00280008
SINGLE_VALUES = (0x00280002, 0x00280100, 0x00280101, 0x00280103, ROWS, COLUMNS)
GROWTH = 300  # mebibytes that all conversions of a test may add to the peak


def peak() -> float:
    """Gives the most memory that this process ever had, in mebibytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def short(tag: int, vr: bytes, value: bytes) -> bytes:
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr, len(value)) + value


def with_value(data: bytes, tag: int, vr: bytes, value: bytes) -> bytes:
    """Gives a data set in Explicit VR in which a short element has another value."""
    at = data.index(struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr))
    (length,) = struct.unpack_from("<H", data, at + 6)
    return data[:at] + short(tag, vr, value) + data[at + 8 + length :]


def syntax_of(path: Path) -> str:
    return str(pydicom.dcmread(path, stop_before_pixels=True).file_meta.TransferSyntaxUID)


@pytest.mark.slow
@pytest.mark.parametrize("sample", COMPRESSED)
def test_corrupt_pixels_and_lying_descriptions_end_in_a_result_or_an_error(sample: str) -> None:
    data, syntax = data_set_bytes(SAMPLES / sample), syntax_of(SAMPLES / sample)
    pixels = data.index(b"\xe0\x7f\x10\x00O")
    chance, before = random.Random(sample), peak()
    for turn in range(24):
        attacked = bytearray(data)
        if turn % 2:
            for _ in range(chance.randrange(1, 20)):
                attacked[chance.randrange(pixels + 12, min(len(data), pixels + 12 + 10**turn))] = chance.randrange(256)
        else:
            value = struct.pack("<H", chance.choice([0, 1, 2, 3, 4, 8, 16, 32, 64, 0x7FFF, 0xFFFF]))
            attacked[:] = with_value(data, SINGLE_VALUES[turn // 2 % len(SINGLE_VALUES)], b"US", value)
        with suppress(DataSetError):
            convert_bytes(bytes(attacked), syntax, EXPLICIT_VR_LITTLE_ENDIAN)
    assert peak() - before < GROWTH


def test_frames_larger_than_any_are_refused_before_memory_is_asked_for() -> None:
    data = data_set_bytes(SAMPLES / "us_rle.dcm")
    for tag in (ROWS, COLUMNS):
        data = with_value(data, tag, b"US", b"\xff\xff")
    before = peak()
    with pytest.raises(DataSetError, match="too large to decode"):
        convert_bytes(data, "1.2.840.10008.1.2.5", EXPLICIT_VR_LITTLE_ENDIAN)
    assert peak() - before < GROWTH


@pytest.mark.parametrize("frames", [b"2147483646", b"-1", b"0 ", b"99999999999999", b"1e9 "])
def test_frames_without_end_are_refused(frames: bytes) -> None:
    data = with_value(data_set_bytes(SAMPLES / "us_loop_jpeg_baseline.dcm"), FRAMES, b"IS", frames)
    with pytest.raises(DataSetError):
        convert_bytes(data, "1.2.840.10008.1.2.4.50", EXPLICIT_VR_LITTLE_ENDIAN)


def test_a_stored_deflate_bomb_fills_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.services.transcoding.conversion.INFLATED", 2**20)
    bomb = deflated(struct.pack("<HH2s2xL", 0x7FE0, 0x0010, b"OB", 2**25) + bytes(2**25))
    with pytest.raises(DataSetError, match="inflates to over 1048576"):
        convert_bytes(bomb, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN)
    kept = deflated(struct.pack("<HH2s2xL", 0x7FE0, 0x0010, b"OB", 2**22) + random.Random(1).randbytes(2**22))
    converted = convert_bytes(kept, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN)
    assert len(converted) == 12 + 2**22
