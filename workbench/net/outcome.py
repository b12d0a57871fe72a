"""How an association ended, in one word."""

from enum import Enum
from typing import Self

from workbench.errors import AssociationAborted, AssociationRejected, AssociationReleased, WorkbenchError


class Outcome(Enum):
    """How an association ended (PS3.8 7.1 to 7.4)."""

    RELEASED = "released"
    REJECTED = "rejected"
    ABORTED = "aborted"
    LOST = "lost"

    @classmethod
    def of(cls, end: WorkbenchError) -> Self:
        """The outcome that an association's `end` stands for; whatever is no word of the peer's is a loss."""
        kinds = {AssociationReleased: "RELEASED", AssociationRejected: "REJECTED", AssociationAborted: "ABORTED"}
        return cls[kinds.get(type(end), "LOST")]
