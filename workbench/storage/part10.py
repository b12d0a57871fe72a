"""Reads what a DICOM file says about itself, and where its data set lies; writes the same for a received one.

PS3.10 7.1: 128 bytes of preamble, "DICM", the file meta information (group 0002, always Explicit VR Little Endian),
then the data set. Only this is read, with a bounded effort: values of the data set are not decoded, but for its SOP
Class and Instance UIDs, which stand within its first bytes and win over the copies in the meta information (a receiver
compares the command with the data set, PS3.4 B.2.3).

A file without preamble and meta information is taken when its first bytes can be the start of a data set that has both
UIDs; it is sent from its first byte on.
"""

import os
import stat
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from workbench.errors import StorageError
from workbench.storage.naming import is_safe_uid
from workbench.storage.structure import StructureCheck, guess_encoding, transfer_syntax_of
from workbench.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME

MEDIA_STORAGE_DIRECTORY: Final = "1.2.840.10008.1.3.10"

_NO_META = "this is no DICOM file: there is no file meta information, and a bare data set is not what was asked for"
_NO_DATA_SET = "this is no data set: its first bytes are not the start of one"
_NO_DICOM = "this is no DICOM file: there is no DICM at byte 128, nor a data set at byte 0"
_PREAMBLE = 128
_HEAD = 4096  # holds the meta information of any usual file and the first elements of its data set
_LARGE_HEAD = 1 << 20  # private information in group 0002 may be long; beyond this it is refused

_LONG_VRS = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_NON_BLOCKING: Final[int] = getattr(os, "O_NONBLOCK", 0)  # so that opening a named pipe does not wait for its writer
_BINARY: Final[int] = getattr(os, "O_BINARY", 0)


class FileForm(Enum):
    """What a file is taken for."""

    ANY = "a file of PS3.10 or a bare data set, whichever it looks like"
    PART10 = "a file of PS3.10, with file meta information"
    DATA_SET = "a data set from its first byte on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A file that can be sent: what it holds and where its data set lies.

    Attributes:
        name: the last part of the path, for people.
        modified_ns: when the file was last written, so that a change between scan and sending shows.
        has_padded_uid: whether a UID in the data set is padded with a space, against PS3.5 9.1; it is not in these.
    """

    path: str
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    offset: int
    length: int
    name: str
    modified_ns: int = 0
    has_padded_uid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file that cannot be sent, and why.

    Attributes:
        is_harmless: nothing was meant to be sent, for it is no DICOM object and only lay in a folder with some.
    """

    path: str
    reason: str
    is_harmless: bool = False


@dataclass(slots=True)
class _Meta:
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    transfer_syntax_uid: str = ""
    end: int = 0


class _Short(Exception):
    """The bytes read so far end within the meta information."""


def scan(path: str | os.PathLike[str], *, form: FileForm = FileForm.ANY, checks_uids: bool = True) -> Instance:
    """Reads the start of a file and gives what is needed to send it. Blocks.

    Args:
        form: what the file has to be.
        checks_uids: refuse UIDs that are none; without it they only have to be there.

    Raises:
        StorageError: the file cannot be read, or is no DICOM file, or its meta information is broken; the text names
            the element, the byte and the value.
    """
    path = os.fspath(path)
    try:
        descriptor = open_to_read(path)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise StorageError("this is not a regular file", path=path)
            head = os.read(descriptor, _HEAD)
            try:
                return _instance(path, head, status, form, checks_uids=checks_uids)
            except _Short:
                while len(head) < min(_LARGE_HEAD, status.st_size) and (more := os.read(descriptor, _LARGE_HEAD)):
                    head += more
            try:
                return _instance(path, head, status, form, checks_uids=checks_uids)
            except _Short:
                raise StorageError(
                    f"the file meta information does not end within {len(head)} bytes", path=path
                ) from None
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StorageError(f"cannot be read: {error.strerror or error}", path=path) from error


def scan_paths(
    paths: Iterable[str | os.PathLike[str]],
    *,
    recurse: bool = True,
    pattern: str = "",
    form: FileForm = FileForm.ANY,
    checks_uids: bool = True,
) -> Iterator[Instance | Skipped]:
    """Scans files and the files of folders, in the order of their names. Blocks, one file at each step.

    Args:
        paths: files and folders.
        recurse: look into the folders of folders too.
        pattern: take only the files of folders whose names match it, with the wildcards of a shell; empty takes all.
        form, checks_uids: see `scan`.
    """

    def scan_one(path: str, *, was_named: bool) -> Instance | Skipped:
        return _scan_one(path, form, was_named=was_named, checks_uids=checks_uids)

    for given in paths:
        path = os.fspath(given)
        if not os.path.isdir(path):
            yield scan_one(path, was_named=True)
            continue
        unreadable: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=unreadable.append):
            folders.sort()
            if not recurse:
                folders.clear()
            for name in sorted(names):
                if not pattern or fnmatchcase(name, pattern):
                    yield scan_one(os.path.join(folder, name), was_named=False)
        for error in unreadable:
            yield Skipped(path=str(error.filename), reason=f"cannot be read: {error.strerror or error}")


def data_set_place(path: str, content: bytes) -> tuple[int, str]:
    """Gives where the data set begins in a whole file, whatever it holds, and its transfer syntax.

    Returns:
        The offset and the UID; 0 and an empty one for a file without meta information.

    Raises:
        StorageError: the meta information is broken.
    """
    start = _PREAMBLE + 4 if content[_PREAMBLE : _PREAMBLE + 4] == b"DICM" else 0
    if not start and content[:2] != b"\x02\0":
        return 0, ""
    try:
        meta = _read_meta(path, content, start, len(content))
    except _Short:
        raise StorageError("the file ends within its meta information", path=path) from None
    return meta.end, meta.transfer_syntax_uid


def open_to_read(path: str) -> int:
    """Opens a file for reading and gives its descriptor, which the caller closes; OSError as it comes."""
    return os.open(path, os.O_RDONLY | _NON_BLOCKING | _BINARY)


def file_meta(
    *,
    sop_class_uid: str,
    sop_instance_uid: str,
    transfer_syntax_uid: str,
    source_ae_title: str = "",
    receiving_ae_title: str = "",
) -> bytes:
    """Gives what stands before the data set in a file that we write: zeros, "DICM" and group 0002.

    The preamble is never the peer's: it may hold a program (CVE-2019-11687).

    Args:
        source_ae_title: the AE that the object came from; left out when empty.
        receiving_ae_title: the AE that took it; left out when empty.
    """
    before, after = _meta_around_instance(sop_class_uid, transfer_syntax_uid, source_ae_title, receiving_ae_title)
    group = before + _element(0x0003, b"UI", _uid_value(sop_instance_uid)) + after
    return bytes(_PREAMBLE) + b"DICM" + _element(0x0000, b"UL", struct.pack("<L", len(group))) + group


@lru_cache(maxsize=64)  # the objects of an association differ in little else than their instance
def _meta_around_instance(
    sop_class_uid: str, transfer_syntax_uid: str, source_ae_title: str, receiving_ae_title: str
) -> tuple[bytes, bytes]:
    """Gives the elements of group 0002 before and after Media Storage SOP Instance UID."""
    before = _element(0x0001, b"OB", b"\0\1") + _element(0x0002, b"UI", _uid_value(sop_class_uid))
    after = [
        _element(0x0010, b"UI", _uid_value(transfer_syntax_uid)),
        _element(0x0012, b"UI", _uid_value(IMPLEMENTATION_CLASS_UID)),
        _element(0x0013, b"SH", _text_value(IMPLEMENTATION_VERSION_NAME)),
    ]
    if source_ae_title:
        after.append(_element(0x0016, b"AE", _text_value(source_ae_title[:16])))
    if receiving_ae_title:
        after.append(_element(0x0018, b"AE", _text_value(receiving_ae_title[:16])))
    return before, b"".join(after)


def _scan_one(path: str, form: FileForm, *, was_named: bool, checks_uids: bool) -> Instance | Skipped:
    try:
        instance = scan(path, form=form, checks_uids=checks_uids)
    except StorageError as error:
        is_another_file = str(error) in (_NO_DICOM, _NO_META, _NO_DATA_SET)
        return Skipped(path=path, reason=str(error), is_harmless=is_another_file and not was_named)
    if instance.sop_class_uid == MEDIA_STORAGE_DIRECTORY:
        reason = "a DICOMDIR describes files and is not sent itself"
        return Skipped(path=path, reason=reason, is_harmless=not was_named)
    return instance


def _instance(path: str, head: bytes, status: os.stat_result, form: FileForm, *, checks_uids: bool) -> Instance:
    if form is FileForm.DATA_SET:
        meta = _guess_meta(path, head, _NO_DATA_SET)
    elif head[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        meta = _read_meta(path, head, _PREAMBLE + 4, status.st_size)
    elif head[:4] in (b"\x02\0\0\0", b"\x02\0\1\0", b"\x02\0\2\0") and head[4:6].isalpha():
        meta = _read_meta(path, head, 0, status.st_size)  # no preamble, against PS3.10 7.1, but nothing is in doubt
    elif form is FileForm.PART10:
        raise StorageError(_NO_META, path=path)
    else:
        meta = _guess_meta(path, head, _NO_DICOM)
    check = StructureCheck(meta.transfer_syntax_uid)
    check.feed(memoryview(head)[meta.end :])
    instance = Instance(
        path=path,
        sop_class_uid=check.sop_class_uid or meta.sop_class_uid,
        sop_instance_uid=check.sop_instance_uid or meta.sop_instance_uid,
        transfer_syntax_uid=meta.transfer_syntax_uid,
        offset=meta.end,
        length=status.st_size - meta.end,
        name=os.path.basename(path),
        modified_ns=status.st_mtime_ns,
        has_padded_uid=check.has_padded_uid,
    )
    for name, uid in (
        ("SOP Class UID", instance.sop_class_uid),
        ("SOP Instance UID", instance.sop_instance_uid),
        ("Transfer Syntax UID", instance.transfer_syntax_uid),
    ):
        if not uid or (checks_uids and not is_safe_uid(uid)):
            problem = f"the {name} {uid[:80]!r} is not a UID" if uid else f"the {name} is missing"
            raise StorageError(problem, path=path)
    if instance.length == 0:
        raise StorageError("there is no data set after the file meta information", path=path)
    return instance


def _read_meta(path: str, head: bytes, position: int, file_size: int) -> _Meta:
    """Reads the elements of group 0002 up to the first other one.

    The group length only tells where a deflated data set begins, which could look like anything: many files state a
    wrong one, and the group's own elements cannot be mistaken.
    """
    meta = _Meta()
    stated_end = -1
    while position < file_size:
        if position == stated_end and meta.transfer_syntax_uid and StructureCheck(meta.transfer_syntax_uid).is_opaque:
            break
        read = _read_meta_element(path, head, position, file_size)
        if read is None:
            break
        element, value, position = read
        match element:
            case 0x0000 if len(value) == 4:
                stated_end = position + int.from_bytes(value, "little")
            case 0x0002:
                meta.sop_class_uid = _uid(value)
            case 0x0003:
                meta.sop_instance_uid = _uid(value)
            case 0x0010:
                meta.transfer_syntax_uid = _uid(value)
    meta.end = position
    return meta


def _read_meta_element(path: str, head: bytes, position: int, file_size: int) -> tuple[int, bytes, int] | None:
    """Gives number, value and end of the element of group 0002 at `position`; None when another group begins there."""
    if len(head) - position < 8:
        if len(head) == file_size and head[position : position + 2] != b"\x02\0":
            return None  # a data set of hardly any bytes, as a deflated one may be
        raise _Short
    group, element, vr, length = struct.unpack_from("<HH2sH", head, position)
    if group != 0x0002:
        return None
    place = f"(0002,{element:04X}) at byte {position}"
    start = position + 8
    if vr in _LONG_VRS:
        if len(head) - position < 12:
            raise _Short
        length = int.from_bytes(head[position + 8 : position + 12], "little")
        start = position + 12
    elif not (vr.isalpha() and vr.isupper()):
        raise StorageError(f"{place}: {vr!r} is not a VR", path=path)
    if start + length > file_size:
        raise StorageError(f"{place}: its length {length} passes the end of the file", path=path)
    if start + length > len(head):
        raise _Short
    return element, head[start : start + length], start + length


def _guess_meta(path: str, head: bytes, problem: str) -> _Meta:
    encoding = guess_encoding(head[:8]) if len(head) >= 8 else None
    if encoding is None:
        raise StorageError(problem, path=path)
    return _Meta(transfer_syntax_uid=transfer_syntax_of(encoding))


def _uid(value: bytes) -> str:
    return value.decode("latin-1").rstrip("\0 ")


def _element(element: int, vr: bytes, value: bytes) -> bytes:
    if vr == b"OB":
        return struct.pack("<HH2s2xL", 0x0002, element, vr, len(value)) + value
    return struct.pack("<HH2sH", 0x0002, element, vr, len(value)) + value


def _uid_value(uid: str) -> bytes:
    return uid.encode("ascii") + b"\0" * (len(uid) % 2)


def _text_value(text: str) -> bytes:
    return text.encode("latin-1", "replace") + b" " * (len(text) % 2)
