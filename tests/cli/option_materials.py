"""The files that the tools are given: small objects with fixed UIDs, encoded here byte by byte, and more."""

import atexit
import shutil
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeAlias

from PIL import Image

from tests.cli.option_certificates import write_certificates
from tests.cli.option_rendering import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, ROOT
from tests.services.storage.test_dicomdir import make_dicomdir
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CStoreRq

CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
SC = "1.2.840.10008.5.1.4.1.1.7"
UNKNOWN_CLASS = f"{ROOT}.99"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
RLE = "1.2.840.10008.1.2.5"

Element: TypeAlias = tuple[int, str, Any]
"""Tag, VR, value: text, numbers, bytes, or for SQ a list of items."""

_NUMBERS = {"US": "H", "UL": "L"}
_LONG = {"OB", "OD", "OF", "OL", "OW", "SQ", "UC", "UN", "UR", "UT"}


def encoded(elements: Iterable[Element], syntax: str) -> bytes:
    """Gives a data set as bytes."""
    data = b"".join(_encoded(element, syntax) for element in sorted(elements, key=lambda each: each[0]))
    if syntax == DEFLATED:
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(data) + packer.flush()
    return data


def _encoded(element: Element, syntax: str) -> bytes:
    tag, vr, value = element
    order = ">" if syntax == BIG_ENDIAN else "<"
    if isinstance(value, list):
        items = [encoded(item, EXPLICIT if syntax == DEFLATED else syntax) for item in value]
        data = b"".join(struct.pack(f"{order}HHL", 0xFFFE, 0xE000, len(item)) + item for item in items)
    elif isinstance(value, bytes):
        data = value
    elif isinstance(value, int):
        data = struct.pack(order + _NUMBERS[vr], value)
    else:
        data = value.encode("latin-1")
        data += (b"\0" if vr == "UI" else b" ") * (len(data) % 2)
    head = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF)
    length = len(data)
    if tag == 0x7FE00010 and syntax not in (IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED):
        vr, length = "OB", 0xFFFFFFFF
    if syntax == IMPLICIT:
        return head + struct.pack("<L", length) + data
    if vr in _LONG:
        return head + vr.encode() + struct.pack(f"{order}HL", 0, length) + data
    return head + vr.encode() + struct.pack(f"{order}H", length) + data


@dataclass(frozen=True, kw_only=True)
class Sample:
    """An object."""

    number: int
    sop_class: str
    syntax: str = EXPLICIT
    elements: tuple[Element, ...] = ()
    uid: str = ""
    missing: int = 0
    """Bytes that its end lacks."""

    @property
    def sop_instance(self) -> str:
        """Its SOP Instance UID."""
        return self.uid or f"{ROOT}.8.{self.number}"

    def encoded(self, syntax: str = "") -> bytes:
        """Gives its data set."""
        data = encoded(self.elements, syntax or self.syntax)
        return data[: len(data) - self.missing]

    def request(self, message_id: int) -> CStoreRq:
        """Gives the request that sends it."""
        return CStoreRq(
            message_id=message_id,
            affected_sop_class_uid=self.sop_class,
            affected_sop_instance_uid=self.sop_instance,
        )

    def file(self) -> bytes:
        """Gives it as a Part 10 file."""
        meta = encoded(
            [
                (0x00020001, "OB", b"\0\1"),
                (0x00020002, "UI", self.sop_class),
                (0x00020003, "UI", self.sop_instance),
                (0x00020010, "UI", self.syntax),
                (0x00020012, "UI", f"{ROOT}.1"),
            ],
            EXPLICIT,
        )
        return bytes(128) + b"DICM" + encoded([(0x00020000, "UL", len(meta))], EXPLICIT) + meta + self.encoded()


def sample(
    number: int,
    sop_class: str = CT,
    *,
    syntax: str = EXPLICIT,
    study: int = 1,
    patient: str = "Doe^Jane",
    modality: str = "CT",
    more: Sequence[Element] = (),
    uid: str = "",
    pixels: bytes = bytes(range(128)),
) -> Sample:
    """Gives an object of 8 by 8 pixels."""
    elements: dict[int, Element] = {
        0x00080005: (0x00080005, "CS", "ISO_IR 100"),
        0x00080016: (0x00080016, "UI", sop_class),
        0x00080018: (0x00080018, "UI", uid or f"{ROOT}.8.{number}"),
        0x00080020: (0x00080020, "DA", "20240101"),
        0x00080021: (0x00080021, "DA", "20240203"),
        0x00080060: (0x00080060, "CS", modality),
        0x00100010: (0x00100010, "PN", patient),
        0x00100020: (0x00100020, "LO", f"ID{study}"),
        0x0020000D: (0x0020000D, "UI", f"{ROOT}.2.{study}"),
        0x0020000E: (0x0020000E, "UI", f"{ROOT}.3.{study}"),
        0x00200011: (0x00200011, "IS", "1"),
        0x00200013: (0x00200013, "IS", str(number)),
        0x00280002: (0x00280002, "US", 1),
        0x00280004: (0x00280004, "CS", "MONOCHROME2"),
        0x00280010: (0x00280010, "US", 8),
        0x00280011: (0x00280011, "US", 8),
        0x00280100: (0x00280100, "US", 16),
        0x00280101: (0x00280101, "US", 16),
        0x00280102: (0x00280102, "US", 15),
        0x00280103: (0x00280103, "US", 0),
        0x7FE00010: (0x7FE00010, "OW", pixels),
    }
    elements.update((element[0], element) for element in more)
    return Sample(number=number, sop_class=sop_class, syntax=syntax, elements=tuple(elements.values()), uid=uid)


# What a writer has a choice about: a group length, a sequence, a value of a VR of after 1993, and one that came as UN.
_RICH: tuple[Element, ...] = (
    (0x00080000, "UL", 4),
    (0x00081140, "SQ", [[(0x00081150, "UI", CT), (0x00081155, "UI", f"{ROOT}.4")], []]),
    (0x00081030, "UN", b"Head"),
    (0x0040A160, "UT", "A text"),
)
RICH = sample(20, SC, modality="OT", more=_RICH)
_PLAIN_RICH = tuple(element for element in _RICH if element[1] != "UN")


def fragments(frame: bytes) -> bytes:
    """Gives a frame as encapsulated pixel data with an empty offset table (PS3.5 A.4)."""
    frame += b"\0" * (len(frame) % 2)
    item = struct.pack("<HHL", 0xFFFE, 0xE000, len(frame)) + frame
    return struct.pack("<HHL", 0xFFFE, 0xE000, 0) + item + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


def rle_frame() -> bytes:
    """Gives 8 by 8 pixels of 16 bits, all zero, in two segments (PS3.5 Annex G)."""
    row = b"\xf9\x00"
    return struct.pack("<16L", 2, 64, 64 + 8 * len(row), *[0] * 13) + row * 16


def jpeg_frame() -> bytes:
    """Gives 8 by 8 pixels of 8 bits as JPEG Baseline."""
    buffer = BytesIO()
    Image.new("L", (8, 8), 77).save(buffer, "JPEG")
    return buffer.getvalue()


_EIGHT_BITS: tuple[Element, ...] = (
    (0x00280100, "US", 8),
    (0x00280101, "US", 8),
    (0x00280102, "US", 7),
)

QUERY: tuple[Element, ...] = (
    (0x00080052, "CS", "STUDY"),
    (0x00100020, "LO", "ID1"),
    (0x0020000D, "UI", ""),
)


def samples() -> dict[str, Sample]:
    """Gives the objects by the names of their files."""
    jpeg = fragments(jpeg_frame())
    return {
        "ct.dcm": sample(1),
        "second.dcm": sample(2),
        "third.dcm": sample(3),
        "mr.dcm": sample(4, MR, study=2, modality="MR", patient="Roe^Richard"),
        "rich.dcm": RICH,
        "implicit.dcm": sample(5, SC, syntax=IMPLICIT, modality="OT", more=_PLAIN_RICH),
        "deflated.dcm": sample(6, SC, syntax=DEFLATED, modality="OT", more=_PLAIN_RICH),
        "rle.dcm": sample(7, SC, syntax=RLE, modality="OT", pixels=fragments(rle_frame())),
        "jpeg.dcm": sample(8, SC, syntax=JPEG_BASELINE, modality="OT", more=_EIGHT_BITS, pixels=jpeg),
        "lossless.dcm": sample(9, syntax=JPEG_LOSSLESS, pixels=fragments(b"\xff\xd8\xff\xc3dummy\xff\xd9")),
        "long.dcm": sample(15, pixels=bytes(60000)),
        "padded.dcm": sample(17, more=[(0x00080018, "UI", f"{ROOT}.8.17 ".encode())]),
        "broken.dcm": replace(sample(18), missing=7),
        "wrong_uid.dcm": sample(10, uid="1.2.03.44x"),
        "folder/one.dcm": sample(11),
        "folder/two.img": sample(12),
        "folder/below/three.dcm": sample(13),
        "FILES/ONE": sample(16),
    }


def write_objects(folder: Path) -> None:
    """Writes all files into a folder."""
    for name, each in samples().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each.file())
    (folder / "bare.dcm").write_bytes(sample(14, syntax=IMPLICIT).encoded())
    (folder / "notes.txt").write_text("no object at all, only words", encoding="ascii")
    (folder / "query.dcm").write_bytes(Sample(number=1, sop_class=CT, elements=QUERY).file())
    (folder / "other_query.dcm").write_bytes(Sample(number=2, sop_class=CT, elements=QUERY[:1]).file())
    late = (*QUERY, (0x00080119, "UC", "A LONG CODE"), (0x00080120, "UR", "urn:x"))
    (folder / "late_query.dcm").write_bytes(Sample(number=3, sop_class=CT, elements=late).file())
    faulty = (*QUERY[:2], (0x00100010, "PN", b"  Doe^Jane  "), (0x00100030, "DA", b"2024.01.01"), QUERY[2])
    (folder / "faulty_query.dcm").write_bytes(Sample(number=4, sop_class=CT, elements=faulty).file())
    (folder / "seed").write_bytes(bytes(range(256)))
    (folder / "ticket").write_bytes(b"a ticket")


def write_many(folder: Path, classes: Sequence[str]) -> None:
    """Writes an object of each class."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, sop_class in enumerate(classes):
        (folder / f"{number:03}.dcm").write_bytes(sample(1000 + number, sop_class).file())


_SCU_PROFILE = """[[TransferSyntaxes]]
[Compressed]
TransferSyntax1 = JPEG2000LosslessOnly
[Plain]
TransferSyntax1 = LittleEndianExplicit
[[PresentationContexts]]
[Contexts]
PresentationContext1 = CTImageStorage\\Compressed
PresentationContext2 = CTImageStorage\\Plain
[[Profiles]]
[Wanted]
PresentationContexts = Contexts
"""
_SCP_PROFILE = """[[TransferSyntaxes]]
[Plain]
TransferSyntax1 = LittleEndianExplicit
[[PresentationContexts]]
[Contexts]
PresentationContext1 = CTImageStorage\\Plain
PresentationContext2 = MRImageStorage\\Plain
PresentationContext3 = SecondaryCaptureImageStorage\\Plain
[OnlyMr]
PresentationContext1 = MRImageStorage\\Plain
[[Profiles]]
[Wanted]
PresentationContexts = Contexts
[Mr]
PresentationContexts = OnlyMr
"""


@cache
def materials() -> Path:
    """Gives the folder of everything, made once for each process."""
    folder = Path(mkdtemp(prefix="option-table-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "in").mkdir()
    write_objects(folder / "in")
    (folder / "in" / "words").write_text('-aet "FROM FILE"\n-pdu 8192\n', encoding="ascii")
    make_dicomdir(folder / "in", [(["FILES", "ONE"], "")])
    (folder / "cfg").mkdir()
    (folder / "cfg" / "scu.cfg").write_text(_SCU_PROFILE, encoding="ascii")
    (folder / "cfg" / "scp.cfg").write_text(_SCP_PROFILE, encoding="ascii")
    write_many(folder / "many", storage_sop_classes()[:130])
    write_certificates(folder / "tls")
    return folder
