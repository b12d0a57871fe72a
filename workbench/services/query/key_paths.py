"""Matching and return keys as people write them: `PatientName=DOE*`, `0008,0052=STUDY`, `Sequence[0].Modality=CT`.

A path goes down through the items of sequences, which are counted from 0. An attribute is named by its keyword or by
its tag, with or without brackets. What follows the first equals sign is the value, with backslashes between several;
without one the value is empty, which asks the SCP to return it (PS3.4 C.2.2.2.3). `=NAME` as the value of a UID stands
for the UID of that name.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from workbench.errors import ConfigError
from workbench.services.query.attribute_names import AttributeNames, one_vr

MOST_ITEMS: Final = 1000
"""Items that a path can count in one sequence."""

_TAG: Final = re.compile(r"\(?\s*([0-9A-Fa-f]{1,4})\s*,\s*([0-9A-Fa-f]{1,4})\s*\)?\s*")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ITEM: Final = re.compile(r"\[\s*(\d+|\*)\s*\]")
_FIRST_GROUP: Final = 0x0008  # PS3.5 7.1: the groups below are those of commands, files and DICOMDIRs


class Step(NamedTuple):
    """A part of a path.

    Attributes:
        creator: of a private attribute that was named; its block is not in `tag` yet.
        vr: as the dictionaries have it.
        item: which item of the sequence; None for the last step of a path that ends with an attribute.
    """

    tag: int
    creator: str
    vr: str
    item: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Key:
    """A path and its value; None when there was no equals sign."""

    text: str
    steps: tuple[Step, ...]
    value: str | None


def parse_key(text: str, names: AttributeNames) -> Key:
    """Reads a key.

    Raises:
        ConfigError: it is none; the message says where and why.
    """
    path, sign, value = text.partition("=")
    steps: list[Step] = []
    place = 0
    while True:
        step, place = _step(text, path, place, names)
        steps.append(step)
        if place == len(path):
            break
        if path[place] != "." or step.vr != "SQ":
            problem = f"{path[place:]!r} cannot follow {step.name}" + _why(step)
            raise _error(text, place, problem)
        if step.item is None:
            raise _error(text, place, f"{step.name} is a sequence, whose item must be told: {step.name}[0]")
        place += 1
    if steps[-1].vr == "SQ" and value:
        raise _error(text, len(path) + 1, f"{steps[-1].name} is a sequence and takes no value: {value!r}")
    return Key(text, tuple(steps), value if sign else None)


def _step(text: str, path: str, place: int, names: AttributeNames) -> tuple[Step, int]:
    rest = path[place:]
    if (match := _TAG.match(rest)) is not None:
        tag = int(match[1], 16) << 16 | int(match[2], 16)
        creator, vr, name = "", names.vr(tag), match[0].strip()
        if "(" in match[0] and ")" not in match[0]:
            raise _error(text, place, f"the bracket of {match[0]} is not closed")
    elif (match := _NAME.match(rest)) is not None:
        found = names.find(match[0])
        if found is None:
            hint = names.alike(match[0])
            raise _error(text, place, f"there is no attribute {match[0]!r}" + (f"; {hint}?" if hint else ""))
        tag, creator, vr, name = found.tag, found.creator, one_vr(found.vr), match[0]
    else:
        raise _error(text, place, "an attribute is expected, as a keyword or as gggg,eeee")
    _check_tag(text, place, tag)
    place += match.end()
    item = None
    if (bracket := _ITEM.match(path, place)) is not None:
        if vr == "UN":
            vr = "SQ"  # only a sequence has items
        item = _item(text, place, bracket[1], vr, name)
        place = bracket.end()
    return Step(tag, creator, vr, item, name), place


def _item(text: str, place: int, number: str, vr: str, name: str) -> int:
    if vr != "SQ":
        raise _error(text, place, f"{name} is no sequence and has no items")
    if number == "*":
        raise _error(text, place, "[*] stands for no item of a query; give its number, from 0")
    if int(number) >= MOST_ITEMS:
        raise _error(text, place, f"item {number} is beyond the {MOST_ITEMS} that a key can count")
    return int(number)


def _check_tag(text: str, place: int, tag: int) -> None:
    group = tag >> 16
    if group < _FIRST_GROUP or tag & 0xFFFF == 0 or group in (0xFFFE, 0xFFFF):
        raise _error(text, place, f"({group:04X},{tag & 0xFFFF:04X}) is no attribute that can be asked for")


def _why(step: Step) -> str:
    return "" if step.vr == "SQ" else ": it is no sequence"


def _error(text: str, place: int, problem: str) -> ConfigError:
    return ConfigError(f"key {text!r}, character {place + 1}: {problem}")
