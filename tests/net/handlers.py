"""Handlers and calls that several tests of net share."""

from collections.abc import AsyncIterator

from workbench.acse.negotiate import Policy
from workbench.dimse.answers import respond
from workbench.dimse.messages import CEchoRq, CStoreRq
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.items import ProposedContext

CT = "1.2.840.10008.5.1.4.1.1.2"
POLICY = Policy(
    ae_title=None,
    allowed_calling=None,
    contexts={VERIFICATION: (IMPLICIT_VR_LITTLE_ENDIAN,), CT: (IMPLICIT_VR_LITTLE_ENDIAN,)},
)
CONTEXTS = tuple(
    ProposedContext(context_id=number, abstract_syntax=uid, transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,))
    for number, uid in ((1, VERIFICATION), (3, CT))
)


async def answer_success(request: IncomingRequest) -> AsyncIterator[Reply]:
    """Answers every request with 0000H, whatever it asks."""
    yield Reply(message=respond(request.message, 0x0000))


def echo_rq(association: Association) -> CEchoRq:
    """A C-ECHO-RQ with a fresh Message ID."""
    return CEchoRq(message_id=association.next_message_id(), affected_sop_class_uid=VERIFICATION)


def store_rq(association: Association) -> CStoreRq:
    """A C-STORE-RQ with a fresh Message ID."""
    return CStoreRq(
        message_id=association.next_message_id(), affected_sop_class_uid=CT, affected_sop_instance_uid="1.2.3"
    )
