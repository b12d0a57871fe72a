"""What a retrieve SCP takes its instances from: an index of an archive, seen as narrowly as it is needed here."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from workbench.storage.matching import Condition
from workbench.storage.part10 import Instance


class Stored(Protocol):
    """An instance of the archive, by what its index says; `storage.index.StoredInstance` is one."""

    @property
    def path(self) -> str:
        """Its file."""

    @property
    def sop_class_uid(self) -> str:
        """Its SOP class."""

    @property
    def sop_instance_uid(self) -> str:
        """Its SOP instance."""

    @property
    def transfer_syntax_uid(self) -> str:
        """The transfer syntax of its file."""

    def instance(self) -> Instance:
        """Reads the start of the file and gives what is needed to send it. Blocks.

        Raises:
            StorageError: the file is gone, or cannot be read.
        """


class Instances(Protocol):
    """Where instances are looked up; `storage.index.InstanceIndex` is one."""

    def instances(self, conditions: Sequence[Condition]) -> Iterator[Stored]:
        """Gives the instances that meet all conditions. Blocks; called in threads.

        Raises:
            WorkbenchError: they cannot be looked up.
        """
