"""Instances without their bulk data (PS3.4 Annex Z)."""

from contextlib import ExitStack
from io import BytesIO
from typing import BinaryIO, Final

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag

from workbench.errors import DataSetError
from workbench.services.encoding import encode_data_set
from workbench.services.recoding import Recoder, encoding_of
from workbench.services.retrieve.sources import open_data_set
from workbench.services.transcoding import NATIVE, convert, convert_bytes
from workbench.storage.part10 import Instance
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN

_WAVEFORM_SEQUENCE: Final = 0x54000100
_WAVEFORM_DATA: Final = 0x54001010

BULK_DATA: Final = frozenset(
    {
        0x00287FE0,  # Pixel Data Provider URL
        0x56000020,  # Spectroscopy Data
        0x7FE00001,  # Extended Offset Table
        0x7FE00002,  # Extended Offset Table Lengths
        0x7FE00008,  # Float Pixel Data
        0x7FE00009,  # Double Float Pixel Data
        0x7FE00010,  # Pixel Data
        *(0x60003000 | group << 16 for group in range(0, 0x100, 2)),  # Overlay Data
        *(0x50003000 | group << 16 for group in range(0, 0x100, 2)),  # Curve Data
        *(0x5000200C | group << 16 for group in range(0, 0x100, 2)),  # Audio Sample Data
    }
)
"""What is left out at the top level: PS3.4 Table Z.1-1, with what belongs to the pixels. Icons keep theirs."""


def without_bulk_data(instance: Instance, transfer_syntax_uid: str) -> bytes:
    """Gives the data set of an instance without bulk data, encoded for a transfer syntax. Blocks.

    What a compressed transfer syntax has besides its pixels is Explicit VR Little Endian (PS3.5 A.4).

    Raises:
        DataSetError: it is broken.
        StorageError: it cannot be read.
    """
    with ExitStack() as stack:
        before = instance.transfer_syntax_uid
        source = stack.enter_context(open_data_set(instance))
        if before == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
            inflated = convert(lambda: open_data_set(instance), before, EXPLICIT_VR_LITTLE_ENDIAN)
            source = stack.enter_context(inflated.file)
        if before == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN or before not in NATIVE:
            before = EXPLICIT_VR_LITTLE_ENDIAN
        start = source.tell()
        waveforms = _waveforms_without_data(source, before)
        source.seek(start)
        target = BytesIO()
        Recoder(
            source,
            target,
            before=encoding_of(before),
            after=encoding_of(before),
            replaced={**dict.fromkeys(BULK_DATA), _WAVEFORM_SEQUENCE: lambda recoder: _put(recoder, waveforms)},
        ).run()
    after = transfer_syntax_uid if transfer_syntax_uid in NATIVE else EXPLICIT_VR_LITTLE_ENDIAN
    return target.getvalue() if after == before else convert_bytes(target.getvalue(), before, after)


def _put(recoder: Recoder, element: bytes) -> None:
    recoder.write(element)


def _waveforms_without_data(source: BinaryIO, transfer_syntax_uid: str) -> bytes:
    """Gives Waveform Sequence as an encoded element whose items lack Waveform Data; nothing when there is none."""

    def stop(tag: BaseTag, vr: str | None, length: int) -> bool:
        return int(tag) > _WAVEFORM_SEQUENCE

    encoding = encoding_of(transfer_syntax_uid)
    try:
        found: Dataset = read_dataset(
            source,
            encoding.implicit,
            not encoding.big_endian,
            stop_when=stop,
            specific_tags=[BaseTag(_WAVEFORM_SEQUENCE)],
        )
        if _WAVEFORM_SEQUENCE not in found:
            return b""
        for item in found[_WAVEFORM_SEQUENCE].value:
            if _WAVEFORM_DATA in item:
                del item[_WAVEFORM_DATA]
        alone = Dataset()
        alone[_WAVEFORM_SEQUENCE] = found[_WAVEFORM_SEQUENCE]
    except Exception as error:  # pydicom raises what its parts raise
        raise DataSetError(f"the waveforms cannot be read: {error}") from error
    return encode_data_set(alone, transfer_syntax_uid)
