"""Runs DCMTK's sending tools and ours on the same task against a node of ours that notes everything."""

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pydicom

from tests.cli.background import address, background
from tests.interop.peers import PATIENCE
from tests.services.servers import ScriptedStore
from workbench.acse.policy import Policy, storage_policy
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CStoreRq
from workbench.net.association import Association
from workbench.net.incoming import Handler, IncomingRequest
from workbench.net.operation import Reply
from workbench.storage.part10 import file_meta
from workbench.upper_layer.items import RoleSelection, SopClassExtendedNegotiation, UserIdentityRq
from workbench.upper_layer.pdu import AssociateRq

Tool = Callable[[list[str]], int]
"""Takes the words of a command line and gives the exit code."""


@dataclass
class Received:
    """One object as it came."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    data: bytes

    def parsed(self) -> pydicom.FileDataset:
        """Gives the data set as pydicom reads it."""
        meta = file_meta(
            sop_class_uid=self.sop_class_uid,
            sop_instance_uid=self.sop_instance_uid,
            transfer_syntax_uid=self.transfer_syntax_uid,
        )
        return pydicom.dcmread(BytesIO(meta + self.data))


@dataclass
class Run:
    """What a tool did.

    Attributes:
        code: its exit code.
        requests: the associations that were established, in their order.
        received: what was sent.
        said, printed: what it wrote on standard error and output, if it is a program of its own.
    """

    code: int = -1
    requests: list[AssociateRq] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    said: str = ""
    printed: str = ""

    @property
    def contexts(self) -> list[list[tuple[int, str, tuple[str, ...]]]]:
        """Gives what was proposed on each association."""
        return [
            [(each.context_id, each.abstract_syntax, each.transfer_syntaxes) for each in request.presentation_contexts]
            for request in self.requests
        ]

    @property
    def titles(self) -> list[tuple[str, str]]:
        """Gives who called whom."""
        return [(request.calling_ae_title, request.called_ae_title) for request in self.requests]

    @property
    def negotiation(self) -> list[list[object]]:
        """Gives roles, extended negotiation and identities of each association; what is said twice counts once."""
        kinds = (RoleSelection, SopClassExtendedNegotiation, UserIdentityRq)
        return [
            list(dict.fromkeys(item for item in request.user_information if isinstance(item, kinds)))
            for request in self.requests
        ]

    @property
    def objects(self) -> list[tuple[str, str, str]]:
        """Gives what was sent in which transfer syntax."""
        return [(one.sop_class_uid, one.sop_instance_uid, one.transfer_syntax_uid) for one in self.received]


class _Peer(ScriptedStore):
    """Does as the script says, where "silence" never answers; notes each object."""

    def __init__(self, script: Sequence[int | str], run: Run) -> None:
        super().__init__(list(script))
        self._run = run

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        silent = bool(self.script) and self.script[0] == "silence"
        message = request.message
        assert isinstance(message, CStoreRq)
        if silent:
            await request.association.wait_closed()
            return
        async for reply in super().handler(request):
            self._note(request, message)
            yield reply
        if len(self._run.received) < len(self.received):
            self._note(request, message)

    def _note(self, request: IncomingRequest, message: CStoreRq) -> None:
        self._run.received.append(
            Received(
                sop_class_uid=message.affected_sop_class_uid,
                sop_instance_uid=message.affected_sop_instance_uid,
                transfer_syntax_uid=request.context.transfer_syntax,
                data=self.received[-1],
            )
        )

    def handlers(self) -> dict[int, Handler]:
        return {CStoreRq.COMMAND_FIELD: self.handler}


def taking(*syntaxes: str, classes: Sequence[str] = ()) -> Policy:
    """Gives the policy of a node that takes these transfer syntaxes and SOP classes; none named means all."""
    return storage_policy(classes or storage_sop_classes(), transfer_syntaxes=syntaxes or None)


@contextmanager
def _noting(run: Run, policy: Policy | None, script: Sequence[int | str]) -> Iterator[list[str]]:
    seen: dict[int, AssociateRq] = {}

    def note(association: Association) -> None:
        assert association.request_pdu is not None
        seen.setdefault(association.number, association.request_pdu)

    with background(_Peer(script, run).handlers(), policy=policy or taking(), observer=note) as node:
        yield address(node)
    run.requests = [seen[number] for number in sorted(seen)]


def run_tool(
    tool: Path | Tool, words: Sequence[str | Path], *, policy: Policy | None = None, script: Sequence[int | str] = ()
) -> Run:
    """Runs a tool, given the address of the node in place of the words "HOST" and "PORT"."""
    run = Run()
    with _noting(run, policy, script) as (host, port):
        given = [{"HOST": host, "PORT": port}.get(str(word), str(word)) for word in words]
        if callable(tool):
            try:
                run.code = tool(given)
            except SystemExit as end:
                run.code = int(end.code or 0)
        else:
            finished = subprocess.run(
                [tool, *given],
                capture_output=True,
                env={**os.environ, "TCP_NODELAY": "1"},
                timeout=PATIENCE,
                check=False,
                text=True,
                errors="replace",
            )
            run.code, run.said, run.printed = finished.returncode, finished.stderr, finished.stdout
    return run
