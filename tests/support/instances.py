"""Tiny generated instances, each one new: the files that tests send, receive, scan and compare.

Uncompressed and deflated data sets are real in every respect. The fragments of an encapsulated one have the right
markers around dummy bytes (RLE is real): they are for moving, not for decoding.
"""

import os
import random
import struct
from collections.abc import Iterator
from pathlib import Path

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import dcmwrite, write_dataset
from pydicom.uid import (
    UID,
    ComprehensiveSRStorage,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    EncapsulatedPDFStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    MRImageStorage,
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    RLELossless,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
    generate_uid,
)

MIB = 1 << 20
NATIVE_SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
ENCAPSULATED_SYNTAXES = (JPEGBaseline8Bit, JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, RLELossless)

# Kind -> SOP Class, value of Modality.
_KINDS = {
    "CT": (CTImageStorage, "CT"),
    "MR": (MRImageStorage, "MR"),
    "US": (UltrasoundImageStorage, "US"),
    "SC": (SecondaryCaptureImageStorage, "OT"),
    "PDF": (EncapsulatedPDFStorage, "DOC"),
    "SR": (ComprehensiveSRStorage, "SR"),
}

# Transfer syntax -> what a frame begins and ends with (SOI and EOI, or SOC and SIZ, and EOC).
_MARKERS = {
    JPEGBaseline8Bit: (b"\xff\xd8\xff\xdb", b"\xff\xd9"),
    JPEGLosslessSV1: (b"\xff\xd8\xff\xc3", b"\xff\xd9"),
    JPEGLSLossless: (b"\xff\xd8\xff\xf7", b"\xff\xd9"),
    JPEG2000Lossless: (b"\xff\x4f\xff\x51", b"\xff\xd9"),
}


def make_instance(
    path_or_dir: Path | str,
    modality: str = "CT",
    transfer_syntax: str = ExplicitVRLittleEndian,
    sop_instance_uid: str | None = None,
    size_bytes: int | None = None,
    frames: int = 1,
    study_uid: str | None = None,
) -> Path:
    """Writes one Part 10 file and gives its path.

    Args:
        path_or_dir: the file to write, or an existing folder, where it becomes `KIND.UID.dcm`.
        modality: "CT", "MR", "US" (multi-frame when `frames` is above 1), "SC", "PDF" or "SR".
        transfer_syntax: any native or encapsulated syntax; documents take the native ones only.
        sop_instance_uid: a fresh one when not given.
        size_bytes: the length of the pixel data or the document, rounded up to whole rows; about 2 KB when not given.
        frames: the number of frames.
        study_uid: a fresh one when not given.
    """
    data_set = _data_set(modality, UID(transfer_syntax), sop_instance_uid, size_bytes, frames, study_uid)
    path = Path(path_or_dir)
    if path.is_dir():
        path = path / f"{modality}.{data_set.SOPInstanceUID}.dcm"
    dcmwrite(path, data_set, enforce_file_format=True)
    return path


def make_set(folder: Path | str) -> list[Path]:
    """Writes one instance of every kind in every transfer syntax that suits it, all of one study."""
    study_uid = generate_uid()
    paths = []
    for modality, transfer_syntax, frames in _set_rows():
        name = f"{modality}_{transfer_syntax.keyword}.dcm"
        paths.append(make_instance(Path(folder, name), modality, transfer_syntax, frames=frames, study_uid=study_uid))
    return paths


def make_large(path: Path | str, size_bytes: int) -> Path:
    """Writes a multi-frame Explicit VR Little Endian file of `size_bytes` of pixel data, in constant memory and time.

    The value is rounded up to whole frames of 1 MiB. Each frame begins with its number (little endian, 8 bytes), so
    that a lost or swapped block shows; the rest is a hole in the file, read as zeros.
    """
    frames = max(2, -(-size_bytes // MIB))
    if frames * MIB > 0xFFFFFFFE:  # PS3.5 7.1.2: the length has 32 bits, and FFFFFFFFH means undefined
        raise ValueError(f"{size_bytes} bytes do not fit the value of one element")
    data_set = _header("SC", ExplicitVRLittleEndian, None, None)
    data_set.SOPClassUID = MultiFrameGrayscaleByteSecondaryCaptureImageStorage
    data_set.file_meta.MediaStorageSOPClassUID = MultiFrameGrayscaleByteSecondaryCaptureImageStorage
    _describe_pixels(data_set, rows=1024, columns=1024, bits=8, frames=frames)
    path = Path(path)
    dcmwrite(path, data_set, enforce_file_format=True)
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OB", 0, frames * MIB))
        start = file.tell()
        file.truncate(start + frames * MIB)
        for number in range(frames):
            file.seek(start + number * MIB)
            file.write(struct.pack("<Q", number))
    return path


def make_raw(path: Path | str, modality: str = "CT", transfer_syntax: str = ImplicitVRLittleEndian) -> Path:
    """Writes a data set alone, without preamble and file meta information."""
    syntax = UID(transfer_syntax)
    data_set = _data_set(modality, syntax, None, None, 1, None)
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = syntax.is_little_endian, syntax.is_implicit_VR
    write_dataset(buffer, Dataset(data_set))
    path = Path(path)
    path.write_bytes(buffer.getvalue())
    return path


def data_set_offset(path: Path | str) -> int:
    """Gives where the data set of a Part 10 file begins (PS3.10 7.1)."""
    with Path(path).open("rb") as file:
        head = file.read(144)
    # (0002,0000) UL of length 4: the length of the group after this element.
    if head[128:140] != b"DICM\x02\x00\x00\x00UL\x04\x00":
        raise ValueError(f"{path} does not begin with file meta information and its group length")
    return 144 + int.from_bytes(head[140:144], "little")


def data_set_bytes(path: Path | str) -> bytes:
    """Gives the bytes after the file meta information: what C-STORE sends."""
    return Path(path).read_bytes()[data_set_offset(path) :]


def _set_rows() -> Iterator[tuple[str, UID, int]]:
    for transfer_syntax in NATIVE_SYNTAXES:
        for modality in ("CT", "MR", "US", "PDF", "SR"):
            yield modality, transfer_syntax, 3 if modality == "US" else 1
    for transfer_syntax in ENCAPSULATED_SYNTAXES:
        yield "US", transfer_syntax, 3
        if transfer_syntax != JPEGBaseline8Bit:  # 8 bits only
            yield "CT", transfer_syntax, 1
            yield "MR", transfer_syntax, 1


def _data_set(
    modality: str,
    transfer_syntax: UID,
    sop_instance_uid: str | None,
    size_bytes: int | None,
    frames: int,
    study_uid: str | None,
) -> FileDataset:
    data_set = _header(modality, transfer_syntax, sop_instance_uid, study_uid)
    if modality == "US" and frames > 1:
        data_set.SOPClassUID = UltrasoundMultiFrameImageStorage
        data_set.file_meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    match modality:
        case "PDF":
            _add_document(data_set, size_bytes or 2048)
        case "SR":
            _add_report(data_set)
        case _:
            _add_pixels(data_set, transfer_syntax, size_bytes, frames)
    return data_set


def _header(modality: str, transfer_syntax: UID, sop_instance_uid: str | None, study_uid: str | None) -> FileDataset:
    sop_class, modality_value = _KINDS[modality]
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = UID(sop_instance_uid or generate_uid())
    meta.TransferSyntaxUID = transfer_syntax
    meta.ImplementationClassUID = UID("2.25.203487122903377195830913547270451218842")
    data_set = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    data_set.SpecificCharacterSet = "ISO_IR 192"
    data_set.SOPClassUID = sop_class
    data_set.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    data_set.StudyDate, data_set.StudyTime = "20240229", "120000"
    data_set.AccessionNumber = "A1"
    data_set.Modality = modality_value
    data_set.Manufacturer = "Test Bench"
    data_set.ReferringPhysicianName = ""
    data_set.PatientName = "Prüfkörper^Wasser"
    data_set.PatientID = "PHANTOM-1"
    data_set.PatientBirthDate, data_set.PatientSex = "", "O"
    data_set.StudyInstanceUID = UID(study_uid or generate_uid())
    data_set.SeriesInstanceUID = generate_uid()
    data_set.StudyID, data_set.SeriesNumber, data_set.InstanceNumber = "1", 1, 1
    return data_set


def _add_document(data_set: FileDataset, size_bytes: int) -> None:
    document = b"%PDF-1.4\n%" + b"." * max(0, size_bytes - 17) + b"\n%%EOF\n"
    data_set.BurnedInAnnotation = "NO"
    data_set.DocumentTitle = "Calibration"
    data_set.ConceptNameCodeSequence = []
    data_set.MIMETypeOfEncapsulatedDocument = "application/pdf"
    data_set.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
    data_set.EncapsulatedDocumentLength = len(document)


def _add_report(data_set: FileDataset) -> None:
    data_set.CompletionFlag, data_set.VerificationFlag = "COMPLETE", "UNVERIFIED"
    data_set.ContentDate, data_set.ContentTime = "20240229", "120000"
    data_set.ReferencedPerformedProcedureStepSequence = []
    data_set.PerformedProcedureCodeSequence = []
    data_set.ValueType, data_set.ContinuityOfContent = "CONTAINER", "SEPARATE"
    data_set.ConceptNameCodeSequence = [_code("126000", "DCM", "Imaging Measurement Report")]
    finding = Dataset()
    finding.RelationshipType, finding.ValueType = "CONTAINS", "TEXT"
    finding.ConceptNameCodeSequence = [_code("121071", "DCM", "Finding")]
    finding.TextValue = "Homogeneous."
    data_set.ContentSequence = [finding]


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _add_pixels(data_set: FileDataset, transfer_syntax: UID, size_bytes: int | None, frames: int) -> None:
    bits = 8 if data_set.Modality in ("US", "OT") else 16
    columns = 32 if size_bytes is None else 256 if size_bytes < 64 * MIB else 4096
    row_bytes = columns * bits // 8
    rows = 32 if size_bytes is None else max(1, -(-size_bytes // (row_bytes * frames)))
    _describe_pixels(data_set, rows=rows, columns=columns, bits=bits, frames=frames)
    # The same bytes for the same instance: a pattern that repeats every 4 KiB or so, off the usual block sizes.
    pattern = random.Random(str(data_set.SOPInstanceUID)).randbytes(4099)
    frame_bytes = rows * row_bytes
    if transfer_syntax.is_encapsulated:
        is_rle = transfer_syntax == RLELossless
        part = _rle_frame(rows, columns, bits // 8) if is_rle else _fragment(pattern, transfer_syntax, frame_bytes)
        data_set.PixelData = encapsulate([part] * frames)
        data_set["PixelData"].VR = "OB"
        data_set["PixelData"].is_undefined_length = True
        return
    length = frame_bytes * frames
    value = (pattern * (length // len(pattern) + 1))[:length]
    data_set.PixelData = value + b"\0" * (length % 2)
    data_set["PixelData"].VR = "OW" if bits == 16 or transfer_syntax.is_implicit_VR else "OB"


def _describe_pixels(data_set: FileDataset, *, rows: int, columns: int, bits: int, frames: int) -> None:
    if frames > 1:
        data_set.NumberOfFrames = frames
    data_set.SamplesPerPixel, data_set.PhotometricInterpretation = 1, "MONOCHROME2"
    data_set.Rows, data_set.Columns = rows, columns
    data_set.BitsAllocated, data_set.BitsStored, data_set.HighBit = bits, bits, bits - 1
    data_set.PixelRepresentation = 0


def _fragment(pattern: bytes, transfer_syntax: UID, frame_bytes: int) -> bytes:
    begin, end = _MARKERS[transfer_syntax]
    # A frame half the size of the native one; FFH would need stuffing, so it does not occur.
    body = pattern.replace(b"\xff", b"\x7f")
    length = max(2, frame_bytes // 2) & ~1
    return begin + (body * (length // len(body) + 1))[:length] + end


def _rle_frame(rows: int, columns: int, segments: int) -> bytes:
    """Gives one real RLE frame of zeros, a segment for each byte of a pixel, rows encoded apart (PS3.5 Annex G)."""
    whole, rest = divmod(columns, 128)
    row = b"\x81\x00" * whole + (struct.pack("Bx", 257 - rest) if rest > 1 else b"\x00\x00" * rest)
    offsets = [64 + number * rows * len(row) for number in range(segments)]
    return struct.pack("<16L", segments, *offsets, *[0] * (15 - segments)) + row * rows * segments
