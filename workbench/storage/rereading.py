"""Reads a file again from the first byte to the last, to be sure that what it should hold is there.

A structure that is whole does not show that it is the one that was received: a file may end where an element ends, and
pixels may be anything. So the checksum is compared too, the CRC-32 of the whole file.
"""

import zlib
from typing import Final, NamedTuple

from workbench.errors import StorageError
from workbench.storage.part10 import Instance, open_to_read, scan
from workbench.storage.reading import InstanceReader
from workbench.storage.structure import StructureCheck
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.fields import Buffer

_PIECE: Final = 1024 * 1024


class Whole(NamedTuple):
    """A file that was read to its end.

    Attributes:
        checksum: of all its bytes, CRC-32.
    """

    instance: Instance
    checksum: int

    def compare(self, *, sop_instance_uid: str, length: int, checksum: int) -> None:
        """Compares it with what was noted of the file when its object was indexed.

        Raises:
            StorageError: it is not that any more.
        """
        now = self.instance.offset + self.instance.length
        problem = ""
        if self.instance.sop_instance_uid != sop_instance_uid:
            problem = f"the file holds another object, {self.instance.sop_instance_uid}"
        elif now != length:
            problem = f"the file has {now} bytes, and had {length} when it was indexed"
        elif self.checksum != checksum:
            problem = "the content of the file is not what was indexed (by its checksum)"
        if problem:
            raise StorageError(problem, path=self.instance.path)


def checksum_of(path: str) -> int:
    """Gives the checksum of a file, whatever it holds. Blocks.

    Raises:
        StorageError: it cannot be read.
    """
    checksum = 0
    try:
        with open(open_to_read(path), "rb", buffering=0) as file:
            while piece := file.read(_PIECE):
                checksum = zlib.crc32(piece, checksum)
    except OSError as error:
        raise StorageError(f"cannot be read: {error.strerror or error}", path=path) from error
    return checksum


def read_whole(path: str) -> Whole:
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
    inflater = Inflater(check) if is_deflated else None
    reader = InstanceReader(instance)
    try:
        checksum = zlib.crc32(_head(instance))
        left = instance.length
        while left:
            piece = reader.read(min(_PIECE, left))
            left -= len(piece)
            checksum = zlib.crc32(piece, checksum)
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
    return Whole(instance, checksum)


def _head(instance: Instance) -> bytes:
    """Reads what stands before the data set."""
    try:
        with open(open_to_read(instance.path), "rb") as file:
            return file.read(instance.offset)
    except OSError as error:
        raise StorageError(f"cannot be read: {error.strerror or error}", path=instance.path) from error


class Inflater:
    """Inflates for a check, little by little: a piece may become a thousand times as much.

    Raises:
        zlib.error: the stream is broken.
    """

    def __init__(self, check: StructureCheck) -> None:
        """Begins a deflated data set (PS3.5 A.5), which is fed to `check`."""
        self._check = check
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)

    def feed(self, data: Buffer) -> None:
        """Takes the next bytes."""
        rest = bytes(data)
        while rest and not self._inflater.eof:
            self._check.feed(self._inflater.decompress(rest, _PIECE))
            rest = self._inflater.unconsumed_tail

    def finish(self) -> None:
        """Takes note that there are no more."""
        if not self._inflater.eof:
            raise zlib.error("it is cut short")
