"""Hypothesis strategies for DIMSE messages: every message, with any values that its elements can hold."""

from dataclasses import fields
from typing import Any

from hypothesis import strategies as st

from workbench.dimse.elements import BY_ATTRIBUTE
from workbench.dimse.messages import MESSAGES, Message

US = st.integers(0, 0xFFFF)
UIDS = st.from_regex(r"[0-9]{1,8}(\.[0-9]{1,8}){0,6}", fullmatch=True)

# The codec takes trailing padding off, and what is nothing but padding counts as absent.
_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="\\"), min_size=1)

BY_VR: dict[str, st.SearchStrategy[Any]] = {
    "US": US,
    "UI": UIDS,
    "AE": _TEXT.map(lambda text: text.strip()[:16].rstrip()).filter(bool),
    "LO": _TEXT.map(lambda text: text.strip()[:64].rstrip()).filter(bool),
    "AT": st.lists(st.integers(0, 0xFFFFFFFF), min_size=1, max_size=5).map(tuple),
}


def _messages_of(kind: type[Message]) -> st.SearchStrategy[Message]:
    values = {}
    for field in fields(kind):
        value = BY_VR[BY_ATTRIBUTE[field.name].vr]
        values[field.name] = st.none() | value if field.default is None else value
    return st.builds(kind, **values)


MESSAGES_STRATEGY: st.SearchStrategy[Message] = st.one_of([_messages_of(kind) for kind in MESSAGES])
