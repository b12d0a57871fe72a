"""The recorder of a tool: who listens to it."""

from pathlib import Path

import pytest

from workbench.cli.options import add_general_options
from workbench.cli.output import Output
from workbench.cli.parser import Options, Parser
from workbench.cli.tracing import tracing
from workbench.errors import ConfigError
from workbench.trace.events import TraceEvent, TransportStep


def made(*arguments: str) -> tuple[Options, Output]:
    parser = Parser("tool", "Tests the trace.")
    add_general_options(parser, verbose_contexts=True)
    options = parser.parse(arguments)
    return options, Output(level=options.level, as_json=options.json)


def test_nothing_is_recorded_where_nobody_listens() -> None:
    with tracing(*made()) as recorder:
        assert recorder is None


def test_trace_prints_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    with tracing(*made("-ll", "trace")) as recorder:
        assert recorder is not None
        recorder.transport(recorder.open_association(), TransportStep.CONNECTED, "here \x1b - there")
    said = capsys.readouterr().err
    assert said.startswith("T:   1 ")
    assert "here \\x1b - there" in said


def test_sinks_get_every_event() -> None:
    found: list[TraceEvent] = []
    with tracing(*made(), found.append, found.append) as recorder:
        assert recorder is not None
        recorder.problem(1, "something")
    assert len(found) == 2


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match=r"cannot be written to .*nowhere"),
        tracing(*made("--trace", str(tmp_path / "nowhere" / "file"))),
    ):
        pytest.fail("there is no such folder")
