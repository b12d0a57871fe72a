"""Commands that are run after an object or a study: without a shell, without words of a peer, told when they fail."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import ConfigError
from workbench.services.storage.hooks import CommandTemplate, Hooks, harmless

WRITE = "import sys; open(sys.argv[1], 'a').write(repr(sys.argv[2:]) + chr(10))"


def test_words_are_taken_apart_before_place_holders_are_replaced() -> None:
    template = CommandTemplate.parse("""notify "#a of #c" '#f' #p/x \\#r #q""")
    assert template.needs("#p")
    assert not template.needs("#x")
    values = {"#a": "A B; #f", "#c": "'C'", "#f": "CT.1", "#p": "/a b", "#r": "host"}
    assert template.filled(values) == ("notify", "A B; #f of 'C'", "CT.1", "/a b/x", "host", "#q")
    assert template.filled({}) == ("notify", "#a of #c", "#f", "#p/x", "#r", "#q")


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("", "is empty"),
        ("cp 'x", "No closing quotation"),
        ("cp #f x && rm y", "has '&'"),
        ("echo #f > log", "has '>'"),
        ("echo #f | mail me", r"has '\|'"),
        ("echo $HOME", r"has '\$'"),
        ('echo "`id`"', "has '`'"),
        ("(cd x)", r"has '\('"),
        ("one\ntwo", "has '"),
    ],
)
def test_what_only_a_shell_can_do_is_refused(command: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        CommandTemplate.parse(command)


def test_quoted_it_is_just_text() -> None:
    assert CommandTemplate.parse("""a 'x > $y' "z | w" \\; \\$""").words == ("a", "x > $y", "z | w", ";", "$")


@given(st.text(max_size=30))
def test_a_value_of_a_peer_is_harmless(value: str) -> None:
    text = harmless(value)
    assert len(text) == len(value)
    assert not text.startswith("-")
    assert not set(text) & set("'\"$`\\;&|<>()*?[]{}!#~\n\t/")
    assert not any(word.startswith("-") for word in text.split(" "))


@pytest.mark.parametrize("name", ["STORESCU", "CT-1_x.y", "MY SCU", "192.0.2.1", "fe80::1%eth0"])
def test_usual_names_stay(name: str) -> None:
    assert harmless(name) == name


@pytest.mark.parametrize(("value", "text"), [("-rf", "_rf"), ("A -rf", "A _rf"), ("A\tB", "A_B"), ("--", "_-")])
def test_nothing_becomes_an_option(value: str, text: str) -> None:
    assert harmless(value) == text


class Told:
    """Keeps what `Hooks` tells."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.killed: list[tuple[Sequence[str], str]] = []

    def hooks(self, *, in_turn: bool = False) -> Hooks:
        return Hooks(
            in_turn=in_turn,
            on_failed=lambda _, problem: self.failed.append(problem),
            on_killed=lambda words, what: self.killed.append((words, what)),
        )


async def test_commands_run_and_their_failures_are_told(tmp_path: Path) -> None:
    told = Told()
    hooks = told.hooks()
    log = tmp_path / "log"
    hooks.start((sys.executable, "-c", WRITE, str(log), "a b", "$x"), subject="1")
    hooks.start((sys.executable, "-c", "raise SystemExit(3)"), subject="2")
    hooks.start((sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"), subject="3")
    hooks.start((str(tmp_path / "missing"), "x"), subject="4")
    await hooks.ended()
    await hooks.close()
    assert log.read_text() == "['a b', '$x']\n"
    assert sorted(told.failed) == [
        "cannot be started: No such file or directory",
        "ended with 3",
        "was ended by signal 9",
    ]
    assert told.killed == []


async def test_in_turn_one_waits_for_the_other(tmp_path: Path) -> None:
    log = tmp_path / "log"
    hooks = Told().hooks(in_turn=True)
    for number in range(5):
        hooks.start((sys.executable, "-c", WRITE, str(log), str(number)), subject="an object")
    states = [hooks.is_done]
    await hooks.done()
    assert [*states, hooks.is_done] == [False, True]
    assert log.read_text() == "".join(f"['{number}']\n" for number in range(5))
    await hooks.close()


async def test_what_does_not_end_is_killed_with_all_that_it_has_started(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    told = Told()
    hooks = told.hooks(in_turn=True)
    pausing = "import os, signal, sys; f = open(sys.argv[1], 'wb', 0); os.fork(); f.write(b'.'); signal.pause()"
    words = (sys.executable, "-c", pausing, str(fifo))
    hooks.start(words, subject="object 1.2")
    hooks.start(("never",), subject="object 1.3")
    with await asyncio.to_thread(fifo.open, "rb", 0) as reading:
        for _ in range(2):
            assert await asyncio.to_thread(reading.read, 1) == b"."
        await hooks.close()
        assert await asyncio.to_thread(reading.read) == b""  # which comes when nobody is left who could write
    assert told.killed == [
        (words, "for object 1.2 was killed, because everything stops"),
        (("never",), "for object 1.3 was not run, because everything stops"),
    ]
    assert told.failed == []


async def test_what_commands_print_goes_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    hooks = Told().hooks()
    hooks.start((sys.executable, "-c", "print('said')"), subject="an object")
    await hooks.ended()
    await hooks.close()
    assert capfd.readouterr() == ("", "said\n")
