"""Hooks that turn associations away."""

from collections.abc import Sequence

import pytest

from tests.acse.requests import CT_IMAGE
from tests.support.peer import local_ae
from workbench.acse.contexts import propose
from workbench.acse.policy import Policy
from workbench.config import Node
from workbench.errors import AssociationRejected
from workbench.net.requestor import connect
from workbench.net.server import AdmissionHook, ScpServer
from workbench.services.admission import (
    first_of,
    refuse_all,
    refuse_without_implementation,
    refusing_useless,
    shutting_down,
)
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, SHUTDOWN, VERIFICATION

POLICY = Policy(contexts={VERIFICATION: (IMPLICIT_VR_LITTLE_ENDIAN,)})


async def rejections(hooks: Sequence[AdmissionHook], *sop_classes: str) -> list[tuple[int, int, int] | None]:
    """Asks for an association for each SOP class; gives how it is rejected, None when it is not."""
    found: list[tuple[int, int, int] | None] = []
    async with ScpServer(local_ae(), POLICY, {}, admit=first_of(*hooks)) as server:
        node = Node(name="x", host="127.0.0.1", port=server.address[1], ae_title="X")
        for uid in sop_classes:
            (contexts,) = propose([(uid, (IMPLICIT_VR_LITTLE_ENDIAN,))])
            try:
                async with connect(node, contexts, local=local_ae()):
                    found.append(None)
            except AssociationRejected as error:
                found.append((error.result, error.source, error.reason))
    return found


@pytest.mark.parametrize(
    ("hooks", "expected"),
    [
        ((), [None, None]),
        ((refuse_all,), [(1, 1, 1), (1, 1, 1)]),
        ((refuse_without_implementation,), [None, None]),
        ((refusing_useless(POLICY),), [None, (1, 1, 1)]),
        ((refuse_without_implementation, refusing_useless(POLICY)), [None, (1, 1, 1)]),
    ],
)
async def test_hooks_reject(hooks: Sequence[AdmissionHook], expected: list[object]) -> None:
    assert await rejections(hooks, VERIFICATION, CT_IMAGE) == expected


async def test_a_server_is_stopped_by_who_asks_for_it() -> None:
    stopped: list[bool] = []
    hook = shutting_down(lambda: stopped.append(True))
    assert await rejections([hook], VERIFICATION, SHUTDOWN) == [None, (1, 1, 1)]
    assert stopped == [True]
