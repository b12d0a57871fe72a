"""Runs a tool in this process, as `dwb TOOL` does, and notes what it says, waits for and asks the system."""

import asyncio
import contextlib
import importlib
import io
import os
import signal
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any
from unittest import mock

from workbench.cli.parser import Options, Parser
from workbench.cli.serving import Serving

_LISTENING = "listening on "
_PATIENCE = 30.0  # seconds


@dataclass
class Run:
    """What a run of a tool was like.

    Attributes:
        waits: the whole seconds that it asked the clock for.
        calls: what it asked the system: names looked up, entropy given.
    """

    exit: int = 0
    out: str = ""
    err: str = ""
    waits: set[int] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)


class _Stream(io.StringIO):
    """A standard stream that passes on each port that it tells."""

    def __init__(self, ports: "Queue[int]") -> None:
        super().__init__()
        self._ports = ports

    def write(self, text: str) -> int:
        for line in text.splitlines():
            if line.startswith(_LISTENING):
                self._ports.put(int(line.rpartition(":")[2]))
        return super().write(text)


def run_tool(
    tool: str,
    arguments: Sequence[str],
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    typed: str = "",
    while_serving: Callable[[int], None] | None = None,
) -> Run:
    """Runs a tool to its end.

    Args:
        tool: its name.
        arguments: its command line.
        folder: the current folder of the tool.
        environment: variables that it has besides.
        typed: what comes on its standard input, and what a person answers when asked for a password.
        while_serving: called in a thread of its own with the port, once the tool listens; then the tool is told to
            stop by a signal.
    """
    run = Run()
    ports: Queue[int] = Queue()
    out, err = _Stream(ports), _Stream(ports)
    driver = _Driver(while_serving, ports) if while_serving else None
    main = importlib.import_module(f"workbench.cli.{tool}").main
    stdin = io.StringIO(typed + "\n" if typed else "")
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, environment or {}),
        mock.patch.object(sys, "stdin", stdin),
        mock.patch("getpass.getpass", return_value=typed),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(Serving, "_announce", _announcing(ports)),
        _noting(run),
    ):
        if driver:
            driver.start()
        try:
            run.exit = int(main(list(arguments)))
        except SystemExit as end:
            run.exit = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        finally:
            if driver:
                driver.conclude()
    run.out, run.err = out.getvalue(), err.getvalue()
    return run


def _announcing(ports: "Queue[int]") -> Callable[[Serving, str, int], None]:
    """Gives what passes the port on, which a quiet tool does not tell."""
    announce = Serving._announce

    def announcing(serving: Serving, host: str, port: int) -> None:
        announce(serving, host, port)
        ports.put(port)

    return announcing


class _Driver(Thread):
    """What is done to a tool that serves, until it is told to stop."""

    def __init__(self, act: Callable[[int], None], ports: "Queue[int]") -> None:
        super().__init__(name="driver")
        self._act = act
        self._ports = ports
        self._ended = False
        self._failure: BaseException | None = None

    def run(self) -> None:
        try:
            port = self._ports.get(timeout=_PATIENCE)
            if port:
                self._act(port)
        except Empty:
            self._failure = AssertionError("the tool neither listens nor ends")
        except BaseException as error:  # noqa: BLE001 - handed to the test
            self._failure = error
        if not self._ended:
            os.kill(os.getpid(), signal.SIGTERM)

    def conclude(self) -> None:
        """Called once the tool has ended; raises what the driver met."""
        self._ended = True
        self._ports.put(0)
        self.join(2 * _PATIENCE)
        if self._failure:
            raise self._failure


@contextmanager
def _noting(run: Run) -> Iterator[None]:
    """Notes timers, socket options in seconds, look-ups of names and entropy."""
    call_at = asyncio.BaseEventLoop.call_at
    set_option = socket.socket.setsockopt

    def noting_call_at(loop: Any, when: float, *arguments: Any, **rest: Any) -> Any:
        run.waits.add(round(when - time.monotonic()))
        return call_at(loop, when, *arguments, **rest)

    def noting_option(sock: socket.socket, level: int, name: int, *value: Any) -> None:
        if level == socket.IPPROTO_TCP and name == getattr(socket, "TCP_USER_TIMEOUT", None):
            run.waits.add(round(value[0] / 1000))
        if level == socket.SOL_SOCKET and name in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            run.calls.append(f"buffer {value[0]}")
        if level == socket.IPPROTO_TCP and name == socket.TCP_NODELAY:
            run.calls.append(f"no delay {int(value[0])}")
        set_option(sock, level, name, *value)

    def noting_call(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **rest: Any) -> Any:
            run.calls.append(name)
            return function(*arguments, **rest)

        return call

    ticks_before = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: None)  # for a signal that comes when the tool has just ended
    try:
        with (
            mock.patch.object(asyncio.BaseEventLoop, "call_at", noting_call_at),
            mock.patch.object(socket.socket, "setsockopt", noting_option),
            mock.patch.object(socket, "gethostbyaddr", noting_call("name look-up", socket.gethostbyaddr)),
            mock.patch.object(socket, "getnameinfo", noting_call("name look-up", socket.getnameinfo)),
            mock.patch.object(ssl, "RAND_add", noting_call("entropy", ssl.RAND_add)),
        ):
            yield
    finally:
        signal.signal(signal.SIGTERM, ticks_before)


class _ParsedError(Exception):
    def __init__(self, options: Options) -> None:
        super().__init__("parsed")
        self.options = options


def parsed(tool: str, arguments: Sequence[str], folder: Path) -> dict[str, Any]:
    """Gives what a tool's parser makes of a command line, without running the tool."""
    parse = Parser.parse

    def stop(parser: Parser, words: Sequence[str]) -> Options:
        raise _ParsedError(parse(parser, words))

    main = importlib.import_module(f"workbench.cli.{tool}").main
    with contextlib.chdir(folder), mock.patch.object(Parser, "parse", stop):
        try:
            main(list(arguments))
        except _ParsedError as end:
            return dict(vars(end.options))
    raise AssertionError(f"{tool} does not read its command line")
