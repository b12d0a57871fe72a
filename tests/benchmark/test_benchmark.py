"""The measurements work: tiny ones of every kind, so that the real ones do not fail after an hour."""

import subprocess
import sys

import pytest

from tests.architecture.project_files import ROOT
from tests.conftest import PeerTool

pytestmark = [pytest.mark.slow, pytest.mark.interop]


def run_benchmark(*arguments: str) -> str:
    command = [sys.executable, "-m", "tests.benchmark", "--quick", *arguments]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_a_table_of_ratios_is_printed(peer_tool: PeerTool) -> None:
    peer_tool("storescp")
    peer_tool("echoscu")
    rows = run_benchmark(
        "echo", "small", "big", "memory big", "jobs 4 associations", "delay", "associations", "start"
    ).splitlines()
    assert rows[0] == "| case | ours | base | ratio (range) | goal | |"
    assert [row.split("|")[1].strip() for row in rows[2:]] == [
        *("echo SCU", "echo SCP", "echo both"),
        *("small SCU", "small SCP", "small both"),
        *("big both", "memory big", "jobs 4 associations", "delay one by one", "delay window 16"),
        *("associations both", "start echoscu"),
    ]


def test_answers_to_queries_are_counted(peer_tool: PeerTool) -> None:
    peer_tool("findscu")
    peer_tool("dcmqrscp")
    rows = run_benchmark("find", "pynetdicom find both").splitlines()
    assert [row.split("|")[1].strip() for row in rows[2:]] == [
        *("find SCP", "find SCU", "find both", "pynetdicom find both"),
    ]


def test_an_index_is_filled_and_searched() -> None:
    rows = run_benchmark("index").splitlines()
    assert [row.split("|")[1].strip() for row in rows[2:]] == [
        *("index first answer", "index answers", "index adding", "index memory"),
    ]


def test_the_long_runs_tell_what_they_found() -> None:
    findings = run_benchmark("endurance").splitlines()
    assert [finding[:6] for finding in findings] == ["ok    "] * 4
