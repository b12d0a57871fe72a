"""Requests without end, and peers that never listen: memory stays, others are served, nothing is done twice."""

import pytest

from tests.hostile.data_sets import at_level, element
from tests.hostile.target import Target, others_are_served
from tests.support.peer import ScriptedPeer, proposal, scripted_caller
from workbench.dimse.messages import CCancelRq, CEchoRq, CEchoRsp, CFindRq
from workbench.services.query.models import STUDY_ROOT
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.items import AsynchronousOperationsWindow, ProposedContext
from workbench.upper_layer.pdu import AssociateAc, AssociateRq, ReleaseRp, ReleaseRq

pytestmark = pytest.mark.slow

MANY = 10_000
QUERY = at_level("STUDY", element(0x0020000D, "UI", b""))


def asked(*, window: bool) -> AssociateRq:
    contexts = [
        ProposedContext(context_id=number, abstract_syntax=uid, transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,))
        for number, uid in ((1, STUDY_ROOT.find), (3, VERIFICATION))
    ]
    request = proposal(*contexts, called="QRSCP")
    if not window:
        return request
    item = AsynchronousOperationsWindow(invoked=0, performed=0)
    return AssociateRq(
        called_ae_title=request.called_ae_title,
        calling_ae_title=request.calling_ae_title,
        presentation_contexts=request.presentation_contexts,
        user_information=(*request.user_information, item),
    )


def find_rq(number: int) -> CFindRq:
    return CFindRq(message_id=number, affected_sop_class_uid=STUDY_ROOT.find)


async def response(peer: ScriptedPeer) -> CEchoRsp:
    message = await peer.expect_message()
    assert isinstance(message, CEchoRsp)
    return message


@pytest.mark.parametrize("window", [False, True])
async def test_requests_without_end_of_a_peer_that_never_reads(target: Target, window: bool) -> None:
    async with others_are_served(target) as waits, scripted_caller(target.node.port) as peer:
        peer.shrink_buffer()
        peer.send(asked(window=window))
        await peer.expect(AssociateAc)
        peer.pause()
        for number in range(1, MANY + 1):
            peer.send_message(1, find_rq(number), QUERY)
        await waits.several()


@pytest.mark.parametrize("window", [False, True])
async def test_requests_without_end_are_all_answered_once(target: Target, window: bool) -> None:
    async with others_are_served(target), scripted_caller(target.node.port) as peer:
        peer.send(asked(window=window))
        await peer.expect(AssociateAc)
        for number in range(1, 2001):
            peer.send_message(3, CEchoRq(message_id=number, affected_sop_class_uid=VERIFICATION))
        answered = [(await response(peer)).message_id_being_responded_to for _ in range(2000)]
        peer.send(ReleaseRq())
        await peer.expect(ReleaseRp)
    assert sorted(answered) == list(range(1, 2001))


async def test_cancels_for_nothing_and_one_message_id_for_all(target: Target) -> None:
    async with others_are_served(target), scripted_caller(target.node.port) as peer:
        peer.send(asked(window=True))
        await peer.expect(AssociateAc)
        for number in range(MANY):
            peer.send_message(1, CCancelRq(message_id_being_responded_to=number))
        for _ in range(10):
            peer.send_message(3, CEchoRq(message_id=7, affected_sop_class_uid=VERIFICATION))
        statuses = {(await response(peer)).status for _ in range(10)}
        assert statuses <= {0x0000, 0x0210}
        peer.send(ReleaseRq())
        await peer.expect(ReleaseRp)


async def test_associations_that_end_in_the_middle_of_an_operation_leave_nothing(target: Target) -> None:
    async with others_are_served(target, growth=32):
        for number in range(200):
            async with scripted_caller(target.node.port) as peer:
                peer.send(asked(window=True))
                await peer.expect(AssociateAc)
                for each in range(1, 17):
                    peer.send_message(1, find_rq(each), QUERY[: -number % 5 or None])
                peer.reset()
