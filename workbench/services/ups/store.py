"""Steps and subscriptions on disk: one SQLite file in a folder, one transaction for each operation.

What an operation answers is on the disk before: the file is written ahead and synced with every transaction. It is held
by one process at a time. All calls block.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from threading import Lock
from typing import Final

from workbench.errors import DataSetError, StatusError, StorageError
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.ups.data_sets import settle
from workbench.services.ups.subscriptions import GlobalSubscription, Subscription
from workbench.services.ups.workitems import Workitem
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

FILE_NAME: Final = "ups.sqlite"
_VERSION: Final = 1

RESOURCE_LIMITATION: Final = 0x0213  # PS3.7 C.5.19

LONGEST_STEP: Final = 2**20
"""Bytes of a step, which is held in memory; room for the references to some 8,000 instances."""

MOST_BYTES: Final = 256 * 2**20
"""Bytes of all steps together."""

_TO_END: Final = 2**12  # bytes by which a step may grow where there is no other room left, so that it can be performed
_ROOM_TO_END: Final = MOST_BYTES // 8  # for all that

_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS step (
        sop_instance_uid TEXT PRIMARY KEY,
        data_set BLOB NOT NULL,      -- Explicit VR Little Endian
        subscribers TEXT NOT NULL,   -- JSON: AE title -> name of a Subscription
        ended REAL                   -- seconds since 1970
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS global_subscription (
        ae_title TEXT PRIMARY KEY,
        state TEXT NOT NULL,         -- name of a Subscription
        filter BLOB NOT NULL
    ) WITHOUT ROWID;
"""


class Store:
    """The file of a folder; makes both when they are not there.

    Raises:
        StorageError: the folder cannot be used, another process has the file open, or it is of another version.
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        self._path = Path(folder) / FILE_NAME
        self._lock = Lock()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.is_new = not self._path.exists()
            self._path.touch(mode=0o600)  # it holds names of patients; SQLite gives its other files the same mode
            self._database = sqlite3.connect(self._path, timeout=0, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"{self._path} cannot be opened: {error}", path=str(self._path)) from error
        try:
            self._prepare()
            self._sizes = self._read_sizes()
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Lets others open the file."""
        with self._lock:
            self._database.close()

    def steps(self) -> list[Workitem]:
        """Reads all steps.

        Raises:
            StorageError: the file is damaged.
        """
        try:
            rows = self._database.execute("SELECT sop_instance_uid, data_set, subscribers, ended FROM step").fetchall()
            return [
                Workitem(
                    sop_instance_uid=uid,
                    data_set=settle(decode_data_set(encoded, EXPLICIT_VR_LITTLE_ENDIAN)),
                    subscribers={title: Subscription[name] for title, name in json.loads(subscribers).items()},
                    ended=ended,
                )
                for uid, encoded, subscribers, ended in rows
            ]
        except (sqlite3.Error, DataSetError, ValueError, KeyError) as error:
            raise StorageError(f"{self._path} is damaged: {error}", path=str(self._path)) from error

    def global_subscriptions(self) -> dict[str, GlobalSubscription]:
        """Reads the global subscriptions, by AE title; raises as `steps`."""
        try:
            rows = self._database.execute("SELECT ae_title, state, filter FROM global_subscription").fetchall()
            return {title: GlobalSubscription(state=Subscription[name], filter=keys) for title, name, keys in rows}
        except (sqlite3.Error, KeyError) as error:
            raise StorageError(f"{self._path} is damaged: {error}", path=str(self._path)) from error

    def commit(
        self,
        changed: Iterable[Workitem],
        removed: Iterable[str],
        global_subscriptions: Mapping[str, GlobalSubscription | None],
    ) -> None:
        """Writes steps and global subscriptions, all or nothing; None takes a global subscription away.

        Raises:
            DataSetError: a step cannot be encoded.
            StatusError: a step is too large, or there is no room for it: 0213H.
            StorageError: the disk did not take it; nothing was changed.
        """
        removed = tuple(removed)
        rows = [
            (
                step.sop_instance_uid,
                encode_data_set(step.data_set, EXPLICIT_VR_LITTLE_ENDIAN),
                json.dumps({title: subscription.name for title, subscription in step.subscribers.items()}),
                step.ended,
            )
            for step in changed
        ]
        sizes = {uid: len(encoded) for uid, encoded, _, _ in rows}
        self._check_room(sizes)
        kept = [(title, one.state.name, one.filter) for title, one in global_subscriptions.items() if one is not None]
        ended = [(title,) for title, one in global_subscriptions.items() if one is None]
        try:
            with self._lock, self._database:
                self._database.executemany("INSERT OR REPLACE INTO step VALUES (?, ?, ?, ?)", rows)
                self._database.executemany("DELETE FROM step WHERE sop_instance_uid = ?", [(uid,) for uid in removed])
                self._database.executemany("INSERT OR REPLACE INTO global_subscription VALUES (?, ?, ?)", kept)
                self._database.executemany("DELETE FROM global_subscription WHERE ae_title = ?", ended)
        except sqlite3.Error as error:
            raise StorageError(f"{self._path} was not written: {error}", path=str(self._path)) from error
        self._sizes.update(sizes)
        for uid in removed:
            self._sizes.pop(uid, None)

    def _check_room(self, sizes: Mapping[str, int]) -> None:
        held = sum(self._sizes.values())
        for uid, size in sizes.items():
            before = self._sizes.get(uid, 0)
            if size > LONGEST_STEP:
                raise StatusError(RESOURCE_LIMITATION, f"the UPS would have {size} bytes, over {LONGEST_STEP}")
            is_little = before and size <= before + _TO_END
            if held + size - before > MOST_BYTES + (_ROOM_TO_END if is_little else 0):
                raise StatusError(RESOURCE_LIMITATION, f"the worklist is full: {len(self._sizes)} steps")

    def _read_sizes(self) -> dict[str, int]:
        try:
            return dict(self._database.execute("SELECT sop_instance_uid, length(data_set) FROM step"))
        except sqlite3.Error as error:
            raise StorageError(f"{self._path} is damaged: {error}", path=str(self._path)) from error

    def _prepare(self) -> None:
        try:
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            if version not in (0, _VERSION):
                problem = f"{self._path} is of version {version}, not {_VERSION}"
                raise StorageError(problem, path=str(self._path))
            self._database.executescript(f"{_SCHEMA} PRAGMA user_version = {_VERSION};")
        except sqlite3.Error as error:
            raise StorageError(f"{self._path} cannot be opened: {error}", path=str(self._path)) from error
