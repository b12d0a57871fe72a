"""Data sets as bytes and back, in the transfer syntax of a presentation context (PS3.5 7.1 and Annex A).

pydicom decodes and encodes. Before it sees the bytes of a peer, their structure is walked through: a nesting that would
exhaust the stack, or a length that points nowhere, is refused with its place.
"""

import asyncio
import struct
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Final, TypeVar

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_dataset

from workbench.errors import DataSetError
from workbench.storage.character_sets import is_known
from workbench.storage.element_texts import items_of, vr_of
from workbench.storage.structure import MAXIMUM_NESTING, StructureCheck
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

_SPECIFIC_CHARACTER_SET: Final = (0x0008, 0x0005)
_OF_BYTES: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})  # in which a backslash parts nothing

LONGEST: Final = 16 * 2**20
"""Bytes of a data set that is decoded whole, be it a value of pixels."""

LONGEST_LIST: Final = 4 * 2**20
"""Bytes of an attribute list or of action information: room for the references to 30,000 instances."""

MOST_ELEMENTS: Final = 100_000
"""Elements, items and values of an attribute list: they cost time and memory by number, however short they are."""

LONGEST_IDENTIFIER: Final = 2**20
"""Bytes of an identifier that is decoded: room for 16,000 UIDs. Elements may be short, and each one costs time."""

_SHORT: Final = 2**14  # bytes that are decoded faster than a thread is found

_Read = TypeVar("_Read")


def decode_data_set(
    data: bytes, transfer_syntax_uid: str, *, nesting: int = MAXIMUM_NESTING, longest: int = LONGEST
) -> Dataset:
    """Gives the data set that the bytes hold. Values are decoded when they are looked at.

    Args:
        nesting: how deep sequences may lie in each other.
        longest: to how many bytes a deflated one may inflate.

    Raises:
        DataSetError: the structure is broken, nested too deep, inflates to more than `longest` bytes, or has an
            unknown VR, on which pydicom would fail whenever the value is looked at.
    """
    if transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
        return decode_data_set(_inflate(data, longest), EXPLICIT_VR_LITTLE_ENDIAN, nesting=nesting)
    if not data:
        return Dataset()
    check = StructureCheck(transfer_syntax_uid, is_instance=False)
    check.nesting = nesting
    check.feed(data)
    problem = check.finish()
    if problem is not None:
        raise DataSetError(problem.comment)
    try:
        data_set = read_dataset(
            BytesIO(_without_unknown_charset(data, transfer_syntax_uid)),
            transfer_syntax_uid == IMPLICIT_VR_LITTLE_ENDIAN,
            transfer_syntax_uid != EXPLICIT_VR_BIG_ENDIAN,
            at_top_level=False,  # where pydicom takes a length of two capital letters for a VR: 16,705 bytes are one
        )
    except Exception as error:  # pydicom raises what its parts raise
        raise DataSetError(f"the data set cannot be decoded: {error}") from error
    return data_set


def check_number(data_set: Dataset, most: int) -> None:
    """Checks that a data set has no more than so many elements, values and items, those in its sequences included.

    Raises:
        DataSetError: it has more, or sequences are nested too deep. What cannot be read as a sequence is passed over.
    """
    left = most
    level: Sequence[Dataset] = (data_set,)
    for _ in range(MAXIMUM_NESTING + 1):
        below: list[Dataset] = []
        for each in level:
            left -= len(each)
            for tag in list(each.keys()) if left >= 0 else ():
                value: object = each.get_item(tag, keep_deferred=True).value
                vr = vr_of(each, int(tag))
                if vr == "SQ":
                    below += items_of(each, int(tag))
                elif isinstance(value, bytes) and vr not in _OF_BYTES:
                    left -= value.count(b"\\")
            if left < len(below):
                raise DataSetError(f"the data set has more than {most} elements, values and items")
        left -= len(below)
        if not below:
            return
        level = below
    raise DataSetError(f"sequences are nested deeper than {MAXIMUM_NESTING}")


async def decode_aside(
    data: bytes, transfer_syntax_uid: str, read: Callable[[Dataset], _Read], *, longest: int = LONGEST
) -> _Read:
    """Gives what `read` makes of the data set that the bytes hold.

    Both are done in a thread where the data set may be large, so that the other associations go on.

    Args:
        longest: to how many bytes a deflated one may inflate.

    Raises:
        DataSetError: as `decode_data_set` does.
    """

    def work() -> _Read:
        return read(decode_data_set(data, transfer_syntax_uid, longest=longest))

    is_short = len(data) <= _SHORT and transfer_syntax_uid != DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
    return work() if is_short else await asyncio.to_thread(work)


def encode_data_set(data_set: Dataset, transfer_syntax_uid: str) -> bytes:
    """Gives the bytes of a data set; text is encoded in its Specific Character Set (0008,0005).

    Raises:
        DataSetError: a value does not fit its VR or the character set; the message names the element.
    """
    if transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
        return _deflate(encode_data_set(data_set, EXPLICIT_VR_LITTLE_ENDIAN))
    buffer = DicomBytesIO()
    buffer.is_implicit_VR = transfer_syntax_uid == IMPLICIT_VR_LITTLE_ENDIAN
    buffer.is_little_endian = transfer_syntax_uid != EXPLICIT_VR_BIG_ENDIAN
    try:
        write_dataset(buffer, data_set)
    except Exception as error:  # pydicom raises what its parts raise
        raise DataSetError(f"the data set cannot be encoded: {error}") from error
    return buffer.getvalue()


def _without_unknown_charset(data: bytes, transfer_syntax_uid: str) -> bytes:
    """Gives the data set with a Specific Character Set that is no defined term blanked out: pydicom warns of such.

    Only elements of group 0008 can come before it, all of them with a header of eight bytes.
    """
    order = ">" if transfer_syntax_uid == EXPLICIT_VR_BIG_ENDIAN else "<"
    header = order + ("HHL" if transfer_syntax_uid == IMPLICIT_VR_LITTLE_ENDIAN else "HH2xH")
    at = 0
    while at + 8 <= len(data):
        group, element, length = struct.unpack_from(header, data, at)
        begin, at = at + 8, at + 8 + length
        if (group, element) == _SPECIFIC_CHARACTER_SET:
            terms = "\\".join(term.strip(" ") for term in data[begin:at].decode("latin-1").rstrip("\0 ").split("\\"))
            return data if is_known(terms) else data[:begin] + b" " * (at - begin) + data[at:]
        if (group, element) > _SPECIFIC_CHARACTER_SET:
            return data
    return data


def _inflate(data: bytes, longest: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(data, longest + 1)
    except zlib.error as error:
        raise DataSetError(f"the deflated data set is broken: {error}") from error
    if len(inflated) > longest:
        raise DataSetError(f"the deflated data set inflates to more than {longest} bytes")
    if not inflater.eof:
        raise DataSetError("the deflated data set is cut short")
    return inflated


def _deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = deflater.compress(data) + deflater.flush()
    return deflated + b"\0" * (len(deflated) % 2)  # PS3.5 A.5
