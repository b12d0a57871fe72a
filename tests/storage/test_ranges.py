"""Dates, times and ranges of them, in every form and precision."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.storage import ranges


@pytest.mark.parametrize(
    ("vr", "text", "expected"),
    [
        ("DA", "20060705", "20060705"),
        ("DA", "2006.07.05", "20060705"),
        ("DA", "20060705 ", "20060705"),
        ("DA", "20061305", None),
        ("DA", "200607", None),
        ("DA", "00000101", None),
        ("TM", "10", "10"),
        ("TM", "10:30:05", "103005"),
        ("TM", "103005.25", "103005.25"),
        ("TM", "103060", "103060"),
        ("TM", "2430", None),
        ("TM", "1030.5", None),
        ("DT", "2006", "2006"),
        ("DT", "200607051030-0500", "200607051030-0500"),
        ("DT", "20060705103005.123456+0100", "20060705103005.123456+0100"),
        ("DT", "2006070599", None),
    ],
)
def test_values_have_one_form(vr: str, text: str, expected: str | None) -> None:
    assert ranges.normal_form(vr, text) == expected


@pytest.mark.parametrize(
    ("vr", "text", "expected"),
    [
        ("DA", "20060705-20060707", ("20060705", "20060707")),
        ("DA", "20060705 - 20060707", ("20060705", "20060707")),
        ("DA", "-20060707", ("", "20060707")),
        ("DA", "20060705-", ("20060705", "")),
        ("DA", "-", None),
        ("DA", "20060705-2006", None),
        ("DA", "20060705-20060706-20060707", None),
        ("TM", "1000-1800", ("1000", "1800")),
        ("DT", "2006-2007", ("2006", "2007")),
        ("DT", "20060705103000-0500-20060707103000-0500", ("20060705103000-0500", "20060707103000-0500")),
        ("DT", "20060705103000-0500-", ("20060705103000-0500", "")),
        ("DT", "-20060705103000-0500", ("", "20060705103000-0500")),
        ("DT", "rubbish-", None),
    ],
)
def test_ranges_are_split_at_the_hyphen_that_is_no_offset(vr: str, text: str, expected: tuple[str, str] | None) -> None:
    assert ranges.split_range(vr, text) == expected


def test_a_hyphen_before_an_offset_makes_no_range() -> None:
    assert not ranges.is_range("DT", "20060705103000-0500")
    assert ranges.is_range("DT", "20060705-20060706")
    assert ranges.is_range("TM", "10-")


@pytest.mark.parametrize(
    ("vr", "key", "value", "expected"),
    [
        ("DA", "20060705-20060707", "20060705", True),
        ("DA", "20060705-20060707", "2006.07.07", True),
        ("DA", "20060705-20060707", "20060708", False),
        ("DA", "20060705-20060707", "", False),
        ("DA", "20060705-", "99991231", True),
        ("TM", "1000-1030", "10", True),
        ("TM", "1000-1030", "100000.000000", True),
        ("TM", "1000-1030", "103059.999", True),
        ("TM", "1000-1030", "103100", False),
        ("TM", "-0000", "000030", True),
        ("TM", "0000-", "0", False),
        ("DT", "2006-2007", "20071231235959.999999", True),
        ("DT", "2006-2007", "2008", False),
        ("DT", "20060705100000+0000-20060705110000+0000", "20060705123000+0200", True),
        ("DT", "20060705100000+0000-20060705110000+0000", "20060705103000+0200", False),
        ("DT", "20060705100000+0000-", "20060705123000+0200", True),
    ],
)
def test_ends_are_inclusive_whatever_the_precision(vr: str, key: str, value: str, expected: bool) -> None:
    ends = ranges.split_range(vr, key)
    assert ends is not None
    assert ranges.is_within(vr, value, *ranges.ends(vr, *ends)) is expected


@pytest.mark.parametrize(
    ("vr", "value", "wanted", "expected"),
    [
        ("TM", "103000.000", "1030", True),
        ("TM", "103001", "1030", False),
        ("DA", "2006.07.05", "20060705", True),
        ("DT", "20060705103000+0200", "200607050830+0000", True),
        ("DT", "200607051030", "20060705103000.0", True),
        ("TM", "rubbish", "1030", False),
    ],
)
def test_a_single_moment_is_the_same_in_any_form(vr: str, value: str, wanted: str, expected: bool) -> None:
    assert ranges.is_same(vr, value, wanted) is expected


def test_times_move_past_midnight() -> None:
    assert ranges.moved_time("2330", 60) == "0030"
    assert ranges.moved_time("10", 30) == "1030"
    low, high = ranges.moved_times("2200", "2330", 60)
    assert (low, high) == ("23", "003059.999999")
    assert ranges.is_within("TM", "0010", low, high)
    assert ranges.is_within("TM", "2310", low, high)
    assert not ranges.is_within("TM", "12", low, high)


def test_dates_move_as_moments() -> None:
    low, high = ranges.moved_dates("20060705", "20060705", -9 * 60)  # a day in Japan, seen in UTC
    assert (low, high) == ("2006070415", "20060705145959.999999")
    assert ranges.is_within("DT", "20060704150000", low, high)
    assert not ranges.is_within("DT", "20060705150000", low, high)
    assert ranges.moved_dates("", "20060705", 60) == ("", "20060706005959.999999")
    assert ranges.moved("20060231000000", 60) == "20060231000000"  # there is no such day


@given(st.times(), st.times(), st.times())
def test_texts_compare_as_times_do(low: time, high: time, value: time) -> None:
    def text(moment: time) -> str:
        return f"{moment:%H%M%S}.{moment.microsecond:06}"

    ends = ranges.ends("TM", text(low), text(high))
    if low <= high:
        assert ranges.is_within("TM", text(value), *ends) is (low <= value <= high)
