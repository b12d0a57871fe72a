"""Editing the worklist: every change is in its file, and so in the answers of the local AE, before it is shown."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from ui.jobs import Job, JobState
from ui.models import words
from ui.models.query import ElementLine
from ui.models.worklist import WorklistModel
from ui.session.bench import Bench
from ui.session.questions import element_lines
from ui.session.scheduling import copy_of, examples, faults, merged, new_entry, row_of, with_study
from ui.session.worklist import KeptWorklist
from workbench.errors import ConfigError
from workbench.services.worklist.entries import WorklistEntry
from workbench.services.worklist.exchange import from_csv, to_csv
from workbench.services.worklist.items import data_set_of
from workbench.services.worklist.table import WorklistTable, check_entries

LARGEST: Final = 16 * 1024 * 1024  # bytes of a file to import; it is read whole

Removed = Sequence[tuple[int, WorklistEntry]]
"""Entries with the places where they were."""


class WorklistDesk(QObject):
    """The entries, and what the user does to them.

    The file is written at once: it is small, and what a dialog says must be true when it closes. CSV files come from
    elsewhere and may be large: they are read and written as jobs.

    Attributes:
        complaint: why the worklist cannot be read, as a sentence; empty when it can. Nothing is changed then.

    Signals:
        changed: the entries, or the complaint.
    """

    changed = Signal()

    def __init__(self, bench: Bench, kept: KeptWorklist, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = WorklistModel(self)
        self.complaint = ""
        self._bench = bench
        self._kept = kept
        self._entries: tuple[WorklistEntry, ...] = ()
        self._job: Job | None = None

    @property
    def path(self) -> Path:
        """The file."""
        return self._kept.path

    @property
    def entries(self) -> tuple[WorklistEntry, ...]:
        """The entries, in the order of the model's rows."""
        return self._entries

    def refresh(self) -> None:
        """Reads the file again if another program has changed it."""
        try:
            entries, complaint = self._kept.table().entries, ""
        except ConfigError as error:
            entries, complaint = (), str(error)
        if (entries, complaint) != (self._entries, self.complaint):
            is_same = entries == self._entries
            self._entries, self.complaint = entries, complaint  # before the rows: who sees them asks for the entries
            if not is_same:
                self.model.set_rows(row_of(entry) for entry in entries)
            self.changed.emit()

    def elements(self, position: int) -> tuple[ElementLine, ...]:
        """Gives what a query is answered of an entry, element by element."""
        return tuple(element_lines(data_set_of(self._entries[position])))

    # ---- one entry

    def draft(self) -> WorklistEntry:
        """Gives an entry to begin with: today, now, with fresh IDs."""
        return new_entry(self._entries, self._bench.settings.value.local.ae_title, datetime.now())

    def add(self, entry: WorklistEntry) -> dict[str, str]:
        """Adds an entry; gives what is wrong with it by field, or under "" what is wrong with the file."""
        return self._keep(entry, None, lambda table: table.add(entry))

    def replace(self, key: tuple[str, str], entry: WorklistEntry) -> dict[str, str]:
        """Puts an entry in the place of the one that has the key; gives what is wrong as `add` does."""
        return self._keep(entry, key, lambda table: table.replace(key, entry))

    def duplicate(self, positions: Iterable[int]) -> None:
        """Adds for each of these entries the same as another request."""
        made: list[WorklistEntry] = []
        for position in positions:
            made.append(copy_of(self._entries[position], [*self._entries, *made], datetime.now()))
        self._change(lambda table: table.replace_all((*table.entries, *made)))

    def add_examples(self) -> None:
        """Adds three entries for our own AE title."""
        made = examples(self._entries, self._bench.settings.value.local.ae_title, datetime.now())
        self._change(lambda table: table.replace_all((*table.entries, *made)))

    def remove(self, positions: Iterable[int]) -> Removed:
        """Removes entries and gives them, for `restore`; none when the file cannot be written."""
        gone = [(position, self._entries[position]) for position in sorted(positions)]
        keys = {entry.key for _, entry in gone}
        is_done = self._change(
            lambda table: table.replace_all([entry for entry in table.entries if entry.key not in keys])
        )
        return gone if is_done else ()

    def restore(self, removed: Removed) -> None:
        """Brings entries back to where they were, but for those whose IDs another entry has by now."""

        def put_back(table: WorklistTable) -> None:
            entries = list(table.entries)
            keys = {entry.key for entry in entries}
            for position, entry in removed:
                if entry.key not in keys:
                    entries.insert(position, entry)
            table.replace_all(entries)

        self._change(put_back)

    # ---- files

    def import_csv(self, path: Path) -> Job:
        """Adds the entries of a CSV file, as a job; either all of them or, where one is wrong, none."""

        def read() -> str:
            found = [with_study(entry) for entry in from_csv(_read_text(path))]
            check_entries(found)  # by themselves first: the message then has the number in the file
            table = self._kept.table()
            entries, added, replaced = merged(table.entries, found)
            table.replace_all(entries)
            return f"{path.name}: {_counted(added)} added" + (f", {replaced:,} replaced" if replaced else "")

        return self._run(f"Import {path.name}", read)

    def export_csv(self, path: Path) -> Job:
        """Writes the entries into a CSV file, as a job."""
        entries = self._entries

        def write() -> str:
            try:
                # The mark at the beginning tells spreadsheets that it is UTF-8.
                path.write_text(to_csv(entries), encoding="utf-8-sig", newline="")
            except OSError as error:
                raise ConfigError(f"{path} cannot be written: {error.strerror}") from error
            return f"{path.name}: {_counted(len(entries))} written"

        return self._run(f"Export {path.name}", write)

    def set_aside(self) -> None:
        """Gives a worklist that cannot be read another name and begins an empty one."""
        try:
            aside = self._kept.set_aside()
        except ConfigError as error:
            self._bench.tell("error", str(error))
            return
        self._bench.tell("note", f"The damaged worklist is kept as {aside.name}. The worklist is empty.")
        self.refresh()

    def job_changed(self, job: Job) -> None:
        """Takes note that a job has changed; one that is no import or export does not matter."""
        if job is self._job and not job.is_running:
            if job.state is JobState.DONE:
                self._bench.tell("ok", job.outcome)
            self.refresh()

    def _run(self, title: str, work: Callable[[], str]) -> Job:
        if self._job is None or not self._job.is_running:
            self._job = self._bench.run(title, asyncio.to_thread(work))
        return self._job

    def _keep(
        self, entry: WorklistEntry, instead_of: tuple[str, str] | None, change: Callable[[WorklistTable], object]
    ) -> dict[str, str]:
        self.refresh()
        found = faults(entry, (each.key for each in self._entries if each.key != instead_of))
        if found:
            return found
        try:
            change(self._kept.table())
        except ConfigError as error:
            found = {"": str(error)}
        self.refresh()
        return found

    def _change(self, change: Callable[[WorklistTable], object]) -> bool:
        is_done = False
        try:
            change(self._kept.table())
            is_done = True
        except ConfigError as error:
            self._bench.tell("error", f"The worklist was not changed: {error}")
        self.refresh()
        return is_done


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path.name} has over {words.size(LARGEST)}: that is no worklist")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name} is not UTF-8 from byte {error.start} on; save it as CSV UTF-8") from error


def _counted(number: int) -> str:
    return f"{words.count(number)} {'entry' if number == 1 else 'entries'}"
