"""Options that the sending tools share."""

import os
from pathlib import Path

import pytest

from workbench.cli.options import add_general_options
from workbench.cli.output import Level, Output
from workbench.cli.parser import Parser
from workbench.cli.send_options import add_deflate_option, add_parallel_options, dots, progress_bar, write_report
from workbench.cli.send_report import Dots, SendReport


def parser() -> Parser:
    made = Parser("tool", "Does nothing.")
    add_general_options(made)
    add_parallel_options(made)
    add_deflate_option(made, "deflating")
    return made


def test_defaults_are_one_at_a_time() -> None:
    options = parser().parse([])
    assert (options.window, options.jobs, options.deflate_level) == (1, 1, -1)
    assert parser().parse(["+cl", "0"]).deflate_level == 0


@pytest.mark.parametrize(
    ("words", "are_drawn"),
    [([], False), (["-v"], True), (["-v", "--json"], False), (["-v", "--jobs", "3"], True), (["-d"], False)],
)
def test_dots_are_drawn_where_they_disturb_nothing(words: list[str], are_drawn: bool) -> None:
    assert isinstance(dots(parser().parse(words)), Dots) == are_drawn


def test_no_bar_is_drawn_without_a_terminal() -> None:
    output = Output(level=Level.WARNING, as_json=False)
    report = SendReport(output, [], unreadable=0)
    with progress_bar(output, report):
        assert report.show is None


def test_report_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(level=Level.WARNING, as_json=False)
    assert write_report(str(tmp_path / "report"), "ünë", output)
    assert (tmp_path / "report").read_text(encoding="utf-8") == "ünë"
    name = os.fsdecode(b"caf\xe9.dcm")
    assert write_report(str(tmp_path / "report"), name, output)
    assert (tmp_path / "report").read_bytes() == os.fsencode(name)
    assert not write_report(str(tmp_path / "none" / "report"), "", output)
    assert "the report cannot be written: No such file or directory" in capsys.readouterr().err
