"""What happens to the file of an object when another one comes with its SOP Instance UID: nothing acknowledged is lost.

A UID stands for one object (PS3.5 9), so another content under it is somebody's mistake, and nobody can tell which of
both is wanted. The earlier file is kept, durable, before the later one takes its name. It lies in the hidden folder
`.replaced` of the archive as `<name>.<n>`, where neither an index nor a search looks.
"""

import contextlib
import os
from itertools import count
from typing import Final

from workbench.errors import StorageError
from workbench.storage.part10 import Instance, open_to_read, scan

KEPT_IN: Final = ".replaced"

_PIECE: Final = 1024 * 1024


def is_same_object(path: str, other: str) -> bool:
    """Whether two files hold the same data set, byte for byte, in the same transfer syntax. Blocks.

    Who sent it, which the file meta information tells, does not count. A file that cannot be read is not the same.
    """
    try:
        first, second = scan(path), scan(other)
        return _what(first) == _what(second) and _is_same_data_set(first, second)
    except (StorageError, OSError):
        return False


def is_same_file(path: str, status: os.stat_result) -> bool:
    """Whether a file is the one that had this status, and was not written to since."""
    try:
        now = os.stat(path)
    except OSError:
        return False
    return (now.st_ino, now.st_size, now.st_mtime_ns) == (status.st_ino, status.st_size, status.st_mtime_ns)


def keep(folder: str, path: str) -> str:
    """Gives the file of an archive a second name where earlier ones are kept, durable; gives the new path. Blocks.

    Where a file can have one name only, it is moved there.

    Raises:
        StorageError: it cannot be kept; it is where it was.
    """
    shelf = os.path.join(folder, KEPT_IN)
    try:
        os.makedirs(shelf, exist_ok=True)
        kept = _second_name(path, os.path.join(shelf, os.path.basename(path)))
        sync_file(shelf)
        sync_file(folder)
    except OSError as error:
        raise StorageError(f"the earlier file cannot be kept: {error.strerror or error}", path=path) from error
    return kept


def put_back(kept: str, path: str) -> None:
    """Gives a file that was kept its place again, and only that. Blocks; OSError as it comes."""
    if os.path.lexists(path) and os.path.samefile(kept, path):
        os.unlink(kept)  # a rename of one name to another of the same file does nothing
    else:
        os.replace(kept, path)
    sync_file(os.path.dirname(path))


def sync_file(path: str) -> None:
    """Makes what a file holds, or which files a folder has, durable; OSError as it comes."""
    if os.name != "posix":  # nothing can be synced there that is not open for writing
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _second_name(path: str, name: str) -> str:
    for number in count(1):
        kept = f"{name}.{number}"
        if os.path.lexists(kept):
            continue
        with contextlib.suppress(FileExistsError):
            try:
                os.link(path, kept)
            except FileExistsError:
                raise
            except OSError:  # this file system knows no second names
                os.rename(path, kept)
            return kept
    raise AssertionError("numbers do not end")


def _what(instance: Instance) -> tuple[str, str, str, int]:
    return instance.sop_class_uid, instance.sop_instance_uid, instance.transfer_syntax_uid, instance.length


def _is_same_data_set(first: Instance, second: Instance) -> bool:
    with (
        open(open_to_read(first.path), "rb", buffering=0) as one,
        open(open_to_read(second.path), "rb", buffering=0) as other,
    ):
        one.seek(first.offset)
        other.seek(second.offset)
        while piece := one.read(_PIECE):
            if piece != other.read(len(piece)):
                return False
        return not other.read(1)
