"""Tells at the end of a run what the table of options showed."""

import pytest

from tests.cli.option_table import identifier, rows, summary

_TEST = "test_option_table.py::test_option["


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints how many options of each tool are implemented, refused and there, as far as their tests passed."""
    reports = terminalreporter.stats.get("passed", [])
    passed = {report.nodeid.partition(_TEST)[2].removesuffix("]") for report in reports if _TEST in report.nodeid}
    shown = [row for row in rows() if identifier(row) in passed]
    if shown:
        terminalreporter.section("options of the tools")
        terminalreporter.write_line(summary(shown))
