"""Jobs: one shape for everything that the user starts and that takes a while."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    """One thing the user started. Read and changed in the window's thread only.

    Attributes:
        progress: 0..1; None when it cannot be told.
        detail: what it is doing, in words.
        outcome: how it ended, in words; empty while it runs.
        on_change: told after every change.
        on_cancel: asks the work to end; it ends later, when `end` is called.
    """

    id: int
    title: str
    on_change: Callable[["Job"], None]
    on_cancel: Callable[[], object] = field(default=lambda: None)
    state: JobState = JobState.RUNNING
    progress: float | None = None
    detail: str = ""
    outcome: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.state is JobState.RUNNING

    def report(self, detail: str, progress: float | None = None) -> None:
        """Tells what it is doing; nothing after its end."""
        if self.is_running:
            self.detail, self.progress = detail, progress
            self.on_change(self)

    def end(self, state: JobState, outcome: str) -> None:
        """Ends it, once; a second end changes nothing."""
        if self.is_running:
            self.state, self.outcome = state, outcome
            self.progress = 1.0 if state is JobState.DONE else self.progress
            self.on_change(self)

    def cancel(self) -> None:
        """Asks the work to end; nothing when it has ended."""
        if self.is_running:
            self.on_cancel()


class JobList:
    """The jobs, the newest last; of those that have ended only the last 100 are kept."""

    KEPT = 100

    def __init__(self, on_change: Callable[[Job], None]) -> None:
        self._on_change = on_change
        self._jobs: list[Job] = []
        self._last_id = 0

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs))

    def __len__(self) -> int:
        return len(self._jobs)

    def start(self, title: str, detail: str = "") -> Job:
        """Adds a running job."""
        self._last_id += 1
        job = Job(id=self._last_id, title=title, detail=detail, on_change=self._on_change)
        ended = [each for each in self._jobs if not each.is_running]
        for each in ended[: len(ended) - self.KEPT]:
            self._jobs.remove(each)
        self._jobs.append(job)
        self._on_change(job)
        return job

    def get(self, job_id: int) -> Job | None:
        """Gives a job by its id; None when it is not kept."""
        return next((job for job in self._jobs if job.id == job_id), None)

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs that have not ended."""
        return tuple(job for job in self._jobs if job.is_running)
