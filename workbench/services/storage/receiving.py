"""Takes one object as its bytes arrive: checked, written and made durable in as few visits to a thread as possible."""

import os
import zlib
from collections.abc import Sequence
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from workbench.dimse.status import SUCCESS
from workbench.errors import StorageError
from workbench.services.storage.disk_threads import Unsettled
from workbench.storage.archive import Archive, IncomingFile
from workbench.storage.attributes import Addition, AttributeReader
from workbench.storage.naming import file_name as name_by_uid
from workbench.storage.part10 import file_meta, scan
from workbench.storage.structure import MAXIMUM_NESTING, StructureCheck
from workbench.upper_layer.fields import Buffer

if TYPE_CHECKING:
    from workbench.storage.index import InstanceIndex  # SQLite is loaded by those who have an index

OUT_OF_RESOURCES = 0xA700  # PS3.4 Table B.2-1


class Receipt(NamedTuple):
    """What is answered for an object: status and Error Comment, and the path of its file when it is stored."""

    status: int
    comment: str
    path: str


class Receiving:
    """One object on its way into the archive. Its methods block; they may be called from any thread.

    Args:
        archive: where the object goes.
        check: walk over the structure of the data set.
        nesting: how deep sequences may lie in each other.
        file_name: what the file is to be called, when not by its UID; a file of another object is not replaced.
        index: takes the object in once it is durable; when it cannot, the object is refused, and its file stays.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        sop_class_uid: str,
        sop_instance_uid: str,
        transfer_syntax_uid: str,
        source_ae_title: str,
        check: bool = True,
        nesting: int = MAXIMUM_NESTING,
        file_name: str = "",
        index: "InstanceIndex | None" = None,
    ) -> None:
        self._archive = archive
        self._index = index
        self._sop_class_uid = sop_class_uid
        self._sop_instance_uid = sop_instance_uid
        self._final_name = file_name
        self._name = name_by_uid(sop_class_uid, sop_instance_uid)
        self._meta = file_meta(
            sop_class_uid=sop_class_uid,
            sop_instance_uid=sop_instance_uid,
            transfer_syntax_uid=transfer_syntax_uid,
            source_ae_title=source_ae_title,
        )
        walk = partial(
            StructureCheck if index is None else AttributeReader,
            transfer_syntax_uid,
            sop_class_uid=sop_class_uid if check else "",
            sop_instance_uid=sop_instance_uid if check else "",
        )
        self._walk = walk() if check or index is not None else None
        if self._walk is not None:
            self._walk.nesting = nesting
        self._is_checked = check
        self._file: IncomingFile | None = None
        self._checksum = 0
        self._lock = Lock()
        self._discarded = False

    def take(self, buffers: Sequence[Buffer], is_last: bool) -> Receipt | None:
        """Writes the next bytes of the data set; with the last ones makes the object durable.

        Returns:
            What to answer, once that is known: a refusal as early as it is certain, Success after the last bytes.
        """
        taken = self.take_unsettled(buffers, is_last)
        return taken.settle([taken.value])[0] if isinstance(taken, Unsettled) else taken

    def take_unsettled(self, buffers: Sequence[Buffer], is_last: bool) -> "Receipt | Unsettled[Receipt | None] | None":
        """Does as `take` does, but leaves what becomes durable to be indexed together with other objects."""
        with self._lock:
            try:
                refusal = self._inspect(buffers, is_last=is_last)
                if refusal is None:
                    path = self._write(buffers, is_last=is_last)
                    if not is_last:
                        return None
                    return self._indexed(path)
            except StorageError as error:
                refusal = Receipt(OUT_OF_RESOURCES, str(error), "")
            self._remove()
            return refusal

    def discard(self) -> None:
        """Removes what was written of an object that will not be complete; waits for a `take` under way."""
        with self._lock:
            self._discarded = True
            self._remove()

    def _inspect(self, buffers: Sequence[Buffer], *, is_last: bool) -> Receipt | None:
        walk = self._walk
        if walk is None:
            return None
        for buffer in buffers:
            walk.feed(buffer)
        if not self._is_checked:
            return None
        problem = walk.finish() if is_last else walk.problem
        return None if problem is None else Receipt(problem.status, problem.comment, "")

    def _write(self, buffers: Sequence[Buffer], *, is_last: bool) -> str:
        if self._discarded:
            raise StorageError("given up", path=self._name)
        pieces: list[Buffer] = list(buffers)
        if self._file is None:
            self._check_final_name()
            self._file = self._archive.begin(self._name, final_name=self._final_name)
            pieces.insert(0, self._meta)
        self._file.write(pieces)
        if self._index is not None:
            for piece in pieces:
                self._checksum = zlib.crc32(piece, self._checksum)
        if not is_last:
            return ""
        return self._file.commit()

    def _indexed(self, path: str) -> "Receipt | Unsettled[Receipt | None]":
        if self._index is None or not isinstance(self._walk, AttributeReader):
            return Receipt(SUCCESS, "", path)
        found = self._walk.attributes(sop_class_uid=self._sop_class_uid, sop_instance_uid=self._sop_instance_uid)
        status = None if self._file is None else self._file.status
        return Unsettled(Addition(found, path, status, self._checksum), partial(_settle, self._index))

    def _check_final_name(self) -> None:
        """Lets a name be used again by the same object only: what was acknowledged once is not replaced by another."""
        path = self._archive.path_of(self._final_name)
        if self._final_name and os.path.lexists(path) and scan(path).sop_instance_uid != self._sop_instance_uid:
            raise StorageError("another object has that file name", path=self._final_name)

    def _remove(self) -> None:
        if self._file is not None:
            self._file.discard()


def _settle(index: "InstanceIndex", stored: list[Addition]) -> list[Receipt | None]:
    """Puts objects into the index and gives what to answer for them; where all together fail, each is tried alone."""
    try:
        index.add_all(stored)
    except StorageError as error:
        if len(stored) > 1:
            return [receipt for each in stored for receipt in _settle(index, [each])]
        return [Receipt(OUT_OF_RESOURCES, str(error)[:64], "")]
    return [Receipt(SUCCESS, "", each.path) for each in stored]
