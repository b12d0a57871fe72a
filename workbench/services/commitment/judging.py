"""Judges instances by what the archive reads from its files again: in doubt they are not confirmed."""

import logging
from typing import Protocol

from workbench.acse.policy import may_be_storage
from workbench.dictionary import storage_sop_classes
from workbench.errors import StorageError
from workbench.services.commitment.references import (
    CLASS_INSTANCE_CONFLICT,
    NO_SUCH_OBJECT_INSTANCE,
    PROCESSING_FAILURE,
    SOP_CLASS_NOT_SUPPORTED,
    Reference,
    Verdict,
)

_log = logging.getLogger(__name__)


class Identified(Protocol):
    """An instance as its file says it is."""

    @property
    def sop_class_uid(self) -> str:
        """Its SOP class."""

    @property
    def sop_instance_uid(self) -> str:
        """Its UID."""


class Rereadable(Protocol):
    """An archive that can be asked whether it really holds an instance: `storage.index.InstanceIndex`, or another."""

    def reread(self, sop_instance_uid: str) -> Identified | None:
        """Reads an instance from its file, from the first byte to the last; None when there is no such instance.

        Blocks; called from threads.

        Raises:
            StorageError: there is doubt: the file cannot be read, or is not what it should be.
        """


def judge(archive: Rereadable, reference: Reference) -> Verdict:
    """Gives the verdict on an instance after reading it again. Blocks."""
    try:
        found = archive.reread(reference.sop_instance_uid)
    except (StorageError, OSError) as error:
        _log.warning("! %s is not confirmed: %s", reference.sop_instance_uid, error)
        return Verdict(reference, PROCESSING_FAILURE)
    if found is None:
        uid = reference.sop_class_uid
        is_stored = uid in storage_sop_classes() or may_be_storage(uid, None)
        return Verdict(reference, NO_SUCH_OBJECT_INSTANCE if is_stored else SOP_CLASS_NOT_SUPPORTED)
    if found.sop_instance_uid != reference.sop_instance_uid:
        _log.warning("! the file of %s holds another instance", reference.sop_instance_uid)
        return Verdict(reference, PROCESSING_FAILURE)
    if found.sop_class_uid != reference.sop_class_uid:
        return Verdict(reference, CLASS_INSTANCE_CONFLICT)
    return Verdict(reference)
