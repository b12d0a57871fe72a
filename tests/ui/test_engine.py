"""The bridge between two threads: work down, batches up, an orderly end."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pytest
from pytestqt.qtbot import QtBot

from ui.engine import BATCH, INTERVAL, SLOWEST, Channel, Engine


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Engine]:
    made = Engine()
    made.start()
    yield made
    made.close()


@contextmanager
def counted_threads() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def test_work_runs_in_the_engines_thread(engine: Engine) -> None:
    async def work() -> str:
        return threading.current_thread().name

    assert engine.is_running
    assert engine.submit(work()).result(5) == "engine"


def test_an_error_comes_out_plain(engine: Engine) -> None:
    async def work() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        engine.submit(work()).result(5)


def test_cancelling_the_future_cancels_the_work(engine: Engine) -> None:
    begun, ended = Future[None](), Future[str]()

    async def work() -> None:
        begun.set_result(None)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.set_result("cancelled")
            raise

    future = engine.submit(work())
    begun.result(5)
    future.cancel()
    assert ended.result(5) == "cancelled"


def test_awaiting_the_engine_gives_its_result_and_passes_cancellation_on(engine: Engine) -> None:
    ended = Future[str]()

    async def answer() -> int:
        return 42

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set_result("over")

    async def here() -> int:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await engine.run(endless())
        return await engine.run(answer())

    assert asyncio.run(here()) == 42
    assert ended.result(5) == "over"


def test_channels_deliver_batches_in_the_windows_thread(engine: Engine, qtbot: QtBot) -> None:
    batches: list[list[int]] = []
    threads: set[threading.Thread] = set()

    def receive(batch: list[int]) -> None:
        batches.append(batch)
        threads.add(threading.current_thread())

    channel = engine.open_channel(receive)

    async def work() -> None:
        for number in range(10_000):
            channel.put(number)

    engine.submit(work()).result(5)
    qtbot.waitUntil(lambda: sum(map(len, batches)) == 10_000)
    assert [number for batch in batches for number in batch] == list(range(10_000))
    assert len(batches) < 40
    assert threads == {threading.main_thread()}


def test_what_was_posted_last_comes_after_what_happened_before(engine: Engine, qtbot: QtBot) -> None:
    seen: list[str] = []
    channel: Channel[str] = engine.open_channel(seen.extend)

    async def work() -> None:
        engine.post(lambda: seen.append("end"))
        channel.put("step")

    engine.submit(work()).result(5)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["step", "end"]


def test_the_end_waits_until_a_crowded_channel_is_empty(engine: Engine) -> None:
    seen: list[object] = []
    channel: Channel[object] = engine.open_channel(seen.extend)
    for number in range(BATCH + 1):
        channel.put(number)
    engine.post(lambda: seen.append("end"))
    while engine.drain():
        pass
    assert seen[-2:] == [BATCH, "end"]


def test_what_comes_during_a_delivery_is_not_overtaken_by_its_end(engine: Engine) -> None:
    seen: list[str] = []
    late: Channel[str] = engine.open_channel(seen.extend)

    def happens_after_late_was_emptied(_: list[str]) -> None:
        late.put("step")
        engine.post(lambda: seen.append("end"))

    early: Channel[str] = engine.open_channel(happens_after_late_was_emptied)
    early.put("begin")
    while engine.drain():
        pass
    assert seen == ["step", "end"]


def test_a_full_channel_loses_the_oldest_and_counts_them(engine: Engine) -> None:
    seen: list[int] = []
    channel: Channel[int] = engine.open_channel(seen.extend, limit=3)
    for number in range(5):
        channel.put(number)
    engine.drain()
    assert seen == [2, 3, 4]
    assert channel.lost == 2


def test_a_window_hard_at_work_gets_its_batches_less_often(engine: Engine, qtbot: QtBot) -> None:
    def work_hard(_: list[int]) -> None:
        end = time.thread_time() + 0.03
        while time.thread_time() < end:
            pass

    channel: Channel[int] = engine.open_channel(work_hard)
    channel.put(1)
    qtbot.waitUntil(lambda: engine.interval >= 100)
    assert engine.interval <= SLOWEST
    qtbot.waitUntil(lambda: engine.interval == INTERVAL)


def test_call_reaches_the_engines_thread(engine: Engine) -> None:
    found = Future[str]()
    engine.call(lambda: found.set_result(threading.current_thread().name))
    assert found.result(5) == "engine"


def test_a_blocked_window_does_not_block_the_engine(engine: Engine) -> None:
    ticks = Future[int]()

    async def work() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        ticks.set_result(20)

    engine.submit(work())
    # The window's thread waits here and turns no event loop.
    assert ticks.result(5) == 20


def test_close_cancels_what_runs_delivers_what_is_left_and_ends_the_thread(qtbot: QtBot) -> None:
    with counted_threads():
        engine = Engine()
        engine.start()
        seen: list[str] = []
        channel: Channel[str] = engine.open_channel(seen.extend)
        begun = Future[None]()

        async def endless() -> None:
            begun.set_result(None)
            try:
                await asyncio.Event().wait()
            finally:
                channel.put("cleaned up")

        future = engine.submit(endless())
        begun.result(5)
        engine.close()
        assert future.cancelled() or future.done()
        assert seen == ["cleaned up"]
        engine.close()


def test_a_closed_engine_takes_nothing(qtbot: QtBot) -> None:
    engine = Engine()
    engine.start()
    engine.close()

    async def work() -> None:
        """Never runs."""

    assert not engine.is_running
    with pytest.raises(RuntimeError, match="does not run"):
        engine.submit(work())
    engine.call(lambda: pytest.fail("called"))


def test_a_turn_takes_no_longer_than_its_budget_and_the_rest_comes_soon(engine: Engine, qtbot: QtBot) -> None:
    seen: list[int] = []

    def receive(batch: list[int]) -> None:
        seen.extend(batch)
        end = time.perf_counter() + 0.01
        while time.perf_counter() < end:
            pass

    channel: Channel[int] = engine.open_channel(receive)
    for number in range(5 * BATCH):
        channel.put(number)
    assert engine.drain(0.001)
    assert len(seen) == BATCH
    qtbot.waitUntil(lambda: len(seen) == 5 * BATCH)
    assert seen == list(range(5 * BATCH))


def test_the_end_of_one_thing_does_not_wait_for_a_stream_that_goes_on(engine: Engine) -> None:
    seen: list[object] = []

    def receive(batch: list[int]) -> None:
        seen.extend(batch)
        if "end" not in seen:
            stream.put(0)

    stream: Channel[int] = engine.open_channel(receive)
    stream.put(0)
    engine.post(lambda: seen.append("end"))
    assert engine.drain()
    assert seen == [0, "end"]
    assert len(stream) == 1
