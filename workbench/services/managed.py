"""SOP Instances that normalized services create, change and delete: each a file of a folder (PS3.7 10.1.2 to 10.1.6).

A file is written under a temporary name, synced and renamed before the request is answered, so that nothing that was
acknowledged is lost and nobody sees half an instance. It is a DICOM file like any other (PS3.10 7.1), in Explicit VR
Little Endian, so that every DICOM tool can read it. Everything here blocks; services call it in a thread.
"""

import os
from collections.abc import Callable, Iterator
from os import PathLike
from threading import Lock
from types import TracebackType
from typing import Final, Self

from pydicom.dataset import Dataset

from workbench.dimse.status import (
    DUPLICATE_SOP_INSTANCE,
    INVALID_SOP_INSTANCE,
    NO_SUCH_SOP_INSTANCE,
    PROCESSING_FAILURE,
    RESOURCE_LIMITATION,
)
from workbench.errors import DataSetError, StatusError, StorageError
from workbench.services.encoding import LONGEST_LIST, decode_data_set, encode_data_set
from workbench.services.requirements import text_of
from workbench.storage.archive import Archive, make_folder
from workbench.storage.naming import is_safe_uid
from workbench.storage.part10 import file_meta, scan
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

_SOP_CLASS_UID: Final = 0x00080016
_SOP_INSTANCE_UID: Final = 0x00080018
_CHARACTER_SET: Final = 0x00080005
_UTF_8: Final = "ISO_IR 192"


class ManagedInstances:
    """The instances of one SOP class that this application entity manages.

    Calls may come from several threads; each sees an instance before or after a change, never within.

    Args:
        folder: where they are kept; made when it does not exist.
        sop_class_uid: their class.

    Raises:
        StorageError: the folder cannot be made or written to.
    """

    def __init__(self, folder: str | PathLike[str], sop_class_uid: str) -> None:
        make_folder(folder)
        self._archive = Archive(folder)
        self._lock = Lock()
        self.sop_class_uid = sop_class_uid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives the folder back."""
        self._archive.close()

    def __iter__(self) -> Iterator[str]:
        """Gives the SOP Instance UIDs, in the order of their text."""
        with os.scandir(self._archive.folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(".dcm"))
        return iter([name.removesuffix(".dcm") for name in names if is_safe_uid(name.removesuffix(".dcm"))])

    def __contains__(self, sop_instance_uid: str) -> bool:
        """Whether there is such an instance."""
        return is_safe_uid(sop_instance_uid) and os.path.exists(self._path(sop_instance_uid))

    def create(self, sop_instance_uid: str, data_set: Dataset) -> None:
        """Keeps a new instance.

        Raises:
            StatusError: there is one already (0111H), the UID is none (0117H), the data set cannot be encoded (0110H),
                it is over LONGEST_LIST bytes, or the disk does not take it (0213H).
        """
        if not is_safe_uid(sop_instance_uid):
            raise StatusError(INVALID_SOP_INSTANCE, f"the SOP Instance UID {sop_instance_uid[:24]!r} is no UID")
        with self._lock:
            if sop_instance_uid in self:
                raise StatusError(DUPLICATE_SOP_INSTANCE, "an instance with this SOP Instance UID exists")
            self._write(sop_instance_uid, data_set)

    def read(self, sop_instance_uid: str) -> Dataset:
        """Gives an instance.

        Raises:
            StatusError: there is none (0112H), or its file cannot be read (0110H).
        """
        if sop_instance_uid not in self:
            raise StatusError(NO_SUCH_SOP_INSTANCE, "there is no such instance")
        path = self._path(sop_instance_uid)
        try:
            instance = scan(path)
            with open(path, "rb") as stream:
                stream.seek(instance.offset)
                return decode_data_set(stream.read(), instance.transfer_syntax_uid)
        except (StorageError, DataSetError, OSError) as error:
            raise StatusError(PROCESSING_FAILURE, f"the kept instance cannot be read: {error}") from error

    def change(self, sop_instance_uid: str, change: Callable[[Dataset], Dataset]) -> Dataset:
        """Replaces an instance by what `change` makes of it, and gives that; what `change` raises leaves it as it is.

        Raises:
            StatusError: as `read` and `create` do.
        """
        with self._lock:
            changed = change(self.read(sop_instance_uid))
            self._write(sop_instance_uid, changed)
            return changed

    def delete(self, sop_instance_uid: str) -> None:
        """Removes an instance.

        Raises:
            StatusError: there is none (0112H), or its file cannot be removed (0110H).
        """
        with self._lock:
            if sop_instance_uid not in self:
                raise StatusError(NO_SUCH_SOP_INSTANCE, "there is no such instance")
            try:
                os.unlink(self._path(sop_instance_uid))
                self._archive.sync()
            except OSError as error:
                raise StatusError(PROCESSING_FAILURE, f"the instance cannot be removed: {error.strerror}") from error

    def _path(self, sop_instance_uid: str) -> str:
        return self._archive.path_of(f"{sop_instance_uid}.dcm")

    def _write(self, sop_instance_uid: str, data_set: Dataset) -> None:
        identified = modified(data_set, Dataset())
        identified.add_new(_SOP_CLASS_UID, "UI", self.sop_class_uid)
        identified.add_new(_SOP_INSTANCE_UID, "UI", sop_instance_uid)
        head = file_meta(
            sop_class_uid=self.sop_class_uid,
            sop_instance_uid=sop_instance_uid,
            transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN,
        )
        try:
            encoded = encode_data_set(identified, EXPLICIT_VR_LITTLE_ENDIAN)
        except DataSetError as error:
            raise StatusError(PROCESSING_FAILURE, str(error)) from error
        if len(encoded) > LONGEST_LIST:  # or else an N-SET after the other would make it grow for ever
            raise StatusError(RESOURCE_LIMITATION, f"the instance would have over {LONGEST_LIST} bytes")
        try:
            self._archive.store(f"{sop_instance_uid}.dcm", [head, encoded])
        except StorageError as error:
            raise StatusError(RESOURCE_LIMITATION, f"the instance cannot be kept: {error}") from error


def modified(data_set: Dataset, modifications: Dataset) -> Dataset:
    """Gives a copy of a data set with the attributes of another one instead of, or besides, its own.

    Both may come from different transfer syntaxes and character sets. Where the character sets differ, the copy has
    UTF-8.

    Raises:
        StatusError: one of them cannot be encoded: 0110H.
    """
    left, right = _explicit(data_set), _explicit(modifications)
    sets = {text_of(each, _CHARACTER_SET) for each in (left, right)} - {""}
    if len(sets) > 1:
        for each in (left, right):
            each.decode()
        right.add_new(_CHARACTER_SET, "CS", _UTF_8)
    left.update(right)
    return left


def _explicit(data_set: Dataset) -> Dataset:
    """Gives a copy whose values are encoded in Explicit VR Little Endian, however they came."""
    try:
        return decode_data_set(encode_data_set(data_set, EXPLICIT_VR_LITTLE_ENDIAN), EXPLICIT_VR_LITTLE_ENDIAN)
    except DataSetError as error:
        raise StatusError(PROCESSING_FAILURE, str(error)) from error
