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

if TYPE_CHECKING:
    from workbench.acse.contexts import propose, propose_for_instances
    from workbench.acse.negotiate import Policy, storage_policy
    from workbench.config import LocalAe, Node, Timeouts, TlsSettings
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
    from workbench.net.tls_context import acceptor_context, requestor_context
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
    from workbench.services.offers import VERIFICATION_OFFER, Offer, serve
    from workbench.services.query.data_sets import data_set_provider
    from workbench.services.query.find import Match, Query, find, find_contexts, query_for
    from workbench.services.query.find_scp import FindScp
    from workbench.services.query.models import MODALITY_WORKLIST, PATIENT_ROOT, STUDY_ROOT, Model
    from workbench.services.retrieve.get_scp import GetScp
    from workbench.services.retrieve.getting import GetFrom
    from workbench.services.retrieve.move import move, move_contexts
    from workbench.services.retrieve.move_scp import MoveScp
    from workbench.services.retrieve.orchestrate import orchestrate
    from workbench.services.storage.scp import ReceivedObject, StorageScp
    from workbench.services.storage.sending import Sending
    from workbench.services.verification import VERIFICATION_CONTEXTS, echo, echo_handler
    from workbench.services.worklist.entries import WorklistEntry
    from workbench.services.worklist.scp import WorklistScp
    from workbench.services.worklist.scu import query_worklist
    from workbench.services.worklist.table import WorklistTable
    from workbench.storage.index import InstanceIndex
    from workbench.storage.part10 import scan
    from workbench.trace.recorder import Recorder
    from workbench.trace.store import TraceStore

# A module, and what is taken from it: when it is asked for, since an echo must not wait for what stores and queries.
_TAKEN: Final = """
    acse.contexts propose propose_for_instances
    acse.negotiate Policy storage_policy
    config LocalAe Node Timeouts TlsSettings
    dimse.messages NActionRq NCreateRq NDeleteRq NEventReportRq NGetRq NSetRq
    errors AssociationAborted AssociationError AssociationRejected AssociationReleased ConfigError DataSetError
    errors NoAcceptedContext ProtocolError StatusError StorageError TransportError WorkbenchError
    net.association Association
    net.incoming Handler Handlers IncomingRequest
    net.operation Operation Reply
    net.requestor connect
    net.server ScpServer
    net.tls_context acceptor_context requestor_context
    services.archive ArchiveScp open_store
    services.commitment CommitmentListener CommitmentScp Reference commit
    services.normalized Answer Result answering n_action n_create n_delete n_event_report n_get n_set
    services.offers VERIFICATION_OFFER Offer serve
    services.query.data_sets data_set_provider
    services.query.find Match Query find find_contexts query_for
    services.query.find_scp FindScp
    services.query.models MODALITY_WORKLIST Model PATIENT_ROOT STUDY_ROOT
    services.retrieve.get_scp GetScp
    services.retrieve.getting GetFrom
    services.retrieve.move move move_contexts
    services.retrieve.move_scp MoveScp
    services.retrieve.orchestrate orchestrate
    services.storage.scp ReceivedObject StorageScp
    services.storage.sending Sending
    services.verification VERIFICATION_CONTEXTS echo echo_handler
    services.worklist.entries WorklistEntry
    services.worklist.scp WorklistScp
    services.worklist.scu query_worklist
    services.worklist.table WorklistTable
    storage.index InstanceIndex
    storage.part10 scan
    trace.recorder Recorder
    trace.store TraceStore
"""
_HOMES: Final = {name: line.split()[0] for line in _TAKEN.strip().splitlines() for name in line.split()[1:]}


def __getattr__(name: str) -> Any:
    """Imports a public name, once (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f"workbench.{_HOMES[name]}"), name)
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
    "TlsSettings",
    "TraceStore",
    "TransportError",
    "WorkbenchError",
    "WorklistEntry",
    "WorklistScp",
    "WorklistTable",
    "acceptor_context",
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
    "requestor_context",
    "scan",
    "serve",
    "storage_policy",
]
