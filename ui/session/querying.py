"""Asking a node what it has: one query at a time, and the way down from patients to objects."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pydicom.dataset import Dataset
from PySide6.QtCore import QObject, Signal

from ui.engine import Channel
from ui.jobs import Job, JobState
from ui.models import words
from ui.models.query import MatchModel, MatchRow
from ui.session.bench import Bench
from ui.session.progress import QueryProgress
from ui.session.questions import QUESTIONS, Fields, Keys, Question, identifier_of, next_level, row_of
from workbench.config import Node
from workbench.errors import ConfigError, StatusError
from workbench.net.requestor import connect
from workbench.services.query.find import Query, find, find_contexts

MOST = 10_000
"""Matches that one query takes; then it is cancelled, for nobody reads that many."""


class _Page(NamedTuple):
    """A level that was asked for, with what it showed."""

    title: str
    level: str
    parents: Keys
    rows: tuple[MatchRow, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class _Answer:
    """A match of a query, which has a number so that late ones of an older query are told from it."""

    query: int
    row: MatchRow


class QueryDesk(QObject):
    """The query under way, its matches, and those of the levels above.

    Signals:
        changed: the progress.
    """

    changed = Signal()

    def __init__(self, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = MatchModel(self)
        self.progress = QueryProgress()
        self._bench = bench
        self._answers: Channel[_Answer] = bench.engine.open_channel(self._take)
        self._job: Job | None = None
        self._query: Query | None = None  # the one under way, while it can be cancelled
        self._number = 0
        self._node: Node | None = None
        self._question = QUESTIONS[0]
        self._level = self._question.level
        self._parents: Keys = ()
        self._above: list[_Page] = []

    @property
    def node(self) -> Node | None:
        """The node that was asked last."""
        return self._node

    @property
    def question(self) -> Question:
        """What was asked last."""
        return self._question

    def ask(self, node: Node, question: Question, fields: Fields) -> Job | None:
        """Asks at the top level of a question; None where a field is wrong, which the progress then says."""
        try:
            identifier = identifier_of(question, question.level, (), fields)
        except ConfigError as error:
            self._show(replace(self.progress, sentence=str(error), is_failed=True))
            return None
        self._node, self._question, self._level, self._parents = node, question, question.level, ()
        self._above.clear()
        return self._run(identifier)

    def open(self, position: int) -> Job | None:
        """Asks for what a match contains; None where there is nothing below it, or a query is under way."""
        row = self.model.rows[position]
        below = next_level(self._question, row.level)
        if not below or self.progress.is_running or self._node is None:
            return None
        self._above.append(_Page(row.title, self._level, self._parents, tuple(self.model.rows), self.progress.sentence))
        self._level, self._parents = below, row.keys
        return self._run(identifier_of(self._question, below, row.keys, Fields()))

    def close(self) -> None:
        """Goes back to the level above, as it was."""
        if not self._above or self.progress.is_running:
            return
        page = self._above.pop()
        self._level, self._parents = page.level, page.parents
        self.model.set_rows(page.rows)
        self._show(replace(self.progress, path=self._path(), sentence=page.sentence, is_failed=False))

    def cancel(self) -> None:
        """Sends C-CANCEL, what has come stays; asked again, or before there is an association, gives up at once."""
        if self._job is None or not self._job.is_running:
            return
        query, self._query = self._query, None
        if query is None:
            self._job.cancel()
        else:
            self._bench.engine.submit(query.cancel())
            self._show(replace(self.progress, sentence=f"Cancelling; once more to abort   ·   {self.progress.node}"))

    def job_changed(self, job: Job) -> None:
        """Takes note that a job has changed; one that is not the query does not matter."""
        if job is self._job and not job.is_running:
            failed = job.state is JobState.FAILED
            outcome = "aborted" if job.state is JobState.CANCELLED else job.outcome
            self._query = None
            found = words.count(len(self.model.rows))
            sentence = outcome if failed else f"{found} {'match' if found == '1' else 'matches'}   ·   {outcome}"
            self._show(replace(self.progress, is_running=False, is_failed=failed, sentence=sentence))

    def _run(self, identifier: Dataset) -> Job:
        assert self._node is not None
        self._number += 1
        self.model.clear()
        self._show(
            QueryProgress(
                node=self._node.name,
                is_running=True,
                path=self._path(),
                can_retrieve=bool(self._level and (self._question.model.move or self._question.model.get)),
                sentence=f"Asking {self._node.name}…",
            )
        )
        work = self._find(self._number, self._node, self._question, self._level, self._parents, identifier)
        self._job = self._bench.run(f"Query {self._node.name}", work)
        return self._job

    async def _find(
        self, number: int, node: Node, question: Question, level: str, parents: Keys, identifier: Dataset
    ) -> str:
        began = time.monotonic()
        bench = self._bench
        contexts = find_contexts([question.model])
        async with (
            connect(node, contexts, local=bench.settings.value.local, recorder=bench.recorder) as association,
            find(association, question.model, identifier, limit=MOST) as query,
        ):
            self._query = query
            async for match in query:
                self._answers.put(_Answer(number, row_of(match.data_set, level, parents)))
            result = await query.finish()
        if not result.is_done:
            raise StatusError(result.status, f"{node.name} answered {result.reason}")
        if result.was_cancelled:
            return f"cancelled after {words.count(result.matches)}"
        return f"{result.reason}   ·   {words.latency(time.monotonic() - began)}"

    def _take(self, answers: list[_Answer]) -> None:
        rows: Sequence[MatchRow] = [answer.row for answer in answers if answer.query == self._number]
        if rows:
            self.model.append(rows)

    def _path(self) -> tuple[str, ...]:
        return tuple(page.title for page in self._above)

    def _show(self, progress: QueryProgress) -> None:
        self.progress = progress
        self.changed.emit()
