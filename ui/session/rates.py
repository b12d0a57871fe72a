"""How fast something goes and how long it will still take, from the last few seconds."""

from collections import deque
from collections.abc import Callable
from time import monotonic

_WINDOW = 3.0  # seconds looked back: long enough not to flicker, short enough to follow a stall


class Rate:
    """Bytes sent and objects answered, sampled as they grow."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._start = clock()
        self._samples: deque[tuple[float, int, int]] = deque([(self._start, 0, 0)])

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def sample(self, bytes_sent: int, objects_answered: int) -> None:
        """Notes how much it is by now."""
        now = self._clock()
        self._samples.append((now, bytes_sent, objects_answered))
        while len(self._samples) > 2 and now - self._samples[1][0] >= _WINDOW:
            self._samples.popleft()

    @property
    def bytes_per_second(self) -> float:
        """Over the last seconds."""
        return self._slope(1)

    @property
    def objects_per_second(self) -> float:
        """Over the last seconds."""
        return self._slope(2)

    def remaining(self, bytes_left: int) -> float | None:
        """Gives the seconds that the rest will take; None while nothing moves."""
        speed = self.bytes_per_second
        return bytes_left / speed if speed > 0 else None

    def _slope(self, field: int) -> float:
        first, last = self._samples[0], self._samples[-1]
        elapsed = last[0] - first[0]
        return (last[field] - first[field]) / elapsed if elapsed > 0 else 0.0
