"""Finding what can be sent: files and folders are looked through in a thread, and come as they are found."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ui.engine import Channel
from ui.jobs import Job
from ui.models import words
from ui.models.send import SkippedModel, SkippedRow
from ui.session.bench import Bench
from ui.session.progress import ScanProgress
from workbench.storage.part10 import Instance, Skipped, scan_paths


class FileScan(QObject):
    """Scans paths, several requests at a time if need be, and hands the instances on in batches.

    Signals:
        found: instances, in a list.
        changed: the counts.
    """

    found = Signal(list)
    changed = Signal()

    def __init__(self, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.skipped_model = SkippedModel(self)
        self._bench = bench
        self._results: Channel[Instance | Skipped] = bench.engine.open_channel(self._take)
        self._running: dict[Job, threading.Event] = {}
        self._found = 0

    @property
    def progress(self) -> ScanProgress:
        """The counts as they stand."""
        return ScanProgress(found=self._found, skipped=len(self.skipped_model.rows), is_running=bool(self._running))

    def start(self, paths: Sequence[Path]) -> Job:
        """Scans files and the files of folders, as a job."""
        stop = threading.Event()
        title = f"Scan {paths[0].name}" if len(paths) == 1 else f"Scan {words.count(len(paths))} dropped items"
        job = self._bench.run(title, asyncio.to_thread(_scan, paths, self._results.put, stop))
        job.on_cancel = stop.set
        if job.is_running:
            self._running[job] = stop
        self.changed.emit()
        return job

    def job_changed(self, job: Job) -> None:
        """Takes note that a job has changed; one that is not a scan does not matter."""
        if not job.is_running and self._running.pop(job, None) is not None:
            self.changed.emit()

    def clear(self) -> None:
        """Forgets what was found, and ends scans that still run."""
        self.stop()
        self._found = 0
        self.skipped_model.clear()
        self.changed.emit()

    def stop(self) -> None:
        """Ends scans that still run; each ends after the file it is at."""
        for stop in self._running.values():
            stop.set()

    def _take(self, results: list[Instance | Skipped]) -> None:
        instances = [each for each in results if isinstance(each, Instance)]
        skipped = [SkippedRow(path=each.path, reason=each.reason) for each in results if isinstance(each, Skipped)]
        self._found += len(instances)
        self.skipped_model.append(skipped)
        if instances:
            self.found.emit(instances)
        self.changed.emit()


def _scan(paths: Sequence[Path], put: Callable[[Instance | Skipped], None], stop: threading.Event) -> str:
    found = skipped = 0
    for each in scan_paths(paths):
        if stop.is_set():
            return f"stopped after {words.count(found + skipped)} files"
        put(each)
        found += isinstance(each, Instance)
        skipped += isinstance(each, Skipped)
    return f"{words.count(found)} found, {words.count(skipped)} skipped"
