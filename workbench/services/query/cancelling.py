"""A wish to end what is asked: it is cancelled, and nothing more is asked (PS3.7 9.3.2.3)."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from workbench.errors import WorkbenchError
from workbench.net.tasks import TaskKeeper

Cancel = Callable[[], Awaitable[None]]
"""Sends the C-CANCEL-RQ of something under way."""


class Cancelling:
    """Carries the wish from whoever has it to what is under way. Belongs to one event loop.

    Attributes:
        is_wanted: whether to end.
    """

    def __init__(self) -> None:
        self.is_wanted = False
        self._under_way: dict[object, Cancel] = {}
        self._tasks = TaskKeeper()

    def want(self) -> None:
        """Cancels what is under way; never waits."""
        self.is_wanted = True
        for cancel in self._under_way.values():
            self._tasks.start(_quietly(cancel), name="C-CANCEL")

    @contextmanager
    def of(self, cancel: Cancel) -> Iterator[None]:
        """Has something cancelled while it is under way."""
        key = object()
        self._under_way[key] = cancel
        try:
            yield
        finally:
            del self._under_way[key]


async def _quietly(cancel: Cancel) -> None:
    """Cancels; should the association have ended meanwhile, whoever waits for the result is told of it."""
    with suppress(WorkbenchError):
        await cancel()
