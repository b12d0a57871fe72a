"""The table of every option of every tool (option_table.tsv); `python -m tests.cli.option_table` counts them.

The options are those of DCMTK's network tools: its columns tool, short, long, args and group. The others say how this
project shows that an option does something:

    how       differs   a run with the option differs from one without it in the facet, and shows the words of `shows`
              words     the same for a positional parameter: `before` and `value` are all the words there are
              ends      the option prints something that holds `shows`, and ends the tool with 0 whatever else is given
              excludes  a default that changes nothing but excludes its opposite, `value`: both end it with 1
              refused   the tool ends with 1 and names the option, and says why
    scenario  the situation (option_situations.py, option_serving_situations.py)
    before    what stands before the option, with and without it: a default is shown by overriding its opposite
    value     the values of the option
    facet     what must differ: exit, output, files, wire, tls, waits, calls; several joined by +
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

PATH: Final = Path(__file__).with_name("option_table.tsv")
COUNTS: Final = {
    "dcmrecv": 64,
    "dcmsend": 42,
    "echoscu": 58,
    "findscu": 78,
    "getscu": 90,
    "movescu": 118,
    "storescp": 126,
    "storescu": 107,
    "termscu": 17,
}
MOST_REFUSED: Final = 12
"""Spellings that may be refused, an option of several tools counted once, its short and long spelling as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One option of one tool; the module says what the columns mean."""

    tool: str
    short: str
    long: str
    args: str
    group: str
    how: str
    scenario: str
    before: str
    value: str
    facet: str
    shows: str

    @property
    def spellings(self) -> tuple[str, ...]:
        """The ways to write the option, the short one first; of a positional parameter its name."""
        return (self.short, self.long) if self.short else (self.long,)

    @property
    def name(self) -> str:
        """What the test of the row is called."""
        return f"{self.tool} {' '.join(self.spellings)}"


def identifier(row: Row) -> str:
    """Gives the identifier of a row's test."""
    return row.name.replace(" ", "_")


@cache
def rows() -> tuple[Row, ...]:
    """Gives the table."""
    head, *lines = PATH.read_text(encoding="utf-8").splitlines()
    names = head.split("\t")
    return tuple(Row(**dict(zip(names, line.split("\t"), strict=True))) for line in lines)


def summary(table: Sequence[Row]) -> str:
    """Gives a line for each tool: implemented, refused, total."""
    lines = [f"{'tool':<10}{'implemented':>12}{'refused':>9}{'total':>7}"]
    for tool in (*COUNTS, "all"):
        of_tool = [row for row in table if tool in (row.tool, "all")]
        refused = sum(row.how == "refused" for row in of_tool)
        lines.append(f"{tool:<10}{len(of_tool) - refused:>12}{refused:>9}{len(of_tool):>7}")
    spellings = {row.long for row in table if row.how == "refused"}
    lines.append(f"refused spellings: {len(spellings)}, at most {MOST_REFUSED}: {' '.join(sorted(spellings))}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(summary(rows()) + "\n")
