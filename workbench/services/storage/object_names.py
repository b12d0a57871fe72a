"""Names for the files of received objects: how a storage SCP may call them, and what no name may be.

The default is the name that the archive gives, made of a prefix for the SOP Class and the SOP Instance UID. The others
do for folders that people or programs look into by the order of arrival.
"""

import os
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from workbench.errors import StorageError
from workbench.storage.naming import file_name, prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedObject:
    """An object that a peer wants to store, before its data set is taken.

    Attributes:
        message_id: of the C-STORE-RQ.
        move_originator: AE title of who asked for it by a C-MOVE; empty when nobody did.
    """

    association: int
    calling_ae_title: str
    called_ae_title: str
    peer: str
    message_id: int
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    move_originator: str = ""


ObjectName = Callable[[OfferedObject], str]
"""Gives the name of an object's file within the folder, without a path; called on the event loop, must not block."""


def name_by_uid(offered: OfferedObject) -> str:
    """Gives the prefix for the SOP Class and the SOP Instance UID, "CT.1.2.3": one name for one object."""
    return file_name(offered.sop_class_uid, offered.sop_instance_uid)


def name_by_new_uid(offered: OfferedObject) -> str:
    """Gives the prefix, "X" and a fresh UID: every copy of an object has a file of its own."""
    return f"{prefix(offered.sop_class_uid)}.X.2.25.{uuid.uuid4().int}"  # PS3.5 B.2


def name_by_random_number(offered: OfferedObject) -> str:
    """Gives the prefix and 16 random hexadecimal digits."""
    return f"{prefix(offered.sop_class_uid)}_{random.getrandbits(64):016x}"


def name_by_time(offered: OfferedObject) -> str:
    """Gives the local time in microseconds and the prefix: "20240229120000.123456.CT" sorts by arrival."""
    nanoseconds = time.time_ns()
    seconds = time.strftime("%Y%m%d%H%M%S", time.localtime(nanoseconds // 10**9))
    return f"{seconds}.{nanoseconds // 1000 % 10**6:06d}.{prefix(offered.sop_class_uid)}"


class NamesByMillisecond:
    """Gives the local time in milliseconds and the prefix: "20240229120000123.CT"; a number for those that clash."""

    def __init__(self) -> None:
        """Has given no name yet."""
        self._second_and_millisecond = ""
        self._given: dict[str, int] = {}  # of this millisecond: how many further ones of a prefix

    def __call__(self, offered: OfferedObject) -> str:
        """Gives a name that it has not given before."""
        now = time.time_ns()
        stamp = time.strftime("%Y%m%d%H%M%S", time.localtime(now // 10**9)) + f"{now // 10**6 % 1000:03d}"
        if stamp > self._second_and_millisecond:  # not when the clock is put back
            self._second_and_millisecond, self._given = stamp, {}
        kind = prefix(offered.sop_class_uid)
        number = self._given[kind] = self._given.get(kind, -1) + 1
        clash = f"_{number - 1:04d}" if number else ""
        return f"{self._second_and_millisecond}{clash}.{kind}"


def with_extension(name: ObjectName, extension: str) -> ObjectName:
    """Gives a naming that appends an extension, such as ".dcm", to what another one gives."""
    return lambda offered: name(offered) + extension


def checked_name(name: str) -> str:
    """Gives a name back that stays in its folder and is not hidden there.

    Raises:
        StorageError: it is none of the sort.
    """
    separators = {os.sep, os.altsep or os.sep, "\0"}
    if not name or name.startswith(".") or separators & set(name) or len(os.fsencode(name)) > 255:
        raise StorageError(f"{name[:80]!r} is no name for a file in the folder", path=name)
    return name
