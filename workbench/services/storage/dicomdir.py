"""The files that a DICOMDIR refers to (PS3.3 F.3, PS3.10 8.6)."""

import os
import warnings
from collections.abc import Iterator, Sequence
from typing import Final

from pydicom.dataset import Dataset
from pydicom.filereader import dcmread
from pydicom.multival import MultiValue

from workbench.errors import StorageError
from workbench.storage.part10 import MEDIA_STORAGE_DIRECTORY, Instance, Skipped, scan

_IN_USE: Final = 0xFFFF  # (0004,1410) of a record that holds


def referenced_files(path: str | os.PathLike[str]) -> Iterator[Instance | Skipped]:
    """Scans the files that a DICOMDIR refers to, in its order. Blocks, one file at each step.

    A file that is missing, broken, outside the folder of the DICOMDIR, or another instance than the DICOMDIR says is
    told as skipped.

    Raises:
        StorageError: the DICOMDIR cannot be read, or is none.
    """
    path = os.fspath(path)
    folder = os.path.dirname(os.path.abspath(path))
    for parts, sop_instance_uid in _references(path):
        yield _scan(folder, parts, sop_instance_uid)


def _references(path: str) -> list[tuple[list[str], str]]:
    """Gives the File IDs, by components, with the SOP Instance UIDs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about characters that are not allowed, which many a File ID has
            directory = dcmread(path)
            if directory.file_meta.get("MediaStorageSOPClassUID") != MEDIA_STORAGE_DIRECTORY:
                raise StorageError("this is no DICOMDIR", path=path)
            return [
                (_components(record), str(record.get("ReferencedSOPInstanceUIDInFile", "")))
                for record in directory.get("DirectoryRecordSequence") or ()
                if record.get("RecordInUseFlag", _IN_USE) == _IN_USE and record.get("ReferencedFileID")
            ]
    except StorageError:
        raise
    except Exception as error:  # pydicom raises what its parts raise
        raise StorageError(f"the DICOMDIR cannot be read: {error}", path=path) from error


def _components(record: Dataset) -> list[str]:
    file_id = record.ReferencedFileID
    return [str(part) for part in file_id] if isinstance(file_id, MultiValue) else [str(file_id)]


def _scan(folder: str, parts: Sequence[str], sop_instance_uid: str) -> Instance | Skipped:
    shown = os.path.join(folder, *parts)
    try:
        path = _find(folder, parts)
        instance = scan(path)
    except StorageError as error:
        return Skipped(path=shown, reason=str(error))
    if sop_instance_uid and instance.sop_instance_uid != sop_instance_uid:
        return Skipped(path=path, reason=f"the DICOMDIR says that it holds {sop_instance_uid}")
    return instance


def _find(folder: str, parts: Sequence[str]) -> str:
    """Gives the path of a File ID, whose components may be there in lower case (media were read by other systems).

    Raises:
        StorageError: a component is no name, or there is no such file.
    """
    path = folder
    for part in parts:
        if part in ("", ".", "..") or {"/", "\\", "\0"} & set(part):
            raise StorageError(f"its File ID has {part!r}, which is no name of a file", path=path)
        try:
            names = os.listdir(path)
        except OSError as error:
            raise StorageError(f"cannot be read: {error.strerror or error}", path=path) from error
        candidates = [name for name in (part, part.lower()) if name in names]
        path = os.path.join(path, (candidates or [part])[0])
    return path
