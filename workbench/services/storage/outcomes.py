"""What became of instances that were to be sent: one by one, in numbers, and as a report to keep."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from workbench import dictionary
from workbench.config import LocalAe, Node
from workbench.dimse.status import (
    ACKNOWLEDGED_STORE,
    ATTRIBUTE_LIST_ERROR,
    OPTIONAL_ATTRIBUTES_NOT_SUPPORTED,
    SUCCESS,
    describe,
)
from workbench.errors import WorkbenchError
from workbench.services.storage.instances import Sendable

OutcomeState = Literal["stored", "warning", "failed", "not sent"]
InstanceState = Literal["waiting", "sending", "sent", "stored", "warning", "failed", "not sent"]
"""Where an instance stands; "sent" is all of it handed to the network, with the answer still to come."""

_ATTRIBUTE_VALUE_OUT_OF_RANGE: Final = 0x0116

_ACKNOWLEDGED: Final = ACKNOWLEDGED_STORE | {
    OPTIONAL_ATTRIBUTES_NOT_SUPPORTED,
    ATTRIBUTE_LIST_ERROR,
    _ATTRIBUTE_VALUE_OUT_OF_RANGE,
}


def state_of(status: int) -> OutcomeState:
    """Gives what the status of a C-STORE response means for the instance.

    The general warnings of PS3.7 C.4 are none that PS3.4 Table B.2-1 has, but a peer that sends one has carried the
    operation out. A warning that neither knows is no acknowledgement.
    """
    if status == SUCCESS:
        return "stored"
    return "warning" if status in _ACKNOWLEDGED else "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one instance.

    Attributes:
        state: "not sent" says that nothing was wrong with the instance: it was never its turn.
        status: the status of the response, None when there was none.
        reason: the status or the cause in words, and what was done to get there: a conversion, a second attempt.
        latency: seconds from the last byte sent to the response.
        association: the number of the association that it was sent over.
        transfer_syntax_uid: in which it was sent, or was to be; empty when it never came to that.
        attempts: how often it was begun to be sent.
        context_id: the presentation context that it was sent in, or would have been; 0 when it never came to that.
        error: what kept it from being answered; None when it was answered, or not sent.
    """

    instance: Sendable
    state: OutcomeState
    status: int | None = None
    reason: str = ""
    latency: float | None = None
    association: int | None = None
    transfer_syntax_uid: str = ""
    attempts: int = 0
    context_id: int = 0
    error: WorkbenchError | None = None

    @property
    def is_acknowledged(self) -> bool:
        """Whether the peer has it."""
        return self.state in ("stored", "warning")

    @property
    def is_converted(self) -> bool:
        """Whether it was sent in another transfer syntax than it has."""
        return self.transfer_syntax_uid not in ("", self.instance.transfer_syntax_uid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many instances ended in which state, in how many seconds, and the bytes of the acknowledged data sets."""

    stored: int
    warnings: int
    failed: int
    not_sent: int
    seconds: float
    bytes: int

    @classmethod
    def of(cls, outcomes: Iterable[Outcome | None], seconds: float) -> "Summary":
        """Counts outcomes; None stands for an instance that has none yet and is not counted."""
        known = [outcome for outcome in outcomes if outcome is not None]
        states = Counter(outcome.state for outcome in known)
        return cls(
            stored=states["stored"],
            warnings=states["warning"],
            failed=states["failed"],
            not_sent=states["not sent"],
            seconds=seconds,
            bytes=sum(outcome.instance.length for outcome in known if outcome.is_acknowledged),
        )

    @property
    def is_acknowledged(self) -> bool:
        """Whether the peer has every instance."""
        return not self.failed and not self.not_sent


def report(
    instances: Sequence[Sendable], outcomes: Sequence[Outcome | None], node: Node, local: LocalAe, *, when: datetime
) -> str:
    """Gives the text of a report: who sent to whom, a count for each status, then every instance on its own lines.

    Args:
        outcomes: one for each instance, None as long as there is none.
        when: what is written as its date.
    """
    counts = Counter(_status_words(outcome) for outcome in outcomes)
    lines = [
        "Report of a C-STORE transfer",
        f"date: {when.isoformat(sep=' ', timespec='seconds')}",
        f"from: {local.ae_title}",
        f"to: {node.ae_title} at {node.host}:{node.port}",
        f"instances: {len(instances)}",
        f"associations: {len({one.association for one in outcomes if one and one.association is not None})}",
        "",
        *(f"{number:>8}  {words}" for words, number in sorted(counts.items())),
    ]
    for number, (instance, outcome) in enumerate(zip(instances, outcomes, strict=True), 1):
        lines += ["", *_lines(number, instance, outcome)]
    return "\n".join(lines) + "\n"


def _lines(number: int, instance: Sendable, outcome: Outcome | None) -> list[str]:
    lines = [
        f"{number}  {instance.path or instance.name}",
        f"    SOP Instance UID: {instance.sop_instance_uid}",
        f"    SOP Class: {dictionary.uid_name(instance.sop_class_uid)}",
        f"    transfer syntax: {dictionary.uid_name(instance.transfer_syntax_uid)}, {instance.length} bytes",
    ]
    if outcome is None:
        return [*lines, "    result: waiting"]
    if outcome.is_converted:
        lines.append(f"    sent in: {dictionary.uid_name(outcome.transfer_syntax_uid)}")
    association = "" if outcome.association is None else f" (association {outcome.association})"
    return [*lines, f"    result: {outcome.state}{association}: {outcome.reason}"]


def _status_words(outcome: Outcome | None) -> str:
    if outcome is None:
        return "waiting"
    return outcome.state if outcome.status is None else describe(outcome.status, "C-STORE")
