"""The command `python -m tests.benchmark [CASE…]`: prints a Markdown table, or tries the long runs."""

import argparse
import sys
from collections.abc import Callable, Sequence
from statistics import median

from tests.benchmark.cases import KINDS, Case, Figures, cases
from tests.benchmark.endurance import endure
from tests.benchmark.measuring import Bench
from tests.benchmark.programs import BenchmarkError, is_installed
from tests.benchmark.workloads import FULL, QUICK, Files


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the cases and gives the exit code: 0 unless a program failed or an endurance run showed a fault."""
    options = _parser().parse_args(arguments)
    if "endurance" in options.cases:
        return 0 if endure(quick=options.quick) else 1
    table = cases(QUICK if options.quick else FULL)
    chosen = [case for case in table if _is_chosen(case, options.cases, large=options.large)]
    runnable = [case for case in chosen if all(map(is_installed, case.makers))]
    for case in chosen:
        if case not in runnable:
            print(f"left out, its programs are not installed: {case.name}", file=sys.stderr)
    try:
        results = measure(runnable, rounds=1 if options.quick else options.rounds, tell=_tell)
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    print(as_table(results))
    return 0


def measure(
    chosen: Sequence[Case], *, rounds: int, tell: Callable[[str], None] = lambda _: None
) -> dict[Case, list[Figures]]:
    """Gives the figures of each round of each case, the rounds one after the other."""
    results: dict[Case, list[Figures]] = {case: [] for case in chosen}
    with Files() as files, Bench(files) as bench:
        for number in range(rounds):
            bench.next_round()
            for case in chosen:
                if number < case.rounds:
                    tell(f"round {number + 1}: {case.name}")
                    results[case].append(case.measure(bench))
    return results


def as_table(results: dict[Case, list[Figures]]) -> str:
    """Gives the medians as a Markdown table; the ratio is that of each round, with its range."""
    lines = ["| case | ours | base | ratio (range) | goal | |", "|---|---|---|---|---|---|"]
    for case, rounds in results.items():
        ratios = sorted(figures.ratio for figures in rounds)
        ours, base, ratio = (median(getattr(each, name) for each in rounds) for name in ("ours", "base", "ratio"))
        unit = rounds[0].unit
        verdict = "" if ratio >= case.goal else "missed"
        ranged = f"{ratio:.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"
        lines.append(
            f"| {case.name} | {ours:,.0f} {unit} | {base:,.0f} {unit} | {ranged} | {case.goal:.2f} | {verdict} |"
        )
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument(
        "cases", metavar="CASE", nargs="*", help=f"names of cases, or first words: {', '.join(KINDS)}; or: endurance"
    )
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default: 5)")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, one round: only shows that everything works")
    parser.add_argument("--large", action="store_true", help="with the cases of 2 GB")
    return parser


def _is_chosen(case: Case, names: Sequence[str], *, large: bool) -> bool:
    if not names:
        return large or not case.is_large
    return any(case.name == name or case.name.startswith(f"{name} ") for name in names)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
