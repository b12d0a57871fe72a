"""Gets the data sets of archived instances ready for C-STORE sub-operations: read ahead, converted, or without bulk.

Small data sets are read whole, several in one visit to a thread, while their predecessors are on their way; a large one
streams from its file when its turn comes.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from workbench.errors import StorageError
from workbench.net.outgoing import DataSet
from workbench.services.retrieve.instances import Stored
from workbench.services.storage.datasets import ConvertedDataSet, FileDataSet
from workbench.services.storage.instances import opener
from workbench.services.transcoding.conversion import convert, convert_bytes
from workbench.storage.part10 import Instance
from workbench.storage.reading import SMALL, read_into

AT_ONCE: Final = 8
"""Instances that are made ready in one visit to a thread, each with at most 1 MiB in memory."""


class Ready(NamedTuple):
    """An instance whose turn is next: its data set when that is small, or why it cannot be sent."""

    stored: Stored
    instance: Instance | None = None
    data: memoryview | None = None
    problem: str = ""

    @property
    def source(self) -> DataSet:
        """Its data set as it is."""
        assert self.instance is not None
        return FileDataSet(self.instance) if self.data is None else self.data


def make_ready(batch: Sequence[Stored]) -> list[Ready]:
    """Looks at the files of instances and reads the small ones. Blocks."""
    return [_make_ready(stored) for stored in batch]


def _make_ready(stored: Stored) -> Ready:
    try:
        instance = stored.instance()
        if instance.sop_instance_uid != stored.sop_instance_uid:
            return Ready(stored, problem="the file holds another instance than the index says")
        if instance.length > SMALL:
            return Ready(stored, instance)
        data = memoryview(bytearray(instance.length))
        read_into(instance, data)
    except StorageError as error:
        return Ready(stored, problem=f"the file {error}")
    return Ready(stored, instance, data)


def converted(ready: Ready, transfer_syntax_uid: str) -> memoryview | ConvertedDataSet:
    """Converts the data set of an instance. Then: `storage.datasets.close` it. Blocks.

    Raises:
        DataSetError: it cannot be converted.
        StorageError: it cannot be read.
    """
    instance = ready.instance
    assert instance is not None
    if ready.data is not None:
        return memoryview(convert_bytes(bytes(ready.data), instance.transfer_syntax_uid, transfer_syntax_uid))
    result = convert(opener(instance), instance.transfer_syntax_uid, transfer_syntax_uid)
    return ConvertedDataSet(result.file, result.length)
