"""Reads data sets of files for sending: small ones at once, large ones by pieces into two buffers used in turn.

A file that changed since it was scanned is not sent: its command would not fit its data set, or a length be wrong.
"""

import os
from io import FileIO
from threading import Lock
from typing import Final

from workbench.errors import StorageError
from workbench.storage.part10 import Instance, open_to_read

SMALL: Final = 1024 * 1024
"""Bytes up to which a data set is read in one go, or several together."""


class InstanceReader:
    """Reads one data set from its first byte to its last. Blocks; any thread may call it, one waits for the other.

    Then: call `close`, whatever happened.

    Raises:
        StorageError: the file cannot be opened, or is not the one that was scanned.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._position = instance.offset
        self._end = instance.offset + instance.length
        self._buffers = [bytearray(), bytearray()]
        self._turn = 0
        self._lock = Lock()
        try:
            self._file = FileIO(open_to_read(instance.path))
        except OSError as error:
            raise self._failure(f"cannot be read: {error.strerror or error}") from error
        try:
            self._compare()
            self._file.seek(self._position)
        except (StorageError, OSError):
            self.close()
            raise

    def read(self, size: int) -> memoryview:
        """Gives the next `size` bytes, fewer only at the end; they are valid until the call after the next one.

        Raises:
            StorageError: the file became shorter or changed, or cannot be read.
        """
        with self._lock:
            size = min(size, self._end - self._position)
            view = memoryview(self._buffer(size))[:size]
            self._fill(view)
            if self._position == self._end:
                self._compare()
            return view

    def read_into(self, view: memoryview) -> None:
        """Fills a view that is as long as the data set with all of it; raises as `read` does."""
        with self._lock:
            self._fill(view)
            self._compare()

    def close(self) -> None:
        """Closes the file, after a read under way."""
        with self._lock:
            self._file.close()

    def _buffer(self, size: int) -> bytearray:
        self._turn ^= 1
        if len(self._buffers[self._turn]) < size:
            self._buffers[self._turn] = bytearray(size)
        return self._buffers[self._turn]

    def _fill(self, view: memoryview) -> None:
        filled = 0
        try:
            while filled < len(view):
                count = self._file.readinto(view[filled:])
                if not count:
                    raise self._failure(f"ends at byte {self._position}, {self._end - self._position} bytes too early")
                filled += count
                self._position += count
        except ValueError as error:
            raise self._failure("was closed by us") from error
        except OSError as error:
            raise self._failure(f"cannot be read at byte {self._position}: {error.strerror or error}") from error

    def _compare(self) -> None:
        status = os.fstat(self._file.fileno())
        if status.st_size != self._end:
            raise self._failure(f"has {status.st_size} bytes now, and had {self._end} when it was scanned")
        if self._instance.modified_ns and status.st_mtime_ns != self._instance.modified_ns:
            raise self._failure("was written to after it was scanned")

    def _failure(self, problem: str) -> StorageError:
        return StorageError(problem, path=self._instance.path)


def read_into(instance: Instance, view: memoryview) -> None:
    """Fills a view with the data set of a file. Blocks; raises StorageError."""
    reader = InstanceReader(instance)
    try:
        reader.read_into(view)
    finally:
        reader.close()
