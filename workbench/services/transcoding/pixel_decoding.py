"""Decodes compressed pixel data frame by frame with whatever decoders pydicom finds installed (extra `codecs`).

Only one frame and its compressed bytes are held at a time. Colour comes out as RGB where the codec itself changes
colours (PS3.5 8.2.4: YBR_RCT, YBR_ICT), and of a lossy codec where the frames were YBR_FULL or YBR_FULL_422; of a
lossless one it stays as it is, for a change of colours rounds. Samples come out pixel by pixel (Planar Configuration
0). Lossy Image Compression and what goes with it is not touched: it stays true (PS3.3
C.7.6.1.1.5).
"""

import struct
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID

from workbench import dictionary
from workbench.errors import DataSetError
from workbench.services.transcoding.recoding import PIXEL_DATA, Recoder, Replacement, swap

_WANTED: Final = {
    "samples_per_pixel": "SamplesPerPixel",
    "photometric_interpretation": "PhotometricInterpretation",
    "planar_configuration": "PlanarConfiguration",
    "rows": "Rows",
    "columns": "Columns",
    "bits_allocated": "BitsAllocated",
    "bits_stored": "BitsStored",
    "pixel_representation": "PixelRepresentation",
    "number_of_frames": "NumberOfFrames",
}
_PHOTOMETRIC_INTERPRETATION, _PLANAR_CONFIGURATION = 0x00280004, 0x00280006
_EXTENDED_OFFSETS, _EXTENDED_LENGTHS = 0x7FE00001, 0x7FE00002
_JPEG_BASELINE, _PREFERRED = "1.2.840.10008.1.2.4.50", "pillow"  # which rounds as the IJG's library does
_LONGEST = 0xFFFFFFFE  # bytes of a value with a length of 32 bits
_LONGEST_FRAME = 2**29  # bytes of a decoded frame, which is held in memory; Rows and Columns are but a claim
_HEADER = 12  # bytes before the value of an OB or OW


class DecodedPixels:
    """The pixel data of one data set, decoded when it is written.

    Args:
        source: the data set, positioned at its first byte, in Explicit VR Little Endian; nobody else may read from it.
        transfer_syntax_uid: how the pixel data is compressed.
        keeps_colours: leave YBR_FULL as it is.

    Attributes:
        replaced: what is to be written in place of what the data set has, see `recoding.Recoder`; the values are those
            of Little Endian.

    Raises:
        DataSetError: there is no decoder, or the first frame cannot be decoded.
    """

    def __init__(self, source: BinaryIO, transfer_syntax_uid: str, *, keeps_colours: bool = False) -> None:
        self.replaced: dict[int, bytes | Replacement | None] = {}
        self._decoder = _decoder(transfer_syntax_uid)
        start = source.tell()
        description = _read(source, start)
        if source.read(4) != struct.pack("<HH", PIXEL_DATA >> 16, PIXEL_DATA & 0xFFFF):
            return  # a document that says it is compressed: there is nothing to decode
        source.seek(_HEADER - 4, 1)
        self._source = source
        self._keeps_colours = keeps_colours
        self._options = _options(description)
        self._frames = self._decode()
        self._first, properties = self._next_frame()
        bits = int(properties["bits_allocated"])
        if bits != self._options["bits_allocated"]:
            raise DataSetError(f"its frames have {bits} bits to a sample, and Bits Allocated says otherwise")
        self._vr = b"OW" if bits > 8 else b"OB"
        self._count = int(self._options["number_of_frames"])
        self._length = self._count * len(self._first)
        if self._length > _LONGEST:
            raise DataSetError(f"its {self._length} bytes of pixels are more than one element takes")
        self.replaced |= {PIXEL_DATA: self._write, _EXTENDED_OFFSETS: None, _EXTENDED_LENGTHS: None}
        self._describe(properties)

    def _describe(self, properties: dict[str, Any]) -> None:
        found = str(properties["photometric_interpretation"])
        if found != self._options["photometric_interpretation"]:
            self.replaced[_PHOTOMETRIC_INTERPRETATION] = (found + " " * (len(found) % 2)).encode("ascii")
        if self._options.get("planar_configuration"):
            self.replaced[_PLANAR_CONFIGURATION] = b"\0\0"

    def _write(self, recoder: Recoder) -> None:
        recoder.write_header(PIXEL_DATA, self._vr, self._length + self._length % 2)
        recoder.write(_ordered(self._first, self._vr, recoder))
        for _ in range(1, self._count):
            frame, _ = self._next_frame()
            if len(frame) != len(self._first):
                raise DataSetError("its frames decode to different lengths")
            recoder.write(_ordered(frame, self._vr, recoder))
        recoder.write(b"\0" * (self._length % 2))

    def _decode(self) -> Iterator[tuple[bytes, dict[str, Any]]]:
        plugins = self._decoder.available_plugins
        plugin = _PREFERRED if _PREFERRED in plugins and self._decoder.UID == _JPEG_BASELINE else ""
        frames = self._decoder.iter_array(
            self._source, raw=self._keeps_colours, decoding_plugin=plugin, **self._options
        )
        for frame, properties in frames:
            yield frame.astype(frame.dtype.newbyteorder("<"), copy=False).tobytes(), dict(properties)

    def _next_frame(self) -> tuple[bytes, dict[str, Any]]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about frames beyond the stated ones, and the like
                return next(self._frames)
        except StopIteration:
            raise DataSetError("it has fewer frames than Number of Frames says") from None
        except Exception as error:  # pydicom and its plugins raise what their parts raise
            raise DataSetError(f"its pixel data cannot be decoded: {error}") from error


def missing_decoder(transfer_syntax_uid: str) -> str:
    """Tells what is missing to decode a transfer syntax; empty when nothing is."""
    name = dictionary.transfer_syntax_short(transfer_syntax_uid)
    try:
        decoder = get_decoder(UID(transfer_syntax_uid))
    except NotImplementedError:
        return f"{name} cannot be decoded"
    if decoder.is_available:
        return ""
    return f"no decoder for {name} is installed (extra: codecs)"


def decoders(transfer_syntax_uids: Iterable[str]) -> tuple[str, ...]:
    """Gives those of some transfer syntaxes of compressed pixel data for which a decoder is installed."""
    return tuple(uid for uid in transfer_syntax_uids if _is_decodable(uid))


def _is_decodable(transfer_syntax_uid: str) -> bool:
    try:
        return get_decoder(UID(transfer_syntax_uid)).is_available
    except NotImplementedError:  # it is of a kind that pydicom does not know
        return False


def _decoder(transfer_syntax_uid: str) -> Decoder:
    missing = missing_decoder(transfer_syntax_uid)
    if missing:
        raise DataSetError(missing)
    return get_decoder(UID(transfer_syntax_uid))


def _read(source: BinaryIO, start: int) -> Dataset:
    """Reads what describes the pixels; leaves the source at the first byte of the pixel data, or of what follows."""

    def stop(tag: BaseTag, vr: str | None, length: int) -> bool:
        return int(tag) >= PIXEL_DATA

    source.seek(start)
    try:
        wanted = [Tag(keyword) for keyword in (*_WANTED.values(), "ExtendedOffsetTable", "ExtendedOffsetTableLengths")]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read_dataset(source, False, True, stop_when=stop, specific_tags=wanted)  # type: ignore[arg-type]
    except Exception as error:  # pydicom raises what its parts raise
        raise DataSetError(f"the data set cannot be read: {error}") from error


def _options(description: Dataset) -> dict[str, Any]:
    options: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for option, keyword in _WANTED.items():
            try:
                value = description.get(keyword)
            except Exception as error:  # pydicom raises what its parts raise
                raise DataSetError(f"{keyword} cannot be read: {error}") from error
            if value is not None:
                options[option] = value if isinstance(value, str) else int(value)
        if "ExtendedOffsetTable" in description and "ExtendedOffsetTableLengths" in description:
            tables = description.ExtendedOffsetTable, description.ExtendedOffsetTableLengths
            options["extended_offsets"] = tables
    options.setdefault("number_of_frames", 1)
    missing = [
        keyword
        for option, keyword in _WANTED.items()
        if option not in options and option not in ("planar_configuration", "number_of_frames")
    ]
    if missing:
        raise DataSetError(f"its pixel data is not described: {', '.join(missing)} missing")
    if options["samples_per_pixel"] > 1:
        options.setdefault("planar_configuration", 0)
    if options["number_of_frames"] < 1:
        raise DataSetError(f"Number of Frames is {options['number_of_frames']}")
    samples = options["rows"] * options["columns"] * options["samples_per_pixel"]
    if samples * options["bits_allocated"] // 8 > _LONGEST_FRAME:
        raise DataSetError(f"its frames of {options['rows']} x {options['columns']} pixels are too large to decode")
    return {**options, "pixel_keyword": "PixelData"}


def _ordered(frame: bytes, vr: bytes, recoder: Recoder) -> bytes:
    return frame if vr == b"OB" or not recoder.after.big_endian else swap(frame, 2)
