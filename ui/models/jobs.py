"""What the user started: running and done."""

from dataclasses import dataclass
from typing import Any

from ui.models.roles import Category, Role
from ui.models.table import Column, TableModel

_CATEGORIES = {
    "running": Category.ACTIVE,
    "done": Category.OK,
    "failed": Category.ERROR,
    "cancelled": Category.WARNING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as it stands; `progress` is 0..1, None when it cannot be told."""

    job_id: int
    title: str
    state: str
    progress: float | None
    detail: str
    outcome: str


class JobsModel(TableModel[JobRow]):
    """The jobs, in the order of their start."""

    COLUMNS = (
        Column[JobRow](title="Job", text=lambda row: row.title),
        Column[JobRow](title="State", text=lambda row: row.state, category=lambda row: _CATEGORIES[row.state]),
        Column[JobRow](
            title="Progress",
            text=lambda row: f"{row.progress:.0%}" if row.progress is not None else "",
            is_number=True,
        ),
        Column[JobRow](title="Detail", text=lambda row: row.outcome or row.detail),
    )

    def row_category(self, row: JobRow) -> Category:
        return _CATEGORIES[row.state]

    def row_data(self, row: JobRow, role: int) -> Any:
        if role == Role.KEY:
            return row.job_id
        return row.progress if role == Role.PROGRESS and row.state == "running" else None
