"""Event reports reach the listener, on an association of the SCP's or of ours."""

import pytest

from tests.services.servers import LOCAL
from tests.services.ups.steps import UID, data_set
from workbench.acse.contexts import propose
from workbench.config import Node
from workbench.net.incoming import IncomingRequest
from workbench.net.requestor import connect
from workbench.services.normalized import Answer, Result, answering, n_action, n_event_report
from workbench.services.offers import Offer, serve
from workbench.services.ups.classes import UPS_EVENT, UPS_PUSH, UPS_WATCH, EventType
from workbench.services.ups.listener import EventListener, UpsEvent
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import RoleSelection

INFORMATION = data_set(ProcedureStepState="SCHEDULED", InputReadinessState="READY")
ROLES = [RoleSelection(sop_class_uid=UPS_EVENT, scu_role=False, scp_role=True)]


async def reported(events: list[UpsEvent], sop_class: str, event_type: int) -> Result:
    (contexts,) = propose([(UPS_EVENT, (IMPLICIT_VR_LITTLE_ENDIAN,))])
    async with serve(LOCAL, [EventListener(events.append).offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL, user_information=ROLES) as association:
            context = association.agreement.context_for(UPS_EVENT, role="SCP")
            return await n_event_report(association, sop_class, UID, event_type, INFORMATION, context=context)


@pytest.mark.parametrize("event_type", list(EventType))
async def test_each_event_is_handed_on_and_answered(event_type: EventType) -> None:
    events: list[UpsEvent] = []
    assert (await reported(events, UPS_PUSH, event_type)).status == 0
    assert events == [UpsEvent(type=event_type, sop_instance_uid=UID, information=INFORMATION, scp_ae_title="TESTER")]


async def test_an_unknown_event_and_another_class_are_refused() -> None:
    events: list[UpsEvent] = []
    assert (await reported(events, UPS_PUSH, 9)).status == 0x0113
    assert (await reported(events, UPS_EVENT, 1)).status == 0x0119
    assert events == []


async def test_an_event_on_our_own_association_tells_the_scp_that_we_called() -> None:
    events: list[UpsEvent] = []

    async def act(request: IncomingRequest, _: object) -> Answer:
        context = request.association.agreement.context_for(UPS_EVENT)
        await n_event_report(request.association, UPS_PUSH, UID, 1, INFORMATION, context=context)
        return Answer()

    offer = Offer(sop_classes={UPS_EVENT: None, UPS_WATCH: None}, handlers={0x0130: answering(act)})
    (contexts,) = propose([(each, (IMPLICIT_VR_LITTLE_ENDIAN,)) for each in (UPS_EVENT, UPS_WATCH)])
    async with serve(LOCAL, [offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        handlers = EventListener(events.append).handlers
        async with connect(node, contexts, local=LOCAL, handlers=handlers) as association:
            assert (await n_action(association, UPS_WATCH, UID, 3)).status == 0
    assert [(event.type, event.scp_ae_title) for event in events] == [(EventType.STATE_REPORT, "SERVER")]
