"""The worklist that the local AE answers from: a table in a file that the user edits."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock

from pydicom.dataset import Dataset

from workbench.errors import ConfigError
from workbench.services.worklist.table import WorklistTable


class KeptWorklist:
    """The entries of the user's worklist, read when they are asked for; in any thread.

    A damaged file thus keeps nobody from receiving: the queries for the worklist say what is wrong with it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._table: WorklistTable | None = None

    def table(self) -> WorklistTable:
        """Gives the table as its file is now; blocks.

        Raises:
            ConfigError: the file cannot be read or holds a wrong value.
        """
        with self._lock:
            if self._table is None:
                self._table = WorklistTable(self.path)
            else:
                self._table.refresh()
            return self._table

    def data_sets(self) -> Sequence[Dataset]:
        """Gives the items as they are now; blocks.

        Raises:
            ConfigError: the file cannot be read or holds a wrong value.
        """
        return self.table().data_sets()

    def set_aside(self) -> Path:
        """Renames the file, so that the worklist is empty, and gives its new name; blocks.

        Raises:
            ConfigError: it cannot be renamed.
        """
        aside = next(path for path in _names_aside(self.path) if not path.exists())
        try:
            self.path.rename(aside)
        except OSError as error:
            raise ConfigError(f"{self.path}: the worklist cannot be set aside: {error.strerror}") from error
        return aside


def _names_aside(path: Path) -> Iterable[Path]:
    yield path.with_suffix(".unreadable.json")
    number = 2
    while True:
        yield path.with_suffix(f".unreadable-{number}.json")
        number += 1
