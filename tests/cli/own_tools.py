"""Our tools that serve, as the processes that they are."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(tool: str, *arguments: str | Path) -> Iterator[int]:
    """Runs one of our tools on a free port of loopback, which is given, and stops it at the end."""
    words = [sys.executable, "-m", "workbench", tool, "0", "--bind", "127.0.0.1", *map(str, arguments)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, errors="replace") as process:
        assert process.stderr is not None
        try:
            said = ""
            for line in process.stderr:
                if match := re.fullmatch(r"listening on \S+:(\d+)\n", line):
                    yield int(match[1])
                    break
                said += line
            else:
                raise AssertionError(f"{tool} does not start: {said}")
        finally:
            process.terminate()
