"""The bridge between the window's thread and the network's.

The engine is a plain asyncio loop with selectors in a background thread of its own: nothing that the window does, a
slow repaint or a dialog of the platform, delays a timer or an answer. Calls go down as coroutines (`submit`, `run`).
What happened comes up through channels: any thread puts, one Qt timer empties them all every 40 ms, and each receiver
gets a batch; a window that is hard at work painting gets its batches less often. There is never one Qt signal for one
event.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from math import inf
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

from ui.garbage import GarbageCollector

T = TypeVar("T")

INTERVAL = 40  # milliseconds between two batches
SLOWEST = 240  # the same, when the window is hard at work
SHARE = 0.3  # of a core that the window's thread may take, painting included, before batches come less often
BEHIND = 16  # the same, while items are left because there was no more time for them
BUDGET = 0.006  # seconds that the batches of one turn may take, so that they do not hold up the window
BATCH = 500  # items of a channel in one batch, between two looks at the clock


class Channel(Generic[T]):
    """Items on their way from the engine to the window.

    Attributes:
        lost: how many items were thrown away because the window did not take them in time.
        gone: how many have left, taken or lost.
    """

    def __init__(self, receive: Callable[[list[T]], None], limit: int | None) -> None:
        self._receive = receive
        self._items: deque[T] = deque(maxlen=limit)
        self.lost = 0
        self._taken = 0

    @property
    def gone(self) -> int:
        return self._taken + self.lost

    def put(self, item: T) -> None:
        """Adds an item, in any thread; at the limit the oldest one gives way."""
        if len(self._items) == self._items.maxlen:
            self.lost += 1
        self._items.append(item)

    def __len__(self) -> int:
        return len(self._items)

    def drain(self, at_most: int = BATCH) -> int:
        """Hands what is there to the receiver, in the window's thread, and gives how many items that were."""
        batch: list[T] = []
        while self._items and len(batch) < at_most:
            batch.append(self._items.popleft())
        self._taken += len(batch)
        if batch:
            self._receive(batch)
        return len(batch)


class Engine(QObject):
    """The network's thread and the way to it. Made, used and closed in the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._channels: list[Channel[Any]] = []
        self._posted = Channel(_call_all, None)
        self._due = 0  # posted functions that wait until each channel has come to its mark
        self._marks: list[int] = []
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._tick)
        self._time_used = 0.0
        self._garbage = GarbageCollector()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._live, name="engine")

    @property
    def is_running(self) -> bool:
        """Whether coroutines are taken."""
        return self._loop is not None

    @property
    def interval(self) -> int:
        """Milliseconds from one batch to the next, as things are now."""
        return self._timer.interval()

    def start(self) -> None:
        """Starts the thread and returns when its loop runs."""
        started: Future[None] = Future()
        self._started = started
        self._garbage.start()
        self._thread.start()
        started.result()
        self._timer.start()

    def close(self) -> None:
        """Cancels what still runs, ends the thread, and delivers what is left in the channels."""
        loop, stopping = self._loop, self._stopping
        self._loop = None
        if loop is None or stopping is None:
            return
        loop.call_soon_threadsafe(stopping.set)
        self._thread.join()
        self._timer.stop()
        while self.drain():
            pass
        self._garbage.stop()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Runs a coroutine on the engine; cancelling the future cancels it there.

        Raises:
            RuntimeError: the engine does not run.
        """
        if self._loop is None:
            work.close()
            raise RuntimeError("the engine does not run")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine on the engine and awaits it here; cancelling here cancels it there."""
        return await asyncio.wrap_future(self.submit(work))

    def call(self, function: Callable[[], object]) -> None:
        """Calls a function in the engine's thread, soon; does nothing when the engine does not run."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(function)

    def post(self, function: Callable[[], object]) -> None:
        """Calls a function in the window's thread, with the next batch; may be called in any thread."""
        self._posted.put(function)

    def open_channel(self, receive: Callable[[list[T]], None], *, limit: int | None = None) -> Channel[T]:
        """Opens a channel whose batches go to `receive`; above `limit` items the oldest are lost."""
        channel = Channel(receive, limit)
        self._channels.append(channel)
        return channel

    def drain(self, budget: float = inf) -> bool:
        """Delivers what is there now, for so many seconds at most, and tells whether there was anything."""
        end = time.perf_counter() + budget
        # A posted function tells that something has ended, and by then what happened before must have arrived. So the
        # functions are counted before the channels are emptied, and called once each channel has come so far.
        if not self._due:
            self._due = len(self._posted)
            self._marks = [channel.gone + len(channel) for channel in self._channels]
        was_due = self._due > 0
        any_delivered = False
        left = [len(channel) for channel in self._channels]
        while any(left):
            for at, channel in enumerate(self._channels):
                delivered = channel.drain(min(BATCH, left[at])) if left[at] else 0
                left[at] = left[at] - delivered if delivered else 0
                any_delivered = any_delivered or delivered > 0
            if time.perf_counter() > end:
                break
        if self._due and all(channel.gone >= mark for channel, mark in zip(self._channels, self._marks, strict=False)):
            due, self._due = self._due, 0
            self._posted.drain(due)
        return any_delivered or was_due

    def _tick(self) -> None:
        used = time.thread_time() - self._time_used
        self._time_used += used
        is_quiet = not self.drain(BUDGET)
        shortest = BEHIND if any(map(len, self._channels)) else INTERVAL
        self._timer.setInterval(round(min(max(shortest, used * 1000 / SHARE), SLOWEST)))
        self._garbage.collect(is_quiet=is_quiet)

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._wait_for_end())

    async def _wait_for_end(self) -> None:
        self._stopping = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._started.set_result(None)
        await self._stopping.wait()


def _call_all(functions: list[Callable[[], object]]) -> None:
    for function in functions:
        function()
