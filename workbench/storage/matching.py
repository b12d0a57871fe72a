"""What an identifier asks for, and which data sets match it (PS3.4 C.2.2.2).

`read_identifier` makes conditions of the keys of a C-FIND request; they are plain data, so that an index can turn them
into SQL. `matches` and `value_matches` apply them to data sets and to single attributes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, NamedTuple

from pydicom.datadict import keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset

from workbench.errors import StatusError
from workbench.storage import ranges
from workbench.storage.element_texts import (
    ONE_VALUE,
    SPECIFIC_CHARACTER_SET,
    charset_of,
    items_of,
    texts_of,
    vr_of,
)
from workbench.storage.person_names import name_matches, wild_card
from workbench.uids import is_valid_uid

IDENTIFIER_DOES_NOT_MATCH: Final = 0xA900  # PS3.4 Table C.4-1
QUERY_RETRIEVE_LEVEL: Final = 0x00080052
TIMEZONE_OFFSET: Final = 0x00080201

_LONGEST_VALUE: Final = 10_240  # characters: the longest LT (PS3.5 6.2); each value is compared with all that is stored

MOST_KEYS: Final = 5000
"""Attributes of an identifier, or of one of its items; the standard's dictionary has about as many."""

MAXIMUM_NESTING: Final = 16
"""Sequences within sequences that are followed; identifiers of the standard nest three deep."""

_WILD_CARD_VRS: Final = frozenset({"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})  # C.2.2.2.4
_MULTIPLE_VRS: Final = frozenset({"AE", "AS", "AT", "CS", "LO", "PN", "SH", "UC"})  # C.2.2.2.8
_MOMENTS: Final = frozenset({"DA", "TM", "DT"})
_NUMBERS: Final = frozenset({"IS", "DS", "US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"})
_UNMATCHED_VRS: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_EMPTY_VALUE: Final = '""'


class Kind(Enum):
    """How a key is matched (PS3.4 C.2.2.2)."""

    UNIVERSAL = "universal"
    SINGLE = "single value"
    UID_LIST = "list of UIDs"
    WILDCARD = "wild card"
    RANGE = "range"
    SEQUENCE = "sequence"
    EMPTY = "empty value"
    MULTIPLE = "multiple value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What one key attribute asks for.

    Attributes:
        kind: SINGLE, WILDCARD: `values` is one text. UID_LIST: any of the values, also for other VRs than UI when
            multiple value matching was not negotiated. MULTIPLE: each of the values. RANGE: the low and the high end,
            both inclusive, "" for an open one. EMPTY, SEQUENCE: no values.
        values: as texts. DA, TM and DT are in the form of PS3.5; the ends of a range compare as plain texts with the
            stored value (see `ranges`), but for a DT with an offset from UTC. A low end of TM above the high one means
            a range across midnight, which comes from another timezone.
        items: SEQUENCE: what one and the same item must match.
        time_tag: of a RANGE whose `vr` is DT: `tag` is that of a date, to which the time with this tag is appended
            before comparing (PS3.4 C.2.2.2.5.4).
        is_fuzzy: PN: matched by meaning.
    """

    tag: int
    vr: str
    kind: Kind
    values: tuple[str, ...] = ()
    items: tuple["Condition", ...] = ()
    time_tag: int = 0
    is_fuzzy: bool = False


class ReturnKey(NamedTuple):
    """An attribute to return; for a sequence, `items` are those of its items, none for all that they have."""

    tag: int
    vr: str
    items: tuple["ReturnKey", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    r"""A request identifier, understood.

    Attributes:
        conditions: what is asked for; keys with universal matching have none.
        return_keys: what is to be returned, in the order of the tags; not Specific Character Set and not the level.
        level: Query/Retrieve Level, empty when there is none.
        charset: Specific Character Set, its values separated by a backslash.
        timezone: Timezone Offset From UTC, empty unless its adjustment was negotiated.
    """

    conditions: tuple[Condition, ...]
    return_keys: tuple[ReturnKey, ...]
    level: str = ""
    charset: str = ""
    timezone: str = ""

    def condition(self, tag: int) -> Condition | None:
        """Gives the condition on an attribute, None when every value of it will do."""
        return next((each for each in self.conditions if each.tag == tag), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    fuzzy: bool
    date_time: bool
    empty_value: bool
    multiple_value: bool


def read_identifier(
    data_set: Dataset,
    *,
    fuzzy: bool = False,
    date_time: bool = False,
    timezone: bool = False,
    empty_value: bool = False,
    multiple_value: bool = False,
    archive_offset: str = "",
) -> Identifier:
    """Gives what an identifier asks for.

    Args:
        data_set: the identifier of a C-FIND, C-MOVE or C-GET request.
        fuzzy, date_time, timezone, empty_value, multiple_value: what extended negotiation allowed (PS3.4 C.5.1.1).
        archive_offset: the offset from UTC of stored dates and times, empty for that of this system.

    Raises:
        StatusError: a key is malformed: A900H, with its tag as Offending Element, and tag and value in the comment.
    """
    rules = _Rules(fuzzy=fuzzy, date_time=date_time, empty_value=empty_value, multiple_value=multiple_value)
    charset = charset_of(data_set)
    conditions, keys = _read_keys(data_set, charset, rules, depth=0)
    # PS3.4 C.4.1.1.3.1: it tells the zone of the other keys, or nothing; it is never matched.
    conditions = [each for each in conditions if each.tag != TIMEZONE_OFFSET]
    zone = "".join(texts_of(data_set, TIMEZONE_OFFSET)[:1]) if timezone else ""
    if zone:
        if not ranges.is_offset(zone):
            raise _malformed(TIMEZONE_OFFSET, zone, "no offset from UTC")
        conditions = _moved(conditions, zone, archive_offset or ranges.local_offset())
    return Identifier(
        conditions=tuple(conditions),
        return_keys=tuple(keys),
        level="".join(texts_of(data_set, QUERY_RETRIEVE_LEVEL)[:1]),
        charset=charset,
        timezone=zone,
    )


def matches(data_set: Dataset, conditions: Sequence[Condition], charset: str = "") -> bool:
    """Whether a data set matches all conditions; `charset` is that of the data set it is an item of."""
    charset = charset_of(data_set, charset)
    return all(_matches(data_set, condition, charset) for condition in conditions)


def value_matches(condition: Condition, values: Iterable[str]) -> bool:
    """Whether the values of an attribute match a condition on it that is not of a sequence."""
    present = [value for value in values if value]
    wanted = condition.values
    match condition.kind:
        case Kind.UNIVERSAL:
            return True
        case Kind.EMPTY:
            return not present
        case Kind.MULTIPLE:
            return all(any(_is_equal(condition, value, each) for value in present) for each in wanted)
        case Kind.RANGE:
            return any(_is_within(condition, value) for value in present)
        case Kind.WILDCARD if condition.vr != "PN":
            expression = wild_card(wanted[0])
            return any(expression.fullmatch(value) is not None for value in present)
        case _:
            return any(_is_equal(condition, value, each) for value in present for each in wanted)


def _matches(data_set: Dataset, condition: Condition, charset: str) -> bool:
    if condition.kind is Kind.SEQUENCE:
        items = items_of(data_set, condition.tag)
        return any(matches(item, condition.items, charset) for item in items)
    values = texts_of(data_set, condition.tag, charset)
    if condition.time_tag:
        times = texts_of(data_set, condition.time_tag, charset)
        time = ranges.normal_form("TM", times[0]) if times else ""
        values = tuple((ranges.normal_form("DA", date) or "") + (time or "") for date in values[:1])
    return value_matches(condition, values)


def _is_equal(condition: Condition, value: str, wanted: str) -> bool:
    vr = condition.vr
    if vr == "PN":
        return name_matches(wanted, value, fuzzy=condition.is_fuzzy)
    if vr in _MOMENTS:
        return ranges.is_same(vr, value, wanted)
    if vr in _NUMBERS:
        return _number(value) == _number(wanted)
    return value == wanted


def _is_within(condition: Condition, value: str) -> bool:
    low, high = condition.values
    return ranges.is_within(condition.vr, value, low, high)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


# From keys to conditions


def _read_keys(data_set: Dataset, charset: str, rules: _Rules, depth: int) -> tuple[list[Condition], list[ReturnKey]]:
    if len(data_set) > MOST_KEYS:
        raise StatusError(IDENTIFIER_DOES_NOT_MATCH, f"{len(data_set)} keys, of which at most {MOST_KEYS} are taken")
    conditions: list[Condition] = []
    keys: list[ReturnKey] = []
    for tag in sorted(int(each) for each in data_set.keys()):  # noqa: SIM118 - iterating a Dataset decodes it
        if tag in (SPECIFIC_CHARACTER_SET, QUERY_RETRIEVE_LEVEL) or tag & 0xFFFF == 0 or tag < 0x00080000:
            continue
        vr = vr_of(data_set, tag)
        if vr == "SQ":
            condition, items = _read_sequence(data_set, tag, charset, rules, depth)
        else:
            condition, items = _read_value(tag, vr, texts_of(data_set, tag, charset), rules), ()
        keys.append(ReturnKey(tag, vr, items))
        if condition is not None:
            conditions.append(condition)
    conditions = _combined(conditions) if rules.date_time else conditions
    for condition in conditions:
        if condition.kind is Kind.RANGE and not ranges.is_ordered(*condition.values):
            raise _malformed(condition.tag, "-".join(condition.values), "ends before it begins")
    return conditions, keys


def _read_sequence(
    data_set: Dataset, tag: int, charset: str, rules: _Rules, depth: int
) -> tuple[Condition | None, tuple[ReturnKey, ...]]:
    items = items_of(data_set, tag)
    if len(items) > 1:
        raise _malformed(tag, f"{len(items)} items", "a sequence to match has one")  # C.2.2.2.6
    if depth == MAXIMUM_NESTING:
        raise _malformed(tag, "sequence", "nested too deep")
    if not items:
        return None, ()
    conditions, keys = _read_keys(items[0], charset_of(items[0], charset), rules, depth + 1)
    condition = Condition(tag=tag, vr="SQ", kind=Kind.SEQUENCE, items=tuple(conditions)) if conditions else None
    return condition, tuple(keys)


def _read_value(tag: int, vr: str, values: tuple[str, ...], rules: _Rules) -> Condition | None:
    values = tuple(value for value in values if value)
    if not values or values == ("*",) or vr in _UNMATCHED_VRS:
        return None
    if rules.empty_value and values == (_EMPTY_VALUE,):
        return Condition(tag=tag, vr=vr, kind=Kind.EMPTY)
    condition = Condition(tag=tag, vr=vr, kind=Kind.SINGLE, values=values, is_fuzzy=rules.fuzzy and vr == "PN")
    if vr in _MOMENTS:
        return _read_moments(condition)
    _check_values(tag, vr, values)
    has_wild_cards = vr in _WILD_CARD_VRS and any("*" in value or "?" in value for value in values)
    if len(values) == 1 or vr in ONE_VALUE:
        if has_wild_cards and not values[0].strip("*"):
            return None
        return replace(condition, kind=Kind.WILDCARD) if has_wild_cards else condition
    if has_wild_cards:
        raise _malformed(tag, "\\".join(values), "wild cards in several values")
    # C.2.2.2.8: what several values mean is undefined unless negotiated; then any of them will do.
    is_multiple = rules.multiple_value and vr in _MULTIPLE_VRS
    return replace(condition, kind=Kind.MULTIPLE if is_multiple else Kind.UID_LIST)


def _check_values(tag: int, vr: str, values: tuple[str, ...]) -> None:
    for value in values:
        if len(value) > _LONGEST_VALUE:
            raise _malformed(tag, value, "too long")
        if vr == "UI" and not is_valid_uid(value):
            raise _malformed(tag, value, "not a UID")
        if vr in _NUMBERS and isinstance(_number(value), str):
            raise _malformed(tag, value, "not a number")


def _read_moments(condition: Condition) -> Condition:
    vr, tag = condition.vr, condition.tag
    if len(condition.values) == 1 and ranges.is_range(vr, condition.values[0]):
        ends = ranges.split_range(vr, condition.values[0])
        if ends is None:
            raise _malformed(tag, condition.values[0], "no range")
        return replace(condition, kind=Kind.RANGE, values=ranges.ends(vr, *ends))
    normal = tuple(ranges.normal_form(vr, value) or "" for value in condition.values)
    for value, form in zip(condition.values, normal, strict=True):
        if not form:
            raise _malformed(tag, value, f"not a {vr}")
    return replace(condition, kind=Kind.SINGLE if len(normal) == 1 else Kind.UID_LIST, values=normal)


def _combined(conditions: list[Condition]) -> list[Condition]:
    """Joins the ranges of a date and its time where both have the same form (PS3.4 C.2.2.2.5.4)."""
    by_tag = {each.tag: each for each in conditions if each.kind is Kind.RANGE}
    joined: dict[int, Condition] = {}
    for date in by_tag.values():
        time = by_tag.get(time_of(date.tag)) if date.vr == "DA" else None
        if time is not None and [bool(end) for end in date.values] == [bool(end) for end in time.values]:
            low, high = (day + moment for day, moment in zip(date.values, time.values, strict=True))
            joined[date.tag] = replace(date, vr="DT", values=ranges.ends("DT", low, high), time_tag=time.tag)
    times = {each.time_tag for each in joined.values()}
    return [joined.get(each.tag, each) for each in conditions if each.tag not in times]


def time_of(tag: int) -> int:
    """Gives the tag of the time that belongs to a date, such as Study Time for Study Date; 0 when there is none."""
    keyword = keyword_for_tag(tag)
    return (tag_for_keyword(keyword[:-4] + "Time") or 0) if keyword.endswith("Date") else 0


def _moved(conditions: list[Condition], zone: str, archive_offset: str) -> list[Condition]:
    """Moves dates and times from the zone of the request to that of the archive (PS3.4 C.5.1.1, byte 4)."""
    minutes = ranges.offset_minutes(archive_offset) - ranges.offset_minutes(zone)
    return [_moved_condition(each, zone, minutes) for each in conditions]


def _moved_condition(condition: Condition, zone: str, minutes: int) -> Condition:
    if condition.kind is Kind.SEQUENCE:
        return replace(condition, items=tuple(_moved_condition(each, zone, minutes) for each in condition.items))
    if condition.kind not in (Kind.SINGLE, Kind.RANGE) or condition.vr not in _MOMENTS:
        return condition
    is_range = condition.kind is Kind.RANGE
    low, high = condition.values if is_range else (condition.values[0], condition.values[0])
    if condition.vr == "DT" and not condition.time_tag:
        values = tuple(
            value if not value or ranges.split_offset(value)[1] else value + zone for value in condition.values
        )
        return replace(condition, values=values)
    time_tag = condition.time_tag or time_of(condition.tag)
    if minutes == 0 or (condition.vr == "DA" and not time_tag):  # a date without a time is of no zone
        return condition
    if condition.vr == "TM":
        times = ranges.moved_times(low, high, minutes) if is_range else (ranges.moved_time(low, minutes),)
        return replace(condition, values=times)
    moments = ranges.moved_dates(low, high, minutes)
    return replace(condition, vr="DT", kind=Kind.RANGE, values=moments, time_tag=time_tag)


def _malformed(tag: int, value: str, problem: str) -> StatusError:
    comment = f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {value[:24]}: {problem}"
    return StatusError(IDENTIFIER_DOES_NOT_MATCH, comment, offending_element=(tag,))
