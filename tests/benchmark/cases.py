"""What is compared with what, and the ratio that is wanted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.benchmark.finding import find_seconds
from tests.benchmark.measuring import Bench
from tests.benchmark.programs import Maker, Pair
from tests.benchmark.workloads import Sizes, Workload

_OURS = Pair(Maker.OURS, Maker.OURS)
_TUNED = Pair(Maker.DCMTK, Maker.DCMTK)
_DEFAULT = Pair(Maker.DCMTK_DEFAULT, Maker.DCMTK_DEFAULT)
_PYNETDICOM = Pair(Maker.PYNETDICOM, Maker.PYNETDICOM)
_AS_SCU = Pair(Maker.OURS, Maker.DCMTK)
_AS_SCP = Pair(Maker.DCMTK, Maker.OURS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One round of a case: rates, or times where less is better; `ratio` above 1 means that ours is better."""

    ours: float
    base: float
    ratio: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A row of the table.

    Attributes:
        name: what selects it, in whole or by its first word.
        makers: whose programs it needs.
        goal: the ratio that is wanted.
        measure: gives the figures of one round.
        rounds: at most so many, for what takes long.
    """

    name: str
    makers: frozenset[Maker]
    goal: float
    measure: Callable[[Bench], Figures]
    rounds: int = 100
    is_large: bool = False


def _versus(
    name: str,
    ours: Pair,
    workload: Workload,
    base: Pair,
    goal: float,
    *,
    base_workload: Workload | None = None,
    rounds: int = 100,
    is_large: bool = False,
) -> Case:
    """A pair with a program of ours against one without; a slow base may do with a smaller workload."""
    by = base_workload or workload

    def measure(bench: Bench) -> Figures:
        base_rate = by.count / bench.seconds(base, by)
        rate = workload.count / bench.seconds(ours, workload)
        if workload.count == 1:
            megabytes = workload.file_bytes / 1e6
            return Figures(ours=rate * megabytes, base=base_rate * megabytes, ratio=rate / base_rate, unit="MB/s")
        return Figures(ours=rate, base=base_rate, ratio=rate / base_rate, unit="/s")

    makers = frozenset({ours.scu, ours.scp, base.scu, base.scp})
    return Case(name=name, makers=makers, goal=goal, measure=measure, rounds=rounds, is_large=is_large)


def _jobs(number: int, workload: Workload, goal: float) -> Case:
    ours = Pair(Maker.OURS, Maker.OURS, number)
    base = Pair(Maker.DCMTK, Maker.DCMTK_FORKING, number)
    return _versus(f"jobs {number} associations", ours, workload, base, goal)


def _far(name: str, window: int, workload: Workload, goal: float) -> Case:
    """Both makers over a way of 20 ms each way; ours with so many operations outstanding."""
    ours = Pair(Maker.OURS, Maker.OURS, window=window, delay=20)
    return _versus(name, ours, workload, Pair(Maker.DCMTK, Maker.DCMTK, delay=20), goal, rounds=3)


def _start(workload: Workload, goal: float) -> Case:
    def measure(bench: Bench) -> Figures:
        ours, base = bench.whole(Maker.OURS, workload), bench.whole(Maker.DCMTK, workload)
        return Figures(ours=ours * 1000, base=base * 1000, ratio=base / ours, unit="ms")

    return Case(name="start echoscu", makers=frozenset({Maker.OURS, Maker.DCMTK}), goal=goal, measure=measure)


def _memory(name: str, workload: Workload, goal_mib: float, *, is_large: bool) -> Case:
    def measure(bench: Bench) -> Figures:
        memory = bench.memory(workload)
        worst = max(memory.scu, memory.scp, 1) / 2**20
        return Figures(ours=worst, base=goal_mib, ratio=goal_mib / worst, unit="MiB")

    return Case(name=name, makers=frozenset({Maker.OURS}), goal=1.0, measure=measure, rounds=1, is_large=is_large)


def _associations(count: int, goal_rate: float) -> Case:
    def measure(bench: Bench) -> Figures:
        rate = count / bench.sequential_associations(count)
        return Figures(ours=rate, base=goal_rate, ratio=rate / goal_rate, unit="/s")

    return Case(name="associations both", makers=frozenset({Maker.OURS}), goal=1.0, measure=measure)


def _find(
    name: str, ours: Pair, count: int, base: Pair, goal: float, *, base_count: int = 0, rounds: int = 100
) -> Case:
    """Answers to a C-FIND per second; a slow base may do with fewer."""

    def measure(bench: Bench) -> Figures:
        base_rate = (base_count or count) / find_seconds(bench, base, base_count or count)
        rate = count / find_seconds(bench, ours, count)
        return Figures(ours=rate, base=base_rate, ratio=rate / base_rate, unit="/s")

    makers = frozenset({ours.scu, ours.scp, base.scu, base.scp})
    return Case(name=name, makers=makers, goal=goal, measure=measure, rounds=rounds)


def _find_both(count: int, goal_rate: float) -> Case:
    def measure(bench: Bench) -> Figures:
        rate = count / find_seconds(bench, _OURS, count)
        return Figures(ours=rate, base=goal_rate, ratio=rate / goal_rate, unit="/s")

    return Case(name="find both", makers=frozenset({Maker.OURS}), goal=1.0, measure=measure)


def _index_first(studies: int, goal_ms: float) -> Case:
    """The slowest first answer of the usual queries at study level."""

    def measure(bench: Bench) -> Figures:
        figures = bench.index(studies)
        slowest = max(value for name, value in figures.items() if name.startswith("first "))
        return Figures(ours=slowest, base=goal_ms, ratio=goal_ms / slowest, unit="ms")

    return Case(name="index first answer", makers=frozenset({Maker.OURS}), goal=1.0, measure=measure)


def _index_rate(name: str, figure: str, studies: int, goal: float) -> Case:
    def measure(bench: Bench) -> Figures:
        rate = bench.index(studies)[figure]
        return Figures(ours=rate, base=goal, ratio=rate / goal, unit="/s")

    return Case(name=name, makers=frozenset({Maker.OURS}), goal=1.0, measure=measure)


def _index_memory(studies: int, goal_mib: float) -> Case:
    def measure(bench: Bench) -> Figures:
        growth = max(bench.index(studies)["growth"], 1) / 2**20
        return Figures(ours=growth, base=goal_mib, ratio=goal_mib / growth, unit="MiB")

    return Case(name="index memory", makers=frozenset({Maker.OURS}), goal=1.0, measure=measure)


def cases(sizes: Sizes) -> tuple[Case, ...]:
    """The table for these sizes."""
    echo, small, ct, big, huge = sizes.echo, sizes.small, sizes.ct, sizes.big, sizes.huge
    slow_echo, slow_small, slow_ct = sizes.slow_echo, sizes.slow_small, sizes.slow_ct
    default_scp = Pair(Maker.OURS, Maker.DCMTK_DEFAULT)
    default_scu = Pair(Maker.DCMTK_DEFAULT, Maker.OURS)
    return (
        _versus("echo SCU", _AS_SCU, echo, _TUNED, 0.9),
        _versus("echo SCP", _AS_SCP, echo, _TUNED, 0.9),
        _versus("echo both", _OURS, echo, _TUNED, 0.8),
        _versus("small SCU", _AS_SCU, small, _TUNED, 1.4),
        _versus("small SCP", _AS_SCP, small, _TUNED, 0.95),
        _versus("small both", _OURS, small, _TUNED, 1.5),
        _versus("ct SCU", _AS_SCU, ct, _TUNED, 1.3),
        _versus("ct SCP", _AS_SCP, ct, _TUNED, 0.9),
        _versus("ct both", _OURS, ct, _TUNED, 1.3),
        _versus("big both", _OURS, big, _TUNED, 1.2),
        _versus("huge both", _OURS, huge, _TUNED, 1.2, is_large=True),
        _memory("memory big", big, 40, is_large=False),
        _memory("memory huge", huge, 40, is_large=True),
        _jobs(4, small, 2),
        _jobs(16, small, 4),
        _jobs(64, small, 6),
        _far("delay one by one", 1, sizes.far, 0.9),
        _far("delay window 16", 16, sizes.far, 6),
        _versus("default echo SCU", default_scp, echo, _DEFAULT, 50, base_workload=slow_echo, rounds=2),
        _versus("default echo SCP", default_scu, echo, _DEFAULT, 50, base_workload=slow_echo, rounds=2),
        _versus("default small SCU", default_scp, small, _DEFAULT, 50, base_workload=slow_small, rounds=2),
        _versus("default small SCP", default_scu, small, _DEFAULT, 50, base_workload=slow_small, rounds=2),
        _versus("pynetdicom echo both", _OURS, echo, _PYNETDICOM, 10, base_workload=slow_echo, rounds=2),
        _versus("pynetdicom small both", _OURS, small, _PYNETDICOM, 10, base_workload=slow_small, rounds=2),
        _versus("pynetdicom ct both", _OURS, ct, _PYNETDICOM, 10, base_workload=slow_ct, rounds=2),
        _versus("pynetdicom big both", _OURS, big, _PYNETDICOM, 3, rounds=1),
        _find("find SCP", _AS_SCP, sizes.find, _TUNED, 1.2),
        _find("find SCU", _AS_SCU, sizes.find, _TUNED, 1),
        _find_both(sizes.find, 30_000),
        _find("pynetdicom find both", _OURS, sizes.find, _PYNETDICOM, 10, base_count=sizes.slow_find, rounds=2),
        _associations(sizes.associations, 300),
        _start(Workload(name="echo", count=1), 1 / 3),
        _index_first(sizes.studies, 50),
        _index_rate("index answers", "answers per second", sizes.studies, 30_000),
        _index_rate("index adding", "added per second", sizes.studies, 4_000),
        _index_memory(sizes.studies, 8),
    )


KINDS: Final = (
    "echo",
    "small",
    "ct",
    "big",
    "huge",
    "memory",
    "jobs",
    "delay",
    "find",
    "default",
    "pynetdicom",
    "start",
    "associations",
    "index",
)
