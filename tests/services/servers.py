"""A node on loopback for the tests of services: a real server with handlers that do as they are told."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from ssl import SSLContext

from workbench.acse.policy import Policy, storage_policy
from workbench.config import LocalAe, Node, Timeouts
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CEchoRq, CStoreRq, CStoreRsp
from workbench.net.association import Association
from workbench.net.incoming import Handler, IncomingRequest
from workbench.net.operation import Reply
from workbench.net.server import ScpServer
from workbench.services.verification import echo_handler

LOCAL = LocalAe(ae_title="TESTER", port=0, timeouts=Timeouts(connect=5, acse=5, dimse=5, idle=5))


@asynccontextmanager
async def serve(
    handlers: Mapping[int, Handler] | None = None,
    *,
    policy: Policy | None = None,
    local: LocalAe = LOCAL,
    observer: Callable[[Association], None] | None = None,
    tls: SSLContext | None = None,
) -> AsyncIterator[Node]:
    """Gives a node that answers echoes, and whatever else the handlers do."""
    policy = policy or storage_policy(storage_sop_classes())
    handlers = {CEchoRq.COMMAND_FIELD: echo_handler, **(handlers or {})}
    async with ScpServer(local, policy, handlers, observer=observer, tls=tls) as server:
        host, port = server.address
        yield Node(name="test", host=host, port=port, ae_title="SERVER")


@dataclass
class ScriptedStore:
    """Answers the n-th C-STORE-RQ by the n-th entry: a status, or what is done to the association instead.

    Attributes:
        script: "abort" aborts instead of answering; after the last entry 0000H is answered.
        received: the data sets, in order, of all requests.
    """

    script: list[int | str] = field(default_factory=list)
    comment: str | None = None
    received: list[bytes] = field(default_factory=list)
    instances: list[str] = field(default_factory=list)
    associations: set[int] = field(default_factory=set)

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Reads the data set and does what the script says."""
        message = request.message
        assert isinstance(message, CStoreRq)
        assert request.data_set is not None
        self.received.append(await request.data_set.read(1 << 30))
        self.instances.append(message.affected_sop_instance_uid)
        self.associations.add(request.association.number)
        step = self.script.pop(0) if self.script else 0
        if step == "abort":
            request.association.abort(cause="the script says so")
            return
        assert isinstance(step, int)
        yield Reply(
            message=CStoreRsp(message_id_being_responded_to=message.message_id, status=step, error_comment=self.comment)
        )

    def handlers(self) -> dict[int, Handler]:
        """Gives the mapping for a server."""
        return {CStoreRq.COMMAND_FIELD: self.handler}


def limited(associations: int) -> LocalAe:
    """Gives a local AE that serves only so many associations at the same time."""
    return replace(LOCAL, max_associations=associations)
