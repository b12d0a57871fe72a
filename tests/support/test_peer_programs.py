"""An activated environment does not hide the programs of other implementations."""

import os
import sysconfig
from pathlib import Path

import pytest

from tests.support.peer_programs import find_program


def program(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    made = folder / name
    made.write_text("#!/bin/sh\n")
    made.chmod(0o755)
    return made


def test_scripts_of_this_python_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = tmp_path / "scripts"
    script, other = program(scripts, "peer-scu"), program(tmp_path / "other", "peer-scu")
    monkeypatch.setenv("PATH", os.pathsep.join((str(scripts), str(other.parent))))
    assert find_program("peer-scu") == script
    monkeypatch.setattr(sysconfig, "get_path", {"scripts": str(scripts)}.__getitem__)
    assert find_program("peer-scu") == other


def test_a_program_that_is_nowhere_is_none() -> None:
    assert find_program("no-such-peer") is None
