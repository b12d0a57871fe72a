"""Conversion between transfer syntaxes, checked with pydicom and with DCMTK's own tools."""

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.conftest import PeerTool
from tests.support.instances import NATIVE_SYNTAXES, data_set_bytes, make_instance, make_raw
from workbench.errors import DataSetError
from workbench.services.transcoding import conversion
from workbench.services.transcoding.conversion import (
    HELD,
    LOSSLESS,
    NATIVE,
    Conversion,
    convert,
    convert_bytes,
    words_for,
)
from workbench.storage.part10 import Instance, file_meta, scan
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

SAMPLES = sorted((Path(__file__).parents[3] / "resources" / "samples").glob("*.dcm"))
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
TOOLS = {"1.2.840.10008.1.2.5": "dcmdrle", "1.2.840.10008.1.2.4.80": "dcmdjpls"}


def read(instance: Instance, data: bytes, transfer_syntax: str) -> pydicom.FileDataset:
    """Gives a converted data set as a file that pydicom reads."""
    meta = file_meta(
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
        transfer_syntax_uid=transfer_syntax,
    )
    return pydicom.dcmread(BytesIO(meta + data))


def converted(path: Path, target: str) -> pydicom.FileDataset:
    instance = scan(path)
    return read(instance, convert_bytes(data_set_bytes(path), instance.transfer_syntax_uid, target), target)


def values(data_set: Dataset, *, without: frozenset[str] = frozenset()) -> list[object]:
    """Gives tags and values in order, sequences opened."""
    found: list[object] = []
    for element in data_set:
        if element.VR == "SQ":
            found.append((element.tag, [values(item) for item in element.value]))
        elif element.keyword not in without:
            found.append((element.tag, element.value))
    return found


JPEG_2000 = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")  # DCMTK has no decoder for it
DECODED_BY_DCMTK = [path for path in SAMPLES if scan(path).transfer_syntax_uid not in (*NATIVE, *JPEG_2000)]


@pytest.mark.parametrize("target", NATIVE)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_keep_every_value_and_every_pixel(path: Path, target: str) -> None:
    before = pydicom.dcmread(path)
    syntax = before.file_meta.TransferSyntaxUID
    if syntax == target:
        return
    after = converted(path, target)
    if "PixelData" in before and syntax != JPEG_BASELINE:  # two decoders of a lossy one differ by a rounding
        assert after.pixel_array.tolist() == before.pixel_array.tolist()
    lossless = frozenset({"PixelData"})
    changed = lossless if syntax in NATIVE else lossless | {"PhotometricInterpretation"}
    assert values(after, without=changed) == values(before, without=changed)


@pytest.mark.parametrize("modality", ["CT", "MR", "US", "PDF", "SR"])
@pytest.mark.parametrize("before", NATIVE_SYNTAXES)
def test_there_and_back_again_is_the_same(tmp_path: Path, modality: str, before: str) -> None:
    path = make_instance(tmp_path, modality, before)
    data = data_set_bytes(path)
    first = convert_bytes(data, before, EXPLICIT_VR_LITTLE_ENDIAN)
    for after in NATIVE:
        there = convert_bytes(first, EXPLICIT_VR_LITTLE_ENDIAN, after)
        # Implicit VR has one VR for bytes and words of pixels (PS3.5 A.1); they are the same bytes.
        back = convert_bytes(there, after, EXPLICIT_VR_LITTLE_ENDIAN)
        assert back.replace(b"\xe0\x7f\x10\0OW", b"\xe0\x7f\x10\0OB") == first.replace(
            b"\xe0\x7f\x10\0OW", b"\xe0\x7f\x10\0OB"
        )


@pytest.mark.interop
@pytest.mark.parametrize("path", DECODED_BY_DCMTK, ids=lambda path: path.stem)
def test_pixels_are_those_that_dcmtk_decodes(path: Path, tmp_path: Path, peer_tool: PeerTool) -> None:
    tool = peer_tool(TOOLS.get(scan(path).transfer_syntax_uid, "dcmdjpeg"))
    done = subprocess.run([tool, path, tmp_path / "theirs.dcm"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    theirs = pydicom.dcmread(tmp_path / "theirs.dcm")
    ours = converted(path, EXPLICIT_VR_LITTLE_ENDIAN)
    assert ours.PhotometricInterpretation == theirs.PhotometricInterpretation
    assert ours.pixel_array.tolist() == theirs.pixel_array.tolist()


@pytest.mark.interop
def test_lossless_colours_are_not_changed(tmp_path: Path, peer_tool: PeerTool) -> None:
    (sample,) = (path for path in SAMPLES if path.name == "us_rle.dcm")
    data_set = pydicom.dcmread(sample)
    data_set.PhotometricInterpretation = "YBR_FULL"
    data_set.save_as(tmp_path / "ybr.dcm")
    subprocess.run([peer_tool("dcmdrle"), tmp_path / "ybr.dcm", tmp_path / "theirs.dcm"], check=True)
    theirs = pydicom.dcmread(tmp_path / "theirs.dcm")
    ours = converted(tmp_path / "ybr.dcm", EXPLICIT_VR_LITTLE_ENDIAN)
    assert ours.PhotometricInterpretation == theirs.PhotometricInterpretation == "YBR_FULL"
    assert ours.PixelData == theirs.PixelData


@pytest.mark.interop
@pytest.mark.parametrize(("option", "target"), [("+te", NATIVE[0]), ("+ti", NATIVE[1]), ("+tb", NATIVE[2])])
@pytest.mark.parametrize(
    "path", [path for path in SAMPLES if scan(path).transfer_syntax_uid in NATIVE], ids=lambda path: path.stem
)
def test_values_are_those_that_dcmtk_converts(
    path: Path, option: str, target: str, tmp_path: Path, peer_tool: PeerTool
) -> None:
    if scan(path).transfer_syntax_uid == target:
        return
    subprocess.run([peer_tool("dcmconv"), option, path, tmp_path / "theirs.dcm"], check=True)
    theirs = pydicom.dcmread(tmp_path / "theirs.dcm")
    assert values(converted(path, target)) == values(theirs)


@pytest.mark.parametrize(
    ("conversion", "native", "lossless", "lossy"),
    [
        (Conversion.NEVER, False, False, False),
        (Conversion.UNCOMPRESSED, True, False, False),
        (Conversion.DECOMPRESS_LOSSLESS, True, True, False),
        (Conversion.DECOMPRESS, True, True, True),
    ],
)
def test_what_may_be_converted(conversion: Conversion, native: bool, lossless: bool, lossy: bool) -> None:
    assert all(bool(conversion.targets(syntax)) == native for syntax in NATIVE)
    assert all(bool(conversion.targets(syntax)) == lossless for syntax in LOSSLESS)
    assert bool(conversion.targets(JPEG_BASELINE)) == lossy
    assert conversion.targets("1.2.3.4") == ()
    assert IMPLICIT_VR_LITTLE_ENDIAN not in conversion.targets(IMPLICIT_VR_LITTLE_ENDIAN)


def test_plain_conversion_has_nothing_to_do_with_deflating() -> None:
    assert Conversion.PLAIN.targets(EXPLICIT_VR_LITTLE_ENDIAN) == (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)
    assert all(Conversion.PLAIN.targets(syntax) == () for syntax in (NATIVE[3], JPEG_BASELINE, "1.2.3.4"))


def test_signed_values_stay_signed(tmp_path: Path) -> None:
    path = make_raw(tmp_path / "raw", "CT")
    data_set = pydicom.dcmread(path, force=True)
    data_set.PixelRepresentation = 1
    data_set.add_new("SmallestImagePixelValue", "SS", -5)
    buffer = pydicom.filebase.DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = True, True
    pydicom.filewriter.write_dataset(buffer, Dataset(data_set))
    after = convert_bytes(buffer.getvalue(), ImplicitVRLittleEndian, ExplicitVRLittleEndian)
    found = pydicom.filereader.read_dataset(BytesIO(after), False, True)
    assert (found["SmallestImagePixelValue"].VR, found.SmallestImagePixelValue) == ("SS", -5)


@pytest.mark.parametrize("data", [b"", b"\x12\x34", b"\xff" * 20])
def test_deflated_data_that_is_none_is_told(data: bytes) -> None:
    with pytest.raises(DataSetError, match="deflated"):
        convert_bytes(data, NATIVE[3], NATIVE[0])


def test_broken_data_sets_are_told(tmp_path: Path) -> None:
    data = data_set_bytes(make_instance(tmp_path, "CT"))
    with pytest.raises(DataSetError, match="within an element"):
        convert_bytes(data[:-1], EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)


def test_conversion_in_words() -> None:
    assert words_for(JPEG_BASELINE, NATIVE[0]) == "converted from JPEG Baseline to Explicit VR LE"


def test_large_results_go_to_a_file_and_nothing_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert HELD < 64 << 20
    monkeypatch.setattr(conversion, "HELD", 1000)
    path = make_instance(tmp_path, "CT", size_bytes=3 << 20)
    opened = _opener(scan(path))
    result = convert(opened, EXPLICIT_VR_LITTLE_ENDIAN, NATIVE[2])
    with result.file as file:
        assert file._rolled  # type: ignore[attr-defined]
        data = file.read()
    assert len(data) == result.length
    assert convert_bytes(data, NATIVE[2], EXPLICIT_VR_LITTLE_ENDIAN) == data_set_bytes(path)


def _opener(instance: Instance) -> Callable[[], BinaryIO]:
    return lambda: BytesIO(data_set_bytes(instance.path))


def test_compressed_data_set_can_be_changed_as_it_is(tmp_path: Path) -> None:
    path = make_instance(tmp_path / "rle.dcm", "CT", "1.2.840.10008.1.2.5")
    before = pydicom.dcmread(path)
    instance = scan(path)
    syntax = instance.transfer_syntax_uid
    data = data_set_bytes(path)
    result = convert(lambda: BytesIO(data), syntax, syntax, given={0x00100020: b"NEW "})
    with result.file:
        after = read(instance, result.file.read(), syntax)
    assert after.PatientID == "NEW"
    assert after.PixelData == before.PixelData
    assert values(after, without=frozenset({"PatientID"})) == values(before, without=frozenset({"PatientID"}))


def test_level_of_deflating_is_obeyed() -> None:
    data = bytes.fromhex("10 00 10 00 50 4E 00 10") + b"A" * 0x1000
    lengths = []
    for level in (0, 9):
        result = convert(
            lambda: BytesIO(data), EXPLICIT_VR_LITTLE_ENDIAN, "1.2.840.10008.1.2.1.99", deflate_level=level
        )
        lengths.append(result.length)
        with result.file:
            back = convert_bytes(result.file.read(), "1.2.840.10008.1.2.1.99", EXPLICIT_VR_LITTLE_ENDIAN)
        assert back == data
    assert lengths[0] > len(data) > lengths[1]
