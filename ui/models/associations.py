"""The associations, open and ended."""

from dataclasses import dataclass
from typing import Any

from ui.models import words
from ui.models.roles import Category, Role
from ui.models.table import Column, TableModel

_OUTCOMES = {
    "open": (Category.ACTIVE, "●"),
    "released": (Category.OK, "✔"),
    "aborted": (Category.ERROR, "✖"),
    "rejected": (Category.ERROR, "✖"),
    "failed": (Category.ERROR, "✖"),
    "closed": (Category.WARNING, "▲"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateStep:
    """One move of the state machine: numbers and labels of PS3.8 Table 9-10."""

    number: int
    time: float
    event: int
    action: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationRow:
    """An association and where it stands.

    Attributes:
        is_requestor: whether we asked for it.
        state: the number of the state, 1 to 13; `state_words` say it.
        event, action: the last event (1 to 19) and the action taken, such as "AE-3"; 0 and "" before the first.
        steps: the moves so far, the last 40.
        outcome: "open", "released", "aborted", "rejected", "failed" or "closed".
        detail: the reason in words, when it did not end well.
        opened_at, ended_at: seconds since the epoch.
    """

    number: int
    is_requestor: bool
    peer: str = ""
    calling_ae_title: str = ""
    called_ae_title: str = ""
    state: int = 1
    state_words: str = ""
    event: int = 0
    action: str = ""
    steps: tuple[StateStep, ...] = ()
    outcome: str = "open"
    detail: str = ""
    proposed: int = 0
    accepted: int = 0
    requests: int = 0
    warnings: int = 0
    failures: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    opened_at: float = 0.0
    ended_at: float | None = None

    @property
    def state_text(self) -> str:
        """Label and words of the state: "Sta6 established"."""
        return f"Sta{self.state} {self.state_words}".rstrip()

    @property
    def parties(self) -> str:
        """The AE titles, calling → called; empty where none was ever told because no connection was opened."""
        titles = (self.calling_ae_title, self.called_ae_title)
        return " → ".join(title or "?" for title in titles) if any(titles) else ""

    @property
    def title(self) -> str:
        """Who it is with, as far as it is known, for a list."""
        return self.parties or self.peer or "no connection"

    @property
    def outcome_text(self) -> str:
        """The outcome with its sign and the reason."""
        return f"{_OUTCOMES[self.outcome][1]} {self.outcome}" + (f": {self.detail}" if self.detail else "")

    @property
    def category(self) -> Category:
        """The category of the outcome."""
        return _OUTCOMES[self.outcome][0]

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.outcome == "open"


class AssociationsModel(TableModel[AssociationRow]):
    """The associations in the order of their numbers."""

    COLUMNS = (
        Column[AssociationRow](
            title="#", text=lambda row: f"#{row.number}", sort=lambda row: row.number, is_number=True
        ),
        Column[AssociationRow](title="State", text=lambda row: row.state_text, sort=lambda row: row.state),
        Column[AssociationRow](title="Direction", text=lambda row: "→ out" if row.is_requestor else "← in"),
        Column[AssociationRow](title="Peer", text=lambda row: row.peer, is_wire=True),
        Column[AssociationRow](title="Calling → called", text=lambda row: row.parties),
        Column[AssociationRow](title="Outcome", text=lambda row: row.outcome_text, category=lambda row: row.category),
        Column[AssociationRow](
            title="Contexts",
            text=lambda row: f"{row.accepted} of {row.proposed}" if row.proposed else "",
            sort=lambda row: row.accepted,
            is_number=True,
        ),
        Column[AssociationRow](
            title="Requests", text=lambda row: words.count(row.requests), sort=lambda row: row.requests, is_number=True
        ),
        Column[AssociationRow](
            title="Bytes",
            text=lambda row: words.size(row.bytes_sent + row.bytes_received),
            sort=lambda row: row.bytes_sent + row.bytes_received,
            is_number=True,
        ),
        Column[AssociationRow](
            title="Duration",
            text=lambda row: words.gap(row.ended_at - row.opened_at) if row.ended_at is not None else "",
            sort=lambda row: (row.ended_at or 0.0) - row.opened_at,
            is_number=True,
        ),
    )

    def row_category(self, row: AssociationRow) -> Category:
        return row.category

    def row_data(self, row: AssociationRow, role: int) -> Any:
        return row.number if role in (Role.KEY, Role.ASSOCIATION) else None
