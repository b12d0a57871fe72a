"""Asks a server of DCMTK to shut down, by a private SOP class that says so when it is proposed.

Such a server rejects the association, without a reason, and ends; others reject it as well, or accept it without a
context. So what has become of it is found out by calling again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from ssl import SSLContext
from typing import Final

from workbench.acse.contexts import propose
from workbench.config import LocalAe, Node
from workbench.errors import AssociationRejected
from workbench.net.requestor import connect
from workbench.trace.recorder import Recorder
from workbench.uids import (
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    SHUTDOWN,
)
from workbench.upper_layer.items import UserInformationItem

_AGAIN: Final = 0.1  # seconds between two looks whether it still listens

_SYNTAXES: Final = (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutdownResult:
    """What became of the server.

    Attributes:
        is_acknowledged: it accepted the private SOP class.
        is_down: nothing listens there any more.
        rejection: how it rejected the association, as shutting down servers do; None when it did not.
    """

    is_acknowledged: bool
    is_down: bool
    rejection: AssociationRejected | None

    @property
    def reason(self) -> str:
        """What became of it, in a sentence."""
        if self.is_down:
            return "the server has shut down: nothing listens there any more"
        if self.is_acknowledged:
            return "the server acknowledges the request, and still listens"
        if self.rejection is not None:
            return f"the server still listens: {self.rejection}; it may not be allowed to shut down from outside"
        return "the server does not know the request and still listens; it may not be allowed to shut down from outside"


async def shut_down(
    node: Node,
    *,
    local: LocalAe,
    recorder: Recorder | None = None,
    tls: SSLContext | None = None,
    user_information: Sequence[UserInformationItem] = (),
    patience: float = 2.0,
) -> ShutdownResult:
    """Asks a server to shut down and finds out whether it did.

    Args:
        node: the server.
        patience: seconds that it gets to stop listening.

    Raises:
        TransportError, AssociationAborted: it could not be asked.
    """
    (contexts,) = propose([(SHUTDOWN, _SYNTAXES)])
    rejection: AssociationRejected | None = None
    is_acknowledged = False
    try:
        async with connect(
            node, contexts, local=local, recorder=recorder, tls=tls, user_information=user_information
        ) as association:
            is_acknowledged = bool(association.agreement.contexts)
    except AssociationRejected as error:
        rejection = error
    is_down = (is_acknowledged or rejection is not None) and await _stops_listening(node, local, patience)
    return ShutdownResult(is_acknowledged=is_acknowledged, is_down=is_down, rejection=rejection)


async def _stops_listening(node: Node, local: LocalAe, patience: float) -> bool:
    """Calls until nobody answers, or patience is at its end; nothing is said on these connections."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    while True:
        try:
            async with asyncio.timeout(local.timeouts.connect):
                _, writer = await asyncio.open_connection(node.host, node.port)
        except (OSError, TimeoutError):
            return True
        writer.close()
        if loop.time() > deadline:
            return False
        await asyncio.sleep(_AGAIN)
