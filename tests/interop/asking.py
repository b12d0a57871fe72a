"""Runs DCMTK's tools that ask and ours on the same task: against a node of ours that notes what is asked."""

import asyncio
import importlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.background import address, background
from tests.interop.peers import PATIENCE, PeerTool
from workbench.acse.policy import Policy
from workbench.dimse.answers import respond
from workbench.dimse.messages import CFindRq, CGetRq, CMoveRq, Request
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.query.identifiers import Element, encode_as_given
from workbench.services.query.models import MODELS
from workbench.upper_layer.items import RoleSelection
from workbench.upper_layer.pdu import AssociateRq

HOST, PORT, OUT = "HOST", "PORT", "OUT"
"""Words of a command line that stand for the address of the node, and for a folder of the tool's own."""

EVERYTHING = Policy(contexts={uid: None for model in MODELS for uid in model.sop_classes})


@dataclass
class Asked:
    """A request as it came."""

    message: Request
    transfer_syntax_uid: str
    identifier: bytes


@dataclass
class Run:
    """What a tool did.

    Attributes:
        code: its exit code.
        requests: the associations that it asked for.
        asked: what it asked for.
        cancels: how many requests it cancelled.
        ends: how the associations ended.
        said: what it printed to standard error.
    """

    code: int = -1
    requests: list[AssociateRq] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    cancels: int = 0
    ends: list[str] = field(default_factory=list)
    said: str = ""

    @property
    def contexts(self) -> list[list[tuple[int, str, tuple[str, ...]]]]:
        """Gives what was proposed on each association."""
        return [
            [(each.context_id, each.abstract_syntax, each.transfer_syntaxes) for each in request.presentation_contexts]
            for request in self.requests
        ]

    @property
    def roles(self) -> list[list[RoleSelection]]:
        """Gives the roles that were proposed on each association."""
        return [
            [item for item in request.user_information if isinstance(item, RoleSelection)] for request in self.requests
        ]

    @property
    def titles(self) -> list[tuple[str, str]]:
        """Gives who called whom."""
        return [(request.calling_ae_title, request.called_ae_title) for request in self.requests]

    @property
    def identifiers(self) -> list[tuple[str, str]]:
        """Gives each identifier with its transfer syntax, the bytes as hexadecimal numbers."""
        return [(one.transfer_syntax_uid, one.identifier.hex(" ")) for one in self.asked]


@dataclass(frozen=True)
class Answers:
    """What the node answers to each request: pending responses, then a final one.

    Attributes:
        pending: how many responses without a data set come before those with one.
        until_cancelled: the final response comes after a C-CANCEL, as FE00H.
        is_silent: the association is aborted instead of an answer.
    """

    matches: Sequence[tuple[Element, ...]] = ()
    pending: int = 0
    statuses: Sequence[int] = ()
    final: int = 0
    until_cancelled: bool = False
    is_silent: bool = False


class Node:
    """Answers as it is told and notes what is asked."""

    def __init__(self, answers: Answers, run: Run) -> None:
        self._answers = answers
        self._run = run

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Answers one request."""
        assert request.data_set is not None
        data = await request.data_set.read(1 << 20)
        message = request.message
        assert isinstance(message, CFindRq | CMoveRq | CGetRq)
        self._run.asked.append(Asked(message, request.context.transfer_syntax, data))
        if self._answers.is_silent:
            request.association.abort()
            return
        syntax = request.context.transfer_syntax
        for _ in range(self._answers.pending):
            yield Reply(message=respond(message, 0xFF00))
        for number, match in enumerate(self._answers.matches):
            status = self._answers.statuses[number] if self._answers.statuses else 0xFF00
            yield Reply(message=respond(message, status), data_set=encode_as_given(match, syntax))
        if self._answers.until_cancelled:
            await _cancelled(request)
            self._run.cancels += request.is_cancelled
            yield Reply(message=respond(message, 0xFE00))
        else:
            yield Reply(message=respond(message, self._answers.final))


@contextmanager
def noting(run: Run, answers: Answers, policy: Policy = EVERYTHING) -> Iterator[list[str]]:
    """Gives host and port of a node that answers so."""
    seen: dict[int, AssociateRq] = {}

    def note(association: Association) -> None:
        assert association.request_pdu is not None
        seen.setdefault(association.number, association.request_pdu)
        if association.outcome is not None:
            run.ends.append(type(association.end).__name__)

    node = Node(answers, run)
    handlers = {each.COMMAND_FIELD: node.handler for each in (CFindRq, CMoveRq, CGetRq)}
    with background(handlers, policy=policy, observer=note) as listening:
        yield address(listening)
    run.requests = [seen[number] for number in sorted(seen)]


def run_theirs(program: Path, words: Sequence[str], folder: Path | None = None) -> tuple[int, str]:
    """Runs a tool of DCMTK to its end; gives its exit code and what it printed to standard error."""
    finished = subprocess.run(
        [program, *words],
        capture_output=True,
        env={**os.environ, "TCP_NODELAY": "1"},
        timeout=PATIENCE,
        check=False,
        text=True,
        errors="replace",
        cwd=folder,
    )
    return finished.returncode, finished.stderr


def run_ours(tool: str, words: Sequence[str]) -> int:
    """Runs a tool of ours to its end in this process and gives its exit code."""
    try:
        return int(importlib.import_module(f"workbench.cli.{tool}").main(list(words)))
    except SystemExit as end:
        return int(end.code or 0)


def side_by_side(
    tool: str,
    peer_tool: PeerTool,
    words: Sequence[str],
    answers: Answers = Answers(),
    *,
    policy: Policy = EVERYTHING,
    folders: tuple[Path, Path] | None = None,
) -> tuple[Run, Run]:
    """Gives what DCMTK's tool did and what ours did; the address comes before the words, or where they have it.

    Args:
        folders: what the word OUT stands for with either tool.
    """
    theirs, ours = Run(), Run()
    for place, run in enumerate((theirs, ours)):
        with noting(run, answers, policy) as (host, port):
            named = {HOST: host, PORT: port, OUT: str(folders[place]) if folders else OUT}
            given = [named.get(word, word) for word in (words if HOST in words else (HOST, PORT, *words))]
            if run is theirs:
                run.code, run.said = run_theirs(peer_tool(tool), given)
            else:
                run.code = run_ours(tool, given)
    return theirs, ours


async def _cancelled(request: IncomingRequest) -> None:
    event = asyncio.Event()
    request.on_cancel = event.set
    if not request.is_cancelled:
        await event.wait()
