"""Nodes for the tools that ask: archives that answer queries and retrieves, in a thread of their own."""

import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.cli.background import background
from tests.services.query.archives import Scripted, made, until_cancelled
from tests.services.query.responses import EVERYTHING
from tests.services.retrieve.archives import STUDY, cts
from tests.services.servers import LOCAL
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.offers import Offer, handlers_for, policy_for
from workbench.services.query.data_sets import data_set_provider
from workbench.services.query.find_scp import FindScp
from workbench.services.query.identifiers import encode_as_given
from workbench.services.query.models import STUDY_ROOT
from workbench.services.retrieve.get_scp import GetScp
from workbench.services.retrieve.move_scp import MoveScp

WANTED = ["-S", "-k", "0008,0052=STUDY", "-k", f"StudyInstanceUID={STUDY}"]
"""Words of a command line that ask for the study of an archive."""

STUDIES = [made(StudyInstanceUID=f"1.2.{number}", PatientName=f"DOE^{number}") for number in range(3)]


@contextmanager
def serving(*offers: Offer) -> Iterator[list[str]]:
    """Gives the address of a node with these services."""
    with background(handlers_for(offers), policy=policy_for(offers)) as node:
        yield [node.host, str(node.port)]


@contextmanager
def finding() -> Iterator[list[str]]:
    """Gives the address of a node with three studies."""
    with serving(FindScp([STUDY_ROOT], data_set_provider(STUDIES)).offer) as place:
        yield place


@contextmanager
def finding_on() -> Iterator[list[str]]:
    """Gives the address of a node that finds ten studies, and no end before it is cancelled."""
    with serving(FindScp([STUDY_ROOT], Scripted(until_cancelled)).offer) as place:
        yield place


@contextmanager
def answering(*statuses: int, data_set: bytes | None = None, uid: str = STUDY_ROOT.find) -> Iterator[list[str]]:
    """Gives the address of a node that answers every request with these statuses; pending ones have a data set."""

    async def handler(request: IncomingRequest) -> AsyncIterator[Reply]:
        assert request.data_set is not None
        await request.data_set.discard()
        if not statuses:
            request.association.abort()
            return
        for status in statuses:
            encoded = encode_as_given(EVERYTHING, request.context.transfer_syntax) if data_set is None else data_set
            is_pending = status in (0xFF00, 0xFF01) and uid == STUDY_ROOT.find
            yield Reply(message=respond(request.message, status), data_set=encoded if is_pending else None)

    fields = {STUDY_ROOT.find: 0x0020, STUDY_ROOT.get: 0x0010, STUDY_ROOT.move: 0x0021}
    with serving(Offer(sop_classes={uid: None}, handlers={fields[uid]: handler})) as place:
        yield place


@contextmanager
def holding(folder: Path, count: int, destinations: Sequence[Node] = ()) -> Iterator[list[str]]:
    """Gives the address of an archive of so many images, from which they can be had."""
    archive = cts(folder, count)
    known = {node.ae_title: node for node in destinations}
    scps = GetScp([STUDY_ROOT], archive), MoveScp([STUDY_ROOT], archive, known.get, LOCAL)
    with serving(*(scp.offer for scp in scps)) as place:
        yield place


def free_port() -> int:
    """Gives a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])
