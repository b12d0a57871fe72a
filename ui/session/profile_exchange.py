"""Profiles from and for other programs: files in the format of DCMTK's association configuration."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from ui.jobs import Job, JobState
from ui.models import words
from ui.session.bench import Bench
from workbench.acse.asconfig import read_asconfig, write_asconfig
from workbench.acse.profiles import Profile
from workbench.errors import ConfigError

LARGEST: Final = 4 * 1024 * 1024  # bytes of a file to import; it is read whole


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundProfiles:
    """What a file holds; nothing of it is kept yet.

    Attributes:
        file: its name.
        warnings: what DCMTK would pass over in silence, each with file and line.
    """

    file: str
    profiles: tuple[Profile, ...]
    warnings: tuple[str, ...]


class ProfileExchange(QObject):
    """Reads and writes profiles, as jobs.

    Signals:
        found: a file has been read: FoundProfiles.
    """

    found = Signal(object)

    def __init__(self, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._job: Job | None = None
        self._found: FoundProfiles | None = None

    def read(self, path: Path) -> Job:
        """Reads a file; `found` tells what is in it. What is wrong with it ends the job, with its line."""

        def work() -> str:
            config = read_asconfig(_text_of(path), path.name)
            self._found = FoundProfiles(file=path.name, profiles=config.profiles, warnings=config.warnings)
            return f"{path.name}: {_counted(len(config.profiles))} found"

        return self._run(f"Import {path.name}", work)

    def write(self, path: Path, profiles: Sequence[Profile]) -> Job:
        """Writes profiles into a file."""

        def work() -> str:
            text = write_asconfig(profiles)
            try:
                path.write_text(text, encoding="utf-8")
            except OSError as error:
                raise ConfigError(f"{path} cannot be written: {error.strerror}") from error
            return f"{path.name}: {_counted(len(profiles))} written"

        return self._run(f"Export {path.name}", work)

    def job_changed(self, job: Job) -> None:
        """Takes note that a job has changed; one that is none of these does not matter."""
        if job is not self._job or job.is_running:
            return
        found, self._found = self._found, None
        if job.state is not JobState.DONE:
            return
        if found is None:
            self._bench.tell("ok", job.outcome)
        else:
            self.found.emit(found)

    def _run(self, title: str, work: Callable[[], str]) -> Job:
        if self._job is None or not self._job.is_running:
            self._found = None
            self._job = self._bench.run(title, asyncio.to_thread(work))
        return self._job


def free_names(wanted: Iterable[str], taken: Collection[str]) -> list[str]:
    """Gives each profile that is to be added a name: the one it wants, with a number where that is taken."""
    used, names = set(taken), []
    for name in wanted:
        free, number = name, 1
        while free in used:
            number += 1
            free = f"{name} {number}"
        used.add(free)
        names.append(free)
    return names


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path.name} has over {words.size(LARGEST)}: that is no configuration of profiles")
        return path.read_bytes().decode(errors="replace")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error


def _counted(number: int) -> str:
    return f"{words.count(number)} {'profile' if number == 1 else 'profiles'}"
