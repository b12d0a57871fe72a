"""The measurement of the window works: a tiny one."""

import subprocess
import sys

import pytest

from tests.architecture.project_files import ROOT

pytestmark = pytest.mark.slow


def test_a_row_is_printed_for_each_case() -> None:
    pytest.importorskip("PySide6")
    command = [sys.executable, "-m", "tests.benchmark.gui_latency", "--quick"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    rows = finished.stdout.splitlines()
    assert rows[0] == "| case | objects/s | p50 | p95 | p99 | max | over 33 ms |"
    assert [row.split("|")[1].strip() for row in rows[2:]] == ["small", "ct"]
