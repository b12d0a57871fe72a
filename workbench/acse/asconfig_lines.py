"""The lexical layer of DCMTK's configuration files: super-sections, sections and entries, each with its line.

It reads as DCMTK 3.6.7 does, which knows no wrong syntax: names begin after brackets, keys end at the next "=",
wherever that is, and a line that begins with white space goes on with the value of the line above. What DCMTK passes
over in silence is remarked on here. Only a `#` in the first column begins a comment.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_BYTE_ORDER_MARK: Final = "\ufeff"
_SHOWN: Final = 40  # characters of a line in a remark
_BLANKS: Final = " \t\n\v\f"


class Remark(NamedTuple):
    """What a reader of the file should know about a line."""

    line: int
    text: str


class Entry(NamedTuple):
    """A key and its value; the key is folded, `written` is as it stands in the file."""

    line: int
    key: str
    value: str
    written: str


@dataclass(slots=True, kw_only=True)
class Section:
    """A list or a profile: its folded name, its name as written, its entries.

    Attributes:
        is_unclosed: the closing bracket is not in its line, so that more belongs to the name than was meant.
    """

    line: int
    name: str
    written: str
    is_unclosed: bool = False
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class SuperSection:
    """What stands under a name in two brackets."""

    line: int
    name: str
    written: str
    sections: list[Section] = field(default_factory=list)


def folded(name: str) -> str:
    """Gives a name as DCMTK compares it: in upper case, and nothing but letters, digits, "-" and "_"."""
    return "".join(mark for mark in name.upper() if mark.isascii() and (mark.isalnum() or mark in "-_"))


def read_lines(text: str) -> tuple[list[SuperSection], list[Remark]]:
    """Gives the super-sections of a file in their order, and what is odd about its lines."""
    reader = _Reader(text)
    reader.read()
    return reader.found, reader.remarks


class _Reader:
    def __init__(self, text: str) -> None:
        self.found: list[SuperSection] = []
        self.remarks: list[Remark] = []
        self._section: Section | None = None
        if text.startswith(_BYTE_ORDER_MARK):
            text = text.removeprefix(_BYTE_ORDER_MARK)
            self._remark(1, "the file begins with a byte order mark, with which DCMTK cannot read it")
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ").split("\n")
        kept = [(number, line) for number, line in enumerate(lines, 1) if not line.startswith("#")]
        self._text = "\n".join(line for _, line in kept)
        self._numbers = [number for number, _ in kept]
        self._starts = list(_starts(line for _, line in kept))
        self._at = 0

    def read(self) -> None:
        while self._skip_blanks():
            if self._text[self._at] == "[":
                self._read_name()
            else:
                self._read_entry()

    def _read_name(self) -> None:
        line, level = self._line(self._at), 0
        while self._skip_blanks() and self._text[self._at] == "[":
            level += 1
            self._at += 1
        has_bracket, taken = self._text.find("]", self._at) >= 0, self._until("]")
        is_unclosed = "\n" in taken or not has_bracket
        if is_unclosed:
            first = taken.partition("\n")[0].strip()
            to = f"line {self._line(self._at - 1)}" if has_bracket else "the end of the file"
            self._remark(line, f"'{'[' * level}{_short(first)}' lacks its closing bracket: its name goes on to {to}")
        written = _short(taken) if is_unclosed else " ".join(taken.split())
        for _ in range(level - 1):
            lost = self._until("]")
            if lost.strip():
                self._remark(line, f"'{_short(written)}' lacks a closing bracket: '{_short(lost)}' is lost")
        if level > 1:
            self.found.append(SuperSection(line=line, name=folded(taken), written=written))
            self._section = None
            return
        self._section = Section(line=line, name=folded(taken), written=written, is_unclosed=is_unclosed)
        if self.found:
            self.found[-1].sections.append(self._section)
        else:
            self._remark(line, f"[{_short(written)}] stands before the first super-section and is left out")

    def _read_entry(self) -> None:
        line = self._line(self._at)
        is_last = self._text.find("=", self._at) < 0
        written = self._until("=").strip(_BLANKS)
        first, *further = written.split("\n")
        if is_last:
            if not folded(written):
                return
            self._remark(line, f"'{_short(written)}' has no '=', so that its value is empty")
        elif folded(first) and folded("".join(further)):
            last = self._line(self._at - 1)
            self._remark(
                line, f"'{_short(first)}' has no '=', so that it makes one key with what follows, to line {last}"
            )
        entry = Entry(line, folded(written), self._value(), _short(written))
        if self._section is None:
            self._remark(line, f"'{entry.written}' stands outside of a section and is left out")
        else:
            self._section.entries.append(entry)

    def _value(self) -> str:
        """Gives the rest of the line, and of the lines below that begin with white space."""
        parts = [self._until("\n")]
        while self._at < len(self._text) and self._text[self._at] in _BLANKS:
            parts.append(self._until("\n").lstrip(_BLANKS))
        return "\n".join(parts).rstrip("\n").lstrip(_BLANKS)

    def _skip_blanks(self) -> bool:
        """Goes to what comes next; False at the end."""
        while self._at < len(self._text) and self._text[self._at] in _BLANKS:
            self._at += 1
        return self._at < len(self._text)

    def _until(self, mark: str) -> str:
        """Takes what comes before a mark, and the mark; all that is left where there is none."""
        end = self._text.find(mark, self._at)
        end = len(self._text) if end < 0 else end
        taken = self._text[self._at : end]
        self._at = min(end + 1, len(self._text))
        return taken

    def _line(self, at: int) -> int:
        return self._numbers[bisect_right(self._starts, at) - 1]

    def _remark(self, line: int, text: str) -> None:
        self.remarks.append(Remark(line, text))


def _starts(lines: Iterable[str]) -> Iterator[int]:
    at = 0
    for line in lines:
        yield at
        at += len(line) + 1


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
