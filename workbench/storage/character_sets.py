"""Text as bytes and back in every Specific Character Set (0008,0005) of PS3.3 C.12.1.1.2 and PS3.5 6.1.

Nothing here raises or warns on what a peer sends: bytes that a set does not have become U+FFFD, and an unknown set is
read as UTF-8 where that fits, as Latin-1 where it does not.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import Final, NamedTuple

UTF_8: Final = "ISO_IR 192"

# PS3.3 Tables C.12-2 and C.12-5: sets without code extensions. Each of these codecs has ASCII in its lower half.
_PLAIN: Final = {
    "": "ascii",
    "ISO_IR 6": "ascii",
    "ISO_IR 100": "latin-1",
    "ISO_IR 101": "iso8859_2",
    "ISO_IR 109": "iso8859_3",
    "ISO_IR 110": "iso8859_4",
    "ISO_IR 144": "iso8859_5",
    "ISO_IR 127": "iso8859_6",
    "ISO_IR 126": "iso8859_7",
    "ISO_IR 138": "iso8859_8",
    "ISO_IR 148": "iso8859_9",
    "ISO_IR 203": "iso8859_15",
    "ISO_IR 13": "shift_jis",
    "ISO_IR 166": "tis_620",
    "ISO_IR 192": "utf-8",
    "GB18030": "gb18030",
    "GBK": "gbk",
}


class _Extension(NamedTuple):
    """A set that an escape sequence designates; `is_g0`: it replaces the lower half, with two bytes a character."""

    codec: str
    escape: bytes
    is_g0: bool = False


# PS3.3 Tables C.12-3 and C.12-4
_EXTENSIONS: Final = {
    "ISO 2022 IR 6": _Extension("ascii", b"\x1b(B"),
    "ISO 2022 IR 100": _Extension("latin-1", b"\x1b-A"),
    "ISO 2022 IR 101": _Extension("iso8859_2", b"\x1b-B"),
    "ISO 2022 IR 109": _Extension("iso8859_3", b"\x1b-C"),
    "ISO 2022 IR 110": _Extension("iso8859_4", b"\x1b-D"),
    "ISO 2022 IR 144": _Extension("iso8859_5", b"\x1b-L"),
    "ISO 2022 IR 127": _Extension("iso8859_6", b"\x1b-G"),
    "ISO 2022 IR 126": _Extension("iso8859_7", b"\x1b-F"),
    "ISO 2022 IR 138": _Extension("iso8859_8", b"\x1b-H"),
    "ISO 2022 IR 148": _Extension("iso8859_9", b"\x1b-M"),
    "ISO 2022 IR 203": _Extension("iso8859_15", b"\x1b-b"),
    "ISO 2022 IR 166": _Extension("tis_620", b"\x1b-T"),
    "ISO 2022 IR 13": _Extension("shift_jis", b"\x1b)I"),
    "ISO 2022 IR 87": _Extension("iso2022_jp", b"\x1b$B", is_g0=True),
    "ISO 2022 IR 159": _Extension("iso2022_jp_1", b"\x1b$(D", is_g0=True),
    "ISO 2022 IR 149": _Extension("euc_kr", b"\x1b$)C"),
    "ISO 2022 IR 58": _Extension("gb2312", b"\x1b$)A"),
}
_BY_ESCAPE: Final = {
    **{extension.escape: extension for extension in _EXTENSIONS.values()},
    b"\x1b(J": _Extension("shift_jis", b"\x1b(J"),  # JIS X 0201 romaji: the G0 side of ISO 2022 IR 13
}
_ESCAPES: Final = re.compile(b"|".join(re.escape(each) for each in sorted(_BY_ESCAPE, key=len, reverse=True)))
_BACK: Final = b"\x1b(B"  # G0 is ASCII again

# PS3.5 6.1.2.5.3: at these the first value of Specific Character Set holds again. ^ and = are delimiters of PN only.
_TEXT_DELIMITERS: Final = re.compile("([\\\\\r\n\f\t])")
_NAME_DELIMITERS: Final = re.compile("([\\\\^=\r\n\f\t])")
_TEXT_DELIMITER_BYTES: Final = re.compile(rb"[\\\r\n\f\t]")
_NAME_DELIMITER_BYTES: Final = re.compile(rb"[\\^=\r\n\f\t]")


def is_known(charset: str) -> bool:
    r"""Whether every value of a Specific Character Set is a defined term; values are separated by a backslash."""
    terms = charset.split("\\")
    return all(term in _PLAIN or term in _EXTENSIONS for term in terms)


def decode(data: bytes, charset: str, *, is_name: bool = False) -> str:
    r"""Gives the text that the bytes of a value are.

    Args:
        data: the value, with all its values, components and padding.
        charset: Specific Character Set, its values separated by a backslash.
        is_name: whether its VR is PN, whose delimiters end the reach of an escape sequence.
    """
    if data.isascii() and b"\x1b" not in data:
        return data.decode("ascii")
    first, is_extended = _first(charset)
    if is_extended and b"\x1b" in data:
        return _decode_extended(data, first, _NAME_DELIMITER_BYTES if is_name else _TEXT_DELIMITER_BYTES)
    if first != "ascii":
        return data.decode(first, "replace")
    # Beyond PS3.5 6.1.2: senders forget the escape sequence, or to name their set; UTF-8 hardly ever fits by chance.
    extensions = (_EXTENSIONS[term] for term in charset.split("\\")[1:] if term in _EXTENSIONS)
    for codec in (*(each.codec for each in extensions if not each.is_g0), "utf-8"):
        with suppress(UnicodeDecodeError):
            return data.decode(codec)
    return data.decode("latin-1")


def encode(text: str, charset: str, *, is_name: bool = False) -> bytes:
    """Gives the bytes of a text; see `decode`.

    Raises:
        UnicodeEncodeError: the set has not all of its characters.
    """
    if text.isascii():
        return text.encode("ascii")
    first, is_extended = _first(charset)
    if not is_extended or "\\" not in charset:
        return _encode_plain(text, first)
    extensions = tuple(_EXTENSIONS[term] for term in charset.split("\\")[1:] if term in _EXTENSIONS)
    pieces = (_NAME_DELIMITERS if is_name else _TEXT_DELIMITERS).split(text)
    return b"".join(_encode_piece(piece, first, extensions) for piece in pieces)


def can_encode(texts: Iterable[str], charset: str) -> bool:
    """Whether a character set has all characters of the texts."""
    try:
        for text in texts:
            encode(text, charset)
    except UnicodeEncodeError:
        return False
    return True


def charset_for(texts: Iterable[str], wanted: str) -> str:
    """Gives the Specific Character Set for texts: none for ASCII, else the wanted one if it can, else UTF-8."""
    foreign = [text for text in texts if not text.isascii()]
    if not foreign:
        return ""
    return wanted if is_known(wanted) and can_encode(foreign, wanted) else UTF_8


@cache
def _first(charset: str) -> tuple[str, bool]:
    """The codec of the first value, and whether code extensions are used (PS3.3 C.12.1.1.2)."""
    terms = charset.split("\\")
    extension = _EXTENSIONS.get(terms[0])
    is_extended = extension is not None or len(terms) > 1
    if extension is not None:
        return ("ascii" if extension.is_g0 else extension.codec), is_extended
    return _PLAIN.get(terms[0], "ascii"), is_extended


def _decode_extended(data: bytes, first: str, delimiters: "re.Pattern[bytes]") -> str:
    parts: list[str] = []
    codec, prefix, at = first, b"", 0
    for match in (*_ESCAPES.finditer(data), None):
        end = len(data) if match is None else match.start()
        parts.append(_decode_fragment(data[at:end], codec, prefix, first, delimiters))
        if match is not None:
            extension = _BY_ESCAPE[match.group()]
            codec, prefix = extension.codec, (extension.escape if extension.is_g0 else b"")
            if match.group() == _BACK:
                codec = first
            at = match.end()
    return "".join(parts)


def _decode_fragment(data: bytes, codec: str, prefix: bytes, first: str, delimiters: "re.Pattern[bytes]") -> str:
    """Decodes what follows an escape sequence; in a two-byte set of G0 no byte is a delimiter."""
    if prefix:
        return (prefix + data).decode(codec, "replace").replace("\x1b", "")
    delimiter = delimiters.search(data)
    if delimiter is None or codec == first:
        return data.decode(codec, "replace")
    return data[: delimiter.start()].decode(codec, "replace") + data[delimiter.start() :].decode(first, "replace")


def _encode_piece(piece: str, first: str, extensions: tuple[_Extension, ...]) -> bytes:
    """Encodes what lies between two delimiters: it begins and ends in the first set."""
    encoded = bytearray()
    current: _Extension | None = None
    for character in piece:
        chosen = _choose(character, first, extensions, current)
        if chosen != current:
            if current is not None and current.is_g0:
                encoded += _BACK
            if chosen is not None:
                encoded += chosen.escape
            current = chosen
        encoded += _encode_plain(character, first) if chosen is None else _encode_character(character, chosen)
    if current is not None and current.is_g0:
        encoded += _BACK
    return bytes(encoded)


def _choose(
    character: str, first: str, extensions: tuple[_Extension, ...], current: _Extension | None
) -> _Extension | None:
    """Gives the set for a character: the current one if it has it, else the first that has; None is the first value."""
    if character.isascii():
        return current if current is not None and not current.is_g0 else None
    for candidate in (current, None, *extensions):
        try:
            _encode_plain(character, first) if candidate is None else _encode_character(character, candidate)
        except UnicodeEncodeError:
            continue
        return candidate
    raise UnicodeEncodeError("dicom", character, 0, 1, "no value of Specific Character Set has this character")


def _encode_plain(text: str, codec: str) -> bytes:
    encoded = text.encode(codec)
    if codec == "shift_jis" and len(encoded) != len(text):  # JIS X 0201 has single bytes only, this codec more
        raise UnicodeEncodeError(codec, text, 0, len(text), "not in JIS X 0201")
    return encoded


def _encode_character(character: str, extension: _Extension) -> bytes:
    if not extension.is_g0:
        return _encode_plain(character, extension.codec)
    encoded = character.encode(extension.codec)
    if not encoded.startswith(extension.escape):  # the codec took another of its sets
        raise UnicodeEncodeError(extension.codec, character, 0, 1, "not in this set")
    return encoded[len(extension.escape) : -len(_BACK)]
