"""Worklist entries as the user meets them: new ones, copies, examples, rows of a table, faults in sentences."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from pydicom.uid import generate_uid

from ui.models.worklist import ScheduledRow
from workbench.services.worklist.entries import FIELDS, Problem, WorklistEntry, problems

_KEY_FIELDS: Final = ("requested_procedure_id", "step_id")
_NO_VALUE: Final = "has no value"
_WRONG: Final = {"DA": "A date such as 2026-11-22 is needed.", "TM": "A time such as 10:15 is needed."}
_VRS: Final = {field.name: field.vr for field in FIELDS}

# Names in several scripts, for the character sets of the modality that asks. Minutes from now, and what is to be done.
_EXAMPLES: Final[tuple[tuple[int, dict[str, Any]], ...]] = (
    (0, {
        "patient_name": "Phantom^Anna", "patient_id": "EX-1", "patient_birth_date": "19840229", "patient_sex": "F",
        "modality": "CT", "step_description": "CT thorax", "requested_procedure_description": "Thorax with contrast",
        "referring_physician_name": "House^Gregory",
    }),
    (30, {
        "patient_name": "Müller^Jürgen", "patient_id": "EX-2", "patient_birth_date": "19571104", "patient_sex": "M",
        "modality": "MR", "step_description": "MR knee left", "requested_procedure_description": "Knee left",
    }),
    (60, {
        "patient_name": "Yamada^Tarou=山田^太郎=やまだ^たろう", "patient_id": "EX-3", "patient_birth_date": "20010917",
        "patient_sex": "O", "modality": "US", "step_description": "US abdomen",
        "requested_procedure_description": "Abdomen",
    }),
)  # fmt: skip


def new_entry(entries: Sequence[WorklistEntry], station: str, now: datetime) -> WorklistEntry:
    """Gives an entry to begin with: it starts now, has IDs that no other has, and goes where the last one goes.

    Args:
        station: the AE title of the station where there is no entry yet.
    """
    last = entries[-1] if entries else None
    return WorklistEntry(
        **_fresh_ids(entries, now),
        scheduled_station_ae_titles=last.scheduled_station_ae_titles if last else (station,),
        modality=last.modality if last else "CT",
        start_date=f"{now:%Y%m%d}",
        start_time=f"{now:%H%M}",
    )


def copy_of(entry: WorklistEntry, entries: Sequence[WorklistEntry], now: datetime) -> WorklistEntry:
    """Gives the same for the same patient as another request: with IDs and a Study Instance UID of its own."""
    return replace(entry, **_fresh_ids(entries, now))


def examples(entries: Sequence[WorklistEntry], station: str, now: datetime) -> tuple[WorklistEntry, ...]:
    """Gives three entries for a station, half an hour apart."""
    made: list[WorklistEntry] = []
    for minutes, fields in _EXAMPLES:
        blank = new_entry([*entries, *made], station, now + timedelta(minutes=minutes))
        made.append(replace(blank, scheduled_station_ae_titles=(station,), **fields))
    return tuple(made)


def with_study(entry: WorklistEntry) -> WorklistEntry:
    """Gives the entry with a Study Instance UID, a fresh one if it has none."""
    return entry if entry.study_instance_uid else replace(entry, study_instance_uid=_fresh_uid())


def merged(
    entries: Sequence[WorklistEntry], others: Iterable[WorklistEntry]
) -> tuple[tuple[WorklistEntry, ...], int, int]:
    """Gives the entries with others among them, how many of these are new, and how many took the place of one.

    An entry takes the place of the one that has its IDs, so that a list can be brought up to date by importing it.
    """
    found = {entry.key: entry for entry in entries}
    before = len(found)
    taken = {entry.key: entry for entry in others}
    found.update(taken)
    added = len(found) - before
    return tuple(found.values()), added, len(taken) - added


def row_of(entry: WorklistEntry) -> ScheduledRow:
    """Gives the row of an entry."""
    return ScheduledRow(
        key=entry.key,
        patient=_shown_name(entry.patient_name),
        patient_id=entry.patient_id,
        when=f"{shown_date(entry.start_date)} {shown_time(entry.start_time)}".strip(),
        modality=entry.modality,
        stations=", ".join(entry.scheduled_station_ae_titles),
        description=entry.step_description or entry.requested_procedure_description,
        accession=entry.accession_number,
    )


def faults(entry: WorklistEntry, taken: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Gives what is wrong with an entry, by field, in sentences.

    Args:
        taken: the keys of the other entries.
    """
    found: dict[str, str] = {}
    for problem in problems(entry):
        found.setdefault(problem.field, _sentence(problem))
    if all(entry.key) and entry.key in set(taken):
        found.update(dict.fromkeys(_KEY_FIELDS, "Another entry has both of these IDs."))
    return found


def shown_date(date: str) -> str:
    """Gives a date for people: "2026-11-22"."""
    return "-".join(filter(None, (date[:4], date[4:6], date[6:])))


def shown_time(time: str) -> str:
    """Gives a time for people: "10:15" or "10:15:30"."""
    return ":".join(filter(None, (time[:2], time[2:4], time[4:])))


def entered_date(text: str) -> str:
    """Takes a date as people write it, with hyphens or without."""
    return re.sub(r"^\s*(\d{4})-(\d{2})-(\d{2})\s*$", r"\1\2\3", text).strip()


def entered_time(text: str) -> str:
    """Takes a time as people write it, with colons or without."""
    return re.sub(r"(?<=\d):(?=\d\d)", "", text).strip()


def _fresh_ids(entries: Sequence[WorklistEntry], now: datetime) -> dict[str, Any]:
    """Gives IDs of today with the next number that no entry has; SH takes 16 characters."""
    day = f"{now:%Y%m%d}"
    used = [
        int(number)
        for entry in entries
        for each in (entry.requested_procedure_id, entry.step_id, entry.accession_number)
        for number in re.findall(rf"{day}-(\d+)$", each)
    ]
    suffix = f"{day}-{max(used, default=0) + 1}"
    return {
        "requested_procedure_id": f"RP{suffix}",
        "step_id": f"SPS{suffix}",
        "accession_number": f"A{suffix}",
        "study_instance_uid": _fresh_uid(),
    }


def _fresh_uid() -> str:
    return str(generate_uid(prefix=None))


def _shown_name(name: str) -> str:
    groups = (" ".join(filter(None, group.split("^"))) for group in name.split("="))
    return "   ".join(filter(None, groups))


def _sentence(problem: Problem) -> str:
    if problem.words.startswith(_NO_VALUE):
        return "A value is needed."
    return _WRONG.get(_VRS[problem.field]) or f"{problem.words[:1].upper()}{problem.words[1:]}."
