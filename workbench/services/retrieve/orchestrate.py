"""C-MOVE from one node to another, started by us: we only ask, the instances never pass us (PS3.4 C.4.2)."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from pydicom.dataset import Dataset

from workbench.config import LocalAe, Node
from workbench.net.requestor import connect
from workbench.services.query.models import STUDY_ROOT, Model
from workbench.services.retrieve.move import move, move_contexts
from workbench.services.retrieve.retrieval import Retrieval
from workbench.trace.recorder import Recorder


@asynccontextmanager
async def orchestrate(
    source: Node,
    destination: Node,
    identifier: Dataset,
    *,
    local: LocalAe,
    model: Model = STUDY_ROOT,
    arrived: Callable[[], int] | None = None,
    recorder: Recorder | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Retrieval]:
    """Lets `source` send instances to `destination`; gives the retrieve, over an association of its own.

    Leaving it early cancels. When the source does not know the destination, the result says what must be entered there.

    Args:
        identifier: Query/Retrieve Level and unique keys of what is wanted.
        arrived: gives how many instances the destination has received so far, if that is known.
        tls: by which rules the association with the source is secured; None leaves it plain.

    Raises:
        NoAcceptedContext: the source does not offer C-MOVE of the model.
        AssociationError, TransportError: there is no association with the source, or it was lost.
    """
    async with (
        connect(source, move_contexts([model]), local=local, recorder=recorder, tls=tls) as association,
        move(association, model, identifier, destination=destination, arrived=arrived) as retrieval,
    ):
        yield retrieval
