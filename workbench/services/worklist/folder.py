"""Worklist files of others: DICOM files named `*.wl` in a folder, read again when they have changed.

They are what DCMTK's wlmscpfs and Orthanc's worklist plugin serve. A file that cannot be read, or lacks a value that
the standard requires, is reported once and left out. A file named `lockfile` is honoured as wlmscpfs honours it:
readers hold a shared lock on it, so that a writer with an exclusive one is alone.
"""

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from pydicom.dataset import Dataset

from workbench.errors import DataSetError, StorageError
from workbench.services.encoding import LONGEST, decode_data_set
from workbench.services.worklist.entries import FIELDS
from workbench.services.worklist.items import SCHEDULED_PROCEDURE_STEP_SEQUENCE, TAGS
from workbench.storage.element_texts import items_of, texts_of
from workbench.storage.structure import guess_encoding, transfer_syntax_of

try:
    import fcntl
except ImportError:  # Windows has no such locks; wlmscpfs does without them there
    fcntl = None  # type: ignore[assignment]

_log = logging.getLogger(__name__)

SUFFIX: Final = ".wl"
LOCK_FILE: Final = "lockfile"

_PREAMBLE: Final = 128
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was read: its worklist item, None when it was left out."""

    stamp: _Stamp
    data_set: Dataset | None


class WorklistFolder:
    """A folder of worklist files. Blocks; any thread may ask it.

    Attributes:
        skipped: why files are left out, by file name.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.skipped: dict[str, str] = {}
        self._files: dict[str, _File] = {}
        self._was_read = False
        self._reading = Lock()

    def data_sets(self) -> Sequence[Dataset]:
        """Gives the worklist items, in the order of the file names.

        While a writer holds the lock, what was read before is given.

        Raises:
            StorageError: there is no such folder, or a writer holds the lock and nothing was read before.
        """
        with self._reading, self._locked() as is_ours:
            if is_ours:
                self._read()
            elif not self._was_read:
                raise StorageError("a writer holds the lock of the worklist folder", path=str(self.folder))
            return tuple(file.data_set for _, file in sorted(self._files.items()) if file.data_set is not None)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[bool]:
        """Holds the shared lock; gives False when a writer has the exclusive one."""
        try:
            descriptor = os.open(self.folder / LOCK_FILE, os.O_RDONLY)
        except OSError:
            yield True  # there is no lock file
            return
        try:
            if fcntl is not None:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except OSError:
                    yield False
                    return
            yield True
        finally:
            os.close(descriptor)  # which gives the lock back

    def _read(self) -> None:
        try:
            with os.scandir(self.folder) as entries:
                found = {entry.name: entry.path for entry in entries if entry.name.lower().endswith(SUFFIX)}
        except OSError as error:
            raise StorageError(f"cannot be read: {error.strerror}", path=str(self.folder)) from error
        for name in self._files.keys() - found.keys():
            del self._files[name]
            self.skipped.pop(name, None)
        for name, path in found.items():
            try:
                status = os.stat(path)
                stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
                known = self._files.get(name)
                if known is None or known.stamp != stamp:
                    self._files[name] = _File(stamp, self._item(name, path))
            except OSError:
                self._files.pop(name, None)  # gone since the folder was listed
        self._was_read = True

    def _item(self, name: str, path: str) -> Dataset | None:
        try:
            data_set = read_worklist_file(path)
            check_complete(data_set)
        except Exception as error:  # noqa: BLE001 - pydicom raises what its parts raise; it costs this file alone
            self.skipped[name] = str(error)
            _log.warning("! worklist file %s is left out: %s", path, error)
            return None
        self.skipped.pop(name, None)
        return data_set


def read_worklist_file(path: str | os.PathLike[str]) -> Dataset:
    """Reads a worklist file, with or without file meta information.

    Raises:
        StorageError: it cannot be read, or is too long.
        DataSetError: it is no DICOM file, or broken.
    """
    try:
        with open(path, "rb") as stream:
            content = stream.read(LONGEST + 1)
    except OSError as error:
        raise StorageError(f"cannot be read: {error.strerror}", path=os.fspath(path)) from error
    if len(content) > LONGEST:
        raise StorageError(f"has over {LONGEST} bytes", path=os.fspath(path))
    if content[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        return _after_meta(content[_PREAMBLE + 4 :])
    encoding = guess_encoding(content[:8])
    if encoding is None:
        raise DataSetError("this is no DICOM file: there is no DICM at byte 128, nor a data set at byte 0")
    return decode_data_set(content, transfer_syntax_of(encoding))


def check_complete(data_set: Dataset) -> None:
    """Checks that a worklist item has what must always be returned with a value (type 1 of PS3.4 Table K.6-1).

    Raises:
        DataSetError: something is missing; the message names it.
    """
    steps = items_of(data_set, SCHEDULED_PROCEDURE_STEP_SEQUENCE)
    if len(steps) != 1:
        raise DataSetError(f"ScheduledProcedureStepSequence has {len(steps)} items, not 1")
    for field in FIELDS:
        if field.is_required and not texts_of(steps[0] if field.is_step else data_set, TAGS[field.name]):
            raise DataSetError(f"{field.keyword} has no value")


def _after_meta(content: bytes) -> Dataset:
    """Reads what follows DICM: group 0002, which tells the transfer syntax, then the data set (PS3.10 7.1)."""
    at, syntax = 0, ""
    while content[at : at + 2] == b"\x02\x00":
        is_long = content[at + 4 : at + 6] in (b"OB", b"UN", b"UT")
        head = 12 if is_long else 8
        length = int.from_bytes(content[at + head - (4 if is_long else 2) : at + head], "little")
        if content[at : at + 4] == b"\x02\x00\x10\x00":
            syntax = content[at + head : at + head + length].decode("ascii", "replace").rstrip("\0 ")
        at += head + length
    if not syntax:
        raise DataSetError("the file meta information names no Transfer Syntax UID")
    return decode_data_set(content[at:], syntax)
