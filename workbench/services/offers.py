"""What an SCP offers: SOP classes with the handlers of their commands, joined into one application entity.

A service class gives an `Offer`. Several make a server: the policy accepts the classes of all, and each request goes to
the offer whose class its presentation context has. What is not offered is answered as PS3.7 says, never by an abort:
a command of another SOP class with 0122H, an operation that the class does not have with 0211H.
"""

from collections.abc import AsyncIterator, Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from workbench.acse.policy import ExtendedHook, Policy
from workbench.config import LocalAe
from workbench.dimse.answers import respond, sop_class_of
from workbench.dimse.messages import CEchoRq
from workbench.dimse.status import SOP_CLASS_NOT_SUPPORTED, UNRECOGNIZED_OPERATION
from workbench.net.incoming import Handler, Handlers, IncomingRequest
from workbench.net.operation import Reply
from workbench.net.server import ScpServer
from workbench.services.verification import echo_handler
from workbench.uids import VERIFICATION

WINDOW: Final = (16, 1)
"""What is granted to a requestor that asks for an asynchronous operations window: 16 of its operations at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """SOP classes that are served in the same way.

    Attributes:
        sop_classes: abstract syntax -> the transfer syntaxes it is accepted in; None stands for any.
        handlers: what answers their commands, by Command Field.
        roles: SOP class -> whether the requestor may be SCU and SCP of it, if it asks (PS3.7 D.3.3.4).
        extended: SOP class -> what answers its extended negotiation (PS3.7 D.3.3.5).
        members: abstract syntax -> the SOP classes that commands on its contexts may name besides itself: those of a
            Meta SOP class (PS3.4 H.3), or UPS Push for all of UPS (PS3.4 CC.3.1).
        serves_unlisted: whether it also serves SOP classes that no offer lists and the policy's hook lets in.
    """

    sop_classes: Mapping[str, tuple[str, ...] | None]
    handlers: Handlers
    roles: Mapping[str, tuple[bool, bool]] = field(default_factory=dict)
    extended: Mapping[str, ExtendedHook] = field(default_factory=dict)
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    serves_unlisted: bool = False


VERIFICATION_OFFER = Offer(sop_classes={VERIFICATION: None}, handlers={CEchoRq.COMMAND_FIELD: echo_handler})
"""What makes an application entity answer C-ECHO."""


def policy_for(offers: Iterable[Offer], **further: Any) -> Policy:
    """Gives the policy that accepts all that is offered; `further` are the other attributes of `Policy`.

    Requestors that ask for it may have WINDOW operations outstanding, unless `further` says otherwise.
    """
    contexts: dict[str, tuple[str, ...] | None] = {}
    roles: dict[str, tuple[bool, bool]] = {}
    extended: dict[str, ExtendedHook] = {}
    for offer in offers:
        contexts.update(offer.sop_classes)
        roles.update(offer.roles)
        extended.update(offer.extended)
    attributes: dict[str, Any] = {"window": WINDOW, **further}
    return Policy(contexts=contexts, roles=roles, extended=extended, **attributes)


def handlers_for(offers: Iterable[Offer]) -> Handlers:
    """Gives the handlers of a server: each request goes to the offer that has its context's SOP class.

    Of two offers with one class, the first that has a handler for the command takes it.
    """
    offered = tuple(offers)
    fields = {command_field for offer in offered for command_field in offer.handlers}
    return {command_field: _dispatcher(offered, command_field) for command_field in fields}


def serve(
    local: LocalAe, offers: Iterable[Offer], *, policy: Mapping[str, Any] | None = None, **server: Any
) -> ScpServer:
    """Gives the server of an application entity, to be entered as an asynchronous context manager.

    Args:
        policy: further attributes of `Policy`, such as `window` or `user_identity`.
        server: further arguments of `ScpServer`, such as `recorder` or `observer`.
    """
    offered = tuple(offers)
    allowed = None if local.allowed_calling is None else frozenset(local.allowed_calling)
    attributes = {"allowed_calling": allowed, "max_pdu_length": local.max_pdu_length, **(policy or {})}
    return ScpServer(local, policy_for(offered, **attributes), handlers_for(offered), **server)


def served_as(request: IncomingRequest, known: Container[str]) -> str:
    """Gives the SOP class to serve a request as.

    It is that of its context, or, where that is not known, the first known one of the general classes that the
    requestor relates it to (57H, PS3.7 D.3.3.6); see `acse.policy.accepts_specialised`.
    """
    negotiated, requested = request.context.abstract_syntax, request.association.request_pdu
    common = requested.common_extended.get(negotiated) if requested is not None else None
    related = common.related_sop_class_uids if common is not None and negotiated not in known else ()
    return next((uid for uid in related if uid in known), negotiated)


def _dispatcher(offers: tuple[Offer, ...], command_field: int) -> Handler:
    by_class = {
        uid: tuple(each for each in offers if uid in each.sop_classes) for offer in offers for uid in offer.sop_classes
    }

    unlisted = tuple(offer for offer in offers if offer.serves_unlisted)

    async def dispatch(request: IncomingRequest) -> AsyncIterator[Reply]:
        negotiated, named = request.context.abstract_syntax, sop_class_of(request.message)
        handler: Callable[[IncomingRequest], AsyncIterator[Reply]] | None = None
        is_member = named == negotiated
        for offer in by_class.get(served_as(request, by_class), unlisted):
            is_member = is_member or named in offer.members.get(negotiated, ())
            handler = handler or offer.handlers.get(command_field)
        if not is_member:
            comment = "the SOP Class is not that of the presentation context"
            yield Reply(message=respond(request.message, SOP_CLASS_NOT_SUPPORTED, comment))
        elif handler is None:
            comment = f"{request.message.NAME} is not offered for this SOP Class"
            yield Reply(message=respond(request.message, UNRECOGNIZED_OPERATION, comment))
        else:
            async for reply in handler(request):
                yield reply

    return dispatch
