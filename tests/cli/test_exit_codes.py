"""The exit codes: each is one that a tool ends with."""

import ast
from pathlib import Path

from workbench import cli
from workbench.cli import exit_codes

FOLDER = Path(cli.__file__).parent


def test_each_is_used_by_a_tool() -> None:
    used = {
        alias.name
        for path in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == exit_codes.__name__
        for alias in node.names
    }
    assert {name for name in vars(exit_codes) if name.startswith("EXIT_")} <= used


def test_they_fit_into_what_a_shell_sees() -> None:
    assert all(0 <= value < 128 for name, value in vars(exit_codes).items() if name.startswith("EXIT_"))
