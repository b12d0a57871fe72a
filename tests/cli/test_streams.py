"""The streams of a tool: whatever happens to them, the work is done and the exit code tells how."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.background import address, background
from tests.services.servers import ScriptedStore
from tests.support.instances import make_instance

pytestmark = pytest.mark.slow

COUNT = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for _ in range(COUNT):
        make_instance(tmp_path, "CT")
    return tmp_path


def sent(folder: Path, flags: list[str], **streams: Any) -> tuple[int, int]:
    """Gives the exit code of storescu, and how many objects have arrived."""
    script = ScriptedStore()
    with background(script.handlers()) as node:
        command = [sys.executable, "-m", "workbench", "storescu", *flags, *address(node), "+sd", str(folder)]
        finished = subprocess.run(command, check=False, timeout=60, **streams)
    return finished.returncode, len(script.received)


@pytest.mark.parametrize("flags", [["-v"], ["-d"], ["--json"], ["-v", "--json"], ["--trace", "/dev/full"]])
def test_a_full_disk_behind_them_does_not_end_the_work(folder: Path, flags: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        assert sent(folder, flags, stdout=full, stderr=full) == (0, COUNT)


@pytest.mark.parametrize("flags", [[], ["-v"], ["--json"]])
def test_closed_ones_do_not_end_the_work(folder: Path, flags: list[str]) -> None:
    def close() -> None:
        os.close(1)
        os.close(2)

    assert sent(folder, flags, preexec_fn=close) == (0, COUNT)


@pytest.mark.parametrize("flags", [["-v"], ["--json"]])
def test_a_reader_that_has_gone_does_not_end_the_work(folder: Path, flags: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert sent(folder, flags, stdout=writing, stderr=writing) == (0, COUNT)
    finally:
        os.close(writing)


def test_names_in_letters_that_the_terminal_has_not_are_escaped(tmp_path: Path) -> None:
    name = b"n\xe9\xff \xe6\x97\xa5.dcm"
    command = [sys.executable.encode(), b"-m", b"workbench", b"storescu", b"--arguments", b"no.invalid", b"1", name]
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    finished = subprocess.run(command, check=False, timeout=60, capture_output=True, env=environment, cwd=tmp_path)
    assert b"Traceback" not in finished.stderr
    assert rb"\udce9\udcff" in finished.stderr
