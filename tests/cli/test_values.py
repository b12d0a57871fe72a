"""What words of a command line become, and what is said of those that cannot be it."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.cli.values import (
    at_least,
    choice,
    existing_file,
    existing_folder,
    listening_port,
    network,
    pdu_length,
    port_number,
    positive,
    seconds,
    sent_pdu_length,
    utf8,
    within,
)


@pytest.mark.parametrize(
    ("convert", "text", "value"),
    [
        (port_number, "104", 104),
        (listening_port, "0", 0),
        (positive, "1", 1),
        (at_least(0), "0", 0),
        (within(0, 9), "9", 9),
        (pdu_length, "0", 0),
        (pdu_length, "4096", 4096),
        (sent_pdu_length, "131072", 131072),
        (seconds, "0.5", 0.5),
        (choice("a", "b"), "b", "b"),
        (network, "192.0.2.0/24", "192.0.2.0/24"),
        (utf8, "Müller", "Müller"),
        (utf8, "M\udcc3\udcbcller", "Müller"),
    ],
)
def test_a_word_becomes_a_value(convert: Callable[[str], Any], text: str, value: object) -> None:
    assert convert(text) == value


@pytest.mark.parametrize(
    ("convert", "text", "problem"),
    [
        (port_number, "0", "0 is not a port: 1 to 65535"),
        (port_number, "x", "'x' is not a port"),
        (listening_port, "65536", "or 0 for a free one"),
        (at_least(-1), "-2", "-1 or more"),
        (within(0, 9), "10", "10 is not a number in its range: 0 to 9"),
        (pdu_length, "4095", "0 .no limit. or 4096 and above"),
        (sent_pdu_length, "0", "4096 and above"),
        (seconds, "inf", "'inf' is not a time in seconds above 0"),
        (choice("a", "b"), "c", "'c' is none of a, b"),
        (utf8, "M\udcfcller", "is not UTF-8"),
        (network, "pacs", "'pacs' is not an address or a network"),
    ],
)
def test_a_word_that_cannot_be_one_is_said(convert: Callable[[str], Any], text: str, problem: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=problem):
        convert(text)


def test_files_and_folders_must_be_there(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert (existing_file(str(file)), existing_folder(str(tmp_path))) == (str(file), str(tmp_path))
    with pytest.raises(argparse.ArgumentTypeError, match="there is no file"):
        existing_file(str(tmp_path))
    with pytest.raises(argparse.ArgumentTypeError, match="there is no folder"):
        existing_folder(str(file))
