"""Instances without their bulk data (PS3.4 Annex Z)."""

from contextlib import ExitStack
from io import BytesIO
from typing import Final

from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.storage.instances import opener
from workbench.services.transcoding.conversion import NATIVE, convert, convert_bytes
from workbench.services.transcoding.recoding import Recoder, encoding_of
from workbench.storage.element_texts import items_of
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
    open_data_set = opener(instance)
    with ExitStack() as stack:
        before = instance.transfer_syntax_uid
        source = stack.enter_context(open_data_set())
        if before == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
            inflated = convert(open_data_set, before, EXPLICIT_VR_LITTLE_ENDIAN)
            source = stack.enter_context(inflated.file)
        if before == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN or before not in NATIVE:
            before = EXPLICIT_VR_LITTLE_ENDIAN
        target = BytesIO()
        encoding = encoding_of(before)
        Recoder(source, target, before=encoding, after=encoding, replaced=dict.fromkeys(BULK_DATA)).run()
    data = _without_waveform_data(target.getvalue(), before)
    after = transfer_syntax_uid if transfer_syntax_uid in NATIVE else EXPLICIT_VR_LITTLE_ENDIAN
    return data if after == before else convert_bytes(data, before, after)


def _without_waveform_data(data: bytes, transfer_syntax_uid: str) -> bytes:
    """Leaves Waveform Data out of the items of Waveform Sequence; what has none stays as it is, byte for byte."""
    data_set = decode_data_set(data, transfer_syntax_uid)
    if _WAVEFORM_SEQUENCE not in data_set:
        return data
    for item in items_of(data_set, _WAVEFORM_SEQUENCE):
        if _WAVEFORM_DATA in item:
            del item[_WAVEFORM_DATA]
    return encode_data_set(data_set, transfer_syntax_uid)
