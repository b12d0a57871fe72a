"""Writes received objects into a folder so that each is whole, durable and under its final name, or not there at all.

The order is the promise: write under a temporary name in the same folder, sync the file, rename it, sync the folder;
only then may Success be answered. A second copy of an object replaces the first in one step (rename), so the first one
stays whole until then. Everything here blocks.
"""

import contextlib
import os
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from workbench.errors import StorageError
from workbench.storage.naming import is_temporary, temporary_name
from workbench.upper_layer.fields import Buffer

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

# POSIX guarantees 16 only, Linux and macOS take 1024 buffers in one call.
_MOST_BUFFERS: Final = 1024
_BINARY: Final[int] = getattr(os, "O_BINARY", 0)


def make_folder(folder: str | os.PathLike[str]) -> None:
    """Makes a folder that only its owner may enter, and what is above it, unless it is there.

    Raises:
        StorageError: it cannot be made.
    """
    try:
        os.makedirs(folder, exist_ok=True, mode=0o700)
    except OSError as error:
        problem = error.strerror or error
        raise StorageError(
            f"the folder {os.fspath(folder)} cannot be made: {problem}", path=os.fspath(folder)
        ) from error


class Archive:
    """A folder for received objects.

    Opening it removes the temporary files that a killed process left, unless another process has the folder open.

    Args:
        folder: an existing folder.

    Raises:
        StorageError: there is no such folder, or it cannot be written to.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = os.path.abspath(folder)
        if not os.path.isdir(self.folder):
            raise StorageError("there is no such folder", path=self.folder)
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise StorageError("the folder cannot be written to", path=self.folder)
        # A folder can be opened, and so synced, on POSIX systems only; elsewhere the rename is left to the journal.
        self._descriptor = os.open(self.folder, os.O_RDONLY) if os.name == "posix" else -1
        self._prefix = os.path.join(self.folder, "")
        self._claim()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives the folder back; files under way must have ended."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def begin(self, name: str, *, final_name: str = "") -> "IncomingFile":
        """Creates a temporary file for the object that will be called `name`.

        Args:
            name: one that `naming.file_name` made, so that a temporary file left behind is known for what it is.
            final_name: what the file is called in the end, when that is not `name`.

        Raises:
            StorageError: the file cannot be created.
        """
        return IncomingFile(self, name, final_name or name)

    def store(self, name: str, buffers: Sequence[Buffer]) -> str:
        """Writes a whole object and gives the path of its file, once it is durable.

        Raises:
            StorageError: something failed; nothing of the object is left, and an older copy is whole.
        """
        file = self.begin(name)
        try:
            file.write(buffers)
            return file.commit()
        finally:
            file.discard()

    def sync(self) -> None:
        """Makes renames durable; OSError as it comes."""
        if self._descriptor >= 0:
            os.fsync(self._descriptor)

    def sync_folders(self, folder: str) -> None:
        """Makes renames in the folder and in a subfolder durable, and the subfolder itself; OSError as it comes."""
        if self._descriptor < 0:
            return
        while len(folder) > len(self.folder):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            folder = os.path.dirname(folder)
        self.sync()

    def path_of(self, name: str) -> str:
        """Gives the path of a file in the folder."""
        return self._prefix + name

    def _claim(self) -> None:
        """Marks the folder as in use; whoever finds it unused may clean it."""
        if self._descriptor < 0:
            self._remove_stale()
            return
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass  # another process has it open, or the file system knows no locks: what lies there may be in use
        else:
            self._remove_stale()
        with contextlib.suppress(OSError):
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def _remove_stale(self) -> None:
        with os.scandir(self.folder) as entries:
            stale = [entry.path for entry in entries if is_temporary(entry.name)]
        for path in stale:
            with contextlib.suppress(OSError):  # gone, or not ours to remove
                os.unlink(path)


class IncomingFile:
    """One object while it is received: `write` any number of times, then `commit`, and `discard` in any case.

    Attributes:
        status: of the file that was committed, None before.
        temporary: the path of the file as long as it is written; empty afterwards.

    Raises:
        StorageError: the file cannot be created.
    """

    def __init__(self, archive: Archive, name: str, final_name: str) -> None:
        self._archive = archive
        self.path = archive.path_of(final_name)
        self.status: os.stat_result | None = None
        self.temporary = archive.path_of(temporary_name(name))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY
        try:
            self._descriptor = os.open(self.temporary, flags, 0o666)
        except OSError as error:
            self._descriptor = -1
            raise self._failure("created", error) from error

    def move_to(self, name: str) -> None:
        """Lets the file be called otherwise in the end; `name` may begin with subfolders, which are made.

        Raises:
            StorageError: they cannot be made.
        """
        self.path = self._archive.path_of(name)
        folder = os.path.dirname(self.path)
        if os.path.isdir(folder):
            return
        try:
            os.makedirs(folder, exist_ok=True)
            self._archive.sync_folders(folder)
        except OSError as error:
            raise self._failure("stored", error) from error

    def write(self, buffers: Sequence[Buffer]) -> None:
        """Appends the buffers.

        Raises:
            StorageError: the disk is full or failed.
        """
        try:
            for first in range(0, len(buffers), _MOST_BUFFERS):
                self._write(buffers[first : first + _MOST_BUFFERS])
        except OSError as error:
            raise self._failure("written", error) from error

    def commit(self) -> str:
        """Makes the object durable under its name and gives the path.

        Raises:
            StorageError: the disk is full or failed; an older copy is whole.
        """
        try:
            os.fsync(self._descriptor)
            status = os.fstat(self._descriptor)
            if os.name != "posix":
                self._close()  # an open file cannot be renamed there
            os.replace(self.temporary, self.path)
            self.temporary = ""
            self.status = status
            self._archive.sync_folders(os.path.dirname(self.path))
        except OSError as error:
            raise self._failure("stored", error) from error
        finally:
            self._close()
        return self.path

    def discard(self) -> None:
        """Removes the temporary file; after `commit` it does nothing."""
        self._close()
        if self.temporary:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.temporary)
            self.temporary = ""

    def _write(self, buffers: Sequence[Buffer]) -> None:
        expected = sum(map(len, buffers))
        written = _writev(self._descriptor, buffers)
        if written == expected:
            return
        # A signal, or a disk that became full within: the rest goes out piece by piece and names the error.
        rest = memoryview(b"".join(buffers))[written:]
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _failure(self, verb: str, error: OSError) -> StorageError:
        return StorageError(f"cannot be {verb}: {error.strerror or error}", path=self.path)


def _writev(descriptor: int, buffers: Sequence[Buffer]) -> int:
    if hasattr(os, "writev"):
        return os.writev(descriptor, buffers)
    return os.write(descriptor, b"".join(buffers))
