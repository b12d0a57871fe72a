"""The index is what the folder is, whatever happens to either."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.architecture.project_files import ROOT
from tests.conftest import ExpectLog
from tests.storage.indexed import add, condition, found, make_object, tag, uids
from tests.support.instances import make_instance
from workbench.errors import StorageError
from workbench.storage.attributes import read_attributes
from workbench.storage.index import InstanceIndex, Level, check
from workbench.storage.matching import Kind


def test_index_of_a_folder_is_made_when_it_is_opened(tmp_path: Path) -> None:
    make_object(tmp_path, SOPInstanceUID="1.1")
    make_object(tmp_path / "inner", SOPInstanceUID="1.2")
    (tmp_path / "notes.txt").write_text("no object")
    told: list[int] = []
    with InstanceIndex.open(tmp_path, progress=told.append) as index:
        assert uids(index) == ["1.1", "1.2"]
        assert told == [3]
        (stored,) = index.instances([condition("SOPInstanceUID", Kind.SINGLE, "1.2")])
        assert stored.path == str(tmp_path / "inner" / "CT.1.2")
        assert stored.patient_id == "P"
        assert stored.instance().sop_instance_uid == "1.2"
    with InstanceIndex.open(tmp_path, progress=told.append) as index:
        assert uids(index) == ["1.1", "1.2"]
        assert told == [3]  # nothing is read twice


def test_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such folder"):
        InstanceIndex.open(tmp_path / "missing")


def test_object_that_is_added_is_found_at_once(tmp_path: Path) -> None:
    with InstanceIndex.open(tmp_path) as index:
        path = make_object(tmp_path, SOPInstanceUID="1.1", StudyInstanceUID="1", SeriesInstanceUID="1.0")
        add(index, path)
        other = make_object(tmp_path, SOPInstanceUID="1.2", StudyInstanceUID="1", SeriesInstanceUID="1.0")
        add(index, other)
        assert found(index, Level.STUDY, "NumberOfStudyRelatedInstances") == ["2"]
        index.remove("CT.1.1")
        index.remove(str(other))
        assert found(index, Level.STUDY, "StudyInstanceUID") == []
        assert found(index, Level.PATIENT, "PatientID") == []


def test_file_removed_by_hand_disappears_from_answers(tmp_path: Path) -> None:
    same = {"StudyInstanceUID": "1", "SeriesInstanceUID": "1.0"}
    paths = [make_object(tmp_path, SOPInstanceUID=f"1.{number}", **same) for number in range(3)]
    with InstanceIndex.open(tmp_path) as index:
        paths[0].unlink()
        assert found(index, Level.STUDY, "NumberOfStudyRelatedInstances") == ["2"]
        assert found(index, Level.IMAGE, "SOPInstanceUID") == ["1.1", "1.2"]
        retrieving = index.instances()
        next(retrieving)
        paths[1].unlink()
        paths[2].unlink()
        assert list(retrieving) == []
        assert found(index, Level.STUDY, "StudyInstanceUID") == []
    make_object(tmp_path, SOPInstanceUID="1.7")
    with InstanceIndex.open(tmp_path) as index:
        assert uids(index) == ["1.7"]


def test_file_that_goes_while_objects_are_stored_is_not_answered(tmp_path: Path) -> None:
    path = make_object(tmp_path, SOPInstanceUID="1.1")
    with InstanceIndex.open(tmp_path) as index:
        add(index, make_object(tmp_path, SOPInstanceUID="1.2"))
        path.unlink()
        assert uids(index) == ["1.2"]


def test_file_copied_in_by_hand_is_answered(tmp_path: Path) -> None:
    path = make_object(tmp_path / "elsewhere", SOPInstanceUID="1.1")
    archive = tmp_path / "archive"
    archive.mkdir()
    with InstanceIndex.open(archive) as index:
        assert uids(index) == []
        shutil.copy(path, archive / "a")
        assert uids(index) == ["1.1"]


def test_attributes_of_a_file_that_was_replaced_meanwhile_are_not_taken(tmp_path: Path) -> None:
    with InstanceIndex.open(tmp_path) as index:
        path = make_object(tmp_path, SOPInstanceUID="1.1", PatientName="First")
        attributes, _ = read_attributes(str(path))
        status = path.stat()
        path.unlink()
        make_object(tmp_path, SOPInstanceUID="1.1", PatientName="Second^Longer")
        add(index, path)
        index.add(attributes, str(path), status)  # the slower of two senders of the same object
        assert found(index, Level.PATIENT, "PatientName") == ["Second^Longer"]


@pytest.mark.slow
def test_index_that_was_not_closed_is_compared_with_every_file(tmp_path: Path, expect_log: ExpectLog) -> None:
    path = make_object(tmp_path, SOPInstanceUID="1.1", StudyInstanceUID="1", PatientName="Before")
    gone = make_object(tmp_path, SOPInstanceUID="1.2", StudyInstanceUID="2")
    program = (
        "import os, sys\nfrom workbench.storage.index import InstanceIndex\n"
        "index = InstanceIndex.open(sys.argv[1])\nos._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=False)
    assert ended.returncode == 9
    times = tmp_path.stat()
    gone.unlink()
    path.write_bytes(make_object(tmp_path / "new", SOPInstanceUID="1.1", PatientName="After").read_bytes())
    shutil.rmtree(tmp_path / "new")
    os.utime(tmp_path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with InstanceIndex.open(tmp_path) as index:
        assert found(index, Level.PATIENT, "PatientName") == ["After"]
        assert uids(index) == ["1.1"]


def test_search_streams_and_can_be_left(tmp_path: Path) -> None:
    for number in range(100):
        make_object(tmp_path, SOPInstanceUID=f"1.{number}", PatientID=f"{number:03}")
    with InstanceIndex.open(tmp_path) as index:
        rows = index.search(Level.PATIENT, (), [tag("PatientID")])
        first = next(rows)
        index.remove("CT.1.99")  # a search under way holds nothing up
        assert len({first, *rows}) == 99
        assert len(found(index, Level.PATIENT, "PatientID", limit=7)) == 7
        rows = index.search(Level.IMAGE, (), [tag("PatientID")])
        next(rows)
        rows.close()  # type: ignore[attr-defined]


@pytest.mark.slow
def test_kill_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    same = {"StudyInstanceUID": "1", "SeriesInstanceUID": "1.0"}
    for number in range(400):
        make_object(outside, f"{number}", SOPInstanceUID=f"1.{number}", **(same if number % 3 else {}))
    archive = tmp_path / "archive"
    archive.mkdir()
    program = """
import os, sys
from pathlib import Path
from workbench.services.storage.receiving import Receiving
from workbench.storage.archive import Archive
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import scan
from tests.support.instances import data_set_bytes
folder, outside, first = sys.argv[1:]
with InstanceIndex.open(folder) as index, Archive(folder) as archive:
    for number in range(int(first), 400):
        path = os.path.join(outside, str(number))
        one = scan(path)
        receiving = Receiving(archive, sop_class_uid=one.sop_class_uid, sop_instance_uid=one.sop_instance_uid,
            transfer_syntax_uid=one.transfer_syntax_uid, source_ae_title="X", index=index)
        receipt = receiving.take([data_set_bytes(path)], True)
        assert receipt.status == 0, receipt
        print(number, flush=True)
"""
    acknowledged = 0
    for seconds in (0.0, 0.003, 0.01, 0.02, 0.05):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(archive), str(outside), str(acknowledged)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stdout.readline()
            threading.Event().wait(seconds)
            process.kill()
            rest = process.stdout.read().split()
        acknowledged = max([acknowledged + 1, *(int(line) + 1 for line in rest if line.isdigit())])
        with InstanceIndex.open(archive) as index:
            held = set(uids(index))
            assert {f"1.{number}" for number in range(acknowledged)} <= held
            files = {name.removeprefix("CT.") for name in os.listdir(archive) if not name.startswith(".")}
            assert held == files
            assert list(index.check()) == []


def test_reread_is_sure_or_says_so(tmp_path: Path) -> None:
    path = make_instance(tmp_path / "CT.dcm", "CT", sop_instance_uid="1.1", size_bytes=50_000)
    other = make_object(tmp_path, "other", SOPInstanceUID="1.2")
    with InstanceIndex.open(tmp_path) as index:
        stored = index.reread("1.1")
        assert stored is not None
        assert stored.path == str(path)
        assert index.reread("1.3") is None
        path.write_bytes(path.read_bytes()[:-10])
        with pytest.raises(StorageError, match="ends at byte"):
            index.reread("1.1")
        path.write_bytes(other.read_bytes())
        with pytest.raises(StorageError, match=r"another object, 1\.2"):
            index.reread("1.1")
        path.unlink()
        assert index.reread("1.1") is None


def _cut_before_the_pixels(data: bytes) -> bytes:
    return data[: data.index(b"\xe0\x7f\x10\x00")]


def _flip_a_bit_of_the_pixels(data: bytes) -> bytes:
    return data[:-9] + bytes((data[-9] ^ 1,)) + data[-8:]


def _flip_a_bit_of_the_preamble(data: bytes) -> bytes:
    return bytes((data[0] ^ 1,)) + data[1:]


def _blacken(data: bytes) -> bytes:
    begin = data.index(b"\xe0\x7f\x10\x00") + 12
    return data[:begin] + bytes(len(data) - begin)


@pytest.mark.parametrize(
    "damage", [_cut_before_the_pixels, _flip_a_bit_of_the_pixels, _flip_a_bit_of_the_preamble, _blacken]
)
@pytest.mark.parametrize("is_reopened", [False, True])
def test_object_whose_file_is_another_than_it_was_is_doubted(
    tmp_path: Path, damage: Callable[[bytes], bytes], is_reopened: bool
) -> None:
    path = make_instance(tmp_path / "CT.dcm", "CT", sop_instance_uid="1.1", size_bytes=50_000)
    with InstanceIndex.open(tmp_path) as index:
        assert index.reread("1.1") is not None
        status = path.stat()
        path.write_bytes(damage(path.read_bytes()))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        if is_reopened:  # as after a crash: what has another length is read again, and is no more to be trusted for it
            index._watch.compare(with_states=True)
        with pytest.raises(StorageError, match=r"when it was indexed|not what was indexed"):
            index.reread("1.1")
        assert [difference.path for difference in check(tmp_path, is_reread=True)][-1:] == ["CT.dcm"]
        index.rebuild()  # what is there now is the reference from here on
        assert index.reread("1.1") is not None


def test_object_of_another_length_than_it_had_is_not_sent(tmp_path: Path) -> None:
    path = make_instance(tmp_path / "CT.dcm", "CT", sop_instance_uid="1.1", size_bytes=50_000)
    with InstanceIndex.open(tmp_path) as index:
        (stored,) = index.instances()
        assert stored.instance().sop_instance_uid == "1.1"
        path.write_bytes(_cut_before_the_pixels(path.read_bytes()))
        with pytest.raises(StorageError, match="when it was indexed"):
            stored.instance()


@pytest.mark.slow
def test_closed_index_and_full_disk_are_told_as_such(tmp_path: Path) -> None:
    index = InstanceIndex.open(tmp_path)
    path = make_object(tmp_path, SOPInstanceUID="1.1")
    with index._database.writing() as writer:
        (pages,) = writer._connection.execute("PRAGMA page_count").fetchone()
        writer._connection.execute(f"PRAGMA max_page_count = {pages}")
    paths = [path, *(make_object(tmp_path, SOPInstanceUID=f"1.2.{number}") for number in range(300))]
    with pytest.raises(StorageError, match="full"):
        list(map(partial(add, index), paths))
    assert 0 < len(uids(index)) < 300
    index.close()
    with pytest.raises(StorageError, match="closed"):
        add(index, path)
    with InstanceIndex.open(tmp_path) as again:
        assert len(uids(again)) == len([name for name in os.listdir(tmp_path) if name.startswith("CT.")])
