"""Runs DCMTK's receivers and ours on the same task: the same options, the same objects, and what becomes of them."""

import asyncio
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from tests.interop.peers import PATIENCE, PeerTool, free_port, listening
from tests.services.storage import laid_out
from workbench.acse.contexts import propose
from workbench.config import LocalAe, Node
from workbench.dimse.messages import CStoreRq
from workbench.errors import WorkbenchError
from workbench.net.requestor import connect
from workbench.storage.part10 import scan
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

OURS: tuple[str | Path, ...] = (sys.executable, "-m", "workbench")
LOCAL = LocalAe(ae_title="SENDER")

# What differs from run to run, in the names of files and folders.
_VARIABLE = (
    (re.compile(r"(?<=\.X\.)[0-9.]*[0-9]"), "NEWUID"),
    (re.compile(r"\d{8}_\d{9}"), "FOLDERTIME"),
    (re.compile(r"\d{14}\.\d{6}"), "MICROSECONDS"),
    (re.compile(r"\d{17}(_\d{4})?"), "MILLISECONDS"),
    (re.compile(r"(?<=_)[0-9a-f]{16}"), "HEX"),
    (re.compile(r"undef/\d{8}"), "undef/TODAY"),
)


@dataclass(frozen=True)
class Sent:
    """An object to send."""

    data: bytes
    uid: str = laid_out.UID
    sop_class: str = laid_out.CT
    syntax: str = EXPLICIT_VR_LITTLE_ENDIAN


@dataclass
class Outcome:
    """What became of a task.

    Attributes:
        answers: a status for each object, or the word for what ended the association.
        said: what the tool printed.
    """

    folder: Path
    answers: list[int | str] = field(default_factory=list)
    said: str = ""

    @property
    def paths(self) -> list[Path]:
        """The files, but for what ours keeps of those that were replaced."""
        found = (each for each in self.folder.rglob("*") if each.is_file() and ".replaced" not in each.parts)
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))

    @property
    def names(self) -> list[str]:
        """Their names, with words for what differs from run to run."""
        return sorted(_constant(str(path.relative_to(self.folder))) for path in self.paths)

    def contents(self) -> dict[str, bytes]:
        """Gives the data sets by these names."""
        return {_constant(str(path.relative_to(self.folder))): data_set_of(path) for path in self.paths}


def _constant(name: str) -> str:
    for pattern, word in _VARIABLE:
        name = pattern.sub(word, name)
    return name


def data_set_of(path: Path) -> bytes:
    """Gives the data set of a file, with or without file meta information."""
    whole = path.read_bytes()
    return whole[scan(path).offset :] if whole[128:132] == b"DICM" else whole


Task = Callable[[int], list[int | str]]
"""Does something with the receiver at a port."""


def sending(*objects: Sequence[Sent], calling: str = "SENDER", called: str = "ANY-SCP") -> Task:
    """Gives the task to send objects: those of each sequence over an association of their own."""
    return lambda port: [answer for each in objects for answer in asyncio.run(_send(port, each, calling, called))]


async def _send(port: int, objects: Sequence[Sent], calling: str, called: str) -> list[int | str]:
    answers: list[int | str] = []
    node = Node(name="receiver", host="127.0.0.1", port=port, ae_title=called)
    (contexts,) = propose(dict.fromkeys((each.sop_class, (each.syntax,)) for each in objects))
    try:
        async with connect(node, contexts, local=LocalAe(ae_title=calling)) as association:
            for number, each in enumerate(objects, 1):
                request = CStoreRq(
                    message_id=number, affected_sop_class_uid=each.sop_class, affected_sop_instance_uid=each.uid
                )
                answers.append((await association.request(request, each.data)).message.status)
    except WorkbenchError as error:
        answers.append(type(error).__name__)
    return answers


def both(peer_tool: PeerTool, tool: str, options: Sequence[str | Path], task: Task, folder: Path) -> Iterator[Outcome]:
    """Gives what becomes of the task with DCMTK's tool, then with ours; `OUT` among the options is the folder."""
    programs: tuple[tuple[str | Path, ...], ...] = ((peer_tool(tool),), (*OURS, tool, "--bind", "127.0.0.1"))
    for name, program in zip(("dcmtk", "ours"), programs, strict=True):
        outcome = Outcome(folder / name)
        outcome.folder.mkdir()
        log = folder / f"{name}.log"
        with _running(program, outcome.folder, options, log) as port:
            outcome.answers = task(port)
        outcome.said = log.read_text(errors="replace")
        yield outcome


@contextmanager
def _running(program: Sequence[str | Path], folder: Path, options: Sequence[str | Path], log: Path) -> Iterator[int]:
    with listening(log, lambda port: [*program, *options, "-od", folder, str(port)]) as port:
        yield port


def exit_codes(peer_tool: PeerTool, tool: str, arguments: Sequence[str]) -> list[int]:
    """Gives the exit codes of DCMTK's tool and of ours, which must end by themselves."""
    port = str(free_port())
    words = [port if word == "PORT" else word for word in arguments]
    commands: list[list[str | Path]] = [[peer_tool(tool), *words], [*OURS, tool, *words]]
    return [subprocess.run(each, capture_output=True, timeout=PATIENCE, check=False).returncode for each in commands]


def inherited(peer_tool: PeerTool, tool: str, task: Task, folder: Path) -> Iterator[Outcome]:
    """Does as `both` does, with tools that get an accepted connection as their standard input."""
    programs: tuple[tuple[str | Path, ...], ...] = ((peer_tool(tool),), (*OURS, tool))
    for name, program in zip(("dcmtk", "ours"), programs, strict=True):
        outcome = Outcome(folder / name)
        outcome.folder.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as server:
            codes: list[int] = []
            starting = Thread(target=_start_for, args=(server, [*program, "--inetd", "-od", outcome.folder], codes))
            starting.start()
            outcome.answers = task(server.getsockname()[1])
            starting.join(PATIENCE)
        outcome.said = str(codes)
        yield outcome


def _start_for(server: socket.socket, command: list[str | Path], codes: list[int]) -> None:
    """Runs a program for the first connection, as inetd does."""
    connection, _ = server.accept()
    with connection:
        process = subprocess.Popen(
            command, stdin=connection.fileno(), stdout=connection.fileno(), stderr=subprocess.DEVNULL
        )
    codes.append(process.wait(PATIENCE))
