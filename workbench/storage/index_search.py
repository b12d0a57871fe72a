"""Turns conditions into SQL, and rows into answers (PS3.4 C.4.1.2, C.2.2.2).

What SQL can find by an index, it finds; what it cannot say exactly (person names, times, several values, items of
sequences) it narrows down, and the matching of `matching` decides, called from within the statement.

Answers come in the order in which their rows were first written, in portions: each portion is a statement of its own
that goes on after the last row of the one before. So the first answer comes at once, nothing grows with the number of
answers, and a requestor that takes its time holds no snapshot of the database.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from workbench.storage.attributes import (
    PATIENT_ID,
    SERIES_INSTANCE_UID,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    STUDY_INSTANCE_UID,
    Attribute,
    Level,
    attributes,
)
from workbench.storage.element_texts import ONE_VALUE
from workbench.storage.index_schema import FOLDED, TABLES
from workbench.storage.matching import Condition, Kind, value_matches
from workbench.storage.person_names import fold_name
from workbench.storage.ranges import normal_form

Row = tuple[str | None, ...]
IndexRow = tuple[Any, ...]
"""A row with its number before it."""

Test = Callable[[str | None, str | None], bool]

MODALITIES_IN_STUDY: Final = 0x00080061
SOP_CLASSES_IN_STUDY: Final = 0x00080062
AVAILABLE_TRANSFER_SYNTAX_UID: Final = 0x00083002

MEETS: Final = "meets"
"""The SQL function that asks a test: meets(its number, a value, a second value)."""

# What is computed: tag -> level of which it tells, and how; {} is the name of the row of that level.
_INSTANCES_OF_STUDY: Final = "FROM series e JOIN instance i ON i.series = e.id WHERE e.study = {}.id"
_SERIES_OF_STUDY: Final = "FROM series e WHERE e.study = {}.id"
_SERIES_OF_PATIENT: Final = "FROM study s JOIN series e ON e.study = s.id"
_COMPUTED: Final[dict[int, tuple[Level, str]]] = {
    0x00201200: (Level.PATIENT, "SELECT count(*) FROM study s WHERE s.patient = {}.id"),
    0x00201202: (Level.PATIENT, f"SELECT count(*) {_SERIES_OF_PATIENT} WHERE s.patient = {{}}.id"),
    0x00201204: (
        Level.PATIENT,
        f"SELECT count(*) {_SERIES_OF_PATIENT} JOIN instance i ON i.series = e.id WHERE s.patient = {{}}.id",
    ),
    0x00201206: (Level.STUDY, f"SELECT count(*) {_SERIES_OF_STUDY}"),
    0x00201208: (Level.STUDY, f"SELECT count(*) {_INSTANCES_OF_STUDY}"),
    0x00201209: (Level.SERIES, "SELECT count(*) FROM instance i WHERE i.series = {}.id"),
    MODALITIES_IN_STUDY: (
        Level.STUDY,
        "SELECT group_concat(modality, '\\') FROM "
        f"(SELECT DISTINCT e.modality {_SERIES_OF_STUDY} AND e.modality <> '')",
    ),
    SOP_CLASSES_IN_STUDY: (
        Level.STUDY,
        f"SELECT group_concat(uid, '\\') FROM uid WHERE id IN (SELECT i.sop_class {_INSTANCES_OF_STUDY})",
    ),
    SOP_CLASS_UID: (Level.IMAGE, "SELECT uid FROM uid WHERE id = {}.sop_class"),
    AVAILABLE_TRANSFER_SYNTAX_UID: (Level.IMAGE, "SELECT uid FROM uid WHERE id = {}.transfer_syntax"),
}

# Columns that hold the number of a UID.
_UID_COLUMNS: Final = {SOP_CLASS_UID: "sop_class", AVAILABLE_TRANSFER_SYNTAX_UID: "transfer_syntax"}

# Tables from a level upwards, and from one downwards in an EXISTS, where they have names of their own.
_PARENT: Final = {Level.STUDY: "patient", Level.SERIES: "study", Level.IMAGE: "series"}
_BELOW: Final = {Level.STUDY: "study_below", Level.SERIES: "series_below", Level.IMAGE: "instance_below"}


@cache
def supported(level: Level) -> frozenset[int]:
    """Gives the tags that are answered at a level: its own, those of the levels above, and what is computed of them."""
    own = {tag for tag, attribute in attributes().items() if attribute.level <= level}
    return frozenset(own | {tag for tag, (of, _) in _COMPUTED.items() if of <= level})


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A statement; its parameters are `parameters`, the number of the last row and how many rows are wanted.

    Attributes:
        tests: what MEETS asks, by number.
    """

    sql: str
    parameters: tuple[str, ...]
    tests: tuple[Test, ...]


def query(
    level: Level,
    conditions: Sequence[Condition],
    keys: Sequence[int],
    *,
    others: Sequence[str] = (),
    with_parentless: bool = False,
) -> Query:
    """Gives the statement for a search.

    Each of its rows begins with its number and the `others`, which are columns.

    Args:
        with_parentless: give instances that belong to no series too, where no condition is on what they belong to.
    """
    builder = _Builder(level)
    for condition in conditions:
        builder.add(condition)
    selected = (f"{TABLES[level]}.id", *others, *(_selected(level, key) for key in keys))
    where = " AND ".join((f"{TABLES[level]}.id > ?", *builder.terms()))
    join = "LEFT JOIN" if with_parentless and not builder.asks_above else "CROSS JOIN"
    tables = _tables(level, level if builder.first is None else builder.first, join)
    sql = f"SELECT {', '.join(selected)} FROM {tables} WHERE {where} ORDER BY {TABLES[level]}.id LIMIT ?"
    return Query(sql=sql, parameters=tuple(builder.parameters), tests=tuple(builder.tests))


class _Builder:
    """Collects the terms of a WHERE, their parameters in the same order, and the tests.

    Attributes:
        asks_above: whether a condition is on a level above.
        first: the level at whose table the statement begins, because an index leads to few of its rows. Else it runs
            through the table of the level asked for, in the order of the answers, which never takes long to the next.
    """

    def __init__(self, level: Level) -> None:
        self.parameters: list[str] = []
        self.tests: list[Test] = []
        self.asks_above = False
        self.first: Level | None = None
        self._rank = 0
        self._level = level
        self._terms: list[str] = []
        self._below: list[tuple[Level, Condition]] = []

    def add(self, condition: Condition) -> None:
        """Adds a condition; one on what the index does not hold is met by everything (PS3.4 C.2.2.1.3)."""
        tag = condition.tag
        attribute = attributes().get(tag)
        computed = _COMPUTED.get(tag)
        if condition.kind is Kind.UNIVERSAL or (attribute is None and computed is None):
            return
        level = attribute.level if attribute is not None else computed[0] if computed is not None else self._level
        self.asks_above |= level < self._level
        rank = _rank(condition)
        if level <= self._level and rank > self._rank:
            self.first, self._rank = level, rank
        if level > self._level:
            self._below.append((level, condition))
        else:
            self._terms.append(self._term(condition, _Place(TABLES[level], attribute)))

    def terms(self) -> list[str]:
        """Gives the terms; call it once, after the last condition."""
        return [*self._terms, *([self._term_below()] if self._below else [])]

    def _term_below(self) -> str:
        """Relational queries: one and the same entity below meets all conditions on its level and those between."""
        deepest = max(level for level, _ in self._below)
        chain = [level for level in Level if self._level < level <= deepest]
        tables = [f"{TABLES[chain[0]]} {_BELOW[chain[0]]}"]
        tables += [
            f"JOIN {TABLES[level]} {_BELOW[level]} ON {_BELOW[level]}.{_PARENT[level]} = {_BELOW[Level(level - 1)]}.id"
            for level in chain[1:]
        ]
        terms = [
            self._term(condition, _Place(_BELOW[level], attributes().get(condition.tag)))
            for level, condition in self._below
        ]
        inner, outer = f"{_BELOW[chain[0]]}.{_PARENT[chain[0]]}", f"{TABLES[self._level]}.id"
        source = f"FROM {' '.join(tables)} WHERE {' AND '.join(terms)}"
        if any(condition.vr == "UI" for _, condition in self._below):
            return f"{outer} IN (SELECT {inner} {source})"
        return f"EXISTS (SELECT 1 {source} AND {inner} = {outer})"

    def _term_of_set(self, condition: Condition, place: "_Place") -> str:
        """Modalities and SOP Classes in Study: any series or instance may meet it, each value by another one."""
        if condition.kind is Kind.MULTIPLE:
            single = [_single(condition, value) for value in condition.values]
            return " AND ".join(self._term_of_set(each, place) for each in single)
        if condition.tag == MODALITIES_IN_STUDY:
            source = _SERIES_OF_STUDY.format(place.table)
            if condition.kind is Kind.EMPTY:
                return f"NOT EXISTS (SELECT 1 {source} AND e.modality <> '')"
            return f"EXISTS (SELECT 1 {source} AND {self._text_term(condition, 'e.modality')})"
        source = _INSTANCES_OF_STUDY.format(place.table)
        return f"EXISTS (SELECT 1 {source} AND {self._uid_term(condition, 'i.sop_class')})"

    def _uid_term(self, condition: Condition, column: str) -> str:
        return f"{column} IN (SELECT id FROM uid WHERE {self._text_term(condition, 'uid')})"

    def _term(self, condition: Condition, place: "_Place") -> str:
        if condition.tag in (MODALITIES_IN_STUDY, SOP_CLASSES_IN_STUDY):
            return self._term_of_set(condition, place)
        if condition.tag in _UID_COLUMNS:
            return self._uid_term(condition, f"{place.table}.{_UID_COLUMNS[condition.tag]}")
        column = place.column(condition.tag)
        if condition.kind is Kind.EMPTY:
            return f"coalesce({column}, '') IN ('', '[]')"
        if condition.kind is Kind.SEQUENCE:
            return self._test(lambda text, _: _items_match(condition, text), column)
        if condition.time_tag:
            return self._moment_term(condition, place)
        attribute = place.attribute
        if attribute is None:
            return self._test_values(condition, column)
        if attribute.vr == "PN":
            return " AND ".join((*self._name_terms(condition, column), self._test_values(condition, column)))
        if attribute.vr == "DA" and condition.kind is Kind.RANGE:
            # What is no date is kept as it came, and is in no range.
            return f"{self._within(column, *condition.values)} AND {column} <> '' AND {column} NOT GLOB '*[^0-9]*'"
        if attribute.is_multiple or attribute.vr not in _COMPARED_AS_TEXT or condition.kind is Kind.MULTIPLE:
            return self._test_values(condition, column)
        return self._text_term(condition, column)

    def _text_term(self, condition: Condition, column: str) -> str:
        """Gives an exact term for what has one value and is compared as text."""
        if condition.kind is Kind.WILDCARD:
            self.parameters.append(_glob(condition.values[0]))
            return f"{column} GLOB ?"
        self.parameters.append(json.dumps(condition.values))
        return f"{column} IN (SELECT value FROM json_each(?))"

    def _name_terms(self, condition: Condition, column: str) -> list[str]:
        """Narrows down to names of which a group begins as the key does, or that have the longest part of it."""
        if condition.is_fuzzy or condition.kind not in (Kind.SINGLE, Kind.WILDCARD):
            return []
        pieces = [piece.strip("^ ") for piece in _WILD.split(fold_name(condition.values[0]).split("=")[0])]
        if pieces[0]:
            prefix = _glob(pieces[0])
            self.parameters += [f"{prefix}*", f"*={prefix}*"]
            return [f"({column}{FOLDED} GLOB ? OR {column}{FOLDED} GLOB ?)"]
        longest = max(pieces, key=len)
        if not longest:
            return []
        self.parameters.append(f"*{_glob(longest)}*")
        return [f"{column}{FOLDED} GLOB ?"]

    def _moment_term(self, condition: Condition, place: "_Place") -> str:
        """A range over a date and its time together: the date narrows it down."""
        column = place.column(condition.tag)
        low, high = (end[:8] for end in condition.values)
        time = place.column(condition.time_tag) if condition.time_tag in attributes() else "NULL"
        return f"{self._within(column, low, high)} AND {self._test(_moment_test(condition), column, time)}"

    def _within(self, column: str, low: str, high: str) -> str:
        terms = []
        for end, sign in ((low, ">="), (high, "<=")):
            if end:
                # An open range may hold nearly all: with the plus its index is not used.
                terms.append(f"{'' if low and high else '+'}{column} {sign} ?")
                self.parameters.append(end)
        return " AND ".join(terms) or "1"

    def _test_values(self, condition: Condition, column: str) -> str:
        return self._test(lambda text, _: value_matches(condition, _split(condition.vr, text)), column)

    def _test(self, test: Test, column: str, second: str = "NULL") -> str:
        self.tests.append(test)
        return f"{MEETS}({len(self.tests) - 1}, {column}, {second})"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the value of a condition stands: a table, by the name that it has in the statement, and the attribute."""

    table: str
    attribute: Attribute | None

    def column(self, tag: int) -> str:
        attribute = attributes().get(tag)
        if attribute is not None:
            return f"{self.table}.{attribute.column}"
        return f"CAST(({_COMPUTED[tag][1].format(self.table)}) AS TEXT)"


_WILD: Final = re.compile(r"[*?]+")

_STUDY_DATE: Final = 0x00080020
_RANKS: Final = {
    PATIENT_ID: 2,
    0x00080050: 3,  # Accession Number
    STUDY_INSTANCE_UID: 4,
    SERIES_INSTANCE_UID: 5,
    SOP_INSTANCE_UID: 6,
}

# VRs of which equal texts are the same value and others are not; the rest is up to `value_matches`.
_COMPARED_AS_TEXT: Final = frozenset({"AE", "AS", "CS", "DA", "LO", "LT", "SH", "ST", "UC", "UI", "UR", "UT"})


def _selected(level: Level, key: int) -> str:
    attribute = attributes().get(key)
    if attribute is not None and attribute.level <= level:
        return f"{TABLES[attribute.level]}.{attribute.column}"
    computed = _COMPUTED.get(key)
    if computed is not None and computed[0] <= level:
        return f"CAST(({computed[1].format(TABLES[computed[0]])}) AS TEXT)"
    return "NULL"


def _tables(level: Level, first: Level, join: str) -> str:
    """Gives the tables from a level upwards, beginning with one of them: a CROSS JOIN keeps the order."""
    tables = [TABLES[first]]
    tables += [
        f"{join} {TABLES[each]} ON {TABLES[each]}.{_PARENT[each]} = {_PARENT[each]}.id"
        for each in Level
        if first < each <= level
    ]
    tables += [
        f"{join} {TABLES[each]} ON {TABLES[each]}.id = {TABLES[Level(each + 1)]}.{TABLES[each]}"
        for each in reversed(Level)
        if each < first
    ]
    return " ".join(tables)


def _rank(condition: Condition) -> int:
    """Gives how few rows an index leads to, 0 where there is none, or where it may lead to most of the rows."""
    if condition.tag == _STUDY_DATE:
        is_closed = condition.kind is Kind.RANGE and all(condition.values)
        return 1 if is_closed or condition.kind is Kind.SINGLE else 0
    return _RANKS.get(condition.tag, 0) if condition.kind in (Kind.SINGLE, Kind.UID_LIST) else 0


def _single(condition: Condition, value: str) -> Condition:
    return Condition(tag=condition.tag, vr=condition.vr, kind=Kind.SINGLE, values=(value,))


def _glob(pattern: str) -> str:
    """Gives the pattern of GLOB for a key: * and ? mean the same there, a bracket must not mean a set."""
    return pattern.replace("[", "[[]")


def _split(vr: str, text: str | None) -> Sequence[str]:
    if text is None:
        return ()
    return (text,) if vr in ONE_VALUE else text.split("\\")


def _moment_test(condition: Condition) -> Test:
    def test(date: str | None, time: str | None) -> bool:
        day, moment = normal_form("DA", date or "") or "", normal_form("TM", time or "") or ""
        return value_matches(condition, [day + moment])

    return test


def _items_match(condition: Condition, text: str | None) -> bool:
    """Whether one item meets all conditions on what the index keeps of items (PS3.4 C.2.2.2.6)."""
    items: list[dict[str, str]] = json.loads(text or "[]")
    return any(all(_item_meets(each, item) for each in condition.items) for item in items)


def _item_meets(condition: Condition, item: dict[str, str]) -> bool:
    if condition.kind is Kind.SEQUENCE:  # within an item none is kept
        return True
    return value_matches(condition, _split(condition.vr, item.get(f"{condition.tag:08X}")))
