"""Numbers as words."""

import pytest

from ui.models import words


@pytest.mark.parametrize(
    ("length", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (514_000, "514 KB"), (48_236_104, "48.2 MB"), (2 * 10**9, "2.0 GB")],
)
def test_sizes_are_short_and_decimal(length: int, text: str) -> None:
    assert words.size(length) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0.0004, "0.4 ms"), (0.061, "61 ms"), (9.801, "9.80 s"), (0.00999, "10.0 ms")]
)
def test_latencies_change_their_unit(seconds: float | None, text: str) -> None:
    assert words.latency(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(-1, "0 s"), (4.6, "5 s"), (80, "1 min 20 s"), (7500, "2 h 5 min")])
def test_durations_have_at_most_two_units(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_counts_and_times_are_set_off_in_threes() -> None:
    assert words.count(48_236_104) == "48,236,104"
    assert words.moment(1.001204) == "1.001 204"
    assert words.gap(0.00017) == "0.17 ms"
    assert words.gap(1.2) == "1.20 s"


def test_the_clock_shows_milliseconds() -> None:
    assert len(words.clock(1_700_000_000.1234)) == len("12:34:56.789")
    assert words.clock(1_700_000_000.1234).endswith(".123")
