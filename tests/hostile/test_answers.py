"""SCPs that mean harm: whatever they answer, our SCU ends in a result or an error of ours, and soon."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.hostile.data_sets import element, many, nested
from tests.support.peer import ScriptedListener, ScriptedPeer, scripted_listener
from workbench.config import LocalAe, Node, Timeouts
from workbench.dimse.messages import CFindRq, CFindRsp, CMoveRsp, NEventReportRq
from workbench.errors import WorkbenchError
from workbench.net.requestor import connect
from workbench.net.tasks import TaskKeeper
from workbench.services.query.find import find, find_contexts, query_for
from workbench.services.query.models import STUDY_ROOT
from workbench.upper_layer.pdu import PDataTf, Pdv

SHORT = LocalAe(ae_title="CALLER", port=0, timeouts=Timeouts(connect=5, acse=0.3, dimse=0.3, idle=5))
PENDING, SUCCESS = 0xFF00, 0x0000
MATCH = element(0x00100010, "PN", b"A")

Script = Callable[[ScriptedPeer, int], Awaitable[None]]


def answer(status: int, number: int) -> CFindRsp:
    return CFindRsp(message_id_being_responded_to=number, affected_sop_class_uid=STUDY_ROOT.find, status=status)


async def wrong_message_id(peer: ScriptedPeer, number: int) -> None:
    peer.send_message(1, answer(SUCCESS, number + 1))


async def wrong_context(peer: ScriptedPeer, number: int) -> None:
    peer.send_message(77, answer(SUCCESS, number))


async def another_response(peer: ScriptedPeer, number: int) -> None:
    peer.send_message(1, CMoveRsp(message_id_being_responded_to=number, status=SUCCESS))


async def a_request_instead(peer: ScriptedPeer, number: int) -> None:
    for each in range(100):
        peer.send_message(
            1,
            NEventReportRq(
                message_id=each,
                affected_sop_class_uid=STUDY_ROOT.find,
                affected_sop_instance_uid="1.2.3",
                event_type_id=1,
            ),
            MATCH,
        )


async def silence(peer: ScriptedPeer, number: int) -> None:
    pass


async def a_match_and_silence(peer: ScriptedPeer, number: int) -> None:
    peer.send_message(1, answer(PENDING, number), MATCH)


async def a_match_without_its_data(peer: ScriptedPeer, number: int) -> None:
    peer.send_message(1, answer(PENDING, number), MATCH)
    peer.send_message(1, answer(PENDING, number))
    peer.send_message(1, answer(SUCCESS, number))


async def statuses_without_meaning(peer: ScriptedPeer, number: int) -> None:
    peer.send_message(1, answer(0xFFFF, number))


async def data_with_the_final_response(peer: ScriptedPeer, number: int) -> None:
    peer.send_message(1, answer(SUCCESS, number), many(1000))


async def matches_that_cannot_be_decoded(peer: ScriptedPeer, number: int) -> None:
    for data in (b"\xff" * 99, nested(3000, is_explicit=True, is_undefined=True), b"", MATCH[:-1], b"\0" * 8):
        peer.send_message(1, answer(PENDING, number), data)
    peer.send_message(1, answer(SUCCESS, number))


async def garbage(peer: ScriptedPeer, number: int) -> None:
    peer.send(b"\xff" * 100)


async def a_match_without_end(peer: ScriptedPeer, number: int) -> None:
    peer.send_message(1, answer(PENDING, number), b"")
    part = PDataTf(pdvs=(Pdv(context_id=1, is_command=False, is_last=False, data=bytes(16_000)),))
    peer.send_message(1, answer(PENDING, number))
    for _ in range(1100):
        peer.send(part)


SCRIPTS = (
    wrong_message_id,
    wrong_context,
    another_response,
    a_request_instead,
    silence,
    a_match_and_silence,
    a_match_without_its_data,
    statuses_without_meaning,
    data_with_the_final_response,
    matches_that_cannot_be_decoded,
    garbage,
    a_match_without_end,
)


async def ask(node: Node, local: LocalAe) -> tuple[int, str]:
    """Queries, looks at each match, and gives how many there were and what was said in the end."""
    seen = 0
    try:
        async with (
            connect(node, find_contexts([STUDY_ROOT]), local=local) as association,
            find(association, STUDY_ROOT, query_for("STUDY")) as query,
        ):
            async for match in query:
                seen += 1
                try:
                    _ = str(match.data_set)
                except WorkbenchError:
                    continue
        assert query.result is not None
        return seen, query.result.reason
    except WorkbenchError as error:
        return seen, str(error)


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
async def test_a_query_ends_whatever_is_answered(script: Script) -> None:
    async with scripted_listener() as listener:
        tasks = TaskKeeper()
        tasks.start(play(listener, script), name="the SCP")
        async with asyncio.timeout(10):
            _, said = await ask(listener.node, SHORT)
        await tasks.cancel_all()
    assert said


async def play(listener: ScriptedListener, script: Script) -> None:
    peer = await listener.associated()
    message = await peer.expect_message()
    assert isinstance(message, CFindRq)
    await peer.expect(PDataTf)
    await script(peer, message.message_id)
    await peer.expect_close_after_anything()
