"""Finding what can be sent, in the background."""

from pathlib import Path

import pytest

from tests.ui.session.conftest import BenchMaker, Wait
from ui.jobs import JobState
from ui.session.scanning import FileScan
from workbench.storage.part10 import Instance


@pytest.fixture
def found() -> list[Instance]:
    return []


@pytest.fixture
def scan(maker: BenchMaker, found: list[Instance]) -> FileScan:
    made = FileScan(maker.bench)
    made.found.connect(found.extend)
    maker.listeners.append(made.job_changed)
    return made


def test_folders_are_looked_through_and_reasons_are_kept(
    scan: FileScan, found: list[Instance], instances: list[Path], wait: Wait
) -> None:
    folder = instances[0].parent
    (folder / "notes.txt").write_text("not DICOM")
    (folder / "below").mkdir()
    instances[2].rename(folder / "below" / "renamed")
    job = scan.start([folder])
    assert scan.progress.is_running
    wait(lambda: not scan.progress.is_running)
    assert job.outcome == "3 found, 1 skipped"
    assert {each.name for each in found} == {instances[0].name, instances[1].name, "renamed"}
    assert (scan.progress.found, scan.progress.skipped) == (3, 1)
    (row,) = scan.skipped_model.rows
    assert row.path.endswith("notes.txt")
    assert row.reason


def test_several_scans_add_up_and_clear_forgets_them(
    scan: FileScan, found: list[Instance], instances: list[Path], wait: Wait
) -> None:
    for path in instances:
        scan.start([path])
    wait(lambda: not scan.progress.is_running)
    assert scan.progress.found == len(found) == 3
    scan.clear()
    assert scan.progress.sentence == ""


def test_a_scan_stops_on_request(scan: FileScan, instances: list[Path], wait: Wait) -> None:
    job = scan.start([instances[0].parent] * 1000)
    job.cancel()
    wait(lambda: not job.is_running)
    assert job.state is JobState.DONE
    assert job.outcome.startswith("stopped after")


def test_a_path_that_is_gone_is_skipped_with_a_reason(scan: FileScan, tmp_path: Path, wait: Wait) -> None:
    scan.start([tmp_path / "nowhere"])
    wait(lambda: not scan.progress.is_running)
    assert len(scan.skipped_model.rows) == 1
