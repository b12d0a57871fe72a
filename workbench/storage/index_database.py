"""The database of an index: one connection that writes, any number that read, and what happens when the file breaks.

Readers never wait for the writer, nor it for them (write-ahead log). Other processes may have the same file open.
"""

import contextlib
import itertools
import os
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, RLock
from typing import Final, NamedTuple

from workbench.errors import StorageError
from workbench.storage.index_schema import VERSION, connect, create, version_of
from workbench.storage.index_search import MEETS, IndexRow, Query, Test
from workbench.storage.index_writing import IndexWriter

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_COMPANIONS: Final = ("", "-wal", "-shm")


class DamagedIndexError(StorageError):
    """The database is not whole, or not one of ours: it has to be set aside and made anew from the files."""


class Held(NamedTuple):
    """What the index says of one object.

    Attributes:
        path: of its file, within the folder.
        length: of the file when it was indexed.
        checksum: of the file.
        study_instance_uid: empty when it is part of no study.
        patient_id: empty when there is none.
    """

    path: str
    length: int
    checksum: int
    study_instance_uid: str
    patient_id: str


_HELD: Final = """
    SELECT instance.path, instance.length, instance.checksum,
        coalesce(study.study_instance_uid, ''), coalesce(patient.patient_id, '')
    FROM instance LEFT JOIN series ON series.id = instance.series LEFT JOIN study ON study.id = series.study
        LEFT JOIN patient ON patient.id = study.patient
    WHERE instance.sop_instance_uid = ?
"""


class IndexReader:
    """One connection that reads, used by one thread at a time."""

    def __init__(self, path: str) -> None:
        self.connection = connect(path, read_only=True)
        self.file = os.stat(path).st_ino
        self._tests: tuple[Test, ...] = ()
        self.connection.create_function(MEETS, 3, self._meets)

    def fetch(self, query: Query, last: int, count: int) -> list[IndexRow]:
        """Gives the next rows of a query after the one with the number `last`."""
        self._tests = query.tests
        return self.connection.execute(query.sql, (last, *query.parameters, count)).fetchall()

    def held(self, sop_instance_uid: str) -> Held | None:
        """Gives what is known of an object, at once; whether its file is there is not looked at."""
        row = self.connection.execute(_HELD, (sop_instance_uid,)).fetchone()
        return None if row is None else Held(*row)

    def _meets(self, number: int, value: str | None, second: str | None) -> bool:
        return self._tests[number](value, second)


class IndexDatabase:
    """The connections to one file; its methods may be called from any thread.

    Raises:
        DamagedIndexError: the file is not whole, or of another version.
        StorageError: it cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = RLock()  # of the writer
        self._pool = (
            Lock()
        )  # of the readers that nobody uses; held for a moment only, so that none waits for the writer
        self._readers: deque[IndexReader] = deque()
        self._file = 0
        self._is_closed = False
        with translated(self.path):
            self._open()

    def close(self) -> None:
        """Closes all connections; nothing may be under way."""
        with self._lock:
            self._is_closed = True
            self._close()

    @contextmanager
    def writing(self) -> Iterator[IndexWriter]:
        """Gives the writer to one thread at a time.

        Raises:
            StorageError: what is done with it failed; DamagedIndexError when the file is to blame.
        """
        with self._lock, translated(self.path):
            self._follow()
            yield self._writer

    @contextmanager
    def reading(self) -> Iterator[IndexReader]:
        """Gives a reader; raises as `writing` does."""
        with translated(self.path):
            self._follow()
            try:
                reader = self._readers.pop()
            except IndexError:
                reader = IndexReader(self.path)
            try:
                yield reader
            except BaseException:
                reader.connection.close()
                raise
            self._give_back(reader)

    def is_whole(self) -> bool:
        """Whether every page of the file is as it should be; takes seconds for a large one."""
        try:
            with self._lock, translated(self.path):
                self._follow()
                return bool(self._connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except DamagedIndexError:
            return False

    def is_clean(self) -> bool:
        """Whether the index was closed in order and not opened since."""
        with self._lock, translated(self.path):
            return bool(self._connection.execute("SELECT is_clean FROM state").fetchone() == (1,))

    def mark(self, *, is_clean: bool) -> None:
        """Notes, durably, whether the index is closed in order."""
        with self._lock, translated(self.path):
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("UPDATE state SET is_clean = ?", (int(is_clean),))
            self._connection.execute("PRAGMA synchronous = NORMAL")

    def replace_by(self, connection: sqlite3.Connection) -> None:
        """Replaces all that the file holds by another database, in one step for whoever reads or writes it."""
        with self._lock, translated(self.path):
            self._follow()
            connection.backup(self._connection)
            self._writer = IndexWriter(self._connection)

    def set_aside(self) -> str:
        """Renames the file, begins an empty one, and gives the name that the old one has now."""
        with self._lock:
            self._close()
            name = set_aside(self.path)
            with translated(self.path):
                self._open()
            return name

    def _open(self) -> None:
        self._connection = connect(self.path)
        try:
            version = version_of(self._connection)
            if version == 0:
                create(self._connection)
            elif version != VERSION:
                raise DamagedIndexError(f"the index is of version {version}, not {VERSION}", path=self.path)
            self._writer = IndexWriter(self._connection)
            self._file = os.stat(self.path).st_ino
        except BaseException:
            self._connection.close()
            raise

    def _close(self) -> None:
        with self._pool:
            while self._readers:
                self._readers.pop().connection.close()
        self._connection.close()

    def _follow(self) -> None:
        """Opens the file again when its name stands for another one: someone else has set it aside or removed it."""
        if self._is_closed:
            raise StorageError("the index is closed", path=self.path)
        if self._is_current():
            return
        with self._lock:
            if not self._is_current():
                self._close()
                self._open()

    def _is_current(self) -> bool:
        try:
            return os.stat(self.path).st_ino == self._file
        except FileNotFoundError:
            return False

    def _give_back(self, reader: IndexReader) -> None:
        with self._pool:
            if self._is_closed or reader.file != self._file:
                reader.connection.close()
            else:
                self._readers.append(reader)


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Makes a StorageError of an error of SQLite, a DamagedIndexError where the file is to blame."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGE:
            raise DamagedIndexError(f"the index is damaged: {error}", path=path) from error
        raise StorageError(f"the index cannot be used: {error}", path=path) from error


def set_aside(path: str) -> str:
    """Renames a database that cannot be used, with its log, and gives its new name. Nobody of ours may have it open."""
    names = (f"{path}.damaged-{number}" for number in itertools.count(1))
    name = next(name for name in names if not os.path.lexists(name))
    for companion in _COMPANIONS:
        with contextlib.suppress(FileNotFoundError):
            os.rename(path + companion, name + companion)
    return name
