"""A data set as a tree; what is broken is named with its place."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.storage import laid_out
from workbench.errors import DataSetError
from workbench.services.transcoding.element_tree import Element, TreeReader
from workbench.services.transcoding.recoding import encoding_of
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

EXPLICIT = encoding_of(EXPLICIT_VR_LITTLE_ENDIAN)


def by_tag(data: bytes, *, convert_un: bool = False) -> dict[int, Element]:
    return {each.tag: each for each in TreeReader(data, EXPLICIT, convert_un=convert_un).read()}


def test_values_lie_where_they_are_and_sequences_are_opened() -> None:
    elements = by_tag(laid_out.data_set())
    assert bytes(elements[0x00100010].value) == b"Doe^Jane"
    items = elements[0x00400275].items
    assert items is not None
    assert [len(item) for item in items] == [1, 0]
    assert items[0][0].items is not None


def test_un_of_undefined_length_is_a_sequence_and_of_defined_length_only_when_wanted() -> None:
    elements = by_tag(laid_out.with_un_items())
    assert (elements[0x00771011].vr, elements[0x00741210].vr, elements[0x00741204].vr) == (b"SQ", b"UN", b"UN")
    elements = by_tag(laid_out.with_un_items(), convert_un=True)
    assert (elements[0x00741210].vr, elements[0x00741204].vr, elements[0x00091001].vr) == (b"SQ", b"LO", b"UN")


def test_fragments_are_kept_apart() -> None:
    fragments = b"\xfe\xff\0\xe0\0\0\0\0" + b"\xfe\xff\0\xe0\2\0\0\0ab"
    pixels = laid_out.sequence(0x7FE00010, fragments, undefined=True, vr=b"OB")
    kept = by_tag(laid_out.data_set()[:12] + pixels)[0x7FE00010].fragments
    assert kept is not None
    assert list(map(bytes, kept)) == [b"", b"ab"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (laid_out.element(0x00100010, b"PN", b"", 4), r"\(0010,0010\) at byte 0 is longer than what holds it"),
        (laid_out.element(0x00100010, b"PN", b"")[:6], "the data set ends at byte 6, within an element"),
        (laid_out.element(0x00100010, b"OB", b"")[:10], "the data set ends at byte 10, within an element"),
        (laid_out.element(0x0040A160, b"UT", b"", 0xFFFFFFFF), r"\(0040,A160\) at byte 0 has no length"),
        (laid_out.item(b"", undefined=False), r"\(FFFE,E000\) at byte 0 is out of place"),
        (laid_out.element(0x00081110, b"SQ", laid_out.element(0x00100010, b"PN", b"")), "an item is due"),
        (laid_out.element(0x00081110, b"SQ", b"\xfe\xff\0\xe0\x09\0\0\0"), "the item at byte 12 is longer"),
        (laid_out.element(0x00081110, b"SQ", b"\xfe\xff\0\xe0\xff\xff\xff\xff"), "the data set ends within an item"),
        (laid_out.element(0x7FE00010, b"OB", b"\xfe\xff\0\xe0\xff\xff\xff\xff", 0xFFFFFFFF), "a fragment is due"),
    ],
)
def test_what_is_broken_is_named(data: bytes, problem: str) -> None:
    with pytest.raises(DataSetError, match=problem):
        TreeReader(data, EXPLICIT).read()


def test_deep_nesting_is_refused() -> None:
    data = b""
    for _ in range(200):
        data = laid_out.sequence(0x00081110, laid_out.item(data, undefined=True), undefined=True)
    with pytest.raises(DataSetError, match="nested deeper"):
        TreeReader(data, EXPLICIT).read()


def test_more_elements_than_memory_can_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.services.transcoding.element_tree._MOST", 100)
    assert len(by_tag(laid_out.element(0x00100010, b"PN", b"") * 100)) == 1
    with pytest.raises(DataSetError, match="more than 100 elements and items"):
        by_tag(laid_out.element(0x00100010, b"PN", b"") * 101)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, implicit: bool) -> None:
    encoding = encoding_of(IMPLICIT_VR_LITTLE_ENDIAN) if implicit else EXPLICIT
    with contextlib.suppress(DataSetError):
        TreeReader(data, encoding, convert_un=True).read()
