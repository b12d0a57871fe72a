"""What the parts of the session share: the engine, the recorder, the settings, the jobs, and a way to tell the user."""

import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from ui.engine import Engine
from ui.jobs import Job, JobList, JobState
from ui.session.kept_settings import KeptSettings
from workbench.errors import WorkbenchError
from workbench.settings_file import Places
from workbench.trace.recorder import Recorder

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Made once by the session.

    Attributes:
        tell: shows the user a sentence: severity ("note", "ok", "warning", "error") and text.
        running: what runs on the engine now.
    """

    engine: Engine
    recorder: Recorder
    settings: KeptSettings
    places: Places
    jobs: JobList
    tell: Callable[[str, str], None]
    running: dict[Future[str], Job] = field(default_factory=dict)

    def run(self, title: str, work: Coroutine[Any, Any, str], *, detail: str = "") -> Job:
        """Runs a coroutine on the engine as a job.

        It returns the outcome as a sentence; a WorkbenchError that it raises is the outcome of a failure. Cancelling
        the job cancels it, unless the caller sets another `on_cancel`. When the engine has ended, so has the job.
        """
        job = self.jobs.start(title, detail)
        if not self.engine.is_running:
            work.close()
            job.end(JobState.CANCELLED, "the application is being closed")
            return job
        future = self.engine.submit(work)
        self.running[future] = job
        job.on_cancel = future.cancel
        future.add_done_callback(lambda ended: self.engine.post(lambda: self._end(job, ended)))
        return job

    def _end(self, job: Job, ended: Future[str]) -> None:
        self.running.pop(ended, None)
        if ended.cancelled():
            job.end(JobState.CANCELLED, "cancelled")
            return
        error = ended.exception()
        if error is None:
            job.end(JobState.DONE, ended.result())
        elif isinstance(error, WorkbenchError):
            job.end(JobState.FAILED, str(error))
            self.tell("error", f"{job.title}: {error}")
        else:
            _log.error("! job %r ended by a defect: %s", job.title, error, exc_info=error)
            job.end(JobState.FAILED, f"internal error: {error!r}; the log has the details")
            self.tell("error", f"{job.title}: {job.outcome}")
