"""Lines for people and events for programs."""

import json
import logging

import pytest

from tests.cli.events import events
from workbench.cli.output import Level, Output, printable
from workbench.errors import (
    AssociationAborted,
    AssociationRejected,
    AssociationReleased,
    TransportError,
    WorkbenchError,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("Prüfkörper", "Prüfkörper"),
        ("\x1b[2J\r\n\0", r"\x1b[2J\r\n\x00"),
        ("a\x9b31m", r"a\x9b31m"),
        ("evil\u202egnp", r"evil\u202egnp"),
        ("\udcff", r"\udcff"),
    ],
)
def test_nothing_that_came_from_outside_controls_the_terminal(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_level_decides_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(level=Level.WARNING, as_json=False)
    output.info("quiet")
    output.warning("odd\n")
    output.error("bad")
    output.fatal("over")
    assert capsys.readouterr() == ("", "W: odd\\n\nE: bad\nF: over\n")


def test_event_is_one_line_of_json_with_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(level=Level.WARNING, as_json=True)
    output.event("sent", association=1, file="a\n\udcff", status=0, reason=None)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    event = json.loads(out)
    assert event.pop("time") > 1.7e9
    assert event == {"event": "sent", "association": 1, "file": "a\n\udcff", "status": 0}


def test_events_are_printed_on_request_only(capsys: pytest.CaptureFixture[str]) -> None:
    Output(level=Level.DEBUG, as_json=False).event("sent")
    assert capsys.readouterr() == ("", "")


def test_log_lines_of_the_library_go_among_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    Output(level=Level.INFO, as_json=False)
    logger = logging.getLogger("workbench.net")
    logger.info("= association %d", 3)
    logger.debug("not asked for")
    assert capsys.readouterr() == ("", "I: = association 3\n")


def test_traceback_of_a_defect_stays_readable(capsys: pytest.CaptureFixture[str]) -> None:
    Output(level=Level.INFO, as_json=False)
    try:
        raise ValueError("on purpose")
    except ValueError:
        logging.getLogger("workbench.net").info("defect", exc_info=True)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "I: defect"
    assert lines[-1] == "I: ValueError: on purpose"


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
    Output(level=Level.WARNING, as_json=True).failure(error, association=7)
    (event,) = events(capsys.readouterr().out)
    assert event["event"] == name
    assert event["association"] == 7
    assert fields.items() <= event.items()


def test_a_failure_is_told_with_its_condition_code_and_our_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    Output(level=Level.FATAL, as_json=False).failed("Association Request", TransportError("no way", stage="connect"))
    assert capsys.readouterr().err == ("F: Association Request Failed: 0006:031c TCP Initialization Error: no way\n")


def test_a_rejection_is_told_in_the_words_of_dcmtk_too(capsys: pytest.CaptureFixture[str]) -> None:
    Output(level=Level.FATAL, as_json=False).failed("Association Request", AssociationRejected(1, 1, 7))
    assert capsys.readouterr().err.splitlines()[:3] == [
        "F: Association Rejected:",
        "F: Result: Rejected Permanent, Source: Service User",
        "F: Reason: Called AE Title Not Recognized",
    ]
