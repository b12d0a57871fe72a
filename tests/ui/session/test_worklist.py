"""The user's worklist is read when it is asked for."""

from pathlib import Path

import pytest

from tests.services.worklist.samples import entry
from ui.session.worklist import KeptWorklist
from workbench.errors import ConfigError
from workbench.services.worklist.table import WorklistTable

ENTRY = entry(1, patient_name="DOE^JOHN")


def test_what_is_entered_later_is_answered(tmp_path: Path) -> None:
    kept = KeptWorklist(tmp_path / "worklist.json")
    assert list(kept.data_sets()) == []
    WorklistTable(kept.path).add(ENTRY)
    assert [str(item.PatientName) for item in kept.data_sets()] == ["DOE^JOHN"]


def test_a_damaged_file_is_named_when_it_is_asked_for(tmp_path: Path) -> None:
    kept = KeptWorklist(tmp_path / "worklist.json")
    kept.path.write_text("{")
    with pytest.raises(ConfigError, match=r"worklist\.json"):
        kept.data_sets()


def test_what_another_program_writes_is_answered(tmp_path: Path) -> None:
    kept = KeptWorklist(tmp_path / "worklist.json")
    table = kept.table()
    WorklistTable(kept.path).add(ENTRY)
    assert kept.table() is table
    assert table.entries == (ENTRY,)


def test_a_file_set_aside_leaves_an_empty_worklist_and_replaces_none(tmp_path: Path) -> None:
    kept = KeptWorklist(tmp_path / "worklist.json")
    for name in ("worklist.unreadable.json", "worklist.unreadable-2.json"):
        kept.path.write_text("{")
        assert kept.set_aside().name == name
        assert list(kept.data_sets()) == []
    with pytest.raises(ConfigError, match="cannot be set aside"):
        kept.set_aside()
