"""The objects that the local AE received."""

from dataclasses import dataclass
from typing import Any

from ui.models import words
from ui.models.roles import Category, Role
from ui.models.table import Column, TableModel


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRow:
    """One received object, or one that was refused.

    Attributes:
        category: OK, WARNING or ERROR, by the status that was answered; ERROR for what is not kept.
        result: the status with its words.
        path: where it was written; empty when it was not.
        time: seconds since the epoch.
        is_not_kept: it was acknowledged all the same: the peer takes it for stored.
    """

    time: float
    association: int
    calling_ae_title: str
    peer: str
    sop_class_uid: str
    sop_class: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    transfer_syntax: str
    size: int
    path: str
    status: int
    result: str
    category: Category
    is_not_kept: bool = False


class ReceivedModel(TableModel[ReceivedRow]):
    """The objects that the local AE received, in the order of their arrival."""

    COLUMNS = (
        Column[ReceivedRow](
            title="Time",
            text=lambda row: words.clock(row.time),
            sort=lambda row: row.time,
            is_wire=True,
        ),
        Column[ReceivedRow](
            title="Object", text=lambda row: row.sop_instance_uid, tooltip=lambda row: row.path, is_wire=True
        ),
        Column[ReceivedRow](title="SOP class", text=lambda row: row.sop_class, tooltip=lambda row: row.sop_class_uid),
        Column[ReceivedRow](
            title="Transfer syntax",
            text=lambda row: row.transfer_syntax,
            tooltip=lambda row: row.transfer_syntax_uid,
        ),
        Column[ReceivedRow](
            title="Size", text=lambda row: words.size(row.size), sort=lambda row: row.size, is_number=True
        ),
        Column[ReceivedRow](title="From", text=lambda row: row.calling_ae_title, tooltip=lambda row: row.peer),
        Column[ReceivedRow](title="Result", text=lambda row: row.result, category=lambda row: row.category),
        Column[ReceivedRow](
            title="Assoc.", text=lambda row: f"#{row.association}", sort=lambda row: row.association, is_number=True
        ),
    )

    def row_category(self, row: ReceivedRow) -> Category:
        return row.category

    def row_data(self, row: ReceivedRow, role: int) -> Any:
        answers: dict[int, Any] = {Role.KEY: row.sop_instance_uid, Role.ASSOCIATION: row.association}
        return answers.get(role)
