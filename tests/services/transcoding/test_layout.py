"""Data sets laid out anew: lengths, groups, padding, VRs, byte order. DCMTK's own bytes are compared in interop."""

import struct
from itertools import product

import pydicom
import pytest

from tests.services.storage import laid_out
from workbench.errors import DataSetError
from workbench.services.encoding import decode_data_set
from workbench.services.transcoding.element_tree import TreeReader
from workbench.services.transcoding.layout import GroupLengths, Layout, LayoutWriter
from workbench.services.transcoding.recoding import encoding_of
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

SYNTAXES = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)
GROUP_8 = b"\x08\0\0\0UL\4\0"


def laid(
    data: bytes,
    layout: Layout,
    after: str = EXPLICIT_VR_LITTLE_ENDIAN,
    *,
    before: int = 0,
    before_syntax: str = EXPLICIT_VR_LITTLE_ENDIAN,
) -> bytes:
    written = bytearray()
    elements = TreeReader(data, encoding_of(before_syntax)).read()
    LayoutWriter(written.extend, encoding_of(after), layout, before=before).run(elements)
    return bytes(written)


@pytest.mark.parametrize(
    ("syntax", "lengths", "undefined", "padding"),
    list(product(SYNTAXES, GroupLengths, (False, True), (0, 64))),
)
def test_the_values_stay_what_they_are(syntax: str, lengths: GroupLengths, undefined: bool, padding: int) -> None:
    layout = Layout(group_lengths=lengths, undefined_lengths=undefined, file_padding=padding, item_padding=padding // 2)
    written = laid(laid_out.data_set(), layout, syntax)
    assert padding == 0 or len(written) % padding == 0
    before = decode_data_set(laid_out.data_set(), EXPLICIT_VR_LITTLE_ENDIAN)
    after = decode_data_set(laid(written, Layout(), before_syntax=syntax), EXPLICIT_VR_LITTLE_ENDIAN)
    assert texts(after) == texts(before)


def texts(data_set: pydicom.Dataset) -> list[object]:
    """Gives the values, but for group lengths and padding, and VRs where the encoding keeps them."""
    kept = [each for each in data_set if each.tag.element != 0 and each.tag != 0xFFFCFFFC]
    return [(each.tag, [texts(item) for item in each.value] if each.VR == "SQ" else plain(each.value)) for each in kept]


def plain(value: object) -> object:
    return value.rstrip(b"\0 ").decode("latin-1") if isinstance(value, bytes) and value.isascii() else str(value)


def test_wrong_group_lengths_are_corrected_and_none_is_added() -> None:
    written = laid(laid_out.data_set(), Layout())
    (length,) = struct.unpack_from("<L", written, len(GROUP_8))
    assert written.startswith(GROUP_8)
    assert written[len(GROUP_8) + 4 + length :].startswith(b"\x09\0\x10\0")
    assert b"\x28\0\0\0UL" not in written


def test_group_lengths_are_removed_in_items_too() -> None:
    assert GROUP_8 not in laid(laid_out.data_set(), Layout(group_lengths=GroupLengths.REMOVED))


def test_old_padding_is_removed_and_the_file_before_counts_for_the_new_one() -> None:
    assert laid(laid_out.padded(), Layout()) == laid(laid_out.data_set(), Layout())
    for before in range(130, 142):
        assert (before + len(laid(laid_out.padded(), Layout(file_padding=128), before=before))) % 128 == 0


def test_what_is_laid_out_once_stays_so() -> None:
    once = laid(laid_out.with_un_items(), Layout())
    assert laid(once, Layout()) == once


def test_a_value_that_cannot_be_swapped_is_named() -> None:
    odd = laid_out.data_set() + laid_out.element(0x7FE10010, b"OW", b"\1\2\3")
    with pytest.raises(DataSetError, match=r"\(7FE1,0010\) of 3 bytes and VR b'OW' cannot be swapped"):
        laid(odd, Layout(), EXPLICIT_VR_BIG_ENDIAN)
