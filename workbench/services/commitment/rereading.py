"""Reads instances again, from the disk, and judges whether they can be confirmed: in doubt they cannot."""

import logging
import zlib
from collections.abc import Callable
from typing import Final, Protocol

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
from workbench.storage.part10 import Instance, scan
from workbench.storage.reading import InstanceReader
from workbench.storage.structure import StructureCheck
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN

_log = logging.getLogger(__name__)

_PIECE: Final = 1024 * 1024


class Identified(Protocol):
    """An instance as its file says it is."""

    @property
    def sop_class_uid(self) -> str:
        """Its SOP class."""

    @property
    def sop_instance_uid(self) -> str:
        """Its UID."""


class Rereadable(Protocol):
    """An archive that can be asked whether it really holds an instance."""

    def reread(self, sop_instance_uid: str) -> Identified | None:
        """Reads an instance from its file, from the first byte to the last; None when there is no such instance.

        Blocks; called from threads.

        Raises:
            StorageError: there is doubt: the file cannot be read, or is not what it should be.
        """


class FileArchive:
    """An archive of files, found by a function from SOP Instance UID to path; None when it knows none."""

    def __init__(self, path_of: Callable[[str], str | None]) -> None:
        self._path_of = path_of

    def reread(self, sop_instance_uid: str) -> Instance | None:
        """Reads the file from the first byte to the last; see Rereadable."""
        path = self._path_of(sop_instance_uid)
        return None if path is None else read_whole(path)


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


def read_whole(path: str) -> Instance:
    """Reads a file to its end, walks through its structure, and gives what it is. Blocks.

    Raises:
        StorageError: it cannot be read, or its data set is not whole.
    """
    instance = scan(path)
    is_deflated = instance.transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
    check = StructureCheck(
        EXPLICIT_VR_LITTLE_ENDIAN if is_deflated else instance.transfer_syntax_uid,
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
    )
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if is_deflated else None
    reader = InstanceReader(instance)
    try:
        left = instance.length
        while left:
            piece = reader.read(min(_PIECE, left))
            left -= len(piece)
            if inflater is None:
                check.feed(piece)
            else:
                _inflate(inflater, piece, check)
    except zlib.error as error:
        raise StorageError(f"the deflated data set is broken: {error}", path=path) from error
    finally:
        reader.close()
    if inflater is not None and not inflater.eof:
        raise StorageError("the deflated data set is cut short", path=path)
    problem = check.finish()
    if problem is not None:
        raise StorageError(problem.comment, path=path)
    return instance


def _inflate(inflater: "zlib._Decompress", piece: memoryview, check: StructureCheck) -> None:
    """Feeds the check with what a piece inflates to, little by little: it may be a thousand times as much."""
    rest = bytes(piece)
    while rest and not inflater.eof:
        check.feed(inflater.decompress(rest, _PIECE))
        rest = inflater.unconsumed_tail
