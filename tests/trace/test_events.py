"""What every trace event promises to those that read a mixed stream."""

from typing import get_args

import pytest

from workbench.trace.events import Direction, PduEvent, TraceEvent


@pytest.mark.parametrize("kind", get_args(TraceEvent))
def test_every_event_begins_with_number_time_and_association(kind: type[tuple[object, ...]]) -> None:
    assert kind._fields[:3] == ("number", "time", "association")  # type: ignore[attr-defined]


def test_an_event_cannot_be_changed() -> None:
    event = PduEvent(1, 0.0, 1, Direction.SENT, 5, 10, b"\x05\0\0\0\0\x04\0\0\0\0")
    with pytest.raises(AttributeError):
        event.length = 11  # type: ignore[misc]
