"""What a run of a tool did, facet by facet, with nothing in it that is different each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.cli.option_rendering import Names, file_lines
from tests.cli.option_running import Run

FACETS: Final = ("exit", "output", "files", "wire", "tls", "waits", "calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a run did.

    Attributes:
        exit: the exit code.
        output: lines of standard output and standard error.
        files: what lies in the folder afterwards, or lies there no more.
        wire: what the peer saw.
        tls: what the peer saw of TLS.
        waits: what was asked of the clock, in seconds.
        calls: what was asked of the system.
    """

    exit: str
    output: str
    files: str
    wire: str
    tls: str
    waits: str
    calls: str

    def facet(self, name: str) -> str:
        """Gives one of the facets; of several joined by `+` all of them.

        Lines of output are put in order: those of the network and those of the work come from two places.
        """
        return "\n".join(
            "\n".join(sorted(self.output.splitlines())) if each == "output" else str(getattr(self, each))
            for each in name.split("+")
        )


def observe(run: Run, folder: Path, before: Mapping[str, bytes], wire: list[str], tls: list[str]) -> Observation:
    """Puts together what a run did in its folder."""
    names = Names([(str(folder), "<folder>")])
    fixed = names.fixed
    return Observation(
        exit=str(run.exit),
        wire=fixed("\n".join(wire)),
        tls=fixed("\n".join(tls)),
        files=fixed("\n".join(_changes(folder, before))),
        output=fixed(f"{run.out}\n--\n{run.err}"),
        waits="\n".join(map(str, sorted(run.waits))),
        calls="\n".join(sorted(set(run.calls))),
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Gives what lies in a folder and below it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _changes(folder: Path, before: Mapping[str, bytes]) -> list[str]:
    paths = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    lines = [f"gone: {name}" for name in sorted(before.keys() - paths.keys())]
    for name, path in sorted(paths.items(), key=lambda item: (item[1].stat().st_mtime_ns, item[0])):
        if before.get(name) != path.read_bytes():
            lines += [name, *(f"    {line}" for line in file_lines(path))]
    return lines
