"""Writes `workbench/dictionary.tsv` from pydicom: `PYTHONPATH=. python packaging/generate_dictionary.py`.

Run it after an upgrade of pydicom. Its version is the first part of the file: `tests/test_dictionary.py` holds the
file to the dictionaries of that version.
"""

from pathlib import Path

import pydicom
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._uid_dict import UID_dictionary

from workbench.dictionary import DATA_FILE, derived_keyword

# UIDs of the current PS3.6 that pydicom 3.0 does not list yet: UID -> name and type. The tests compare with pydicom's
# dictionary also after other packages have added some of these to it.
NEWER_UIDS = {
    "1.2.840.10008.1.2.4.110": ("JPEG XL Lossless", "Transfer Syntax"),
    "1.2.840.10008.1.2.4.111": ("JPEG XL JPEG Recompression", "Transfer Syntax"),
    "1.2.840.10008.1.2.4.112": ("JPEG XL", "Transfer Syntax"),
    "1.2.840.10008.1.2.8.1": ("Deflated Image Frame Compression", "Transfer Syntax"),
    "1.2.840.10008.5.1.4.1.1.9.100.1": ("Waveform Presentation State Storage", "SOP Class"),
    "1.2.840.10008.5.1.4.1.1.9.100.2": ("Waveform Acquisition Presentation State Storage", "SOP Class"),
    "1.2.840.10008.5.1.4.1.1.66.7": ("Label Map Segmentation Storage", "SOP Class"),
    "1.2.840.10008.5.1.4.1.1.66.8": ("Height Map Segmentation Storage", "SOP Class"),
}


def dictionary_text() -> str:
    """Gives the whole data file: its source, the lines of the UIDs and of the tags, with empty lines between."""
    return "\n".join([f"pydicom {pydicom.__version__}", "", *uid_lines(), "", *tag_lines()]) + "\n"


def uid_lines() -> list[str]:
    """Gives one line for each UID: UID, type, "R" when retired, name, keyword."""
    rows = {uid: (kind, retired, name, keyword) for uid, (name, kind, _, retired, keyword) in UID_dictionary.items()}
    for uid, (name, kind) in NEWER_UIDS.items():
        rows.setdefault(uid, (kind, "", name, derived_keyword(name)))
    return [
        "\t".join((uid, kind, retired[:1], name, keyword))
        for uid, (kind, retired, name, keyword) in sorted(rows.items(), key=lambda row: _components(row[0]))
    ]


def tag_lines() -> list[str]:
    """Gives one line for each tag: eight digits ("x" in repeating groups), VR, name, keyword where it is needed."""
    rows = {f"{tag:08X}": entry for tag, entry in DicomDictionary.items()}
    rows |= {digits.upper().replace("X", "x"): entry for digits, entry in RepeatersDictionary.items()}
    return [
        "\t".join((digits, vr.replace("NONE", ""), name, _stored_keyword(name, keyword)))
        for digits, (vr, _, name, _, keyword) in sorted(rows.items())
    ]


def _stored_keyword(name: str, keyword: str) -> str:
    return "" if keyword == derived_keyword(name) else keyword or "-"


def _components(uid: str) -> list[int]:
    return [int(component) for component in uid.split(".") if component.isdigit()]


if __name__ == "__main__":
    Path(DATA_FILE).write_text(dictionary_text(), encoding="utf-8", newline="\n")
