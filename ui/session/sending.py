"""The send list: each object from waiting to its result."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from ui.engine import Channel
from ui.jobs import Job
from ui.models import words
from ui.models.send import (
    FAILED,
    NOT_COMMITTED,
    NOT_SENT,
    SENDING,
    STORED,
    UNFINISHED,
    WAITING,
    WARNING,
    SendModel,
    SendRow,
)
from ui.session.bench import Bench
from ui.session.progress import SendProgress
from ui.session.rates import Rate
from workbench import dictionary
from workbench.acse.contexts import ContextNeed
from workbench.acse.negotiate import Agreement
from workbench.config import Node
from workbench.services.commitment import Reference
from workbench.services.storage.outcomes import Outcome
from workbench.services.storage.sending import Sending
from workbench.storage.part10 import Instance
from workbench.upper_layer.items import UserInformationItem

_PACE = 0.1  # seconds between two tellings while objects go out
_TICK = 250  # milliseconds after which rate and time left are told anew even when nothing moves


class _Step(NamedTuple):
    """What became of one object, by its place within the send under way."""

    place: int
    association: int | None = None
    sent: int | None = None
    outcome: Outcome | None = None


class _Observer:
    """Hands on what the engine tells of a send. Called in the engine's thread."""

    def __init__(self, steps: Channel[_Step], lengths: tuple[int, ...]) -> None:
        self._steps = steps
        self._lengths = lengths

    def association_opened(self, number: int, node: Node, agreement: Agreement) -> None:
        """Nothing to do: the trace tells it."""

    def association_ended(self, number: int, how: str) -> None:
        """Nothing to do: the trace tells it."""

    def started(self, index: int, association: int) -> None:
        """An object is on its way."""
        self._steps.put(_Step(index, association=association))

    def progress(self, index: int, sent_bytes: int) -> None:
        """So many bytes of its data set are sent."""
        self._steps.put(_Step(index, sent=sent_bytes))

    def sent(self, index: int, association: int) -> None:
        """All of it is sent; the answer is awaited."""
        self._steps.put(_Step(index, sent=self._lengths[index]))

    def finished(self, index: int, outcome: Outcome) -> None:
        """It has its result."""
        self._steps.put(_Step(index, outcome=outcome))


class SendQueue(QObject):
    """The objects to send and the one send that may be under way.

    Signals:
        changed: the progress, or whether a send is under way.
    """

    changed = Signal()

    def __init__(self, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = SendModel(self)
        self.progress = SendProgress()
        self._bench = bench
        self._instances: list[Instance] = []
        self._paths: set[str] = set()
        self._steps: Channel[_Step] = bench.engine.open_channel(self._take)
        self._positions: list[int] = []
        self._sending: Sending | None = None
        self._job: Job | None = None
        self._node: Node | None = None
        self._jobs = 1
        self._rate = Rate()
        self._finished_bytes = 0
        self._in_flight: dict[int, int] = {}
        self._sent_bytes = 0  # of what has its outcome: what the peer really got
        self._answered = 0  # objects that the peer gave a status for
        self._counts: Counter[str] = Counter()
        self._told = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._tell)

    # The list

    @property
    def is_sending(self) -> bool:
        """Whether a send is under way."""
        return self._job is not None and self._job.is_running

    @property
    def last_node(self) -> Node | None:
        """The node of the send under way or the last one."""
        return self._node

    @property
    def needs(self) -> list[ContextNeed]:
        """The SOP Class and the transfer syntax of every object in the list."""
        return [(each.sop_class_uid, each.transfer_syntax_uid) for each in self._instances]

    def add(self, instances: Sequence[Instance]) -> None:
        """Adds objects at the end; one whose file is in the list already is left out."""
        new = list({each.path: each for each in instances if each.path not in self._paths}.values())
        self._instances.extend(new)
        self._paths.update(each.path for each in new)
        self.model.append([_row(each) for each in new])

    def remove(self, positions: Iterable[int]) -> None:
        """Takes objects out of the list; nothing while a send is under way."""
        if self.is_sending:
            self._bench.tell("note", "The list cannot be changed while it is being sent.")
            return
        gone = set(positions)
        self._instances = [each for at, each in enumerate(self._instances) if at not in gone]
        self._paths = {each.path for each in self._instances}
        self.model.set_rows([row for at, row in enumerate(self.model.rows) if at not in gone])

    def clear(self) -> None:
        """Empties the list; nothing while a send is under way."""
        self.remove(range(len(self._instances)))
        if not self.is_sending:
            self.progress = SendProgress()
            self.changed.emit()

    # Storage commitment

    @property
    def stored(self) -> tuple[Reference, ...]:
        """What the last node said that it has stored."""
        return tuple(Reference(row.sop_class_uid, row.sop_instance_uid) for row in self.model.rows if row.is_stored)

    def note_commitment(self, words_of: Mapping[Reference, str], *, is_committed: bool | None) -> None:
        """Notes for objects that were stored what became of their commitment.

        Args:
            words_of: says it in words; empty takes back what was said before.
            is_committed: None where that is not known.
        """
        changes: dict[int, SendRow] = {}
        for at, row in enumerate(self.model.rows):
            words_for_row = words_of.get(Reference(row.sop_class_uid, row.sop_instance_uid))
            if words_for_row is not None and row.is_stored:
                state = NOT_COMMITTED if is_committed is False else row.state
                if is_committed:
                    state = WARNING if row.status else STORED
                changes[at] = replace(row, state=state, commitment=words_for_row)
        self.model.update(changes)
        self.changed.emit()

    # The send

    def send(
        self,
        node: Node,
        *,
        jobs: int,
        stop_at_first_failure: bool,
        contexts: Sequence[ContextNeed],
        negotiation: Sequence[UserInformationItem] = (),
    ) -> Job:
        """Sends what has no result yet; when all has, or it went to another node, all of it.

        Args:
            contexts, negotiation: what is proposed besides what the objects need.

        A second send while one is under way is not begun: its job is given.
        """
        if self._job is not None and self._job.is_running:
            return self._job
        unfinished = [at for at, row in enumerate(self.model.rows) if row.is_unfinished]
        is_same_node = self._node is None or self._node.name == node.name
        positions = unfinished if unfinished and is_same_node else list(range(len(self._instances)))
        return self._start(node, positions, jobs, stop_at_first_failure, contexts, negotiation)

    def retry(self, contexts: Sequence[ContextNeed], negotiation: Sequence[UserInformationItem] = ()) -> Job | None:
        """Sends again, to the same node, what has no good result; None when there is nothing to do."""
        if self.is_sending or self._node is None:
            return None
        positions = [at for at, row in enumerate(self.model.rows) if row.state in UNFINISHED]
        return self._start(self._node, positions, self._jobs, False, contexts, negotiation) if positions else None

    def release_after_this(self) -> None:
        """Ends the send after the objects under way, with a release."""
        if self.is_sending and self._sending is not None:
            self._bench.engine.call(self._sending.release_after_this)
            self._set_ending("release")

    def abort_now(self) -> None:
        """Ends the send at once, with an abort."""
        if self.is_sending and self._sending is not None:
            self._bench.engine.call(self._sending.abort_now)
            self._set_ending("abort")

    def job_changed(self, job: Job) -> None:
        """Takes note that a job has changed; one that is not the send does not matter."""
        if job is self._job and not job.is_running:
            self._end()

    def _start(
        self,
        node: Node,
        positions: list[int],
        jobs: int,
        stop_at_first_failure: bool,
        contexts: Sequence[ContextNeed],
        negotiation: Sequence[UserInformationItem],
    ) -> Job:
        self._node, self._jobs, self._positions = node, jobs, positions
        self._rate, self._finished_bytes, self._in_flight, self._counts = Rate(), 0, {}, Counter()
        self._sent_bytes, self._answered = 0, 0
        used = (at for at in positions if self.model.rows[at].state != WAITING)
        self.model.update({at: _row(self._instances[at]) for at in used})
        self._sending = Sending(
            [self._instances[at] for at in positions],
            node,
            self._bench.settings.value.local,
            jobs=jobs,
            stop_at_first_failure=stop_at_first_failure,
            recorder=self._bench.recorder,
            observer=_Observer(self._steps, tuple(self._instances[at].length for at in positions)),
            extra_contexts=contexts,
            user_information=tuple(negotiation),
        )
        total_bytes = sum(self._instances[at].length for at in positions)
        self.progress = SendProgress(node=node.name, is_running=True, total=len(positions), bytes_total=total_bytes)
        self._job = self._bench.run(f"Send to {node.name}", _run(self._sending))
        self._job.on_cancel = self.abort_now
        if self._job.is_running:
            self._timer.start()
        else:
            self._end()
        self.changed.emit()
        return self._job

    def _take(self, steps: list[_Step]) -> None:
        changes: dict[int, SendRow] = {}
        for step in steps:
            position = self._positions[step.place]
            row = changes.get(position, self.model.rows[position])
            if step.outcome is not None:
                changes[position] = _with_outcome(row, step.outcome)
                self._counts[step.outcome.state] += 1
                sent = self._in_flight.pop(position, 0)
                self._sent_bytes += row.size if step.outcome.state in (STORED, WARNING) else sent
                self._answered += step.outcome.status is not None
                self._finished_bytes += row.size
            elif step.sent is not None:
                changes[position] = replace(row, sent=step.sent)
                self._in_flight[position] = step.sent
            else:
                changes[position] = replace(row, state=SENDING, sent=0, association=step.association)
        self.model.update(changes)
        # The views sum up and lay out anew: ten times a second is enough to read, and the timer tells the last.
        if monotonic() - self._told >= _PACE:
            self._tell()

    def _tell(self) -> None:
        self._told = monotonic()
        in_flight = sum(self._in_flight.values())
        bytes_done = self._finished_bytes + in_flight
        # What was not sent is done with, but it is no speed.
        self._rate.sample(self._sent_bytes + in_flight, self._answered)
        self.progress = replace(
            self.progress,
            stored=self._counts[STORED],
            warnings=self._counts[WARNING],
            failed=self._counts[FAILED],
            not_sent=self._counts[NOT_SENT],
            bytes_done=bytes_done,
            seconds=self._rate.seconds,
            bytes_per_second=self._rate.bytes_per_second,
            objects_per_second=self._rate.objects_per_second,
            remaining_seconds=self._rate.remaining(self.progress.bytes_total - bytes_done),
        )
        if self._job is not None:
            self._job.report(self.progress.sentence, self.progress.fraction)
        self.changed.emit()

    def _end(self) -> None:
        """Takes the end of the send. What has no result by now, because the work itself failed, is not sent."""
        self._timer.stop()
        job = self._job
        reason = job.outcome if job is not None else ""
        left = [at for at in self._positions if self.model.rows[at].state in (WAITING, SENDING)]
        self.model.update({at: replace(self.model.rows[at], state=NOT_SENT, reason=reason) for at in left})
        self._counts[NOT_SENT] += len(left)
        seconds = self._rate.seconds
        sent_bytes = self._sent_bytes + sum(self._in_flight.values())
        self._tell()
        self.progress = replace(
            self.progress,
            is_running=False,
            seconds=seconds,
            bytes_per_second=sent_bytes / seconds if seconds else 0.0,
            objects_per_second=self._answered / seconds if seconds else 0.0,
        )
        self._sending = None
        severity = "error" if self.progress.failed or self.progress.not_sent else "ok"
        self._bench.tell("warning" if severity == "ok" and self.progress.warnings else severity, reason)
        self.changed.emit()

    def _set_ending(self, ending: str) -> None:
        self.progress = replace(self.progress, ending=ending)
        self.changed.emit()


async def _run(sending: Sending) -> str:
    summary = await sending.run()
    parts = [f"{words.count(summary.stored)} stored"]
    counts = ((summary.warnings, "stored with a warning"), (summary.failed, "failed"), (summary.not_sent, "not sent"))
    parts += [f"{words.count(number)} {text}" for number, text in counts if number]
    return ", ".join(parts)


def _row(instance: Instance) -> SendRow:
    return SendRow(
        name=instance.name,
        path=instance.path,
        sop_class_uid=instance.sop_class_uid,
        sop_class=dictionary.sop_class_short(instance.sop_class_uid),
        sop_instance_uid=instance.sop_instance_uid,
        transfer_syntax_uid=instance.transfer_syntax_uid,
        transfer_syntax=dictionary.transfer_syntax_short(instance.transfer_syntax_uid),
        size=instance.length,
    )


def _with_outcome(row: SendRow, outcome: Outcome) -> SendRow:
    return replace(
        row,
        state=outcome.state,
        status=outcome.status,
        reason=outcome.reason,
        latency=outcome.latency,
        association=outcome.association if outcome.association is not None else row.association,
        sent=row.size if outcome.state in (STORED, WARNING) else row.sent,
    )
