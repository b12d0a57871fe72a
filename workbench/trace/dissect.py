"""One PDU as a tree of named byte ranges with their values in words.

The tree is the decoder's own notes, so what is shown and what was understood cannot disagree. A broken PDU is shown up
to the bad byte, with what is wrong there.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from workbench.dimse.command_set import decode_command
from workbench.errors import CommandSetError, PduError
from workbench.trace.words import (
    DIAGNOSED,
    NOT_READ,
    PROBLEM,
    Contexts,
    context_in_words,
    control_in_words,
    diagnosis_in_words,
    element_in_words,
    field_in_words,
    item_in_words,
)
from workbench.upper_layer.fields import Span, SpanValue
from workbench.upper_layer.pdu import P_DATA_TF, decode_pdu

_CLAUSES: Final = {type_: f"PS3.8 9.3.{type_ + 1}" for type_ in range(1, 8)}
_FIRST_ELEMENT: Final = bytes(4)  # (0000,0000) Command Group Length begins every command set (PS3.7 6.3.1)
_COMMAND_ELEMENT: Final = re.compile(r"(.+) (\([0-9A-F]{4},[0-9A-F]{4}\))")


def dissect(kept: bytes, length: int, *, contexts: Contexts = MappingProxyType({})) -> Span:
    """The tree of a PDU; never raises.

    The children of every node tile its bytes. Values are words for a person. Where the PDU is broken a node "Problem"
    covers the bytes from the bad one on (none when something is missing); what was not kept is the last child.

    Args:
        kept: the PDU's first bytes, or all of them.
        length: of the whole PDU, its header included.
        contexts: what the presentation contexts carry, for names.
    """
    root = Span("PDU", 0, length)
    problem: PduError | None = None
    try:
        decode_pdu(kept, root, length=length)
    except PduError as error:
        if error.offset < len(kept) or len(kept) >= length:
            problem = error
    _clip(root, len(kept))
    root.end = length
    if not _cover(root, len(kept), problem) and problem is not None:
        root.children.append(Span(PROBLEM, len(kept), len(kept), str(problem)))
    _explain(root, kept, contexts)
    if len(kept) < length:
        rest = length - len(kept)
        root.children.append(Span(f"{rest:,} bytes not kept", len(kept), length, ""))
    return root


def _clip(span: Span, end: int) -> None:
    """Takes away what lies behind the bytes that were kept."""
    span.end = min(span.end, end)
    span.children = [child for child in span.children if child.start < end or child.end <= end]
    for child in span.children:
        _clip(child, end)


def _cover(span: Span, end: int, problem: PduError | None) -> bool:
    """Fills the bytes that no child covers; gives whether the problem found its place among them."""
    if not span.children:
        return False
    found = False
    at = span.start
    children = []
    for child in [*span.children, Span("", min(span.end, end), span.end)]:
        if at < child.start:
            is_problem = problem is not None and not found and problem.offset < child.start
            found |= is_problem
            children.append(
                Span(PROBLEM if is_problem else NOT_READ, at, child.start, str(problem) if is_problem else "")
            )
        found |= _cover(child, end, problem)
        children.append(child)
        at = child.end
    span.children = children[:-1]
    return found


def _explain(span: Span, kept: bytes, contexts: Contexts) -> None:
    pdu_type = kept[0] if kept else 0
    size = f"{span.end - span.start:,} bytes"
    span.value = f"{size}   {_CLAUSES[pdu_type]}" if pdu_type in _CLAUSES else size
    raw = _fields(span)
    for child in span.children:
        if child.name == PROBLEM:
            continue
        if pdu_type == P_DATA_TF and child.children:
            _explain_pdv(child, kept, contexts)
        elif pdu_type in DIAGNOSED and child.name in ("Result", "Source", "Reason/Diag."):
            source = raw.get("Source")
            child.value = diagnosis_in_words(
                pdu_type, child.name, _number(child.value), source if isinstance(source, int) else 0
            )
        else:
            _explain_item(child)


def _explain_item(span: Span) -> None:
    if span.name in (PROBLEM, NOT_READ):
        return
    if not span.children:
        span.value = field_in_words(span.name, span.value)
        return
    noted = _noted(span)
    for child in span.children:
        _explain_item(child)
    span.value = item_in_words(span, noted)


def _explain_pdv(span: Span, kept: bytes, contexts: Contexts) -> None:
    """A presentation data value: its context and control header, and the command when it is there whole."""
    span.value = ""
    raw = _fields(span)
    context_id, control = raw.get("Presentation-context-ID"), raw.get("Message-control-header")
    fragment = next((child for child in span.children if child.name == "Fragment"), None)
    for child in span.children:
        if child.name not in (PROBLEM, NOT_READ):
            child.value = field_in_words(child.name, child.value)
    if not isinstance(context_id, int) or not isinstance(control, int):
        return
    span.value = f"context {context_in_words(context_id, contexts)}, {control_in_words(control)}"
    if fragment is None:
        return
    size = _number(raw.get("Item-length")) - 2
    fragment.value = f"{size:,} bytes"
    if control & 1:
        data = kept[fragment.start : fragment.end]
        if not data.startswith(_FIRST_ELEMENT):
            fragment.name = "Command, continued from an earlier fragment"
        else:
            _explain_command(fragment, data, is_whole=bool(control & 2) and len(data) == size)
    else:
        fragment.name = "Data set"


def _explain_command(span: Span, data: bytes, *, is_whole: bool) -> None:
    span.value = ""
    problem: CommandSetError | None = None
    try:
        message, _ = decode_command(data, span)
        span.name = message.NAME
    except CommandSetError as error:
        span.name = "Command set"
        problem = error
    for element in span.children:
        named = _COMMAND_ELEMENT.fullmatch(element.name)
        if named:
            element.name = f"{named[2]}  {named[1]}"
        element.value = element_in_words(named[1] if named else element.name, element.value)
        for part in element.children:
            part.value = field_in_words(part.name, part.value)
    at = span.children[-1].end if span.children else span.start
    if problem is not None and is_whole:
        span.children.append(Span(PROBLEM, at, span.end, str(problem)))
    elif at < span.end:
        span.children.append(Span("Continued in the next fragment", at, span.end, ""))


def _noted(span: Span) -> list[tuple[str, SpanValue]]:
    if not span.children:
        return [(span.name, span.value)]
    return [field for child in span.children for field in _noted(child)]


def _fields(span: Span) -> Mapping[str, SpanValue]:
    return {child.name: child.value for child in span.children if not child.children}


def _number(value: SpanValue) -> int:
    return value if isinstance(value, int) else 0
