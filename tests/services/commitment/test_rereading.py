"""Only what is read again, whole and as what it was asked for, can be confirmed."""

from pathlib import Path

import pytest

from tests.conftest import ExpectLog
from tests.services.commitment.archives import CT, MR, Shelf, references
from tests.support.instances import make_set
from workbench.errors import StorageError
from workbench.services.commitment.references import Reference, Verdict
from workbench.services.commitment.rereading import FileArchive, judge, read_whole
from workbench.storage.part10 import scan

VERIFICATION = "1.2.840.10008.1.1"
UNKNOWN_STORAGE = "1.2.840.10008.5.1.4.1.1.999.1"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_set(tmp_path_factory.mktemp("samples"))


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Reference(CT, "1.2.3.1"), None),
        (Reference(MR, "1.2.3.1"), 0x0119),
        (Reference(CT, "1.2.3.2"), 0x0112),
        (Reference(UNKNOWN_STORAGE, "1.2.3.2"), 0x0112),
        (Reference("1.2.826.0.1", "1.2.3.2"), 0x0112),
        (Reference(VERIFICATION, "1.2.3.2"), 0x0122),
    ],
)
def test_what_the_archive_says_decides(asked: Reference, reason: int | None) -> None:
    assert judge(Shelf(*references(1)), asked) == Verdict(asked, reason)


def test_doubt_confirms_nothing(expect_log: ExpectLog) -> None:
    expect_log("1.2.3.1 is not confirmed: the disk has a fault")
    shelf = Shelf(*references(1))
    shelf.doubt.add("1.2.3.1")
    (asked,) = references(1)
    assert judge(shelf, asked) == Verdict(asked, 0x0110)


def test_a_file_with_another_instance_confirms_nothing(expect_log: ExpectLog) -> None:
    expect_log("the file of 1.2.3.1 holds another instance")
    shelf = Shelf()
    shelf.held["1.2.3.1"] = Shelf(*references(2)).held["1.2.3.2"]
    (asked,) = references(1)
    assert judge(shelf, asked).failure_reason == 0x0110


def test_every_kind_of_file_is_read_to_its_end(samples: list[Path]) -> None:
    for path in samples:
        assert read_whole(str(path)) == scan(path)


def test_a_file_that_lacks_its_end_is_in_doubt(samples: list[Path], tmp_path: Path) -> None:
    for path in samples:
        cut = tmp_path / path.name
        cut.write_bytes(path.read_bytes()[:-4])
        with pytest.raises(StorageError, match=r"ends|cut short|passes"):
            read_whole(str(cut))


def test_files_are_found_by_their_uid(samples: list[Path]) -> None:
    paths = {scan(path).sop_instance_uid: str(path) for path in samples}
    archive = FileArchive(paths.get)
    instance = scan(samples[0])
    assert archive.reread(instance.sop_instance_uid) == instance
    assert archive.reread("1.2.3") is None


def test_a_file_that_is_gone_is_in_doubt(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("1.2.3.1 is not confirmed: cannot be read")
    (asked,) = references(1)
    assert judge(FileArchive(lambda _: str(tmp_path / "gone")), asked) == Verdict(asked, 0x0110)
