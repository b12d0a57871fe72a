"""DCMTK's names of SOP classes and transfer syntaxes."""

import pytest

from workbench import dictionary
from workbench.acse.symbolic_names import symbol_like, symbol_of_uid, uid_of_symbol

PAIRS = [
    ("CTImageStorage", "1.2.840.10008.5.1.4.1.1.2"),
    ("VerificationSOPClass", "1.2.840.10008.1.1"),
    ("FINDStudyRootQueryRetrieveInformationModel", "1.2.840.10008.5.1.4.1.2.2.1"),
    ("LittleEndianImplicit", "1.2.840.10008.1.2"),
    ("JPEGLossless:Non-hierarchical-1stOrderPrediction", "1.2.840.10008.1.2.4.70"),
    ("MPEG2MainProfile@MainLevel", "1.2.840.10008.1.2.4.100"),
    ("PrivateGELittleEndianImplicitWithBigEndianPixelData", "1.2.840.113619.5.2"),
]


@pytest.mark.parametrize(("name", "uid"), PAIRS)
def test_names_and_uids_belong_together(name: str, uid: str) -> None:
    assert uid_of_symbol(name) == uid
    assert symbol_of_uid(uid) == name


def test_names_of_later_releases_are_read_and_not_written() -> None:
    assert uid_of_symbol("HTJ2KLossless") == "1.2.840.10008.1.2.4.201"
    assert symbol_of_uid("1.2.840.10008.1.2.4.201") == ""
    assert uid_of_symbol("RETIRED_XMLEncoding") == uid_of_symbol("XMLEncoding") == "1.2.840.10008.1.2.6.2"


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("ctimagestorage", "CTImageStorage"),
        ("CTImagesStorage", "CTImageStorage"),
        ("LittleEndianExplicitVR", "LittleEndianExplicit"),
        ("Foo", ""),
        ("", ""),
    ],
)
def test_what_was_meant(name: str, like: str) -> None:
    assert symbol_like(name) == like


def test_every_sop_class_and_transfer_syntax_of_the_dictionary_can_be_named() -> None:
    # Those that are left have no name in the standard either.
    names = {uid_of_symbol(name) for name in _every_name()}
    unnamed = [uid for uid in (*dictionary.storage_sop_classes(), *dictionary.transfer_syntaxes()) if uid not in names]
    assert unnamed == [uid for uid in unnamed if not dictionary.uid_keyword(uid)]


def _every_name() -> list[str]:
    uids = (*dictionary.storage_sop_classes(), *dictionary.transfer_syntaxes())
    return [
        name for uid in uids for name in (symbol_of_uid(uid), dictionary.uid_keyword(uid), _fragmentable(uid)) if name
    ]


def _fragmentable(uid: str) -> str:
    """DCMTK says in words what the standard's keyword says by an F."""
    plain = symbol_of_uid(uid.removesuffix(".1")) if uid.startswith("1.2.840.10008.1.2.4.10") else ""
    return "Fragmentable" + plain.replace("@", "/")
