"""The worklist that a user edits."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.worklist.samples import FULL, MINIMAL, entry
from workbench.errors import ConfigError
from workbench.services.worklist.items import entry_of
from workbench.services.worklist.table import WorklistTable
from workbench.settings_file import places
from workbench.uids import is_valid_uid


def test_entries_survive_in_the_file(home: Path) -> None:
    path = places().worklist_file
    assert path == home / "worklist.json"
    table = WorklistTable(path)
    assert table.entries == ()
    table.add(MINIMAL)
    table.add(FULL)
    assert WorklistTable(path).entries == (MINIMAL, FULL)
    assert [entry_of(item) for item in table.data_sets()] == [MINIMAL, FULL]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in home.iterdir()] == ["worklist.json"]


def test_an_entry_is_replaced_and_removed_by_its_ids(tmp_path: Path) -> None:
    table = WorklistTable(tmp_path / "w.json")
    for number in (1, 2, 3):
        table.add(entry(number))
    changed = entry(2, modality="MR")
    table.replace(("RP2", "S2"), changed)
    table.remove(("RP1", "S1"))
    assert WorklistTable(table.path).entries == (changed, entry(3))
    with pytest.raises(ConfigError, match="no worklist entry with the IDs 'RP1' and 'S1'"):
        table.remove(("RP1", "S1"))
    with pytest.raises(ConfigError, match="no worklist entry"):
        table.replace(("RP1", "S1"), changed)
    table.replace_all([FULL])
    assert [each.key for each in table.entries] == [FULL.key]


def test_an_entry_without_a_study_gets_one(tmp_path: Path) -> None:
    table = WorklistTable(tmp_path / "w.json")
    added = table.add(replace(MINIMAL, study_instance_uid=""))
    assert is_valid_uid(added.study_instance_uid)
    assert table.entries == (added,)


def test_a_wrong_entry_changes_nothing(tmp_path: Path) -> None:
    table = WorklistTable(tmp_path / "w.json")
    table.add(MINIMAL)
    before = table.path.read_bytes()
    with pytest.raises(ConfigError, match=r"entry 2 \(no name, S2\): patient_name: has no value; modality: 'ct'"):
        table.add(entry(2, patient_name="", modality="ct"))
    with pytest.raises(ConfigError, match=r"entry 2 .*: requested_procedure_id and step_id are those of entry 1"):
        table.add(MINIMAL)
    assert (table.entries, table.path.read_bytes()) == ((MINIMAL,), before)


def document(*entries: object, version: object = 1) -> str:
    return json.dumps({"version": version, "entries": entries})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "truncated"),
        ("[]", "version None is not 1"),
        (document(version=2), "version 2 is not 1"),
        ('{"version": 1, "entries": 3}', "entries: no list"),
        (document({"patient_nme": "x"}), "entry 1: patient_nme: there is no such field"),
        (document({"patient_name": 7}), r"entry 1: Expected `str`, got `int` - at `\$.patient_name`"),
        (document(7), "entry 1: Expected `object`"),
        (document({"patient_name": "Doe"}), r"entry 1 \(Doe, no step ID\): patient_id: has no value"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "w.json"
    path.write_text(content)
    with pytest.raises(ConfigError, match=told) as raised:
        WorklistTable(path)
    assert str(raised.value).startswith(str(path))


def test_what_another_program_writes_is_taken_and_nonsense_is_not(tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    table, other = WorklistTable(path), WorklistTable(path)
    other.add(MINIMAL)
    assert len(table.data_sets()) == 1
    path.write_text("nonsense")
    with pytest.raises(ConfigError):
        table.data_sets()
    assert table.entries == (MINIMAL,)
    path.unlink()
    assert table.data_sets() == ()


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        WorklistTable(tmp_path)
    table = WorklistTable(tmp_path / "file" / "w.json")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        table.add(MINIMAL)
