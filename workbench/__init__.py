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

from workbench.acse.contexts import propose, propose_for_instances
from workbench.acse.negotiate import Policy, storage_policy
from workbench.config import LocalAe, Node, Timeouts
from workbench.errors import (
    AssociationAborted,
    AssociationError,
    AssociationRejected,
    AssociationReleased,
    ConfigError,
    NoAcceptedContext,
    ProtocolError,
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
from workbench.services.verification import VERIFICATION_CONTEXTS, VERIFICATION_OFFER, echo, echo_handler
from workbench.trace.recorder import Recorder
from workbench.trace.store import TraceStore

__all__ = [
    "VERIFICATION_CONTEXTS",
    "VERIFICATION_OFFER",
    "Association",
    "AssociationAborted",
    "AssociationError",
    "AssociationRejected",
    "AssociationReleased",
    "ConfigError",
    "Handler",
    "Handlers",
    "IncomingRequest",
    "LocalAe",
    "NoAcceptedContext",
    "Node",
    "Offer",
    "Operation",
    "Policy",
    "ProtocolError",
    "Recorder",
    "Reply",
    "ScpServer",
    "StorageError",
    "Timeouts",
    "TraceStore",
    "TransportError",
    "WorkbenchError",
    "connect",
    "echo",
    "echo_handler",
    "propose",
    "propose_for_instances",
    "serve",
    "storage_policy",
]
