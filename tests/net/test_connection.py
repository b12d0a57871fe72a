"""One machine on one transport: what it observes is recorded in order, and a defect ends only its own connection."""

import asyncio

from tests.conftest import ExpectLog
from tests.net.handlers import CONTEXTS, POLICY, answer_success, echo_rq
from tests.support.peer import Recording, local_ae, proposal, scripted_caller
from workbench.config import Node
from workbench.dimse.messages import CEchoRq
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.trace.events import MessageEvent, PduEvent, TransitionEvent, TransportEvent, TransportStep
from workbench.upper_layer.pdu import AssociateAc, ReleaseRp, ReleaseRq

ECHO = {CEchoRq.COMMAND_FIELD: answer_success}


async def test_the_trace_of_an_association_is_complete_and_in_order() -> None:
    recording = Recording()
    async with ScpServer(local_ae(), POLICY, ECHO) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS[:1], local=local_ae(), recorder=recording.recorder) as association:
            await association.request(echo_rq(association))
    told = [_line(event) for event in recording.events]
    assert told == [
        "Evt1 AE-1",
        "connecting",
        "connected",
        "Evt2 AE-2",
        "out 1",
        "in 2",
        "Evt3 AE-3",
        "out C-ECHO-RQ",
        "Evt9 DT-1",
        "out 4",
        "in 4",
        "Evt10 DT-2",
        "in C-ECHO-RSP",
        "Evt11 AR-1",
        "out 5",
        "in 6",
        "Evt13 AR-3",
        "closed",
    ]
    times = [event.time for event in recording.events]
    assert times == sorted(times)


def _line(event: object) -> str:
    match event:
        case TransitionEvent():
            return f"Evt{event.event.value} {event.action}"
        case PduEvent():
            return f"{event.direction.value} {event.pdu_type}"
        case MessageEvent():
            return f"{event.direction.value} {event.message.NAME}"
        case TransportEvent():
            return event.step.value
    return str(event)


async def test_artim_is_recorded_when_it_starts_and_stops() -> None:
    recording = Recording()
    async with ScpServer(local_ae(), POLICY, ECHO, recorder=recording.recorder) as server:
        async with scripted_caller(server.address[1]) as peer:
            peer.send(proposal())
            await peer.expect(AssociateAc)
            peer.send(ReleaseRq())
            await peer.expect(ReleaseRp)
            await peer.close()
        await server.stop(grace=10)
    steps = [event.step for event in recording.events if isinstance(event, TransportEvent)]
    assert steps == [
        TransportStep.ACCEPTED,
        TransportStep.ARTIM_STARTED,
        TransportStep.ARTIM_STOPPED,
        TransportStep.ARTIM_STARTED,
        TransportStep.PEER_CLOSED,
        TransportStep.ARTIM_STOPPED,
        TransportStep.CLOSED,
    ]


async def test_a_defect_in_an_observer_ends_its_connection_and_no_other(expect_log: ExpectLog) -> None:
    expect_log("defect while pumping")
    told: list[str] = []

    def observe(association: Association) -> None:
        told.append(association.calling_ae_title)
        if len(told) == 1:
            raise ZeroDivisionError

    async with ScpServer(local_ae(), POLICY, ECHO, observer=observe) as server:
        async with scripted_caller(server.address[1]) as first:
            first.send(proposal())
            await first.expect_close_after_anything()
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS[:1], local=local_ae()) as association:
            async with asyncio.timeout(10):
                assert (await association.request(echo_rq(association))).message.status == 0
