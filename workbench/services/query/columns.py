"""Responses as rows of a table: a column for each key that was asked for, those of items included (RFC 4180)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.elements import creators_of, values_of
from workbench.services.query.identifiers import Element, declared_charset


class Column(NamedTuple):
    """A key: the tags of the sequences on the way to it and its own, and the names of all of them."""

    path: tuple[int, ...]
    name: str


def columns_of(queries: Iterable[Iterable[Element]], names: AttributeNames) -> tuple[Column, ...]:
    """Gives the columns for the responses to queries, in the order of their tags, each only once."""
    found = {column.path: column for query in queries for column in _columns(tuple(query), names, (), "")}
    return tuple(found[path] for path in sorted(found))


def names_of(columns: Iterable[Column]) -> list[str]:
    """Gives the row of the names."""
    return [column.name for column in columns]


def row_of(elements: Sequence[Element], columns: Iterable[Column]) -> list[str]:
    r"""Gives the values of a response; several are separated by a backslash, be they of one item or of several."""
    return ["\\".join(_values(elements, column.path, "")) for column in columns]


def line_of(row: Iterable[str]) -> bytes:
    """Gives a row as it stands in a file."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(row)
    return buffer.getvalue().encode()


def _columns(
    elements: tuple[Element, ...], names: AttributeNames, path: tuple[int, ...], name: str
) -> Iterator[Column]:
    creators = creators_of(elements)
    for element in elements:
        own = name + names.name(element.tag, creators.get(element.tag & 0xFFFFFF00, ""))
        if isinstance(element.value, tuple):
            for item in element.value:
                yield from _columns(item, names, (*path, element.tag), f"{own}.")
        else:
            yield Column((*path, element.tag), own)


def _values(elements: Sequence[Element], path: tuple[int, ...], inherited: str) -> Iterator[str]:
    charset = declared_charset(elements, inherited)
    for element in elements:
        if element.tag != path[0]:
            continue
        if isinstance(element.value, tuple):
            for item in element.value if path[1:] else ():
                yield from _values(item, path[1:], charset)
        elif not path[1:]:
            yield from values_of(element, charset)
