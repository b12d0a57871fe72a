"""An application entity on loopback that offers services, for the tests of services, and who asks it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.services.servers import LOCAL
from workbench.acse.contexts import propose_classes
from workbench.config import LocalAe, Node
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.offers import Offer, serve


@asynccontextmanager
async def application(*offers: Offer, local: LocalAe = LOCAL, **server: Any) -> AsyncIterator[Node]:
    """Gives the node that a server with these offers is."""
    async with serve(local, offers, **server) as served:
        yield Node(name="application", host="127.0.0.1", port=served.address[1], ae_title="APPLICATION")


@asynccontextmanager
async def asking(node: Node, *sop_classes: str, **further: Any) -> AsyncIterator[Association]:
    """Gives an association with a node, for these classes."""
    async with connect(node, propose_classes(*sop_classes), local=LOCAL, **further) as association:
        yield association
