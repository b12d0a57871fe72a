"""The help of a tool as users of DCMTK know it: groups with titles, short and long spelling in columns."""

import shutil
import textwrap
from collections.abc import Iterable, Iterator

from workbench.cli.parser import Group, Option, Parser

_NARROWEST = 60
_WIDEST = 110
_SPELLINGS = 34  # characters of the column before the text


def help_text(parser: Parser) -> str:
    """Gives the whole help, fitted to the terminal."""
    width = min(max(shutil.get_terminal_size((100, 24)).columns, _NARROWEST), _WIDEST)
    return "\n".join(_lines(parser, width)) + "\n"


def _lines(parser: Parser, width: int) -> Iterator[str]:
    names = [f"{each.name}..." if each.many else each.name for each in parser.positionals]
    shown = [f"[{name}]" if each.optional else name for name, each in zip(names, parser.positionals, strict=True)]
    yield " ".join(["usage:", parser.program, "[options]", *shown])
    yield ""
    yield from textwrap.wrap(parser.description, width)
    if parser.positionals:
        yield ""
        yield "parameters:"
        for each in parser.positionals:
            yield from _entry(f"  {each.name}", each.help, width)
    yield from _groups(parser.groups, width)
    if parser.epilog:
        yield ""
        for paragraph in parser.epilog.split("\n"):
            yield from textwrap.wrap(paragraph, width) or [""]


def _groups(groups: Iterable[Group], width: int) -> Iterator[str]:
    """Gives those of one title together, where the first of them stands."""
    titles: dict[str, list[tuple[str, list[Option]]]] = {}
    for group in groups:
        title, _, subtitle = group.title.partition(": ")
        options = [option for option in group.options if option.help]
        if options:
            titles.setdefault(title, []).append((subtitle, options))
    for title, parts in titles.items():
        yield ""
        yield f"{title}:"
        for subtitle, options in parts:
            if subtitle:
                yield f"  {subtitle}:"
            for option in options:
                yield from _entry(_spelling(option), option.help, width)


def _spelling(option: Option) -> str:
    short = " ".join(each for each in option.spellings if not each.startswith("--"))
    long = " ".join(each for each in option.spellings if each.startswith("--"))
    return " ".join(filter(None, (f"    {short:<5}", long, " ".join(option.metavars))))


def _entry(left: str, text: str, width: int) -> Iterator[str]:
    wrapped = textwrap.wrap(text, width - _SPELLINGS) or [""]
    if len(left) > _SPELLINGS - 2:
        yield left
        left = ""
    for line in wrapped:
        yield f"{left:<{_SPELLINGS}}{line}".rstrip()
        left = ""
