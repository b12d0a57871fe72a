"""Tells whether somebody else has an index open: a lock on a file beside it, given back when a process ends."""

import contextlib
import os

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class OpenMark:
    """Marks the index as open, from here to `close`, however the process ends.

    Where files cannot be locked everybody believes to be alone, which costs a comparison with the folder at the start.

    Raises:
        OSError: the file cannot be made.
    """

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        self.is_alone = self.try_alone()

    def try_alone(self) -> bool:
        """Whether nobody else has it open; then nobody can before `share` or `close`."""
        try:
            if fcntl is not None:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # the file system knows no locks
            return True
        return True

    def share(self) -> None:
        """Lets others open it too."""
        with contextlib.suppress(OSError):
            if fcntl is not None:
                fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        """Takes the mark away."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
