"""Every option of every tool does something, or is refused by name."""

from collections import Counter

import pytest

from tests.cli.option_runner import check
from tests.cli.option_table import COUNTS, MOST_REFUSED, Row, rows, summary

ROWS = rows()


def test_the_table_is_whole() -> None:
    assert Counter(row.tool for row in ROWS) == COUNTS
    assert len(ROWS) == len({(row.tool, row.spellings) for row in ROWS}) == 700
    assert len({row.long for row in ROWS if row.how == "refused"}) <= MOST_REFUSED
    assert summary(ROWS).count("\n") == len(COUNTS) + 2


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "_"))
def test_option(row: Row) -> None:
    check(row)
