"""Editing the worklist: what is shown is what is answered, and nothing is lost."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.session.conftest import BenchMaker, Scp, Wait
from tests.ui.session.test_scheduling import ENTRY
from ui.jobs import JobState
from ui.session import worklist_desk
from ui.session.worklist import KeptWorklist
from ui.session.worklist_desk import WorklistDesk
from workbench.services.worklist.table import WorklistTable, load_entries


@pytest.fixture
def desk(maker: BenchMaker, tmp_path: Path) -> WorklistDesk:
    made = WorklistDesk(maker.bench, KeptWorklist(tmp_path / "worklist.json"))
    maker.listeners.append(made.job_changed)
    return made


def ids(desk: WorklistDesk) -> list[str]:
    """The IDs that are shown; they are also those of the file."""
    shown = [row.key[1] for row in desk.model.rows]
    assert [entry.step_id for entry in load_entries(desk.path)] == shown
    return shown


def test_a_draft_that_is_filled_in_is_kept_at_once(desk: WorklistDesk) -> None:
    draft = replace(desk.draft(), patient_name="Doe^Jane", patient_id="P2", requested_procedure_description="Knee")
    assert list(desk.add(draft)) == ["step_description"]
    assert ids(desk) == []
    assert desk.add(replace(draft, step_description="MR knee")) == {}
    assert ids(desk) == [draft.step_id]


def test_an_entry_is_replaced_and_may_keep_its_ids(desk: WorklistDesk) -> None:
    desk.add(ENTRY)
    assert desk.add(ENTRY).keys() == {"requested_procedure_id", "step_id"}
    assert desk.replace(ENTRY.key, replace(ENTRY, patient_id="P9")) == {}
    assert desk.replace(ENTRY.key, replace(ENTRY, step_id="S9")) == {}
    assert [(row.key, row.patient_id) for row in desk.model.rows] == [(("R1", "S9"), "P1")]


def test_an_entry_that_is_gone_cannot_be_replaced(desk: WorklistDesk) -> None:
    assert "no worklist entry" in desk.replace(ENTRY.key, ENTRY)[""]


def test_duplicates_have_ids_of_their_own(desk: WorklistDesk) -> None:
    desk.add(ENTRY)
    desk.add(replace(ENTRY, step_id="S2"))
    desk.duplicate([0, 1])
    assert len(set(ids(desk))) == 4


def test_what_is_removed_comes_back_to_its_place(desk: WorklistDesk) -> None:
    desk.add_examples()
    before = ids(desk)
    gone = desk.remove([2, 0])
    assert ids(desk) == [before[1]]
    desk.restore(gone)
    assert ids(desk) == before
    gone = desk.remove([0])
    desk.add(replace(gone[0][1], patient_id="P9"))
    desk.restore(gone)  # its IDs are another's by now
    assert [row.patient_id for row in desk.model.rows] == ["EX-2", "EX-3", "P9"]


def test_the_elements_of_an_entry_are_those_of_an_answer(desk: WorklistDesk) -> None:
    desk.add(ENTRY)
    lines = {line.name: line.value for line in desk.elements(0)}
    assert lines["Patient's Name"] == "Doe^John^^Dr"
    assert lines["> Scheduled Station AE Title"] == "CT1\\CT2"


def test_what_another_program_writes_is_shown(desk: WorklistDesk) -> None:
    desk.refresh()
    WorklistTable(desk.path).add(ENTRY)
    told: list[None] = []
    desk.changed.connect(lambda: told.append(None))
    desk.refresh()
    desk.refresh()
    assert (ids(desk), len(told)) == (["S1"], 1)


def test_a_damaged_file_is_said_left_alone_and_can_be_set_aside(desk: WorklistDesk, maker: BenchMaker) -> None:
    desk.add(ENTRY)
    desk.path.write_text("{")
    desk.refresh()
    assert str(desk.path) in desk.complaint
    assert list(desk.add(replace(ENTRY, step_id="S2"))) == [""]
    desk.add_examples()
    assert maker.messages[-1][0] == "error"
    assert desk.path.read_text() == "{"
    assert desk.remove([]) == ()
    desk.set_aside()
    assert (desk.complaint, ids(desk)) == ("", [])
    assert (desk.path.parent / "worklist.unreadable.json").read_text() == "{"
    desk.set_aside()
    assert "cannot be set aside" in maker.messages[-1][1]


def test_a_file_that_cannot_be_written_is_said(desk: WorklistDesk) -> None:
    desk.refresh()
    desk.path.parent.joinpath("below").write_text("a file is in the way")
    blocked = WorklistDesk(desk._bench, KeptWorklist(desk.path.parent / "below" / "worklist.json"))
    assert "worklist.json" in blocked.add(ENTRY)[""]


def test_an_export_is_imported_elsewhere(desk: WorklistDesk, maker: BenchMaker, tmp_path: Path, wait: Wait) -> None:
    desk.add_examples()
    before = desk.entries
    job = desk.export_csv(tmp_path / "day.csv")
    wait(lambda: not job.is_running)
    assert maker.messages[-1] == ("ok", "day.csv: 3 entries written")
    desk.remove([0, 1, 2])
    desk.add(replace(before[1], patient_id="P9"))
    job = desk.import_csv(tmp_path / "day.csv")
    wait(lambda: not job.is_running)
    assert maker.messages[-1] == ("ok", "day.csv: 2 entries added, 1 replaced")
    assert sorted(desk.entries, key=lambda entry: entry.step_id) == sorted(before, key=lambda entry: entry.step_id)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name\r\nDoe\r\n", "line 1, column 1"),
        (b"patient_name\r\nDoe\r\n", "entry 1"),
        (b"patient_name\r\nM\xfcller\r\n", "UTF-8"),
        (b"patient_name\r\n" + b"x" * 100, "no worklist"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(
    desk: WorklistDesk, maker: BenchMaker, tmp_path: Path, wait: Wait, monkeypatch: pytest.MonkeyPatch,
    content: bytes | None, words: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(worklist_desk, "LARGEST", 64)
    desk.add(ENTRY)
    if content is not None:
        (tmp_path / "day.csv").write_bytes(content)
    job = desk.import_csv(tmp_path / "day.csv")
    assert desk.import_csv(tmp_path / "other.csv") is job  # one after the other
    wait(lambda: not job.is_running)
    assert job.state is JobState.FAILED
    assert words in maker.messages[-1][1]
    assert ids(desk) == ["S1"]


def test_a_place_that_cannot_be_written_is_said(desk: WorklistDesk, tmp_path: Path, wait: Wait) -> None:
    job = desk.export_csv(tmp_path / "missing" / "day.csv")
    wait(lambda: not job.is_running)
    assert job.state is JobState.FAILED
    assert "cannot be written" in job.outcome


def test_jobs_of_others_do_not_matter(desk: WorklistDesk, maker: BenchMaker, scp: Scp) -> None:
    scp.start()
    assert maker.messages == []
