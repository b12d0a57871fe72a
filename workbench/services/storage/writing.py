"""How received objects are written: as they came, or encoded anew where that was asked for.

As they came is the default, and costs nothing: the bytes go to the disk as they arrive. What is to be encoded anew is
written as it came first; then the file is mapped into memory, its elements are found, and they are laid out anew in
another file, value for value (see `transcoding.layout`). What cannot be written as wanted is refused, never changed in
another way.
"""

import mmap
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workbench import dictionary
from workbench.errors import DataSetError, StorageError
from workbench.services.transcoding.conversion import INFLATED, NATIVE, RATIO
from workbench.services.transcoding.element_tree import TreeReader
from workbench.services.transcoding.layout import Layout, LayoutWriter
from workbench.services.transcoding.recoding import CHUNK, encoding_of
from workbench.storage.structure import StructureCheck
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.fields import Buffer

_GATHERED: Final = 2**18  # bytes that go to the disk together


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """How received objects are written, as plain data.

    Attributes:
        bare: the data set alone, without preamble and file meta information; nobody can be sure of its transfer syntax.
        transfer_syntax_uid: an uncompressed or the deflated one that data sets are converted into; empty keeps theirs.
        layout: how data sets are laid out; None leaves them as they came where the transfer syntax stays.
        convert_un: give elements of VR UN the VR that the dictionary has.
        deflate_level: how hard to try where the result is deflated, 0 to 9; None is zlib's choice, and leaves what came
            deflated as it is.
    """

    bare: bool = False
    transfer_syntax_uid: str = ""
    layout: Layout | None = None
    convert_un: bool = False
    deflate_level: int | None = None

    def is_needed(self, transfer_syntax_uid: str) -> bool:
        """Whether a data set in this transfer syntax is encoded anew."""
        result = self.result(transfer_syntax_uid)
        deflates = self.deflate_level is not None and result == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
        return self.layout is not None or self.convert_un or deflates or result != transfer_syntax_uid

    def result(self, transfer_syntax_uid: str) -> str:
        """Gives the transfer syntax in which a data set is written."""
        return self.transfer_syntax_uid or transfer_syntax_uid

    def rewrite(
        self, data: Buffer, transfer_syntax_uid: str, write: Callable[[list[Buffer]], object], *, before: int
    ) -> None:
        """Encodes one data set anew. Blocks.

        Args:
            data: the data set as it came.
            transfer_syntax_uid: in which it came.
            write: takes the bytes, in lists of buffers.
            before: bytes of the file before the data set; they count for the padding.

        Raises:
            DataSetError: it is broken, or cannot be written so.
        """
        result = self.result(transfer_syntax_uid)
        if result != transfer_syntax_uid and transfer_syntax_uid not in NATIVE:
            name = dictionary.transfer_syntax_short
            raise DataSetError(f"not written in {name(result)}: is {name(transfer_syntax_uid)}")
        if transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
            data = _inflated(data)
        elif StructureCheck(transfer_syntax_uid).is_opaque:
            raise DataSetError(f"not written anew: unknown encoding of {dictionary.transfer_syntax_short(result)}")
        elements = TreeReader(data, encoding_of(transfer_syntax_uid), convert_un=self.convert_un).read()
        level = zlib.Z_DEFAULT_COMPRESSION if self.deflate_level is None else self.deflate_level
        gathering = _Gathering(write, level if result == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN else None)
        LayoutWriter(gathering.write, encoding_of(result), self.layout or Layout(), before=before).run(elements)
        gathering.finish()


def mapped(path: str, offset: int) -> memoryview:
    """Gives what stands in a file from a place on, without reading it; StorageError when it cannot be done."""
    try:
        with open(path, "rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))[offset:]
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot be read again: {error}", path=path) from error


class _Gathering:
    """Gathers many small pieces into few large ones, and deflates them where that is wanted (PS3.5 A.5)."""

    def __init__(self, write: Callable[[list[Buffer]], object], deflate_level: int | None) -> None:
        self._write = write
        self._deflater = None if deflate_level is None else zlib.compressobj(deflate_level, wbits=-zlib.MAX_WBITS)
        self._pieces: list[Buffer] = []
        self._held = 0
        self._length = 0

    def write(self, data: bytes) -> None:
        self._put(data if self._deflater is None else self._deflater.compress(data))

    def finish(self) -> None:
        if self._deflater is not None:
            self._put(self._deflater.flush())
            self._put(b"\0" * (self._length % 2))
        self._write(self._pieces)

    def _put(self, data: bytes) -> None:
        self._pieces.append(data)
        self._held += len(data)
        self._length += len(data)
        if self._held >= _GATHERED:
            self._write(self._pieces)
            self._pieces, self._held = [], 0


def _inflated(data: Buffer) -> bytearray:
    """Inflates a data set, to a bounded size."""
    inflater, inflated, view = zlib.decompressobj(-zlib.MAX_WBITS), bytearray(), memoryview(data)
    most = max(INFLATED, RATIO * len(view))
    try:
        for begin in range(0, len(view), CHUNK):
            piece: Buffer = view[begin : begin + CHUNK]
            while len(piece) and not inflater.eof:
                inflated += inflater.decompress(piece, CHUNK)
                piece = inflater.unconsumed_tail
                if len(inflated) > most:
                    raise DataSetError(f"the deflated data set inflates to over {most} bytes")
    except zlib.error as error:
        raise DataSetError(f"the deflated data set is broken: {error}") from error
    if not inflater.eof:
        raise DataSetError("the deflated data set is cut short")
    return inflated
