"""Numbers as words of a table: sizes, latencies, times of day."""

from datetime import datetime

_STEPS = (("GB", 1e9), ("MB", 1e6), ("KB", 1e3))


def size(length: int) -> str:
    """Gives a length in bytes as a short size in decimal units, such as "514 KB" or "48.2 MB"."""
    for unit, step in _STEPS:
        if length >= step:
            amount = length / step
            return f"{amount:.1f} {unit}" if amount < 100 else f"{amount:.0f} {unit}"
    return f"{length} B"


def count(number: int) -> str:
    """Gives a count with thousands set off, such as "48,236,104"."""
    return f"{number:,}"


def latency(seconds: float | None) -> str:
    """Gives a latency, such as "0.4 ms", "61 ms" or "9.80 s"; empty when there is none."""
    if seconds is None:
        return ""
    milliseconds = seconds * 1000
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{seconds:.2f} s"


def duration(seconds: float) -> str:
    """Gives a time to wait or a time taken, such as "5 s", "1 min 20 s" or "2 h 5 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def clock(time: float) -> str:
    """Gives the local time of day of a time since the epoch, to the millisecond."""
    return datetime.fromtimestamp(time).astimezone().strftime("%H:%M:%S.%f")[:-3]


def moment(seconds: float) -> str:
    """Gives seconds since some start with microseconds set off, such as "0.001 204"."""
    text = f"{seconds:.6f}"
    return f"{text[:-3]} {text[-3:]}"


def gap(seconds: float) -> str:
    """Gives the time between two rows: "0.17 ms", "1.20 s"."""
    return f"{seconds * 1000:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"
