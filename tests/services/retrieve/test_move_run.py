"""Several C-MOVE on one association, our own receiver among the destinations, and pending responses that mislead."""

import struct
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.retrieve.archives import CT, STUDY, cts, elsewhere, known, receiving, serving
from tests.services.retrieve.listening import Heard, study
from tests.services.servers import LOCAL, ScriptedStore
from workbench.acse.policy import Policy
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.dimse.messages import CMoveRq, CMoveRsp, CStoreRq
from workbench.errors import AssociationAborted, NoAcceptedContext, TransportError
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.server import ScpServer
from workbench.services.offers import Offer
from workbench.services.query.models import PATIENT_ROOT, STUDY_ROOT
from workbench.services.retrieve.move_run import MoveRun
from workbench.services.retrieve.move_scp import MoveScp


def run(node: Node, **further: object) -> MoveRun:
    made = MoveRun(node=node, model=STUDY_ROOT, local=LOCAL, destination="DEST")
    return replace(made, **further)  # type: ignore[arg-type]


async def test_retrieves_are_asked_in_turn_on_one_association(tmp_path: Path) -> None:
    store, heard = ScriptedStore(), Heard()
    async with receiving(store.handler) as destination:
        scp = MoveScp([STUDY_ROOT], cts(tmp_path / "archive", 2), known(destination), LOCAL)
        async with serving(scp.offer) as node:
            await run(node, repeat=2).run([study(STUDY), study("1.2.3")], heard)
    assert heard.said == ["associated", *["asked", "ended"] * 4, "released"]
    assert [result.completed for result in heard.results] == [2, 0, 2, 0]
    assert len(store.received) == 4


async def test_our_own_receiver_takes_what_is_sent(tmp_path: Path, unused_tcp_port: int) -> None:
    store, heard = ScriptedStore(), Heard()
    own = Node(name="own", host="127.0.0.1", port=unused_tcp_port, ae_title="DEST")
    receiver = ScpServer(
        replace(LOCAL, port=own.port), Policy(contexts={CT: None}), {CStoreRq.COMMAND_FIELD: store.handler}
    )
    scp = MoveScp([STUDY_ROOT], cts(tmp_path / "archive", 3), known(own), LOCAL)
    async with serving(scp.offer) as node:
        made = run(node, destination=own, receiver=receiver, arrived=lambda: len(store.received))
        await made.run([study(STUDY)], heard)
        assert not receiver.is_listening
    assert (heard.results[0].completed, len(store.received)) == (3, 3)
    assert store.associations


async def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    async with receiving(ScriptedStore().handler) as taken:
        receiver = ScpServer(replace(LOCAL, port=taken.port), Policy(contexts={}), {})
        with pytest.raises(TransportError):
            await run(taken, receiver=receiver).run([study(STUDY)], Heard())


async def test_what_goes_wrong_is_told(tmp_path: Path) -> None:
    heard = [Heard(), Heard()]
    async with serving(MoveScp([PATIENT_ROOT], cts(tmp_path / "archive", 1), known(), LOCAL).offer) as node:
        await run(elsewhere(node)).run([study(STUDY)], heard[0])
        await run(node).run([study(STUDY)], heard[1])
    assert [each.said for each in heard] == [["failed"], ["associated", "asked", "lost"]]
    assert isinstance(heard[1].errors[0], NoAcceptedContext)


async def test_an_abort_ends_it(tmp_path: Path) -> None:
    heard = Heard()
    async with serving(MoveScp([STUDY_ROOT], cts(tmp_path / "archive", 1), known(), LOCAL).offer) as node:
        await run(node, abort=True).run([study(STUDY)], heard)
    assert (heard.said[-1], heard.results[0].status) == ("aborted", 0xA801)


class Pending:
    """An SCP that waits for C-CANCEL after a pending response, or announces a data set with it."""

    def __init__(self, *, data_set: bytes | None) -> None:
        self.data_set = data_set

    @property
    def offer(self) -> Offer:
        """What it serves."""
        return Offer(sop_classes={STUDY_ROOT.move: None}, handlers={CMoveRq.COMMAND_FIELD: self.handler})

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Answers."""
        message = respond(request.message, 0xFF00)
        assert isinstance(message, CMoveRsp)
        assert request.data_set is not None
        await request.data_set.discard()
        counts = {"number_of_remaining_suboperations": 1, "number_of_completed_suboperations": 0}
        yield Reply(message=replace(message, **counts), data_set=self.data_set)  # type: ignore[arg-type]
        yield Reply(message=respond(request.message, 0))


async def test_a_data_set_of_a_pending_response_is_passed_over_when_it_is_believed() -> None:
    identifier = struct.pack("<HH2sH", 0x0010, 0x0020, b"LO", 2) + b"1 "
    believing, disbelieving = Heard(), Heard()
    async with serving(Pending(data_set=identifier).offer) as node:
        await run(node).run([study(STUDY)], believing)
        await run(node, believes_pending=False).run([study(STUDY)], disbelieving)
    assert (believing.said[-1], believing.counts, believing.results[0].status) == ("released", [0], 0)
    assert disbelieving.said[-1] == "lost"
    assert isinstance(disbelieving.errors[0], AssociationAborted)
