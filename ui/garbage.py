"""Cyclic garbage, collected in the window's thread only.

Python collects cycles in whatever thread happens to allocate. A cycle that holds a Qt object would then be destroyed in
the engine's thread, and Qt allows that only in the object's own: timers go on, or the process ends. So automatic
collection is off while the engine runs, and the window's thread collects whenever Python would have.
"""

import gc


class GarbageCollector:
    """Collects by Python's own thresholds, when asked to."""

    def __init__(self) -> None:
        self._was_enabled = False

    def start(self) -> None:
        """Turns automatic collection off."""
        self._was_enabled = gc.isenabled()
        gc.disable()

    def stop(self) -> None:
        """Turns automatic collection on again, if it was."""
        if self._was_enabled:
            gc.enable()

    def collect(self) -> None:
        """Collects the oldest generation that is due, in the calling thread; next to nothing when none is."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return
