"""Dates, times and ranges of them as texts that compare as what they mean (PS3.4 C.2.2.2.5, PS3.5 6.2).

The low end of a range loses its trailing zeros, the high end is filled up to the last moment that it names. So plain
comparison of texts does, whatever the precision of the stored value: "10" <= "1000" <= "100000.5" <= "100059.999999".
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

# The old forms 2006.07.05 and 10:30:00 are taken too (PS3.5 6.2, notes to DA and TM).
_DATE: Final = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_TIME: Final = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(\.\d{1,6})?)?)?")
_OFFSET: Final = r"[+-]\d{4}"
_OFFSET_AT_END: Final = re.compile(_OFFSET + "$")
_DATE_TIME: Final = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(\.\d{1,6})?)?)?)?)?)?(" + _OFFSET + ")?"
)
_ONE_DATE_TIME: Final = r"\d{4,14}(?:\.\d{1,6})?(?:" + _OFFSET + ")?"
_DATE_TIME_RANGE: Final = re.compile(rf"({_ONE_DATE_TIME})?\s*-\s*({_ONE_DATE_TIME})?")
_LATEST_TIME: Final = "235959.999999"
_LATEST_DATE: Final = "99991231"


def normal_form(vr: str, text: str) -> str | None:
    """Gives a DA, TM or DT without old-style delimiters and padding; None when it is malformed."""
    text = text.strip(" \0")
    if vr == "DA":
        match = _DATE.fullmatch(text)
        return "".join(match.groups()) if match and _is_date(*match.groups()) else None
    if vr == "TM":
        match = _TIME.fullmatch(text)
        return "".join(filter(None, match.groups())) if match and _is_time(*match.groups()[:3]) else None
    match = _DATE_TIME.fullmatch(text)
    if (
        match is None
        or not _is_date(match[1], match[2] or "01", match[3] or "01")
        or not _is_time(*match.groups()[3:6])
    ):
        return None
    return text


def split_range(vr: str, text: str) -> tuple[str, str] | None:
    """Gives both ends of a range in normal form, "" for an open one; None when it is no well-formed range.

    In a DT a hyphen may begin an offset from UTC instead; it is a range where it can be read as one.
    """
    text = text.strip(" \0")
    if vr == "DT":
        match = _DATE_TIME_RANGE.fullmatch(text)
        low, high = (match[1] or "", match[2] or "") if match else ("", "")
    else:
        low, _, high = text.partition("-")
    ends = tuple(normal_form(vr, end) if end.strip(" ") else "" for end in (low, high))
    if None in ends or not any(ends):
        return None
    return str(ends[0]), str(ends[1])


def is_range(vr: str, text: str) -> bool:
    """Whether a value of DA, TM or DT asks for a range: a hyphen that is not part of an offset from UTC."""
    if vr == "DT":
        return normal_form(vr, text) is None and "-" in text
    return "-" in text


def ends(vr: str, low: str, high: str) -> tuple[str, str]:
    """Gives the ends of a range, in normal form or open, as texts that compare with stored values."""
    return (lowest(vr, low) if low else ""), (highest(vr, high) if high else "")


def is_ordered(low: str, high: str) -> bool:
    """Whether a range does not end before it begins; moments of different zones are not compared."""
    return not low or not high or low <= high or bool(split_offset(low)[1] or split_offset(high)[1])


def lowest(vr: str, text: str) -> str:
    """Gives the least text of the moments that a normal form names, for use as low end."""
    if vr == "DA":
        return text
    text, offset = split_offset(text) if vr == "DT" else (text, "")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    shortest = 2 if vr == "TM" else 8
    while "." not in text and len(text) > shortest and text.endswith("00"):
        text = text[:-2]
    return text + offset


def highest(vr: str, text: str) -> str:
    """Gives the last moment that a normal form names, for use as high end."""
    if vr == "DA":
        return text
    if vr == "TM":
        return _filled(text, _LATEST_TIME)
    moment, offset = split_offset(text)
    return _filled(moment, _LATEST_DATE + _LATEST_TIME) + offset


def is_within(vr: str, value: str, low: str, high: str) -> bool:
    """Whether a stored value lies between two ends, both included (PS3.4 C.2.2.2.5); a malformed one does not."""
    form = normal_form(vr, value)
    if form is None:
        return False
    if vr == "DT" and any(split_offset(each)[1] for each in (form, low, high)):
        form = _instant(form)
        low = _instant(low) if low else ""
        high = _instant(high) if high else ""
    if vr == "TM" and low and high and low > high:
        return form >= low or form <= high
    return (not low or form >= low) and (not high or form <= high)


def is_same(vr: str, value: str, wanted: str) -> bool:
    """Whether a stored value is the moment that is asked for, whatever the precision of either."""
    form = normal_form(vr, value)
    if form is None:
        return False
    if vr == "DT" and (split_offset(form)[1] or split_offset(wanted)[1]):
        return _instant(form) == _instant(wanted)
    return lowest(vr, form) == lowest(vr, wanted)


# Zones


def is_offset(text: str) -> bool:
    """Whether a text is an offset from UTC, such as "+0100" (PS3.3 C.12.1)."""
    return re.fullmatch(_OFFSET, text) is not None


def split_offset(text: str) -> tuple[str, str]:
    """Gives the moment and the offset from UTC of a DT, which may be empty."""
    match = _OFFSET_AT_END.search(text)
    return (text[: match.start()], match.group()) if match else (text, "")


def offset_minutes(offset: str) -> int:
    """Gives an offset from UTC, such as "-0530", in minutes."""
    minutes = int(offset[1:3]) * 60 + int(offset[3:5])
    return -minutes if offset[0] == "-" else minutes


def local_offset() -> str:
    """Gives the offset from UTC of this system, now."""
    return f"{datetime.now(UTC).astimezone():%z}"[:5]


def moved(moment: str, minutes: int) -> str:
    """Gives a moment (YYYYMMDDHH and finer) later by so many minutes; as it is where there is no such day."""
    whole, dot, fraction = moment.partition(".")
    try:
        later = datetime.strptime(whole.ljust(14, "0"), "%Y%m%d%H%M%S") + timedelta(minutes=minutes)
    except (ValueError, OverflowError):
        return moment
    return f"{later:%Y%m%d%H%M%S}"[: len(whole)] + dot + fraction


def moved_time(text: str, minutes: int) -> str:
    """Gives a time of the day later by so many minutes, past midnight from 0 again; precise to the minute at least."""
    return moved("20000102" + text.ljust(4, "0"), minutes)[8:]


def moved_times(low: str, high: str, minutes: int) -> tuple[str, str]:
    """Gives a range of times later by so many minutes; the low end is above the high one when it crosses midnight."""
    first = moved_time((low or "00").ljust(6, "0"), minutes)
    last = moved_time(_filled(high, _LATEST_TIME), minutes)
    return lowest("TM", first), last


def moved_dates(low: str, high: str, minutes: int) -> tuple[str, str]:
    """Gives a range of dates, or of moments, later by so many minutes, as moments."""
    first = lowest("DT", moved(low.ljust(14, "0"), minutes)) if low else ""
    last = moved(_filled(high, _LATEST_DATE + _LATEST_TIME), minutes) if high else ""
    return first, last


def _instant(text: str) -> str:
    """Gives a DT as a full moment in UTC; one without an offset is of this system's zone."""
    moment, offset = split_offset(text)
    full = moment + "00000101000000.000000"[len(moment) :]
    return moved(full, -offset_minutes(offset or local_offset()))


def _filled(text: str, latest: str) -> str:
    if "." in text:
        return text.ljust(len(latest), "9")
    return text + latest[len(text) :]


def _is_date(year: str, month: str, day: str) -> bool:
    # Days are not counted by month: a query for up to the 31st of February means the end of February.
    return year != "0000" and 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _is_time(hour: str | None, minute: str | None, second: str | None) -> bool:
    return int(hour or 0) <= 23 and int(minute or 0) <= 59 and int(second or 0) <= 60
