"""Sends many instances to one node, over as many associations as they need; each ends with a status or a reason.

The presentation contexts are what the instances need. When that is more than the 128 of one association, the instances
are sent group by group. Within a group several associations may take from one queue, which hides the round trips of
small objects. While one object is sent, the next one is read.

When an association is lost, the object under way has failed, and the rest goes on over a new one (see `sender`).
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypedDict, Unpack

from workbench.acse.contexts import ContextNeed, propose_for_instances
from workbench.acse.negotiate import Agreement
from workbench.config import LocalAe, Node
from workbench.errors import WorkbenchError
from workbench.services.sender import Sender
from workbench.storage.part10 import Instance
from workbench.trace.recorder import Recorder
from workbench.upper_layer.items import ProposedContext

OutcomeState = Literal["stored", "warning", "failed", "not sent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one instance.

    Attributes:
        state: "not sent" says that nothing was wrong with the instance: it was never its turn.
        status: the status of the response, None when there was none.
        reason: the status or the cause in words.
        latency: seconds from the last byte sent to the response.
        association: the number of the association that it was sent over.
    """

    instance: Instance
    state: OutcomeState
    status: int | None = None
    reason: str = ""
    latency: float | None = None
    association: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many instances ended in which state, in how many seconds, and the bytes of the acknowledged data sets."""

    stored: int
    warnings: int
    failed: int
    not_sent: int
    seconds: float
    bytes: int

    @property
    def is_acknowledged(self) -> bool:
        """Whether the peer has every instance."""
        return not self.failed and not self.not_sent


class SendObserver(Protocol):
    """Is told of every step, on the event loop; must neither block nor raise. Instances are named by their index."""

    def association_opened(self, number: int, node: Node, agreement: Agreement) -> None:
        """An association was established."""

    def association_ended(self, number: int, how: str) -> None:
        """It ended; `how` is a phrase for people."""

    def started(self, index: int, association: int) -> None:
        """An instance is being sent."""

    def progress(self, index: int, sent_bytes: int) -> None:
        """So many bytes of its data set were handed to the network; not told of small instances."""

    def sent(self, index: int, association: int) -> None:
        """All of it was handed to the network; its answer is awaited."""

    def finished(self, index: int, outcome: Outcome) -> None:
        """It has its outcome, which does not change any more."""


class _More(TypedDict, total=False):
    status: int
    latency: float
    association: int


class Sending:
    """Sends the instances when `run` is called, once.

    Args:
        jobs: how many associations may work at the same time.
        stop_at_first_failure: leave the rest unsent after an instance failed.
        observer: is told of every step.
        on_trouble: takes each error that ended an association, with its number, or kept one from being opened.
        extra_contexts: proposed besides what the instances need.

    Attributes:
        outcomes: one for each instance, in their order; None as long as it has none.
        senders: those of the group that is being sent.
        ending: why no further instance is begun; empty as long as all goes on.
    """

    def __init__(
        self,
        instances: Iterable[Instance],
        node: Node,
        local: LocalAe,
        *,
        jobs: int = 1,
        stop_at_first_failure: bool = False,
        recorder: Recorder | None = None,
        observer: SendObserver | None = None,
        on_trouble: Callable[[WorkbenchError, int | None], None] | None = None,
        extra_contexts: Sequence[ContextNeed] = (),
    ) -> None:
        self.instances = tuple(instances)
        self.outcomes: list[Outcome | None] = [None] * len(self.instances)
        self.node = node
        self.local = local
        self.recorder = recorder or Recorder()  # one for all, so that each association has its number
        self.observer = observer
        self.ending = ""
        self._jobs = max(1, jobs)
        self._stop_at_first_failure = stop_at_first_failure
        self._on_trouble = on_trouble
        self._extra_contexts = extra_contexts
        self.senders: tuple[Sender, ...] = ()

    async def run(self) -> Summary:
        """Sends everything and gives the summary; no error of a peer, a file or the network is raised."""
        begin = time.monotonic()
        for contexts, queue in self._groups():
            await self._run_group(contexts, queue)
        return self._summary(time.monotonic() - begin)

    def release_after_this(self) -> None:
        """Begins no further instance: those under way are finished, then the associations are released."""
        self._end("released on request")

    def abort_now(self) -> None:
        """Aborts the associations; instances under way have failed, the rest is not sent."""
        self._end("aborted on request")
        for sender in self.senders:
            sender.abort("aborted on request")

    def trouble(self, error: WorkbenchError, association: int | None) -> None:
        """Takes an error of an association from a sender; None when it was not established."""
        if self._on_trouble is not None:
            self._on_trouble(error, association)

    def finish(self, index: int, state: OutcomeState, reason: str, **more: Unpack[_More]) -> None:
        """Takes the outcome of an instance from a sender."""
        instance = self.instances[index]
        outcome = Outcome(instance=instance, state=state, reason=reason, **more)
        self.outcomes[index] = outcome
        if self.observer is not None:
            self.observer.finished(index, outcome)
        if state == "failed" and self._stop_at_first_failure:
            self._end(f"stopped after the failure of {instance.name}")

    def _end(self, reason: str) -> None:
        self.ending = self.ending or reason
        for sender in self.senders:
            sender.stop_connecting()

    def _groups(self) -> Iterator[tuple[tuple[ProposedContext, ...], deque[int]]]:
        """Gives the proposals with the instances that each is for; every instance is in exactly one."""
        needs = [(instance.sop_class_uid, instance.transfer_syntax_uid) for instance in self.instances]
        waiting = dict.fromkeys(range(len(needs)))
        for contexts in propose_for_instances([*self._extra_contexts, *needs]):
            offered = {(c.abstract_syntax, syntax) for c in contexts for syntax in c.transfer_syntaxes}
            indices = [index for index in waiting if needs[index] in offered]
            for index in indices:
                del waiting[index]
            yield contexts, deque(indices)

    async def _run_group(self, contexts: tuple[ProposedContext, ...], queue: deque[int]) -> None:
        if queue and not self.ending:
            self.senders = tuple(Sender(self, contexts, queue) for _ in range(min(self._jobs, len(queue))))
            async with asyncio.TaskGroup() as group:
                for sender in self.senders:
                    sender.task = group.create_task(sender.run())
        causes = [sender.trouble for sender in self.senders if sender.trouble]
        while queue:
            self.finish(queue.popleft(), "not sent", self.ending or causes[-1])

    def _summary(self, seconds: float) -> Summary:
        states = [outcome.state for outcome in self.outcomes if outcome is not None]
        return Summary(
            stored=states.count("stored"),
            warnings=states.count("warning"),
            failed=states.count("failed"),
            not_sent=states.count("not sent"),
            seconds=seconds,
            bytes=sum(o.instance.length for o in self.outcomes if o is not None and o.state in ("stored", "warning")),
        )
