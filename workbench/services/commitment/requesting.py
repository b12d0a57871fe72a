"""Storage commitment as SCU: asks, and takes the report on the same association or on one that the SCP opens.

A `CommitmentListener` knows what was asked and takes the reports; its offer belongs into our own server, where the SCP
of a hospital usually reports to, and its handlers to `connect` for those that report at once. A report belongs to the
request with its Transaction UID, on whatever association it comes.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from workbench.config import LocalAe, Node
from workbench.dimse.messages import NEventReportRq
from workbench.dimse.status import INVALID_ARGUMENT_VALUE, NO_SUCH_EVENT_TYPE, NO_SUCH_SOP_INSTANCE
from workbench.errors import StatusError
from workbench.net.association import Association
from workbench.net.incoming import Handlers, IncomingRequest
from workbench.net.requestor import connect
from workbench.services.commitment.references import (
    ALL_COMMITTED,
    COMMITMENT_CONTEXTS,
    COMMITMENT_INSTANCE,
    FAILURES_EXIST,
    REQUEST,
    SERVICE,
    STORAGE_COMMITMENT,
    Reference,
    Reported,
    read_report,
    reason_words,
    request_data_set,
)
from workbench.services.normalized import Answer, answering, n_action
from workbench.services.offers import Offer
from workbench.trace.recorder import Recorder

_MOST_KNOWN: Final = 10_000  # transactions that are remembered; the oldest are forgotten first


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceOutcome:
    """What became of one instance of a request.

    Attributes:
        is_committed: whether the SCP has taken it over; only then may an original be deleted.
        failure_reason: Failure Reason (0008,1197), None when the SCP gives none.
        words: why it is not committed, empty when it is.
    """

    reference: Reference
    is_committed: bool
    failure_reason: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentResult:
    """What became of a request.

    Attributes:
        instances: each instance that was asked for, in that order.
        problem: why there is no report, as a sentence; empty when one came.
    """

    transaction_uid: str
    instances: tuple[InstanceOutcome, ...]
    problem: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether every instance is committed."""
        return not self.problem and all(each.is_committed for each in self.instances)

    @property
    def committed(self) -> tuple[Reference, ...]:
        """The instances that the SCP has taken over."""
        return tuple(each.reference for each in self.instances if each.is_committed)

    @property
    def failed(self) -> tuple[InstanceOutcome, ...]:
        """The instances that it has not."""
        return tuple(each for each in self.instances if not each.is_committed)


class Commitment:
    """A request under way; handed out by `request_commitment`."""

    def __init__(self, transaction_uid: str, references: tuple[Reference, ...]) -> None:
        """Waits for the report on these instances."""
        self.transaction_uid = transaction_uid
        self.references = references
        self._result: asyncio.Future[CommitmentResult] = asyncio.get_running_loop().create_future()

    @property
    def is_reported(self) -> bool:
        """Whether it is known what became of it."""
        return self._result.done()

    async def wait(self, seconds: float) -> None:
        """Returns when it is known what became of it, or the time is up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.shield(self._result)

    async def result(self, patience: float) -> CommitmentResult:
        """Gives what became of it; after `patience` seconds without a report, that there was none."""
        await self.wait(patience)
        return self.result_after(patience)

    def result_after(self, seconds: float) -> CommitmentResult:
        """Gives what became of it, or that there was no report in the `seconds` that were waited for one."""
        if self._result.done():
            return self._result.result()
        return self.without_report(
            f"no report on the storage commitment came within {seconds:g} s: nothing is committed; the SCP may still "
            "report later, on an association to the AE title and port under which it knows us"
        )

    def without_report(self, problem: str) -> CommitmentResult:
        """Gives a result that says why there is no report."""
        instances = tuple(
            InstanceOutcome(reference=each, is_committed=False, words="not reported") for each in self.references
        )
        return CommitmentResult(transaction_uid=self.transaction_uid, instances=instances, problem=problem)

    def reported(self, report: Reported) -> CommitmentResult | None:
        """Takes a report; gives the result, None when one had come before."""
        if self._result.done():
            return None
        result = CommitmentResult(
            transaction_uid=self.transaction_uid,
            instances=tuple(_outcome(reference, report) for reference in self.references),
        )
        self._result.set_result(result)
        return result

    def refused(self, problem: str) -> None:
        """Takes that the SCP did not accept the request."""
        if not self._result.done():
            self._result.set_result(self.without_report(problem))


class CommitmentListener:
    """Takes the reports on requests, on any association.

    Reports of an unknown transaction are refused (0115H), further ones on the same transaction accepted and let go. A
    report that comes after the patience of `Commitment.result` is taken as well: `on_report` is told.

    Args:
        on_report: told the result of each request, on the event loop, before the SCP is answered.
    """

    def __init__(self, on_report: Callable[[CommitmentResult], None] | None = None) -> None:
        self._on_report = on_report
        self._known: dict[str, Commitment] = {}

    @property
    def offer(self) -> Offer:
        """What our server offers to SCPs that report on an association of their own, in the reverse role."""
        return Offer(
            sop_classes={STORAGE_COMMITMENT: None},
            handlers=self.handlers,
            roles={STORAGE_COMMITMENT: (True, True)},
        )

    @property
    def handlers(self) -> Handlers:
        """What takes reports on an association of our own: for `connect(..., handlers=)`."""
        return {NEventReportRq.COMMAND_FIELD: answering(self._reported)}

    def expect(self, references: Iterable[Reference], transaction_uid: str | None = None) -> Commitment:
        """Gives a request of which a report will be taken; its Transaction UID is a fresh one unless given."""
        uid = transaction_uid or str(generate_uid(prefix=None))
        commitment = Commitment(uid, tuple(dict.fromkeys(references)))
        self._known[uid] = commitment
        while len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return commitment

    def forget(self, commitment: Commitment) -> None:
        """Takes no report of a request any more."""
        self._known.pop(commitment.transaction_uid, None)

    async def _reported(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        message = request.message
        assert isinstance(message, NEventReportRq)
        if message.affected_sop_instance_uid != COMMITMENT_INSTANCE:
            raise StatusError(NO_SUCH_SOP_INSTANCE, f"the instance of this class is {COMMITMENT_INSTANCE}")
        if message.event_type_id not in (ALL_COMMITTED, FAILURES_EXIST):
            raise StatusError(NO_SUCH_EVENT_TYPE, f"event type {message.event_type_id} is not 1 or 2")
        report = read_report(data_set)
        commitment = self._known.get(report.transaction_uid)
        if commitment is None:
            raise StatusError(INVALID_ARGUMENT_VALUE, "Transaction UID (0008,1195) is not one of ours")
        result = commitment.reported(report)
        if result is not None and self._on_report is not None:
            self._on_report(result)
        return Answer()


async def request_commitment(
    association: Association,
    listener: CommitmentListener,
    references: Iterable[Reference],
    *,
    transaction_uid: str | None = None,
) -> Commitment:
    """Asks for the commitment of instances (PS3.4 J.3.2); then wait for its `result`.

    A request that the SCP refuses has a result at once, with the reason.

    Raises:
        NoAcceptedContext: the SCP does not offer storage commitment.
        AssociationError, TransportError: the association ended first; a report may still come.
    """
    commitment = listener.expect(references, transaction_uid)
    information = request_data_set(commitment.transaction_uid, commitment.references)
    result = await n_action(association, STORAGE_COMMITMENT, COMMITMENT_INSTANCE, REQUEST, information, service=SERVICE)
    if not result.is_done:
        listener.forget(commitment)
        commitment.refused(f"the SCP refuses the request for storage commitment: {result.reason}")
    return commitment


async def commit(
    node: Node,
    references: Iterable[Reference],
    *,
    local: LocalAe,
    patience: float = 60,
    stay: float | None = None,
    listener: CommitmentListener | None = None,
    recorder: Recorder | None = None,
    tls: ssl.SSLContext | None = None,
) -> CommitmentResult:
    """Asks a node for the commitment of instances and gives what became of it.

    Args:
        patience: seconds in all to wait for the report.
        stay: for how many of them the association is kept open; None for all where there is no listener of a server,
            otherwise not at all.
        listener: that of our server; None takes a report on this association only.
        recorder: where the trace goes.
        tls: by which rules the association is secured; None leaves it plain.

    Raises:
        NoAcceptedContext: the node does not offer storage commitment.
        AssociationError, TransportError: there was no association, or it ended before the request was answered.
    """
    if stay is None:
        stay = patience if listener is None else 0.0
    listener = listener or CommitmentListener()
    async with connect(
        node, COMMITMENT_CONTEXTS, local=local, recorder=recorder, handlers=listener.handlers, tls=tls
    ) as association:
        commitment = await request_commitment(association, listener, references)
        await commitment.wait(min(stay, patience))
    await commitment.wait(patience - stay)
    return commitment.result_after(patience)


def _outcome(reference: Reference, report: Reported) -> InstanceOutcome:
    """Gives what a report says of an instance: committed is what it names with the same SOP class and no failure."""
    verdicts = [each for each in report.verdicts if each.reference.sop_instance_uid == reference.sop_instance_uid]
    failure = next((each.failure_reason for each in verdicts if each.failure_reason is not None), None)
    if failure is not None:
        return InstanceOutcome(
            reference=reference, is_committed=False, failure_reason=failure, words=reason_words(failure)
        )
    if any(each.reference == reference for each in verdicts):
        return InstanceOutcome(reference=reference, is_committed=True)
    words = "committed with another SOP class only" if verdicts else "not mentioned in the report"
    return InstanceOutcome(reference=reference, is_committed=False, words=words)
