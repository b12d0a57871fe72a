"""The worklist that a user edits: entries in one JSON file, written whole or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, Final

import msgspec
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from workbench.errors import ConfigError
from workbench.json_file import read_document, write_document
from workbench.services.worklist.entries import FIELDS, WorklistEntry, problems
from workbench.services.worklist.items import data_set_of

FILE_VERSION: Final = 1

_NAMES: Final = frozenset(field.name for field in FIELDS)
_Stamp = tuple[int, int, int]


class WorklistTable:
    """Entries in a file. All methods block; any thread may call them.

    Several may have the file open: `refresh` takes what another one has written. Every change is in the file before it
    is in `entries`.

    Raises:
        ConfigError: the file cannot be read or holds a wrong value; the message names entry and field.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._stamp: _Stamp | None = None
        self._entries: tuple[WorklistEntry, ...] = ()
        self._data_sets: tuple[Dataset, ...] = ()
        self.refresh()

    @property
    def entries(self) -> tuple[WorklistEntry, ...]:
        """The entries, in the order in which they were added."""
        return self._entries

    def data_sets(self) -> Sequence[Dataset]:
        """Gives the entries as worklist items, read anew if the file has changed; ConfigError as `refresh`."""
        self.refresh()
        return self._data_sets

    def refresh(self) -> None:
        """Reads the file again if it has changed; entries that were read before stay when it is wrong.

        Raises:
            ConfigError: see the class.
        """
        with self._lock:
            stamp = _stamp(self.path)
            if stamp != self._stamp:
                self._take(load_entries(self.path))
                self._stamp = stamp

    def add(self, entry: WorklistEntry) -> WorklistEntry:
        """Adds an entry and gives it as it is kept: with a Study Instance UID, if it had none.

        Raises:
            ConfigError: it is not valid, there is one with its key, or the file cannot be written.
        """
        with self._lock:
            if not entry.study_instance_uid:
                entry = replace(entry, study_instance_uid=str(generate_uid(None)))
            self._write((*self._entries, entry))
            return entry

    def replace(self, key: tuple[str, str], entry: WorklistEntry) -> None:
        """Puts an entry in the place of the one that has the key; ConfigError as `add`, or when there is none."""
        with self._lock:
            place = self._place(key)
            self._write((*self._entries[:place], entry, *self._entries[place + 1 :]))

    def remove(self, key: tuple[str, str]) -> None:
        """Removes the entry that has the key; ConfigError when there is none, or the file cannot be written."""
        with self._lock:
            place = self._place(key)
            self._write((*self._entries[:place], *self._entries[place + 1 :]))

    def replace_all(self, entries: Sequence[WorklistEntry]) -> None:
        """Puts other entries in the place of all; ConfigError as `add`, and then nothing has changed."""
        with self._lock:
            self._write(tuple(entries))

    def _place(self, key: tuple[str, str]) -> int:
        for place, entry in enumerate(self._entries):
            if entry.key == key:
                return place
        raise ConfigError(f"there is no worklist entry with the IDs {' and '.join(map(repr, key))}")

    def _write(self, entries: tuple[WorklistEntry, ...]) -> None:
        check_entries(entries)
        _save(self.path, entries)
        self._take(entries)
        self._stamp = _stamp(self.path)

    def _take(self, entries: tuple[WorklistEntry, ...]) -> None:
        self._data_sets = tuple(data_set_of(entry) for entry in entries)
        self._entries = entries


def check_entries(entries: Sequence[WorklistEntry]) -> None:
    """Checks entries that are to be in one table.

    Raises:
        ConfigError: one is not valid, or two have the same key; the message names the entry and its fields at fault.
    """
    seen: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(entries, 1):
        found = problems(entry)
        name = f"entry {number} ({entry.patient_name or 'no name'}, {entry.step_id or 'no step ID'})"
        if found:
            raise ConfigError(f"{name}: {'; '.join(map(str, found))}")
        if entry.key in seen:
            raise ConfigError(f"{name}: requested_procedure_id and step_id are those of entry {seen[entry.key]}")
        seen[entry.key] = number


def load_entries(path: Path) -> tuple[WorklistEntry, ...]:
    """Reads a worklist file; one that does not exist has no entries.

    Raises:
        ConfigError: it cannot be read, is not JSON, is of another version, or holds a wrong value; names the place.
    """
    document = read_document(path, version=FILE_VERSION, name="the worklist")
    if document is None:
        return ()
    listed = document.get("entries", [])
    if not isinstance(listed, list):
        raise ConfigError(f"{path}: entries: no list")
    try:
        entries = tuple(_entry(number, fields) for number, fields in enumerate(listed, 1))
        check_entries(entries)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    return entries


def _entry(number: int, fields: Any) -> WorklistEntry:
    unknown = sorted(set(fields) - _NAMES) if isinstance(fields, dict) else ()
    if unknown:
        raise ConfigError(f"entry {number}: {unknown[0]}: there is no such field")
    try:
        return msgspec.convert(fields, WorklistEntry)
    except msgspec.ValidationError as error:
        raise ConfigError(f"entry {number}: {error}") from error


def _save(path: Path, entries: tuple[WorklistEntry, ...]) -> None:
    listed = [{name: value for name, value in msgspec.to_builtins(entry).items() if value} for entry in entries]
    write_document(path, {"entries": listed}, version=FILE_VERSION, name="the worklist")


def _stamp(path: Path) -> _Stamp | None:
    """Gives what changes when the file does; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino)
