"""The six normalized operations with pynetdicom, for a vendor's own SOP class, both ways; no error is an abort."""

import asyncio
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import evt, sop_class
from pynetdicom.service_class_n import PrintManagementServiceClass

from tests.interop.conftest import Proves, callers_into
from tests.interop.entities import PYNETDICOM, asking_entity, listening_entity
from tests.services.applications import application, asking
from workbench.config import Node
from workbench.dimse.messages import NActionRq, NCreateRq, NDeleteRq, NEventReportRq, NGetRq, NSetRq
from workbench.errors import StatusError
from workbench.net.incoming import IncomingRequest
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
from workbench.services.offers import Offer

pytestmark = [pytest.mark.interop, pytest.mark.slow]

VENDOR = "1.2.826.0.1.3680043.8.498.77.1"
UID = "1.2.3"
OPERATIONS = ("N-CREATE", "N-SET", "N-GET", "N-ACTION", "N-EVENT-REPORT", "N-DELETE")


@pytest.fixture(scope="module", autouse=True)
def registered() -> None:
    """Makes the vendor's class known to pynetdicom, which otherwise aborts as its SCP; Print has all six operations."""
    sop_class.register_uid(VENDOR, "VendorOfTheTest", PrintManagementServiceClass)


def named(name: str) -> Dataset:
    data_set = Dataset()
    data_set.PatientName = name
    return data_set


class VendorScp:
    """Our SCP of the vendor's class: one instance may be created; action 1 reports event 7 before it is answered."""

    def __init__(self) -> None:
        self.instances: dict[str, Dataset] = {}
        services = {
            NCreateRq.COMMAND_FIELD: self.create,
            NSetRq.COMMAND_FIELD: self.modify,
            NGetRq.COMMAND_FIELD: self.get,
            NActionRq.COMMAND_FIELD: self.act,
            NDeleteRq.COMMAND_FIELD: self.delete,
            NEventReportRq.COMMAND_FIELD: self.take,
        }
        handlers = {field: answering(service) for field, service in services.items()}
        self.offer = Offer(sop_classes={VENDOR: None}, handlers=handlers, roles={VENDOR: (True, True)})

    def instance(self, request: IncomingRequest) -> Dataset:
        uid = str(getattr(request.message, "requested_sop_instance_uid", ""))
        if uid not in self.instances:
            raise StatusError(0x0112, "no such instance")
        return self.instances[uid]

    async def create(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        assert isinstance(request.message, NCreateRq)
        self.instances[request.message.affected_sop_instance_uid or ""] = data_set
        return Answer(data_set=data_set)

    async def modify(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        self.instance(request).update(data_set)
        return Answer(data_set=self.instance(request))

    async def get(self, request: IncomingRequest, _: Dataset) -> Answer:
        return Answer(data_set=self.instance(request))

    async def act(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        assert isinstance(request.message, NActionRq)
        self.instance(request)
        if request.message.action_type_id != 1:
            raise StatusError(0x0123, f"action type {request.message.action_type_id} is not 1")
        result = await n_event_report(request.association, VENDOR, UID, 7, data_set)
        return Answer(result.status, result.data_set)

    async def delete(self, request: IncomingRequest, _: Dataset) -> Answer:
        self.instance(request)
        self.instances.clear()
        return Answer()

    async def take(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        assert isinstance(request.message, NEventReportRq)
        if request.message.event_type_id != 7:
            raise StatusError(0x0113, f"event type {request.message.event_type_id} is not 7")
        return Answer(data_set=named("reply"))


def calls_of_its_scu(node: Node) -> list[tuple[str, int, str]]:
    """Asks our SCP everything with pynetdicom; gives what, the status, and the name in the data set."""
    done: list[tuple[str, int, str]] = []

    def note(what: str, answered: Any) -> None:
        status, data_set = answered if isinstance(answered, tuple) else (answered, None)
        done.append((what, status.Status, str(data_set.PatientName) if data_set else ""))

    def take(event: Any) -> tuple[int, Dataset]:
        done.append(("N-EVENT-REPORT", event.event_type, str(event.event_information.PatientName)))
        return 0x0000, named("taken")

    with asking_entity(node, [VENDOR], [(evt.EVT_N_EVENT_REPORT, take)]) as association:
        note("N-GET", association.send_n_get([], VENDOR, UID))
        note("N-CREATE", association.send_n_create(named("created"), VENDOR, UID))
        note("N-SET", association.send_n_set(named("set"), VENDOR, UID))
        note("N-GET", association.send_n_get([0x00100010], VENDOR, UID))
        note("N-ACTION", association.send_n_action(named("act"), 2, VENDOR, UID))
        note("N-ACTION", association.send_n_action(named("act"), 1, VENDOR, UID))
        note("N-DELETE", association.send_n_delete(VENDOR, UID))
        note("N-DELETE", association.send_n_delete(VENDOR, UID))
        assert association.is_established
    return done


async def test_its_scu_and_our_scp(proves: Proves) -> None:
    callers = set[str]()
    async with application(VendorScp().offer, observer=callers_into(callers)) as node:
        assert await asyncio.to_thread(calls_of_its_scu, node) == [
            ("N-GET", 0x0112, ""),
            ("N-CREATE", 0x0000, "created"),
            ("N-SET", 0x0000, "set"),
            ("N-GET", 0x0000, "set"),
            ("N-ACTION", 0x0123, ""),
            ("N-EVENT-REPORT", 7, "act"),
            ("N-ACTION", 0x0000, "taken"),
            ("N-DELETE", 0x0000, ""),
            ("N-DELETE", 0x0112, ""),
        ]
    (uid,) = callers
    for operation in OPERATIONS:
        proves(operation, "SCP", PYNETDICOM, uid)


async def test_our_scu_and_its_scp(proves: Proves) -> None:
    instances: dict[str, Dataset] = {}
    reports: list[tuple[int, int]] = []

    def create(event: Any) -> tuple[int, Dataset]:
        instances[event.request.AffectedSOPInstanceUID] = event.attribute_list
        return 0x0000, event.attribute_list

    def modify(event: Any) -> tuple[int, Dataset | None]:
        instance = instances.get(event.request.RequestedSOPInstanceUID)
        return (0x0112, None) if instance is None else (0x0000, event.modification_list)

    def get(event: Any) -> tuple[int, Dataset | None]:
        instance = instances.get(event.request.RequestedSOPInstanceUID)
        return (0x0112, None) if instance is None else (0x0000, instance)

    def act(event: Any) -> tuple[int, Dataset | None]:
        if event.action_type != 1:
            return 0x0123, None
        for event_type in (7, 8):
            status, _ = event.assoc.send_n_event_report(event.action_information, event_type, VENDOR, UID)
            reports.append((event_type, status.Status))
        return 0x0000, named("acted")

    def delete(event: Any) -> int:
        return 0x0000 if instances.pop(event.request.RequestedSOPInstanceUID, None) else 0x0112

    handlers = [
        (evt.EVT_N_CREATE, create),
        (evt.EVT_N_SET, modify),
        (evt.EVT_N_GET, get),
        (evt.EVT_N_ACTION, act),
        (evt.EVT_N_DELETE, delete),
    ]
    with listening_entity([VENDOR], handlers) as node:
        async with asking(node, VENDOR, handlers=VendorScp().offer.handlers) as association:
            results = [
                await n_get(association, VENDOR, UID),
                await n_create(association, VENDOR, UID, named("created")),
                await n_set(association, VENDOR, UID, named("set")),
                await n_get(association, VENDOR, UID, [0x00100010]),
                await n_action(association, VENDOR, UID, 2, named("act")),
                await n_action(association, VENDOR, UID, 1, named("act")),
                await n_delete(association, VENDOR, UID),
                await n_delete(association, VENDOR, UID),
            ]
            uid = association.agreement.peer_implementation_class_uid
    assert [result.status for result in results] == [0x0112, 0, 0, 0, 0x0123, 0, 0, 0x0112]
    assert [str(result.data_set.PatientName) for result in results if result.data_set is not None] == [
        "created",
        "set",
        "created",
        "acted",
    ]
    assert reports == [(7, 0x0000), (8, 0x0113)]
    for operation in OPERATIONS:
        proves(operation, "SCU", PYNETDICOM, uid)
