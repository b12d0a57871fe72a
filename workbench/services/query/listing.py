"""A data set as lines for people, laid out as dcmdump does: tag, VR, value, length, number of values, name."""

from collections.abc import Iterable, Iterator
from typing import Final

from workbench.acse.symbolic_names import symbol_of_uid
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.elements import BINARY, NUMBERS, creators_of, multiplicity, text_of
from workbench.services.query.identifiers import Element, declared_charset
from workbench.services.query.lengths import item_length, value_length

_VALUE_COLUMN: Final = 55
_MOST_BYTES: Final = 16  # of a binary value that are shown
_NO_VALUE: Final = "(no value available)"


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
            head = f"{indent}  (fffe,e000) na (Item with explicit length #={len(item)})"
            yield f"{head:<{_VALUE_COLUMN}} # {item_length(item):>3}, 1 Item"
            yield from _lines(item, names, charset, indent + "    ")


def _line(indent: str, element: Element, value: str, count: int, name: str) -> str:
    head = f"{indent}({element.tag >> 16:04x},{element.tag & 0xFFFF:04x}) {element.vr} {value}"
    return f"{head:<{_VALUE_COLUMN}} # {value_length(element):>3},{count:>2} {name}"


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
    return f"={known}" if known else f"[{text}]"


def decimals(text: str, vr: str) -> str:
    """Gives floating point numbers with as many digits as tell them apart (9 and 17)."""
    digits = 9 if vr == "FL" else 17
    return "\\".join(f"{float(value):.{digits}g}" for value in text.split("\\"))


def _hexadecimal(value: bytes, size: int) -> str:
    shown = value[:_MOST_BYTES]
    numbers = (shown[at : at + size][::-1].hex() for at in range(0, len(shown), size))
    return "\\".join(numbers) + ("..." if len(value) > _MOST_BYTES else "")
