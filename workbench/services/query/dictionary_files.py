"""Dictionaries of attributes in DCMTK's text form, as `DCMDICTPATH` names them: private attributes, own names.

A line is `(gggg,eeee)`, VR, name, VM and source, separated by tabs; `(gggg,"CREATOR",ee)` is a private attribute, with
the last two digits of its element in the block that its creator reserves (PS3.5 7.8.1). Groups and elements may be
ranges: `(6000-60FF,0010)`, `(0009-o-FFFF,"CREATOR",01)` of odd groups only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_NUMBER: Final = r"([0-9A-Fa-f]{2,4})(?:-(?:([oue])-)?([0-9A-Fa-f]{2,4}))?"
_TAG: Final = re.compile(rf'\({_NUMBER},(?:"([^"]*)",)?{_NUMBER}\)')
_VRS: Final = {"ox": "OW", "xs": "US", "up": "UL", "lt": "OW", "na": "UN", "px": "OW"}  # DCMTK's, for one of several


class Entry(NamedTuple):
    """An attribute; `creator` is empty for one of the standard, `tag` is then whole, else without its block."""

    tag: int
    creator: str
    vr: str
    name: str


class _Range(NamedTuple):
    groups: range
    elements: range
    entry: Entry


@dataclass(slots=True)
class DictionaryFiles:
    """What dictionary files hold.

    Attributes:
        problems: what could not be read, with file and line.
    """

    problems: list[str] = field(default_factory=list)
    _by_name: dict[str, Entry] = field(default_factory=dict)
    _by_tag: dict[tuple[int, str], Entry] = field(default_factory=dict)
    _ranges: list[_Range] = field(default_factory=list)

    @classmethod
    def read(cls, paths: Iterable[str]) -> "DictionaryFiles":
        """Reads files; of two entries the later one counts. Blocks."""
        files = cls()
        for path in paths:
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    for number, line in enumerate(file, start=1):
                        files._add(line, f"{path}:{number}")
            except OSError as error:
                files.problems.append(f"{path}: {error.strerror or error}")
        return files

    def named(self, name: str) -> Entry | None:
        """Gives the attribute of a name, of a range the first one."""
        return self._by_name.get(name)

    def entry(self, tag: int, creator: str = "") -> Entry | None:
        """Gives what is known of a tag; `creator` is that of the block that a private one lies in."""
        if creator:
            tag &= 0xFFFF00FF
        found = self._by_tag.get((tag, creator))
        if found is not None:
            return found
        group, element = tag >> 16, tag & 0xFFFF
        for groups, elements, entry in self._ranges:
            if entry.creator == creator and group in groups and element in elements:
                return entry
        return None

    def _add(self, line: str, place: str) -> None:
        if not line.strip() or line.startswith("#"):
            return
        tag_text, _, rest = line.strip().partition("\t")
        match = _TAG.fullmatch(tag_text.strip())
        fields = [each.strip() for each in rest.split("\t")]
        if match is None or len(fields) < 2 or not fields[1]:
            self.problems.append(f"{place}: this is no entry of a dictionary")
            return
        low, group_kind, high, creator, first, element_kind, last = match.groups()
        groups = _range(low, high, group_kind or "e")  # DCMTK: even ones, unless the range says otherwise
        elements = _range(first, last, element_kind or "u")
        vr = _VRS.get(fields[0], fields[0])
        start = elements.start & 0xFF if creator else elements.start
        entry = Entry(groups.start << 16 | start, creator or "", vr, fields[1])
        self._by_name[entry.name] = entry
        if len(groups) == len(elements) == 1:
            self._by_tag[entry.tag, entry.creator] = entry
        else:
            self._ranges.append(_Range(groups, elements, entry))


def _range(low: str, high: str | None, kind: str) -> range:
    """Gives the numbers of a range: `kind` is o for the odd ones, e for the even ones, u for all."""
    first = int(low, 16)
    if not high:
        return range(first, first + 1)
    if kind != "u" and first % 2 != (kind == "o"):
        first += 1
    return range(first, int(high, 16) + 1, 1 if kind == "u" else 2)
