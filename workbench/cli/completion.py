"""What the shell offers when TAB is pressed: tools, options and values, by argcomplete (extra `completion`).

`eval "$(register-python-argcomplete dwb)"` in a start-up file of bash or zsh switches it on. The shell then runs `dwb`
with a variable in its environment, and argcomplete answers instead of the tool.
"""

import argparse
import importlib
import os
from collections.abc import Mapping

import argcomplete

from workbench.cli.parser import Parser


def complete(tools: Mapping[str, str]) -> None:
    """Answers the shell and ends the program.

    Args:
        tools: tool -> what it does, in a few words.
    """
    words = os.environ.get("COMP_LINE", "").split()
    tool = next((word for word in words[1:2] if word in tools), None)
    argcomplete.autocomplete(_every_tool(tools) if tool is None else _one_tool(tool))


def _every_tool(tools: Mapping[str, str]) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="dwb", add_help=False)
    made.add_argument("tool", choices=list(tools))
    return made


def _one_tool(tool: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="dwb", add_help=False)
    commands = made.add_subparsers()
    parser: Parser = importlib.import_module(f"workbench.cli.{tool}").make_parser()
    fill(commands.add_parser(tool, prefix_chars="-+", add_help=False), parser)
    return made


def fill(made: argparse.ArgumentParser, parser: Parser) -> None:
    """Adds to a parser of argparse what a parser of ours reads, for those who want to know its options."""
    for group in parser.groups:
        for option in group.options:
            if option.metavars:
                made.add_argument(*option.spellings, nargs=len(option.metavars), help=option.help)
            else:
                made.add_argument(*option.spellings, action="store_true", help=option.help)
    for positional in parser.positionals:
        made.add_argument(positional.dest, nargs="*" if positional.many else "?", help=positional.help)
