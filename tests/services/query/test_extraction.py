"""Matches written into files: DICOM files, XML documents, one document of all; limits and failures."""

from pathlib import Path
from xml.etree import ElementTree

import pydicom
import pytest

from tests.services.query.responses import DATA
from workbench.errors import DataSetError, StorageError
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.columns import Column
from workbench.services.query.extraction import Extraction, Kind
from workbench.services.query.find import Match
from workbench.services.query.identifiers import Element, encode_as_given
from workbench.services.query.models import STUDY_ROOT
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

NAMES = AttributeNames()
MATCH = Match(data=DATA, transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN, status=0xFF00)
SHORT = Match(
    data=encode_as_given((Element(0x00100020, "LO", b" 7  "),), IMPLICIT_VR_LITTLE_ENDIAN),
    transfer_syntax_uid=IMPLICIT_VR_LITTLE_ENDIAN,
    status=0xFF00,
)
BROKEN = Match(data=DATA[:-1], transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN, status=0xFF00)


def extraction(
    kind: Kind, folder: Path, file: str = "", *, limit: int | None = None, correct: bool = False
) -> Extraction:
    return Extraction(
        kind, NAMES, folder=str(folder), file=file, limit=limit, sop_class_uid=STUDY_ROOT.find, correct=correct
    )


def test_a_dicom_file_holds_the_bytes_that_came(tmp_path: Path) -> None:
    writing = extraction(Kind.DICOM, tmp_path)
    path = Path(writing.take(MATCH, 7))
    writing.close()
    assert path == tmp_path / "rsp0007.dcm"
    assert path.read_bytes().endswith(DATA)
    read = pydicom.dcmread(path)
    assert read.file_meta.MediaStorageSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert read.file_meta.TransferSyntaxUID == EXPLICIT_VR_LITTLE_ENDIAN
    assert read.PatientName == "Müller^Hans"


def test_a_match_without_sop_class_gets_that_of_the_query(tmp_path: Path) -> None:
    meta = pydicom.dcmread(extraction(Kind.DICOM, tmp_path).take(SHORT, 1)).file_meta
    assert (meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID) == (STUDY_ROOT.find, IMPLICIT_VR_LITTLE_ENDIAN)
    assert meta.MediaStorageSOPInstanceUID.startswith("2.25.")


def test_even_a_broken_match_is_kept_in_a_dicom_file(tmp_path: Path) -> None:
    assert Path(extraction(Kind.DICOM, tmp_path).take(BROKEN, 1)).read_bytes().endswith(DATA[:-1])


def test_values_are_corrected_when_that_is_wanted(tmp_path: Path) -> None:
    path = extraction(Kind.DICOM, tmp_path, correct=True).take(SHORT, 1)
    assert pydicom.dcmread(path)["PatientID"].value == "7"
    assert Path(path).read_bytes().endswith(b"\x02\0\0\x007 ")


def test_an_xml_document_each(tmp_path: Path) -> None:
    writing = extraction(Kind.XML, tmp_path)
    for number in (1, 2):
        assert writing.take(MATCH, number) == str(tmp_path / f"rsp000{number}.xml")
    writing.close()
    assert ElementTree.parse(tmp_path / "rsp0002.xml").getroot().tag == "data-set"


def test_one_document_of_all_up_to_the_limit(tmp_path: Path) -> None:
    writing = extraction(Kind.SINGLE_XML, tmp_path, "all.xml", limit=2)
    paths = [writing.take(match, number) for number, match in enumerate((MATCH, SHORT, MATCH), start=1)]
    writing.close()
    writing.close()
    assert paths == [str(tmp_path / "all.xml")] * 2 + [""]
    root = ElementTree.parse(tmp_path / "all.xml").getroot()
    assert (root.tag, len(root)) == ("responses", 2)


@pytest.mark.parametrize("kind", [Kind.XML, Kind.SINGLE_XML])
def test_a_broken_match_is_not_written_as_xml(tmp_path: Path, kind: Kind) -> None:
    writing = extraction(kind, tmp_path, "all.xml")
    with pytest.raises(DataSetError):
        writing.take(BROKEN, 1)
    writing.close()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_folder_that_is_not_there_is_told(tmp_path: Path, kind: Kind) -> None:
    with pytest.raises(StorageError, match="is no folder that exists"):
        extraction(kind, tmp_path / "missing", "all.xml")


@pytest.mark.parametrize("kind", [Kind.DICOM, Kind.XML])
def test_a_folder_that_goes_is_told(tmp_path: Path, kind: Kind) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    writing = extraction(kind, folder, "")
    folder.rmdir()
    with pytest.raises(StorageError, match="cannot be written: No such file or directory"):
        writing.take(MATCH, 1)


def test_a_table_of_all(tmp_path: Path) -> None:
    columns = [Column((0x00100010,), "PatientName"), Column((0x00100020,), "PatientID")]
    writing = Extraction(Kind.TABLE, NAMES, folder=str(tmp_path), file="all.csv", columns=columns)
    assert [writing.take(match, 1) for match in (MATCH, SHORT)] == [str(tmp_path / "all.csv")] * 2
    writing.close()
    lines = (tmp_path / "all.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["PatientName,PatientID", 'Müller^Hans,"<a&b>""\'"', ",7"]
