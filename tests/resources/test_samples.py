"""The sample instances are valid, small and varied, and the generator beside them still writes them."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pydicom
import pytest
from pydicom import Dataset, uid
from pydicom.pixels.decoders.base import get_decoder

import resources
from resources import sample_paths
from workbench.dictionary import storage_sop_classes
from workbench.uids import is_valid_uid

SAMPLES = {path.name: path for path in sample_paths()}
# Encoded by what the generator has without optional packages.
REPEATABLE = [name for name in SAMPLES if not any(codec in name for codec in ("jpeg_2000", "jpeg_ls", "jpeg_baseline"))]


def script(name: str) -> ModuleType:
    # `packaging` is a folder of scripts and must not become a package: its modules are found as a script finds them.
    folder = str(Path(resources.__file__).parent.parent / "packaging")
    sys.path.insert(0, folder)
    try:
        return import_module(name)
    finally:
        sys.path.remove(folder)


@pytest.fixture(scope="module")
def table() -> dict[str, Callable[[], Dataset]]:
    """Gives the generator's table: file name -> what builds the instance."""
    built: dict[str, Callable[[], Dataset]] = script("generate_samples").TABLE
    return built


def test_the_samples_are_varied_and_small() -> None:
    read = [pydicom.dcmread(path, stop_before_pixels=True) for path in sample_paths()]
    assert {one.Modality for one in read} == {"CT", "MR", "PT", "US", "DX", "CR", "OT", "DOC", "SR"}
    assert {one.file_meta.TransferSyntaxUID for one in read} == {
        uid.ImplicitVRLittleEndian,
        uid.ExplicitVRLittleEndian,
        uid.ExplicitVRBigEndian,
        uid.DeflatedExplicitVRLittleEndian,
        uid.JPEGBaseline8Bit,
        uid.JPEGLosslessSV1,
        uid.JPEGLSLossless,
        uid.JPEG2000Lossless,
        uid.RLELossless,
    }
    assert sum(path.stat().st_size for path in sample_paths()) < 1_500_000


def test_every_instance_is_one_of_its_own() -> None:
    read = [pydicom.dcmread(path, stop_before_pixels=True) for path in sample_paths()]
    assert len({one.SOPInstanceUID for one in read}) == len(read) == 13
    assert len({one.SeriesInstanceUID for one in read}) == len(read) - 2  # three CT slices are one series
    assert len({one.StudyInstanceUID for one in read}) == len({one.PatientID for one in read}) == 4


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_a_valid_part_10_file_of_a_phantom(name: str) -> None:
    read = pydicom.dcmread(SAMPLES[name])  # not forced: preamble and meta information are there
    meta = read.file_meta
    assert (meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID) == (read.SOPClassUID, read.SOPInstanceUID)
    assert read.SOPClassUID in storage_sop_classes()
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"):
        assert is_valid_uid(read[keyword].value)
        assert read[keyword].value.startswith("2.25.")
    assert str(read.PatientName).startswith("Phantom^")
    for keyword in ("StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName", "StudyID", "SeriesNumber"):
        assert keyword in read  # type 2 of every composite object: PS3.3 C.7.2.1, C.7.3.1


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith(("pdf", "sr"))])
def test_the_pixels_decode_to_a_picture(name: str) -> None:
    read = pydicom.dcmread(SAMPLES[name])
    syntax = read.file_meta.TransferSyntaxUID
    if syntax.is_compressed and not syntax.is_deflated and not get_decoder(syntax).is_available:
        pytest.skip(f"no decoder for {syntax.name} is installed")
    pixels = read.pixel_array
    shape = (int(read.get("NumberOfFrames", 1)), read.Rows, read.Columns, read.SamplesPerPixel)
    assert pixels.size == np.prod(shape)
    assert pixels.std() > 10
    assert pixels.max() < 2**read.BitsStored


@pytest.mark.parametrize("name", REPEATABLE)
def test_the_generator_writes_the_stored_sample(name: str, table: dict[str, Callable[[], Dataset]]) -> None:
    stored, built = pydicom.dcmread(SAMPLES[name]), table[name]()
    compressed = stored.file_meta.TransferSyntaxUID.is_encapsulated
    pixels = [
        np.frombuffer(bytes(one.pop("PixelData").value or b""), np.uint8)
        for one in (stored, built)
        if "PixelData" in one
    ]
    assert Dataset(stored) == Dataset(built)
    assert stored.file_meta.TransferSyntaxUID == built.file_meta.TransferSyntaxUID
    if pixels and not compressed:
        # Another machine may round a pixel in a thousand up instead of down.
        assert np.mean(pixels[0] != pixels[1]) < 0.001


def test_the_table_and_the_folder_agree(table: dict[str, Callable[[], Dataset]]) -> None:
    assert set(table) == set(SAMPLES)


def test_the_jpeg_lossless_encoder_loses_nothing() -> None:
    libjpeg = pytest.importorskip("libjpeg")
    encode = script("jpeg_lossless").encode
    for precision in (8, 12, 16):
        image = np.random.default_rng(precision).integers(0, 1 << precision, (37, 53)).astype(np.uint16)
        assert (libjpeg.decode(encode(image, precision=precision)).reshape(image.shape) == image).all()


def test_the_document_is_a_pdf_and_the_report_has_content() -> None:
    document = pydicom.dcmread(SAMPLES["pdf_explicit.dcm"])
    page = document.EncapsulatedDocument[: document.EncapsulatedDocumentLength]
    assert page.startswith(b"%PDF-1.4\n")
    assert page.endswith(b"%%EOF\n")
    start = int(page.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert page[start:].startswith(b"xref\n")
    report = pydicom.dcmread(SAMPLES["sr_explicit.dcm"])
    evidence = report.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    slices = [pydicom.dcmread(SAMPLES[f"ct_explicit_{number}.dcm"], stop_before_pixels=True) for number in (1, 2, 3)]
    assert evidence.ReferencedSOPInstanceUID == slices[1].SOPInstanceUID
    assert [item.ValueType for item in report.ContentSequence] == ["CODE", "PNAME", "CONTAINER"]
