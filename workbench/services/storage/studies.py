"""Sorts received objects into subfolders, one for each study, and finds out when a study has ended.

A study begins with its first object. It has ended when an object of another study comes and nobody who still has an
association sends it any more, or when nothing of it came for some time; its next object begins it anew. So senders that
work one after the other get what DCMTK's storescp gives them, and those that work at the same time do not cut each
other's studies into pieces.
"""

import asyncio
import os
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from threading import Lock
from typing import Final

from workbench.errors import DataSetError
from workbench.services.storage.object_names import OfferedObject
from workbench.services.storage.scp import ReceivedObject
from workbench.storage.attributes import PATIENT_NAME, SERIES_DATE, STUDY_INSTANCE_UID, Attributes
from workbench.storage.naming import is_safe_uid

_ANONYMOUS: Final = "ANONYMOUS"
_LONGEST_NAME: Final = 64  # characters of a folder that come from a patient's name
# What is not just a letter with a mark; the marks are taken off.
_TRANSCRIBED: Final = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "ø": "o",
        "Ø": "O",
    }
)
_DATE: Final = re.compile(r"([0-9]{4})\.?([0-9]{2})\.?([0-9]{2})")


class StudyFolder(Enum):
    """What the subfolder of a study is called."""

    TIME = "time"
    UID = "uid"
    PATIENT_NAME = "patient name"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedStudy:
    """A study that has ended.

    Attributes:
        folder: the path of its subfolder.
        received: its objects in the order in which they came; of one file, when it was replaced, several.
    """

    study_instance_uid: str
    folder: str
    received: tuple[ReceivedObject, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class _OpenStudy:
    uid: str
    folder: str
    senders: set[int] = field(default_factory=set)  # associations that sent of it last
    received: list[ReceivedObject] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


class Studies:
    """The subfolders of one folder.

    Give `folder_of` to a `StorageScp`, and tell it what happens by `begun`, `arrived` and `association_ended`.

    Args:
        folder: where the subfolders are.
        kind: what they are called.
        prefix: what their names begin with.
        seconds: after which nothing more is expected of a study; None waits for another study.
        on_ended: called on the event loop.
    """

    def __init__(
        self,
        folder: str,
        kind: StudyFolder,
        *,
        prefix: str = "",
        seconds: float | None = None,
        on_ended: Callable[[EndedStudy], None] | None = None,
    ) -> None:
        self._root = os.path.abspath(folder)
        self._kind = kind
        self._prefix = f"{prefix}_" if prefix else ""
        self._seconds = seconds
        self._on_ended = on_ended
        self._open: dict[str, _OpenStudy] = {}
        self._receiving: Counter[int] = Counter()  # objects that associations are sending
        self._latest = 0  # milliseconds since the epoch that a folder was named after
        self._lock = Lock()

    @property
    def unended(self) -> int:
        """How many studies have not ended."""
        return len(self._open)

    def folder_of(self, offered: OfferedObject, found: Attributes) -> str:
        """Gives the subfolder for an object; see `receiving.FolderOf`.

        Raises:
            DataSetError: it has no Study Instance UID, or one that could not be a name where that is needed.
        """
        uid = found.text(STUDY_INSTANCE_UID) or ""
        if not uid:
            raise DataSetError("there is no Study Instance UID to sort by")
        if self._kind is StudyFolder.UID and not is_safe_uid(uid):
            raise DataSetError("the Study Instance UID is not a UID")
        with self._lock:
            study = self._open.get(uid)
            if study is None:
                study = self._open[uid] = _OpenStudy(uid=uid, folder=self._name(uid, found))
            study.senders.add(offered.association)
            return study.folder

    def begun(self, offered: OfferedObject) -> None:
        """Learns that an object is coming."""
        self._receiving[offered.association] += 1

    def arrived(self, received: ReceivedObject) -> None:
        """Learns what became of an object that was coming."""
        association = received.association
        if self._receiving[association] > 0:
            self._receiving[association] -= 1
        if not received.path:
            self._forget_empty(association)
            return
        study = self._open.get(received.study_instance_uid)
        if study is None:
            return
        study.received.append(received)
        study.senders.add(association)
        self._watch(study)
        with self._lock:
            others = [each for each in self._open.values() if each is not study]
            for other in others:
                other.senders.discard(association)
        for other in others:
            if not other.senders:
                self._end(other)

    def association_ended(self, association: int) -> None:
        """Learns that an association is over."""
        self._receiving.pop(association, None)
        with self._lock:
            for study in self._open.values():
                study.senders.discard(association)

    def close(self) -> None:
        """Forgets what has not ended."""
        for study in self._open.values():
            if study.timer is not None:
                study.timer.cancel()
        self._open.clear()

    def _forget_empty(self, association: int) -> None:
        """Forgets studies that a refused object would have begun."""
        with self._lock:
            if not self._receiving[association]:
                empty = [each for each in self._open.values() if not each.received and each.senders <= {association}]
                for study in empty:
                    del self._open[study.uid]

    def _watch(self, study: _OpenStudy) -> None:
        if study.timer is not None:
            study.timer.cancel()
        if self._seconds is not None:
            study.timer = asyncio.get_running_loop().call_later(self._seconds, self._timed_out, study)

    def _timed_out(self, study: _OpenStudy) -> None:
        if any(self._receiving[each] for each in study.senders):
            self._watch(study)  # an object takes longer than that
        else:
            self._end(study)

    def _end(self, study: _OpenStudy) -> None:
        with self._lock:
            if self._open.get(study.uid) is not study:
                return
            del self._open[study.uid]
        if study.timer is not None:
            study.timer.cancel()
        if self._on_ended is not None and study.received:
            folder = os.path.join(self._root, study.folder)
            self._on_ended(EndedStudy(study_instance_uid=study.uid, folder=folder, received=tuple(study.received)))

    def _name(self, uid: str, found: Attributes) -> str:
        if self._kind is StudyFolder.UID:
            return f"{self._prefix}{uid}"
        begin = self._prefix
        if self._kind is StudyFolder.PATIENT_NAME:
            begin = f"{folder_name(found.text(PATIENT_NAME) or '') or _ANONYMOUS}_"
        self._latest = max(self._latest + 1, time.time_ns() // 10**6)
        while True:
            stamp = time.strftime("%Y%m%d_%H%M%S", time.localtime(self._latest // 1000))
            name = f"{begin}{stamp}{self._latest % 1000:03d}"
            if not os.path.lexists(os.path.join(self._root, name)):
                return name
            self._latest += 1


def folder_name(text: str) -> str:
    """Gives what a folder may be called after a text: Latin letters without their marks, digits, else underscores."""
    plain = unicodedata.normalize("NFKD", text[:_LONGEST_NAME].translate(_TRANSCRIBED))
    kept = (each for each in plain if not unicodedata.combining(each))
    return "".join(each if each.isascii() and each.isalnum() else "_" for each in kept)[:_LONGEST_NAME]


def folder_by_series_date(_: OfferedObject, found: Attributes) -> str:
    """Gives "data/2024/02/29" by Series Date (0008,0021), "undef" and today where an object has none that is one."""
    digits = _DATE.fullmatch(found.text(SERIES_DATE) or "")
    if digits is not None:
        year, month, day = map(int, digits.groups())
        with suppress(ValueError):  # there is no such day
            return "data/" + date(year, month, day).isoformat().replace("-", "/")
    return f"undef/{time.strftime('%Y%m%d')}"
