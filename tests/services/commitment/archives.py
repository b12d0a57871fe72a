"""An archive for the tests of commitment: says what it is told to."""

from typing import NamedTuple

from workbench.errors import StorageError
from workbench.services.commitment.references import Reference

CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"


class Held(NamedTuple):
    """An instance that the archive holds."""

    sop_class_uid: str
    sop_instance_uid: str


class Shelf:
    """Holds instances by UID; of those in `doubt` it cannot tell."""

    def __init__(self, *held: Reference) -> None:
        self.held = {each.sop_instance_uid: Held(*each) for each in held}
        self.doubt: set[str] = set()

    def reread(self, sop_instance_uid: str) -> Held | None:
        if sop_instance_uid in self.doubt:
            raise StorageError("the disk has a fault", path="somewhere")
        return self.held.get(sop_instance_uid)


def references(*numbers: int) -> tuple[Reference, ...]:
    """Gives CT images with these numbers."""
    return tuple(Reference(CT, f"1.2.3.{number}") for number in numbers)
