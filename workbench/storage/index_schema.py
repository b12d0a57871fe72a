"""The tables of the index: one for each level of PS3.4 C.6, with a column for each attribute, made of one list.

Person names have a second column without what does not count when names are compared. Objects without Study or Series
Instance UID (hanging protocols, palettes and other objects of no patient) have no series: they are found by their UIDs
only. Numbers of related entities and the like have no column: they are computed when somebody asks.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from workbench.errors import StorageError
from workbench.storage.attributes import Attribute, Level, attributes

VERSION: Final = 2
"""Of these tables, kept in user_version; an index of another version is rebuilt."""

APPLICATION_ID: Final = 0x44574258

TABLES: Final = {Level.PATIENT: "patient", Level.STUDY: "study", Level.SERIES: "series", Level.IMAGE: "instance"}

FOLDED: Final = "_folded"

# Columns beside those of attributes. AUTOINCREMENT: a number is never used again, so that a writer may remember it, and
# a search that goes on after it meets nothing twice. For instances it would cost every one of them a further page.
# `checksum` is the CRC-32 of a whole file. `newest` and `modified_ns` are when one was last written; `identity` tells
# patients apart (see index_writing).
_OTHER_COLUMNS: Final = {
    Level.PATIENT: "id INTEGER PRIMARY KEY AUTOINCREMENT, identity TEXT NOT NULL UNIQUE, newest INTEGER NOT NULL",
    Level.STUDY: "id INTEGER PRIMARY KEY AUTOINCREMENT, patient INTEGER NOT NULL, newest INTEGER NOT NULL",
    Level.SERIES: "id INTEGER PRIMARY KEY AUTOINCREMENT, study INTEGER NOT NULL, newest INTEGER NOT NULL",
    Level.IMAGE: (
        "id INTEGER PRIMARY KEY, series INTEGER, sop_class INTEGER NOT NULL,"
        " transfer_syntax INTEGER NOT NULL, path TEXT NOT NULL, length INTEGER NOT NULL, modified_ns INTEGER NOT NULL,"
        " checksum INTEGER NOT NULL"
    ),
}

_SMALL_TABLES: Final = """
    CREATE TABLE uid (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE);
    -- Files that are no objects, or further copies of indexed ones: known, so that they are not read each time.
    CREATE TABLE other (path TEXT PRIMARY KEY, length INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
        reason TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE folder (path TEXT PRIMARY KEY, modified_ns INTEGER NOT NULL) WITHOUT ROWID;
    -- One row. is_clean: the index was closed in order. generation: another one in each index that is made.
    CREATE TABLE state (is_clean INTEGER NOT NULL, generation INTEGER NOT NULL);
    INSERT INTO state VALUES (0, abs(random() / 2));
"""

_INDEXES: Final = """
    CREATE INDEX patient_by_id ON patient (patient_id);
    CREATE INDEX patient_by_name ON patient (patient_name_folded);
    CREATE UNIQUE INDEX study_by_uid ON study (study_instance_uid, patient);
    CREATE INDEX study_by_patient ON study (patient);
    CREATE INDEX study_by_date ON study (study_date);
    CREATE INDEX study_by_accession_number ON study (accession_number);
    CREATE UNIQUE INDEX series_by_uid ON series (series_instance_uid, study);
    CREATE INDEX series_by_study ON series (study, modality);
    CREATE UNIQUE INDEX instance_by_uid ON instance (sop_instance_uid);
    CREATE UNIQUE INDEX instance_by_path ON instance (path);
    CREATE INDEX instance_by_series ON instance (series, sop_class);
"""


@cache
def columns(level: Level) -> tuple[Attribute, ...]:
    """Gives the attributes that have a column at a level, in their order."""
    return tuple(attribute for attribute in attributes().values() if attribute.level is level)


@cache
def column_names(level: Level) -> tuple[str, ...]:
    """Gives the columns that are made of attributes: theirs, and the folded ones of person names."""
    names: list[str] = []
    for attribute in columns(level):
        names.append(attribute.column)
        if attribute.vr == "PN":
            names.append(attribute.column + FOLDED)
    return tuple(names)


def create(connection: sqlite3.Connection, *, with_indexes: bool = True) -> None:
    """Makes the tables in an empty database."""
    connection.executescript("BEGIN;" + "".join(_table(level) for level in Level) + _SMALL_TABLES + "COMMIT;")
    if with_indexes:
        create_indexes(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def create_indexes(connection: sqlite3.Connection) -> None:
    """Makes what finds rows; last, where many rows are written at once."""
    connection.executescript("BEGIN;" + _INDEXES + "COMMIT;")


def connect(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    """Opens a database for any thread, one at a time; sqlite3.Error as it comes."""
    uri = f"{Path(path).as_uri()}?mode={'ro' if read_only else 'rwc'}"
    connection = sqlite3.connect(uri, uri=True, timeout=60, isolation_level=None, check_same_thread=False)
    try:
        if not read_only:
            # What a crash of the system can take from the log, opening finds again in the folder (see index_files).
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA wal_autocheckpoint = 4000")
            connection.execute(f"PRAGMA journal_size_limit = {64 * 2**20}")
        connection.execute("PRAGMA temp_store = MEMORY")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def version_of(connection: sqlite3.Connection) -> int:
    """Gives the version of the tables: 0 for none yet.

    Raises:
        StorageError: the database is another program's.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION_ID:
        (path,) = connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
        raise StorageError("this is a database of another program, not an index", path=path)
    return int(version) if tables else 0


def insert_sql(level: Level, others: Sequence[str], *, verb: str = "INSERT") -> str:
    """Gives the statement that writes a row: first the other columns named, then those of attributes."""
    names = (*others, *column_names(level))
    return f"{verb} INTO {TABLES[level]} ({', '.join(names)}) VALUES ({marks(names)})"


def marks(values: Iterable[object]) -> str:
    """Gives a question mark for each value."""
    return ", ".join("?" for _ in values)


def _table(level: Level) -> str:
    texts = ", ".join(f"{name} TEXT" for name in column_names(level))
    return f"CREATE TABLE {TABLES[level]} ({_OTHER_COLUMNS[level]}, {texts});"
