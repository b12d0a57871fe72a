"""Compressed pixel data, decoded frame by frame."""

from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import JPEGLSLossless, RLELossless

from tests.support.instances import data_set_bytes, make_instance
from workbench.errors import DataSetError
from workbench.services.transcoding.pixel_decoding import DecodedPixels, decoders, missing_decoder
from workbench.services.transcoding.recoding import PIXEL_DATA, Recoder, encoding_of
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
LITTLE = encoding_of(EXPLICIT_VR_LITTLE_ENDIAN)


def decode(data: bytes, transfer_syntax: str) -> pydicom.Dataset:
    pixels = DecodedPixels(BytesIO(data), transfer_syntax)
    target = BytesIO()
    Recoder(BytesIO(data), target, before=LITTLE, after=LITTLE, replaced=pixels.replaced).run()
    target.seek(0)
    return pydicom.filereader.read_dataset(target, False, True)


@pytest.mark.parametrize(
    ("sample", "photometric", "lossy"),
    [
        ("cr_jpeg_2000.dcm", "MONOCHROME2", "00"),
        ("dx_jpeg_lossless.dcm", "MONOCHROME2", "00"),
        ("enhanced_ct_jpeg_ls.dcm", "MONOCHROME2", "00"),
        ("us_loop_jpeg_baseline.dcm", "RGB", "01"),
        ("us_rle.dcm", "RGB", "00"),
    ],
)
def test_samples_say_what_they_are_after_decoding(sample: str, photometric: str, lossy: str) -> None:
    before = pydicom.dcmread(SAMPLES / sample)
    after = decode(data_set_bytes(SAMPLES / sample), before.file_meta.TransferSyntaxUID)
    frames = int(before.get("NumberOfFrames", 1))
    length = before.Rows * before.Columns * before.SamplesPerPixel * before.BitsAllocated // 8 * frames
    assert ("OW" if before.BitsAllocated > 8 else "OB") == after["PixelData"].VR
    assert len(after.PixelData) == length + length % 2
    assert (after.PhotometricInterpretation, after.LossyImageCompression) == (photometric, lossy)
    assert after.get("PlanarConfiguration", 0) == 0
    assert {element.tag for element in after} == {element.tag for element in before}


def test_missing_decoders_are_named() -> None:
    assert missing_decoder(RLELossless) == ""
    assert missing_decoder("1.2.840.10008.1.2.4.102") == "H.264 HP 4.1 cannot be decoded"


def test_frames_that_are_none_are_told(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", JPEGLSLossless)
    with pytest.raises(DataSetError, match="cannot be decoded"):
        DecodedPixels(BytesIO(data_set_bytes(path)), JPEGLSLossless)


def test_pixels_without_a_description_are_told(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", RLELossless)
    data = data_set_bytes(path).replace(b"\x28\x00\x10\x00US", b"\x28\x00\x12\x00US")
    with pytest.raises(DataSetError, match="Rows missing"):
        DecodedPixels(BytesIO(data), RLELossless)


def test_too_few_frames_are_told(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "US", RLELossless, frames=3)
    data = data_set_bytes(path)
    with pytest.raises(DataSetError, match="frame"):
        decode(data.replace(b"IS\x02\x003 ", b"IS\x02\x0090"), RLELossless)


def test_document_that_says_it_is_compressed_has_nothing_to_decode() -> None:
    data = data_set_bytes(SAMPLES / "sr_explicit.dcm")
    assert PIXEL_DATA not in DecodedPixels(BytesIO(data), RLELossless).replaced


def test_installed_decoders_are_listed() -> None:
    rle, mpeg2 = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.100"
    assert decoders([mpeg2, rle]) == (rle,)  # which pydicom decodes by itself
