"""Every option of every tool does something, or is refused by name."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.cli.option_runner import check
from tests.cli.option_table import COUNTS, MOST_REFUSED, Row, identifier, rows, summary
from workbench.cli.parser import Options, Parser

pytestmark = pytest.mark.slow

ROWS = rows()


def test_the_table_is_whole() -> None:
    assert Counter(row.tool for row in ROWS) == COUNTS
    assert len(ROWS) == len({(row.tool, row.spellings) for row in ROWS}) == 700
    assert len({row.long for row in ROWS if row.how == "refused"}) <= MOST_REFUSED
    assert summary(ROWS).count("\n") == len(COUNTS) + 2


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=identifier)
def test_option(row: Row) -> None:
    check(row)


@pytest.mark.parametrize(
    "name",
    [
        "echoscu -aet --aetitle",  # wire
        "echoscu -v --verbose",  # output
        "echoscu -ta --acse-timeout",  # waits
        "echoscu +cs --cipher",  # tls
        "findscu -X --extract",  # files
        "storescp --refuse",  # a tool that serves
        "storescp -i4 --ipv4",  # a default
    ],
)
def test_an_option_that_is_ignored_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = (row for row in ROWS if row.name == name)
    parse = Parser.parse

    def deaf(parser: Parser, arguments: Sequence[str]) -> Options:
        words = list(arguments)
        for spelling in set(row.spellings) & set(words):
            at = words.index(spelling)
            del words[at : at + 1 + len(shlex.split(row.value))]
        return parse(parser, words)

    monkeypatch.setattr(Parser, "parse", deaf)
    with pytest.raises(AssertionError, match="differs"):
        check(row)


def test_an_option_that_is_unknown_is_noticed() -> None:
    (row,) = (row for row in ROWS if row.name == "echoscu -v --verbose")
    with pytest.raises(AssertionError, match="not even a command line"):
        check(replace(row, short="", long="--loud"))
