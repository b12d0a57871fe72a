"""Options about what happens when an object has come or a study has ended: sorting, renaming, commands."""

import argparse
import asyncio
import os
from collections.abc import Coroutine, Sequence
from typing import Any, Final

from workbench.cli.output import Level, Output
from workbench.cli.parser import Options, Parser
from workbench.cli.reception import Reception, address_of, path_part
from workbench.cli.values import at_least
from workbench.cli.writing import BIT_PRESERVING
from workbench.errors import ConfigError
from workbench.net.association import Association
from workbench.net.tasks import TaskKeeper
from workbench.services.storage.hooks import CommandTemplate, Hooks, harmless
from workbench.services.storage.object_names import OfferedObject
from workbench.services.storage.renaming import rename_study
from workbench.services.storage.scp import ReceivedObject
from workbench.services.storage.studies import EndedStudy, Studies, StudyFolder

_GRACE: Final = 3.0  # seconds that commands get to end when the tool was told to stop

_SORTING: Final = ("--sort-conc-studies", "--sort-on-study-uid", "--sort-on-patientname")
_ON_END: Final = ("--exec-on-eostudy", "--rename-on-eostudy")


def add_event_options(parser: Parser) -> None:
    """Adds sorting and events, and their rules."""
    group = parser.group("output options: sorting into subdirectories")
    for short, long, kind, text in (
        ("-ss", _SORTING[0], StudyFolder.TIME, "a new subfolder PREFIX_TIME whenever another study comes"),
        ("-su", _SORTING[1], StudyFolder.UID, "a subfolder PREFIX_STUDY-INSTANCE-UID for each study"),
    ):
        group.value(short, long, dest="sorting", metavar="PREFIX", type=_prefixed(kind), help=text)
    group.flag(
        "-sp",
        _SORTING[2],
        dest="sorting",
        value=(StudyFolder.PATIENT_NAME, ""),
        default=None,
        help="a new subfolder PATIENT-NAME_TIME whenever another study comes",
    )
    group = parser.group("event options")
    words = "an argument vector, no shell: name a script for more"
    group.value(
        "-xcr",
        "--exec-on-reception",
        dest="on_reception",
        metavar="COMMAND",
        type=_command,
        help=f"run this after each object ({words}); #p is its folder, #f its file, #a the calling AE title, #c the "
        "called one, #r the peer; in these three, characters that a shell could take for more become _, spaces stay. "
        "What it prints goes to standard error. When the tool is told to stop, commands get "
        f"{_GRACE:g} s after the last association and are killed then; the second signal kills them at once",
    )
    group.value(
        "-xcs",
        "--exec-on-eostudy",
        dest="on_study",
        metavar="COMMAND",
        type=_command,
        help="run this when a study has ended; #p is its folder, #a, #c and #r are those of its last object",
    )
    group.flag(
        "-rns", "--rename-on-eostudy", dest="rename", help="rename the files of a study that has ended: CT000001"
    )
    group.value(
        "-tos",
        "--eostudy-timeout",
        dest="study_seconds",
        metavar="SECONDS",
        type=at_least(0),
        help="a study has ended when nothing of it came for so long (default: when another study comes)",
    )
    group.flag("-xs", "--exec-sync", dest="exec_sync", help="wait for each command before the next object is taken")
    for option in _SORTING:
        parser.conflicts(option, BIT_PRESERVING)
    for option in _ON_END:
        parser.conflicts(option, "--fork", "--inetd")
        parser.requires(option, *_SORTING)
    parser.requires("--eostudy-timeout", *_SORTING, *_ON_END)
    parser.check(_nothing_to_act_on)


def _nothing_to_act_on(options: Options) -> str:
    """Gives what is wrong with commands and names for files that are not kept."""
    acting = [option for option in ("--exec-on-reception", *_ON_END) if option in options.given]
    return f"{acting[0]} and --ignore exclude each other: there is no file" if acting and options.ignore else ""


def _command(text: str) -> CommandTemplate:
    try:
        return CommandTemplate.parse(text)
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


class _prefixed:  # noqa: N801 - a function with a value
    """Takes the prefix of a sorting option."""

    def __init__(self, kind: StudyFolder) -> None:
        self._kind = kind

    def __call__(self, text: str) -> tuple[StudyFolder, str]:
        return self._kind, path_part(text)


class Events:
    """What follows when an object has come or a study has ended; to be made on the event loop.

    Attributes:
        studies: where objects are sorted to, None when they are not.
    """

    def __init__(self, options: Options, reception: Reception, output: Output) -> None:
        self._options = options
        self._reception = reception
        self._output = output
        self._tasks = TaskKeeper()
        self._ending: set[asyncio.Task[None]] = set()
        self._changed: set[str] = set()  # what peers said of themselves and was made harmless
        self._hooks = Hooks(
            in_turn=options.exec_sync,
            on_failed=self._command_failed,
            on_killed=self._command_killed,
        )
        self._tasks.start(self._kill_in_haste(), name="commands: kill in haste")
        self.studies: Studies | None = None
        if options.sorting is not None:
            kind, prefix = options.sorting
            self.studies = Studies(
                options.folder, kind, prefix=prefix, seconds=options.study_seconds, on_ended=self._study_ended
            )

    def begun(self, offered: OfferedObject) -> None:
        """Learns that an object is coming; `StorageScp` asks it whether to take it."""
        if self.studies is not None:
            self.studies.begun(offered)

    async def after(self, received: ReceivedObject) -> None:
        """Does what follows on an object that was answered."""
        if received.path and self._options.on_reception is not None:
            folder, name = os.path.split(received.path)
            subject = f"object {received.sop_instance_uid}"
            await self._start(self._options.on_reception, received, {"#p": folder, "#f": name}, subject)
        if self.studies is not None:
            self.studies.arrived(received)
        if self._ending:
            await asyncio.wait(tuple(self._ending))
        if not self._hooks.is_done:
            await self._with_patience(self._hooks.done())

    def association_changed(self, association: Association) -> None:
        """Learns of the end of an association."""
        if association.end is not None and self.studies is not None:
            self.studies.association_ended(association.number)

    async def close(self) -> None:
        """Lets what is under way end; commands, once the tool was told to stop, in a short time only."""
        if self.studies is not None:
            if self.studies.unended and (self._options.rename or self._options.on_study is not None):
                self._output.warning(f"the end of {self.studies.unended} studies was not seen: nothing follows on them")
            self.studies.close()
        if self._ending:
            await asyncio.wait(tuple(self._ending))
        await self._with_patience(self._hooks.ended())
        await self._hooks.close()
        await self._tasks.cancel_all()

    async def _with_patience(self, waiting: Coroutine[Any, Any, None]) -> None:
        """Waits for commands: as long as it takes, but from the first signal on no longer than the grace."""
        async with asyncio.TaskGroup() as group:
            ended = group.create_task(waiting)
            stopping = group.create_task(self._reception.stopping.wait())
            await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                await asyncio.wait((ended,), timeout=_GRACE)
            ended.cancel()
            stopping.cancel()

    async def _kill_in_haste(self) -> None:
        await self._reception.haste.wait()
        self._hooks.kill()

    def _study_ended(self, study: EndedStudy) -> None:
        task = self._tasks.start(self._end(study), name=f"end of study {study.study_instance_uid}")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, study: EndedStudy) -> None:
        self._output.info(f"study {study.study_instance_uid} has ended: {study.folder}")
        files = len({each.path for each in study.received})
        self._output.event("study_ended", study=study.study_instance_uid, folder=study.folder, files=files)
        if self._options.rename:
            renamed = await asyncio.to_thread(rename_study, study, on_failed=self._rename_failed)
            for before, after in renamed.items():
                self._output.line(Level.DEBUG, f"renamed {before} to {after}")
                self._output.event("renamed", file=before, to=after)
        if self._options.on_study is not None:
            subject = f"study {study.study_instance_uid}"
            await self._start(self._options.on_study, study.received[-1], {"#p": study.folder}, subject)

    async def _start(
        self, command: CommandTemplate, received: ReceivedObject, values: dict[str, str], subject: str
    ) -> None:
        peer = address_of(received.peer)
        if command.needs("#r") and not self._options.no_host_names:
            peer = await self._reception.names.name_of(peer)
        said = {"#a": received.calling_ae_title, "#c": received.called_ae_title, "#r": peer}
        words = command.filled(values | {key: self._harmless(value) for key, value in said.items()})
        self._output.line(Level.DEBUG, f"running {' '.join(words)}")
        self._hooks.start(words, subject=subject)

    def _harmless(self, value: str) -> str:
        written = harmless(value.strip())
        if written != value.strip() and value not in self._changed:
            self._changed.add(value)
            self._output.warning(f"commands are told {written!r} for {value!r}, which could mean more to a shell")
        return written

    def _command_failed(self, words: Sequence[str], problem: str) -> None:
        self._output.error(f"the command {' '.join(words)} {problem}")
        self._output.event("command_failed", command=list(words), reason=problem)

    def _command_killed(self, words: Sequence[str], what: str) -> None:
        self._output.warning(f"the command {' '.join(words)} {what}")
        self._output.event("command_failed", command=list(words), reason=what)

    def _rename_failed(self, path: str, problem: str) -> None:
        self._output.warning(f"cannot rename file {path}: {problem}")
