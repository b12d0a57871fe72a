"""A data set as lines for people, laid out as dcmdump does: tag, VR, value, length, number of values, name.

Scripts read such lines, too, so the lines that tell the ends of items are there, and the spaces that end a value.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from workbench.acse.symbolic_names import symbol_of_uid
from workbench.dictionary import uid_name
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.elements import BINARY, NUMBERS, creators_of, multiplicity, padded_text_of, text_of
from workbench.services.query.identifiers import Element, declared_charset
from workbench.services.query.lengths import item_length, value_length

_NUL: Final = "\0"
_VALUE_COLUMN: Final = 55
_MOST_BYTES: Final = 256  # of a binary value that are shown
_NO_VALUE: Final = "(no value available)"
_ITEM_END: Final = "(fffe,e00d) na (ItemDelimitationItem for re-encoding)   #   0, 0 ItemDelimitationItem"
_SEQUENCE_END: Final = "(fffe,e0dd) na (SequenceDelimitationItem for re-encod.) #   0, 0 SequenceDelimitationItem"
_SYNTAX_NAMES: Final = {
    "1.2.840.10008.1.2": "Little Endian Implicit",
    "1.2.840.10008.1.2.1": "Little Endian Explicit",
    "1.2.840.10008.1.2.2": "Big Endian Explicit",
    "1.2.840.10008.1.2.1.99": "Deflated Explicit VR Little Endian",
}


def syntax_name(transfer_syntax_uid: str) -> str:
    """Gives the name of a transfer syntax as DCMTK's tools have it, else as PS3.6 does."""
    return _SYNTAX_NAMES.get(transfer_syntax_uid) or uid_name(transfer_syntax_uid)


def heading(transfer_syntax_uid: str) -> tuple[str, ...]:
    """Gives the lines that go before those of a data set."""
    return "# Dicom-Data-Set", f"# Used TransferSyntax: {syntax_name(transfer_syntax_uid)}"


def listing(elements: Iterable[Element], names: AttributeNames) -> Iterator[str]:
    """Gives the lines of a data set, those of items indented."""
    return _lines(tuple(elements), names, "", "")


def _lines(elements: tuple[Element, ...], names: AttributeNames, charset: str, indent: str) -> Iterator[str]:
    charset = declared_charset(elements, charset)
    creators = creators_of(elements)
    for element in elements:
        name = names.name(element.tag, creators.get(element.tag & 0xFFFFFF00, ""))
        if not isinstance(element.value, tuple):
            yield _line(indent, element, _shown(element, charset), multiplicity(element), name)
            continue
        items = element.value
        yield _line(indent, element, f"(Sequence with explicit length #={len(items)})", 1, name)
        for item in items:
            head = f"(fffe,e000) na (Item with explicit length #={len(item)})"
            yield f"{indent}  {head:<{_VALUE_COLUMN}} # {item_length(item):>3}, 1 Item"
            yield from _lines(item, names, charset, indent + "    ")
            yield f"{indent}  {_ITEM_END}"
        yield f"{indent}{_SEQUENCE_END}"


def _line(indent: str, element: Element, value: str, count: int, name: str) -> str:
    head = f"({element.tag >> 16:04x},{element.tag & 0xFFFF:04x}) {element.vr} {value}"
    return f"{indent}{head:<{_VALUE_COLUMN}} # {value_length(element):>3},{count:>2} {name}"


def _shown(element: Element, charset: str) -> str:
    value = element.value
    if not value:
        return _NO_VALUE
    if isinstance(value, bytes) and element.vr in BINARY:
        return _hexadecimal(value, 2 if element.vr == "OW" else 1)
    text = text_of(element, charset)
    if element.vr == "AT":
        return "\\".join(f"({each[:4]},{each[4:]})".lower() for each in text.split("\\"))
    if element.vr in ("FL", "FD"):
        return decimals(text, element.vr)
    if element.vr in NUMBERS:
        return text
    known = symbol_of_uid(text) if element.vr == "UI" else ""
    return f"={known}" if known else f"[{padded_text_of(element, charset).rstrip(_NUL)}]"


def decimals(text: str, vr: str) -> str:
    """Gives floating point numbers with as many digits as tell them apart (9 and 17)."""
    digits = 9 if vr == "FL" else 17
    return "\\".join(f"{float(value):.{digits}g}" for value in text.split("\\"))


def _hexadecimal(value: bytes, size: int) -> str:
    shown = value[:_MOST_BYTES]
    numbers = (shown[at : at + size][::-1].hex() for at in range(0, len(shown), size))
    return "\\".join(numbers) + ("..." if len(value) > _MOST_BYTES else "")
