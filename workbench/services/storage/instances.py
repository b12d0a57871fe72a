"""Instances that can be sent: those of files, and those that somebody holds in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, TypeAlias

from workbench.errors import DataSetError, StorageError
from workbench.storage.naming import is_safe_uid
from workbench.storage.part10 import Instance
from workbench.upper_layer.fields import Buffer


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryInstance:
    """An instance whose data set is held in memory; `memory.instance_of` makes one of a data set of pydicom.

    Attributes:
        data: the data set in its transfer syntax, without preamble and file meta information; it must not change.
        name: for people; the SOP Instance UID when it is not given.
        path: empty, for there is no file.
    """

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    data: Buffer
    name: str = ""
    path: str = ""

    def __post_init__(self) -> None:
        """Refuses what cannot be named in a C-STORE-RQ."""
        if not self.name:
            object.__setattr__(self, "name", self.sop_instance_uid)
        for name in ("sop_class_uid", "sop_instance_uid", "transfer_syntax_uid"):
            if not is_safe_uid(getattr(self, name)):
                raise DataSetError(f"the {name} {getattr(self, name)[:80]!r} is not a UID")

    @property
    def length(self) -> int:
        """Bytes of the data set."""
        return len(self.data)


Sendable: TypeAlias = Instance | MemoryInstance
"""What a C-STORE can send."""


def opener(instance: Sendable) -> Callable[[], BinaryIO]:
    """Gives what opens the data set of an instance at its first byte, any number of times. Blocks when it is called.

    Then raises:
        StorageError: the file cannot be opened.
    """

    def open_data_set() -> BinaryIO:
        if isinstance(instance, MemoryInstance):
            return BytesIO(instance.data)
        try:
            file = open(instance.path, "rb")  # noqa: SIM115 - given to the caller
            file.seek(instance.offset)
        except OSError as error:
            raise StorageError(f"cannot be read: {error.strerror or error}", path=instance.path) from error
        return file

    return open_data_set
