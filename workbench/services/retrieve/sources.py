"""Gets the data sets of archived instances ready for C-STORE sub-operations: read ahead, converted, or without bulk.

Small data sets are read whole, several in one visit to a thread, while their predecessors are on their way; a large one
streams from its file when its turn comes.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import BinaryIO, Final, NamedTuple

from workbench.errors import StorageError
from workbench.net.outgoing import DataSet
from workbench.services.retrieve.instances import Stored
from workbench.services.storage.datasets import FileDataSet
from workbench.services.transcoding.conversion import convert, convert_bytes
from workbench.storage.part10 import Instance
from workbench.storage.reading import SMALL, read_into
from workbench.upper_layer.fields import Buffer

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


class ConvertedFile:
    """A data set that was converted into a file, as a source of chunks. Then: `close` it."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        """Takes the file over."""
        self._file = file
        self._length = length

    @property
    def length(self) -> int:
        """Its length in bytes."""
        return self._length

    async def chunks(self, size: int) -> AsyncIterator[Buffer]:
        """Gives it in chunks of `size` bytes, the last one shorter."""
        left = self._length
        while left:
            chunk = await asyncio.to_thread(self._file.read, min(size, left))
            if not chunk:
                raise StorageError("the converted data set ends too early", path="")
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """Gives the file back."""
        self._file.close()


def converted(ready: Ready, transfer_syntax_uid: str) -> memoryview | ConvertedFile:
    """Converts the data set of an instance. Blocks.

    Raises:
        DataSetError: it cannot be converted.
        StorageError: it cannot be read.
    """
    instance = ready.instance
    assert instance is not None
    if ready.data is not None:
        return memoryview(convert_bytes(bytes(ready.data), instance.transfer_syntax_uid, transfer_syntax_uid))
    result = convert(lambda: open_data_set(instance), instance.transfer_syntax_uid, transfer_syntax_uid)
    return ConvertedFile(result.file, result.length)


def open_data_set(instance: Instance) -> BinaryIO:
    """Opens the file of an instance at the first byte of its data set.

    Raises:
        StorageError: it cannot be opened.
    """
    try:
        file = open(instance.path, "rb")  # noqa: SIM115 - given to the caller
        file.seek(instance.offset)
    except OSError as error:
        raise StorageError(f"cannot be read: {error.strerror or error}", path=instance.path) from error
    return file
