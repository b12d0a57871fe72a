"""What a query found: patients, studies, series, objects or worklist entries."""

from dataclasses import dataclass
from typing import Any

from ui.models.roles import Category, Role
from ui.models.table import Column, TableModel


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementLine:
    """One element of an identifier, for people: "(0010,0010)", "Patient's Name", "PN", "DOE^JOHN"."""

    tag: str
    name: str
    vr: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """One match.

    Attributes:
        level: Query/Retrieve Level (0008,0052); empty for a worklist entry.
        keys: the unique keys that lead to it, from the top: tag and value.
        when: date and time in words.
        contains: how many series or objects it has, as far as the peer says.
        uid: the unique key of its level.
        elements: all that the peer answered.
    """

    level: str
    keys: tuple[tuple[int, str], ...]
    patient: str = ""
    patient_id: str = ""
    when: str = ""
    modality: str = ""
    description: str = ""
    contains: str = ""
    uid: str = ""
    elements: tuple[ElementLine, ...] = ()

    @property
    def title(self) -> str:
        """What it is in a few words, for a heading."""
        parts = (self.patient or self.patient_id, self.modality, self.description, self.when)
        return ", ".join(part for part in parts if part) or self.uid


class MatchModel(TableModel[MatchRow]):
    """The matches of one query, in the order in which they came."""

    COLUMNS = (
        Column[MatchRow](title="Patient", text=lambda row: row.patient),
        Column[MatchRow](title="Patient ID", text=lambda row: row.patient_id, is_wire=True),
        Column[MatchRow](title="Date and time", text=lambda row: row.when),
        Column[MatchRow](title="Modality", text=lambda row: row.modality),
        Column[MatchRow](title="Description", text=lambda row: row.description),
        Column[MatchRow](title="Contains", text=lambda row: row.contains),
        Column[MatchRow](title="UID or ID", text=lambda row: row.uid, is_wire=True, keeps_end=True),
    )

    def row_category(self, row: MatchRow) -> Category:
        return Category.NONE

    def row_data(self, row: MatchRow, role: int) -> Any:
        return row.uid if role == Role.KEY else None
