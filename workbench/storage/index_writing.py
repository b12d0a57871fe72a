"""Writes objects into the tables of the index, and takes them out.

Most objects are further ones of a series that was just written: what they say of patient, study and series is the same
bytes as before, so one row is inserted and nothing else is decoded or looked up.

What several objects say of one patient, study or series may differ. The newest file that says something has the word;
an empty value does not take away what another object told.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple

from workbench.storage.attributes import (
    PATIENT_ID,
    SERIES_INSTANCE_UID,
    SOP_INSTANCE_UID,
    SPECIFIC_CHARACTER_SET,
    STUDY_INSTANCE_UID,
    Attributes,
    Level,
)
from workbench.storage.index_schema import TABLES, column_names, columns, insert_sql
from workbench.storage.person_names import fold_name
from workbench.storage.ranges import normal_form

_ISSUER_OF_PATIENT_ID: Final = 0x00100021
_PATIENT_NAME: Final = 0x00100010
_PATIENT_BIRTH_DATE: Final = 0x00100030

_MOST_KNOWN: Final = 1024  # series that a writer remembers

# A row that depends on its series still being there: another process may have removed the last of its objects, or
# rebuilt the index, which numbers all anew.
_OTHERS: Final = ("series", "sop_class", "transfer_syntax", "path", "length", "modified_ns", "checksum")
_INSERT_INSTANCE: Final = insert_sql(Level.IMAGE, _OTHERS)
_INSERT_INTO_KNOWN: Final = (
    f"INSERT OR IGNORE INTO instance ({', '.join((*_OTHERS, *column_names(Level.IMAGE)))}) "
    f"SELECT {', '.join('?' for _ in (*_OTHERS, *column_names(Level.IMAGE)))} "
    "WHERE EXISTS (SELECT 1 FROM series WHERE id = ?) AND EXISTS (SELECT 1 FROM state WHERE generation = ?)"
)

_UPPER: Final = tuple(attribute for level in Level if level is not Level.IMAGE for attribute in columns(level))
_UPPER_TAGS: Final = (SPECIFIC_CHARACTER_SET, *(attribute.tag for attribute in _UPPER if attribute.vr != "SQ"))
_UPPER_SEQUENCES: Final = tuple(attribute.tag for attribute in _UPPER if attribute.vr == "SQ")

_HAS_INSTANCE: Final = {
    Level.PATIENT: (
        "SELECT 1 FROM study JOIN series ON series.study = study.id JOIN instance ON instance.series = series.id "
        "WHERE study.patient = ? LIMIT 1"
    ),
    Level.STUDY: "SELECT 1 FROM series JOIN instance ON instance.series = series.id WHERE series.study = ? LIMIT 1",
    Level.SERIES: "SELECT 1 FROM instance WHERE series = ? LIMIT 1",
}


class FileState(NamedTuple):
    """A file as it was when it was read: its path within the folder, its size and when it was last written."""

    path: str
    length: int
    modified_ns: int


# All that an object says of its series, its study and its patient, undecoded.
_Key = tuple[object, ...]


class IndexWriter:
    """Writes by one connection; whoever calls sees to it that nobody else does. sqlite3.Error comes as it is."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._series: dict[_Key, int] = {}
        self._uids: dict[str, int] = {}
        self._version = self._generation = -1

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Makes what is written within happen at once or not at all; within another transaction it is part of that."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._forget()
            self._roll_back()
            raise

    def add(self, found: Attributes, file: FileState, checksum: int) -> None:
        """Writes an object; a row with its SOP Instance UID or its path is replaced."""
        key = _key(found)
        series = self._series.get(key)
        if series is not None:
            row = self._instance_row(found, file, checksum, series)
            if self._connection.execute(_INSERT_INTO_KNOWN, (*row, series, self._generation)).rowcount == 1:
                return
        with self.transaction():
            self._put(found, file, checksum, key)

    def remove(self, path: str) -> None:
        """Takes out the object of a file; with the last one also its series, study and patient."""
        with self.transaction():
            for _, series in self._take_instances("path = ?", path):
                self._prune(series)

    def note_other(self, file: FileState, reason: str) -> None:
        """Notes a file that is not to be indexed, so that it is not read again until it changes."""
        with self.transaction():
            self.remove(file.path)
            self._connection.execute("INSERT OR REPLACE INTO other VALUES (?, ?, ?, ?)", (*file, reason))

    def forget_other(self, path: str) -> None:
        """Removes the note on a file that is gone."""
        self._connection.execute("DELETE FROM other WHERE path = ?", (path,))

    def note_folders(self, times: Mapping[str, int]) -> None:
        """Notes when each folder had last changed when it was listed."""
        with self.transaction():
            self._connection.execute("DELETE FROM folder")
            self._connection.executemany("INSERT INTO folder VALUES (?, ?)", times.items())

    def file_of(self, sop_instance_uid: str) -> FileState | None:
        """Gives the file of an object, as it was when it was indexed."""
        sql = "SELECT path, length, modified_ns FROM instance WHERE sop_instance_uid = ?"
        row = self._connection.execute(sql, (sop_instance_uid,)).fetchone()
        return None if row is None else FileState(*row)

    def checksum_of(self, sop_instance_uid: str, path: str) -> int | None:
        """Gives the checksum that an object was indexed with, when this is its file."""
        sql = "SELECT checksum FROM instance WHERE sop_instance_uid = ? AND path = ?"
        row = self._connection.execute(sql, (sop_instance_uid, path)).fetchone()
        return None if row is None else int(row[0])

    def _put(self, found: Attributes, file: FileState, checksum: int, key: _Key) -> None:
        self._notice_others()
        replaced = self._take_instances("sop_instance_uid = ? OR path = ?", found.sop_instance_uid, file.path)
        series = None
        if found.text(STUDY_INSTANCE_UID) and found.text(SERIES_INSTANCE_UID):
            series = self._put_series(found, file.modified_ns)
        self._connection.execute(_INSERT_INSTANCE, self._instance_row(found, file, checksum, series))
        self._connection.execute("DELETE FROM other WHERE path = ?", (file.path,))
        for _, old in replaced:
            if old != series:
                self._prune(old)
        if series is not None:
            if len(self._series) >= _MOST_KNOWN:
                self._series.clear()
            self._series[key] = series

    def _put_series(self, found: Attributes, newest: int) -> int:
        patient = self._put_entity(Level.PATIENT, {"identity": _identity(found)}, found, newest)
        study_uid, series_uid = found.text(STUDY_INSTANCE_UID), found.text(SERIES_INSTANCE_UID)
        study = self._put_entity(Level.STUDY, {"study_instance_uid": study_uid, "patient": patient}, found, newest)
        return self._put_entity(Level.SERIES, {"series_instance_uid": series_uid, "study": study}, found, newest)

    def _put_entity(self, level: Level, keys: dict[str, object], found: Attributes, newest: int) -> int:
        """Writes what an object says of its patient, study or series, and gives the number of the row."""
        table, names, said = TABLES[level], column_names(level), _texts(found, level)
        where = " AND ".join(f"{name} = ?" for name in keys)
        sql = f"SELECT id, newest, {', '.join(names)} FROM {table} WHERE {where}"
        row = self._connection.execute(sql, tuple(keys.values())).fetchone()
        if row is None:
            others = {name: value for name, value in keys.items() if name not in names} | {"newest": newest}
            cursor = self._connection.execute(insert_sql(level, tuple(others)), (*others.values(), *said))
            assert cursor.lastrowid is not None
            return cursor.lastrowid
        number, before, *known = row
        if self._connection.execute(_HAS_INSTANCE[level], (number,)).fetchone() is None:
            merged = said  # nothing else speaks of it
        elif newest >= before:
            merged = [new or old for new, old in zip(said, known, strict=True)]
        else:
            merged = [old or new for new, old in zip(said, known, strict=True)]
        if merged != known:
            self._forget()
        if merged != known or newest > before:
            assignments = ", ".join(f"{name} = ?" for name in ("newest", *names))
            sql = f"UPDATE {table} SET {assignments} WHERE id = ?"
            self._connection.execute(sql, (max(newest, before), *merged, number))
        return int(number)

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # sqlite has not done it by itself, as it does when the disk is full
            self._connection.execute("ROLLBACK")

    def _take_instances(self, where: str, *values: str) -> list[tuple[int, int | None]]:
        rows = self._connection.execute(f"SELECT id, series FROM instance WHERE {where}", values).fetchall()
        for number, _ in rows:
            self._connection.execute("DELETE FROM instance WHERE id = ?", (number,))
        return rows

    def _prune(self, series: int | None) -> None:
        """Removes a series that has no object any more, and what holds nothing else."""
        if series is None or self._connection.execute(_HAS_INSTANCE[Level.SERIES], (series,)).fetchone():
            return
        self._forget()
        (study,) = self._connection.execute("DELETE FROM series WHERE id = ? RETURNING study", (series,)).fetchone()
        if self._connection.execute("SELECT 1 FROM series WHERE study = ? LIMIT 1", (study,)).fetchone():
            return
        (patient,) = self._connection.execute("DELETE FROM study WHERE id = ? RETURNING patient", (study,)).fetchone()
        if not self._connection.execute("SELECT 1 FROM study WHERE patient = ? LIMIT 1", (patient,)).fetchone():
            self._connection.execute("DELETE FROM patient WHERE id = ?", (patient,))

    def _instance_row(
        self, found: Attributes, file: FileState, checksum: int, series: int | None
    ) -> tuple[object, ...]:
        return (
            series,
            self._uid(found.sop_class_uid),
            self._uid(found.transfer_syntax_uid),
            *file,
            checksum,
            *_texts(found, Level.IMAGE),
        )

    def _uid(self, uid: str) -> int:
        """Gives the number that stands for a SOP class or a transfer syntax."""
        number = self._uids.get(uid)
        if number is None:
            self._connection.execute("INSERT OR IGNORE INTO uid (uid) VALUES (?)", (uid,))
            (number,) = self._connection.execute("SELECT id FROM uid WHERE uid = ?", (uid,)).fetchone()
            self._uids[uid] = number
        return number

    def _notice_others(self) -> None:
        """Forgets what is known when another process has written since."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._forget()
            self._version = version
            (self._generation,) = self._connection.execute("SELECT generation FROM state").fetchone()

    def _forget(self) -> None:
        self._series.clear()
        self._uids.clear()


def _key(found: Attributes) -> _Key:
    values = tuple(map(found.found.get, _UPPER_TAGS))
    if found.found.keys().isdisjoint(_UPPER_SEQUENCES):
        return values
    return (*values, *(repr(found.found.get(tag)) for tag in _UPPER_SEQUENCES))


def _identity(found: Attributes) -> str:
    """Gives what tells patients apart: the ID with its issuer, without an ID the name and the date of birth."""
    identifier = found.text(PATIENT_ID) or ""
    if identifier:
        return "\n".join((identifier, found.text(_ISSUER_OF_PATIENT_ID) or ""))
    return "\n".join(("", fold_name(found.text(_PATIENT_NAME) or ""), found.text(_PATIENT_BIRTH_DATE) or ""))


def _texts(found: Attributes, level: Level) -> list[str | None]:
    """Gives the values of the columns of a level."""
    texts: list[str | None] = []
    present = found.found
    for attribute in columns(level):
        tag, vr = attribute.tag, attribute.vr
        text = None
        if tag in present:
            text = _as_json(found.items(tag)) if vr == "SQ" else found.text(tag)
            if text and vr == "DA":
                text = normal_form("DA", text) or text  # so that dates compare as texts
        elif tag == SOP_INSTANCE_UID:
            text = found.sop_instance_uid
        texts.append(text)
        if vr == "PN":
            texts.append(fold_name(text) if text else text)
    return texts


def _as_json(items: list[dict[int, str]] | None) -> str | None:
    if items is None:
        return None
    return json.dumps([{f"{tag:08X}": text for tag, text in item.items()} for item in items], ensure_ascii=False)
