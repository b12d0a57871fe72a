"""Lets data sets stream into an association, read and converted in threads and one chunk ahead of what is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any, BinaryIO

from workbench.errors import DataSetError, StorageError, WorkbenchError
from workbench.net.outgoing import DataSet
from workbench.services.storage.alterations import Alteration
from workbench.services.storage.instances import MemoryInstance, Sendable, opener
from workbench.services.transcoding.conversion import convert
from workbench.storage.completeness import check_complete
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
            forget(reading)
            loop.run_in_executor(None, reader.close)  # waits for a read under way, in the thread


class ConvertedDataSet:
    """A data set that was converted, in a file of its own, as a source of chunks. Then: `close` it."""

    def __init__(self, file: BinaryIO, length: int, *, progress: Progress | None = None) -> None:
        """Takes the file over; `progress` is called after each chunk."""
        self._file = file
        self._length = length
        self._progress = progress

    @property
    def length(self) -> int:
        """Its length in bytes."""
        return self._length

    async def chunks(self, size: int) -> AsyncIterator[Buffer]:
        """Gives it in chunks of `size` bytes, the last one shorter."""
        loop = asyncio.get_running_loop()
        left = self._length
        while left:
            chunk = await loop.run_in_executor(None, self._file.read, min(size, left))
            if not chunk:
                raise StorageError("the converted data set ends too early", path="")
            left -= len(chunk)
            yield chunk
            if self._progress is not None:
                self._progress(self._length - left)

    def close(self) -> None:
        """Gives the file back."""
        self._file.close()


class Loading:
    """Begins to read the data sets of instances whose turn comes next, all in one visit to a thread.

    Args:
        instances: small ones, whose data sets are read whole, or a single large one, of which nothing is held yet.
        buffer: where to, with room for all of them; the data sets are valid until it is given to somebody else.
        progress: see `FileDataSet`; not called for small ones.
        alteration: what is done to the single instance; None leaves all as they are.
        checks: look through the data sets of files before anything of them is sent; those that are not whole fail.
    """

    def __init__(
        self,
        instances: Sequence[Sendable],
        buffer: bytearray,
        *,
        progress: Progress | None = None,
        alteration: Alteration | None = None,
        checks: bool = False,
    ) -> None:
        self._instances = instances
        self._progress = progress
        self._is_conversion = alteration is not None
        self._reading: asyncio.Future[list[DataSet | WorkbenchError]] | None = None
        start = partial(asyncio.get_running_loop().run_in_executor, None)
        if alteration is not None:
            (instance,) = instances
            self._reading = start(_convert, instance, alteration, progress, checks)
        elif instances and all(instance.length <= SMALL for instance in instances):
            self._reading = start(_read_all, instances, buffer, checks)
        elif instances and checks:
            self._reading = start(_check_all, instances, progress)

    async def data_sets(self) -> Sequence[DataSet | WorkbenchError]:
        """Gives the data sets, in memory or as a source, or why one cannot be read, converted, or is not as scanned."""
        if self._reading is not None:
            return await self._reading
        return [_source(instance, self._progress) for instance in self._instances]

    def discard(self) -> None:
        """Forgets the data sets; they are not used any more. The buffer may be written to a little longer."""
        if self._reading is None:
            return
        if self._is_conversion:
            self._reading.add_done_callback(_close_all)  # what the thread is still making has to be closed
        else:
            forget(self._reading)


def close(data_set: DataSet) -> None:
    """Gives back what a data set holds on to beyond memory."""
    if isinstance(data_set, ConvertedDataSet):
        data_set.close()


def forget(reading: "asyncio.Future[Any]") -> None:
    """Drops what is being read; an error of it is looked at, so that asyncio does not report it."""
    if not reading.cancel() and not reading.cancelled():
        reading.exception()


def _convert(
    instance: Sendable, alteration: Alteration, progress: Progress | None, checks: bool
) -> list[DataSet | WorkbenchError]:
    try:
        _check_unchanged(instance)
        if checks and not isinstance(instance, MemoryInstance):
            check_complete(instance)
        converted = convert(
            opener(instance),
            instance.transfer_syntax_uid,
            alteration.transfer_syntax_uid,
            given=alteration.given,
            old_vrs=alteration.old_vrs,
            deflate_level=alteration.deflate_level,
        )
        try:
            _check_unchanged(instance)
        except StorageError:
            converted.file.close()
            raise
    except (DataSetError, StorageError) as error:
        return [error]
    except OSError as error:
        return [StorageError(f"cannot be converted: {error.strerror or error}", path=instance.path)]
    scaled = None if progress is None else partial(_tell_scaled, progress, instance.length, converted.length)
    return [ConvertedDataSet(converted.file, converted.length, progress=scaled)]


def _tell_scaled(progress: Progress, before: int, after: int, sent_bytes: int) -> None:
    """Tells the progress in bytes of the data set before its conversion: whoever counts knows no other length."""
    progress(sent_bytes * before // after)


def _check_unchanged(instance: Sendable) -> None:
    """Raises StorageError when a file is not the one that was scanned."""
    if not isinstance(instance, MemoryInstance):
        InstanceReader(instance).close()


def _close_all(reading: "asyncio.Future[list[DataSet | WorkbenchError]]") -> None:
    if not reading.cancelled() and reading.exception() is None:
        for found in reading.result():
            if not isinstance(found, WorkbenchError):
                close(found)


def _source(instance: Sendable, progress: Progress | None) -> DataSet:
    return instance.data if isinstance(instance, MemoryInstance) else FileDataSet(instance, progress=progress)


def _check_all(instances: Sequence[Sendable], progress: Progress | None) -> list[DataSet | WorkbenchError]:
    found: list[DataSet | WorkbenchError] = []
    for instance in instances:
        try:
            _check_unchanged(instance)
            if not isinstance(instance, MemoryInstance):
                check_complete(instance)
        except StorageError as error:
            found.append(error)
        else:
            found.append(_source(instance, progress))
    return found


def _read_all(instances: Sequence[Sendable], buffer: bytearray, checks: bool) -> list[DataSet | WorkbenchError]:
    found: list[DataSet | WorkbenchError] = []
    start = 0
    for instance in instances:
        if isinstance(instance, MemoryInstance):
            found.append(instance.data)
            continue
        view = memoryview(buffer)[start : start + instance.length]
        start += instance.length
        try:
            read_into(instance, view)
            if checks:
                check_complete(instance, view)
        except StorageError as error:
            found.append(error)
        else:
            found.append(view)
    return found
