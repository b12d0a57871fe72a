"""Names of UIDs and tags: PS3.6 as one generated data file, read at the first lookup.

`dictionary.tsv` beside this module has three parts with an empty line between: where it comes from, the UIDs, the tags.
A part is parsed when it is first asked for, so importing this module costs nothing and pydicom is not needed. The file
is written by `packaging/generate_dictionary.py`; a test generates it again and compares. The short names for narrow
columns are made by hand, below.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA_FILE = Path(__file__).with_name("dictionary.tsv")

# What a name that the dictionary does not hold is called.
UNKNOWN_TAG = "Unknown Element"
PRIVATE_CREATOR = "Private Creator"
PRIVATE_ELEMENT = "Private Element"
GROUP_LENGTH = "Group Length"

_TRANSFER_SYNTAX_SHORT = {
    "1.2.840.10008.1.2": "Implicit VR LE",
    "1.2.840.10008.1.2.1": "Explicit VR LE",
    "1.2.840.10008.1.2.1.98": "Encapsulated Uncompressed",
    "1.2.840.10008.1.2.1.99": "Deflated LE",
    "1.2.840.10008.1.2.2": "Explicit VR BE",
    "1.2.840.10008.1.2.4.50": "JPEG Baseline",
    "1.2.840.10008.1.2.4.51": "JPEG Extended",
    "1.2.840.10008.1.2.4.57": "JPEG Lossless P14",
    "1.2.840.10008.1.2.4.70": "JPEG Lossless SV1",
    "1.2.840.10008.1.2.4.80": "JPEG-LS Lossless",
    "1.2.840.10008.1.2.4.81": "JPEG-LS Near-Lossless",
    "1.2.840.10008.1.2.4.90": "JPEG 2000 Lossless",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
    "1.2.840.10008.1.2.4.92": "JPEG 2000 Part 2 Lossless",
    "1.2.840.10008.1.2.4.93": "JPEG 2000 Part 2",
    "1.2.840.10008.1.2.4.94": "JPIP",
    "1.2.840.10008.1.2.4.95": "JPIP Deflate",
    "1.2.840.10008.1.2.4.100": "MPEG2 MP@ML",
    "1.2.840.10008.1.2.4.100.1": "MPEG2 MP@ML Fragmentable",
    "1.2.840.10008.1.2.4.101": "MPEG2 MP@HL",
    "1.2.840.10008.1.2.4.101.1": "MPEG2 MP@HL Fragmentable",
    "1.2.840.10008.1.2.4.102": "H.264 HP 4.1",
    "1.2.840.10008.1.2.4.102.1": "H.264 HP 4.1 Fragmentable",
    "1.2.840.10008.1.2.4.103": "H.264 BD 4.1",
    "1.2.840.10008.1.2.4.103.1": "H.264 BD 4.1 Fragmentable",
    "1.2.840.10008.1.2.4.104": "H.264 HP 4.2 2D",
    "1.2.840.10008.1.2.4.104.1": "H.264 HP 4.2 2D Fragmentable",
    "1.2.840.10008.1.2.4.105": "H.264 HP 4.2 3D",
    "1.2.840.10008.1.2.4.105.1": "H.264 HP 4.2 3D Fragmentable",
    "1.2.840.10008.1.2.4.106": "H.264 Stereo 4.2",
    "1.2.840.10008.1.2.4.106.1": "H.264 Stereo 4.2 Fragmentable",
    "1.2.840.10008.1.2.4.107": "HEVC Main 5.1",
    "1.2.840.10008.1.2.4.108": "HEVC Main 10 5.1",
    "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
    "1.2.840.10008.1.2.4.111": "JPEG XL Recompression",
    "1.2.840.10008.1.2.4.112": "JPEG XL",
    "1.2.840.10008.1.2.4.201": "HTJ2K Lossless",
    "1.2.840.10008.1.2.4.202": "HTJ2K Lossless RPCL",
    "1.2.840.10008.1.2.4.203": "HTJ2K",
    "1.2.840.10008.1.2.4.204": "JPIP HTJ2K",
    "1.2.840.10008.1.2.4.205": "JPIP HTJ2K Deflate",
    "1.2.840.10008.1.2.5": "RLE Lossless",
    "1.2.840.10008.1.2.6.1": "MIME encapsulation",
    "1.2.840.10008.1.2.6.2": "XML encoding",
    "1.2.840.10008.1.2.7.1": "ST 2110-20 Progressive Video",
    "1.2.840.10008.1.2.7.2": "ST 2110-20 Interlaced Video",
    "1.2.840.10008.1.2.7.3": "ST 2110-30 PCM Audio",
    "1.2.840.10008.1.2.8.1": "Deflated Frames",
    "1.2.840.10008.1.20": "Papyrus 3 Implicit VR LE",
}

# Applied to the name of a SOP Class in this order; what is left is its short name.
_SOP_CLASS_SHORT = (
    (r" SOP Class( UID)?\b", ""),
    (r" Storage\b", ""),
    (r"(?: Query/Retrieve)? Information Model - (FIND|MOVE|GET)$", r" \1"),
    (r" - (FIND|MOVE|GET)$", r" \1"),
    (r" - For Presentation$", " (presentation)"),
    (r" - For Processing$", " (processing)"),
    (r" - Trial$", " (trial)"),
    (r"\bUltrasound\b", "US"),
    (r"\bComputed Radiography\b", "CR"),
    (r"\bDigital Mammography X-Ray\b", "MG"),
    (r"\bDigital Intra-Oral X-Ray\b", "IO"),
    (r"\bDigital X-Ray\b", "DX"),
    (r"\bX-Ray Angiographic\b", "XA"),
    (r"\bX-Ray Radiofluoroscopic\b", "XRF"),
    (r"\bNuclear Medicine\b", "NM"),
    (r"\bPositron Emission Tomography\b", "PET"),
    (r"\bOptical Coherence Tomography\b", "OCT"),
    (r"\bSecondary Capture\b", "SC"),
    (r"\bModality Performed Procedure Step\b", "MPPS"),
    (r"\bUnified Procedure Step\b", "UPS"),
)


class _Uid(NamedTuple):
    kind: str
    retired: bool
    name: str
    keyword: str


class _Tag(NamedTuple):
    vr: str
    name: str
    keyword: str  # as stored: empty when it follows from the name, "-" when there is none


def uid_name(uid: str) -> str:
    """Gives the name of a UID, or the UID itself when it is not registered (PS3.6 Annex A)."""
    entry = _uids().get(uid)
    return entry.name if entry is not None and entry.name else uid


def uid_keyword(uid: str) -> str:
    """Gives the keyword of a UID; empty when it has none."""
    entry = _uids().get(uid)
    return entry.keyword if entry is not None else ""


def uid_type(uid: str) -> str:
    """Gives the UID type of PS3.6 Table A-1, such as "SOP Class" or "Transfer Syntax"; empty when not registered."""
    entry = _uids().get(uid)
    return entry.kind if entry is not None else ""


def is_retired(uid: str) -> bool:
    """Tells whether PS3.6 lists the UID as retired; a UID that is not registered is not retired."""
    entry = _uids().get(uid)
    return entry is not None and entry.retired


def transfer_syntax_short(uid: str) -> str:
    """Gives the name of a transfer syntax for a narrow column, such as "Explicit VR LE"."""
    return _TRANSFER_SYNTAX_SHORT.get(uid) or uid_name(uid)


@cache
def sop_class_short(uid: str) -> str:
    """Gives the name of a SOP Class for a narrow column, such as "CT Image" or "US Multi-frame Image"."""
    if (short := uid_name(uid)) == uid:
        return uid
    for pattern, replacement in _SOP_CLASS_SHORT:
        short = re.sub(pattern, replacement, short)
    return short


@cache
def storage_sop_classes() -> tuple[str, ...]:
    """Gives every SOP Class whose instances are sent by C-STORE, retired ones included, in the order of their UIDs.

    PS3.4 B.5 (Storage) and GG.3 (Non-Patient Object Storage); PS3.6 says it by the word "Storage" in the name.
    """
    return tuple(
        uid
        for uid, entry in _uids().items()
        if entry.kind == "SOP Class" and " Storage" in entry.name and not entry.name.startswith("Media Storage")
    )


@cache
def transfer_syntaxes() -> tuple[str, ...]:
    """Gives every transfer syntax, retired ones included, in the order of their UIDs."""
    return tuple(uid for uid, entry in _uids().items() if entry.kind == "Transfer Syntax")


def tag_name(tag: int) -> str:
    """Gives the name of a tag (group in the upper 16 bits), or says that it is private or unknown."""
    return _tag(tag).name


def tag_vr(tag: int) -> str:
    """Gives the VR of a tag: "UN" when not known, "US or SS" when it depends on others, empty for item delimiters."""
    return _tag(tag).vr


def tag_keyword(tag: int) -> str:
    """Gives the keyword of a tag; empty when it has none."""
    entry = _tag(tag)
    if entry.keyword == "-":
        return ""
    return entry.keyword or derived_keyword(entry.name)


def tag_of_keyword(keyword: str) -> int | None:
    """Gives the tag that has a keyword, the first one of a repeating group; None when there is none."""
    return _tags_by_keyword().get(keyword)


def tag_keywords() -> tuple[str, ...]:
    """Gives the keywords of all tags."""
    return tuple(_tags_by_keyword())


def uid_of_keyword(keyword: str) -> str:
    """Gives the UID that has a keyword; empty when there is none."""
    return next((uid for uid, entry in _uids().items() if entry.keyword == keyword), "") if keyword else ""


def derived_keyword(name: str) -> str:
    """Gives the keyword that follows from a name; the data file stores only those that differ from it."""
    words = re.findall(r"[A-Za-z0-9]+", name.replace("'", "").replace("(s)", "s"))
    return "".join(word[0].upper() + word[1:] for word in words)


def _tag(tag: int) -> _Tag:
    exact, repeating = _tags()
    if (entry := exact.get(tag)) is not None:
        return entry
    group, element = tag >> 16, tag & 0xFFFF
    if element == 0:
        return _Tag("UL", GROUP_LENGTH, "-")  # PS3.5 7.2
    if group % 2:
        # PS3.5 7.8.1: elements 0010 to 00FF of an odd group reserve blocks of private elements.
        return _Tag("LO", PRIVATE_CREATOR, "-") if 0x10 <= element <= 0xFF else _Tag("UN", PRIVATE_ELEMENT, "-")
    for mask, value, entry in repeating:
        if tag & mask == value:
            return entry
    return _Tag("UN", UNKNOWN_TAG, "-")


@cache
def _uids() -> dict[str, _Uid]:
    uids = {}
    for line in _part(1):
        uid, kind, retired, name, keyword = line.split("\t")
        uids[uid] = _Uid(kind, bool(retired), name, keyword)
    return uids


@cache
def _tags() -> tuple[dict[int, _Tag], tuple[tuple[int, int, _Tag], ...]]:
    """Gives the tags by number, and the repeating ones as (mask, value, entry): PS3.5 7.6."""
    exact, repeating = {}, []
    for line in _part(2):
        digits, vr, name, keyword = line.split("\t")
        entry = _Tag(vr, name, keyword)
        if "x" in digits:
            mask = int("".join("0" if digit == "x" else "F" for digit in digits), 16)
            repeating.append((mask, int(digits.replace("x", "0"), 16), entry))
        else:
            exact[int(digits, 16)] = entry
    return exact, tuple(repeating)


@cache
def _tags_by_keyword() -> dict[str, int]:
    exact, repeating = _tags()
    found = {entry.keyword or derived_keyword(entry.name): value for _, value, entry in repeating}
    found.update((entry.keyword or derived_keyword(entry.name), tag) for tag, entry in exact.items())
    return {keyword: tag for keyword, tag in found.items() if keyword not in ("", "-")}


def _part(index: int) -> list[str]:
    return DATA_FILE.read_text(encoding="utf-8").split("\n\n")[index].splitlines()
