"""Reads what a tool printed."""

import json
from typing import Any

import pytest


def events(captured: str) -> list[dict[str, Any]]:
    """Gives the events of --json: each line must be an object with event and time."""
    found = [json.loads(line) for line in captured.splitlines()]
    assert all(isinstance(event["event"], str) and event["time"] > 1.7e9 for event in found)
    return found


def names(found: list[dict[str, Any]]) -> list[str]:
    """Gives the kinds of the events."""
    return [event["event"] for event in found]


def failed_start(capsys: pytest.CaptureFixture[str], caught: "pytest.ExceptionInfo[SystemExit]") -> str:
    """Gives what a tool said that ended with 1 because of its command line."""
    assert caught.value.code == 1
    said = capsys.readouterr()
    assert said.out == ""
    return said.err
