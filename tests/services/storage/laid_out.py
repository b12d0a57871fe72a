"""An object with all that a writer may lay out anew: group lengths, sequences of every kind, UN, old padding."""

import struct
from pathlib import Path

from workbench.storage.part10 import file_meta
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

CT = "1.2.840.10008.5.1.4.1.1.2"
UID = "1.2.3.4.5.6"
STUDY = "1.2.3.4"
_LONG = (b"OB", b"OW", b"OF", b"SQ", b"UN", b"UT")
_UNDEFINED = 0xFFFFFFFF


def element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """Gives an element in Explicit VR Little Endian."""
    length = len(value) if length is None else length
    group, number = tag >> 16, tag & 0xFFFF
    if vr in _LONG:
        return struct.pack("<HH2sHL", group, number, vr, 0, length) + value
    return struct.pack("<HH2sH", group, number, vr, length) + value


def implicit(tag: int, value: bytes) -> bytes:
    """Gives an element in Implicit VR Little Endian."""
    return struct.pack("<HHL", tag >> 16, tag & 0xFFFF, len(value)) + value


def item(content: bytes, *, undefined: bool) -> bytes:
    """Gives an item."""
    if not undefined:
        return struct.pack("<HHL", 0xFFFE, 0xE000, len(content)) + content
    return struct.pack("<HHL", 0xFFFE, 0xE000, _UNDEFINED) + content + struct.pack("<HHL", 0xFFFE, 0xE00D, 0)


def sequence(tag: int, items: bytes, *, undefined: bool, vr: bytes = b"SQ") -> bytes:
    """Gives a sequence."""
    if not undefined:
        return element(tag, vr, items)
    return element(tag, vr, items + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0), _UNDEFINED)


def data_set(uid: str = UID) -> bytes:
    """Gives the data set; its group lengths are wrong."""
    uid_value = uid.encode() + b"\0" * (len(uid) % 2)
    reference = element(0x00081150, b"UI", b"1.2.840.10008.3.1.2.3.1\0") + element(0x00081155, b"UI", b"1.2\0")
    code = element(0x00080100, b"SH", b"A1") + element(0x00080102, b"SH", b"99X ")
    return b"".join(
        (
            element(0x00080000, b"UL", struct.pack("<L", 9999)),
            element(0x00080016, b"UI", CT.encode() + b"\0"),
            element(0x00080018, b"UI", uid_value),
            element(0x00081030, b"UN", b"Head"),
            sequence(
                0x00081110,
                item(element(0x00080000, b"UL", struct.pack("<L", 1)) + reference, undefined=True)
                + item(reference, undefined=False),
                undefined=True,
            ),
            element(0x00090010, b"LO", b"PRIVATE "),
            element(0x00091001, b"UN", b"\1\2\3\4"),
            element(0x00100010, b"PN", b"Doe^Jane"),
            element(0x0020000D, b"UI", STUDY.encode() + b"\0"),
            element(0x00280010, b"US", b"\2\0"),
            element(0x00280011, b"US", b"\2\0"),
            element(0x00280103, b"US", b"\0\0"),
            sequence(
                0x00400275,
                item(sequence(0x00400008, item(code, undefined=True), undefined=True), undefined=False)
                + item(b"", undefined=True),
                undefined=False,
            ),
            element(0x0040A160, b"UT", b"a text"),
            element(0x00660016, b"OF", struct.pack("<2f", 1.0, -2.5)),
            element(0x7FE00010, b"OW", b"\1\2\3\4\5\6\7\x08"),
        )
    )


def of_study(study: str, uid: str, name: str, sop_class: str = CT, date: str = "") -> bytes:
    """Gives a small data set in ISO_IR 100; without a Study Instance UID or a Series Date when that is empty."""

    def value(text: str, padding: bytes) -> bytes:
        data = text.encode("latin-1")
        return data + padding * (len(data) % 2)

    return b"".join(
        (
            element(0x00080005, b"CS", b"ISO_IR 100"),
            element(0x00080016, b"UI", value(sop_class, b"\0")),
            element(0x00080018, b"UI", value(uid, b"\0")),
            element(0x00080021, b"DA", value(date, b" ")) if date else b"",
            element(0x00100010, b"PN", value(name, b" ")),
            element(0x0020000D, b"UI", value(study, b"\0")) if study else b"",
        )
    )


def padded(size: int = 10) -> bytes:
    """Gives the data set with Data Set Trailing Padding."""
    return data_set() + element(0xFFFCFFFC, b"OB", bytes(size))


def with_un_items() -> bytes:
    """Gives the data set with sequences of VR UN, of defined and of undefined length."""
    items = item(implicit(0x00080100, b"A1") + implicit(0x00080102, b"99X "), undefined=False)
    whole = data_set()
    pixels = whole.index(b"\xe0\x7f\x10\0OW")
    return (
        whole[:pixels]
        + element(0x00741204, b"UN", b"text")
        + element(0x00741210, b"UN", items)
        + sequence(0x00771011, items, undefined=True, vr=b"UN")
        + whole[pixels:]
    )


def write(path: Path, content: bytes, *, uid: str = UID) -> Path:
    """Writes a file of it."""
    meta = file_meta(sop_class_uid=CT, sop_instance_uid=uid, transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN)
    path.write_bytes(meta + content)
    return path
