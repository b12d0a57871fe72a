"""Only what is read again, whole and as what it was asked for, can be confirmed."""

from pathlib import Path

import pytest

from tests.conftest import ExpectLog
from tests.services.commitment.archives import CT, MR, Shelf, references
from tests.support.instances import make_instance, make_set
from workbench.services.commitment.judging import judge
from workbench.services.commitment.references import Reference, Verdict
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import scan

VERIFICATION = "1.2.840.10008.1.1"
UNKNOWN_STORAGE = "1.2.840.10008.5.1.4.1.1.999.1"


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


def test_an_index_is_such_an_archive(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("is not confirmed")
    samples = make_set(tmp_path)
    index = InstanceIndex.open(tmp_path)
    index.rebuild()
    instances = [scan(path) for path in samples]
    asked = [Reference(each.sop_class_uid, each.sop_instance_uid) for each in instances]
    assert [judge(index, each) for each in asked] == [Verdict(each) for each in asked]
    samples[0].write_bytes(samples[0].read_bytes()[:-4])
    samples[1].unlink()
    assert [judge(index, each).failure_reason for each in asked[:3]] == [0x0110, 0x0112, None]
    index.close()


def test_object_that_was_cut_where_an_element_ends_is_not_confirmed(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("is not confirmed: .*and had [0-9]+ when it was indexed")
    path = make_instance(tmp_path, "CT", sop_instance_uid="1.2.3", size_bytes=10_000)
    with InstanceIndex.open(tmp_path) as index:
        assert judge(index, Reference(CT, "1.2.3")).failure_reason is None
        data = path.read_bytes()
        path.write_bytes(data[: data.index(b"\xe0\x7f\x10\x00")])
        assert judge(index, Reference(CT, "1.2.3")).failure_reason == 0x0110
