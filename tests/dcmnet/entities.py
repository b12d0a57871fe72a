"""Two application entities of ours, as DCMTK's tests have a DcmSCU and a DcmSCP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pydicom.dataset import Dataset

from workbench.acse.contexts import propose
from workbench.acse.negotiate import Policy
from workbench.config import LocalAe, Node, Timeouts
from workbench.dimse.messages import CEchoRq
from workbench.net.association import Association
from workbench.net.incoming import Handlers
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.services.verification import echo_handler
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

MPPS = "1.2.840.10008.3.1.2.3.3"
STUDY_ROOT_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
STUDY_ROOT_MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
STUDY_ROOT_GET = "1.2.840.10008.5.1.4.1.2.2.3"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
CLASSES = (VERIFICATION, MPPS, STUDY_ROOT_FIND, STUDY_ROOT_MOVE, STUDY_ROOT_GET, CT_IMAGE)

SECONDS = 5.0  # each timer; loopback needs milliseconds
POLICY = Policy(contexts=dict.fromkeys(CLASSES))


def acceptor_ae(**attributes: Any) -> LocalAe:
    """Gives the acceptor: a free port of loopback."""
    timeouts = Timeouts(connect=SECONDS, acse=SECONDS, dimse=SECONDS, idle=SECONDS)
    return LocalAe(**{"ae_title": "ACCEPTOR", "port": 0, "timeouts": timeouts, **attributes})


REQUESTOR = LocalAe(ae_title="REQUESTOR", timeouts=Timeouts(connect=SECONDS, acse=SECONDS, dimse=SECONDS, idle=SECONDS))


def scp(
    handlers: Handlers | None = None, *, local: LocalAe | None = None, policy: Policy = POLICY, **further: Any
) -> ScpServer:
    """Gives an SCP that answers echoes and whatever the handlers answer."""
    return ScpServer(
        local or acceptor_ae(), policy, {CEchoRq.COMMAND_FIELD: echo_handler, **(handlers or {})}, **further
    )


def node_of(server: ScpServer) -> Node:
    """Gives how to call the SCP."""
    return Node(name="acceptor", host="127.0.0.1", port=server.address[1], ae_title="ACCEPTOR")


@asynccontextmanager
async def scu(
    node: Node, classes: Sequence[str] = (VERIFICATION,), local: LocalAe = REQUESTOR, **further: Any
) -> AsyncIterator[Association]:
    """Gives an association with the SCP for these classes."""
    (contexts,) = propose([(each, (IMPLICIT_VR_LITTLE_ENDIAN,)) for each in classes])
    async with connect(node, contexts, local=local, **further) as association:
        yield association


def named(name: str) -> Dataset:
    """Gives a data set of one patient name."""
    data_set = Dataset()
    data_set.PatientName = name
    return data_set
