"""Dictionary files in DCMTK's text form: standard and private attributes, ranges, and lines that are none."""

from pathlib import Path

import pytest

from workbench.services.query.dictionary_files import DictionaryFiles, Entry

TEXT = """\
# Tag\tVR\tName\tVM\tVersion

(0011,"ACME 1.1",01)\tLO\tAcmeName\t1\tPrivateTag
(0013-o-0015,"ACME 1.1",02)\tDS\tAcmeFactor\t1-n\tPrivateTag
(7777,0010)\tSH\tOwnNumber\t1\town
(6000-60FF,4000)\tLT\tOwnComments\t1\town
(0020,3100-31FF)\tCS\tOwnSources\t1\town
(0008-u-0009,0bad)\tox\tOwnWords\t1\town
not an entry
(0010,0010)\tPN
"""


@pytest.fixture
def read(tmp_path: Path) -> DictionaryFiles:
    path = tmp_path / "own.dic"
    path.write_text(TEXT)
    return DictionaryFiles.read([str(path)])


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("AcmeName", Entry(0x00110001, "ACME 1.1", "LO", "AcmeName")),
        ("AcmeFactor", Entry(0x00130002, "ACME 1.1", "DS", "AcmeFactor")),
        ("OwnNumber", Entry(0x77770010, "", "SH", "OwnNumber")),
        ("OwnComments", Entry(0x60004000, "", "LT", "OwnComments")),
        ("Nobody", None),
    ],
)
def test_attributes_by_name(read: DictionaryFiles, name: str, entry: Entry | None) -> None:
    assert read.named(name) == entry


@pytest.mark.parametrize(
    ("tag", "creator", "name"),
    [
        (0x00111001, "ACME 1.1", "AcmeName"),
        (0x0011FF01, "ACME 1.1", "AcmeName"),
        (0x00111001, "ANOTHER", ""),
        (0x00151002, "ACME 1.1", "AcmeFactor"),
        (0x00141002, "ACME 1.1", ""),
        (0x60024000, "", "OwnComments"),
        (0x60034000, "", ""),
        (0x002031FF, "", "OwnSources"),
        (0x00090BAD, "", "OwnWords"),
    ],
)
def test_attributes_by_tag(read: DictionaryFiles, tag: int, creator: str, name: str) -> None:
    entry = read.entry(tag, creator)
    assert (entry.name if entry else "") == name


def test_vrs_of_several_become_one(read: DictionaryFiles) -> None:
    entry = read.named("OwnWords")
    assert entry is not None
    assert entry.vr == "OW"


def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path, read: DictionaryFiles) -> None:
    assert [problem.partition(": ")[0].rpartition(":")[2] for problem in read.problems] == ["9", "10"]
    missing = DictionaryFiles.read([str(tmp_path / "missing.dic")])
    assert missing.problems == [f"{tmp_path / 'missing.dic'}: No such file or directory"]
