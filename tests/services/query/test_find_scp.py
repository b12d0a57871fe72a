"""C-FIND as SCP: statuses, cancels and what providers may do, told by a peer of our own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydicom.dataset import Dataset

from tests.services.query.archives import Scripted, Search, ask, asking, made, until_cancelled
from tests.services.servers import LOCAL
from workbench.acse.contexts import propose
from workbench.acse.extended import QueryOptions
from workbench.acse.policy import accepts_specialised
from workbench.config import Node
from workbench.dimse.messages import CFindRq
from workbench.dimse.status import PENDING_WITH_WARNING
from workbench.errors import AssociationAborted, StatusError
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.offers import serve
from workbench.services.query.find import find, find_contexts
from workbench.services.query.find_scp import FindRequest, FindScp
from workbench.services.query.models import PATIENT_ROOT, STUDY_ROOT
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import SopClassCommonExtendedNegotiation

STUDY = made(QueryRetrieveLevel="STUDY", StudyInstanceUID="")


async def endless(request: FindRequest) -> AsyncIterator[bytes | Dataset]:
    while True:
        yield STUDY


async def raw(data: bytes | None, search: Search = endless) -> tuple[int, str]:
    """Sends an identifier as it is and gives the status and the comment of the final response."""
    async with asking(FindScp([STUDY_ROOT], Scripted(search)), [STUDY_ROOT], syntax=IMPLICIT_VR_LITTLE_ENDIAN) as peer:
        message = CFindRq(message_id=peer.next_message_id(), affected_sop_class_uid=STUDY_ROOT.find)
        reply = await peer.request(message, data)
    return reply.message.status, reply.message.error_comment or ""


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (None, 0xA900, "there is no identifier"),
        (b"\x08\x00\x52\x00\xff\x00\x00\x00STUDY ", 0xA900, ""),
        (b"\x08\x00\x20\x00\x06\x00\x00\x002006-x\x08\x00\x52\x00\x06\x00\x00\x00STUDY ", 0xA900, "(0008,0020) 2006-x"),
        (b"\x08\x00\x06\x00\x06\x00\x00\x00STUDY ", 0xA900, "(0008,0052) is missing"),
    ],
)
async def test_a_broken_identifier_is_answered(data: bytes | None, status: int, words: str) -> None:
    answered, comment = await raw(data)
    assert answered == status
    assert words in comment


async def test_an_identifier_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.services.query.find_scp.LONGEST_IDENTIFIER", 10)
    status, _ = await raw(b"\x08\x00\x52\x00\x06\x00\x00\x00STUDY ")
    assert status == 0xA700


async def test_pending_responses_tell_of_unsupported_keys_from_when_on_the_provider_says_so() -> None:
    async def search(request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        yield STUDY
        request.pending_status = PENDING_WITH_WARNING
        yield STUDY

    async with asking(FindScp([STUDY_ROOT], Scripted(search)), [STUDY_ROOT]) as association:
        matches, result = await ask(association, STUDY_ROOT, STUDY)
    assert [match.status for match in matches] == [0xFF00, 0xFF01]
    assert result.status == 0


@pytest.mark.parametrize("after", [0, 1])
async def test_a_provider_may_end_with_a_status_of_its_own(after: int) -> None:
    async def search(request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        for _ in range(after):
            yield STUDY
        raise StatusError(0xA700, "the disk is slow")

    async with asking(FindScp([STUDY_ROOT], Scripted(search)), [STUDY_ROOT]) as association:
        matches, result = await ask(association, STUDY_ROOT, STUDY)
    assert len(matches) == after
    assert (result.status, result.message.error_comment) == (0xA700, "the disk is slow")


async def test_a_match_that_cannot_be_encoded_ends_the_query() -> None:
    async def search(request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        yield made(Rows="many")

    async with asking(FindScp([STUDY_ROOT], Scripted(search)), [STUDY_ROOT]) as association:
        matches, result = await ask(association, STUDY_ROOT, STUDY)
    assert matches == []
    assert result.status == 0xC000


async def test_a_cancel_ends_the_search_between_two_responses() -> None:
    ended = asyncio.Event()

    async def search(request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        try:
            while True:
                yield STUDY
        finally:
            ended.set()

    async with asking(FindScp([STUDY_ROOT], Scripted(search)), [STUDY_ROOT]) as association:
        async with find(association, STUDY_ROOT, STUDY, cancel_after=3) as query:
            received = [match async for match in query]
        assert query.result is not None
        assert query.result.status == 0xFE00
        assert len(received) >= 3
        await ended.wait()
        _, result = await ask(association, STUDY_ROOT, made(QueryRetrieveLevel="NONE"))
        assert result.status == 0xA900  # the association goes on


async def test_a_cancel_while_the_provider_searches_is_seen_by_it() -> None:
    async with (
        asking(FindScp([STUDY_ROOT], Scripted(until_cancelled)), [STUDY_ROOT]) as association,
        find(association, STUDY_ROOT, STUDY, cancel_after=1) as query,
    ):
        received = [match async for match in query]
    assert query.result is not None
    assert (query.result.status, len(received)) == (0xFE00, 10)


async def test_an_association_that_is_gone_ends_the_search() -> None:
    ended = asyncio.Event()

    async def search(request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        try:
            while True:
                yield STUDY
        finally:
            ended.set()

    async def abort(association: Association) -> None:
        async with find(association, STUDY_ROOT, STUDY) as query:
            await anext(query)
            association.abort(cause="the test says so")

    async with serve(LOCAL, [FindScp([STUDY_ROOT], Scripted(search)).offer]) as server:
        host, port = server.address
        node = Node(name="test", host=host, port=port, ae_title="SERVER")
        async with connect(node, find_contexts([STUDY_ROOT]), local=LOCAL) as association:
            with pytest.raises(AssociationAborted):
                await abort(association)
        await ended.wait()


async def test_only_what_is_offered_and_negotiated_is_handed_to_the_provider() -> None:
    seen: list[QueryOptions] = []

    async def search(request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        seen.append(request.options)
        assert request.model is PATIENT_ROOT
        for _ in ():
            yield STUDY

    scp = FindScp([STUDY_ROOT, PATIENT_ROOT], Scripted(search), options=QueryOptions(fuzzy=True))
    asked = made(QueryRetrieveLevel="PATIENT", PatientName="")
    async with asking(scp, [PATIENT_ROOT], options=QueryOptions(fuzzy=True, relational=True)) as association:
        await ask(association, PATIENT_ROOT, asked)
    async with asking(scp, [PATIENT_ROOT]) as association:
        await ask(association, PATIENT_ROOT, asked)
    assert seen == [QueryOptions(fuzzy=True), QueryOptions()]


async def test_a_special_query_class_is_served_as_its_general_one() -> None:
    special = "1.2.826.0.1.3680043.10.1.3"
    said = SopClassCommonExtendedNegotiation(
        sop_class_uid=special, service_class_uid="1.2.840.10008.4.2", related_sop_class_uids=(STUDY_ROOT.find,)
    )

    async def search(request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        assert request.model is STUDY_ROOT
        yield STUDY

    policy = {"accept_unlisted": accepts_specialised([STUDY_ROOT.find])}
    offers = [FindScp([PATIENT_ROOT], Scripted(endless)).offer, FindScp([STUDY_ROOT], Scripted(search)).offer]
    async with serve(LOCAL, offers, policy=policy) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        (contexts,) = propose([(special, (IMPLICIT_VR_LITTLE_ENDIAN,))])
        async with connect(node, contexts, local=LOCAL, user_information=[said]) as association:
            matches, result = await ask(association, replace(STUDY_ROOT, find=special), STUDY)
    assert (len(matches), result.status) == (1, 0x0000)
