"""Makes TABLE.md: what a caller of DCMTK's dcmnet can do, our symbol for it, and the test that shows it.

python -m tests.dcmnet.table        writes TABLE.md from capabilities.toml
"""

import importlib
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parent
ROOT: Final = FOLDER.parents[1]
DATA: Final = FOLDER / "capabilities.toml"
TABLE: Final = FOLDER / "TABLE.md"

_HEAD: Final = """# DCMTK's dcmnet, capability by capability

Made by `python -m tests.dcmnet.table` from [capabilities.toml](capabilities.toml); not written by hand. A test fails
when a symbol or a test of this table does not exist, or when this file is out of date.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One row.

    Attributes:
        section: the header or class of dcmnet.
        names: dcmnet's names for it; for a test of DCMTK, its name.
        what: what a caller can do with it, or what the test shows.
        ours: our symbols, as dotted names.
        tests: the tests that show it, as pytest names them.
        missing: what of it is not there, and why; empty when all of it is.
    """

    section: str
    names: str
    what: str
    ours: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    missing: str = ""


def load() -> tuple[Capability, ...]:
    """Gives the rows in their order."""
    plain: dict[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return tuple(_rows(plain))


def _rows(plain: dict[str, Any]) -> Iterator[Capability]:
    for section in plain["section"]:
        for row in section["rows"]:
            yield Capability(
                section=section["title"],
                names=row["names"],
                what=row["what"],
                ours=tuple(row.get("ours", ())),
                tests=tuple(row.get("tests", ())),
                missing=row.get("missing", ""),
            )


def find(symbol: str) -> object:
    """Gives what a dotted name stands for: a module, or an attribute of one, at any depth.

    Raises:
        AttributeError, ModuleNotFoundError: there is no such thing.
    """
    parts = symbol.split(".")
    for end in range(len(parts), 0, -1):
        name = ".".join(parts[:end])
        try:
            found: object = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise
            continue
        for attribute in parts[end:]:
            fields = getattr(found, "__dataclass_fields__", {})  # those with slots and no default are no attributes
            found = fields[attribute] if attribute in fields else getattr(found, attribute)
        return found
    raise ModuleNotFoundError(symbol)


def render(rows: tuple[Capability, ...]) -> str:
    """Gives the text of TABLE.md."""
    lines = [_HEAD.strip("\n"), ""]
    gaps = sum(bool(row.missing) for row in rows)
    lines.append(f"{len(rows)} rows; {gaps} of them with something missing, which they say.")
    section = ""
    for row in rows:
        if row.section != section:
            section = row.section
            lines += [f"\n## {section}\n", "| dcmnet | what it is for | here | shown by |", "| --- | --- | --- | --- |"]
        lines.append(f"| {_code(row.names)} | {row.what} | {_ours(row)} | {_tests(row)} |")
    return "\n".join(lines) + "\n"


def _code(names: str) -> str:
    return ", ".join(f"`{name.strip()}`" for name in names.split(","))


def _ours(row: Capability) -> str:
    parts = [f"`{symbol.removeprefix('workbench.')}`" for symbol in row.ours]
    if row.missing:
        parts.append(f"**missing:** {row.missing}")
    return "<br>".join(parts)


def _tests(row: Capability) -> str:
    return "<br>".join(f"[{_short(test)}](../../{test.partition('::')[0]})" for test in row.tests)


def _short(test: str) -> str:
    return test.partition("::")[2].removeprefix("test_").replace("_", " ")


def main() -> int:
    """Writes TABLE.md."""
    rows = load()
    TABLE.write_text(render(rows), encoding="utf-8")
    sys.stdout.write(f"{TABLE.name}: {len(rows)} rows\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
