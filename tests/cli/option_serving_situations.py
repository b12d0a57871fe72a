"""The situations in which the options are tried of the tools that are called: who calls them, and what with."""

import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from tests.cli.option_caller import Call
from tests.cli.option_materials import UNKNOWN_CLASS, Sample, sample, samples
from tests.cli.option_observing import Observation, contents, observe
from tests.cli.option_rendering import DEFLATED
from tests.cli.option_running import Run
from tests.cli.option_scenarios import Drive, Scenario, furnish
from tests.cli.option_situations import EVERY_SYNTAX, secure_calls
from tests.cli.option_wire import PATIENCE, Wire
from workbench.upper_layer.pdu import ReleaseRq

_SAMPLES: Final = samples()
_MANY: Final = 50
_SHORT: Final = 3.0  # seconds that something is given that should not come


def _calls(*calls: dict[str, Any]) -> Drive:
    """Gives one association after another."""

    def drive(port: int, lines: list[str], tls_lines: list[str], folder: Path) -> None:
        for arguments in calls:
            Call(lines=lines, tls_lines=tls_lines, **arguments).run(port)

    return drive


def _sends(*names: str, **arguments: Any) -> Drive:
    return _calls({"samples": tuple(_SAMPLES[name] for name in names), "echoes": 1, **arguments})


def _three_at_once(port: int, lines: list[str], tls_lines: list[str], folder: Path) -> None:
    """Asks for a second association while the first one stands, and for a third."""
    with ExitStack() as stack:
        first = Call()
        wire = first.connect(port, stack)
        assert wire is not None
        assert first.associate(wire)
        first.echoes = _MANY
        for _ in range(2):
            other = Call()
            another = other.connect(port, stack)
            assert another is not None
            other.send_request(another)
            assert first.echo(wire)  # so often that whoever serves both has come to the other one as well
            is_answered = bool(select.select([another.sock], [], [], 0)[0])
            lines.append(type(another.receive()).__name__ if is_answered else "waits")
        wire.send(ReleaseRq())


def _with_hook(*names: str, idle_for: str = "") -> Drive:
    """Sends objects, notes whether a command has ended when the next request is answered.

    The tool waits for its commands before it ends; `idle_for` is a file for which it is given a while before.
    """

    def drive(port: int, lines: list[str], tls_lines: list[str], folder: Path) -> None:
        call = Call(samples=tuple(_SAMPLES[name] for name in names), lines=lines)
        with ExitStack() as stack:
            wire = call.connect(port, stack)
            assert wire is not None
            if call.associate(wire) and call.store(wire):
                call.echoes = 1
                call.echo(wire)
                lines.append(f"done before the echo: {(folder / 'other' / 'hook').exists()}")
            wire.send(ReleaseRq())
            wire.receive()
        deadline = time.monotonic() + _SHORT
        while idle_for and not (folder / idle_for).exists() and time.monotonic() < deadline:
            time.sleep(0.02)  # nothing tells when a program has done its work

    return drive


def _both_families(port: int, lines: list[str], tls_lines: list[str], folder: Path) -> None:
    for host in ("127.0.0.1", "::1"):
        Call(host=host, lines=lines).run(port)


def _secure(port: int, lines: list[str], tls_lines: list[str], folder: Path) -> None:
    _calls(*secure_calls())(port, lines, tls_lines, folder)


def _secure_once(port: int, lines: list[str], tls_lines: list[str], folder: Path) -> None:
    _calls(secure_calls()[0])(port, lines, tls_lines, folder)


def _named(port: int, lines: list[str], tls_lines: list[str], folder: Path) -> None:
    """Calls with the server name that is expected, with another, without."""
    for name in ("node.test", "localhost", None):
        _calls({**secure_calls()[0], "server_name": name})(port, lines, tls_lines, folder)


class Inherited(Scenario):
    """A tool that is given its association by the descriptor of its standard input."""

    def play(self, tool: str, options: Sequence[str], folder: Path, words: str | None = None) -> Observation:
        """Runs the tool as a process of its own."""
        furnish(folder)
        before = contents(folder)
        call = Call(samples=(_SAMPLES["ct.dcm"],))
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "workbench", tool, *options, "-od", "out"]
        with (
            ours,
            subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, text=True
            ) as process,
        ):
            theirs.close()
            call.talk(Wire(ours, call.lines))
            ours.close()
            out, err = process.communicate(timeout=PATIENCE)
        return observe(Run(process.returncode, out, err), folder, before, call.lines, [])


_STUDIES: Final = ("ct.dcm", "second.dcm", "mr.dcm", "third.dcm")


def called_tools() -> dict[str, dict[str, Scenario]]:
    """Gives the situations of each tool that is called."""
    accepts = {"storescp": "-od out", "dcmrecv": "-od out -xf cfg/scp.cfg Wanted"}
    return {tool: _situations(options) for tool, options in accepts.items()}


def _situations(options: str) -> dict[str, Scenario]:
    every = sample(1)
    unknown = Sample(number=1, sop_class=UNKNOWN_CLASS, elements=every.elements)

    def served(drive: Drive, words: str = "0", more: str = options, typed: str = "") -> Scenario:
        return Scenario(options=more, words=words, drive=drive, typed=typed)

    drives: dict[str, Callable[..., None]] = {
        "plain": _sends("ct.dcm", "mr.dcm"),
        "rich": _sends("rich.dcm"),
        "implicit": _sends("implicit.dcm"),
        "to be deflated": _sends("rich.dcm", syntaxes=(DEFLATED,)),
        "every syntax": _calls({"samples": (every,), "syntaxes": EVERY_SYNTAX}),
        "studies": _sends(*_STUDIES),
        "again": _sends("ct.dcm", "ct.dcm"),
        "unknown class": _calls({"samples": (unknown,)}),
        "anonymous": _sends("ct.dcm", anonymous=True),
        "padded": _sends("padded.dcm", padded=True),
        "broken": _sends("broken.dcm"),
        "three at once": _three_at_once,
        "hook": _with_hook("ct.dcm"),
        "end of study": _with_hook("ct.dcm", "mr.dcm"),
        "idle": _with_hook("ct.dcm", idle_for="other/ended"),
        "families": _both_families,
        "tls": _secure,
        "named": _named,
    }
    return {
        **{name: served(drive) for name, drive in drives.items()},
        "no profile": served(drives["plain"], more="-od out"),
        "no folder": served(drives["plain"], more=options.removeprefix("-od out").strip()),
        "typed": served(_secure_once, typed="secret"),
        "words": served(drives["plain"]),
        "inherited": Inherited(),
    }
