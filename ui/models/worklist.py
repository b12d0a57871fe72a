"""The worklist that the local AE answers from: one row for each scheduled procedure step."""

from dataclasses import dataclass
from typing import Any

from ui.models.roles import Role
from ui.models.table import Column, TableModel


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRow:
    """One scheduled procedure step.

    Attributes:
        key: Requested Procedure ID and Scheduled Procedure Step ID, which tell it from the others.
        when: date and time of the start, "2026-11-22 10:15".
        stations: AE titles of the stations that may perform it.
    """

    key: tuple[str, str]
    patient: str
    patient_id: str
    when: str
    modality: str
    stations: str
    description: str
    accession: str

    @property
    def title(self) -> str:
        """What it is in a few words, for a sentence."""
        return ", ".join(part for part in (self.patient, self.modality, self.when) if part)


class WorklistModel(TableModel[ScheduledRow]):
    """The entries, in the order in which they were added."""

    COLUMNS = (
        Column[ScheduledRow](title="Patient", text=lambda row: row.patient),
        Column[ScheduledRow](title="Patient ID", text=lambda row: row.patient_id, is_wire=True),
        Column[ScheduledRow](title="Date and time", text=lambda row: row.when),
        Column[ScheduledRow](title="Modality", text=lambda row: row.modality),
        Column[ScheduledRow](title="Station", text=lambda row: row.stations, is_wire=True),
        Column[ScheduledRow](title="Description", text=lambda row: row.description),
        Column[ScheduledRow](title="Accession", text=lambda row: row.accession, is_wire=True),
        Column[ScheduledRow](title="Step ID", text=lambda row: row.key[1], is_wire=True),
    )

    def row_data(self, row: ScheduledRow, role: int) -> Any:
        return row.key[1] if role == Role.KEY else None
