"""How far a retrieve is and how it ended: the counts of its sub-operations (PS3.4 C.4.2.1.6 to C.4.2.1.9)."""

from dataclasses import dataclass
from typing import Self, TypeAlias

from workbench.dimse.messages import CGetRsp, CMoveRsp
from workbench.dimse.status import SUCCESS

RetrieveRsp: TypeAlias = CGetRsp | CMoveRsp
"""A response with counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The counts of a response; 0 where the peer does not tell one.

    Attributes:
        remaining: C-STORE sub-operations that are not begun; None when the peer does not tell.
        completed: those that ended with success.
        failed: those that ended with a failure, or could not be begun.
        warning: those that ended with a warning: the instance is stored.
    """

    remaining: int | None = None
    completed: int = 0
    failed: int = 0
    warning: int = 0

    @classmethod
    def of(cls, message: RetrieveRsp) -> Self:
        """Gives the counts of a response."""
        return cls(
            remaining=message.number_of_remaining_suboperations,
            completed=message.number_of_completed_suboperations or 0,
            failed=message.number_of_failed_suboperations or 0,
            warning=message.number_of_warning_suboperations or 0,
        )

    @property
    def stored(self) -> int:
        """Instances that the receiver has."""
        return self.completed + self.warning

    @property
    def performed(self) -> int:
        """Sub-operations that have ended, however they did."""
        return self.completed + self.failed + self.warning

    @property
    def total(self) -> int | None:
        """Sub-operations of the whole retrieve, None when the peer does not tell."""
        return None if self.remaining is None else self.performed + self.remaining


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveResult(Progress):
    """How a retrieve ended: the counts of the final response, and what it says.

    Attributes:
        status: Status (0000,0900).
        words: the status in words, with the peer's Error Comment.
        reason: the same, followed by what it means and what can be done, where there is more to say.
        failed_uids: the instances that failed, as far as the peer names them (0008,0058).
    """

    status: int
    words: str
    reason: str
    failed_uids: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked for is at the receiver."""
        return self.status == SUCCESS and not self.failed


def is_told(message: RetrieveRsp) -> bool:
    """Whether a response tells how many sub-operations have ended."""
    counts = (
        message.number_of_completed_suboperations,
        message.number_of_failed_suboperations,
        message.number_of_warning_suboperations,
    )
    return any(count is not None for count in counts)
