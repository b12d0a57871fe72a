"""The calls of the SCU: what they send, on which context, and how they tell the answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydicom.dataset import Dataset

from tests.services.servers import LOCAL
from tests.services.ups.steps import LOCK, UID, data_set, new_step
from workbench.config import Node
from workbench.dimse.messages import NActionRq, NCreateRq, NGetRq, NSetRq
from workbench.errors import NoAcceptedContext
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.requestor import connect
from workbench.services.normalized import Answer, answering
from workbench.services.offers import Offer, serve
from workbench.services.query.find_scp import FindScp
from workbench.services.ups.classes import (
    FILTERED_GLOBAL_SUBSCRIPTION,
    GLOBAL_SUBSCRIPTION,
    UPS_CLASSES,
    UPS_EVENT,
    UPS_PULL,
    UPS_PUSH,
    UPS_QUERY,
    UPS_WATCH,
)
from workbench.services.ups.matching import MODELS, StepProvider
from workbench.services.ups.scu import (
    change_state,
    create_ups,
    get_ups,
    new_transaction_uid,
    query_ups,
    request_cancel,
    set_ups,
    subscribe,
    suspend_global_subscription,
    unsubscribe,
    ups_contexts,
)
from workbench.services.ups.states import State
from workbench.services.ups.workitems import Workitem
from workbench.uids import is_valid_uid


class Told:
    """An SCP that does nothing but keep what it is asked: context, class, instance, type, data set."""

    def __init__(self, status: int = 0) -> None:
        self.requests: list[tuple[object, ...]] = []
        self.status = status

    async def service(self, request: IncomingRequest, information: Dataset) -> Answer:
        message = request.message
        names = ("requested_sop_class_uid", "affected_sop_class_uid")
        sop_class = next(getattr(message, name) for name in names if hasattr(message, name))
        names = ("requested_sop_instance_uid", "affected_sop_instance_uid")
        instance = next(getattr(message, name) for name in names if hasattr(message, name))
        kind = getattr(message, "action_type_id", None)
        self.requests.append((request.context.abstract_syntax, sop_class, instance, kind, information))
        return Answer(self.status)


@asynccontextmanager
async def told(scp: Told, *sop_classes: str) -> AsyncIterator[Association]:
    kinds = (NActionRq, NCreateRq, NGetRq, NSetRq)
    members = {uid: frozenset({UPS_PUSH}) for uid in UPS_CLASSES}
    offer = Offer(
        sop_classes=dict.fromkeys(sop_classes or UPS_CLASSES, None),
        handlers={kind.COMMAND_FIELD: answering(scp.service) for kind in kinds},
        members=members,
    )
    async with serve(LOCAL, [offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, ups_contexts(), local=LOCAL) as association:
            yield association


async def test_each_call_says_what_the_standard_demands() -> None:
    scp = Told()
    why = data_set(ReasonForCancellation="late")
    async with told(scp) as peer:
        results = [
            await create_ups(peer, new_step(), UID),
            await get_ups(peer, UID, [0x00741000]),
            await set_ups(peer, UID, data_set(ProcedureStepLabel="a"), LOCK),
            await set_ups(peer, UID, data_set(ProcedureStepLabel="a")),
            await change_state(peer, UID, State.IN_PROGRESS, LOCK),
            await request_cancel(peer, UID, why),
            await subscribe(peer, "ME", UID, lock=True),
            await subscribe(peer, "ME"),
            await subscribe(peer, "ME", matching=data_set(PatientID="1")),
            await unsubscribe(peer, "ME", UID),
            await unsubscribe(peer, "ME"),
            await suspend_global_subscription(peer, "ME"),
        ]
    assert all(result.is_done for result in results)
    assert [request[1] for request in scp.requests] == [UPS_PUSH] * 12
    me = {"ReceivingAE": "ME"}
    assert [(context, instance, kind, information) for context, _, instance, kind, information in scp.requests[1:]] == [
        (UPS_PULL, UID, None, Dataset()),
        (UPS_PULL, UID, None, data_set(TransactionUID=LOCK, ProcedureStepLabel="a")),
        (UPS_PULL, UID, None, data_set(ProcedureStepLabel="a")),
        (UPS_PULL, UID, 1, data_set(ProcedureStepState="IN PROGRESS", TransactionUID=LOCK)),
        (UPS_PUSH, UID, 2, why),
        (UPS_WATCH, UID, 3, data_set(DeletionLock="TRUE", **me)),
        (UPS_WATCH, GLOBAL_SUBSCRIPTION, 3, data_set(DeletionLock="FALSE", **me)),
        (UPS_WATCH, FILTERED_GLOBAL_SUBSCRIPTION, 3, data_set(PatientID="1", DeletionLock="FALSE", **me)),
        (UPS_WATCH, UID, 4, data_set(**me)),
        (UPS_WATCH, GLOBAL_SUBSCRIPTION, 4, data_set(**me)),
        (UPS_WATCH, GLOBAL_SUBSCRIPTION, 5, data_set(**me)),
    ]


async def test_a_new_step_is_given_a_uid() -> None:
    scp = Told()
    async with told(scp) as peer:
        await create_ups(peer, new_step())
    assert is_valid_uid(str(scp.requests[0][2]))
    assert is_valid_uid(new_transaction_uid())


async def test_an_operation_goes_on_any_context_whose_class_has_it() -> None:
    scp = Told()
    async with told(scp, UPS_WATCH) as peer:
        await get_ups(peer, UID)
        await request_cancel(peer, UID)
        with pytest.raises(NoAcceptedContext, match="not accepted"):
            await change_state(peer, UID, State.COMPLETED, LOCK)
    assert [request[0] for request in scp.requests] == [UPS_WATCH] * 2


async def test_a_status_is_told_in_the_words_of_the_service() -> None:
    async with told(Told(0xC301)) as peer:
        result = await change_state(peer, UID, State.COMPLETED, LOCK)
    assert not result.is_done
    assert result.reason == "C301H Failure: the correct transaction UID was not provided"


@pytest.mark.parametrize("sop_class", [UPS_QUERY, UPS_PULL, UPS_WATCH])
async def test_the_worklist_is_searched_on_any_class_that_has_c_find(sop_class: str) -> None:
    steps = [Workitem(sop_instance_uid=f"1.2.{number}", data_set=new_step()) for number in range(5)]
    models = [model for model in MODELS if model.find == sop_class]
    async with serve(LOCAL, [FindScp(models, StepProvider(lambda: steps)).offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, ups_contexts(), local=LOCAL) as association:
            async with query_ups(association, data_set(ProcedureStepState="SCHEDULED")) as query:
                found = [match.data_set.ProcedureStepState async for match in query]
            async with query_ups(association, data_set(ProcedureStepState="SCHEDULED"), limit=2) as few:
                some = [match async for match in few]
    assert (found, len(some)) == (["SCHEDULED"] * 5, 2)
    assert query.result is not None
    assert query.result.is_done


def test_the_contexts_are_those_of_the_classes() -> None:
    assert [context.abstract_syntax for context in ups_contexts()] == list(UPS_CLASSES)
    assert [context.abstract_syntax for context in ups_contexts(UPS_EVENT)] == [UPS_EVENT]
