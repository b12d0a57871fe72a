"""Long runs that must leave nothing behind: echoes, associations, a large object."""

import json
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

from tests.benchmark.associations import residue_of
from tests.benchmark.measuring import Bench
from tests.benchmark.programs import Maker, Process, Scp
from tests.benchmark.workloads import FULL, QUICK, Files
from tests.support.instances import MIB

# Objects that are kept on purpose (caches, the interpreter's free lists) reach their size late.
_RESIDENT_LIMIT: Final = 4 * MIB
_LARGE_OBJECT_LIMIT: Final = 40 * MIB


class Finding(NamedTuple):
    """What one run showed."""

    name: str
    is_good: bool
    figures: str


def endure(*, quick: bool) -> bool:
    """Prints the findings as they come and tells whether all are good."""
    all_good = True
    with Files() as files:
        for finding in _findings(files, quick=quick):
            print(f"{'ok    ' if finding.is_good else 'FAILED'} {finding.name}: {finding.figures}", flush=True)
            all_good &= finding.is_good
    return all_good


def _findings(files: Files, *, quick: bool) -> Iterator[Finding]:
    echoes, associations = (200, 20) if quick else (100_000, 10_000)
    yield _echoes(files, echoes)
    yield _associations(files, associations)
    yield _associations_of_one_process(files, associations)
    yield _large_object(files, quick=quick)


def _echoes(files: Files, count: int) -> Finding:
    with Scp(Maker.OURS, files.fresh("scp")) as scp:
        idle = residue_of(scp.process.identifier)
        command = [sys.executable, "-m", "workbench", "echoscu", "--json", "--repeat", str(count)]
        process = Process([*command, "127.0.0.1", str(scp.port)], Maker.OURS, files.folder / "echoes.json")
        seconds = process.wait()
        grown = residue_of(scp.process.identifier).resident - idle.resident
    last = json.loads(process.words.read_text(encoding="utf-8").splitlines()[-1])
    figures = f"{last['acknowledged']:,} of {count:,} answered in {seconds:.1f} s, the SCP grew {_mib(grown)}"
    return Finding("echoes on one association", last["acknowledged"] == count and grown < _RESIDENT_LIMIT, figures)


def _associations(files: Files, count: int) -> Finding:
    with Scp(Maker.OURS, files.fresh("scp")) as scp:
        _drive(files, scp.port, max(1, count // 10))
        before = residue_of(scp.process.identifier)
        grown = _drive(files, scp.port, count)
        after = residue_of(scp.process.identifier)
    scp_resident, scp_descriptors = after.resident - before.resident, after.descriptors - before.descriptors
    figures = (
        f"{count:,} in {grown['seconds']:.1f} s ({count / grown['seconds']:.0f}/s); "
        f"SCU: {_mib(grown['resident'])}, {grown['descriptors']:+} descriptors, {grown['tasks']:+} tasks; "
        f"SCP: {_mib(scp_resident)}, {scp_descriptors:+} descriptors"
    )
    is_good = max(grown["resident"], scp_resident) < _RESIDENT_LIMIT and scp_descriptors <= 0 and _is_clean(grown)
    return Finding("sequential associations with dwb storescp", is_good, figures)


def _associations_of_one_process(files: Files, count: int) -> Finding:
    grown = _drive(files, 0, count)
    figures = f"{count:,}; {_mib(grown['resident'])}, {grown['descriptors']:+} descriptors, {grown['tasks']:+} tasks"
    is_good = grown["resident"] < _RESIDENT_LIMIT and _is_clean(grown)
    return Finding("sequential associations, both ends on one loop", is_good, figures)


def _large_object(files: Files, *, quick: bool) -> Finding:
    workload = (QUICK if quick else FULL).huge
    with Bench(files) as bench:
        memory = bench.memory(workload)
    figures = f"{workload.name}: the SCU grew {_mib(memory.scu)}, the SCP {_mib(memory.scp)}"
    return Finding("a large object", max(memory.scu, memory.scp) < _LARGE_OBJECT_LIMIT, figures)


def _drive(files: Files, port: int, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmark.associations", str(port), str(count)]
    process = Process(command, Maker.OURS, files.folder / "associations.json")
    process.wait()
    grown: dict[str, float] = json.loads(process.words.read_text(encoding="utf-8"))
    return grown


def _is_clean(grown: dict[str, float]) -> bool:
    return grown["descriptors"] <= 0 and grown["tasks"] <= 0


def _mib(size: float) -> str:
    return f"{size / MIB:+.1f} MiB"
