"""Notices files that come into an archive's folder or go from it without its index being told."""

import logging
import time
from threading import Lock, Thread
from typing import Final

from workbench.errors import StorageError
from workbench.storage.index_database import IndexDatabase
from workbench.storage.index_files import Progress, folder_time, reconcile

_QUICK: Final = 0.05  # seconds that a search may spend on a look
_INTERVAL: Final = 2.0  # seconds between two looks while objects are being stored
_PAUSE: Final = 50  # times the duration of a look, between two of them while objects are being stored

_logger = logging.getLogger(__name__)


class FolderWatch:
    """Looks at a folder when it has changed, and takes into the index what came, and out of it what went.

    A folder changes with every object that is stored too, and does not tell who changed it. So while objects are being
    stored it is looked at now and then; otherwise whenever it has changed.
    """

    def __init__(self, folder: str, database: IndexDatabase) -> None:
        self._folder = folder
        self._database = database
        self._lock = Lock()
        self._seen = 0  # when the folder had last changed when it was looked at
        self._own_changes = 0  # since then
        self._looked_at = time.monotonic()
        self._seconds = 0.0  # that the last look took
        self._thread: Thread | None = None

    def wait(self) -> None:
        """Returns when a look that happens beside the searches has ended."""
        if self._thread is not None:
            self._thread.join()

    def note_own_change(self) -> None:
        """Notes that an object was stored."""
        self._own_changes += 1

    def ignore(self) -> None:
        """Takes the folder as it is for known."""
        self._seen = folder_time(self._folder)

    def look(self) -> None:
        """Looks at the folder if it has changed: at once or, where that takes long, in a thread."""
        if folder_time(self._folder) == self._seen:
            return
        waited = time.monotonic() - self._looked_at
        if self._own_changes and waited < max(_INTERVAL, _PAUSE * self._seconds):
            return
        if not self._lock.acquire(blocking=False):
            return
        if self._seconds < _QUICK:
            self._look()
        else:
            self._thread = Thread(target=self._look, name="look at the archive", daemon=True)
            self._thread.start()

    def compare(self, *, with_states: bool, progress: Progress | None = None) -> None:
        """Makes the index equal to the folder; see `reconcile`.

        Raises:
            StorageError: the folder cannot be listed, or the index not be written.
        """
        begin = time.monotonic()
        self._seen, self._own_changes = folder_time(self._folder), 0
        report = reconcile(self._folder, self._database, with_states=with_states, progress=progress)
        self._looked_at = time.monotonic()
        self._seconds = self._looked_at - begin
        if report.indexed or report.removed:
            _logger.info("= index of %s: %d objects in, %d out", self._folder, report.indexed, report.removed)

    def _look(self) -> None:
        try:
            self.compare(with_states=False)
        except StorageError as error:
            _logger.warning("! the folder %s cannot be compared with its index: %s", self._folder, error)
            self._seen = 0  # so that the next search tries again
        finally:
            self._lock.release()
