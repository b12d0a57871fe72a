"""The help: every option in its group, fitted to the terminal."""

import importlib

import pytest

from workbench.__main__ import TOOLS
from workbench.cli.help import help_text
from workbench.cli.parser import Parser


def parser_of(tool: str) -> Parser:
    parser: Parser = importlib.import_module(f"workbench.cli.{tool}").make_parser()
    return parser


@pytest.mark.parametrize("tool", TOOLS)
def test_every_option_of_a_tool_is_told_in_its_group(tool: str) -> None:
    parser = parser_of(tool)
    said = help_text(parser)
    assert said.startswith(f"usage: dwb {tool} [options]")
    for group in parser.groups:
        title, _, subtitle = group.title.partition(": ")
        assert f"\n{title}:\n" in said
        assert f"\n  {subtitle}:\n" in said or not subtitle
        for option in group.options:
            for spelling in option.spellings:
                assert f" {spelling} " in said.replace("\n", " \n"), spelling


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(("columns", "widest"), [("80", 80), ("300", 110)])
def test_it_fits_the_terminal(tool: str, columns: str, widest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    _, *lines = help_text(parser_of(tool)).splitlines()
    assert max(map(len, lines)) <= widest


@pytest.mark.parametrize("tool", TOOLS)
def test_groups_of_one_title_stand_together(tool: str) -> None:
    titles = [line for line in help_text(parser_of(tool)).splitlines() if line.endswith(":") and line[0] != " "]
    assert len(titles) == len(set(titles))
