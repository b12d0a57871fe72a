"""C-ECHO, asked and answered."""

import pytest

from tests.services.applications import application, asking
from tests.services.servers import LOCAL, serve
from workbench.acse.contexts import propose
from workbench.acse.policy import Policy
from workbench.dimse.messages import CEchoRq
from workbench.errors import NoAcceptedContext
from workbench.net.requestor import connect
from workbench.services.offers import VERIFICATION_OFFER
from workbench.services.verification import VERIFICATION_NEED, echo
from workbench.uids import VERIFICATION


async def test_echo_is_answered_with_success() -> None:
    (contexts,) = propose([(VERIFICATION_NEED[0], VERIFICATION_NEED[1:])])
    async with serve() as node, connect(node, contexts, local=LOCAL) as association:
        replies = [await echo(association) for _ in range(3)]
    assert [reply.message.status for reply in replies] == [0, 0, 0]
    assert all(0 < reply.latency < 5 for reply in replies)


async def test_echo_without_an_accepted_context_says_why() -> None:
    (contexts,) = propose([(VERIFICATION_NEED[0], VERIFICATION_NEED[1:])])
    async with serve(policy=Policy()) as node, connect(node, contexts, local=LOCAL) as association:
        with pytest.raises(NoAcceptedContext, match="abstract syntax"):
            await echo(association)


async def test_echo_of_another_class_is_refused() -> None:
    (contexts,) = propose([(VERIFICATION_NEED[0], VERIFICATION_NEED[1:])])
    async with serve() as node, connect(node, contexts, local=LOCAL) as association:
        (context,) = association.agreement.contexts.values()
        message = CEchoRq(message_id=1, affected_sop_class_uid="1.2." * 500)
        reply = await association.request(message, context=context)
    assert reply.message.status == 0x0122


async def test_an_application_entity_answers_echoes_by_offering_it() -> None:
    async with application(VERIFICATION_OFFER) as node, asking(node, VERIFICATION) as association:
        assert (await echo(association)).message.status == 0x0000
