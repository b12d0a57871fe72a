"""Storage commitment: has a node say that it answers for keeping what it has stored."""

from collections import Counter
from typing import Final

from PySide6.QtCore import QObject, Signal

from ui.engine import Channel
from ui.jobs import Job, JobState
from ui.models import words
from ui.session.bench import Bench
from ui.session.progress import CommitmentProgress
from ui.session.sending import SendQueue
from workbench.config import Node
from workbench.errors import NoAcceptedContext, StatusError
from workbench.services.commitment import CommitmentListener, CommitmentResult, Reference, commit
from workbench.services.commitment.references import PROCESSING_FAILURE, SOP_CLASS_NOT_SUPPORTED

PATIENCE: Final = 45.0  # seconds to wait for a report
STAY: Final = 5.0  # of them with the association kept open, where a report may also come to our listener
SHARE: Final = 0.75  # of the time after which a silent association is aborted

ASKED, COMMITTED, NOT_REPORTED = "commitment asked", "committed", "no report on commitment"


class CommitmentDesk(QObject):
    """The request under way, and what reports say of the objects in the send list.

    Attributes:
        listener: takes the reports, also those that come later; its offer belongs to our server.

    Signals:
        changed: the progress.
    """

    changed = Signal()

    def __init__(self, bench: Bench, queue: SendQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.progress = CommitmentProgress()
        self._bench = bench
        self._queue = queue
        self._results: Channel[CommitmentResult] = bench.engine.open_channel(self._take)
        self.listener = CommitmentListener(on_report=self._results.put)
        self._job: Job | None = None
        self._node = ""
        self._open: set[Reference] = set()  # asked for, and nothing said yet
        self._report: CommitmentResult | None = None
        queue.changed.connect(self._forget_what_is_over)

    def request(self, node: Node, *, is_listening: bool) -> Job | None:
        """Asks a node to commit to all that it has stored; None when that is nothing, or a request is under way.

        Args:
            is_listening: whether the node may report on an association of its own.
        """
        references = self._queue.stored
        if not references or self.progress.is_running:
            return None
        self._node, self._open, self._report = node.name, set(references), None
        what = _objects(len(references))
        self._show(CommitmentProgress(is_running=True, sentence=f"Asking {node.name} to answer for {what}…"))
        self._queue.note_commitment(dict.fromkeys(references, ASKED), is_committed=None)
        self._job = self._bench.run(f"Commitment by {node.name}", self._ask(node, references, is_listening))
        return self._job

    def cancel(self) -> None:
        """Waits no longer; a report that comes is taken all the same."""
        if self._job is not None:
            self._job.cancel()

    def job_changed(self, job: Job) -> None:
        """Takes note that a job has changed; one that is not the request does not matter."""
        if job is not self._job or job.is_running:
            return
        self._queue.note_commitment(dict.fromkeys(self._open, ""), is_committed=None)
        outcome, is_failed = job.outcome, job.state is JobState.FAILED
        if self._report is not None:  # it may have come just after the patience was over
            outcome, is_failed = _sentence(self._node, self._report), not self._report.is_complete
        elif job.state is JobState.CANCELLED:
            outcome = f"The report of {self._node} is no longer waited for"
        self._show(CommitmentProgress(is_failed=is_failed, sentence=outcome))
        if job.state is JobState.DONE:
            self._bench.tell("ok", outcome)

    async def _ask(self, node: Node, references: tuple[Reference, ...], is_listening: bool) -> str:
        local = self._bench.settings.value.local
        most = min(PATIENCE, SHARE * local.timeouts.idle)
        try:
            result = await commit(
                node,
                references,
                local=local,
                patience=PATIENCE if is_listening else most,
                stay=min(STAY, most) if is_listening else most,
                listener=self.listener,
                recorder=self._bench.recorder,
            )
        except NoAcceptedContext as error:
            raise StatusError(SOP_CLASS_NOT_SUPPORTED, f"{node.name} does not offer storage commitment") from error
        if result.problem:
            self._results.put(result)
        if not result.is_complete:
            reasons = [each.failure_reason for each in result.failed if each.failure_reason is not None]
            raise StatusError(reasons[0] if reasons else PROCESSING_FAILURE, _sentence(node.name, result))
        return _sentence(node.name, result)

    def _take(self, results: list[CommitmentResult]) -> None:
        for result in results:
            self._open.difference_update(each.reference for each in result.instances)
            if result.problem:
                silent = dict.fromkeys((each.reference for each in result.instances), NOT_REPORTED)
                self._queue.note_commitment(silent, is_committed=None)
                continue
            self._report = result
            self._queue.note_commitment(dict.fromkeys(result.committed, COMMITTED), is_committed=True)
            failed = {each.reference: each.words for each in result.failed}
            self._queue.note_commitment(failed, is_committed=False)
            if not self.progress.is_running:
                sentence = f"Late, but it came: {_sentence(self._node, result)}"
                self._bench.tell("ok" if result.is_complete else "error", sentence)
                self._show(CommitmentProgress(is_failed=not result.is_complete, sentence=sentence))

    def _forget_what_is_over(self) -> None:
        is_over = not self.progress.is_running and (self._queue.is_sending or not self._queue.stored)
        if is_over and self.progress.sentence:
            self._show(CommitmentProgress())

    def _show(self, progress: CommitmentProgress) -> None:
        self.progress = progress
        self.changed.emit()


def _sentence(node: str, result: CommitmentResult) -> str:
    if result.problem:
        return result.problem
    if result.is_complete:
        return f"{node} answers for {_objects(len(result.instances))}"
    reasons = Counter(each.words for each in result.failed)
    listed = "; ".join(f"{words.count(number)} not: {reason}" for reason, number in reasons.items())
    return f"{node} answers for {words.count(len(result.committed))} of {_objects(len(result.instances))}; {listed}"


def _objects(number: int) -> str:
    return f"{words.count(number)} {'object' if number == 1 else 'objects'}"
