"""Text in every Specific Character Set, both ways; pydicom as the second opinion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.charset import convert_encodings, encode_string

from workbench.storage.character_sets import can_encode, charset_for, decode, encode, is_known

JAPANESE = "Yamada^Tarou=山田^太郎=やまだ^たろう"
KOREAN = "Hong^Gildong=洪^吉洞=홍^길동"
CHINESE = "Zhang^XiaoDong=张^小东="

# PS3.5 Annexes H, I, J, K: the examples of the standard.
STANDARD = [
    (
        "\\ISO 2022 IR 87",
        JAPANESE,
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
    ),
    (
        "\\ISO 2022 IR 149",
        KOREAN,
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
    ),
    ("\\ISO 2022 IR 58", CHINESE, b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab="),
    ("ISO_IR 192", "Wang^XiaoDong=王^小东", "Wang^XiaoDong=王^小东".encode()),
    ("GB18030", "Wang^XiaoDong=王^小东", b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab"),
    ("GBK", "Wang^XiaoDong=王^小东", b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab"),
    ("ISO_IR 100", "Buc^Jérôme", b"Buc^J\xe9r\xf4me"),
    ("ISO_IR 144", "Люкceмбypг", b"\xbb\xee\xda" + b"ce\xdc\xd1yp\xd3"),  # noqa: RUF001
    ("ISO_IR 126", "Διονυσιος", b"\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2"),
    ("ISO_IR 127", "قباني^لنزار", b"\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1"),
    ("ISO_IR 138", "שרון^דבורה", b"\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4"),
    ("ISO_IR 166", "นาม", b"\xb9\xd2\xc1"),
    ("ISO_IR 13", "ﾔﾏﾀﾞ^ﾀﾛｳ", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3"),
]


@pytest.mark.parametrize(("charset", "text", "data"), STANDARD)
def test_the_examples_of_the_standard_are_read_and_written(charset: str, text: str, data: bytes) -> None:
    assert encode(text, charset, is_name=True) == data
    assert decode(data, charset, is_name=True) == text
    assert is_known(charset)


def test_half_width_katakana_and_kanji_in_one_name() -> None:
    charset = "ISO 2022 IR 13\\ISO 2022 IR 87"
    text = "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"
    data = encode(text, charset, is_name=True)
    assert data.startswith(b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(B^")
    assert decode(data, charset, is_name=True) == text
    # PS3.5 H.3.2: the sender may return to JIS X 0201 instead of ASCII
    assert decode(b"\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J", charset, is_name=True) == "山田^太郎"


def test_a_second_multi_byte_set_takes_what_the_first_has_not() -> None:
    charset = "\\ISO 2022 IR 87\\ISO 2022 IR 159"
    text = "山田丂"  # the last one is in JIS X 0212 only
    data = encode(text, charset, is_name=True)
    assert b"\x1b$(D" in data
    assert decode(data, charset, is_name=True) == text


def test_two_single_byte_sets_switch_by_escape_sequences() -> None:
    charset = "ISO 2022 IR 100\\ISO 2022 IR 144"
    data = encode("Jérôme^Люк", charset, is_name=True)
    assert data == b"J\xe9r\xf4me^\x1b-L\xbb\xee\xda"
    assert decode(data, charset, is_name=True) == "Jérôme^Люк"


def test_a_delimiter_ends_the_reach_of_an_escape_sequence() -> None:
    # The Cyrillic set ends at ^; after it the first value holds, in which E9 is é. In LO ^ is no delimiter.
    data = b"\x1b-L\xbb^\xe9"
    assert decode(data, "ISO 2022 IR 100\\ISO 2022 IR 144", is_name=True) == "Л^é"
    assert decode(data, "ISO 2022 IR 100\\ISO 2022 IR 144") == "Л^щ"
    assert decode(b"\x1b-L\xbb\\\xe9", "ISO 2022 IR 100\\ISO 2022 IR 144") == "Л\\é"


def test_a_backslash_byte_within_a_character_of_gb18030_is_no_delimiter() -> None:
    text = "俓誠"
    assert b"\\" in encode(text, "GB18030")
    assert decode(encode(text, "GB18030"), "GB18030") == text


def test_a_forgotten_escape_sequence_is_forgiven() -> None:
    assert decode(b"Zhang=\xd5\xc5^\xd0\xa1\xb6\xab", "\\ISO 2022 IR 58", is_name=True) == "Zhang=张^小东"
    assert decode("张".encode(), "\\ISO 2022 IR 87") == "张"


@pytest.mark.parametrize("charset", ["", "ISO_IR 999", "ISO_IR 6"])
def test_text_without_a_known_set_is_read_as_utf_8_or_latin_1(charset: str) -> None:
    assert decode("é".encode(), charset) == "é"
    assert decode(b"\xe9", charset) == "é"


def test_what_a_set_has_not_is_replaced_when_read_and_refused_when_written() -> None:
    assert decode(b"a\xff", "ISO_IR 192") == "a�"
    assert not can_encode(["山"], "ISO_IR 100")
    assert not can_encode(["山"], "ISO_IR 13")
    assert can_encode(["Л"], "\\ISO 2022 IR 149")  # KS X 1001 has Cyrillic letters


@pytest.mark.parametrize(
    ("texts", "wanted", "expected"),
    [
        (["ascii"], "ISO_IR 100", ""),
        (["é"], "ISO_IR 100", "ISO_IR 100"),
        (["é", "山"], "ISO_IR 100", "ISO_IR 192"),
        (["山"], "\\ISO 2022 IR 87", "\\ISO 2022 IR 87"),
        (["山"], "GB18030", "GB18030"),
        (["é"], "ISO_IR 999", "ISO_IR 192"),
    ],
)
def test_a_response_gets_a_set_that_holds_it(texts: list[str], wanted: str, expected: str) -> None:
    assert charset_for(texts, wanted) == expected


@given(st.text(st.sampled_from("aé山田ｱЛ홍丂"), max_size=12))
def test_whatever_is_written_is_read_again(text: str) -> None:
    charset = "\\ISO 2022 IR 100\\ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159\\ISO 2022 IR 149\\ISO 2022 IR 144"
    assert decode(encode(text, charset), charset) == text


@given(st.binary(max_size=40), st.sampled_from([charset for charset, _, _ in STANDARD]))
def test_no_bytes_raise_anything(data: bytes, charset: str) -> None:
    assert isinstance(decode(data, charset, is_name=True), str)


@pytest.mark.parametrize("text", ["山田", "やまだ"])
def test_pydicom_writes_the_same(text: str) -> None:
    terms = ["", "ISO 2022 IR 87"]
    assert encode(text, "\\".join(terms)) == encode_string(text, convert_encodings(terms))
