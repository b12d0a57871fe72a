"""Sends many instances to one node, over as many associations as they need; each ends with a status or a reason.

The presentation contexts are what the instances need. When that is more than the 128 of one association, the instances
are sent group by group. Within a group several associations may take from one queue, and several C-STORE operations may
be outstanding on each, which hides the round trips of small objects. While one object is sent, the next one is read.

When an association is lost, the object under way has failed, and the rest goes on over a new one (see `sender`).

A `Sending` is a list of instances that may be sent in rounds: `run` sends what waits; in between instances may be
added, removed, or reset to be sent again.
"""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypedDict, Unpack

from workbench.acse.agreement import Agreement
from workbench.acse.contexts import ContextNeed
from workbench.config import LocalAe, Node
from workbench.errors import NoAcceptedContext, WorkbenchError
from workbench.services.storage.alterations import Alteration, Alterations
from workbench.services.storage.instances import Sendable
from workbench.services.storage.inventing import Invented, Inventor
from workbench.services.storage.outcomes import InstanceState, Outcome, OutcomeState, Summary, report
from workbench.services.storage.proposals import OwnSyntaxes, Proposal
from workbench.services.storage.scu import MoveOriginator
from workbench.services.storage.send_groups import Group, groups
from workbench.services.storage.sender import Sender
from workbench.services.transcoding.conversion import Conversion
from workbench.trace.recorder import Recorder
from workbench.upper_layer.items import UserInformationItem

_NOT_PROPOSED = "nothing is to be proposed for it"


class SendObserver(Protocol):
    """Is told of every step, on the event loop; must neither block nor raise. Instances are named by their index."""

    def association_opened(self, number: int, node: Node, agreement: Agreement) -> None:
        """An association was established."""

    def association_ended(self, number: int, how: str) -> None:
        """It ended; `how` is a phrase for people."""

    def started(self, index: int, association: int) -> None:
        """An instance is being sent; told again when it is sent a second time."""

    def progress(self, index: int, sent_bytes: int) -> None:
        """So many bytes of its data set were handed to the network; not told of small instances.

        Of one that was converted they are in proportion to the length that it had before.
        """

    def sent(self, index: int, association: int) -> None:
        """All of it was handed to the network; its answer is awaited."""

    def finished(self, index: int, outcome: Outcome) -> None:
        """It has its outcome, which does not change any more in this round."""


class _More(TypedDict, total=False):
    status: int
    latency: float
    association: int
    transfer_syntax_uid: str
    context_id: int
    error: WorkbenchError


class Sending:
    """Sends the instances when `run` is called.

    Args:
        jobs: how many associations may work at the same time.
        window: how many operations may be outstanding on each, if the peer grants it (PS3.7 D.3.3.3).
        convert: what may be done to an instance that the peer does not accept in the transfer syntax it has.
        preferred_syntax: what instances are converted into, where that may be, even if the peer takes them as they are.
        stop_at_first_failure: leave the rest unsent after an instance failed.
        check: look through the data sets of files before they are sent; one that is cut short or broken has failed.
        stop_at_status: that a peer answers with the status of a failure is one of these.
        proposal: which presentation contexts are proposed; None proposes what the instances need (see `proposals`).
        alterations: what else is done to the data sets on their way out.
        inventor: makes a new instance of each (see `inventing`).
        abort_at_end: end associations by A-ABORT when all is done, to see how the peer takes it.
        tls: by which rules to secure the connections; None leaves them plain.
        user_information: further items to propose: user identity, roles, extended negotiation.
        originator: told to the peer when all this is sent because of a C-MOVE.
        observer: is told of every step.
        on_trouble: takes each error that ended an association, with its number, or kept one from being opened.
        extra_contexts: proposed besides what the instances need.

    Attributes:
        outcomes: one for each instance, in their order; None as long as it has none.
        alteration: what is done to each instance that is under way and not sent as it is, by index.
        invented: who they become.
        proposed: how many presentation contexts were proposed in this round.
        senders: those of the group that is being sent.
        ending: why no further instance is begun; empty as long as all goes on.
        is_last_association: whether no further association is to be opened.
        window: as given; 1 after the peer broke it.
        is_window_broken: whether the peer did; it should not be offered a window again.
    """

    def __init__(
        self,
        instances: Iterable[Sendable],
        node: Node,
        local: LocalAe,
        *,
        jobs: int = 1,
        window: int = 1,
        convert: Conversion = Conversion.NEVER,
        preferred_syntax: str = "",
        stop_at_first_failure: bool = False,
        stop_at_status: bool = True,
        check: bool = True,
        proposal: Proposal | None = None,
        alterations: Alterations | None = None,
        inventor: Inventor | None = None,
        abort_at_end: bool = False,
        tls: ssl.SSLContext | None = None,
        user_information: Sequence[UserInformationItem] = (),
        originator: MoveOriginator | None = None,
        recorder: Recorder | None = None,
        observer: SendObserver | None = None,
        on_trouble: Callable[[WorkbenchError, int | None], None] | None = None,
        extra_contexts: Sequence[ContextNeed] = (),
    ) -> None:
        self.instances: tuple[Sendable, ...] = tuple(instances)
        self.outcomes: list[Outcome | None] = [None] * len(self.instances)
        self.attempts = [0] * len(self.instances)
        self.node = node
        self.local = local
        self.window = max(1, window)
        self.is_window_broken = False
        self.convert = convert
        self.preferred_syntax = preferred_syntax
        self.check = check
        self.originator = originator
        self.recorder = recorder or Recorder()  # one for all, so that each association has its number
        self.observer = observer
        self.ending = ""
        self.is_last_association = False
        self.senders: tuple[Sender, ...] = ()
        self._jobs = max(1, jobs)
        self._stop_at_first_failure = stop_at_first_failure
        self._on_trouble = on_trouble
        self._extra_contexts = extra_contexts
        self.alterations = alterations or Alterations()
        self.inventor = inventor
        self.abort_at_end = abort_at_end
        self.tls = tls
        self.user_information = tuple(user_information)
        self.alteration: dict[int, Alteration] = {}
        self.invented: dict[int, Invented] = {}
        self.proposed = 0
        self._proposal = proposal or OwnSyntaxes(convert)
        self._stop_at_status = stop_at_status
        self._under_way: dict[int, InstanceState] = {}
        self._is_over = False  # a round has ended and no further one has begun
        self._is_running = False

    # The list

    @property
    def states(self) -> tuple[InstanceState, ...]:
        """Where each instance stands."""
        return tuple(
            self._under_way.get(index) or ("waiting" if outcome is None else outcome.state)
            for index, outcome in enumerate(self.outcomes)
        )

    @property
    def waiting(self) -> tuple[int, ...]:
        """The indices of the instances that the next round sends: those without an outcome, and those not sent."""
        return tuple(index for index, state in enumerate(self.states) if state in ("waiting", "not sent"))

    def add(self, instances: Iterable[Sendable]) -> range:
        """Appends instances and gives their indices. Between rounds only, as everything that changes the list."""
        self._between_rounds()
        first = len(self.instances)
        self.instances += tuple(instances)
        new = range(first, len(self.instances))
        self.outcomes += [None] * len(new)
        self.attempts += [0] * len(new)
        return new

    def remove(self, indices: Iterable[int]) -> None:
        """Takes instances out of the list; those behind them move up."""
        self._between_rounds()
        gone = set(indices)
        kept = [index for index in range(len(self.instances)) if index not in gone]
        self.instances = tuple(self.instances[index] for index in kept)
        self.outcomes = [self.outcomes[index] for index in kept]
        self.attempts = [self.attempts[index] for index in kept]

    def remove_all(self, *states: InstanceState) -> None:
        """Takes out all instances in these states, such as "stored" and "warning" for what the peer has."""
        self.remove(index for index, state in enumerate(self.states) if state in states)

    def reset(self, indices: Iterable[int] | None = None) -> None:
        """Forgets outcomes, so that the next round sends the instances again; without `indices` those of all."""
        self._between_rounds()
        for index in range(len(self.instances)) if indices is None else indices:
            self.outcomes[index] = None
            self.attempts[index] = 0

    def report(self) -> str:
        """Gives a report to keep: counts by status, and what became of each instance."""
        return report(self.instances, self.outcomes, self.node, self.local, when=datetime.now())

    # A round

    async def run(self) -> Summary:
        """Sends what waits and gives the summary of the list; no error of a peer, a file or the network is raised."""
        self._between_rounds()
        if self._is_over:
            self.ending, self.is_last_association, self._is_over = "", False, False
        begin = time.monotonic()
        self._is_running, self.proposed = True, 0
        try:
            for group in list(groups(self.instances, self.waiting, self._proposal, self._extra_contexts)):
                await self._run_group(group)
        finally:
            self._is_running, self._is_over = False, True
        return Summary.of(self.outcomes, time.monotonic() - begin)

    def release_after_this(self) -> None:
        """Begins no further instance: those under way are finished, then the associations are released."""
        self._end("released on request")

    def release_after_association(self) -> None:
        """Opens no further association: those that are open send all that they can take."""
        self.is_last_association = True

    def abort_now(self) -> None:
        """Aborts the associations; instances under way have failed, the rest is not sent."""
        self._end("aborted on request")
        for sender in self.senders:
            sender.abort("aborted on request")

    # What the senders tell

    def trouble(self, error: WorkbenchError, association: int | None) -> None:
        """Takes an error of an association from a sender; None when it was not established."""
        if self._on_trouble is not None:
            self._on_trouble(error, association)

    def started(self, index: int, association: int) -> None:
        """Takes note that an instance is begun."""
        self.attempts[index] += 1
        self._under_way[index] = "sending"
        if self.observer is not None:
            self.observer.started(index, association)

    def sent(self, index: int, association: int) -> None:
        """Takes note that an instance awaits its answer."""
        self._under_way[index] = "sent"
        if self.observer is not None:
            self.observer.sent(index, association)

    def taken_back(self, index: int) -> None:
        """Takes note that an instance waits again, for it is to be sent a second time."""
        self._under_way.pop(index, None)

    def finish(self, index: int, state: OutcomeState, reason: str, **more: Unpack[_More]) -> None:
        """Takes the outcome of an instance from a sender."""
        instance = self.instances[index]
        outcome = Outcome(instance=instance, state=state, reason=reason, attempts=self.attempts[index], **more)
        self.outcomes[index] = outcome
        for under_way in (self._under_way, self.alteration, self.invented):
            under_way.pop(index, None)
        if self.observer is not None:
            self.observer.finished(index, outcome)
        if state == "failed" and self._stop_at_first_failure and (outcome.status is None or self._stop_at_status):
            self._end(f"stopped after the failure of {instance.name}")

    def _between_rounds(self) -> None:
        if self._is_running:
            raise RuntimeError("the instances are being sent")

    def _end(self, reason: str) -> None:
        if self._is_over:
            return
        self.ending = self.ending or reason
        for sender in self.senders:
            sender.stop_connecting()

    async def _run_group(self, group: Group) -> None:
        queue = deque(group.indices)
        if queue and not group.contexts:
            self._refuse(queue)
        if self.is_last_association and not self.ending and self.senders:
            self._end("stopped after the association")
        if queue and not self.ending:
            self.proposed += len(group.contexts)
            self.senders = tuple(Sender(self, group.contexts, queue) for _ in range(min(self._jobs, len(queue))))
            async with asyncio.TaskGroup() as tasks:
                for sender in self.senders:
                    sender.task = tasks.create_task(sender.run())
        causes = [sender.trouble for sender in self.senders if sender.trouble]
        while queue:
            self.finish(queue.popleft(), "not sent", self.ending or (causes or ["stopped after the association"])[-1])

    def _refuse(self, queue: deque[int]) -> None:
        """Fails the instances for which nothing is proposed, until it is enough."""
        while queue and not self.ending:
            instance = self.instances[queue[0]]
            error = NoAcceptedContext(instance.sop_class_uid, instance.transfer_syntax_uid, _NOT_PROPOSED)
            self.finish(queue.popleft(), "failed", str(error), error=error)
