"""Cyclic garbage, collected in the window's thread only.

Python collects cycles in whatever thread happens to allocate. A cycle that holds a Qt object would then be destroyed in
the engine's thread, and Qt allows that only in the object's own: timers go on, or the process ends. So automatic
collection is off while the engine runs, and the window's thread collects whenever Python would have. The oldest
generation holds the whole trace, and looking through it takes longer than a frame: that waits for a quiet moment.
"""

import gc
from collections.abc import Callable
from time import monotonic

LONGEST_WAIT = 30.0  # seconds that the oldest generation waits for a quiet moment


class GarbageCollector:
    """Collects by Python's own thresholds, when asked to."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._was_enabled = False
        self._last_full = clock()

    def start(self) -> None:
        """Turns automatic collection off."""
        self._was_enabled = gc.isenabled()
        gc.disable()

    def stop(self) -> None:
        """Turns automatic collection on again, if it was."""
        if self._was_enabled:
            gc.enable()

    def collect(self, *, is_quiet: bool = True) -> None:
        """Collects the oldest generation that is due, in the calling thread; next to nothing when none is."""
        may_take_long = is_quiet or self._clock() - self._last_full > LONGEST_WAIT
        for generation in (2, 1, 0) if may_take_long else (1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                if generation == 2:
                    self._last_full = self._clock()
                return
