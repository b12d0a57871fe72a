"""Queries read from files: with and without meta information, in every encoding, and what is none."""

from pathlib import Path

import pytest

from workbench.errors import StorageError
from workbench.services.query.identifiers import TRANSFER_SYNTAXES, Element, encode_as_given
from workbench.services.query.query_files import LONGEST, read_query_file
from workbench.storage.part10 import file_meta
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

QUERY = (
    Element(0x00080020, "DA", b"2024010  "),
    Element(0x00080052, "CS", b"STUDY "),
    Element(0x00100010, "PN", b"DOE^*^ "),
    Element(0x00280010, "US", "5"),
    Element(0x00400100, "SQ", ((Element(0x00080060, "CS", b"CT"),),)),
)
BARE = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)


def meta(syntax: str) -> bytes:
    return file_meta(sop_class_uid="1.2.3", sop_instance_uid="1.2.3.4", transfer_syntax_uid=syntax)


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES)
def test_dicom_files(tmp_path: Path, syntax: str) -> None:
    path = tmp_path / "query.dcm"
    path.write_bytes(meta(syntax) + encode_as_given(QUERY, syntax))
    read = read_query_file(str(path))
    assert (tuple(e.tag for e in read.elements), read.source) == (tuple(e.tag for e in QUERY), str(path))
    assert read.read_syntax == syntax
    assert read.encode(EXPLICIT_VR_LITTLE_ENDIAN) == encode_as_given(QUERY, EXPLICIT_VR_LITTLE_ENDIAN)


@pytest.mark.parametrize("syntax", BARE)
@pytest.mark.parametrize("first", [0, 2, 4])
def test_bare_data_sets(tmp_path: Path, syntax: str, first: int) -> None:
    path = tmp_path / "query"
    path.write_bytes(encode_as_given(QUERY[first:], syntax))
    read = read_query_file(str(path))
    assert read.read_syntax == syntax
    assert read.encode(EXPLICIT_VR_LITTLE_ENDIAN) == encode_as_given(QUERY[first:], EXPLICIT_VR_LITTLE_ENDIAN)


def test_values_are_corrected_when_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    path.write_bytes(meta(EXPLICIT_VR_LITTLE_ENDIAN) + encode_as_given(QUERY, EXPLICIT_VR_LITTLE_ENDIAN))
    assert read_query_file(str(path)).elements[0].value == b"2024010   "
    assert read_query_file(str(path), correct=True).elements[0].value == b"2024010"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"this is not a DICOM file at all, no" * 20, "this is no query: there is no DICM at byte 128"),
        (bytes(128) + b"DICM\x02\0", "the file ends within its meta information"),
        (meta(EXPLICIT_VR_LITTLE_ENDIAN) + b"\x08\0\x60\0CS\x0a\0CT", "this is no query"),
    ],
)
def test_what_is_no_query_is_told(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "bad.dcm"
    path.write_bytes(content)
    with pytest.raises(StorageError) as caught:
        read_query_file(str(path))
    assert problem in str(caught.value)
    assert caught.value.path == str(path)


def test_what_is_far_too_long_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "long.dcm"
    with path.open("wb") as file:
        file.truncate(LONGEST + 1)
    with pytest.raises(StorageError, match="which is no query"):
        read_query_file(str(path))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read: No such file"):
        read_query_file(str(tmp_path / "missing.dcm"))
