"""Retrieving matches: by C-GET into our own folder, by C-MOVE to ourselves or from node to node."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from ui.engine import Channel
from ui.jobs import Job, JobState
from ui.models.query import MatchRow
from ui.session.bench import Bench
from ui.session.progress import RetrieveProgress
from ui.session.questions import identifier_to_retrieve
from workbench.config import Node
from workbench.dimse.status import CANCEL
from workbench.errors import StatusError
from workbench.net.requestor import connect
from workbench.services.archive import open_store
from workbench.services.query.models import Model
from workbench.services.retrieve.getting import GetFrom
from workbench.services.retrieve.move import move, move_contexts
from workbench.services.retrieve.progress import Progress, RetrieveResult
from workbench.services.retrieve.retrieval import Retrieval
from workbench.services.storage.scp import ReceivedObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a C-MOVE goes.

    Attributes:
        node: as the peer has to know it.
        arrived: gives how many objects it has received so far; None where that cannot be known.
    """

    node: Node
    arrived: Callable[[], int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be retrieved from whom; without a destination it comes by C-GET."""

    node: Node
    model: Model
    rows: tuple[MatchRow, ...]
    destination: Destination | None


class _Cancellable(Protocol):
    async def cancel(self) -> None: ...


class RetrieveDesk(QObject):
    """The retrieval under way.

    Signals:
        changed: the progress.
    """

    changed = Signal()

    def __init__(self, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.progress = RetrieveProgress()
        self._bench = bench
        self._steps: Channel[Progress] = bench.engine.open_channel(self._take)
        self._job: Job | None = None
        self._under_way: _Cancellable | None = None

    def retrieve(self, wish: Wish, folder: Path, on_received: Callable[[ReceivedObject], None]) -> Job | None:
        """Retrieves matches one after the other; None while another retrieval is under way.

        Args:
            folder: where the objects of a C-GET go.
            on_received: told of each of them in the engine's thread.
        """
        if self.progress.is_running:
            return None
        how = f"by C-MOVE to {wish.destination.node.ae_title}" if wish.destination else "by C-GET"
        self._show(RetrieveProgress(is_running=True, sentence=f"Retrieving from {wish.node.name} {how}…"))
        work = self._move(wish, wish.destination) if wish.destination else self._get(wish, folder, on_received)
        self._job = self._bench.run(f"Retrieve from {wish.node.name}", work)
        return self._job

    def cancel(self) -> None:
        """Sends C-CANCEL; asked again, or before there is an association, gives up at once."""
        if self._job is None or not self._job.is_running:
            return
        under_way, self._under_way = self._under_way, None
        if under_way is None:
            self._job.cancel()
        else:
            self._bench.engine.submit(under_way.cancel())
            self._show(replace(self.progress, sentence="Cancelling; once more to abort"))

    def job_changed(self, job: Job) -> None:
        """Takes note that a job has changed; one that is not the retrieval does not matter."""
        if job is self._job and not job.is_running:
            self._under_way = None
            outcome = "aborted" if job.state is JobState.CANCELLED else job.outcome
            is_failed = job.state is not JobState.DONE
            self._show(replace(self.progress, is_running=False, is_failed=is_failed, remaining=0, sentence=outcome))

    async def _move(self, wish: Wish, destination: Destination) -> str:
        bench, results = self._bench, list[RetrieveResult]()
        contexts = move_contexts([wish.model])
        local = bench.settings.value.local
        async with connect(wish.node, contexts, local=local, recorder=bench.recorder) as association:
            for row in wish.rows:
                async with move(
                    association,
                    wish.model,
                    identifier_to_retrieve(row),
                    destination=destination.node,
                    arrived=destination.arrived,
                ) as retrieval:
                    results.append(await self._follow(retrieval, results))
                if _is_over(results):
                    break
        return _outcome(results, len(wish.rows))

    async def _get(self, wish: Wish, folder: Path, on_received: Callable[[ReceivedObject], None]) -> str:
        bench, results = self._bench, list[RetrieveResult]()
        async with open_store(folder, on_received=on_received) as store:
            for row in wish.rows:
                async with GetFrom(
                    wish.node,
                    wish.model,
                    identifier_to_retrieve(row),
                    local=bench.settings.value.local,
                    receive=store.storage.handler,
                    recorder=bench.recorder,
                ) as retrieval:
                    results.append(await self._follow(retrieval, results))
                if _is_over(results):
                    break
        return _outcome(results, len(wish.rows))

    async def _follow(self, retrieval: Retrieval | GetFrom, before: Sequence[RetrieveResult]) -> RetrieveResult:
        self._under_way = retrieval
        async for progress in retrieval:
            self._steps.put(_sum([*before, progress]))
        result = await retrieval.finish()
        self._steps.put(_sum([*before, result]))
        return result

    def _take(self, steps: list[Progress]) -> None:
        latest = steps[-1]
        self._show(
            replace(
                self.progress,
                completed=latest.completed,
                failed=latest.failed,
                warnings=latest.warning,
                remaining=latest.remaining or 0,
            )
        )

    def _show(self, progress: RetrieveProgress) -> None:
        self.progress = progress
        self.changed.emit()


def _sum(parts: Sequence[Progress]) -> Progress:
    return Progress(
        remaining=parts[-1].remaining,
        completed=sum(part.completed for part in parts),
        failed=sum(part.failed for part in parts),
        warning=sum(part.warning for part in parts),
    )


def _is_over(results: Sequence[RetrieveResult]) -> bool:
    return not results[-1].is_complete


def _outcome(results: Sequence[RetrieveResult], wanted: int) -> str:
    """Gives the outcome in words.

    Raises:
        StatusError: one of the retrievals was neither complete nor cancelled.
    """
    whole, last = _sum(results), results[-1]
    objects = f"{whole.stored} {'object' if whole.stored == 1 else 'objects'} retrieved"
    if last.is_complete or last.status == CANCEL:
        return f"{objects}   ·   {last.reason}"
    left = f"; {wanted - len(results)} of {wanted} not begun" if wanted > len(results) else ""
    raise StatusError(last.status, f"{last.reason}   ·   {objects}{left}")
