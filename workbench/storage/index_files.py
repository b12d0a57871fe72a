"""Keeps the index equal to the folder: the files are the truth, the index is what was read of them.

What differs is found by SQL, with the listing of the folder in a temporary table on disk, so that a million files need
no more memory than a hundred.

A file that is taken in from the folder is read to its end for its checksum. What was read so is the reference from then
on: of files that nobody received there is no other. A file that changed behind the index keeps the checksum that its
object was indexed with, so that it does not count as intact, until the index is rebuilt.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, NamedTuple

from workbench.errors import StorageError
from workbench.storage.attributes import Attributes, read_attributes
from workbench.storage.index_database import DamagedIndexError, IndexDatabase, translated
from workbench.storage.index_schema import VERSION, connect, create, version_of
from workbench.storage.index_writing import FileState, IndexWriter
from workbench.storage.replacing import is_same_file
from workbench.storage.rereading import checksum_of, read_whole

Progress = Callable[[int], None]
"""Is told how many files were looked at."""

_BATCH: Final = 100  # files of one transaction, so that others may write in between
_UNKNOWN_STATE: Final = -1  # of a file that was listed, but not looked at

_MISSING: Final = """
    SELECT path FROM instance WHERE NOT EXISTS (SELECT 1 FROM temp.present p WHERE p.path = instance.path)
    UNION ALL SELECT path FROM other WHERE NOT EXISTS (SELECT 1 FROM temp.present p WHERE p.path = other.path)
"""
_NEW: Final = """
    SELECT path FROM temp.present p WHERE NOT EXISTS (SELECT 1 FROM instance i WHERE i.path = p.path)
    AND NOT EXISTS (SELECT 1 FROM other o WHERE o.path = p.path)
"""
_CHANGED: Final = """
    SELECT p.path FROM temp.present p JOIN instance i ON i.path = p.path
    WHERE p.modified_ns <> -1 AND (p.length <> i.length OR p.modified_ns <> i.modified_ns)
    UNION ALL SELECT p.path FROM temp.present p JOIN other o ON o.path = p.path
    WHERE p.modified_ns <> -1 AND (p.length <> o.length OR p.modified_ns <> o.modified_ns)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was done to the index.

    Attributes:
        indexed: objects written.
        removed: files that are gone, taken out.
        left_out: files that are no objects, or further copies of one.
    """

    indexed: int
    removed: int
    left_out: int


class Difference(NamedTuple):
    """A file that the index and the folder do not agree on."""

    path: str
    problem: str


def reconcile(folder: str, database: IndexDatabase, *, with_states: bool, progress: Progress | None = None) -> Report:
    """Takes in what is new in the folder and takes out what is gone.

    Args:
        with_states: also take in again what has another size or time than when it was indexed.

    Raises:
        StorageError: the folder cannot be listed, or the index not be written.
    """
    times = _folder_times(folder)  # before the listing: what comes later shows by a later time
    removed = 0
    counts = {True: 0, False: 0}
    with contextlib.closing(_Comparison(folder, database.path, with_states=with_states)) as comparison:
        for batch in _batches(comparison.missing()):
            with database.writing() as writer, writer.transaction():
                removed += sum(_take_out(writer, folder, path) for path in batch)
        done = 0
        for batch in _batches(comparison.new_and_changed()):
            for path in batch:
                counts[_take_in(database, folder, path)] += 1
            done += len(batch)
            if progress is not None:
                progress(done)
    with database.writing() as writer:
        writer.note_folders(times)
    return Report(indexed=counts[True], removed=removed, left_out=counts[False])


def rebuild(folder: str, database: IndexDatabase, *, progress: Progress | None = None) -> Report:
    """Makes a new index of the files beside the old one, and puts it in its place in one step.

    Objects that are stored meanwhile go into the old one, and are taken over at the end. The checksums are those of the
    files as they are now, whatever was known before.

    Raises:
        StorageError: the folder cannot be listed, or the index not be written.
    """
    path = f"{database.path}.new"
    _remove_database(path)  # one that was killed may have left it
    counts = {True: 0, False: 0}
    try:
        with translated(path), contextlib.closing(connect(path)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            create(connection)
            writer = IndexWriter(connection)
            for batch in _batches(file.path for file in _walk(folder, with_states=False)):
                with writer.transaction():
                    for name in batch:
                        counts[_read_in(writer, folder, name)] += 1
                if progress is not None:
                    progress(sum(counts.values()))
            database.replace_by(connection)
    finally:
        _remove_database(path)
    later = reconcile(folder, database, with_states=False)
    return Report(indexed=counts[True] + later.indexed, removed=later.removed, left_out=counts[False] + later.left_out)


def differences(folder: str, path: str) -> Iterator[Difference]:
    """Gives what `reconcile` would change, and changes nothing.

    Args:
        path: of the database.

    Raises:
        StorageError: the folder cannot be listed, or the index not be read.
    """
    with contextlib.closing(_Comparison(folder, path, with_states=True)) as comparison:
        for path in comparison.missing():
            yield Difference(path, "is in the index, and not in the folder")
        for path in comparison.new():
            yield Difference(path, "is not in the index")
        for path in comparison.changed():
            yield Difference(path, "has changed since it was indexed")


def unreadable(folder: str, path: str) -> Iterator[Difference]:
    """Gives the indexed files that do not hold their object, whole; reads all of them. Raises as `differences` does."""
    with _readable(path) as connection:
        rows = connection.execute("SELECT path, sop_instance_uid, length, checksum FROM instance")
        for name, uid, length, checksum in rows:
            try:
                whole = read_whole(os.path.join(folder, name))
                whole.compare(sop_instance_uid=uid, length=length, checksum=checksum)
            except StorageError as error:
                yield Difference(name, str(error))


def is_unchanged(folder: str, database: IndexDatabase) -> bool:
    """Whether no file came or went since the last listing; files that were overwritten do not show."""
    with database.reading() as reader:
        rows = reader.connection.execute("SELECT path, modified_ns FROM folder").fetchall()
    return bool(rows) and all(folder_time(os.path.join(folder, path)) == modified_ns for path, modified_ns in rows)


def folder_time(path: str) -> int:
    """Gives when a folder last got or lost a file, 0 when it is gone."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def state_of(path: str, status: os.stat_result) -> FileState:
    """Gives what the index notes of a file."""
    return FileState(path, status.st_size, status.st_mtime_ns)


class _Comparison:
    """The files of a folder beside those that the index knows. Close it in the end."""

    def __init__(self, folder: str, path: str, *, with_states: bool) -> None:
        self._path = path
        with contextlib.ExitStack() as stack:
            self._connection = stack.enter_context(_readable(path))
            self._connection.execute("PRAGMA temp_store = FILE")
            self._connection.execute(
                "CREATE TEMP TABLE present (path TEXT PRIMARY KEY, length INTEGER, modified_ns INTEGER) WITHOUT ROWID"
            )
            self._connection.execute("BEGIN")
            files = _walk(folder, with_states=with_states)
            self._connection.executemany("INSERT OR IGNORE INTO temp.present VALUES (?, ?, ?)", files)
            self._connection.execute("COMMIT")
            self._stack = stack.pop_all()

    def close(self) -> None:
        self._stack.close()

    def missing(self) -> Iterator[str]:
        return self._paths(_MISSING)

    def new(self) -> Iterator[str]:
        return self._paths(_NEW)

    def changed(self) -> Iterator[str]:
        return self._paths(_CHANGED)

    def new_and_changed(self) -> Iterator[str]:
        return chain(self.new(), self.changed())

    def _paths(self, sql: str) -> Iterator[str]:
        with translated(self._path):
            for (path,) in self._connection.execute(sql):
                yield path


@contextlib.contextmanager
def _readable(path: str) -> Iterator[sqlite3.Connection]:
    with translated(path):
        connection = connect(path, read_only=True)
        try:
            if version_of(connection) != VERSION:
                raise DamagedIndexError("the index is of another version", path=path)
            yield connection
        finally:
            connection.close()


def _walk(folder: str, *, with_states: bool) -> Iterator[FileState]:
    """Lists the files in a folder and its folders; hidden ones are no objects, nor are names that are no text."""
    waiting = [""]
    while waiting:
        inner = waiting.pop()
        try:
            with os.scandir(os.path.join(folder, inner)) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or not _is_text(entry.name):
                        continue
                    path = f"{inner}/{entry.name}" if inner else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(path)
                    elif not with_states:
                        yield FileState(path, _UNKNOWN_STATE, _UNKNOWN_STATE)
                    else:
                        with contextlib.suppress(FileNotFoundError):
                            yield state_of(path, entry.stat())
        except FileNotFoundError:
            if not inner:
                raise StorageError("there is no such folder", path=folder) from None
        except OSError as error:
            raise StorageError(f"cannot be listed: {error.strerror or error}", path=folder) from error


def _folder_times(folder: str) -> dict[str, int]:
    times = {}
    for root, folders, _ in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and _is_text(name)]
        inner = os.path.relpath(root, folder).replace(os.sep, "/")
        times[inner] = folder_time(root)
    return times


def _take_in(database: IndexDatabase, folder: str, path: str) -> bool:
    """Reads a file into the index, unless it changes meanwhile: then whoever changes it writes it there."""
    absolute = os.path.join(folder, path)
    try:
        before = os.stat(absolute)
    except FileNotFoundError:
        return False
    read = _read(absolute)
    with database.writing() as writer, writer.transaction():
        if not is_same_file(absolute, before):
            return False
        return _write(writer, folder, state_of(path, before), read)


def _read_in(writer: IndexWriter, folder: str, path: str) -> bool:
    absolute = os.path.join(folder, path)
    try:
        state = state_of(path, os.stat(absolute))
    except FileNotFoundError:
        return False
    return _write(writer, folder, state, _read(absolute))


class _Read(NamedTuple):
    """What a file says, and its checksum."""

    found: Attributes
    checksum: int


def _read(path: str) -> _Read | str:
    """Gives the attributes and the checksum of a file, or why it has none."""
    try:
        return _Read(read_attributes(path)[0], checksum_of(path))
    except StorageError as error:
        return str(error)


def _write(writer: IndexWriter, folder: str, state: FileState, read: _Read | str) -> bool:
    """Writes what was read; of several copies of an object the newest file is indexed."""
    if isinstance(read, str):
        writer.note_other(state, read)
        return False
    uid = read.found.sop_instance_uid
    known = writer.file_of(uid)
    if known is not None and known.path != state.path and os.path.exists(os.path.join(folder, known.path)):
        if known.modified_ns >= state.modified_ns:
            writer.note_other(state, f"another copy of {known.path}")
            return False
        writer.note_other(known, f"another copy of {state.path}")
    before = writer.checksum_of(uid, state.path)
    writer.add(read.found, state, read.checksum if before is None else before)
    return True


def _take_out(writer: IndexWriter, folder: str, path: str) -> bool:
    if os.path.lexists(os.path.join(folder, path)):
        return False  # it came after the listing
    writer.remove(path)
    writer.forget_other(path)
    return True


def _batches(paths: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(paths)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def _remove_database(path: str) -> None:
    for companion in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path + companion)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
