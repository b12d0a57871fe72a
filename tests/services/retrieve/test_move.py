"""C-MOVE asked: what is proposed and sent, and what the result says of the destination."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.services.retrieve.archives import serving, wanted
from tests.services.servers import LOCAL
from workbench.acse.contexts import UNCOMPRESSED
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.dimse.messages import CMoveRq
from workbench.errors import ConfigError, NoAcceptedContext
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.services.encoding import LONGEST, decode_data_set
from workbench.services.offers import Offer
from workbench.services.query.models import PATIENT_ROOT, STUDY_ROOT
from workbench.services.retrieve.move import move, move_contexts, problem_of

DESTINATION = Node(name="us", host="10.0.0.7", port=11112, ae_title="STATION")


@asynccontextmanager
async def asking(status: int, seen: list[object] | None = None) -> AsyncIterator[Association]:
    """Gives an association with a peer that answers every C-MOVE so, as if 3 instances were stored."""

    async def handler(request: IncomingRequest) -> AsyncIterator[Reply]:
        assert request.data_set is not None
        identifier = decode_data_set(await request.data_set.read(LONGEST), request.context.transfer_syntax)
        if seen is not None:
            seen.extend([request.message, identifier])
        yield Reply(message=respond(request.message, status, number_of_completed_suboperations=3))

    offer = Offer(sop_classes={STUDY_ROOT.move: None}, handlers={CMoveRq.COMMAND_FIELD: handler})
    contexts = move_contexts([STUDY_ROOT, PATIENT_ROOT])
    async with serving(offer) as node, connect(node, contexts, local=LOCAL) as association:
        yield association


def test_each_model_is_proposed_in_the_uncompressed_syntaxes() -> None:
    contexts = move_contexts([STUDY_ROOT, PATIENT_ROOT])
    assert [(one.abstract_syntax, one.transfer_syntaxes) for one in contexts] == [
        (STUDY_ROOT.move, UNCOMPRESSED),
        (PATIENT_ROOT.move, UNCOMPRESSED),
    ]


@pytest.mark.parametrize("destination", ["STATION", DESTINATION])
async def test_request_says_what_goes_where(destination: str | Node) -> None:
    seen: list[object] = []
    async with (
        asking(0x0000, seen) as association,
        move(association, STUDY_ROOT, wanted(), destination=destination, priority=2) as retrieval,
    ):
        await retrieval.finish()
    assert seen == [
        CMoveRq(message_id=1, affected_sop_class_uid=STUDY_ROOT.move, move_destination="STATION", priority=2),
        wanted(),
    ]


async def test_unknown_destination_is_told_with_where_it_is() -> None:
    async with (
        asking(0xA801) as association,
        move(association, STUDY_ROOT, wanted(), destination=DESTINATION) as retrieval,
    ):
        result = await retrieval.finish()
    assert "AE title STATION, host 10.0.0.7, port 11112" in result.reason
    assert "Who administers ARCHIVE (127.0.0.1:" in result.reason


@pytest.mark.parametrize(
    ("arrived", "told"),
    [
        (3, ""),
        (1, "ARCHIVE counts 3 as stored, but only 1 arrived at STATION."),
        (0, "ARCHIVE counts 3 as stored, but nothing arrived at STATION"),
    ],
)
async def test_success_is_compared_with_what_arrived(arrived: int, told: str) -> None:
    seen: list[object] = []
    async with (
        asking(0x0000, seen) as association,
        move(
            association, STUDY_ROOT, wanted(), destination=DESTINATION, arrived=lambda: 10 + arrived * bool(seen)
        ) as retrieval,
    ):
        result = await retrieval.finish()
    assert result.is_complete
    assert told in result.reason
    assert (result.reason == result.words) is (told == "")


async def test_model_that_is_not_offered_cannot_be_asked() -> None:
    async with asking(0x0000) as association:
        with pytest.raises(NoAcceptedContext):
            move(association, PATIENT_ROOT, wanted(), destination="STATION")


@pytest.mark.parametrize("destination", ["", "   ", "A" * 17, "DÉST", "A\\B"])
async def test_what_is_no_ae_title_is_not_asked_for(destination: str) -> None:
    seen: list[object] = []
    async with asking(0x0000, seen) as association:
        with pytest.raises(ConfigError, match=r"move destination: .* is no AE title"):
            move(association, STUDY_ROOT, wanted(), destination=destination)
    assert seen == []


def test_problem_of_an_identifier_is_told_by_its_model() -> None:
    assert problem_of(wanted(), STUDY_ROOT) == ""
    assert problem_of(wanted(), PATIENT_ROOT) == "(0010,0020) Patient ID is missing"
