"""The progress bar that counts instances."""

import sys

import pytest

from workbench.cli.count_bar import CountBar, counting
from workbench.cli.output import Level, Output
from workbench.cli.retrieve_report import RetrieveReport
from workbench.services.query.attribute_names import AttributeNames


def made(level: Level = Level.WARNING) -> tuple[Output, RetrieveReport]:
    output = Output(level=level, as_json=False)
    return output, RetrieveReport(output, AttributeNames(), "Get")


def test_lines_go_past_the_bar_and_back_to_normal_after_it(capsys: pytest.CaptureFixture[str]) -> None:
    output, _ = made()
    before = output.write
    with CountBar(output) as bar:
        bar.show(1, None)
        bar.show(1, 2)
        output.error("[red]failed[/red]")
    assert output.write == before
    said = capsys.readouterr()
    assert said.out == ""
    assert "E: [red]failed[/red]" in said.err.splitlines()


@pytest.mark.parametrize(
    ("is_terminal", "as_json", "level", "is_drawn"),
    [
        (True, False, Level.WARNING, True),
        (False, False, Level.WARNING, False),
        (True, True, Level.WARNING, False),
        (True, False, Level.INFO, False),
        (True, False, Level.FATAL, False),
    ],
)
def test_it_is_drawn_on_a_quiet_terminal(
    is_terminal: bool, as_json: bool, level: Level, is_drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, report = made(level)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    with counting(output, report, as_json=as_json):
        assert (report.show is not None) is is_drawn
