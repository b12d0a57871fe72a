"""What the shell is offered, asked as bash asks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.__main__ import TOOLS

pytestmark = pytest.mark.slow


def offered(line: str, tmp_path: Path) -> list[str]:
    """Gives the words that may stand at the end of a line."""
    answer = tmp_path / "answer"
    environment = {
        **os.environ,
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "COMP_TYPE": "9",
    }
    subprocess.run([sys.executable, "-m", "workbench"], env=environment, check=False, timeout=60)
    return [word.strip() for word in answer.read_text().split("\n") if word.strip()]


def test_tools(tmp_path: Path) -> None:
    assert offered("dwb ", tmp_path) == list(TOOLS)
    assert offered("dwb ech", tmp_path) == ["echoscu"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dwb echoscu --ab", ["--abort"]),
        ("dwb echoscu +tl", ["+tls", "+tla"]),
        ("dwb echoscu -aet X host -pt", ["-pts"]),
        ("dwb storescp --output-d", ["--output-directory"]),
    ],
)
def test_options(line: str, words: list[str], tmp_path: Path) -> None:
    assert offered(line, tmp_path) == words


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_can_be_completed(tool: str, tmp_path: Path) -> None:
    assert "--verbose" in offered(f"dwb {tool} --verb", tmp_path)
