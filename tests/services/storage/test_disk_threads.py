"""Blocking calls beside the loop: each once, with their errors, on more threads only when they take their time."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from workbench.services.storage.disk_threads import DiskThreads, Unsettled


@pytest.fixture
def threads() -> Iterator[DiskThreads]:
    threads = DiskThreads()
    yield threads
    threads.close()


async def test_every_call_is_made_once_and_beside_the_loop(threads: DiskThreads) -> None:
    made: list[tuple[int, int]] = []

    def call(number: int) -> int:
        made.append((number, threading.get_ident()))
        return number * 2

    results = await asyncio.gather(*(threads.run(call, number) for number in range(200)))
    assert results == [number * 2 for number in range(200)]
    assert sorted(number for number, _ in made) == list(range(200))
    assert threading.get_ident() not in {thread for _, thread in made}


async def test_quick_calls_share_one_thread(threads: DiskThreads) -> None:
    used = {await threads.run(threading.get_ident) for _ in range(100)}
    assert len(used) == 1


async def test_a_call_that_hangs_does_not_hold_up_the_others(threads: DiskThreads) -> None:
    go_on = threading.Event()
    hanging = threads.run(go_on.wait)
    async with asyncio.timeout(10):
        while not await _was_quick(threads):
            pass
    go_on.set()
    assert await hanging


async def _was_quick(threads: DiskThreads) -> bool:
    """Whether a call is answered while the other one hangs; the first ones may queue up behind it."""
    call = threads.run(threading.get_ident)
    done, _ = await asyncio.wait([call], timeout=0.01)
    return bool(done)


async def test_an_error_comes_out_where_the_result_is_awaited(threads: DiskThreads) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        await threads.run(fail)
    assert await threads.run(len, b"abc") == 3


async def test_a_call_that_nobody_waits_for_any_more_is_made(threads: DiskThreads) -> None:
    go_on = threading.Event()
    made: list[int] = []
    threads.run(go_on.wait)
    given_up = threads.run(made.append, 1)
    given_up.cancel()
    go_on.set()
    assert await threads.run(len, b"") == 0
    threads.close()
    assert made == [1]


def test_closing_after_the_loop_has_ended_makes_what_is_left() -> None:
    made: list[int] = []
    go_on = threading.Event()
    threads = DiskThreads()

    async def begin() -> None:
        threads.run(go_on.wait)
        threads.run(made.append, 1)

    asyncio.run(begin())
    go_on.set()
    threads.close()
    assert made == [1]


async def test_results_that_come_close_together_are_settled_at_once(threads: DiskThreads) -> None:
    settled: list[list[int]] = []
    gate = threading.Event()

    def settle(values: list[int]) -> list[str]:
        settled.append(values)
        return [f"settled {value}" for value in values]

    def call(number: int) -> str | Unsettled[str]:
        return Unsettled(number, settle)

    blocked = threads.run(gate.wait)
    first = [threads.run(call, number) for number in range(40)]
    plain = threads.run(lambda: "plain")
    gate.set()
    assert await blocked
    assert await plain == "plain"
    assert await asyncio.gather(*first) == [f"settled {number}" for number in range(40)]
    assert await threads.run(call, 99) == "settled 99"
    assert sorted(value for values in settled for value in values) == [*range(40), 99]
    assert len(settled) < 20
    assert max(map(len, settled)) <= 32


async def test_failure_to_settle_belongs_to_all_that_wait_for_it(threads: DiskThreads) -> None:
    gate = threading.Event()

    def settle(_: list[int]) -> list[int]:
        raise OSError("the disk is full")

    def call(number: int) -> int | Unsettled[int]:
        return Unsettled(number, settle)

    blocked = threads.run(gate.wait)
    futures = [threads.run(call, number) for number in range(3)]
    gate.set()
    assert await blocked
    for future in futures:
        with pytest.raises(OSError, match="full"):
            await future
    assert await threads.run(lambda: 1) == 1


async def test_closing_settles_what_was_called_before() -> None:
    threads = DiskThreads()
    settled: list[int] = []

    def settle(values: list[int]) -> list[int]:
        settled.extend(values)
        return values

    def call(number: int) -> int | Unsettled[int]:
        return Unsettled(number, settle)

    future = threads.run(call, 7)
    threads.close()
    assert settled == [7]
    assert await future == 7
