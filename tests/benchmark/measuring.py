"""Runs pairs of programs over workloads and gives seconds, without the start of the programs, and memory."""

import json
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Final, Self

from tests.benchmark.programs import BenchmarkError, Delay, Maker, Pair, Process, Scp, scu_command
from tests.benchmark.workloads import Files, Workload

_SHORTEST: Final = 1e-4  # seconds; a tiny workload may take less than its start varies
_POLL: Final = 0.004


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The growth of each process over its idle size, in bytes."""

    scu: int
    scp: int


class Bench:
    """The SCPs that run during a measurement, each started when first asked for; used as a context manager.

    A result is measured once a round, however many cases ask for it.
    """

    def __init__(self, files: Files) -> None:
        self.files = files
        self._stack = ExitStack()
        self._scps: dict[Maker, Scp] = {}
        self._delays: dict[tuple[Maker, int], Delay] = {}
        self._starts: dict[tuple[Pair, bool], list[float]] = {}
        self._results: dict[tuple[Pair, Workload], float] = {}
        self._index_folder: Path | None = None
        self._index_figures: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def next_round(self) -> None:
        """Forgets the results of the round before."""
        self._results.clear()
        self._index_figures = {}

    def scp(self, maker: Maker) -> Scp:
        """Gives the running SCP of a maker."""
        if maker not in self._scps:
            self._scps[maker] = self._stack.enter_context(Scp(maker, self.files.fresh("scp")))
        return self._scps[maker]

    def seconds(self, pair: Pair, workload: Workload) -> float:
        """Gives how long a pair takes for a workload, less what it takes for one echo or one small object.

        Raises:
            BenchmarkError: a program failed, or not every object arrived.
        """
        key = (pair, workload)
        if key not in self._results:
            start = self._start(pair, workload)
            self._results[key] = max(self._run(pair, workload) - start, _SHORTEST)
        return self._results[key]

    def whole(self, maker: Maker, workload: Workload) -> float:
        """Gives how long one SCU takes from its start to its end."""
        return self._run(Pair(maker, Maker.DCMTK), workload)

    def sequential_associations(self, count: int) -> float:
        """Gives the seconds for so many associations with our SCP, one after the other, each for one echo."""
        command = [sys.executable, "-m", "tests.benchmark.associations", str(self.scp(Maker.OURS).port), str(count)]
        process = Process(command, Maker.OURS, self.files.folder / "associations.json")
        process.wait()
        return float(json.loads(process.words.read_text(encoding="utf-8"))["seconds"])

    def index(self, studies: int) -> dict[str, float]:
        """Gives what a search in an index of so many studies takes; see `indexing`. Measured once a round."""
        if self._index_folder is None:
            self._index_folder = self.files.fresh("index")
            self._indexing("fill", self._index_folder, studies)
        if not self._index_figures:
            self._index_figures = json.loads(self._indexing("search", self._index_folder, studies))
        return self._index_figures

    def _indexing(self, action: str, folder: Path, studies: int) -> str:
        command = [sys.executable, "-m", "tests.benchmark.indexing", action, str(folder), str(studies)]
        process = Process(command, Maker.OURS, self.files.folder / "indexing.json")
        process.wait()
        return process.words.read_text(encoding="utf-8")

    def memory(self, workload: Workload) -> Memory:
        """Gives how much our own SCU and a fresh SCP of ours grow over a workload."""
        with Scp(Maker.OURS, self.files.fresh("scp")) as scp:
            idle_scp = _peak(scp.process)
            idle_scu, _ = self._watch(scp, Workload(name="one", count=1, file_bytes=10_240))
            peak_scu, peak_scp = self._watch(scp, workload)
            scp.take_objects()
        return Memory(scu=peak_scu - idle_scu, scp=peak_scp - idle_scp)

    def _start(self, pair: Pair, workload: Workload) -> float:
        """The middle of all times that the pair took for next to nothing."""
        one = Workload(name="one", count=1, file_bytes=10_240 if workload.is_store else 0)
        starts = self._starts.setdefault((pair, workload.is_store), [])
        starts.append(self._run(replace(pair, jobs=1), one))
        return median(starts)

    def _run(self, pair: Pair, workload: Workload) -> float:
        scp = self.scp(pair.scp)
        if pair.jobs > 1 and pair.scu is not Maker.OURS:
            seconds = self._run_many(pair, scp, workload)
        else:
            port = self._far_port(pair) if pair.delay else scp.port
            seconds = self._scu(pair.scu, port, workload, self._paths(workload), pair.jobs, pair.window).wait()
        if workload.is_store and (arrived := scp.take_objects()) != workload.count:
            raise BenchmarkError(f"{arrived} of {workload.count} objects arrived from {pair.scu.value}")
        return seconds

    def _run_many(self, pair: Pair, scp: Scp, workload: Workload) -> float:
        """One SCU for each association, since the tools of others have one only."""
        paths = sorted(self.files.of(workload).iterdir())
        parts = [part for part in (paths[number :: pair.jobs] for number in range(pair.jobs)) if part]
        begin = time.perf_counter()
        processes = [self._scu(pair.scu, scp.port, workload, part) for part in parts]
        for process in processes:
            process.wait()
        return time.perf_counter() - begin

    def _paths(self, workload: Workload) -> list[Path]:
        return [self.files.of(workload)] if workload.is_store else []

    def _far_port(self, pair: Pair) -> int:
        """The port at which the SCP is a long way off."""
        key = (pair.scp, pair.delay)
        if key not in self._delays:
            words = self.files.folder / f"delay-{len(self._delays)}.txt"
            self._delays[key] = self._stack.enter_context(Delay(self.scp(pair.scp).port, pair.delay, words))
        return self._delays[key].port

    def _scu(
        self, maker: Maker, port: int, workload: Workload, paths: list[Path], jobs: int = 1, window: int = 1
    ) -> Process:
        words = self.files.folder / f"scu-{len(list(self.files.folder.glob('scu-*')))}.txt"
        return Process(scu_command(maker, port, workload, paths, jobs, window), maker, words)

    def _watch(self, scp: Scp, workload: Workload) -> tuple[int, int]:
        process = self._scu(Maker.OURS, scp.port, workload, self._paths(workload))
        peak = 0
        while process.is_running:
            peak = max(peak, _peak(process))
            time.sleep(_POLL)
        process.wait()
        return peak, _peak(scp.process)


def _peak(process: Process) -> int:
    """The largest resident size so far, in bytes; 0 of a process that has ended, or where the system does not tell."""
    return status_bytes(process.identifier, "VmHWM")


def status_bytes(identifier: int | str, field: str) -> int:
    """Gives a size from what Linux tells about a process, in bytes; 0 when it does not."""
    try:
        status = Path(f"/proc/{identifier}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    return 0
