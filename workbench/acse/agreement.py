"""What both sides of an association agreed on, read from the request and its answer (PS3.7 Annex D; PS3.8 9.3.3).

The answer of a peer is read tolerantly: whatever it grants beyond the proposal is not used and is named in
`Agreement.problems`; only what leaves no association to work on is an error. Where the reading is a choice:

* A context ID that was not proposed is ignored; of two answers to one ID the first counts; a context without an answer
  counts as refused.
* A context is not usable when its result is undefined or its transfer syntax was not offered for it.
* A role that was not proposed cannot be granted (PS3.7 D.3.3.4). Without an answer the default roles hold: the
  requestor is SCU, the acceptor SCP.
* Answers that nobody asked for (window, roles, extended negotiation, identity) are ignored. A window is cut to what was
  asked for; without an answer it is one operation each way (PS3.7 D.3.3.3).
* Titles, protocol version and application context of an answer are not tested (PS3.8 9.3.3), only remarked on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from workbench.acse.contexts import UNCOMPRESSED, AcceptedContext, ContextResult
from workbench.acse.user_information import LEAST_MAX_LENGTH, narrower
from workbench.errors import NoAcceptedContext, RemoteProtocolError
from workbench.uids import is_valid_uid
from workbench.upper_layer.items import ProposedContext, RoleSelection
from workbench.upper_layer.machine import Role
from workbench.upper_layer.pdu import AssociateAc, AssociateRq
from workbench.upper_layer.reasons import CONTEXT_RESULTS, describe_context_result

NOT_ANSWERED: Final = -1
"""Stands in `ContextOutcome.result` for a context that the acceptor did not mention."""

_PROBLEMS_KEPT: Final = 100  # an answer can hold tens of thousands of wrong items; nobody reads that many sentences


class ContextOutcome(NamedTuple):
    """A proposed context and what the acceptor said to it; the transfer syntax is empty unless it was accepted."""

    context: ProposedContext
    result: int
    transfer_syntax: str

    @property
    def is_usable(self) -> bool:
        """Whether messages may be sent on the context."""
        return self.result == ContextResult.ACCEPTED and bool(self.transfer_syntax)

    @property
    def words(self) -> str:
        """The result for people."""
        if self.result == NOT_ANSWERED:
            return "not answered"
        if self.result == ContextResult.ACCEPTED and not self.transfer_syntax:
            return "accepted in a transfer syntax that was not offered"
        return describe_context_result(self.result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What holds on an association until its end; the same on both sides but for what is said about the peer.

    Attributes:
        contexts: the usable contexts by ID.
        by_sop_class: the same by SOP Class, in the order in which we prefer them.
        results: every proposed context with the acceptor's answer, in the order of the proposal.
        peer_max_length: the largest P-DATA-TF that the peer takes; 0 = no limit.
        window: operations that the requestor may invoke, and perform, at a time; 0 = no limit.
        roles: SOP class -> what the requestor is, for classes whose roles were negotiated.
        extended: SOP class -> the acceptor's application information (PS3.7 D.3.3.5).
        identity_response: the acceptor's response to the identity; None when there is none.
        peer_implementation_class_uid, peer_implementation_version_name: empty when the peer does not tell.
        problems: what in the answer broke the rules, in words; the first hundred.
    """

    contexts: Mapping[int, AcceptedContext]
    results: tuple[ContextOutcome, ...]
    peer_max_length: int = 0
    window: tuple[int, int] = (1, 1)
    roles: Mapping[str, RoleSelection]
    extended: Mapping[str, bytes]
    identity_response: bytes | None = None
    peer_implementation_class_uid: str = ""
    peer_implementation_version_name: str = ""
    problems: tuple[str, ...] = ()
    by_sop_class: Mapping[str, tuple[AcceptedContext, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sorts the contexts for `context_for`, which is asked for every message."""
        by_sop_class: dict[str, tuple[AcceptedContext, ...]] = {}
        for context in sorted(self.contexts.values(), key=_preference):
            by_sop_class[context.abstract_syntax] = (*by_sop_class.get(context.abstract_syntax, ()), context)
        object.__setattr__(self, "by_sop_class", MappingProxyType(by_sop_class))

    def context_for(
        self, sop_class_uid: str, transfer_syntax_uid: str | None = None, *, role: Literal["SCU", "SCP"] = "SCU"
    ) -> AcceptedContext:
        """Gives the context on which to send messages about a SOP class.

        Args:
            transfer_syntax_uid: the syntax of the data set; None lets us choose: Explicit before Implicit VR Little
                Endian before anything else.
            role: what the association requestor has to be; an acceptor that stores to it (C-GET) needs "SCP".

        Raises:
            NoAcceptedContext: `reason` tells why in words.
        """
        usable = [
            context
            for context in self.by_sop_class.get(sop_class_uid, ())
            if (context.scu_role if role == "SCU" else context.scp_role)
        ]
        for context in usable:
            if transfer_syntax_uid is None or context.transfer_syntax == transfer_syntax_uid:
                return context
        reason = self._why_not(sop_class_uid, transfer_syntax_uid, usable, role)
        raise NoAcceptedContext(sop_class_uid, transfer_syntax_uid or "", reason)

    def _why_not(self, sop_class: str, syntax: str | None, usable: list[AcceptedContext], role: str) -> str:
        proposed = [outcome for outcome in self.results if outcome.context.abstract_syntax == sop_class]
        if not proposed:
            return "it was not proposed"
        offered = [outcome for outcome in proposed if syntax is None or syntax in outcome.context.transfer_syntaxes]
        accepted = self.by_sop_class.get(sop_class, ())
        refusals = sorted({outcome.words for outcome in offered if not outcome.is_usable})
        if usable:
            why = f"transfer syntax {syntax} " + (_because(refusals) if offered else "was not proposed")
            return f"{why}; accepted only in {', '.join(context.transfer_syntax for context in usable)}"
        if any(syntax in (None, context.transfer_syntax) for context in accepted):
            return f"it was accepted, but not with the {role} role for the association requestor"
        if not offered:
            return f"it was not proposed in transfer syntax {syntax}"
        return f"it {_because(refusals)}"


def _because(refusals: list[str]) -> str:
    return f"was not accepted: {', '.join(refusals)}" if refusals else "was not chosen by the peer"


def _preference(context: AcceptedContext) -> tuple[int, int]:
    syntax = context.transfer_syntax
    return (UNCOMPRESSED.index(syntax) if syntax in UNCOMPRESSED else len(UNCOMPRESSED), context.context_id)


def agree(request: AssociateRq, accept: AssociateAc, *, role: Role = Role.REQUESTOR) -> Agreement:
    """Gives what holds after an A-ASSOCIATE-AC.

    Args:
        role: ours; it decides which of the two PDUs is the peer's.

    Raises:
        RemoteProtocolError: the acceptor takes at most 1 to 6 bytes in a P-DATA-TF: nothing can be sent to it.
    """
    if role is Role.REQUESTOR and 0 < accept.max_length < LEAST_MAX_LENGTH:
        problem = f"Maximum Length Received: {accept.max_length} bytes leave no room for data"
        raise RemoteProtocolError(problem, abort_source=2, abort_reason=6)
    peer = accept if role is Role.REQUESTOR else request
    problems: list[str] = []
    roles = _agree_on_roles(request, accept, problems)
    results = _agree_on_contexts(request, accept, problems)
    identity = accept.user_identity
    if identity is not None and request.user_identity is None:
        problems.append("answers a user identity that was not given")
        identity = None
    elif identity is not None and request.user_identity and not request.user_identity.positive_response_requested:
        problems.append("answers a user identity for which no response was requested")
    problems += _remarks(accept)
    return Agreement(
        contexts=MappingProxyType({context.context_id: context for context in _accepted(results, roles)}),
        results=results,
        peer_max_length=peer.max_length,
        window=_agree_on_window(request, accept, problems),
        roles=MappingProxyType(roles),
        extended=MappingProxyType(_agree_on_extended(request, accept, problems)),
        identity_response=None if identity is None else identity.server_response,
        peer_implementation_class_uid=peer.implementation_class_uid,
        peer_implementation_version_name=peer.implementation_version_name,
        problems=tuple(dict.fromkeys(problems))[:_PROBLEMS_KEPT],
    )


def _agree_on_contexts(request: AssociateRq, accept: AssociateAc, problems: list[str]) -> tuple[ContextOutcome, ...]:
    proposed = {context.context_id: context for context in request.presentation_contexts}
    outcomes: dict[int, ContextOutcome] = {}
    for answered in accept.presentation_contexts:
        number, result, syntax = answered.context_id, answered.result, answered.transfer_syntax
        if number not in proposed:
            problems.append(f"presentation context {number} was not proposed")
        elif number in outcomes:
            problems.append(f"presentation context {number} is answered twice")
        elif result not in CONTEXT_RESULTS:
            problems.append(f"presentation context {number}: result {result} is not 0 to 4")
            outcomes[number] = ContextOutcome(proposed[number], result, "")
        elif result == ContextResult.ACCEPTED and syntax not in proposed[number].transfer_syntaxes:
            problems.append(f"presentation context {number} is accepted in {_shown(syntax)}, which was not offered")
            outcomes[number] = ContextOutcome(proposed[number], result, "")
        else:
            outcomes[number] = ContextOutcome(proposed[number], result, "" if result else syntax)
    problems += [f"presentation context {number} is not answered" for number in proposed if number not in outcomes]
    return tuple(
        outcomes.get(number, ContextOutcome(context, NOT_ANSWERED, "")) for number, context in proposed.items()
    )


def _accepted(results: tuple[ContextOutcome, ...], roles: Mapping[str, RoleSelection]) -> Iterator[AcceptedContext]:
    for outcome in results:
        if outcome.is_usable:
            agreed = roles.get(outcome.context.abstract_syntax)
            yield AcceptedContext(
                context_id=outcome.context.context_id,
                abstract_syntax=outcome.context.abstract_syntax,
                transfer_syntax=outcome.transfer_syntax,
                scu_role=agreed is None or agreed.scu_role,
                scp_role=agreed is not None and agreed.scp_role,
            )


def _agree_on_roles(request: AssociateRq, accept: AssociateAc, problems: list[str]) -> dict[str, RoleSelection]:
    asked, agreed = request.role_selections, {}
    for sop_class, granted in accept.role_selections.items():
        wish = asked.get(sop_class)
        if wish is None:
            problems.append(f"answers roles of {_shown(sop_class)} that were not proposed")
            continue
        if granted.scu_role > wish.scu_role or granted.scp_role > wish.scp_role:
            problems.append(f"grants a role of {_shown(sop_class)} that was not proposed")
        agreed[sop_class] = RoleSelection(
            sop_class_uid=sop_class,
            scu_role=granted.scu_role and wish.scu_role,
            scp_role=granted.scp_role and wish.scp_role,
        )
    return agreed


def _agree_on_window(request: AssociateRq, accept: AssociateAc, problems: list[str]) -> tuple[int, int]:
    asked, answered = request.asynchronous_operations_window, accept.asynchronous_operations_window
    if answered is None:
        return (1, 1)
    if asked is None:
        problems.append("answers an asynchronous operations window that was not asked for")
        return (1, 1)
    agreed = narrower(asked.invoked, answered.invoked), narrower(asked.performed, answered.performed)
    if agreed != (answered.invoked, answered.performed):
        problems.append("answers an asynchronous operations window larger than was asked for")
    return agreed


def _agree_on_extended(request: AssociateRq, accept: AssociateAc, problems: list[str]) -> dict[str, bytes]:
    asked, answered = request.extended, accept.extended
    problems += [
        f"answers an extended negotiation of {_shown(one)} that was not asked for"
        for one in answered
        if one not in asked
    ]
    return {one: item.application_information for one, item in answered.items() if one in asked}


def _remarks(accept: AssociateAc) -> Iterator[str]:
    if not accept.protocol_version & 1:
        yield f"protocol version {accept.protocol_version:04X}H has bit 0 not set"
    if not accept.implementation_class_uid:
        yield "tells no implementation class UID"


def _shown(uid: str) -> str:
    """A UID of the peer's for a sentence: what is none comes quoted, escaped and cut, for it may be anything."""
    return uid if is_valid_uid(uid) else repr(uid[:64])
