"""Reads a file again from the first byte to the last, to be sure that what it should hold is there."""

import zlib
from typing import Final

from workbench.errors import StorageError
from workbench.storage.part10 import Instance, scan
from workbench.storage.reading import InstanceReader
from workbench.storage.structure import StructureCheck
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN

_PIECE: Final = 1024 * 1024


def read_whole(path: str) -> Instance:
    """Gives what a file holds, after reading all of it and walking through its structure. Blocks.

    Of a private transfer syntax nothing but the length is known.

    Raises:
        StorageError: it cannot be read, changes meanwhile, or its data set is not whole.
    """
    instance = scan(path)
    is_deflated = instance.transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
    check = StructureCheck(
        EXPLICIT_VR_LITTLE_ENDIAN if is_deflated else instance.transfer_syntax_uid,
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
    )
    inflater = _Inflater(check) if is_deflated else None
    reader = InstanceReader(instance)
    try:
        left = instance.length
        while left:
            piece = reader.read(min(_PIECE, left))
            left -= len(piece)
            (check if inflater is None else inflater).feed(piece)
        if inflater is not None:
            inflater.finish()
    except zlib.error as error:
        raise StorageError(f"the deflated data set is broken: {error}", path=path) from error
    finally:
        reader.close()
    problem = check.finish()
    if problem is not None:
        raise StorageError(problem.comment, path=path)
    return instance


class _Inflater:
    """Inflates for a check, little by little: a piece may become a thousand times as much."""

    def __init__(self, check: StructureCheck) -> None:
        self._check = check
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)

    def feed(self, data: memoryview) -> None:
        rest = bytes(data)
        while rest and not self._inflater.eof:
            self._check.feed(self._inflater.decompress(rest, _PIECE))
            rest = self._inflater.unconsumed_tail

    def finish(self) -> None:
        if not self._inflater.eof:
            raise zlib.error("it is cut short")
