"""The values of the fields of a PDU in words: one row for each field that means more than its number or text.

The keys are the names under which the decoder notes its spans. Functions take what the decoder noted.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from workbench.dictionary import sop_class_short, transfer_syntax_short, uid_name
from workbench.upper_layer.fields import Span, SpanValue
from workbench.upper_layer.pdu import A_ABORT, A_ASSOCIATE_RJ, PDU_NAMES
from workbench.upper_layer.reasons import (
    ABORT_REASONS,
    ABORT_SOURCES,
    REJECT_REASONS,
    REJECT_RESULTS,
    REJECT_SOURCES,
    USER_IDENTITY_TYPES,
    describe_context_result,
)

Contexts = Mapping[int, tuple[str, str]]
"""Presentation context id -> abstract syntax and transfer syntax, as far as they are known."""

Noted = Sequence[tuple[str, SpanValue]]
"""Names and values of fields, in the order of their bytes."""

# Nodes for bytes that the decoder did not get to read.
PROBLEM: Final = "Problem"
NOT_READ: Final = "Not read"

# Nodes that say how the PDU is built rather than what it says.
_STRUCTURE: Final = frozenset({"Item-type", "Item-length", "Reserved", "Sub-item-version", PROBLEM, NOT_READ})
_SHOWN_BYTES: Final = 16
_SHOWN_TEXT: Final = 64
_NUMBERED_WORDS: Final = re.compile(r"(.+) \(([0-9A-F]{4}H)\)")


def field_in_words(name: str, value: SpanValue) -> str:
    """The value of one field: "7", "0  accepted", "Verification SOP Class  1.2.840.10008.1.1"."""
    words = _FIELDS.get(name)
    if words is not None and isinstance(value, int):
        return words(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, str):
        return uid_in_words(value) if name.lower().endswith(_UID_FIELDS) else printable(value.strip("\0 ")) or "(blank)"
    return bytes_in_words(name, value or b"")


def printable(text: str) -> str:
    """Text of a peer as it may be shown: control characters and the like as escapes."""
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode("ascii") for mark in text)


def bytes_in_words(name: str, value: bytes) -> str:
    """Bytes that are no number and no text: their hexadecimal digits when they are few."""
    if name == "Reserved":
        return "00H" if not any(value) else f"{value.hex(' ').upper()}  not tested by a receiver"
    if name == "Secondary-field":
        return f"{len(value)} bytes, not shown" if value else "empty"
    if not value:
        return "empty"
    if name == "Primary-field" and len(value) <= _SHOWN_TEXT and value.isascii() and value.decode().isprintable():
        return value.decode()  # a user name, or a short token
    digits = value[:_SHOWN_BYTES].hex(" ").upper()
    return digits if len(value) <= _SHOWN_BYTES else f"{digits} …  {len(value):,} bytes"


def element_in_words(name: str, value: SpanValue) -> str:
    """The value of a command element: UIDs with their names, codes before their words ("0030H  C-ECHO-RQ")."""
    text = "" if value is None else printable(str(value))
    if name.endswith(" UID"):
        return uid_in_words(text)
    numbered = _NUMBERED_WORDS.fullmatch(text)
    return f"{numbered[2]}  {numbered[1]}" if numbered else text


def uid_in_words(uid: str) -> str:
    """The registered name of a UID before the UID itself."""
    uid = uid.rstrip("\0 ")
    name = uid_name(uid)
    return (printable(uid) or "(empty)") if name == uid else f"{name}  {uid}"


def diagnosis_in_words(pdu_type: int, name: str, value: int, source: int) -> str:
    """Result, Source and Reason of an A-ASSOCIATE-RJ or A-ABORT, whose words depend on one another."""
    if pdu_type == A_ASSOCIATE_RJ:
        tables = {"Result": REJECT_RESULTS.get(value), "Source": REJECT_SOURCES.get(value)}
        words = tables.get(name) or REJECT_REASONS.get((source, value))
    else:
        words = ABORT_SOURCES.get(value) if name == "Source" else ABORT_REASONS.get(value) if source == 2 else None
        if name != "Source" and source != 2:
            return f"{value}  not significant"
    return f"{value}  {words or 'reserved'}"


def class_in_words(uid: str) -> str:
    """The short name of a SOP Class, or its UID."""
    return printable(sop_class_short(uid.rstrip("\0 "))) or "(empty)"


def syntax_in_words(uid: str) -> str:
    """The short name of a transfer syntax, or its UID."""
    return printable(transfer_syntax_short(uid.rstrip("\0 "))) or "(empty)"


def context_in_words(context_id: int, contexts: Contexts) -> str:
    """A presentation context by number and, where it is known, by what it carries: "7, CT Image, Explicit VR LE"."""
    if context_id not in contexts:
        return str(context_id)
    abstract_syntax, transfer_syntax = contexts[context_id]
    parts = [str(context_id), class_in_words(abstract_syntax)]
    return ", ".join([*parts, syntax_in_words(transfer_syntax)] if transfer_syntax else parts)


def item_in_words(item: Span, noted: Noted) -> str:
    """The content of an item in one line.

    Args:
        item: its children explained already.
        noted: the fields of the item and of the items in it, as the decoder noted them.
    """
    words = _ITEMS.get(item.name)
    if words is not None:
        return words(noted)
    told = [child for child in item.children if child.name not in _STRUCTURE and not child.name.endswith("-length")]
    return (
        f"{len(told)} sub-items" if item.name == "User information" else ", ".join(str(child.value) for child in told)
    )


def control_in_words(control: int) -> str:
    """A message control header: "command, last fragment" (PS3.8 E.2)."""
    return f"{'command' if control & 1 else 'data set'}, {'last fragment' if control & 2 else 'more to come'}"


def _presentation_context(noted: Noted) -> str:
    number, result = _first(noted, "Presentation-context-ID"), _first(noted, "Result/Reason")
    parts = [str(number) if isinstance(number, int) else "?"]
    if isinstance(result, int):
        parts.append(describe_context_result(result))
    if not result:
        parts += [class_in_words(str(value)) for name, value in noted if name == "Abstract-syntax-name"]
        parts += [syntax_in_words(str(value)) for name, value in noted if name == "Transfer-syntax-name"]
    return ", ".join(parts)


def _role_selection(noted: Noted) -> str:
    roles = [role for role in ("SCU", "SCP") if _first(noted, f"{role}-role") == 1]
    return f"{class_in_words(str(_first(noted, 'SOP-class-uid') or ''))}: {' and '.join(roles) or 'no role'}"


def _window(noted: Noted) -> str:
    invoked, performed = (_first(noted, f"Maximum-number-operations-{way}") for way in ("invoked", "performed"))
    return f"{_operations(invoked)} invoked, {_operations(performed)} performed"


def _first(noted: Noted, name: str) -> SpanValue:
    return next((value for found, value in noted if found == name), None)


def _operations(value: SpanValue) -> str:
    return "?" if value is None else str(value or "any number")


def _version(value: int) -> str:
    return f"{value:04X}H  {'version 1' if value & 1 else 'version 1 is not among them'}"


def _context_id(value: int) -> str:
    return str(value) if value % 2 else f"{value}  not odd"


_UID_FIELDS: Final = ("context-name", "syntax-name", "class-uid", "general-sop-class")

_ITEMS: Final[Mapping[str, Callable[[Noted], str]]] = {
    "Presentation context": _presentation_context,
    "SCP/SCU role selection": _role_selection,
    "Asynchronous operations window": _window,
}

_FIELDS: Final[Mapping[str, Callable[[int], str]]] = {
    "PDU-type": lambda value: f"{value:02X}H  {PDU_NAMES.get(value, 'unknown')}",
    "Item-type": lambda value: f"{value:02X}H",
    "Reserved": lambda value: field_in_words("Reserved", bytes((value,))),
    "Protocol-version": _version,
    "Presentation-context-ID": _context_id,
    "Result/Reason": lambda value: f"{value}  {describe_context_result(value)}",
    "Message-control-header": lambda value: f"{value:02X}H  {control_in_words(value)}",
    "Maximum-length-received": lambda value: f"{value:,}" if value else "0  no limit",
    "Maximum-number-operations-invoked": lambda value: str(value) if value else "0  any number",
    "Maximum-number-operations-performed": lambda value: str(value) if value else "0  any number",
    "SCU-role": lambda value: f"{value}  {'yes' if value == 1 else 'no'}",
    "SCP-role": lambda value: f"{value}  {'yes' if value == 1 else 'no'}",
    "User-identity-type": lambda value: f"{value}  {USER_IDENTITY_TYPES.get(value, 'undefined')}",
    "Positive-response-requested": lambda value: f"{value}  {'yes' if value == 1 else 'no'}",
}

DIAGNOSED: Final = frozenset({A_ASSOCIATE_RJ, A_ABORT})
