"""The objects to send, and the files that were skipped."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject

from ui.models import words
from ui.models.cells import Cell
from ui.models.roles import Category, Role
from ui.models.table import Column, TableModel

WAITING, SENDING, STORED, WARNING, FAILED, NOT_SENT = "waiting", "sending", "stored", "warning", "failed", "not sent"
NOT_COMMITTED = "not committed"
UNFINISHED = frozenset({FAILED, NOT_SENT, NOT_COMMITTED})
"""The states in which an object has a result that calls for another attempt."""
AT_PEER = frozenset({STORED, WARNING, NOT_COMMITTED})
"""The states in which the peer has said that it has stored the object."""

_CATEGORIES = {
    WAITING: Category.MUTED,
    SENDING: Category.ACTIVE,
    STORED: Category.OK,
    WARNING: Category.WARNING,
    FAILED: Category.ERROR,
    NOT_SENT: Category.ERROR,
    NOT_COMMITTED: Category.ERROR,
}
_RESULT = 4  # column
_SIGNS = {STORED: "✔ ", WARNING: "▲ ", FAILED: "✖ ", NOT_SENT: "✖ ", NOT_COMMITTED: "✖ "}


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRow:
    """One object of the send list.

    Attributes:
        state: "waiting", "sending", "stored", "warning", "failed" or "not sent"; "not committed" is what was stored
            and what the peer then did not take over the responsibility for.
        reason: the status with its words, or why it was not sent; empty before.
        sent: bytes of the data set sent so far, of `size`.
        latency: seconds from the end of the request to its response.
        commitment: what became of a request for storage commitment, in words; why not, for what is not committed.
    """

    name: str
    path: str
    sop_class_uid: str
    sop_class: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    transfer_syntax: str
    size: int
    state: str = WAITING
    status: int | None = None
    reason: str = ""
    sent: int = 0
    latency: float | None = None
    association: int | None = None
    commitment: str = ""

    @property
    def result(self) -> str:
        """The state in words, with its sign."""
        if self.state == SENDING:
            return f"sending {100 * self.sent // self.size if self.size else 0} %"
        sign = _SIGNS.get(self.state, "")
        if self.state == NOT_COMMITTED:
            return f"{sign}{self.state}: {self.commitment}"
        return sign + (self.reason or self.state) + (f" · {self.commitment}" if self.commitment else "")

    @property
    def category(self) -> Category:
        """The category of the state."""
        return _CATEGORIES[self.state]

    @property
    def is_unfinished(self) -> bool:
        """Whether a new attempt makes sense: it failed, was not sent, was not committed, or waits."""
        return self.state == WAITING or self.state in UNFINISHED

    @property
    def is_stored(self) -> bool:
        """Whether the peer said that it has it."""
        return self.state in AT_PEER


class SendModel(TableModel[SendRow]):
    """The objects to send, with a count for each state."""

    COLUMNS = (
        Column[SendRow](title="Object", text=lambda row: row.name, tooltip=lambda row: row.path, keeps_end=True),
        Column[SendRow](title="SOP class", text=lambda row: row.sop_class, tooltip=lambda row: row.sop_class_uid),
        Column[SendRow](
            title="Transfer syntax",
            text=lambda row: row.transfer_syntax,
            tooltip=lambda row: row.transfer_syntax_uid,
        ),
        Column[SendRow](title="Size", text=lambda row: words.size(row.size), sort=lambda row: row.size, is_number=True),
        Column[SendRow](title="Result", text=lambda row: row.result, category=lambda row: row.category),
        Column[SendRow](
            title="Latency",
            text=lambda row: words.latency(row.latency),
            sort=lambda row: row.latency if row.latency is not None else -1.0,
            is_number=True,
        ),
        Column[SendRow](
            title="Assoc.",
            text=lambda row: f"#{row.association}" if row.association is not None else "",
            sort=lambda row: row.association or 0,
            is_number=True,
        ),
    )

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of rows in each state, hidden ones included; 0 for a state that no row is in."""
        return self._counts

    def show_states(self, states: frozenset[str] | None) -> None:
        """Shows only the rows in these states; None shows all."""
        self.set_filter(None if states is None else lambda row: row.state in states)

    def set_rows(self, rows: Iterable[SendRow]) -> None:
        kept = list(rows)
        self._counts = Counter(row.state for row in kept)
        super().set_rows(kept)

    def append(self, rows: Sequence[SendRow]) -> None:
        self._counts.update(row.state for row in rows)
        super().append(rows)

    def update(self, changes: Mapping[int, SendRow]) -> None:
        self._counts.subtract(self._rows[position].state for position in changes)
        self._counts.update(row.state for row in changes.values())
        super().update(changes)

    def cells_of(self, row: SendRow) -> tuple[Cell, ...]:
        cells = super().cells_of(row)
        if row.state != SENDING or not row.size:
            return cells
        return (*cells[:_RESULT], cells[_RESULT]._replace(progress=row.sent / row.size), *cells[_RESULT + 1 :])

    def row_category(self, row: SendRow) -> Category:
        return row.category

    def row_data(self, row: SendRow, role: int) -> Any:
        if role == Role.KEY:
            return row.sop_instance_uid
        if role == Role.ASSOCIATION:
            return row.association
        if role == Role.PROGRESS:
            return row.sent / row.size if row.state == SENDING and row.size else None
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedRow:
    """A file that the scan passed over, and why."""

    path: str
    reason: str


class SkippedModel(TableModel[SkippedRow]):
    """The files that the scan passed over."""

    COLUMNS = (
        Column[SkippedRow](title="File", text=lambda row: row.path, keeps_end=True),
        Column[SkippedRow](title="Reason", text=lambda row: row.reason, category=lambda _: Category.NOTE),
    )
