"""Commands that are run after an object or a study: without a shell, without words of a peer, told when they fail."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ExpectLog
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
    assert not set(text) & set(" '\"$`\\;&|<>()*?[]{}!#~\n\t/")


def test_usual_names_stay() -> None:
    assert [harmless(each) for each in ("STORESCU", "CT-1_x.y", "192.0.2.1", "fe80::1%eth0")] == [
        "STORESCU",
        "CT-1_x.y",
        "192.0.2.1",
        "fe80::1%eth0",
    ]


async def test_commands_run_and_their_failures_are_told(tmp_path: Path) -> None:
    failed: list[tuple[Sequence[str], str]] = []
    hooks = Hooks(on_failed=lambda words, problem: failed.append((words, problem)))
    log = tmp_path / "log"
    hooks.start((sys.executable, "-c", WRITE, str(log), "a b", "$x"))
    hooks.start((sys.executable, "-c", "raise SystemExit(3)"))
    hooks.start((sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"))
    hooks.start((str(tmp_path / "missing"), "x"))
    await hooks.close(60)
    assert log.read_text() == "['a b', '$x']\n"
    assert sorted(problem for _, problem in failed) == [
        "cannot be started: No such file or directory",
        "ended with 3",
        "was ended by signal 9",
    ]


async def test_in_turn_one_waits_for_the_other(tmp_path: Path) -> None:
    log = tmp_path / "log"
    hooks = Hooks(in_turn=True, on_failed=lambda *_: None)
    for number in range(5):
        hooks.start((sys.executable, "-c", WRITE, str(log), str(number)))
    await hooks.done()
    assert log.read_text() == "".join(f"['{number}']\n" for number in range(5))
    await hooks.close(0)


async def test_what_does_not_end_is_killed(expect_log: ExpectLog) -> None:
    expect_log("1 commands had to be killed")
    hooks = Hooks(on_failed=lambda *_: None)
    hooks.start((sys.executable, "-c", "input()" if sys.platform == "win32" else "import signal; signal.pause()"))
    await hooks.done()
    await hooks.close(0.2)
