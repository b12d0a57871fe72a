"""Converts a data set into another transfer syntax, when somebody asked for it: never by itself, never in part.

Uncompressed syntaxes are written into each other without a loss (see `recoding`); compressed ones become uncompressed
with the decoders that are installed (see `pixel_decoding`). Into a compressed syntax nothing is converted.

Memory: a chunk of 1 MiB for uncompressed data sets; one frame and its compressed bytes for compressed ones. The result
is kept in memory up to HELD bytes, a larger one in a temporary file.
"""

import tempfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from enum import Enum
from io import BytesIO
from typing import BinaryIO, Final, NamedTuple

from workbench import dictionary
from workbench.errors import DataSetError
from workbench.services.transcoding.recoding import (
    CHUNK,
    PIXEL_REPRESENTATION,
    Input,
    Output,
    Recoder,
    Replacement,
    encoding_of,
)
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

HELD: Final = 32 * 2**20
"""Bytes of a converted data set that are held in memory."""

INFLATED: Final = 256 * 2**20
"""Bytes to which any deflated data set is inflated; to more only up to RATIO times what came, or it may be a bomb."""

RATIO: Final = 64

PLAIN: Final = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)
"""The transfer syntaxes without any compression (PS3.5 A.1 to A.3), those preferred for a conversion first."""

NATIVE: Final = (*PLAIN, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)
"""The uncompressed transfer syntaxes (PS3.5 A.1 to A.3 and A.5), those preferred for a conversion first."""

LOSSLESS: Final = frozenset(
    {
        "1.2.840.10008.1.2.4.57",  # JPEG Lossless, process 14
        "1.2.840.10008.1.2.4.70",  # the same, first-order prediction
        "1.2.840.10008.1.2.4.80",  # JPEG-LS Lossless
        "1.2.840.10008.1.2.4.90",  # JPEG 2000 Lossless Only
        "1.2.840.10008.1.2.4.110",  # JPEG XL Lossless
        "1.2.840.10008.1.2.4.201",  # HTJ2K Lossless Only
        "1.2.840.10008.1.2.4.202",  # HTJ2K Lossless RPCL
        "1.2.840.10008.1.2.5",  # RLE Lossless
    }
)
"""The compressed transfer syntaxes that allow no loss; in others only the object can tell whether there was one."""

COMPRESSED_ROOTS: Final = ("1.2.840.10008.1.2.4.", "1.2.840.10008.1.2.5")
"""With what the UIDs of the transfer syntaxes of compressed pixel data begin."""


class Conversion(Enum):
    """What may be done to an instance that the peer does not accept as it is; each allows what those before allow."""

    NEVER = "never"
    PLAIN = "plain"
    UNCOMPRESSED = "uncompressed"
    DECOMPRESS_LOSSLESS = "lossless"
    DECOMPRESS = "any"

    def targets(self, transfer_syntax_uid: str) -> tuple[str, ...]:
        """Gives the transfer syntaxes into which an instance may be converted, best first."""
        return tuple(syntax for syntax in self.results(transfer_syntax_uid) if syntax != transfer_syntax_uid)

    def results(self, transfer_syntax_uid: str) -> tuple[str, ...]:
        """Gives the same with its own transfer syntax at its place, if that is uncompressed."""
        results: tuple[str, ...] = NATIVE
        match self:
            case Conversion.NEVER:
                may_be = False
            case Conversion.PLAIN:
                may_be, results = transfer_syntax_uid in PLAIN, PLAIN
            case Conversion.UNCOMPRESSED:
                may_be = transfer_syntax_uid in NATIVE
            case Conversion.DECOMPRESS_LOSSLESS:
                may_be = transfer_syntax_uid in NATIVE or transfer_syntax_uid in LOSSLESS
            case Conversion.DECOMPRESS:
                may_be = transfer_syntax_uid in NATIVE or transfer_syntax_uid.startswith(COMPRESSED_ROOTS)
        return results if may_be else ()


class Converted(NamedTuple):
    """A data set after its conversion, in a file positioned at its first byte; whoever takes it closes the file."""

    file: BinaryIO
    length: int


def words_for(before: str, after: str) -> str:
    """Gives a conversion for people: "converted from JPEG Baseline to Explicit VR LE"."""
    return f"converted from {dictionary.transfer_syntax_short(before)} to {dictionary.transfer_syntax_short(after)}"


def convert(
    open_source: Callable[[], BinaryIO],
    before: str,
    after: str,
    *,
    given: Mapping[int, bytes] | None = None,
    old_vrs: bool = False,
    deflate_level: int = zlib.Z_DEFAULT_COMPRESSION,
) -> Converted:
    """Converts one data set. Blocks, for long where pixels are decoded.

    Args:
        open_source: opens the data set for reading, at its first byte and up to its last; called twice where pixels
            are decoded.
        before: its transfer syntax.
        after: one of NATIVE, or the same as `before`, which leaves compressed pixel data as it is.
        given, old_vrs: what else is changed on the way, see `recoding.Recoder`.
        deflate_level: how hard to try where the result is deflated, 0 to 9.

    Raises:
        DataSetError: the data set is broken or cannot be converted without a loss of what is in it.
        StorageError: it cannot be read.
    """
    with ExitStack() as stack:
        source = stack.enter_context(open_source())
        replaced: Mapping[int, bytes | Replacement | None] = {}
        is_signed = False
        if before not in NATIVE and before != after:
            from workbench.services.transcoding.pixel_decoding import (
                DecodedPixels,  # and pydicom, which most sends need not load
            )

            second = stack.enter_context(open_source())
            replaced = DecodedPixels(second, before, keeps_colours=before in LOSSLESS).replaced
        elif before == IMPLICIT_VR_LITTLE_ENDIAN:
            is_signed = _is_signed(stack.enter_context(open_source()))
        file = tempfile.SpooledTemporaryFile(HELD)  # noqa: SIM115 - given to the caller
        try:
            target = _Deflating(file, deflate_level) if after == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN else file
            Recoder(
                _Inflating(source) if before == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN else source,
                target,
                before=encoding_of(before),
                after=encoding_of(after),
                is_signed=is_signed,
                replaced=replaced,
                given=given,
                old_vrs=old_vrs,
                keeps_fragments=before == after and before not in NATIVE,
            ).run()
            if isinstance(target, _Deflating):
                target.finish()
            length = file.tell()
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return Converted(file, length)  # type: ignore[arg-type]


def convert_bytes(data: bytes, before: str, after: str) -> bytes:
    """Converts one data set in memory; see `convert`."""
    converted = convert(lambda: BytesIO(data), before, after)
    with converted.file:
        return converted.file.read()


def _is_signed(source: BinaryIO) -> bool:
    """Whether Pixel Representation (0028,0103) of a data set in Implicit VR Little Endian is 1."""
    encoding = encoding_of(IMPLICIT_VR_LITTLE_ENDIAN)
    recoder = Recoder(source, _Nowhere(), before=encoding, after=encoding)
    while recoder.tag < PIXEL_REPRESENTATION and recoder.step():
        pass
    return recoder.is_signed


class _Nowhere:
    """Takes a data set and forgets it."""

    def write(self, data: bytes, /) -> None:
        pass


class _Inflating:
    """A deflated data set (PS3.5 A.5), read as if it were none."""

    def __init__(self, source: Input) -> None:
        self._source = source
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._held = b""
        self._taken = self._given = 0

    def read(self, size: int, /) -> bytes:
        parts = []
        while size:
            if not self._held and not self._fill():
                break
            parts.append(self._held[:size])
            self._held = self._held[size:]
            size -= len(parts[-1])
        return b"".join(parts)

    def _fill(self) -> bool:
        while not self._held and not self._inflater.eof:
            data = self._inflater.unconsumed_tail
            if not data:
                data = self._source.read(CHUNK)
                self._taken += len(data)
            if not data:
                raise DataSetError("the deflated data set is cut short")
            try:
                self._held = self._inflater.decompress(data, CHUNK)
            except zlib.error as error:
                raise DataSetError(f"the deflated data set is broken: {error}") from error
            self._given += len(self._held)
            if self._given > max(INFLATED, RATIO * self._taken):
                raise DataSetError(f"the deflated data set of {self._taken} bytes inflates to over {INFLATED}")
        return bool(self._held)


class _Deflating:
    """Takes a data set and writes it deflated."""

    def __init__(self, target: Output, level: int) -> None:
        self._target = target
        self._deflater = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
        self._length = 0

    def write(self, data: bytes, /) -> None:
        self._put(self._deflater.compress(data))

    def finish(self) -> None:
        """Writes what is left, padded to an even length (PS3.5 A.5)."""
        self._put(self._deflater.flush())
        self._put(b"\0" * (self._length % 2))

    def _put(self, data: bytes) -> None:
        self._length += len(data)
        self._target.write(data)
