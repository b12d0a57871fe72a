"""Commands that are run when an object was stored or a study has ended: argument vectors, never a shell.

A command is taken apart into words first, by a shell's rules for quotes; only then are its place-holders replaced, each
within its word. So whatever an AE title holds, it can neither become a word of its own nor, since all but harmless
characters are replaced, be understood by a shell that the command itself may call (CVE-2026-5663). The spaces within a
title stay: they mean something to such a shell only, which could make words of them, but none that begins with "-".

Each command is the first of a process group of its own, so that it can be killed with all that it has started.
"""

import asyncio
import os
import re
import shlex
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

from workbench.errors import ConfigError
from workbench.net.tasks import TaskKeeper

_PLACE_HOLDER: Final = re.compile(r"#[pfacr]")
_HARMFUL: Final = re.compile(r"[^A-Za-z0-9._:@%+=, -]|(?<![^ ])-")
_AT_ONCE: Final = 64
_MOST: Final = 1024  # that run or wait; who would start another one waits
_REAPING: Final = 1.0  # seconds that the system gets to end what was killed
_STANDARD_ERROR: Final = 2


@dataclass(frozen=True, slots=True)
class CommandTemplate:
    """A command with place-holders: `#p` folder, `#f` file, `#a` calling and `#c` called AE title, `#r` peer."""

    words: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Takes a command apart.

        Raises:
            ConfigError: it is empty, its quotes do not match, or it has what only a shell could do.
        """
        syntax = _shell_syntax(text)
        if syntax:
            raise ConfigError(f"the command has {syntax!r}, but no shell runs it: name a script that does that")
        try:
            words = tuple(shlex.split(text))
        except ValueError as error:
            raise ConfigError(f"the command {text!r}: {error}") from error
        if not words:
            raise ConfigError("the command is empty")
        return cls(words)

    def needs(self, place_holder: str) -> bool:
        """Whether it has a place-holder."""
        return any(place_holder in word for word in self.words)

    def filled(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Gives the words with the values of place-holders; those that have none stay."""
        return tuple(_PLACE_HOLDER.sub(lambda found: values.get(found[0], found[0]), word) for word in self.words)


def harmless(value: str) -> str:
    """Gives what a peer said of itself with an underscore for each character that could mean something to a shell."""
    return _HARMFUL.sub("_", value)


class Hooks:
    """Runs commands, so many at a time, and tells when one fails. What they print goes to standard error, unread.

    Args:
        in_turn: one after the other, and `done` waits for them.
        on_failed: told the command and what went wrong.
        on_killed: told the command and what became of it, of each that did not end by itself.
    """

    def __init__(
        self,
        *,
        in_turn: bool = False,
        on_failed: Callable[[Sequence[str], str], None],
        on_killed: Callable[[Sequence[str], str], None],
    ) -> None:
        self._in_turn = in_turn
        self._on_failed = on_failed
        self._on_killed = on_killed
        self._tasks = TaskKeeper()
        self._room = asyncio.Semaphore(1 if in_turn else _AT_ONCE)
        self._running: set[Process] = set()
        self._killed = asyncio.Event()
        self._outstanding = 0
        self._changed = asyncio.Event()

    @property
    def is_done(self) -> bool:
        """Whether `done` would return at once."""
        return self._outstanding <= self._most

    def start(self, words: Sequence[str], *, subject: str) -> None:
        """Runs a command, after those before it where there are many.

        Args:
            words: the argument vector.
            subject: what it is run for, in words.
        """
        self._outstanding += 1
        self._tasks.start(self._run(words, subject), name=f"hook {words[0]}")

    async def done(self) -> None:
        """Returns when the commands have ended, where they run in turn; else when there are not too many of them."""
        await self._wait(self._most)

    async def ended(self) -> None:
        """Returns when all commands have ended."""
        await self._wait(0)

    def kill(self) -> None:
        """Kills the commands that run, each with its process group, and starts none any more."""
        self._killed.set()
        for process in self._running:
            _kill(process)

    async def close(self) -> None:
        """Kills what still runs, and returns when it has ended."""
        self.kill()
        if not self._outstanding:
            return
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_REAPING):
                    await self.ended()
        finally:
            await self._tasks.cancel_all()

    @property
    def _most(self) -> int:
        return 0 if self._in_turn else _MOST

    async def _wait(self, most: int) -> None:
        while self._outstanding > most:
            self._changed.clear()
            await self._changed.wait()

    async def _run(self, words: Sequence[str], subject: str) -> None:
        try:
            async with self._room:
                if self._killed.is_set():
                    self._on_killed(words, f"for {subject} was not run, because everything stops")
                    return
                problem = await self._run_now(words)
            if self._killed.is_set() and problem:
                self._on_killed(words, f"for {subject} was killed, because everything stops")
            elif problem:
                self._on_failed(words, problem)
        finally:
            self._outstanding -= 1
            self._changed.set()

    async def _run_now(self, words: Sequence[str]) -> str:
        """Runs a command to its end; gives what went wrong."""
        try:
            process = await asyncio.create_subprocess_exec(
                *words, stdin=asyncio.subprocess.DEVNULL, stdout=_STANDARD_ERROR, start_new_session=True
            )
        except (OSError, ValueError) as error:
            return f"cannot be started: {getattr(error, 'strerror', None) or error}"
        self._running.add(process)
        try:
            if self._killed.is_set():
                _kill(process)
            code = await process.wait()
        finally:
            self._running.discard(process)
            if process.returncode is None:
                _kill(process)
        return "" if code == 0 else f"ended with {code}" if code > 0 else f"was ended by signal {-code}"


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _shell_syntax(text: str) -> str:
    """Gives the first character outside quotes that has a meaning to a shell only."""
    quote, is_escaped = "", False
    for character in text:
        if is_escaped:
            is_escaped = False
        elif quote == "'":
            quote = "" if character == "'" else quote
        elif character == "\\":
            is_escaped = True
        elif character in "'\"":
            quote = "" if quote == character else quote or character
        elif character in "$`" or (not quote and character in "|&;<>()\n"):
            return character
    return ""
