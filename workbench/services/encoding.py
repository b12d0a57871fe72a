"""Data sets as bytes and back, in the transfer syntax of a presentation context (PS3.5 7.1 and Annex A).

pydicom decodes and encodes. Before it sees the bytes of a peer, their structure is walked through: a nesting that would
exhaust the stack, or a length that points nowhere, is refused with its place.
"""

import struct
import zlib
from io import BytesIO
from typing import Final

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_dataset

from workbench.errors import DataSetError
from workbench.storage.character_sets import is_known
from workbench.storage.structure import MAXIMUM_NESTING, StructureCheck
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

_SPECIFIC_CHARACTER_SET: Final = (0x0008, 0x0005)

LONGEST: Final = 16 * 2**20
"""Bytes of a data set that is decoded whole: identifiers and attribute lists are far smaller."""


def decode_data_set(data: bytes, transfer_syntax_uid: str, *, nesting: int = MAXIMUM_NESTING) -> Dataset:
    """Gives the data set that the bytes hold. Values are decoded when they are looked at.

    Args:
        nesting: how deep sequences may lie in each other.

    Raises:
        DataSetError: the structure is broken, nested too deep, or inflates to more than LONGEST bytes.
    """
    if transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
        return decode_data_set(_inflate(data), EXPLICIT_VR_LITTLE_ENDIAN, nesting=nesting)
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
        )
    except Exception as error:  # pydicom raises what its parts raise
        raise DataSetError(f"the data set cannot be decoded: {error}") from error
    return data_set


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


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(data, LONGEST + 1)
    except zlib.error as error:
        raise DataSetError(f"the deflated data set is broken: {error}") from error
    if len(inflated) > LONGEST:
        raise DataSetError(f"the deflated data set inflates to more than {LONGEST} bytes")
    if not inflater.eof:
        raise DataSetError("the deflated data set is cut short")
    return inflated


def _deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = deflater.compress(data) + deflater.flush()
    return deflated + b"\0" * (len(deflated) % 2)  # PS3.5 A.5
