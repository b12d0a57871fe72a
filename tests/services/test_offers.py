"""Several services as one application entity: each request goes to the offer of its presentation context."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydicom.dataset import Dataset

from tests.services.servers import LOCAL
from workbench.acse.contexts import propose
from workbench.acse.policy import accepts_specialised
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.dimse.messages import CEchoRq, NActionRq, NGetRq
from workbench.dimse.status import SUCCESS
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.services.normalized import Answer, answering, n_action, n_get
from workbench.services.offers import WINDOW, Offer, serve
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import SopClassCommonExtendedNegotiation

META, MEMBER, OTHER = "1.2.826.0.1.1", "1.2.826.0.1.2", "1.2.826.0.1.3"


def answer_with(comment: str) -> Offer:
    async def action(request: IncomingRequest, information: Dataset) -> Answer:
        return Answer(SUCCESS, comment=comment)

    uid = META if comment == "meta" else OTHER
    return Offer(
        sop_classes={uid: None},
        handlers={NActionRq.COMMAND_FIELD: answering(action)},
        members={META: frozenset({MEMBER})} if uid == META else {},
    )


async def ask_on(negotiated: str, named: str) -> tuple[int, str | None]:
    (contexts,) = propose([(each, (IMPLICIT_VR_LITTLE_ENDIAN,)) for each in (META, OTHER)])
    async with serve(LOCAL, [answer_with("meta"), answer_with("other")]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL) as association:
            context = association.agreement.context_for(negotiated)
            result = await n_action(association, named, "1.2.3", 1, context=context)
    return result.status, result.message.error_comment


@pytest.mark.parametrize(
    ("negotiated", "named", "answered"),
    [
        (META, META, (0, "meta")),
        (META, MEMBER, (0, "meta")),
        (OTHER, OTHER, (0, "other")),
        (OTHER, MEMBER, (0x0122, "the SOP Class is not that of the presentation context")),
        (META, OTHER, (0x0122, "the SOP Class is not that of the presentation context")),
    ],
)
async def test_a_request_goes_to_the_offer_of_its_context(
    negotiated: str, named: str, answered: tuple[int, str]
) -> None:
    assert await ask_on(negotiated, named) == answered


async def test_an_operation_that_is_not_offered_is_answered_with_0211() -> None:
    (contexts,) = propose([(META, (IMPLICIT_VR_LITTLE_ENDIAN,)), (OTHER, (IMPLICIT_VR_LITTLE_ENDIAN,))])

    async def get(request: IncomingRequest, _: Dataset) -> Answer:
        return Answer()

    getting = Offer(sop_classes={OTHER: None}, handlers={NGetRq.COMMAND_FIELD: answering(get)})
    async with serve(LOCAL, [answer_with("meta"), getting]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL) as association:
            refused = [await n_get(association, META, "1.2.3"), await n_action(association, OTHER, "1.2.3", 1)]
            echoed = CEchoRq(message_id=77, affected_sop_class_uid=META)
            nowhere = await association.request(echoed, context=association.agreement.context_for(META))
    assert [each.status for each in refused] == [0x0211, 0x0211]
    assert nowhere.message.status == 0x0211


async def test_the_first_of_two_offers_that_has_the_command_takes_it() -> None:
    async def echo(request: IncomingRequest) -> AsyncIterator[Reply]:
        yield Reply(message=respond(request.message, SUCCESS, "the second"))

    second = Offer(sop_classes={META: None}, handlers={CEchoRq.COMMAND_FIELD: echo})
    (contexts,) = propose([(META, (IMPLICIT_VR_LITTLE_ENDIAN,))])
    async with serve(LOCAL, [answer_with("meta"), second]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL) as association:
            echoed = await association.request(CEchoRq(message_id=1, affected_sop_class_uid=META))
            acted = await n_action(association, META, "1.2.3", 1)
    assert (echoed.message.error_comment, acted.message.error_comment) == ("the second", "meta")


async def test_a_requestor_that_asks_may_have_several_operations_outstanding() -> None:
    met = asyncio.Barrier(2)

    async def meet(request: IncomingRequest, _: Dataset) -> Answer:
        await met.wait()  # ends only when both are served at the same time
        return Answer()

    offer = Offer(sop_classes={OTHER: None}, handlers={NGetRq.COMMAND_FIELD: answering(meet)})
    (contexts,) = propose([(OTHER, (IMPLICIT_VR_LITTLE_ENDIAN,))])
    async with serve(LOCAL, [offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL, window=(0, 0)) as association:
            assert association.agreement.window == WINDOW
            results = await asyncio.gather(*(n_get(association, OTHER, "1.2.3") for _ in range(2)))
    assert [result.status for result in results] == [0, 0]


SPECIAL = "1.2.826.0.1.4"


@pytest.mark.parametrize(("general", "answered"), [((OTHER,), "other"), ((META,), "meta"), (("1.2.3", OTHER), "other")])
async def test_a_special_class_is_served_by_the_offer_of_its_general_one(
    general: tuple[str, ...], answered: str
) -> None:
    (contexts,) = propose([(SPECIAL, (IMPLICIT_VR_LITTLE_ENDIAN,))])
    said = SopClassCommonExtendedNegotiation(
        sop_class_uid=SPECIAL, service_class_uid="1.2.826.0.1.5", related_sop_class_uids=general
    )
    policy = {"accept_unlisted": accepts_specialised([META, OTHER])}
    async with serve(LOCAL, [answer_with("meta"), answer_with("other")], policy=policy) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL, user_information=[said]) as association:
            result = await n_action(association, SPECIAL, "1.2.3", 1)
    assert (result.status, result.message.error_comment) == (0x0000, answered)
