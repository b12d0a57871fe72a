"""Lets the data set of a file stream into an association, read in threads and one chunk ahead of what is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from workbench.errors import StorageError
from workbench.net.outgoing import DataSet
from workbench.storage.part10 import Instance
from workbench.storage.reading import SMALL, InstanceReader, read_into
from workbench.upper_layer.fields import Buffer

Progress = Callable[[int], None]
"""Takes the number of bytes of the data set that have been handed to the network so far."""


class FileDataSet:
    """The data set of a file as a source of chunks; memory stays at two of them whatever the size.

    Args:
        progress: called after each chunk.
    """

    def __init__(self, instance: Instance, *, progress: Progress | None = None) -> None:
        self._instance = instance
        self._progress = progress

    @property
    def length(self) -> int:
        """Its length in bytes."""
        return self._instance.length

    async def chunks(self, size: int) -> AsyncIterator[Buffer]:
        """Gives the data set in chunks of `size` bytes, the last one shorter; each is valid until the next.

        Raises:
            StorageError: the file cannot be read, or changed since it was scanned.
        """
        loop = asyncio.get_running_loop()
        reader = await loop.run_in_executor(None, InstanceReader, self._instance)
        left = self.length
        reading = loop.run_in_executor(None, reader.read, size)
        try:
            while True:
                chunk = await reading
                left -= len(chunk)
                if left:
                    reading = loop.run_in_executor(None, reader.read, size)
                yield chunk
                if self._progress is not None:
                    self._progress(self.length - left)
                if not left:
                    return
        finally:
            _forget(reading)
            loop.run_in_executor(None, reader.close)  # waits for a read under way, in the thread


class Loading:
    """Begins to read the data sets of instances whose turn comes next, all in one visit to a thread.

    Args:
        instances: small ones, whose data sets are read whole, or a single large one, of which nothing is held yet.
        buffer: where to, with room for all of them; the data sets are valid until it is given to somebody else.
        progress: see `FileDataSet`; not called for small ones.
    """

    def __init__(self, instances: Sequence[Instance], buffer: bytearray, *, progress: Progress | None = None) -> None:
        self._instances = instances
        self._progress = progress
        self._reading: asyncio.Future[list[memoryview | StorageError]] | None = None
        if instances and all(instance.length <= SMALL for instance in instances):
            self._reading = asyncio.get_running_loop().run_in_executor(None, _read_all, instances, buffer)

    async def data_sets(self) -> Sequence[DataSet | StorageError]:
        """Gives the data sets, in memory or as a source, or why one cannot be read or is not what was scanned."""
        if self._reading is not None:
            return await self._reading
        return [FileDataSet(instance, progress=self._progress) for instance in self._instances]

    def discard(self) -> None:
        """Forgets the data sets; they are not asked for any more. The buffer may be written to a little longer."""
        if self._reading is not None:
            _forget(self._reading)


def _read_all(instances: Sequence[Instance], buffer: bytearray) -> list[memoryview | StorageError]:
    found: list[memoryview | StorageError] = []
    start = 0
    for instance in instances:
        view = memoryview(buffer)[start : start + instance.length]
        start += instance.length
        try:
            read_into(instance, view)
        except StorageError as error:
            found.append(error)
        else:
            found.append(view)
    return found


def _forget(reading: "asyncio.Future[Any]") -> None:
    """Drops what is being read; an error of it is looked at, so that asyncio does not report it."""
    if not reading.cancel() and not reading.cancelled():
        reading.exception()
