"""Measures how smooth the window stays under load: `python -m tests.benchmark.gui_latency [CASE…]`.

The real window, offscreen, sends files to the embedded SCP as fast as it can: sender, receiver and window share one
process. Meanwhile a timer of the window should tick every 16 ms. Printed is, in milliseconds, how long it took from
one tick to the next.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median, quantiles
from typing import Final, NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtCore import QSize, Qt, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication

from tests.benchmark.workloads import FULL, QUICK, Files, Workload
from ui import theme
from ui.session import Session
from ui.views.main_window import MainWindow

TICK: Final = 16  # milliseconds
LATE: Final = 33.0  # two frames of a screen with 60 Hz
SIZE: Final = QSize(1280, 800)
_LIMIT: Final = 120.0


class Smoothness(NamedTuple):
    """One run: objects sent in a second, and the times from tick to tick in milliseconds."""

    rate: float
    gaps: list[float]

    @property
    def late(self) -> float:
        """The share of gaps that a person would see."""
        return sum(1 for gap in self.gaps if gap > LATE) / max(1, len(self.gaps))

    def percentile(self, part: int) -> float:
        """Gives what so many percent of the gaps do not exceed."""
        if len(self.gaps) < 2:
            return max(self.gaps, default=0.0)
        return quantiles(self.gaps, n=100, method="inclusive")[part - 1]


async def run(workload: Workload, files: Files) -> Smoothness:
    """Sends a workload through a window of its own."""
    session = Session(files.fresh("home"))
    window = MainWindow(session)
    window.resize(SIZE)
    window.show()
    try:
        session.start_demo(load_samples=False)
        await _until(session.listening_changed, lambda: session.is_demo_running)
        session.add_files([files.of(workload)])
        await _until(session.scan_changed, lambda: not session.is_scanning)
        window.send.choose_node(session.DEMO_NODE)
        return await _measure(session, workload)
    finally:
        window.memory.stop()
        window.hide()
        await session.close()
        window.deleteLater()


async def _measure(session: Session, workload: Workload) -> Smoothness:
    ticks: list[float] = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(TICK)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start()
    session.send(session.DEMO_NODE)
    await _until(session.send_changed, lambda: not session.is_sending)
    timer.stop()
    progress = session.send_progress
    if progress.stored != workload.count:
        raise RuntimeError(f"only {progress.stored} of {workload.count} objects were stored")
    gaps = [1000 * (after - before) for before, after in pairwise(ticks)]
    return Smoothness(progress.objects_per_second, gaps)


async def _until(signal: SignalInstance, holds: Callable[[], bool]) -> None:
    reached = asyncio.Event()

    def look(*_: object) -> None:
        if holds():
            reached.set()

    connection = signal.connect(look)
    try:
        look()
        async with asyncio.timeout(_LIMIT):
            await reached.wait()
    finally:
        signal.disconnect(connection)


def as_table(results: dict[str, list[Smoothness]]) -> str:
    """Gives the medians of the rounds as a Markdown table, and the worst of all."""
    lines = ["| case | objects/s | p50 | p95 | p99 | max | over 33 ms |", "|---|---|---|---|---|---|---|"]
    for name, rounds in results.items():
        parts = " | ".join(f"{median(each.percentile(part) for each in rounds):.1f}" for part in (50, 95, 99))
        rate = median(each.rate for each in rounds)
        worst = max(max(each.gaps, default=0.0) for each in rounds)
        late = median(each.late for each in rounds)
        lines.append(f"| {name} | {rate:,.0f} | {parts} | {worst:.1f} | {late:.1%} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures the cases named, or all, and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.gui_latency", description=__doc__)
    parser.add_argument("cases", metavar="CASE", nargs="*", help="small, ct (default: both)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each case (default: 3)")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, one round: only shows that everything works")
    options = parser.parse_args(arguments)
    sizes = QUICK if options.quick else FULL
    table = {"small": sizes.small, "ct": sizes.ct}
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    results: dict[str, list[Smoothness]] = {}
    with Files() as files, qasync.QEventLoop(app) as loop:
        for name in options.cases or table:
            for _ in range(1 if options.quick else options.rounds):
                results.setdefault(name, []).append(loop.run_until_complete(run(table[name], files)))
    print(as_table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
