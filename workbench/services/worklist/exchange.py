r"""Worklist entries as CSV, for spreadsheets: a line of field names, then a line for each entry.

Several values of a field are separated by a backslash; a code is written value^scheme^meaning. Fields may stand in any
order, and those that nobody needs may be left out.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

from workbench.errors import ConfigError
from workbench.services.worklist.entries import FIELDS, Code, WorklistEntry

_NAMES: Final = tuple(field.name for field in FIELDS)
_CODES: Final = frozenset(field.name for field in FIELDS if field.vr == "SQ")
_MANY: Final = frozenset({"medical_alerts", "allergies", "scheduled_station_ae_titles"})


def to_csv(entries: Iterable[WorklistEntry]) -> str:
    """Gives entries as CSV text with all fields; lines end with CR LF (RFC 4180)."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_NAMES)
    for entry in entries:
        writer.writerow(_cell(getattr(entry, name)) for name in _NAMES)
    return stream.getvalue()


def from_csv(text: str) -> tuple[WorklistEntry, ...]:
    """Gives the entries of a CSV text, separated by commas or semicolons. Their values are not checked.

    Raises:
        ConfigError: it is no CSV, or has a column that is no field of an entry; names line and column.
    """
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in line]) for line in reader]
    except csv.Error as error:
        raise ConfigError(f"line {reader.line_num}: {error}") from error
    if not lines:
        return ()
    names = lines[0][1]
    for column, name in enumerate(names, 1):
        if name not in _NAMES or name in names[: column - 1]:
            raise ConfigError(f"line 1, column {column}: {name!r} is no field of a worklist entry, or is there twice")
    return tuple(_entry(number, names, cells) for number, cells in lines[1:] if any(cells))


def _entry(number: int, names: list[str], cells: list[str]) -> WorklistEntry:
    if len(cells) > len(names):
        raise ConfigError(f"line {number}: has {len(cells)} columns, line 1 has {len(names)}")
    values: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if name in _CODES:
            values[name] = tuple(_code(number, name, part) for part in cell.split("\\") if part)
        elif name in _MANY:
            values[name] = tuple(part for part in cell.split("\\") if part)
        else:
            values[name] = cell
    return WorklistEntry(**values)


def _code(number: int, name: str, text: str) -> Code:
    parts = text.split("^")
    if not 2 <= len(parts) <= 3:
        raise ConfigError(f"line {number}, {name}: {text!r} is no code, value^scheme^meaning")
    return Code(value=parts[0], scheme=parts[1], meaning=parts[2] if len(parts) == 3 else "")


def _cell(value: str | tuple[Any, ...]) -> str:
    if isinstance(value, str):
        return value
    return "\\".join(f"{each.value}^{each.scheme}^{each.meaning}" if isinstance(each, Code) else each for each in value)
