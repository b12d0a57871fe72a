"""Data sets in the DICOM JSON Model (PS3.18 Annex F), as plain values for `json.dumps`."""

import base64
import math
from collections.abc import Iterable
from typing import Any, Final

from workbench.services.query.elements import BINARY, NUMBERS, values_of
from workbench.services.query.identifiers import Element, declared_charset
from workbench.storage.character_sets import UTF_8

_CHARSET: Final = 0x00080005
_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")  # PS3.18 F.2.2
_NUMERIC_TEXT: Final = {"DS": float, "IS": int}


def json_model(elements: Iterable[Element], inherited: str = "") -> dict[str, Any]:
    """Gives a data set; a text that is no number of its VR stays text, so that nothing is lost.

    Specific Character Set, where there is one, says UTF-8: what JSON is written in (PS3.18 F.2).
    """
    listed = tuple(elements)
    charset = declared_charset(listed, inherited)
    return {f"{element.tag:08X}": _attribute(element, charset) for element in listed}


def _attribute(element: Element, charset: str) -> dict[str, Any]:
    attribute: dict[str, Any] = {"vr": element.vr}
    if element.tag == _CHARSET and element.value:
        attribute["Value"] = [UTF_8]
        return attribute
    if isinstance(element.value, tuple):
        if element.value:
            attribute["Value"] = [json_model(item, charset) for item in element.value]
        return attribute
    if element.vr in BINARY:
        if isinstance(element.value, bytes) and element.value:
            attribute["InlineBinary"] = base64.b64encode(element.value).decode("ascii")
        return attribute
    values = values_of(element, charset)
    if values:
        attribute["Value"] = [_value(element.vr, value) for value in values]
    return attribute


def _value(vr: str, text: str) -> object:
    if not text:
        return None
    if vr == "PN":
        groups = zip(_GROUPS, text.split("="), strict=False)
        return {name: group for name, group in groups if group}
    if vr in ("FL", "FD"):
        number = float(text)
        return number if math.isfinite(number) else text
    if vr in NUMBERS and vr != "AT":
        return int(text)
    convert = _NUMERIC_TEXT.get(vr)
    if convert is None:
        return text
    try:
        converted = convert(text)
    except ValueError:
        return text
    return converted if math.isfinite(converted) else text
