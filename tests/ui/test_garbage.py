"""Cyclic garbage is collected where it is asked for, and nowhere else."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ui.engine import Engine
from ui.garbage import LONGEST_WAIT, GarbageCollector


class Cycle:
    """An object that only the collector can free."""

    def __init__(self, freed_in: list[str]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: freed_in.append(threading.current_thread().name))


@pytest.fixture
def collector() -> Iterator[GarbageCollector]:
    gc.collect()
    made = GarbageCollector()
    made.start()
    yield made
    made.stop()
    assert gc.isenabled()


def allocate(count: int) -> list[list[int]]:
    """Makes containers, which is what makes Python collect."""
    return [[number] for number in range(count)]


def test_nothing_is_collected_by_itself(collector: GarbageCollector) -> None:
    freed: list[str] = []
    Cycle(freed)
    kept = allocate(100_000)
    assert freed == []
    assert len(kept) == 100_000


def test_what_is_due_is_collected_on_request(collector: GarbageCollector) -> None:
    freed: list[str] = []
    Cycle(freed)
    collector.collect()
    assert freed == []
    kept = allocate(2 * gc.get_threshold()[0])
    collector.collect()
    assert freed == ["MainThread"]
    assert kept


def test_older_generations_have_their_turn(collector: GarbageCollector) -> None:
    freed: list[str] = []
    cycle = Cycle(freed)
    gc.collect(0)
    gc.collect(1)
    del cycle
    for _ in range((gc.get_threshold()[1] + 2) * (gc.get_threshold()[2] + 2) * 2):
        kept = allocate(2 * gc.get_threshold()[0])
        collector.collect()
        del kept
    assert freed == ["MainThread"]


def test_the_oldest_generation_waits_for_a_quiet_moment_but_not_for_ever() -> None:
    now = [0.0]
    freed: list[str] = []
    collector = GarbageCollector(lambda: now[0])
    collector.start()
    cycle = Cycle(freed)
    gc.collect(0)
    gc.collect(1)
    del cycle

    def come_due() -> None:
        while gc.get_count()[2] <= gc.get_threshold()[2]:
            gc.collect(1)

    come_due()
    collector.collect(is_quiet=False)
    assert freed == []
    now[0] = LONGEST_WAIT + 1
    come_due()
    collector.collect(is_quiet=False)
    assert freed == ["MainThread"]
    collector.stop()


def test_what_the_engine_leaves_is_freed_in_the_windows_thread(qtbot: QtBot) -> None:
    freed: list[str] = []
    engine = Engine()
    engine.start()

    async def litter() -> None:
        for _ in range(50):
            Cycle(freed)
            allocate(1000)

    engine.submit(litter()).result(10)
    assert freed == []
    kept = allocate(2 * gc.get_threshold()[0])
    qtbot.waitUntil(lambda: len(freed) == 50)
    assert set(freed) == {"MainThread"}
    assert kept
    engine.close()
    assert gc.isenabled()
