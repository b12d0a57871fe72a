"""Takes one object as its bytes arrive: checked, written and made durable in as few visits to a thread as possible."""

import contextlib
import logging
import os
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from workbench.dimse.status import SUCCESS
from workbench.errors import DataSetError, StorageError
from workbench.services.storage.disk_threads import Unsettled
from workbench.services.storage.writing import Rewriting, mapped
from workbench.storage.archive import Archive, IncomingFile
from workbench.storage.attributes import (
    PATIENT_ID,
    STUDY_INSTANCE_UID,
    Addition,
    AttributeReader,
    Attributes,
    read_attributes,
)
from workbench.storage.naming import file_name as name_by_uid
from workbench.storage.part10 import file_meta, scan
from workbench.storage.replacing import is_same_file, is_same_object, keep, put_back, sync_file
from workbench.storage.rereading import checksum_of
from workbench.storage.structure import CANNOT_UNDERSTAND, MAXIMUM_NESTING, StructureCheck
from workbench.upper_layer.fields import Buffer

if TYPE_CHECKING:
    from workbench.storage.index import InstanceIndex  # SQLite is loaded by those who have an index
    from workbench.storage.index_database import Held

OUT_OF_RESOURCES = 0xA700  # PS3.4 Table B.2-1

FolderOf: TypeAlias = Callable[[Attributes], str]
"""Gives the subfolder for an object by what it holds, "" for none; DataSetError when it lacks what that takes.

Called in a thread, may be in several at a time. Nothing that it gives may come from the object as it is.
"""

_logger = logging.getLogger(__name__)


class Receipt(NamedTuple):
    """What is answered for an object: status and Error Comment, and the path of its file when it is stored.

    Attributes:
        replaced: where the file is kept that the object replaced, when that held another content.
        overwrote: its name was that of a file before, whatever that held.
        study_instance_uid: of the object, where it was read.
        has_padded_uid: a UID in its data set was padded with a space, against PS3.5 9.1.
    """

    status: int
    comment: str
    path: str
    replaced: str = ""
    overwrote: bool = False
    study_instance_uid: str = ""
    has_padded_uid: bool = False


class _Stored(NamedTuple):
    """An object whose file is durable, on its way into the index.

    Attributes:
        earlier: the files that it replaced, by where they are kept.
        is_new: its file was written now, and not found to be there already.
    """

    addition: Addition
    earlier: dict[str, str]
    is_new: bool = True

    def undo(self) -> None:
        """Puts back what it replaced, or else removes its file, unless somebody has replaced that since.

        OSError as it comes.
        """
        path, status = self.addition.path, self.addition.status
        if not self.is_new or (status is not None and not is_same_file(path, status)):
            return
        for kept, earlier in self.earlier.items():
            put_back(kept, earlier)
        if status is not None and path not in self.earlier.values():
            os.unlink(path)
            sync_file(os.path.dirname(path))


class Receiving:
    """One object on its way into the archive. Its methods block; they may be called from any thread.

    Args:
        archive: where the object goes.
        check: walk over the structure of the data set.
        nesting: how deep sequences may lie in each other.
        file_name: what the file is to be called, when not by its UID; a file of another object is not replaced.
        folder_of: gives the subfolder for the object by what it holds; not with an index.
        rewriting: how the file is written, when not as the object came; not with an index.
        index: takes the object in once it is durable; when it cannot, the object is refused, and all is as before.

    Nothing is lost that was acknowledged: what another object replaces is kept, see `storage.replacing`.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        sop_class_uid: str,
        sop_instance_uid: str,
        transfer_syntax_uid: str,
        source_ae_title: str,
        receiving_ae_title: str = "",
        check: bool = True,
        nesting: int = MAXIMUM_NESTING,
        file_name: str = "",
        folder_of: FolderOf | None = None,
        rewriting: Rewriting | None = None,
        index: "InstanceIndex | None" = None,
    ) -> None:
        self._archive = archive
        self._index = index
        self._folder_of = folder_of
        self._rewriting = rewriting
        self._transfer_syntax_uid = transfer_syntax_uid
        self._titles = source_ae_title, receiving_ae_title
        self._sop_class_uid = sop_class_uid
        self._sop_instance_uid = sop_instance_uid
        self._final_name = file_name
        self._name = name_by_uid(sop_class_uid, sop_instance_uid)
        self._meta = self._meta_in(transfer_syntax_uid)
        reads = index is not None or folder_of is not None
        walk = partial(
            AttributeReader if reads else StructureCheck,
            transfer_syntax_uid,
            sop_class_uid=sop_class_uid if check else "",
            sop_instance_uid=sop_instance_uid if check else "",
        )
        self._walk = walk() if check or reads else None
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
                    self._write(buffers)
                    if not is_last:
                        return None
                    return self._finish()
            except StorageError as error:
                refusal = Receipt(OUT_OF_RESOURCES, str(error), "")
            except DataSetError as error:
                refusal = Receipt(CANNOT_UNDERSTAND, str(error)[:64], "")
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

    def _write(self, buffers: Sequence[Buffer]) -> None:
        if self._discarded:
            raise StorageError("given up", path=self._name)
        pieces: list[Buffer] = list(buffers)
        if self._file is None:
            self._check_final_name(self._archive.path_of(self._final_name))
            self._file = self._archive.begin(self._name, final_name=self._final_name)
            pieces.insert(0, self._meta)
        self._file.write(pieces)
        if self._index is not None:
            for piece in pieces:
                self._checksum = zlib.crc32(piece, self._checksum)

    def _finish(self) -> "Receipt | Unsettled[Receipt | None]":
        """Makes the object durable under its name; where there is an index, that is the last thing left to do."""
        file, index = self._file, self._index
        assert file is not None
        found = None
        if isinstance(self._walk, AttributeReader):
            found = self._walk.attributes(sop_class_uid=self._sop_class_uid, sop_instance_uid=self._sop_instance_uid)
        if index is None or found is None:
            return self._place(found)
        held = index.held(self._sop_instance_uid)
        earlier = _earlier_files(self._archive.folder, file.path, held)
        if not earlier:
            stored = self._commit(file, found, ())
        elif is_same_object(earlier[0], file.temporary):
            same = _same_again(earlier[0], found)
            assert same.status is not None
            file.discard()
            if held is not None and (held.length, held.checksum) == (same.status.st_size, same.checksum):
                return Receipt(SUCCESS, "", earlier[0])
            stored = _Stored(same, {}, is_new=False)
        else:
            refusal = _refusal(found, held, earlier[0])
            if refusal is not None:
                file.discard()
                return refusal
            stored = self._commit(file, found, earlier)
        return Unsettled(stored, partial(_settle, index))

    def _place(self, found: Attributes | None) -> Receipt:
        """Gives the object its final form and place, where there is no index; what it replaces is kept."""
        folder = self._folder_of(found) if self._folder_of is not None and found is not None else ""
        if self._rewriting is not None and self._rewriting.is_needed(self._transfer_syntax_uid):
            self._rewrite(self._rewriting)
        file = self._file
        assert file is not None
        if folder:
            file.move_to(os.path.join(folder, os.path.basename(file.path)))
            self._check_final_name(file.path)
        overwrites = os.path.lexists(file.path) and not os.path.isdir(file.path)
        kept = ""
        if overwrites and not is_same_object(file.path, file.temporary):
            kept = keep(self._archive.folder, file.path)
        try:
            path = file.commit()
        except StorageError:
            with contextlib.suppress(OSError):  # then it has two names
                if kept:
                    put_back(kept, file.path)
            raise
        return Receipt(
            SUCCESS,
            "",
            path,
            kept,
            overwrites,
            (found.text(STUDY_INSTANCE_UID) or "") if found is not None else "",
            self._walk is not None and self._walk.has_padded_uid,
        )

    def _rewrite(self, rewriting: Rewriting) -> None:
        """Puts a file in place of the one that was received, in which the data set is encoded anew."""
        received = self._file
        assert received is not None
        file = self._archive.begin(self._name, final_name=self._final_name)
        try:
            meta = self._meta_in(rewriting.result(self._transfer_syntax_uid))
            file.write([meta])
            data = mapped(received.temporary, len(self._meta))
            rewriting.rewrite(data, self._transfer_syntax_uid, file.write, before=len(meta))
        except BaseException:
            file.discard()
            raise
        self._file = file
        received.discard()

    def _meta_in(self, transfer_syntax_uid: str) -> bytes:
        if self._rewriting is not None and self._rewriting.bare:
            return b""
        return file_meta(
            sop_class_uid=self._sop_class_uid,
            sop_instance_uid=self._sop_instance_uid,
            transfer_syntax_uid=transfer_syntax_uid,
            source_ae_title=self._titles[0],
            receiving_ae_title=self._titles[1],
        )

    def _commit(self, file: IncomingFile, found: Attributes, earlier: Sequence[str]) -> _Stored:
        """Gives the file its name; what it replaces is kept before."""
        kept: dict[str, str] = {}
        try:
            for path in earlier:
                kept[keep(self._archive.folder, path)] = path
            file.commit()
            for path in earlier:
                if path != file.path:
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(path)
        except (StorageError, OSError) as error:
            _undo(_Stored(Addition(found, file.path, file.status), kept))
            if isinstance(error, StorageError):
                raise
            raise StorageError(f"cannot be stored: {error.strerror or error}", path=file.path) from error
        return _Stored(Addition(found, file.path, file.status, self._checksum), kept)

    def _check_final_name(self, path: str) -> None:
        """Lets a name be used again by the same object only: what was acknowledged once is not replaced by another."""
        if self._final_name and os.path.lexists(path) and scan(path).sop_instance_uid != self._sop_instance_uid:
            raise StorageError("another object has that file name", path=self._final_name)

    def _remove(self) -> None:
        if self._file is not None:
            self._file.discard()


def _settle(index: "InstanceIndex", stored: list[_Stored]) -> list[Receipt | None]:
    """Puts objects into the index and gives what to answer for them; where all together fail, each is tried alone."""
    try:
        index.add_all([each.addition for each in stored])
    except StorageError as error:
        if len(stored) > 1:
            return [receipt for each in stored for receipt in _settle(index, [each])]
        _undo(stored[0])
        return [Receipt(OUT_OF_RESOURCES, str(error)[:64], "")]
    return [Receipt(SUCCESS, "", each.addition.path, next(iter(each.earlier), "")) for each in stored]


def _undo(stored: _Stored) -> None:
    """Makes all as it was before an object that is refused."""
    try:
        stored.undo()
    except OSError as error:
        _logger.error("! %s is refused, and cannot be removed: %s", stored.addition.path, error.strerror or error)


def _earlier_files(folder: str, path: str, held: "Held | None") -> list[str]:
    """Gives the files that an object is to replace: the one that the index knows first, and the one of its name."""
    paths = [] if held is None else [os.path.join(folder, held.path)]
    if path not in paths:
        paths.append(path)
    return [each for each in paths if os.path.lexists(each) and not os.path.isdir(each)]


def _same_again(path: str, found: Attributes) -> Addition:
    """Makes sure of a file that holds already what came now."""
    try:
        sync_file(path)
        sync_file(os.path.dirname(path))
        return Addition(found, path, os.stat(path), checksum_of(path))
    except OSError as error:
        raise StorageError(f"cannot be stored: {error.strerror or error}", path=path) from error


def _refusal(found: Attributes, held: "Held | None", path: str) -> Receipt | None:
    """Refuses what has the UID of an object of another study or patient: it must not take its place."""
    if held is not None and held.study_instance_uid:
        study, patient = held.study_instance_uid, held.patient_id
    else:
        try:
            earlier, _ = read_attributes(path)
        except StorageError:
            return None  # it is kept, whatever it is
        if earlier.sop_instance_uid != found.sop_instance_uid:
            return None
        study, patient = earlier.text(STUDY_INSTANCE_UID) or "", earlier.text(PATIENT_ID) or ""
    if (found.text(STUDY_INSTANCE_UID) or "") != study:
        return Receipt(CANNOT_UNDERSTAND, "SOP Instance UID belongs to another study", "")
    if (found.text(PATIENT_ID) or "") != patient:
        return Receipt(CANNOT_UNDERSTAND, "SOP Instance UID belongs to another patient", "")
    return None
