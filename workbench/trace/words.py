"""The values of the fields of a PDU in words: one row for each field that means more than its number or text.

The keys are the names under which the decoder notes its spans. Functions take what the decoder noted.
"""

import re
from collections.abc import Callable, Mapping
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
        return uid_in_words(value) if name.lower().endswith(_UID_FIELDS) else value.strip("\0 ") or "(blank)"
    return bytes_in_words(name, value or b"")


def bytes_in_words(name: str, value: bytes) -> str:
    """Bytes that are no number and no text: their hexadecimal digits when they are few."""
    if name == "Reserved":
        return "00H" if not any(value) else f"{value.hex(' ').upper()}  not tested by a receiver"
    if name == "Secondary-field":
        return f"{len(value)} bytes, not shown" if value else "empty"
    if not value:
        return "empty"
    if (
        name == "Primary-field"
        and len(value) <= _SHOWN_TEXT
        and value.isascii()
        and value.decode("ascii").isprintable()
    ):
        return value.decode("ascii")  # a user name, or a short token
    digits = value[:_SHOWN_BYTES].hex(" ").upper()
    return digits if len(value) <= _SHOWN_BYTES else f"{digits} …  {len(value):,} bytes"


def element_in_words(name: str, value: SpanValue) -> str:
    """The value of a command element: UIDs with their names, codes before their words ("0030H  C-ECHO-RQ")."""
    text = "" if value is None else str(value)
    if name.endswith(" UID"):
        return uid_in_words(text)
    numbered = _NUMBERED_WORDS.fullmatch(text)
    return f"{numbered[2]}  {numbered[1]}" if numbered else text


def uid_in_words(uid: str) -> str:
    """The registered name of a UID before the UID itself."""
    uid = uid.rstrip("\0 ")
    name = uid_name(uid)
    return (uid or "(empty)") if name == uid else f"{name}  {uid}"


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


def context_in_words(context_id: int, contexts: Contexts) -> str:
    """A presentation context by number and, where it is known, by what it carries: "7, CT Image, Explicit VR LE"."""
    if context_id not in contexts:
        return str(context_id)
    abstract_syntax, transfer_syntax = contexts[context_id]
    parts = [
        str(context_id),
        sop_class_short(abstract_syntax),
        transfer_syntax and transfer_syntax_short(transfer_syntax),
    ]
    return ", ".join(part for part in parts if part)


def item_in_words(item: Span, raw: Mapping[str, SpanValue]) -> str:
    """The content of an item in one line.

    Args:
        item: its children explained already.
        raw: the values of its own fields as noted, by name.
    """
    if item.name == "Presentation context":
        return _presentation_context(item, raw)
    if item.name == "User information":
        return f"{sum(child.name not in _STRUCTURE for child in item.children)} sub-items"
    if item.name == "SCP/SCU role selection":
        roles = [role for role in ("SCU", "SCP") if raw.get(f"{role}-role") == 1]
        return f"{sop_class_short(str(raw.get('SOP-class-uid', '')))}: {' and '.join(roles) or 'no role'}"
    if item.name == "Asynchronous operations window":
        invoked, performed = (
            _operations(raw.get(f"Maximum-number-operations-{way}")) for way in ("invoked", "performed")
        )
        return f"{invoked} invoked, {performed} performed"
    told = [child for child in item.children if child.name not in _STRUCTURE and not child.name.endswith("-length")]
    return ", ".join(str(child.value) for child in told)


def control_in_words(control: int) -> str:
    """A message control header: "command, last fragment" (PS3.8 E.2)."""
    return f"{'command' if control & 1 else 'data set'}, {'last fragment' if control & 2 else 'more to come'}"


def _presentation_context(item: Span, raw: Mapping[str, SpanValue]) -> str:
    number = raw.get("Presentation-context-ID")
    context_id = str(number) if isinstance(number, int) else "?"
    syntaxes: Mapping[str, Callable[[str], str]] = {
        "Abstract syntax": sop_class_short,
        "Transfer syntax": transfer_syntax_short,
    }
    found = [
        short(str(child.value).rsplit("  ", 1)[-1])
        for name, short in syntaxes.items()
        for child in item.children
        if child.name == name
    ]
    result = raw.get("Result/Reason")
    if isinstance(result, int):
        return ", ".join([context_id, describe_context_result(result), *(found if result == 0 else [])])
    return f"{context_id}, {', '.join(found)}"


def _operations(value: SpanValue) -> str:
    return "any number" if value == 0 else str(value)


def _version(value: int) -> str:
    return f"{value:04X}H  {'version 1' if value & 1 else 'version 1 is not among them'}"


def _context_id(value: int) -> str:
    return str(value) if value % 2 else f"{value}  not odd"


_UID_FIELDS: Final = ("context-name", "syntax-name", "class-uid", "general-sop-class")

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
