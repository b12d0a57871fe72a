"""What conftest.py promises to every other test."""

import logging
import os
from pathlib import Path

import pytest

from tests.conftest import ExpectLog, LogWatch, PeerTool


def test_every_test_has_a_home_of_its_own(home: Path) -> None:
    assert os.environ["DWB_HOME"] == str(home)
    assert not home.exists()


def test_an_unexpected_warning_of_ours_is_a_complaint(log_watch: LogWatch) -> None:
    logging.getLogger("workbench.net").warning("limit of %d reached", 3)
    assert log_watch.complaints() == ["unexpected log line: WARNING workbench.net: limit of 3 reached"]
    log_watch.records.clear()


def test_lines_below_warning_and_of_other_loggers_do_not_matter(log_watch: LogWatch) -> None:
    logging.getLogger("ui.session").info("opened")
    logging.getLogger("pynetdicom").warning("not ours")
    assert log_watch.complaints() == []


def test_an_expected_line_is_none(expect_log: ExpectLog, log_watch: LogWatch) -> None:
    expect_log(r"ERROR ui.*broken")
    expect_log("only sometimes", required=False)
    logging.getLogger("ui").error("all is broken")
    assert log_watch.complaints() == []


def test_a_line_that_was_expected_and_did_not_come_is_a_complaint(expect_log: ExpectLog, log_watch: LogWatch) -> None:
    expect_log("never said")
    assert log_watch.complaints() == ["log line not seen: never said"]
    log_watch.expected.clear()


def test_a_peer_that_is_there_is_found(peer_tool: PeerTool) -> None:
    assert peer_tool("sh").name == "sh"


def test_a_peer_that_is_missing_skips_or_fails(peer_tool: PeerTool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.conftest.ON_CI", False)
    with pytest.raises(pytest.skip.Exception, match="no-such-peer is not installed"):
        peer_tool("no-such-peer")
    monkeypatch.setattr("tests.conftest.ON_CI", True)
    with pytest.raises(pytest.fail.Exception, match="no-such-peer is not installed"):
        peer_tool("no-such-peer")
