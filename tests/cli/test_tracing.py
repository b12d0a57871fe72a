"""The trace of -d, and errors as events."""

import pytest

from tests.cli.events import events
from workbench.cli.output import Level, Output
from workbench.cli.tracing import error_event, tracing_recorder
from workbench.errors import (
    AssociationAborted,
    AssociationRejected,
    AssociationReleased,
    TransportError,
    WorkbenchError,
)
from workbench.trace.events import TraceEvent, TransportStep


def test_nothing_is_recorded_where_nobody_listens() -> None:
    assert tracing_recorder(Output(level=Level.INFO, as_json=False)) is None


def test_debug_prints_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    recorder = tracing_recorder(Output(level=Level.DEBUG, as_json=False))
    assert recorder is not None
    recorder.transport(recorder.open_association(), TransportStep.CONNECTED, "here \x1b - there")
    said = capsys.readouterr().err
    assert said.startswith("D:   1 ")
    assert "here \\x1b - there" in said


def test_sinks_get_every_event() -> None:
    found: list[TraceEvent] = []
    recorder = tracing_recorder(Output(level=Level.WARNING, as_json=False), found.append, found.append)
    assert recorder is not None
    recorder.problem(1, "something")
    assert len(found) == 2


@pytest.mark.parametrize(
    ("error", "name", "fields"),
    [
        (AssociationRejected(2, 3, 2), "rejected", {"result": 2, "source": 3, "code": 2}),
        (
            AssociationAborted(2, 6, by_peer=True, cause="too long"),
            "aborted",
            {"by_peer": True, "source": 2, "code": 6, "reason": "too long"},
        ),
        (AssociationReleased("released by the peer"), "released", {"reason": "released by the peer"}),
        (TransportError("nobody there", stage="connect"), "error", {"reason": "nobody there"}),
    ],
)
def test_error_becomes_its_event(
    error: WorkbenchError, name: str, fields: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    error_event(Output(level=Level.WARNING, as_json=True), error, association=7)
    (event,) = events(capsys.readouterr().out)
    assert event["event"] == name
    assert event["association"] == 7
    assert fields.items() <= event.items()
