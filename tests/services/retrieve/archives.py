"""A small archive in memory, nodes that serve it, and nodes that receive from it."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from tests.services.servers import LOCAL
from tests.support.instances import make_instance
from workbench.acse.policy import Policy
from workbench.config import LocalAe, Node
from workbench.dimse.messages import CStoreRq
from workbench.errors import StorageError
from workbench.net.association import Association
from workbench.net.incoming import Handler
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.services.offers import Offer, handlers_for, policy_for
from workbench.services.query.models import HANGING_PROTOCOL, PATIENT_ROOT, STUDY_ROOT, Model
from workbench.services.retrieve.instances import Instances
from workbench.services.retrieve.move import move, move_contexts
from workbench.services.retrieve.move_scp import MoveScp
from workbench.services.retrieve.progress import RetrieveResult
from workbench.storage.matching import Condition
from workbench.storage.part10 import Instance, scan
from workbench.upper_layer.pdu import AssociateRj, AssociateRq

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
STUDY = "1.2.826.0.1.3680043.8.498.1"


@dataclass(frozen=True, kw_only=True)
class Held:
    """An instance of the archive."""

    path: str
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    keys: dict[int, str]

    def instance(self) -> Instance:
        """Looks at the file."""
        return scan(self.path)


class Archive:
    """What `Instances` asks for, over a list.

    Attributes:
        asked: the conditions of each look-up.
        trouble: raised by a look-up.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self.held = [_held(path) for path in paths]
        self.asked: list[tuple[Condition, ...]] = []
        self.trouble: StorageError | None = None

    @property
    def uids(self) -> list[str]:
        """Gives the SOP Instance UIDs, in their order."""
        return [one.sop_instance_uid for one in self.held]

    def instances(self, conditions: Sequence[Condition]) -> Iterator[Held]:
        """Gives those that meet all conditions."""
        self.asked.append(tuple(conditions))
        if self.trouble is not None:
            raise self.trouble
        for one in self.held:
            if all(one.keys.get(condition.tag, "") in condition.values for condition in conditions):
                yield one


def _held(path: Path) -> Held:
    instance = scan(path)
    data_set = pydicom.dcmread(path, stop_before_pixels=True)
    keys = {
        0x00080016: instance.sop_class_uid,
        0x00080018: instance.sop_instance_uid,
        0x00100020: str(data_set.get("PatientID", "")),
        0x0020000D: str(data_set.get("StudyInstanceUID", "")),
        0x0020000E: str(data_set.get("SeriesInstanceUID", "")),
    }
    return Held(
        path=str(path),
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
        transfer_syntax_uid=instance.transfer_syntax_uid,
        keys=keys,
    )


def cts(folder: Path, count: int) -> Archive:
    """Gives an archive of small CT images, all of one study."""
    folder.mkdir(exist_ok=True)
    return Archive([make_instance(folder, "CT", study_uid=STUDY) for _ in range(count)])


def wanted(level: str = "STUDY", /, **keys: str | list[str]) -> Dataset:
    """Gives an identifier; without keys, that of the study of `cts`."""
    identifier = Dataset()
    if level:
        identifier.QueryRetrieveLevel = level
    for keyword, value in (keys or {"StudyInstanceUID": STUDY}).items():
        setattr(identifier, keyword, value)
    return identifier


@asynccontextmanager
async def serving(
    *offers: Offer,
    local: LocalAe = LOCAL,
    ae_title: str = "ARCHIVE",
    observer: Callable[[Association], None] | None = None,
    admit: Callable[[Association, AssociateRq], AssociateRj | None] | None = None,
    **further: Any,
) -> AsyncIterator[Node]:
    """Gives a node with these services; `further` are attributes of its policy."""
    policy = policy_for(offers, max_pdu_length=local.max_pdu_length, **further)
    async with ScpServer(local, policy, handlers_for(offers), observer=observer, admit=admit) as server:
        host, port = server.address
        yield Node(name=ae_title, host=host, port=port, ae_title=ae_title)


@asynccontextmanager
async def receiving(
    store: Handler,
    *,
    policy: Policy | None = None,
    local: LocalAe = LOCAL,
    observer: Callable[[Association], None] | None = None,
) -> AsyncIterator[Node]:
    """Gives a move destination whose C-STORE-RQs go to a handler; by default it takes CT and MR as they come."""
    policy = policy or Policy(contexts={CT: None, MR: None})
    async with ScpServer(local, policy, {CStoreRq.COMMAND_FIELD: store}, observer=observer) as server:
        host, port = server.address
        yield Node(name="destination", host=host, port=port, ae_title="DEST")


def known(*nodes: Node) -> Callable[[str], Node | None]:
    """Gives the look-up of move destinations."""
    by_title = {node.ae_title: node for node in nodes}
    return by_title.get


def elsewhere(node: Node) -> Node:
    """Gives the node at a port where nobody listens any more."""
    return replace(node, port=1)


@asynccontextmanager
async def asking(archive: Instances, *nodes: Node, **further: Any) -> AsyncIterator[Association]:
    """Gives an association with an archive that knows these destinations."""
    scp = MoveScp([STUDY_ROOT, PATIENT_ROOT, HANGING_PROTOCOL], archive, known(*nodes), LOCAL, **further)
    contexts = move_contexts([STUDY_ROOT, PATIENT_ROOT, HANGING_PROTOCOL])
    async with serving(scp.offer) as node, connect(node, contexts, local=LOCAL) as association:
        yield association


async def moved(association: Association, model: Model = STUDY_ROOT, **keys: str | list[str]) -> RetrieveResult:
    """Moves a study, by default that of `cts`."""
    async with move(association, model, wanted("STUDY", **keys), destination="DEST") as retrieval:
        return await retrieval.finish()
