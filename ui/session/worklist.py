"""The worklist that the local AE answers from: a table in a file that the user edits."""

from collections.abc import Sequence
from pathlib import Path

from pydicom.dataset import Dataset

from workbench.services.worklist.table import FILE_NAME, WorklistTable
from workbench.settings_file import Places


class KeptWorklist:
    """The entries of the user's worklist, read when they are asked for.

    A damaged file thus keeps nobody from receiving: the queries for the worklist say what is wrong with it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._table: WorklistTable | None = None

    def data_sets(self) -> Sequence[Dataset]:
        """Gives the items as they are now; blocks.

        Raises:
            ConfigError: the file cannot be read or holds a wrong value.
        """
        self._table = self._table or WorklistTable(self.path)
        return self._table.data_sets()


def worklist_file(places: Places) -> Path:
    """Gives where the worklist is kept."""
    return places.storage_folder.parent / FILE_NAME
