"""The Verification service: C-ECHO asked and answered (PS3.4 Annex A)."""

from collections.abc import AsyncIterator

from workbench.acse.contexts import propose_for_instances
from workbench.dimse.answers import respond, sop_class_of
from workbench.dimse.messages import CEchoRq
from workbench.dimse.status import SOP_CLASS_NOT_SUPPORTED, SUCCESS
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

VERIFICATION_NEED = (VERIFICATION, IMPLICIT_VR_LITTLE_ENDIAN)
"""What Verification asks of an association; its messages have no data set, so any transfer syntax would do."""

VERIFICATION_CONTEXTS = propose_for_instances([VERIFICATION_NEED])[0]
"""The contexts of an association that is only for C-ECHO."""


async def echo(association: Association) -> Reply:
    """Sends C-ECHO-RQ and gives the reply, whose status is 0000H on success.

    Raises:
        NoAcceptedContext: the peer did not accept Verification.
        AssociationError, TransportError: the association ended first.
    """
    message = CEchoRq(message_id=association.next_message_id(), affected_sop_class_uid=VERIFICATION)
    return await association.request(message)


async def echo_handler(request: IncomingRequest) -> AsyncIterator[Reply]:
    """Answers C-ECHO-RQ with Success, unless it names another SOP Class than its context has."""
    is_verification = sop_class_of(request.message) == request.context.abstract_syntax
    yield Reply(message=respond(request.message, SUCCESS if is_verification else SOP_CLASS_NOT_SUPPORTED))
