"""The six normalized services for a vendor's own SOP class, asked and answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydicom.dataset import Dataset

from tests.services.servers import LOCAL
from workbench.acse.contexts import propose
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.dimse.messages import (
    NActionRq,
    NActionRsp,
    NCreateRq,
    NDeleteRq,
    NEventReportRq,
    NGetRq,
    NSetRq,
)
from workbench.errors import DataSetError, LocalProtocolError, NoAcceptedContext, StatusError
from workbench.net.association import Association
from workbench.net.incoming import Handlers, IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.services.normalized import (
    Answer,
    answering,
    n_action,
    n_create,
    n_delete,
    n_event_report,
    n_get,
    n_set,
)
from workbench.services.offers import Offer, serve
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import RoleSelection

VENDOR = "1.2.826.0.1.3680043.8.1"


def named(name: str) -> Dataset:
    data_set = Dataset()
    data_set.PatientName = name
    return data_set


@asynccontextmanager
async def vendor(handlers: Handlers, *, syntax: str = IMPLICIT_VR_LITTLE_ENDIAN) -> AsyncIterator[Association]:
    (contexts,) = propose([(VENDOR, (syntax,))])
    async with serve(LOCAL, [Offer(sop_classes={VENDOR: None}, handlers=handlers)]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL) as association:
            yield association


class Told:
    """Keeps what reaches a service and answers each command with a name of its own."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Dataset]] = []

    async def service(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        self.requests.append((request.message.NAME, data_set))
        return Answer(data_set=named(request.message.NAME))

    def handlers(self) -> Handlers:
        kinds = (NActionRq, NCreateRq, NDeleteRq, NEventReportRq, NGetRq, NSetRq)
        return {kind.COMMAND_FIELD: answering(self.service) for kind in kinds}


@pytest.mark.parametrize("syntax", [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN])
async def test_each_operation_reaches_its_handler_and_brings_back_its_answer(syntax: str) -> None:
    told = Told()
    async with vendor(told.handlers(), syntax=syntax) as association:
        results = [
            await n_create(association, VENDOR, "1.2.3", named("created")),
            await n_set(association, VENDOR, "1.2.3", named("set")),
            await n_get(association, VENDOR, "1.2.3", [0x00100010]),
            await n_action(association, VENDOR, "1.2.3", 7, named("acted")),
            await n_delete(association, VENDOR, "1.2.3"),
        ]
    names = ["N-CREATE-RQ", "N-SET-RQ", "N-GET-RQ", "N-ACTION-RQ", "N-DELETE-RQ"]
    assert [str(result.data_set.PatientName) for result in results if result.data_set] == names
    assert [result.is_done for result in results] == [True] * 5
    assert told.requests == [
        ("N-CREATE-RQ", named("created")),
        ("N-SET-RQ", named("set")),
        ("N-GET-RQ", Dataset()),
        ("N-ACTION-RQ", named("acted")),
        ("N-DELETE-RQ", Dataset()),
    ]


async def test_an_event_reaches_the_requestor_that_is_scu() -> None:
    told = Told()
    results = []

    async def report(request: IncomingRequest, _: Dataset) -> Answer:
        results.append(await n_event_report(request.association, VENDOR, "1.2.3", 1, named("event")))
        return Answer()

    (contexts,) = propose([(VENDOR, (IMPLICIT_VR_LITTLE_ENDIAN,))])
    offer = Offer(sop_classes={VENDOR: None}, handlers={NActionRq.COMMAND_FIELD: answering(report)})
    async with serve(LOCAL, [offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL, handlers=told.handlers()) as association:
            assert (await n_action(association, VENDOR, "1.2.3", 1)).is_done
    assert told.requests == [("N-EVENT-REPORT-RQ", named("event"))]
    assert [str(result.data_set.PatientName) for result in results if result.data_set] == ["N-EVENT-REPORT-RQ"]


async def test_a_requestor_that_is_scp_reports_on_its_own_association() -> None:
    told = Told()
    (contexts,) = propose([(VENDOR, (IMPLICIT_VR_LITTLE_ENDIAN,))])
    roles = [RoleSelection(sop_class_uid=VENDOR, scu_role=False, scp_role=True)]
    offer = Offer(sop_classes={VENDOR: None}, handlers=told.handlers(), roles={VENDOR: (True, True)})
    async with serve(LOCAL, [offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL, user_information=roles) as association:
            result = await n_event_report(association, VENDOR, "1.2.3", 1, named("event"))
            with pytest.raises(NoAcceptedContext, match="SCU role"):
                await n_get(association, VENDOR, "1.2.3")
    assert result.is_done
    assert [name for name, _ in told.requests] == ["N-EVENT-REPORT-RQ"]


async def test_a_reply_to_an_action_repeats_the_type_of_the_action() -> None:
    told = Told()
    async with vendor(told.handlers()) as association:
        result = await n_action(association, VENDOR, "1.2.3", 7, named("acted"))
    assert isinstance(result.message, NActionRsp)
    assert result.message.action_type_id == 7


async def test_a_service_that_refuses_says_status_comment_and_elements() -> None:
    async def refuse(request: IncomingRequest, _: Dataset) -> Answer:
        raise StatusError(0x0110, "the step is completed", error_id=0xA710)

    async with vendor({NSetRq.COMMAND_FIELD: answering(refuse)}) as association:
        result = await n_set(association, VENDOR, "1.2.3", named("set"))
    assert (result.status, result.message.error_comment, result.message.error_id) == (
        0x0110,
        "the step is completed",
        0xA710,
    )
    assert not result.is_done
    assert result.reason == "0110H Failure: processing failure (the step is completed)"


async def test_a_data_set_that_cannot_be_decoded_is_answered_not_aborted() -> None:
    async with vendor(Told().handlers()) as association:
        message = NCreateRq(message_id=1, affected_sop_class_uid=VENDOR)
        reply = await association.request(message, b"\x10\x00\x10\x00\xff\x00\x00\x00AB")
        assert (await n_get(association, VENDOR, "1.2.3")).is_done
    assert reply.message.status == 0x0110
    assert reply.message.error_comment == "the data set ends at byte 10, within an element"


async def test_an_answer_that_cannot_be_decoded_is_an_error_in_words() -> None:
    async def broken(request: IncomingRequest) -> AsyncIterator[Reply]:
        yield Reply(message=respond(request.message, 0), data_set=b"\x10\x00\x10\x00\xff\x00\x00\x00AB")

    async with vendor({NGetRq.COMMAND_FIELD: broken}) as association:
        with pytest.raises(DataSetError, match="ends at byte 10"):
            await n_get(association, VENDOR, "1.2.3")


async def test_an_empty_instance_uid_is_refused_before_it_is_sent() -> None:
    told = Told()
    async with vendor(told.handlers()) as association:
        for request in (n_get(association, VENDOR, ""), n_create(association, VENDOR, "")):
            with pytest.raises(LocalProtocolError, match="SOP Instance UID is empty"):
                await request
    assert told.requests == []
