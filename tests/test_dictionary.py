"""The stored dictionary against pydicom's, and the short names against the words that a person expects."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pydicom
import pytest
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._uid_dict import UID_dictionary

from workbench import dictionary

ROOT = Path(dictionary.__file__).parent.parent
SOURCE = dictionary.DATA_FILE.read_text(encoding="utf-8").partition("\n")[0]

same_pydicom = pytest.mark.skipif(
    f"pydicom {pydicom.__version__}" != SOURCE, reason=f"the stored file was generated with {SOURCE}"
)


def generator() -> ModuleType:
    # `packaging` is a folder of scripts and must not become a package, hence the import by path.
    spec = importlib.util.spec_from_file_location("generate_dictionary", ROOT / "packaging" / "generate_dictionary.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@same_pydicom
def test_the_stored_file_is_what_the_generator_writes() -> None:
    assert dictionary.DATA_FILE.read_text(encoding="utf-8") == generator().dictionary_text()


@same_pydicom
def test_every_uid_agrees_with_pydicom() -> None:
    for uid, (name, kind, _, retired, keyword) in UID_dictionary.items():
        found = (
            dictionary.uid_name(uid),
            dictionary.uid_type(uid),
            dictionary.is_retired(uid),
            dictionary.uid_keyword(uid),
        )
        assert found == (name or uid, kind, retired == "Retired", keyword)


@same_pydicom
def test_every_tag_agrees_with_pydicom() -> None:
    for tag, (vr, _, name, _, keyword) in DicomDictionary.items():
        found = (dictionary.tag_vr(tag), dictionary.tag_name(tag), dictionary.tag_keyword(tag))
        assert found == ("" if vr == "NONE" else vr, name, keyword)


@same_pydicom
@pytest.mark.parametrize("digit", ["0", "2", "E"])
def test_every_repeating_tag_agrees_with_pydicom(digit: str) -> None:
    for digits, (vr, _, name, _, keyword) in RepeatersDictionary.items():
        tag = int(digits.replace("x", digit), 16)
        if tag not in DicomDictionary and tag & 0xFFFF:  # element 0000 is the group length
            found = (dictionary.tag_vr(tag), dictionary.tag_name(tag), dictionary.tag_keyword(tag))
            assert found == (vr, name, keyword), f"{tag:08X}"


@pytest.mark.parametrize(
    ("tag", "vr", "name"),
    [
        (0x0008_0000, "UL", "Group Length"),
        (0x0009_0000, "UL", "Group Length"),
        (0x0009_0010, "LO", "Private Creator"),
        (0x0009_00FF, "LO", "Private Creator"),
        (0x0009_1001, "UN", "Private Element"),
        (0x6001_0010, "LO", "Private Creator"),
        (0x6002_0010, "US", "Overlay Rows"),
        (0x0008_FFFE, "UN", "Unknown Element"),
        (0x0000_0900, "US", "Status"),
        (0x0002_0010, "UI", "Transfer Syntax UID"),
        (0xFFFE_E000, "", "Item"),
    ],
)
def test_tags_outside_the_table_are_named_by_their_kind(tag: int, vr: str, name: str) -> None:
    assert (dictionary.tag_vr(tag), dictionary.tag_name(tag)) == (vr, name)


def test_an_unknown_uid_is_called_by_itself() -> None:
    uid = "1.2.3.4"
    assert dictionary.uid_name(uid) == dictionary.sop_class_short(uid) == dictionary.transfer_syntax_short(uid) == uid
    assert (dictionary.uid_keyword(uid), dictionary.uid_type(uid), dictionary.is_retired(uid)) == ("", "", False)


@pytest.mark.parametrize(
    ("uid", "short"),
    [
        ("1.2.840.10008.1.2", "Implicit VR LE"),
        ("1.2.840.10008.1.2.1", "Explicit VR LE"),
        ("1.2.840.10008.1.2.1.99", "Deflated LE"),
        ("1.2.840.10008.1.2.2", "Explicit VR BE"),
        ("1.2.840.10008.1.2.4.50", "JPEG Baseline"),
        ("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless"),
    ],
)
def test_short_names_of_transfer_syntaxes(uid: str, short: str) -> None:
    assert dictionary.transfer_syntax_short(uid) == short


def test_every_current_transfer_syntax_has_a_short_name_of_its_own() -> None:
    shorts = [dictionary.transfer_syntax_short(uid) for uid in dictionary.transfer_syntaxes()]
    current = [
        dictionary.transfer_syntax_short(uid)
        for uid in dictionary.transfer_syntaxes()
        if not dictionary.is_retired(uid)
    ]
    assert len(set(shorts)) == len(shorts)
    assert max(map(len, current)) <= 30


@pytest.mark.parametrize(
    ("uid", "short"),
    [
        ("1.2.840.10008.1.1", "Verification"),
        ("1.2.840.10008.5.1.4.1.1.2", "CT Image"),
        ("1.2.840.10008.5.1.4.1.1.2.1", "Enhanced CT Image"),
        ("1.2.840.10008.5.1.4.1.1.3.1", "US Multi-frame Image"),
        ("1.2.840.10008.5.1.4.1.1.1.1", "DX Image (presentation)"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "Encapsulated PDF"),
        ("1.2.840.10008.5.1.4.1.1.88.33", "Comprehensive SR"),
        ("1.2.840.10008.5.1.4.1.2.2.1", "Study Root FIND"),
        ("1.2.840.10008.5.1.4.31", "Modality Worklist FIND"),
        ("1.2.840.10008.3.1.2.3.3", "MPPS"),
    ],
)
def test_short_names_of_sop_classes(uid: str, short: str) -> None:
    assert dictionary.sop_class_short(uid) == short


def test_storage_sop_classes_are_those_that_c_store_sends() -> None:
    classes = dictionary.storage_sop_classes()
    assert len(classes) == len(set(classes)) > 170
    assert {"1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.66.7", "1.2.840.10008.5.1.4.38.1"} <= set(classes)
    assert "1.2.840.10008.5.1.4.1.1.3" in classes  # retired, and still in archives
    assert not {"1.2.840.10008.1.1", "1.2.840.10008.1.20.1", "1.2.840.10008.1.3.10"} & set(classes)


def test_importing_reads_nothing_and_looking_up_needs_no_pydicom() -> None:
    script = (
        "import sys; sys.modules['pydicom'] = None\n"
        "from workbench import dictionary as d\n"
        "assert d._uids.cache_info().currsize == d._tags.cache_info().currsize == 0\n"
        "assert d.uid_name('1.2.840.10008.1.2') == 'Implicit VR Little Endian'\n"
        "assert d._tags.cache_info().currsize == 0\n"
        'assert d.tag_name(0x00100010) == "Patient\'s Name"\n'
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)
