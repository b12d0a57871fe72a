"""Counterparts of DCMTK's tests of DcmSCU: sessions, timeouts, and the normalized requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.dcmnet.entities import (
    CT_IMAGE,
    MPPS,
    POLICY,
    REQUESTOR,
    STUDY_ROOT_FIND,
    STUDY_ROOT_GET,
    STUDY_ROOT_MOVE,
    named,
    node_of,
    scp,
    scu,
)
from workbench.config import LocalAe, Timeouts
from workbench.dimse.answers import respond
from workbench.dimse.messages import (
    CFindRq,
    CGetRq,
    CMoveRq,
    CStoreRq,
    NCreateRq,
    NGetRq,
    NSetRq,
    Request,
)
from workbench.errors import LocalProtocolError, StatusError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.encoding import encode_data_set
from workbench.services.normalized import Answer, answering, n_create, n_get, n_set
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import RoleSelection

PATIENT_NAME, PATIENT_ID = 0x00100010, 0x00100020
RESPONSES = 5
IDENTIFIER = encode_data_set(named("Doe^*"), IMPLICIT_VR_LITTLE_ENDIAN)


async def four_pending_and_a_success(request: IncomingRequest) -> AsyncIterator[Reply]:
    """Answers as a query or retrieve SCP does that has found four; a C-GET is preceded by one sub-operation."""
    if isinstance(request.message, CGetRq):
        association = request.association
        instance = CStoreRq(
            message_id=association.next_message_id(), affected_sop_class_uid=CT_IMAGE, affected_sop_instance_uid="1.2.3"
        )
        context = association.agreement.context_for(CT_IMAGE, role="SCP")
        await association.request(instance, IDENTIFIER, context=context)
    for status in [0xFF00] * (RESPONSES - 1) + [0x0000]:
        data_set = IDENTIFIER if isinstance(request.message, CFindRq) and status else None
        yield Reply(message=respond(request.message, status), data_set=data_set)


@pytest.mark.parametrize(
    ("kind", "sop_class", "further"),
    [
        (CFindRq, STUDY_ROOT_FIND, {}),
        (CMoveRq, STUDY_ROOT_MOVE, {"move_destination": "REQUESTOR"}),
        (CGetRq, STUDY_ROOT_GET, {}),
    ],
)
async def test_dcmnet_scu_session_handler(kind: type[Any], sop_class: str, further: dict[str, Any]) -> None:
    """Each of five responses reaches the caller as it comes. Better: C-GET too, which DCMTK leaves to be done."""
    stored = []

    async def keep(request: IncomingRequest) -> AsyncIterator[Reply]:
        stored.append(request.message)
        yield Reply(message=respond(request.message, 0x0000))

    handlers = {each.COMMAND_FIELD: four_pending_and_a_success for each in (CFindRq, CMoveRq, CGetRq)}
    roles = [RoleSelection(sop_class_uid=CT_IMAGE, scu_role=False, scp_role=True)]
    policy = replace(POLICY, roles={CT_IMAGE: (True, True)})
    async with (
        scp(handlers, policy=policy) as server,
        scu(
            node_of(server),
            (sop_class, CT_IMAGE),
            handlers={CStoreRq.COMMAND_FIELD: keep},
            user_information=roles,
        ) as association,
    ):
        message: Request = kind(message_id=association.next_message_id(), affected_sop_class_uid=sop_class, **further)
        async with association.operation(message, IDENTIFIER) as operation:
            statuses = [reply.message.status async for reply in operation]
    assert statuses == [0xFF00] * (RESPONSES - 1) + [0x0000]
    assert len(stored) == (1 if kind is CGetRq else 0)


async def test_dcmnet_scu_setConectionTimeout_does_not_change_global_dcmConnectionTimeout_parameter() -> None:
    """The connection timeout of one requestor is that of no other: it is a value of its LocalAe, nothing global."""
    patient = replace(REQUESTOR, timeouts=replace(REQUESTOR.timeouts, connect=42.0))
    async with scp() as server, scu(node_of(server), local=patient) as one, scu(node_of(server)) as other:
        assert (one.timeouts.connect, other.timeouts.connect) == (42.0, REQUESTOR.timeouts.connect)
    assert LocalAe().timeouts == Timeouts()


async def test_dcmnet_scu_getConectionTimeout_returns_scu_tcp_connection_timeout() -> None:
    """What was set as connection timeout can be read."""
    assert LocalAe(timeouts=Timeouts(connect=42.0)).timeouts.connect == 42.0


class Steps:
    """A small SCP of Modality Performed Procedure Step: instances by UID, and a status to answer instead."""

    def __init__(self, status: int = 0x0000) -> None:
        self.instances: dict[str, Dataset] = {}
        self.status = status

    async def answer(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        """Creates, modifies or gives an instance."""
        if self.status:
            raise StatusError(self.status, "as it was told to")
        message: Any = request.message
        if isinstance(message, NCreateRq):
            uid = message.affected_sop_instance_uid or f"1.2.3.{len(self.instances)}"
            self.instances[uid] = data_set
            return Answer(elements={"affected_sop_instance_uid": uid})
        instance = self.instances.get(message.requested_sop_instance_uid)
        if instance is None:
            raise StatusError(0x0112, "there is no such instance")
        if isinstance(message, NSetRq):
            instance.update(data_set)
            return Answer()
        wanted = message.attribute_identifier_list
        return Answer(data_set=_those_of(instance, wanted))


def _those_of(instance: Dataset, tags: tuple[int, ...] | None) -> Dataset:
    chosen = Dataset()
    for element in instance:
        if not tags or element.tag in tags:
            chosen.add(element)
    return chosen


@asynccontextmanager
async def procedure_steps(steps: Steps) -> AsyncIterator[Association]:
    """Gives an association with the SCP that has the steps."""
    handlers = {kind.COMMAND_FIELD: answering(steps.answer) for kind in (NCreateRq, NSetRq, NGetRq)}
    async with scp(handlers) as server, scu(node_of(server), (MPPS,)) as association:
        yield association


async def test_dcmnet_scu_sendNCREATERequest_succeeds_when_optional_createdinstance_is_null() -> None:
    """Nobody has to take what the SCP says of the created instance; an SCP that says nothing is no error."""
    steps = Steps()
    async with procedure_steps(steps) as association:
        result = await n_create(association, MPPS, "1.2.3", named("Doe"))
    assert (result.status, result.data_set) == (0x0000, None)
    assert list(steps.instances) == ["1.2.3"]


async def test_dcmnet_scu_sendNCREATERequest_fails_when_affectedsopinstance_is_empty() -> None:
    """An empty UID is refused. Better: None leaves the choice to the SCP, as PS3.7 10.1.5 allows."""
    steps = Steps()
    async with procedure_steps(steps) as association:
        with pytest.raises(LocalProtocolError, match="SOP Instance UID is empty"):
            await n_create(association, MPPS, "", named("Doe"))
        assert steps.instances == {}
        chosen: Any = (await n_create(association, MPPS, None, named("Doe"))).message
    assert [chosen.affected_sop_instance_uid] == list(steps.instances)


async def test_dcmnet_scu_sendNCREATERequest_creates_instance_when_association_was_accepted() -> None:
    """The SCP has the instance with its attributes."""
    steps = Steps()
    async with procedure_steps(steps) as association:
        assert (await n_create(association, MPPS, "1.2.3", named("Doe"))).is_done
    assert steps.instances == {"1.2.3": named("Doe")}


async def test_dcmnet_scu_sendNCREATERequest_sets_responsestatuscode_from_scp_when_scp_sets_error_status() -> None:
    """A failure is a value, not an exception. Better: with the SCP's comment, in words."""
    async with procedure_steps(Steps(0x0111)) as association:
        result = await n_create(association, MPPS, "1.2.3", named("Doe"))
    assert (result.status, result.is_done) == (0x0111, False)
    assert result.reason == "0111H Failure: duplicate SOP instance (as it was told to)"


async def test_dcmnet_scu_sendNSETRequest_fails_when_requestedsopinstance_is_empty() -> None:
    """An empty UID is refused before it is sent."""
    async with procedure_steps(Steps()) as association:
        with pytest.raises(LocalProtocolError, match="SOP Instance UID is empty"):
            await n_set(association, MPPS, "", named("Roe"))
        assert association.end is None


async def test_dcmnet_scu_sendNSETRequest_succeeds_and_modifies_instance_when_scp_has_instance() -> None:
    """The SCP's instance has the new value."""
    steps = Steps()
    async with procedure_steps(steps) as association:
        await n_create(association, MPPS, "1.2.3", named("Doe"))
        assert (await n_set(association, MPPS, "1.2.3", named("Roe"))).status == 0x0000
    assert steps.instances == {"1.2.3": named("Roe")}


async def test_dcmnet_scu_sendNSETRequest_sets_responsestatuscode_from_scp_when_scp_sets_error_status() -> None:
    """A failure is a value, not an exception."""
    async with procedure_steps(Steps(0x0110)) as association:
        result = await n_set(association, MPPS, "1.2.3", named("Roe"))
    assert (result.status, result.is_done) == (0x0110, False)


@asynccontextmanager
async def one_step() -> AsyncIterator[Association]:
    """Gives an association with an SCP that has one step with a name and an ID."""
    steps = Steps()
    steps.instances["1.2.3"] = named("Doe")
    steps.instances["1.2.3"].PatientID = "4711"
    async with procedure_steps(steps) as association:
        yield association


async def test_dcmnet_scu_sendNGETRequest_fails_when_requestedsopinstance_is_empty() -> None:
    """An empty UID is refused before it is sent."""
    async with one_step() as association:
        with pytest.raises(LocalProtocolError, match="SOP Instance UID is empty"):
            await n_get(association, MPPS, "")


@pytest.mark.parametrize(
    "attributes", [pytest.param((), id="no list"), pytest.param((PATIENT_NAME, PATIENT_ID), id="all listed")]
)
async def test_dcmnet_scu_sendNGETRequest_returns_all_attributes_when_list_is_empty(
    attributes: tuple[int, ...],
) -> None:
    """An empty list asks for everything."""
    async with one_step() as association:
        result = await n_get(association, MPPS, "1.2.3", attributes)
    assert result.data_set is not None
    assert [int(element.tag) for element in result.data_set] == [PATIENT_NAME, PATIENT_ID]


async def test_dcmnet_scu_sendNGETRequest_returns_only_requested_attributes() -> None:
    """A list asks for what it names."""
    async with one_step() as association:
        result = await n_get(association, MPPS, "1.2.3", [PATIENT_ID])
    assert result.data_set is not None
    assert [(int(element.tag), element.value) for element in result.data_set] == [(PATIENT_ID, "4711")]


async def test_dcmnet_scu_sendNGETRequest_sets_responsestatuscode_from_scp_for_unknown_instance() -> None:
    """An instance that the SCP does not have is told by its status."""
    async with one_step() as association:
        result = await n_get(association, MPPS, "1.2.4")
    assert (result.status, result.data_set) == (0x0112, None)
    assert result.reason == "0112H Failure: no such SOP instance (there is no such instance)"
