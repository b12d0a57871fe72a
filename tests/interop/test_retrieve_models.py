"""C-MOVE and C-GET in the models that are asked by instance, with pynetdicom, the one other peer that has them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE, build_role, evt
from pynetdicom.events import Event

from tests.cli.background import background
from tests.interop.conftest import Proves, Receiver, callers_into
from tests.services.servers import LOCAL
from tests.support.instances import make_instance
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.offers import handlers_for, policy_for
from workbench.services.query.models import (
    COLOR_PALETTE,
    COMPOSITE_INSTANCE_ROOT,
    COMPOSITE_INSTANCE_WITHOUT_BULK_DATA,
    DEFINED_PROCEDURE_PROTOCOL,
    GENERIC_IMPLANT_TEMPLATE,
    HANGING_PROTOCOL,
    IMPLANT_ASSEMBLY_TEMPLATE,
    IMPLANT_TEMPLATE_GROUP,
    INVENTORY,
    PROTOCOL_APPROVAL,
    Model,
)
from workbench.services.retrieve.get_scp import GetScp
from workbench.services.retrieve.getting import GetFrom
from workbench.services.retrieve.identifiers import ABOUT
from workbench.services.retrieve.move import move, move_contexts
from workbench.services.retrieve.move_scp import MoveScp
from workbench.services.storage.scp import StorageScp
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import scan

pytestmark = [pytest.mark.interop, pytest.mark.slow]

CT = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
WITH_MOVE = (
    COMPOSITE_INSTANCE_ROOT,
    HANGING_PROTOCOL,
    COLOR_PALETTE,
    GENERIC_IMPLANT_TEMPLATE,
    IMPLANT_ASSEMBLY_TEMPLATE,
    IMPLANT_TEMPLATE_GROUP,
    DEFINED_PROCEDURE_PROTOCOL,
    PROTOCOL_APPROVAL,
    INVENTORY,
)
WITH_GET = (*WITH_MOVE, COMPOSITE_INSTANCE_WITHOUT_BULK_DATA)


def named(model: Model) -> str:
    """Gives the name of a model for the name of a test."""
    return model.name


def sop_class_of(model: Model) -> str:
    """Gives a SOP class of which a model has instances."""
    return ABOUT.get(model.name, (CT,))[0]


@pytest.fixture
def instance(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Gives an archive folder with one instance of the class that the model of the test is about."""
    folder = tmp_path / "archive"
    folder.mkdir()
    path = make_instance(folder, "CT")
    data_set = pydicom.dcmread(path)
    uid = UID(sop_class_of(request.getfixturevalue("model")))
    data_set.SOPClassUID = data_set.file_meta.MediaStorageSOPClassUID = uid
    data_set.save_as(path)
    return path


def wanted(path: Path, model: Model) -> Dataset:
    """Gives the identifier of an instance."""
    identifier = Dataset()
    if model.levels:
        identifier.QueryRetrieveLevel = "IMAGE"
    identifier.SOPInstanceUID = scan(path).sop_instance_uid
    return identifier


# We ask


@contextmanager
def pynetdicom_archive(path: Path, model: Model, destination: tuple[str, int] = ("", 0)) -> Iterator[Node]:
    """Gives pynetdicom as an archive of one instance."""
    contexts = AE()
    contexts.add_requested_context(sop_class_of(model), EXPLICIT)

    def matches(event: Event) -> Iterator[Any]:
        matched = event.identifier.SOPInstanceUID == scan(path).sop_instance_uid
        yield int(matched)
        if matched:
            yield 0xFF00, pydicom.dcmread(path)

    def on_move(event: Event) -> Iterator[Any]:
        yield *destination, {"contexts": contexts.requested_contexts}
        yield from matches(event)

    entity = AE(ae_title="PYNETDICOM")
    for uid in model.sop_classes:
        entity.add_supported_context(uid)
    entity.add_supported_context(sop_class_of(model), EXPLICIT, scu_role=False, scp_role=True)
    handlers: list[tuple[Any, Callable[..., Any]]] = [(evt.EVT_C_MOVE, on_move), (evt.EVT_C_GET, matches)]
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)  # type: ignore[arg-type]
    assert server is not None
    assert server.socket is not None
    try:
        yield Node(name="pynetdicom", host="127.0.0.1", port=server.socket.getsockname()[1], ae_title="PYNETDICOM")
    finally:
        server.shutdown()


@pytest.mark.parametrize("model", WITH_MOVE, ids=named)
def test_pynetdicom_moves(model: Model, instance: Path, receiver: Receiver, proves: Proves) -> None:
    async def run(node: Node) -> str:
        async with connect(node, move_contexts([model]), local=LOCAL) as association:
            identifier = wanted(instance, model)
            async with move(association, model, identifier, destination=receiver.node) as retrieval:
                result = await retrieval.finish()
            assert (result.status, result.completed) == (0x0000, 1)
            return association.agreement.peer_implementation_class_uid

    with pynetdicom_archive(instance, model, (receiver.node.host, receiver.node.port)) as node:
        uid = asyncio.run(run(node))
    assert receiver.file(scan(instance).sop_instance_uid).is_file()
    proves(f"C-MOVE {model.name}", "SCU", "pynetdicom", uid)


@pytest.mark.parametrize("model", WITH_GET, ids=named)
def test_pynetdicom_sends(model: Model, instance: Path, tmp_path: Path, proves: Proves) -> None:
    folder = tmp_path / "got"
    folder.mkdir()
    storage = StorageScp(folder)
    peers: set[str] = set()

    async def receive(request: Any) -> AsyncIterator[Any]:
        peers.add(request.association.agreement.peer_implementation_class_uid)
        async for reply in storage.handler(request):
            yield reply

    async def run(node: Node) -> None:
        identifier = wanted(instance, model)
        async with GetFrom(
            node, model, identifier, local=LOCAL, receive=receive, sop_classes=[sop_class_of(model)]
        ) as getting:
            result = await getting.finish()
        assert (result.status, result.completed) == (0x0000, 1)

    with pynetdicom_archive(instance, model) as node:
        asyncio.run(run(node))
    storage.close()
    (uid,) = peers
    proves(f"C-GET {model.name}", "SCU", "pynetdicom", uid)


# We serve


@dataclass
class Archive:
    """Our archive, running; the nodes it knows, and the implementation class UIDs of those who called."""

    node: Node
    destinations: dict[str, Node]
    callers: set[str]


@contextmanager
def our_archive(folder: Path) -> Iterator[Archive]:
    """Gives our archive of a folder, with all these models."""
    destinations: dict[str, Node] = {}
    callers: set[str] = set()
    with InstanceIndex.open(folder) as index:
        storage = dict.fromkeys(sop_class_of(model) for model in WITH_GET)
        offers = [
            MoveScp(WITH_MOVE, index, destinations.get, LOCAL).offer,
            GetScp(WITH_GET, index, storage=storage).offer,
        ]
        policy = policy_for(offers)
        with background(handlers_for(offers), policy=policy, observer=callers_into(callers)) as node:
            yield Archive(node, destinations, callers)


@pytest.mark.parametrize("model", WITH_MOVE, ids=named)
def test_pynetdicom_lets_us_send_to_itself(model: Model, instance: Path, proves: Proves) -> None:
    received: list[Dataset] = []

    def store(event: Event) -> int:
        received.append(event.dataset)
        return 0x0000

    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context(model.move)
    entity.add_supported_context(sop_class_of(model))
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, store)])
    assert server is not None
    assert server.socket is not None
    port = server.socket.getsockname()[1]
    with our_archive(instance.parent) as archive:
        archive.destinations["PYNETDICOM"] = Node(name="us", host="127.0.0.1", port=port, ae_title="PYNETDICOM")
        association = entity.associate(archive.node.host, archive.node.port)
        answers = list(association.send_c_move(wanted(instance, model), "PYNETDICOM", model.move))
        association.release()
    server.shutdown()
    assert answers[-1][0].Status == 0x0000
    assert [one.SOPInstanceUID for one in received] == [scan(instance).sop_instance_uid]
    (uid,) = archive.callers
    proves(f"C-MOVE {model.name}", "SCP", "pynetdicom", uid)


@pytest.mark.parametrize("model", WITH_GET, ids=named)
def test_pynetdicom_gets(model: Model, instance: Path, proves: Proves) -> None:
    received: list[Dataset] = []

    def store(event: Event) -> int:
        received.append(event.dataset)
        return 0x0000

    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context(model.get)
    entity.add_requested_context(sop_class_of(model), EXPLICIT)
    with our_archive(instance.parent) as archive:
        association = entity.associate(
            archive.node.host,
            archive.node.port,
            ext_neg=[build_role(sop_class_of(model), scp_role=True)],
            evt_handlers=[(evt.EVT_C_STORE, store)],
        )
        answers = list(association.send_c_get(wanted(instance, model), model.get))
        association.release()
    assert answers[-1][0].Status == 0x0000
    assert [one.SOPInstanceUID for one in received] == [scan(instance).sop_instance_uid]
    assert ("PixelData" in received[0]) is (model is not COMPOSITE_INSTANCE_WITHOUT_BULK_DATA)
    (uid,) = archive.callers
    proves(f"C-GET {model.name}", "SCP", "pynetdicom", uid)
