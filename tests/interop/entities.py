"""pynetdicom as application entity, for tests of the normalized services: SCP in its threads, SCU called from ours."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pynetdicom import AE
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation

from workbench.config import Node

PYNETDICOM = "pynetdicom"

EventHandlers = list[tuple[Any, Callable[..., Any]]]


@contextmanager
def listening_entity(
    sop_classes: Iterable[str], handlers: EventHandlers, *, roles: tuple[bool, bool] | None = None
) -> Iterator[Node]:
    """Gives the node that a pynetdicom SCP is; `roles` is what it lets the requestor be: SCU, SCP."""
    entity = AE(ae_title="PYNETDICOM")
    for uid in sop_classes:
        if roles is None:
            entity.add_supported_context(uid)
        else:
            entity.add_supported_context(uid, scu_role=roles[0], scp_role=roles[1])
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)  # type: ignore[arg-type]
    assert server is not None
    assert server.socket is not None
    try:
        yield Node(name="pynetdicom", host="127.0.0.1", port=server.socket.getsockname()[1], ae_title="PYNETDICOM")
    finally:
        server.shutdown()


@contextmanager
def asking_entity(
    node: Node,
    sop_classes: Iterable[str],
    handlers: EventHandlers | None = None,
    *,
    roles: Iterable[SCP_SCU_RoleSelectionNegotiation] = (),
) -> Iterator[Any]:
    """Gives an association that pynetdicom has opened with a node of ours; to be used outside the event loop."""
    entity = AE(ae_title="PYNETDICOM")
    for uid in sop_classes:
        entity.add_requested_context(uid)
    association = entity.associate(
        node.host,
        node.port,
        ae_title=node.ae_title,
        evt_handlers=handlers or [],  # type: ignore[arg-type]
        ext_neg=list(roles),
    )
    assert association.is_established
    try:
        yield association
    finally:
        association.release()
