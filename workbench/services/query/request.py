"""The identifier of a request as elements: that of a query file or an empty one, and the keys that override it."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from workbench.acse.symbolic_names import uid_of_symbol
from workbench.dictionary import uid_of_keyword
from workbench.errors import ConfigError
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.elements import BINARY, NUMBERS, with_old_vrs
from workbench.services.query.identifiers import Element, declared_charset, encode_as_given
from workbench.services.query.key_paths import Key, Step
from workbench.storage.character_sets import UTF_8, can_encode, encode
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_CHARSET: Final = 0x00080005
_FIRST_BLOCK, _LAST_BLOCK = 0x10, 0xFF  # PS3.5 7.8.1
_CODES: Final = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestIdentifier:
    """What is asked for.

    Attributes:
        source: the file that it comes from, empty for one of keys alone.
        read_syntax: the transfer syntax of that file.
        deflate_level: how hard to deflate it, should the transfer syntax want that; -1 leaves it to zlib.
        warnings: what was added to it that nobody had written.
    """

    elements: tuple[Element, ...] = ()
    source: str = ""
    read_syntax: str = EXPLICIT_VR_LITTLE_ENDIAN
    deflate_level: int = -1
    warnings: tuple[str, ...] = ()

    def encode(self, transfer_syntax_uid: str) -> bytes:
        """Gives its bytes."""
        return encode_as_given(self.elements, transfer_syntax_uid, deflate_level=self.deflate_level)

    @property
    def data_set(self) -> "Dataset":
        """It as pydicom has it."""
        from workbench.services.encoding import decode_data_set

        return decode_data_set(self.encode(EXPLICIT_VR_LITTLE_ENDIAN), EXPLICIT_VR_LITTLE_ENDIAN)

    def overridden(self, keys: Iterable[Key], names: AttributeNames) -> "RequestIdentifier":
        """Gives it with keys set; text beyond ASCII goes in the character set that is declared.

        Where none is declared, UTF-8 is, and a warning says so.

        Raises:
            ConfigError: a value is none of its VR, or does not fit the character set.
        """
        elements, listed = self.elements, tuple(keys)
        for key in listed:
            elements = _with_key(elements, key.steps, key, names)
        charset = declared_charset(elements)
        foreign = [key for key in listed if key.value and not key.value.isascii()]
        if not foreign:
            return replace(self, elements=elements)
        if not charset:
            if _has_foreign_bytes(self.elements):
                raise ConfigError(
                    f"{self.source}: has text beyond ASCII and no Specific Character Set (0008,0005), so that"
                    f" {foreign[0].text!r} cannot be written; add -k 0008,0005=..."
                )
            warning = f"keys have characters beyond ASCII: Specific Character Set (0008,0005) {UTF_8} added"
            elements = _in_charset(_put(elements, Element(_CHARSET, "CS", UTF_8)), UTF_8)
            return replace(self, elements=elements, warnings=(*self.warnings, warning))
        for key in foreign:
            if not can_encode([key.value or ""], charset):
                raise ConfigError(f"key {key.text!r}: Specific Character Set {charset} has not all of its characters")
        return replace(self, elements=_in_charset(elements, charset))

    def with_old_vrs(self) -> "RequestIdentifier":
        """Gives it for peers that know only the VRs of 1993."""
        return replace(self, elements=with_old_vrs(self.elements))


Identifier: TypeAlias = "RequestIdentifier | Dataset"
"""What services take to ask with."""


def encoded_identifier(identifier: Identifier, transfer_syntax_uid: str) -> bytes:
    """Gives the bytes of either kind.

    Raises:
        DataSetError: it cannot be encoded.
    """
    if isinstance(identifier, RequestIdentifier):
        return identifier.encode(transfer_syntax_uid)
    from workbench.services.encoding import encode_data_set

    return encode_data_set(identifier, transfer_syntax_uid)


def _with_key(
    elements: Sequence[Element], steps: Sequence[Step], key: Key, names: AttributeNames
) -> tuple[Element, ...]:
    """Gives the elements with a value set; items on the way are made where they are missing."""
    step = steps[0]
    elements, step = _in_its_block(tuple(elements), step, names)
    held = next((each for each in elements if each.tag == step.tag), None)
    if step.item is None and step.vr != "SQ":
        value = _value(step, key)
        return _put(elements, Element(step.tag, step.vr, value))
    items = list(held.value) if held is not None and isinstance(held.value, tuple) else []
    if step.item is not None:
        items += [()] * (step.item + 1 - len(items))
        if steps[1:]:
            items[step.item] = _with_key(items[step.item], steps[1:], key, names)
    return _put(elements, Element(step.tag, "SQ", tuple(items)))


def _in_its_block(elements: tuple[Element, ...], step: Step, names: AttributeNames) -> tuple[tuple[Element, ...], Step]:
    """Gives a private attribute the block that its creator has here, which is reserved where it has none."""
    group = step.tag & 0xFFFF0000
    if not step.tag >> 16 & 1:
        return elements, step
    creators = dict(_creators(elements, group))
    if not step.creator:
        creator = creators.get(step.tag >> 8 & 0xFF, "")
        vr = names.vr(step.tag, creator) if creator and step.vr == "UN" else step.vr
        return elements, step._replace(vr=vr)
    for block, creator in creators.items():
        if creator == step.creator:
            return elements, step._replace(tag=step.tag | block << 8)
    free = (block for block in range(_FIRST_BLOCK, _LAST_BLOCK + 1) if block not in creators)
    block = next(free)
    reserved = _put(elements, Element(group | block, "LO", step.creator))
    return reserved, step._replace(tag=step.tag | block << 8)


def _creators(elements: Iterable[Element], group: int) -> Iterator[tuple[int, str]]:
    for element in elements:
        number = element.tag & 0xFFFF
        if element.tag & 0xFFFF0000 == group and _FIRST_BLOCK <= number <= _LAST_BLOCK:
            value = element.value
            if not isinstance(value, tuple):
                yield number, (value if isinstance(value, str) else value.decode("latin-1")).strip(" \0")


def _put(elements: Iterable[Element], element: Element) -> tuple[Element, ...]:
    others = (each for each in elements if each.tag != element.tag)
    return tuple(sorted((*others, element), key=lambda each: each.tag))


def _value(step: Step, key: Key) -> str | bytes:
    text = key.value or ""
    if step.vr in BINARY:
        return _bytes(step, key, text)
    if step.vr == "UI" and text.startswith("="):
        return _uid(key, text[1:])
    if step.vr == "AT":
        return "\\".join(_tag_digits(key, each) for each in text.split("\\") if each)
    if step.vr in NUMBERS:
        for value in text.split("\\") if text else ():
            _check_number(step, key, value)
    return text


def _bytes(step: Step, key: Key, text: str) -> bytes:
    """Gives bytes written as hexadecimal numbers with backslashes between, of two bytes each where words are meant."""
    size = 2 if step.vr == "OW" else 1
    pieces = []
    for number in text.split("\\") if text else ():
        try:
            pieces.append(int(number, 16).to_bytes(size, "little"))
        except (ValueError, OverflowError):
            problem = f"{number!r} is no hexadecimal number of {size} bytes, as VR {step.vr} wants it"
            raise ConfigError(f"key {key.text!r}: {problem}") from None
    return b"".join(pieces)


def _uid(key: Key, name: str) -> str:
    uid = uid_of_keyword(name) or uid_of_symbol(name)
    if not uid:
        raise ConfigError(f"key {key.text!r}: there is no UID with the name {name!r}")
    return uid


def _tag_digits(key: Key, text: str) -> str:
    digits = text.strip().strip("()").replace(",", "")
    with suppress(ValueError):
        if len(digits) == 8 and int(digits, 16) >= 0:
            return digits.upper()
    raise ConfigError(f"key {key.text!r}: {text!r} is no tag; it is written as (gggg,eeee)")


def _check_number(step: Step, key: Key, value: str) -> None:
    try:
        number = float(value) if step.vr in ("FL", "FD") else int(value)
        struct.pack(_CODES[step.vr], number)
    except (ValueError, struct.error, OverflowError):
        raise ConfigError(f"key {key.text!r}: {value!r} is no number of VR {step.vr}") from None


def _in_charset(elements: Iterable[Element], inherited: str) -> tuple[Element, ...]:
    """Gives elements whose texts beyond ASCII are bytes."""
    listed = tuple(elements)
    charset = declared_charset(listed, inherited)
    encoded = []
    for element in listed:
        value = element.value
        if isinstance(value, tuple):
            element = element._replace(value=tuple(_in_charset(item, charset) for item in value))
        elif isinstance(value, str) and not value.isascii():
            element = element._replace(value=encode(value, charset, is_name=element.vr == "PN"))
        encoded.append(element)
    return tuple(encoded)


def _has_foreign_bytes(elements: Iterable[Element]) -> bool:
    for element in elements:
        if isinstance(element.value, tuple):
            if any(_has_foreign_bytes(item) for item in element.value):
                return True
        elif isinstance(element.value, bytes) and element.vr not in BINARY and not element.value.isascii():
            return True
    return False
