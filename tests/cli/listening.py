"""The receiving tools, as the processes that they are."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.cli.events import events


class Tool:
    """A running tool.

    Attributes:
        said: what it printed on standard error before it listened.
        port: the port it listens on.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        self.process = process
        self.said = ""
        self.port = ""
        for line in process.stderr:
            if match := re.fullmatch(r"listening on (\S+):(\d+)\n", line):
                self.host, self.port = match.groups()
                return
            self.said += line

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[list[dict[str, Any]], str]:
        """Sends a signal; gives the events and the rest of what was said once it has ended."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return events(out), err

    def wait_for(self, kind: str) -> dict[str, Any]:
        """Gives the next event of a kind."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if (event := json.loads(line))["event"] == kind:
                return dict(event)
        raise AssertionError(f"the tool ended without {kind}")


@contextmanager
def running(*arguments: str, tool: str = "storescp") -> Iterator[Tool]:
    """Gives a running tool on a free port."""
    command = [sys.executable, "-m", "workbench", tool, "0", "--json", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Tool(process)
        finally:
            process.kill()


@contextmanager
def on_loopback(*arguments: str, tool: str = "storescp") -> Iterator[Tool]:
    """Gives a running tool on a free port of loopback."""
    with running("--bind", "127.0.0.1", *arguments, tool=tool) as process:
        yield process
