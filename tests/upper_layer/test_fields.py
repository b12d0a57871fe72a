"""The reader of fields: limits, names, notes."""

import pytest

from workbench.errors import LocalProtocolError, PduError
from workbench.upper_layer.fields import Reader, Span, put_item, put_text, put_uint


def test_fields_are_read_one_after_the_other() -> None:
    reader = Reader(b"\1\2\3 ab \0xyz", "thing")
    assert reader.uint(1, "first") == 1
    assert reader.uint(2, "second") == 0x0203
    assert reader.text(3, "text") == " ab"
    assert reader.uid(2, "uid") == ""
    assert reader.remaining == 3
    assert reader.raw(3, "rest") == b"xyz"
    reader.finish()


def test_nothing_is_read_beyond_the_end() -> None:
    reader = Reader(b"abcdef", "thing", start=2, end=4)
    for read in (reader.uint, reader.text, reader.raw, reader.uid, reader.sub):
        with pytest.raises(PduError, match=r"field at byte 2: needs 3 bytes, 2 left in thing"):
            read(3, "field")
    assert reader.raw(2, "field") == b"cd"
    with pytest.raises(PduError, match="field at byte 4: needs 1 bytes, 0 left"):
        reader.uint(1, "field")


def test_bytes_left_over_are_named() -> None:
    with pytest.raises(PduError, match="thing at byte 0: 2 bytes left over"):
        Reader(b"ab", "thing").finish()


def test_an_item_is_limited_to_its_length() -> None:
    reader = Reader(b"\x51\0\0\2abc", "parent")
    item_type, item = reader.item({0x51: "known"})
    assert (item_type, item.name, item.remaining) == (0x51, "known", 2)
    with pytest.raises(PduError, match="field at byte 4: needs 3 bytes, 2 left in known"):
        item.raw(3, "field")
    assert reader.raw(1, "next") == b"c"


def test_an_item_longer_than_its_parent_is_refused() -> None:
    with pytest.raises(PduError, match=r"Item-length at byte 2: 65535 bytes announced for Unknown item 07H, 1 left"):
        Reader(b"\7\0\xff\xffa", "parent").item({})


def test_spans_hold_what_was_read_before_an_error() -> None:
    root = Span("root", 0, 7)
    reader = Reader(b"\1\x51\0\0\1ab", "root", span=root)
    reader.uint(1, "number")
    _, item = reader.item({0x51: "known"}, versioned=(0x51,))
    with pytest.raises(PduError):
        item.uint(2, "too long")
    assert root.children == [
        Span("number", 0, 1, 1),
        Span(
            "known",
            1,
            6,
            None,
            [Span("Item-type", 1, 2, 0x51), Span("Sub-item-version", 2, 3, 0), Span("Item-length", 3, 5, 1)],
        ),
    ]


def test_a_broken_item_spans_the_rest_of_its_parent() -> None:
    root = Span("root", 0, 6)
    with pytest.raises(PduError):
        Reader(b"\x51\0\0\7ab", "root", span=root).item({0x51: "known"})
    assert (root.children[0].name, root.children[0].start, root.children[0].end) == ("known", 0, 6)


def test_behind_what_was_kept_numbers_fail_and_bytes_come_out_short() -> None:
    reader = Reader(b"abc", "thing", end=10)
    assert reader.raw(5, "bytes") == b"abc"
    with pytest.raises(PduError, match="number at byte 5: the PDU was cut off here"):
        reader.uint(2, "number")


def test_writing_is_checked() -> None:
    assert put_uint(258, 2, "n") == b"\1\2"
    assert put_text("é", "t") == b"\xe9"
    assert put_item(0x57, b"ab", "i", second_byte=1) == b"\x57\1\0\2ab"
    with pytest.raises(LocalProtocolError, match="n: 256 does not fit into 1 bytes"):
        put_uint(256, 1, "n")
    with pytest.raises(LocalProtocolError, match="n: -1 does not fit into 1 bytes"):
        put_uint(-1, 1, "n")
    with pytest.raises(LocalProtocolError, match="t: '€' holds a character outside"):
        put_text("€", "t")
    with pytest.raises(LocalProtocolError, match="i Item-length: 65536 does not fit"):
        put_item(1, bytes(65536), "i")
