"""Response identifiers as bytes, straight from texts (PS3.5 7.1, PS3.4 C.4.1.1.3.2).

A `RowEncoder` is for many responses of one form, as an index gives them: what does not change is encoded once. `encode`
is for data sets of any form, with sequences. Both choose the character set of each response: none for ASCII, the one
of the request where it has all characters, else UTF-8.
"""

import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from workbench.storage.character_sets import UTF_8, charset_for
from workbench.storage.character_sets import encode as encode_text
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

TRANSFER_SYNTAXES: Final = (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
)
"""Those that identifiers are encoded in here, best first."""

_CHARSET: Final = 0x00080005
_FOREIGN_TEXT: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_LONG_VRS: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
_NUMBERS: Final = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "UV": "Q", "SV": "q", "FL": "f", "FD": "d", "AT": "HH"}
_PADDING: Final = {"UI": b"\0", "OB": b"\0", "UN": b"\0"}  # PS3.5 6.2; all others with a space
_SHORT_LIMIT: Final = 0xFFFE
_FEW: Final = 128  # bytes of a value up to which the whole header of an element is kept


class Element(NamedTuple):
    """An attribute to encode: text with its values separated by backslashes, bytes, or the elements of each item."""

    tag: int
    vr: str
    value: "str | bytes | tuple[tuple[Element, ...], ...]" = ""


class _Form:
    """How the elements of one transfer syntax are written; a deflated one is written first and deflated then."""

    def __init__(self, transfer_syntax_uid: str) -> None:
        self.is_implicit = transfer_syntax_uid == IMPLICIT_VR_LITTLE_ENDIAN
        self.is_deflated = transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
        self.order = ">" if transfer_syntax_uid == EXPLICIT_VR_BIG_ENDIAN else "<"

    def header(self, tag: int, vr: str, length: int) -> bytes:
        if self.is_implicit:
            return struct.pack("<HHL", tag >> 16, tag & 0xFFFF, length)
        if vr in _LONG_VRS or length > _SHORT_LIMIT:
            # PS3.5 6.2.2 note: what is too long for its VR goes as UN.
            known = vr if vr in _LONG_VRS else "UN"
            return struct.pack(self.order + "HH2s2xL", tag >> 16, tag & 0xFFFF, known.encode(), length)
        return struct.pack(self.order + "HH2sH", tag >> 16, tag & 0xFFFF, vr.encode(), length)

    def item(self, number: int, length: int) -> bytes:
        return struct.pack(self.order + "HHL", 0xFFFE, number, length)

    def value(self, vr: str, value: str | bytes, charset: str) -> bytes:
        if isinstance(value, bytes):
            raw = swapped(value) if vr == "OW" and self.order == ">" else value
        elif vr in _NUMBERS:
            raw = _numbers(self.order + _NUMBERS[vr], vr, value)
        else:
            raw = encode_text(value, charset if vr in _FOREIGN_TEXT else UTF_8, is_name=vr == "PN")
        return raw + _PADDING.get(vr, b" ") if len(raw) & 1 else raw

    def finish(self, data: bytes, level: int = -1) -> bytes:
        if not self.is_deflated:
            return data
        deflater = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
        deflated = deflater.compress(data) + deflater.flush()
        return deflated + b"\0" * (len(deflated) & 1)  # PS3.5 A.5


def encode(elements: Iterable[Element], transfer_syntax_uid: str, charset: str = "") -> bytes:
    """Gives the bytes of a data set, with Specific Character Set where one is needed.

    Args:
        elements: in any order; none may have the tag of Specific Character Set.
        charset: the one that is wanted, its values separated by a backslash.
    """
    listed = tuple(elements)
    form = _Form(transfer_syntax_uid)
    chosen = charset_for(_texts(listed), charset)
    if chosen:
        listed = (*listed, Element(_CHARSET, "CS", chosen))
    return form.finish(_encode(form, listed, chosen))


def encode_as_given(elements: Iterable[Element], transfer_syntax_uid: str, *, deflate_level: int = -1) -> bytes:
    """Gives the bytes of a data set whose elements are all there is: texts go in the character set that they declare.

    Args:
        deflate_level: how hard to deflate, 0 to 9; -1 leaves it to zlib.

    Raises:
        UnicodeEncodeError: a text does not fit the declared set, or is not ASCII and none is declared.
    """
    listed = tuple(elements)
    form = _Form(transfer_syntax_uid)
    return form.finish(_encode(form, listed, declared_charset(listed)), deflate_level)


def declared_charset(elements: Iterable[Element], inherited: str = "") -> str:
    r"""Gives Specific Character Set (0008,0005) of a data set or an item, its values separated by a backslash."""
    for element in elements:
        if element.tag == _CHARSET and not isinstance(element.value, tuple):
            value = element.value.decode("ascii", "replace") if isinstance(element.value, bytes) else element.value
            return "\\".join(term.strip(" \0") for term in value.split("\\"))
    return inherited


def swapped(value: bytes) -> bytes:
    """Gives words of two bytes in the other byte order; what is left over of the last one is dropped."""
    count = len(value) // 2
    return struct.pack(f">{count}H", *struct.unpack(f"<{count}H", value[: 2 * count]))


class RowEncoder:
    """Encodes rows of texts, each as a data set with the same attributes.

    Args:
        keys: tag and VR of each column. An attribute whose column is None or empty in a row is encoded without a value.
        fixed: further attributes, which are the same in every row; they come before a column of the same tag.
        charset: the Specific Character Set that is wanted, its values separated by a backslash.
    """

    def __init__(
        self,
        keys: Sequence[tuple[int, str]],
        transfer_syntax_uid: str,
        *,
        fixed: Sequence[Element] = (),
        charset: str = "",
    ) -> None:
        self._form = _Form(transfer_syntax_uid)
        self._transfer_syntax_uid = transfer_syntax_uid
        self._keys = tuple(keys)
        self._fixed = {element.tag: element for element in fixed}
        self._charset = charset
        self._columns, self._tail = self._prepare()

    def encode(self, row: Sequence[str | None]) -> bytes:
        """Gives the data set of a row."""
        parts: list[bytes] = []
        try:
            for place, before, headers, vr in self._columns:
                value = row[place]
                if not value:
                    parts += (before, headers[0])
                    continue
                raw = self._form.value(vr, value, "") if vr in _NUMBERS else value.encode("ascii")
                length = len(raw)
                if length & 1:
                    raw += _PADDING.get(vr, b" ")
                    length += 1
                header = headers[length >> 1] if length < _FEW else self._form.header(self._keys[place][0], vr, length)
                parts += (before, header, raw)
        except UnicodeEncodeError:
            return self._encode_foreign(row)
        parts.append(self._tail)
        return self._form.finish(b"".join(parts))

    def _prepare(self) -> tuple[tuple[tuple[int, bytes, tuple[bytes, ...], str], ...], bytes]:
        """Gives each column with what is fixed before it and its headers by half the length; and what is fixed last."""
        places = {tag: place for place, (tag, _) in enumerate(self._keys)}
        columns: list[tuple[int, bytes, tuple[bytes, ...], str]] = []
        fixed = b""
        for tag in sorted({*places, *self._fixed}):
            if tag in self._fixed:
                fixed += _encode(self._form, (self._fixed[tag],), UTF_8)
                continue
            vr = self._keys[places[tag]][1]
            headers = tuple(self._form.header(tag, vr, length) for length in range(0, _FEW, 2))
            columns.append((places[tag], fixed, headers, vr))
            fixed = b""
        return tuple(columns), fixed

    def _encode_foreign(self, row: Sequence[str | None]) -> bytes:
        values = zip(self._keys, row, strict=True)
        elements = [Element(tag, vr, value or "") for (tag, vr), value in values if tag not in self._fixed]
        return encode([*elements, *self._fixed.values()], self._transfer_syntax_uid, self._charset)


def _encode(form: _Form, elements: Iterable[Element], charset: str) -> bytes:
    parts: list[bytes] = []
    for element in sorted(elements, key=lambda each: each.tag):
        if isinstance(element.value, tuple):
            parts.append(_encode_sequence(form, element.tag, element.value, charset))
            continue
        raw = form.value(element.vr, element.value, charset)
        parts += (form.header(element.tag, element.vr, len(raw)), raw)
    return b"".join(parts)


def _encode_sequence(form: _Form, tag: int, items: tuple[tuple[Element, ...], ...], charset: str) -> bytes:
    encoded = [_encode(form, item, charset) for item in items]
    body = b"".join(form.item(0xE000, len(item)) + item for item in encoded)
    return form.header(tag, "SQ", len(body)) + body


def _texts(elements: Iterable[Element]) -> Iterable[str]:
    for element in elements:
        if isinstance(element.value, tuple):
            for item in element.value:
                yield from _texts(item)
        elif isinstance(element.value, str) and element.vr in _FOREIGN_TEXT:
            yield element.value


def _numbers(code: str, vr: str, text: str) -> bytes:
    """Gives the values of a binary VR; none when one of them is no number of it."""
    values = [value for value in text.split("\\") if value]
    try:
        if vr == "AT":
            return b"".join(struct.pack(code, int(value[:4], 16), int(value[4:], 16)) for value in values)
        numbers = map(float if vr in ("FL", "FD") else int, values)
        return b"".join(struct.pack(code, number) for number in numbers)
    except (ValueError, struct.error):
        return b""
