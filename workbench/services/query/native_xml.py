"""Data sets as XML in the form of DCMTK's dcm2xml: `element`, `sequence` and `item` with tag, VR, VM, length and name.

The document is well-formed whatever a peer sent: text in a character set that XML parsers have is written in that one,
any other in UTF-8, and Specific Character Set then says so; characters that XML does not have become U+FFFD.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.elements import BINARY, creators_of, multiplicity, text_of
from workbench.services.query.identifiers import Element, declared_charset
from workbench.services.query.lengths import item_length, value_length
from workbench.services.query.listing import decimals, syntax_name
from workbench.storage.character_sets import UTF_8, decode

_CHARSET: Final = 0x00080005
_FOREIGN: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})

# Specific Character Set -> the name of the encoding in XML, and Python's for it.
_UTF_8: Final = ("UTF-8", "utf-8")
_ENCODINGS: Final = {
    "ISO_IR 100": ("ISO-8859-1", "latin-1"),
    "ISO_IR 101": ("ISO-8859-2", "iso8859_2"),
    "ISO_IR 109": ("ISO-8859-3", "iso8859_3"),
    "ISO_IR 110": ("ISO-8859-4", "iso8859_4"),
    "ISO_IR 144": ("ISO-8859-5", "iso8859_5"),
    "ISO_IR 127": ("ISO-8859-6", "iso8859_6"),
    "ISO_IR 126": ("ISO-8859-7", "iso8859_7"),
    "ISO_IR 138": ("ISO-8859-8", "iso8859_8"),
    "ISO_IR 148": ("ISO-8859-9", "iso8859_9"),
    "ISO_IR 203": ("ISO-8859-15", "iso8859_15"),
}
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\n": "&#10;", "\r": "&#13;"}
_SPECIAL: Final = re.compile("[&<>\"'\n\r]|[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


class XmlForm:
    """Writes data sets, each as a document or all in one; `names` are those of attributes."""

    def __init__(self, names: AttributeNames) -> None:
        self._names = names

    def document(self, elements: tuple[Element, ...], transfer_syntax_uid: str) -> bytes:
        """Gives a document of one data set."""
        encoding, codec = _ENCODINGS.get(declared_charset(elements), _UTF_8)
        lines = self._data_set(elements, transfer_syntax_uid, is_utf_8=codec == "utf-8")
        return _head(encoding) + _text_of(lines).encode(codec, "xmlcharrefreplace")

    def begin(self, root: str) -> bytes:
        """Gives the beginning of a document of many data sets, which is in UTF-8."""
        return _head("UTF-8") + f"<{root}>\n".encode()

    def part(self, elements: tuple[Element, ...], transfer_syntax_uid: str) -> bytes:
        """Gives one data set of a document of many."""
        return _text_of(self._data_set(elements, transfer_syntax_uid, is_utf_8=True)).encode()

    def end(self, root: str) -> bytes:
        """Gives the end of a document of many data sets."""
        return f"</{root.partition(' ')[0]}>\n".encode()

    def _data_set(self, elements: tuple[Element, ...], transfer_syntax_uid: str, *, is_utf_8: bool) -> Iterator[str]:
        name = syntax_name(transfer_syntax_uid)
        yield f'<data-set xfer="{escaped(transfer_syntax_uid)}" name="{escaped(name)}">'
        yield from self._elements(_in_utf_8(elements) if is_utf_8 else elements, "")
        yield "</data-set>"

    def _elements(self, elements: tuple[Element, ...], charset: str) -> Iterator[str]:
        charset = declared_charset(elements, charset)
        creators = creators_of(elements)
        for element in elements:
            name = escaped(self._names.name(element.tag, creators.get(element.tag & 0xFFFFFF00, "")))
            tag = f'tag="{element.tag >> 16:04x},{element.tag & 0xFFFF:04x}" vr="{escaped(element.vr)}"'
            length = value_length(element)
            if isinstance(element.value, tuple):
                yield f'<sequence {tag} card="{len(element.value)}" len="{length}" name="{name}">'
                for item in element.value:
                    yield f'<item card="{len(item)}" len="{item_length(item)}">'
                    yield from self._elements(item, charset)
                    yield "</item>"
                yield "</sequence>"
                continue
            head = f'<element {tag} vm="{multiplicity(element)}" len="{length}" name="{name}"'
            if element.vr in BINARY and element.value:
                yield f'{head} binary="hidden"></element>'
            else:
                yield f"{head}>{escaped(_text(element, charset))}</element>"


def _head(encoding: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n'.encode()


def _text_of(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def escaped(text: str) -> str:
    """Gives text that can stand in an element or an attribute of XML."""
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], "\N{REPLACEMENT CHARACTER}"), text)


def _text(element: Element, charset: str) -> str:
    text = text_of(element, charset)
    if element.vr == "AT" and text:
        return "\\".join(f"({each[:4]},{each[4:]})".lower() for each in text.split("\\"))
    if element.vr in ("FL", "FD") and text:
        return decimals(text, element.vr)
    return text


def _in_utf_8(elements: Iterable[Element], inherited: str = "") -> tuple[Element, ...]:
    """Gives a data set whose texts are in UTF-8, and which says so where there are any beyond ASCII."""
    listed = tuple(elements)
    charset = declared_charset(listed, inherited)
    if charset in ("", UTF_8, "ISO_IR 6") and not inherited:
        return listed
    converted = []
    for element in listed:
        if element.tag == _CHARSET:
            converted.append(Element(_CHARSET, "CS", UTF_8.encode()))
        elif isinstance(element.value, tuple):
            converted.append(element._replace(value=tuple(_in_utf_8(item, charset) for item in element.value)))
        elif element.vr in _FOREIGN and isinstance(element.value, bytes) and not _is_plain(element.value):
            converted.append(
                element._replace(value=_padded(decode(element.value, charset, is_name=element.vr == "PN")))
            )
        else:
            converted.append(element)
    return tuple(converted)


def _is_plain(value: bytes) -> bool:
    return value.isascii() and b"\x1b" not in value


def _padded(text: str) -> bytes:
    encoded = text.encode()
    return encoded + b" " * (len(encoded) % 2)
