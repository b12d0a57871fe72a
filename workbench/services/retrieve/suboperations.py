"""The C-STORE sub-operations of one C-MOVE or C-GET, as its SCP counts them (PS3.4 C.4.2.3.1, C.4.3.3.1)."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from workbench.dimse.status import CANCEL, SUCCESS, Category, category, describe
from workbench.services.retrieve.instances import Stored
from workbench.services.retrieve.reasons import NOT_PERFORMED, SOME_FAILED

MOST: Final = 0xFFFF
"""Sub-operations that a response can count: its counts are unsigned shorts (PS3.7 E.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """One sub-operation that has ended, for who watches a retrieve.

    Attributes:
        status: what the receiver answered; None when it did not, or was not asked.
        reason: why it failed, or its warning; empty when all is well.
        conversion: what was done to its transfer syntax, in words; empty when it was sent as it is.
    """

    sop_class_uid: str
    sop_instance_uid: str
    path: str
    status: int | None = None
    reason: str = ""
    conversion: str = ""


Observer = Callable[[Performed], None]
"""Told of each sub-operation that has ended; synchronous, must not raise."""


class Ending(NamedTuple):
    """What the final response says: status, Error Comment, counts and Failed SOP Instance UID List."""

    status: int
    comment: str
    counts: dict[str, int]
    failed_uids: tuple[str, ...]


class SubOperations:
    """Counts what became of the instances of one retrieve.

    Attributes:
        instances: all of them.
        completed, failed, warning: how many ended so.
        failed_uids: the SOP Instance UIDs of those that failed.
        trouble: why the first of them failed, in words.
    """

    def __init__(self, instances: Sequence[Stored], observer: Observer | None = None) -> None:
        """Begins with nothing done."""
        self.instances = tuple(instances)
        self.completed = self.failed = self.warning = 0
        self.failed_uids: list[str] = []
        self.trouble = ""
        self._observer = observer
        self._wanted = 0
        self._reached = asyncio.Event()

    @property
    def ended(self) -> int:
        """Sub-operations that have ended."""
        return self.completed + self.failed + self.warning

    @property
    def remaining(self) -> int:
        """Sub-operations that have not ended."""
        return len(self.instances) - self.ended

    def answered(self, stored: Stored, status: int, comment: str | None, *, conversion: str = "") -> None:
        """Takes the status of the response to a C-STORE-RQ."""
        words = "" if status == SUCCESS else describe(status, "C-STORE")
        reason = f"{words} ({comment})" if comment else words
        match category(status):
            case Category.SUCCESS:
                self.completed += 1
            case Category.WARNING:
                self.warning += 1
            case _:
                self._fail(stored, comment or words)
        self._ended(stored, status=status, reason=reason, conversion=conversion)

    def not_stored(self, stored: Stored, why: str) -> None:
        """Takes that an instance could not be sent, or that no answer came."""
        self._fail(stored, why)
        self._ended(stored, reason=why)

    def give_up(self, instances: Iterable[Stored], why: str) -> None:
        """Takes that all these fail for one reason."""
        for stored in instances:
            self.not_stored(stored, why)

    def stop_waiting(self) -> None:
        """Wakes who waits: nothing more will end."""
        self._wanted = 0
        self._reached.set()

    async def wait_for(self, ended: int) -> None:
        """Returns when so many sub-operations have ended, or the last one just has, or nothing more will."""
        self._wanted = ended if self.ended == len(self.instances) else min(ended, len(self.instances))
        self._reached.clear()
        self._look()
        await self._reached.wait()

    def pending(self) -> dict[str, int]:
        """Gives the counts for a pending response."""
        return {"number_of_remaining_suboperations": self.remaining, **self._counts()}

    def ending(self) -> Ending:
        """Gives the final response, once nothing more will be done.

        A status of failure says that no instance was stored, one of warning that some were not (PS3.4 C.4.2.3.1). Only
        one of cancel still counts what remains (PS3.7 9.1.3.1.6).
        """
        counts, uids = self._counts(), tuple(self.failed_uids)
        if self.remaining:
            return Ending(CANCEL, "", self.pending(), uids)
        if not self.failed and not self.warning:
            return Ending(SUCCESS, "", counts, uids)
        stored = self.completed + self.warning
        return Ending(SOME_FAILED if stored else NOT_PERFORMED, self.trouble, counts, uids)

    def _counts(self) -> dict[str, int]:
        return {
            "number_of_completed_suboperations": self.completed,
            "number_of_failed_suboperations": self.failed,
            "number_of_warning_suboperations": self.warning,
        }

    def _fail(self, stored: Stored, why: str) -> None:
        self.failed += 1
        self.failed_uids.append(stored.sop_instance_uid)
        self.trouble = self.trouble or why

    def _ended(self, stored: Stored, *, reason: str, status: int | None = None, conversion: str = "") -> None:
        self._look()
        if self._observer is not None:
            self._observer(
                Performed(
                    sop_class_uid=stored.sop_class_uid,
                    sop_instance_uid=stored.sop_instance_uid,
                    path=stored.path,
                    status=status,
                    reason=reason,
                    conversion=conversion,
                )
            )

    def _look(self) -> None:
        if self.ended >= self._wanted:
            self._reached.set()
