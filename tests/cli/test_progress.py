"""The progress bar."""

import pytest

from workbench.cli.output import Level, Output
from workbench.cli.progress import ProgressBar


def test_lines_go_past_the_bar_and_back_to_normal_after_it(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(level=Level.WARNING, as_json=False)
    before = output.write
    with ProgressBar(output, total=1000) as bar:
        assert output.write != before
        bar.show(500, 1, 2)
        output.error("1.dcm: failed: [red]A700H[/red] " + "x" * 300)
    assert output.write == before
    said = capsys.readouterr()
    assert said.out == ""
    assert "E: 1.dcm: failed: [red]A700H[/red] " + "x" * 300 in said.err.splitlines()
