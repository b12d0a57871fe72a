"""The index of an archive: which patients, studies, series and instances its folder holds (PS3.4 C.6).

The files are the truth, the index is a SQLite database beside them. An object is indexed after its file is durable and
before its sender is told, with the checksum of what was written. Whatever happens in between (a crash, a file removed
or copied in by hand, a damaged database), opening, searching and `rebuild` make the index equal to the folder again; no
object is ever touched.

A search may be made by any thread and blocks neither the storing of objects nor other searches.
"""

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from threading import Lock
from types import TracebackType
from typing import Final, Self, TypeVar

from workbench.errors import StorageError
from workbench.storage.attributes import (
    PATIENT_ID,
    SERIES_INSTANCE_UID,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    STUDY_INSTANCE_UID,
    Addition,
    Attributes,
    Level,
)
from workbench.storage.index_database import DamagedIndexError, Held, IndexDatabase, IndexReader, set_aside
from workbench.storage.index_files import (
    Difference,
    Progress,
    Report,
    differences,
    is_unchanged,
    rebuild,
    state_of,
    unreadable,
)
from workbench.storage.index_lock import OpenMark
from workbench.storage.index_search import AVAILABLE_TRANSFER_SYNTAX_UID, IndexRow, Query, Row, query, supported
from workbench.storage.index_watch import FolderWatch
from workbench.storage.index_writing import IndexWriter
from workbench.storage.matching import Condition, Kind
from workbench.storage.part10 import Instance, scan
from workbench.storage.replacing import is_same_file
from workbench.storage.rereading import checksum_of, read_whole

__all__ = ["Difference", "InstanceIndex", "Level", "Report", "Row", "StoredInstance", "check"]

FILE_NAME: Final = ".index.sqlite"
_LOCK_NAME: Final = ".index.lock"

# Rows of the first portion of a search and of the largest one: the first answer comes soon, the others cheaply.
_FIRST_PORTION: Final = 16
# Where an index leads to the rows, each portion goes through all of them again: few large ones are better.
_LARGEST_PORTION: Final = 2048

_Found = TypeVar("_Found")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInstance:
    """An object in the archive; what it is not part of (a palette has no study) is empty.

    Attributes:
        length: bytes of its file when it was indexed.
        checksum: of its file, CRC-32.
    """

    path: str
    length: int
    checksum: int
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    study_instance_uid: str
    series_instance_uid: str
    patient_id: str

    def instance(self) -> Instance:
        """Reads the start of the file and gives what is needed to send it. Blocks.

        Raises:
            StorageError: the file is gone, cannot be read, or has another length than when it was indexed.
        """
        instance = scan(self.path)
        now = instance.offset + instance.length
        if now != self.length:
            raise StorageError(f"has {now} bytes, and had {self.length} when it was indexed", path=self.path)
        return instance


class InstanceIndex:
    """The index of one folder. Open it by `open`, close it in the end. Everything here blocks.

    Every method raises StorageError when the database cannot be read or written (a full disk, say). A damaged one is
    set aside and made anew, which is logged.
    """

    def __init__(self, folder: str, database: IndexDatabase, mark: OpenMark) -> None:
        self.folder = folder
        self._prefix = os.path.join(folder, "")
        self._database = database
        self._mark = mark
        self._watch = FolderWatch(folder, database)
        self._recovery = Lock()
        self._rebuilding = Lock()
        self._is_comparable = False  # whether it is what the folder was when it was listed last

    @classmethod
    def open(
        cls, folder: str | os.PathLike[str], *, progress: Progress | None = None, is_compared: bool = True
    ) -> Self:
        """Opens the index of a folder, makes it when there is none, and makes it equal to the folder.

        Args:
            progress: is told of files that have to be looked at.
            is_compared: make it equal to the folder; False for who rebuilds it anyway.

        Raises:
            StorageError: there is no such folder, or it cannot be written to.
        """
        folder = os.path.abspath(folder)
        if not os.path.isdir(folder):
            raise StorageError("there is no such folder", path=folder)
        try:
            mark = OpenMark(os.path.join(folder, _LOCK_NAME))
        except OSError as error:
            raise StorageError(f"cannot be indexed: {error.strerror or error}", path=folder) from error
        try:
            index = cls(folder, _open_database(os.path.join(folder, FILE_NAME)), mark)
        except BaseException:
            mark.close()
            raise
        try:
            index._begin(progress, is_compared=is_compared)
        except BaseException:
            index._database.close()
            mark.close()
            raise
        return index

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the index; nothing else may be under way."""
        self._watch.wait()
        if self._is_comparable and self._mark.try_alone():
            with contextlib.suppress(StorageError):  # then the next one to open it compares it with the folder
                self._database.mark(is_clean=True)
        self._database.close()
        self._mark.close()

    def supported(self, level: Level) -> frozenset[int]:
        """Gives the tags that a search at a level answers: of this level, of those above, and numbers and sets."""
        return supported(level)

    def add(self, found: Attributes, path: str, status: os.stat_result | None = None) -> None:
        """Takes in an object; see `add_all`."""
        self.add_all((Addition(found, path, status),))

    def add_all(self, additions: Sequence[Addition]) -> None:
        """Takes in objects whose files are durable, all or none.

        What was indexed with their SOP Instance UID or path is replaced.
        """
        self._watch.note_own_change()
        try:
            with self._database.writing() as writer, contextlib.ExitStack() as stack:
                if len(additions) > 1:  # a single one is mostly a single statement
                    stack.enter_context(writer.transaction())
                for addition in additions:
                    self._add(writer, addition)
        except DamagedIndexError as error:
            self._recover(error)

    def _add(self, writer: IndexWriter, addition: Addition) -> None:
        path = os.path.join(self.folder, addition.path)
        status = addition.status
        if status is None:
            try:
                status = os.stat(path)
            except OSError as error:
                raise StorageError(f"cannot be indexed: {error.strerror or error}", path=path) from error
        elif not is_same_file(path, status):
            return
        checksum = checksum_of(path) if addition.checksum is None else addition.checksum
        writer.add(addition.found, state_of(self._name(path), status), checksum)

    def remove(self, path: str) -> None:
        """Takes an object out of the index; its file is not touched."""
        with self._database.writing() as writer:
            writer.remove(self._name(os.path.join(self.folder, path)))

    def search(
        self, level: Level, conditions: Sequence[Condition], keys: Sequence[int], *, limit: int | None = None
    ) -> Iterator[Row]:
        """Gives one row for each patient, study, series or instance that meets all conditions, in no particular order.

        Args:
            conditions: on attributes of any level; those that the index does not hold are met by everything.
            keys: tags of what to give.
            limit: at most so many rows.

        Returns:
            Texts in the order of the keys: several values separated by a backslash, a sequence as JSON (a list of
            items, each an object of texts by eight hexadecimal digits), None for what is not known or not supported.
        """
        self._watch.look()
        others = ("instance.path",) if level is Level.IMAGE else ()
        statement = query(level, conditions, keys, others=others)
        found = (row[1:] for row in self._rows(statement))
        if level is Level.IMAGE:
            found = (row[1:] for row in found if self._is_there(row[0]))
        yield from islice(found, limit)

    def instances(self, conditions: Sequence[Condition] = ()) -> Iterator[StoredInstance]:
        """Gives the objects that meet all conditions and whose files are there: for retrieval and commitment.

        Objects of no patient are among them, unless a condition asks for something of a patient, study or series.
        """
        self._watch.look()
        statement = query(Level.IMAGE, conditions, _IDENTITY, others=_FILE, with_parentless=True)
        for row in self._rows(statement):
            path, length, checksum = row[1:4]
            if self._is_there(path):
                sop_class, instance, syntax, study, series, patient = (text or "" for text in row[4:])
                yield StoredInstance(
                    path=os.path.join(self.folder, str(path)),
                    length=length,
                    checksum=checksum,
                    sop_class_uid=sop_class,
                    sop_instance_uid=instance,
                    transfer_syntax_uid=syntax,
                    study_instance_uid=study,
                    series_instance_uid=series,
                    patient_id=patient,
                )

    def held(self, sop_instance_uid: str) -> Held | None:
        """Gives what the index says of an object, at once; None when it does not know it."""
        return self._read(lambda reader: reader.held(sop_instance_uid))

    def reread(self, sop_instance_uid: str) -> StoredInstance | None:
        """Reads an object from its file, from the first byte to the last, and gives what the file says it is.

        Its length and checksum are compared with those of the file that was received; of an object that was found in
        the folder, or since the index was rebuilt, with those of the file that was read then.

        Returns:
            None when the archive does not hold it.

        Raises:
            StorageError: there is doubt: the file cannot be read, is not whole, is not what was indexed, or holds
                another object.
        """
        condition = Condition(tag=SOP_INSTANCE_UID, vr="UI", kind=Kind.SINGLE, values=(sop_instance_uid,))
        stored = next(self.instances((condition,)), None)
        if stored is None:
            return None
        whole = read_whole(stored.path)
        whole.compare(sop_instance_uid=sop_instance_uid, length=stored.length, checksum=stored.checksum)
        instance = whole.instance
        return replace(stored, sop_class_uid=instance.sop_class_uid, transfer_syntax_uid=instance.transfer_syntax_uid)

    def rebuild(self, *, progress: Progress | None = None) -> Report:
        """Makes the index anew from the files, beside the old one, and puts it in its place in one step.

        Args:
            progress: is told how many files were read.
        """
        with self._rebuilding:
            try:
                report = rebuild(self.folder, self._database, progress=progress)
            except DamagedIndexError as error:
                self._recover(error)
                report = rebuild(self.folder, self._database, progress=progress)
        self._is_comparable = True
        return report

    def check(self) -> Iterator[Difference]:
        """Gives the files on which index and folder do not agree, and changes nothing."""
        return differences(self.folder, self._database.path)

    def _name(self, path: str) -> str:
        """Gives the name that the index has for a file."""
        inner = path[len(self._prefix) :] if path.startswith(self._prefix) else os.path.relpath(path, self.folder)
        return inner if os.sep == "/" else inner.replace(os.sep, "/")

    def _rows(self, statement: Query) -> Iterator[IndexRow]:
        """Gives the rows of a statement, portion by portion."""
        last, size = 0, _FIRST_PORTION
        while True:
            rows = self._portion(statement, last, size)
            yield from rows
            if len(rows) < size:
                return
            last = rows[-1][0]
            size = min(size * 4, _LARGEST_PORTION)

    def _portion(self, statement: Query, last: int, size: int) -> list[IndexRow]:
        return self._read(lambda reader: reader.fetch(statement, last, size))

    def _read(self, read: Callable[[IndexReader], _Found]) -> _Found:
        try:
            with self._database.reading() as reader:
                return read(reader)
        except DamagedIndexError as error:
            self._recover(error)
        with self._database.reading() as reader:
            return read(reader)

    def _is_there(self, path: str | None) -> bool:
        """Whether a file is there; else its object is taken out."""
        assert path is not None
        if os.path.exists(os.path.join(self.folder, path)):
            return True
        with self._database.writing() as writer:
            if not os.path.lexists(os.path.join(self.folder, path)):
                writer.remove(path)
        return False

    def _begin(self, progress: Progress | None, *, is_compared: bool) -> None:
        """Makes the index equal to the folder, as far as it may differ, and marks it as open."""
        is_clean = self._database.is_clean()
        if self._mark.is_alone:
            self._database.mark(is_clean=False)
            self._mark.share()
        if not is_compared:
            self._watch.ignore()
            return
        self._is_comparable = True
        is_suspect = self._mark.is_alone and not is_clean
        if is_suspect and not self._database.is_whole():
            self._recover(DamagedIndexError("the index is damaged", path=self._database.path))
        elif is_suspect:
            self._watch.compare(with_states=True, progress=progress)
        elif not is_unchanged(self.folder, self._database):
            self._watch.compare(with_states=False, progress=progress)

    def _recover(self, error: DamagedIndexError) -> None:
        """Sets a damaged database aside and makes the index anew; one thread does it, others wait."""
        with self._recovery:
            if self._database.is_whole():  # by now
                return
            name = self._database.set_aside()
            _logger.error("! %s: it is set aside as %s and made anew", error, os.path.basename(name))
            self._watch.compare(with_states=False)


_FILE: Final = ("instance.path", "instance.length", "instance.checksum")
_IDENTITY: Final = (
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    AVAILABLE_TRANSFER_SYNTAX_UID,
    STUDY_INSTANCE_UID,
    SERIES_INSTANCE_UID,
    PATIENT_ID,
)


def check(folder: str | os.PathLike[str], *, is_reread: bool = False) -> Iterator[Difference]:
    """Gives what is wrong with a folder and its index, whether or not somebody has it open, and changes nothing.

    Args:
        is_reread: also read every object that is indexed, from the first byte to the last.

    Raises:
        StorageError: there is no such folder, or the index cannot be read.
    """
    folder = os.path.abspath(folder)
    path = os.path.join(folder, FILE_NAME)
    if not os.path.exists(path):
        if not os.path.isdir(folder):
            raise StorageError("there is no such folder", path=folder)
        yield Difference(FILE_NAME, "is missing: the folder has no index")
        return
    yield from differences(folder, path)
    if is_reread:
        yield from unreadable(folder, path)


def _open_database(path: str) -> IndexDatabase:
    try:
        return IndexDatabase(path)
    except DamagedIndexError as error:
        _logger.error("! %s: it is set aside as %s and made anew", error, os.path.basename(set_aside(path)))
        return IndexDatabase(path)
