"""A retrieve under way, with peers that answer in their own ways."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from tests.services.retrieve.archives import serving, wanted
from tests.services.servers import LOCAL
from workbench.config import Timeouts
from workbench.dimse.answers import respond
from workbench.dimse.messages import CMoveRq
from workbench.errors import AssociationAborted
from workbench.net.incoming import Handler, IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.services.offers import Offer
from workbench.services.query.models import STUDY_ROOT
from workbench.services.retrieve.move import move, move_contexts
from workbench.services.retrieve.progress import Progress
from workbench.services.retrieve.retrieval import Retrieval


def answering(*answers: tuple[int, dict[str, Any], bytes | None]) -> Handler:
    """Gives a handler that answers with these statuses, elements and data sets."""

    async def handler(request: IncomingRequest) -> AsyncIterator[Reply]:
        for status, elements, data_set in answers:
            yield Reply(message=respond(request.message, status, **elements), data_set=data_set)

    return handler


@asynccontextmanager
async def retrieving(
    handler: Handler, *, timeouts: Timeouts = LOCAL.timeouts, arrived: Callable[[], int] | None = None
) -> AsyncIterator[Retrieval]:
    """Gives a C-MOVE of a peer that answers by the handler."""
    offer = Offer(sop_classes={STUDY_ROOT.move: None}, handlers={CMoveRq.COMMAND_FIELD: handler})
    async with (
        serving(offer) as node,
        connect(node, move_contexts([STUDY_ROOT]), local=replace(LOCAL, timeouts=timeouts)) as association,
        move(association, STUDY_ROOT, wanted(), destination="DEST", arrived=arrived) as retrieval,
    ):
        yield retrieval


async def test_peer_that_tells_nothing_but_success() -> None:
    async with retrieving(answering((0xFF00, {}, None), (0x0000, {}, None))) as retrieval:
        assert [each async for each in retrieval] == [Progress()]
    assert retrieval.result.reason == "0000H Success: sub-operations complete, no failures or warnings"
    assert (retrieval.result.performed, retrieval.result.remaining) == (0, 0)


async def test_peer_that_counts_in_pending_responses_only() -> None:
    counts = {"number_of_remaining_suboperations": 1, "number_of_completed_suboperations": 3}
    async with retrieving(answering((0xFF00, counts, None), (0xB000, {}, None))) as retrieval:
        result = await retrieval.finish()
    assert (result.completed, result.failed, result.remaining) == (3, 0, 0)


async def test_failed_instances_are_named_and_a_comment_told() -> None:
    failed = b"\x08\x00\x58\x00UI\x08\x001.2\\1.30"
    elements = {"number_of_failed_suboperations": 2, "error_comment": "disk full"}
    async with retrieving(answering((0xA702, elements, failed))) as retrieval:
        result = await retrieval.finish()
    assert result.failed_uids == ("1.2", "1.30")
    assert result.words == "A702H Refused: out of resources, unable to perform sub-operations (disk full)"


@pytest.mark.parametrize("garbage", [b"", b"\xff", b"\x08\x00\x58\x00UI\xff\xff1.2"])
async def test_broken_list_names_nobody(garbage: bytes) -> None:
    async with retrieving(answering((0xB000, {"number_of_failed_suboperations": 1}, garbage))) as retrieval:
        result = await retrieval.finish()
    assert (result.failed, result.failed_uids) == (1, ())


async def test_result_comes_at_the_end_only() -> None:
    async with retrieving(answering((0xFF00, {}, None), (0x0000, {}, None))) as retrieval:
        async for _ in retrieval:
            with pytest.raises(AssertionError, match="has not ended"):
                _ = retrieval.result
    assert retrieval.result.status == 0x0000
    assert [each async for each in retrieval] == []


async def test_peer_that_is_at_work_is_given_time() -> None:
    arrived, go_on = count(), asyncio.Event()

    def look() -> int:
        number = next(arrived)
        if number == 10:  # looked at four times within one timeout
            go_on.set()
        return number

    async def slow(request: IncomingRequest) -> AsyncIterator[Reply]:
        await go_on.wait()
        yield Reply(message=respond(request.message, 0x0000))

    async with retrieving(slow, timeouts=replace(LOCAL.timeouts, dimse=0.08), arrived=look) as retrieval:
        assert (await retrieval.finish()).status == 0x0000


async def test_peer_that_is_silent_is_given_up() -> None:
    async def silent(_: IncomingRequest) -> AsyncIterator[Reply]:
        await asyncio.Event().wait()
        yield Reply(message=respond(CMoveRq(message_id=1, affected_sop_class_uid="", move_destination=""), 0))

    with pytest.raises(AssociationAborted, match="no response to C-MOVE-RQ"):
        async with retrieving(silent, timeouts=replace(LOCAL.timeouts, dimse=0.05)) as retrieval:
            await retrieval.finish()
