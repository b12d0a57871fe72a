"""Lets the data set of a file stream into an association, read in threads and one chunk ahead of what is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from workbench.net.outgoing import DataSet
from workbench.storage.part10 import Instance
from workbench.storage.reading import SMALL, InstanceReader, read_small
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
    """Begins to read the data set of an instance, so that it is there when its turn comes.

    A small one is read whole; of a large one nothing is held before it is sent.

    Args:
        progress: see `FileDataSet`; not called for a small one.
    """

    def __init__(self, instance: Instance, *, progress: Progress | None = None) -> None:
        self._source = FileDataSet(instance, progress=progress)
        self._reading: asyncio.Future[bytearray] | None = None
        if instance.length <= SMALL:
            self._reading = asyncio.get_running_loop().run_in_executor(None, read_small, instance)

    async def data_set(self) -> DataSet:
        """Gives the data set, in memory or as a source.

        Raises:
            StorageError: it cannot be read, or changed since it was scanned.
        """
        return self._source if self._reading is None else await self._reading

    def discard(self) -> None:
        """Forgets the data set; `data_set` is not called any more."""
        if self._reading is not None:
            _forget(self._reading)


def _forget(reading: "asyncio.Future[Any]") -> None:
    """Drops what is being read; an error of it is looked at, so that asyncio does not report it."""
    if not reading.cancel() and not reading.cancelled():
        reading.exception()
