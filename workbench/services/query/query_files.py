"""Reads a query from a file: a DICOM file (PS3.10), or a data set without meta information in any encoding."""

import os
from typing import Final

from workbench.errors import DataSetError, StorageError
from workbench.services.query.elements import corrected, read_elements
from workbench.services.query.request import RequestIdentifier
from workbench.storage.part10 import data_set_place
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

LONGEST: Final = 16 * 2**20
"""Bytes of a file that may be a query."""

_BARE: Final = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)
_HIGHEST_GROUP: Final = 0x7FE0


def read_query_file(path: str, *, correct: bool = False) -> RequestIdentifier:
    """Reads a query. Blocks.

    Args:
        correct: drop spaces that mean nothing, and such as dates must not have.

    Raises:
        StorageError: the file cannot be read, or is none; the text says why.
    """
    try:
        if os.path.getsize(path) > LONGEST:
            raise StorageError(f"longer than {LONGEST} bytes, which is no query", path=path)
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise StorageError(f"cannot be read: {error.strerror or error}", path=path) from error
    if not content:
        raise StorageError("the file is empty", path=path)
    offset, transfer_syntax_uid = data_set_place(path, content)
    data = content[offset:]
    try:
        syntax = transfer_syntax_uid or _syntax_of(data)
        elements = read_elements(data, syntax)
    except DataSetError as error:
        raise StorageError(f"this is no query: {error}", path=path) from error
    return RequestIdentifier(elements=corrected(elements) if correct else elements, source=path, read_syntax=syntax)


def _syntax_of(data: bytes) -> str:
    """Gives the transfer syntax of a data set of which nothing tells it: the first one in which it makes sense."""
    for transfer_syntax_uid in _BARE:
        try:
            elements = read_elements(data, transfer_syntax_uid)
        except DataSetError:
            continue
        if elements and elements[-1].tag >> 16 <= _HIGHEST_GROUP and elements[0].tag >> 16:
            return transfer_syntax_uid
    raise DataSetError("there is no DICM at byte 128, and no data set at byte 0")
