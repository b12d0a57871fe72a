"""The networking core of DICOM Workbench: a library and command line tools; it knows nothing of Qt.

From the bottom up: `upper_layer` (PS3.8), `acse` and `dimse` (PS3.7) are the protocol as pure code, without I/O;
`trace` keeps what happened; `net` puts the protocol on sockets; `storage` keeps instances on disk; `services` (PS3.4)
joins both; `cli` are the tools. Each imports only what stands before it.

The names below are what a program usually needs::

    import asyncio
    from workbench import LocalAe, Node, VERIFICATION_CONTEXTS, connect, echo

    async def main() -> None:
        node = Node(name="PACS", host="127.0.0.1", port=11112, ae_title="ANY-SCP")
        async with connect(node, VERIFICATION_CONTEXTS, local=LocalAe(ae_title="ECHOSCU")) as association:
            reply = await echo(association)
            print(f"{reply.message.status:04X}H in {reply.latency * 1000:.1f} ms")

    asyncio.run(main())
"""

import importlib
from typing import TYPE_CHECKING, Any, Final

from workbench.acse.contexts import propose, propose_for_instances
from workbench.acse.negotiate import Policy, storage_policy
from workbench.config import LocalAe, Node, Timeouts
from workbench.dimse.messages import NActionRq, NCreateRq, NDeleteRq, NEventReportRq, NGetRq, NSetRq
from workbench.errors import (
    AssociationAborted,
    AssociationError,
    AssociationRejected,
    AssociationReleased,
    ConfigError,
    DataSetError,
    NoAcceptedContext,
    ProtocolError,
    StatusError,
    StorageError,
    TransportError,
    WorkbenchError,
)
from workbench.net.association import Association
from workbench.net.incoming import Handler, Handlers, IncomingRequest
from workbench.net.operation import Operation, Reply
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.services.offers import Offer, serve
from workbench.services.query.models import MODALITY_WORKLIST, PATIENT_ROOT, STUDY_ROOT, Model
from workbench.services.storage.scp import ReceivedObject, StorageScp
from workbench.services.storage.sending import Sending
from workbench.services.verification import VERIFICATION_CONTEXTS, VERIFICATION_OFFER, echo, echo_handler
from workbench.services.worklist.entries import WorklistEntry
from workbench.storage.part10 import scan
from workbench.trace.recorder import Recorder
from workbench.trace.store import TraceStore

if TYPE_CHECKING:
    from workbench.services.archive import ArchiveScp, open_store
    from workbench.services.commitment import CommitmentListener, CommitmentScp, Reference, commit
    from workbench.services.normalized import (
        Answer,
        Result,
        answering,
        n_action,
        n_create,
        n_delete,
        n_event_report,
        n_get,
        n_set,
    )
    from workbench.services.query.data_sets import data_set_provider
    from workbench.services.query.find import Match, Query, find, find_contexts, query_for
    from workbench.services.query.find_scp import FindScp
    from workbench.services.retrieve.get_scp import GetScp
    from workbench.services.retrieve.getting import GetFrom
    from workbench.services.retrieve.move import move, move_contexts
    from workbench.services.retrieve.move_scp import MoveScp
    from workbench.services.retrieve.orchestrate import orchestrate
    from workbench.services.worklist.scp import WorklistScp
    from workbench.services.worklist.scu import query_worklist
    from workbench.services.worklist.table import WorklistTable
    from workbench.storage.index import InstanceIndex

# What needs pydicom or SQLite is imported when it is asked for: an echo must not wait for either.
_LATE: Final = {
    "workbench.services.archive": (
        "ArchiveScp",
        "open_store",
    ),
    "workbench.services.commitment": (
        "CommitmentListener",
        "CommitmentScp",
        "Reference",
        "commit",
    ),
    "workbench.services.normalized": (
        "Answer",
        "Result",
        "answering",
        "n_action",
        "n_create",
        "n_delete",
        "n_event_report",
        "n_get",
        "n_set",
    ),
    "workbench.services.query.data_sets": ("data_set_provider",),
    "workbench.services.query.find": (
        "Match",
        "Query",
        "find",
        "find_contexts",
        "query_for",
    ),
    "workbench.services.query.find_scp": ("FindScp",),
    "workbench.services.retrieve.get_scp": ("GetScp",),
    "workbench.services.retrieve.getting": ("GetFrom",),
    "workbench.services.retrieve.move": (
        "move",
        "move_contexts",
    ),
    "workbench.services.retrieve.move_scp": ("MoveScp",),
    "workbench.services.retrieve.orchestrate": ("orchestrate",),
    "workbench.services.worklist.scp": ("WorklistScp",),
    "workbench.services.worklist.scu": ("query_worklist",),
    "workbench.services.worklist.table": ("WorklistTable",),
    "workbench.storage.index": ("InstanceIndex",),
}
_HOMES: Final = {name: module for module, names in _LATE.items() for name in names}


def __getattr__(name: str) -> Any:
    """Imports a name that needs pydicom or SQLite, once (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    """Lists every public name."""
    return sorted(__all__)


__all__ = [
    "MODALITY_WORKLIST",
    "PATIENT_ROOT",
    "STUDY_ROOT",
    "VERIFICATION_CONTEXTS",
    "VERIFICATION_OFFER",
    "Answer",
    "ArchiveScp",
    "Association",
    "AssociationAborted",
    "AssociationError",
    "AssociationRejected",
    "AssociationReleased",
    "CommitmentListener",
    "CommitmentScp",
    "ConfigError",
    "DataSetError",
    "FindScp",
    "GetFrom",
    "GetScp",
    "Handler",
    "Handlers",
    "IncomingRequest",
    "InstanceIndex",
    "LocalAe",
    "Match",
    "Model",
    "MoveScp",
    "NActionRq",
    "NCreateRq",
    "NDeleteRq",
    "NEventReportRq",
    "NGetRq",
    "NSetRq",
    "NoAcceptedContext",
    "Node",
    "Offer",
    "Operation",
    "Policy",
    "ProtocolError",
    "Query",
    "ReceivedObject",
    "Recorder",
    "Reference",
    "Reply",
    "Result",
    "ScpServer",
    "Sending",
    "StatusError",
    "StorageError",
    "StorageScp",
    "Timeouts",
    "TraceStore",
    "TransportError",
    "WorkbenchError",
    "WorklistEntry",
    "WorklistScp",
    "WorklistTable",
    "answering",
    "commit",
    "connect",
    "data_set_provider",
    "echo",
    "echo_handler",
    "find",
    "find_contexts",
    "move",
    "move_contexts",
    "n_action",
    "n_create",
    "n_delete",
    "n_event_report",
    "n_get",
    "n_set",
    "open_store",
    "orchestrate",
    "propose",
    "propose_for_instances",
    "query_for",
    "query_worklist",
    "scan",
    "serve",
    "storage_policy",
]
