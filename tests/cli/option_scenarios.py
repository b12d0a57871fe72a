"""The situations in which the options of the tools are tried, by tool and name."""

import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.cli.option_materials import materials
from tests.cli.option_observing import Observation, contents, observe
from tests.cli.option_peer import Script, peer
from tests.cli.option_running import Run, run_tool
from tests.interop.peers import free_port

Drive = Callable[[int, list[str], list[str], Path], None]
"""Does something to a tool that serves at a port and adds what it saw: of the association, of TLS; in a folder."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One situation.

    Attributes:
        options: what stands before everything else.
        words: the positional parameters; {port} is the peer's, {destination} a free one.
        script: what a tool that calls meets.
        drive: what a tool that is called meets.
        typed: what a person types.
    """

    options: str = ""
    words: str = ""
    script: Script | None = None
    drive: Drive | None = None
    typed: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def play(self, tool: str, options: Sequence[str], folder: Path, words: str | None = None) -> Observation:
        """Runs the tool here, in an empty folder, with further options, and other words where they are given."""
        furnish(folder)
        before = contents(folder)
        places = {"destination": str(free_port())}

        def run(drive: Callable[[int], None] | None = None) -> Run:
            line = [*shlex.split(self.options), *options, *shlex.split(self.words if words is None else words)]
            filled = [_filled(word, places) for word in line]
            return run_tool(tool, filled, folder, environment=self.environment, typed=self.typed, while_serving=drive)

        if self.drive:
            seen: tuple[list[str], list[str]] = ([], [])
            drive = self.drive
            done = run(lambda port: drive(port, *seen, folder))
            return observe(done, folder, before, *seen)
        script = self.script or Script()
        if "{destination}" in f"{options} {self.options} {words}":
            script = replace(script, destination=int(places["destination"]))
        with peer(script) as node:
            places["port"] = str(node.port)
            done = run()
        return observe(done, folder, before, node.lines, node.tls_lines)


def _filled(word: str, places: Mapping[str, str]) -> str:
    for name, value in places.items():
        word = word.replace(f"{{{name}}}", value)
    return word


def furnish(folder: Path) -> None:
    """Fills the folder of a run: copies of what a tool may change, links to what it may not."""
    given = materials()
    shutil.copytree(given / "in", folder / "in")
    for name in ("tls", "cfg", "many"):
        (folder / name).symlink_to(given / name)
    for name in ("out", "other"):
        (folder / name).mkdir()
