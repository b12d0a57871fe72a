"""Threads for the disk work of a storage SCP: what blocks once for every object, at the least cost for each.

`asyncio.to_thread` would do, but its bookkeeping and its many threads, which take the interpreter's lock from one
another, cost more than the file system does for a small object.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Any, Final, Generic, NamedTuple, TypeVar

_Result = TypeVar("_Result")

_MOST_THREADS: Final = 8
_SLOW: Final = 0.004  # seconds of a call from which on threads are better off waiting together
_HANGING: Final = 0.02  # seconds after which a call is not waited for: another thread makes the next one
_SMOOTHING: Final = 8  # calls over which their duration is averaged, roughly
_MOST_UNSETTLED: Final = 32  # results that wait for one another


class Unsettled(Generic[_Result]):
    """What a call gives whose result is certain only after `settle`, which costs the same for one as for many.

    It is settled as soon as no other call is waiting, together with those before it.

    Args:
        value: what `settle` needs of it.
        settle: gives the results for the values of several calls, in their order; the same for all calls.
    """

    __slots__ = ("settle", "value")

    def __init__(self, value: Any, settle: Callable[[list[Any]], list[_Result]]) -> None:
        self.value = value
        self.settle = settle


class _Call(NamedTuple):
    future: "asyncio.Future[Any]"
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class _Finished(NamedTuple):
    future: "asyncio.Future[Any]"
    result: Any
    error: BaseException | None


class DiskThreads:
    """Runs blocking calls of one event loop, in the order in which they come.

    One thread does it as long as calls return at once; when they take their time (a disk that syncs, a share that
    hangs), further threads are started for calls that would have to wait.
    """

    def __init__(self) -> None:
        """Starts no thread before it is needed."""
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._finished: deque[_Finished] = deque()
        self._is_told = False  # whether the loop will look at what is finished
        self._threads: list[Thread] = []
        self._outstanding = 0  # calls whose results were not delivered yet
        self._seconds = 0.0  # that a call takes, averaged
        self._begun_at = 0.0  # when the latest call was begun
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, function: Callable[..., _Result | Unsettled[_Result]], *arguments: Any) -> "asyncio.Future[_Result]":
        """Gives what a call will give. It is made in any case, whether or not somebody still waits for it."""
        self._loop = asyncio.get_running_loop()
        future: asyncio.Future[_Result] = self._loop.create_future()
        if self._outstanding >= len(self._threads) and self._wants_thread():
            thread = Thread(target=self._work, name=f"disk {len(self._threads) + 1}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._outstanding += 1
        self._calls.put(_Call(future, function, arguments))
        return future

    def close(self) -> None:
        """Returns when all calls are made and the threads have ended. Blocks."""
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _wants_thread(self) -> bool:
        if not self._threads:
            return True
        is_slow = self._seconds > _SLOW or perf_counter() - self._begun_at > _HANGING
        return is_slow and len(self._threads) < _MOST_THREADS

    def _work(self) -> None:
        unsettled: list[tuple[asyncio.Future[Any], Unsettled[Any]]] = []
        while (call := self._next(unsettled)) is not None:
            begin = self._begun_at = perf_counter()
            result: Any = None
            error: BaseException | None = None
            try:
                result = call.function(*call.arguments)
            except BaseException as problem:  # noqa: BLE001 - it belongs to who waits for the call
                error = problem
            self._seconds += (perf_counter() - begin - self._seconds) / _SMOOTHING
            if isinstance(result, Unsettled):
                unsettled.append((call.future, result))
            else:
                self._finished.append(_Finished(call.future, result, error))
                self._tell()
        self._settle(unsettled)

    def _next(self, unsettled: "list[tuple[asyncio.Future[Any], Unsettled[Any]]]") -> _Call | None:
        if unsettled and len(unsettled) < _MOST_UNSETTLED:
            with contextlib.suppress(Empty):
                return self._calls.get_nowait()
        self._settle(unsettled)
        return self._calls.get()

    def _settle(self, unsettled: "list[tuple[asyncio.Future[Any], Unsettled[Any]]]") -> None:
        if not unsettled:
            return
        try:
            results = unsettled[0][1].settle([each.value for _, each in unsettled])
        except BaseException as problem:  # noqa: BLE001 - it belongs to who waits for the calls
            self._finished.extend(_Finished(future, None, problem) for future, _ in unsettled)
        else:
            futures = (future for future, _ in unsettled)
            self._finished.extend(map(_Finished, futures, results, [None] * len(unsettled)))
        unsettled.clear()
        self._tell()

    def _tell(self) -> None:
        if self._is_told:
            return
        self._is_told = True
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._deliver)
        except RuntimeError:
            self._is_told = False  # the loop is closed: nobody waits any more

    def _deliver(self) -> None:
        self._is_told = False
        while self._finished:
            future, result, error = self._finished.popleft()
            self._outstanding -= 1
            if future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
