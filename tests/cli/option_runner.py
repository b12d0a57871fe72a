"""Shows for a row of the table that the option does what the row says; an option that is ignored fails."""

import re
import shlex
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.cli.option_materials import materials
from tests.cli.option_observing import Observation
from tests.cli.option_running import parsed, run_tool
from tests.cli.option_scenarios import Scenario
from tests.cli.option_serving_situations import called_tools
from tests.cli.option_situations import calling_tools
from tests.cli.option_table import Row

_WRONG_LINE: Final = " --help tells the options"
_NEEDS_OPTION: Final = ("inherited",)
"""Situations in which a command line without the option is none."""
_PLACES: Final = {"port": "11112", "destination": "11113"}


@cache
def situations() -> dict[str, dict[str, Scenario]]:
    """Gives the situations by tool and name."""
    return {**calling_tools(), **called_tools()}


def check(row: Row) -> None:
    """Fails with the reason unless the row is as it says."""
    _CHECKS[row.how](row)


def _check_differs(row: Row) -> None:
    without = _baseline(row, row.before)
    assert _WRONG_LINE not in without.output or row.scenario in _NEEDS_OPTION, without
    found = _play(row.tool, row.scenario, (*shlex.split(row.before), row.spellings[0], *shlex.split(row.value)))
    _compare(row, without, found)
    if row.short:
        _check_spellings(row)


def _check_words(row: Row) -> None:
    without = _baseline(row, "", row.before)
    _compare(row, without, _play(row.tool, row.scenario, (), row.value))


def _compare(row: Row, without: Observation, found: Observation) -> None:
    before, after = without.facet(row.facet), found.facet(row.facet)
    said = f"{row.name}\n--- without\n{before}\n--- with\n{after}\n--- output\n{found.output}"
    assert _WRONG_LINE not in found.output, f"not even a command line: {said}"
    assert before != after, f"nothing of {row.facet} differs: {said}"
    if row.shows:
        pattern = rf"(?<![\w.]){re.escape(row.shows)}" if row.shows[0].isdigit() else re.escape(row.shows)
        assert len(re.findall(pattern, after)) > len(re.findall(pattern, before)), f"no {row.shows!r}: {said}"


def _check_spellings(row: Row) -> None:
    """Short and long spelling must be read as the same."""
    scenario = situations()[row.tool][row.scenario]
    readings = []
    for spelling in row.spellings:
        words = [
            *shlex.split(f"{scenario.options} {row.before}"),
            spelling,
            *shlex.split(f"{row.value} {scenario.words}"),
        ]
        filled = [word.format_map(_PLACES) if word in ("{port}", "{destination}") else word for word in words]
        readings.append(repr(sorted(parsed(row.tool, filled, materials()).items(), key=lambda item: item[0])))
    short, long = (re.sub(r" at 0x[0-9a-f]+", "", reading) for reading in readings)
    assert short == long, f"{row.name}: {short} is not {long}"


def _check_ends(row: Row) -> None:
    for spelling in row.spellings:
        with TemporaryDirectory() as folder:
            run = run_tool(row.tool, [spelling], Path(folder))
        assert run.exit == 0, run
        assert row.shows in run.out, run
        assert run.err == "", run


def _check_excludes(row: Row) -> None:
    before, opposite = (tuple(shlex.split(words)) for words in (row.before, row.value))
    assert _WRONG_LINE not in _play(row.tool, row.scenario, (*before, *opposite)).output
    for spelling in row.spellings:
        alone = _play(row.tool, row.scenario, (*before, spelling))
        assert _WRONG_LINE not in alone.output, alone
        both = _play(row.tool, row.scenario, (*before, *opposite, spelling))
        assert both.exit == "1", both
        assert row.long in both.output, both
        assert "exclude each other" in both.output, both


def _check_refused(row: Row) -> None:
    scenario = situations()[row.tool]["plain"]
    for spelling in row.spellings:
        with TemporaryDirectory() as name:
            folder = Path(name, "run")
            folder.mkdir()
            run = scenario.play(row.tool, [spelling, *shlex.split(row.value)], folder)
        first, *rest = run.output.partition("--\n")[2].splitlines()
        assert run.exit == "1", run
        assert run.wire == "", run
        assert spelling in first, run
        assert "not offered" in first, run
        assert len(rest) <= 1, run  # how to get help


def _baseline(row: Row, options: str, words: str | None = None) -> Observation:
    """Gives what happens without an option; it must be the same twice, else any difference could be chance."""
    first, second = _twice(row.tool, row.scenario, options, words)
    if not {"waits", "calls"} & set(row.facet.split("+")):
        before, after = first.facet(row.facet), second.facet(row.facet)
        assert before == after, f"{row.name}: {row.facet} is not the same twice without it\n{before}\n--\n{after}"
    return first


@cache
def _twice(tool: str, scenario: str, options: str, words: str | None) -> tuple[Observation, Observation]:
    split = tuple(shlex.split(options))
    return _play(tool, scenario, split, words), _play(tool, scenario, split, words)


def _play(tool: str, scenario: str, options: tuple[str, ...], words: str | None = None) -> Observation:
    with TemporaryDirectory() as name:
        folder = Path(name, "run")
        folder.mkdir()
        return situations()[tool][scenario].play(tool, options, folder, words)


_CHECKS: Final[dict[str, Callable[[Row], None]]] = {
    "differs": _check_differs,
    "words": _check_words,
    "ends": _check_ends,
    "excludes": _check_excludes,
    "refused": _check_refused,
}
