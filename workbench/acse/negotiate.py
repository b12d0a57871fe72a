"""Both sides of the negotiation of an association: the request, its answer by a policy (PS3.8 7.1; PS3.7 Annex D).

How `answer` decides what the standard leaves open:

* Only bit 0 of the protocol version is tested (PS3.8 9.3.2).
* A title that is blank or outside the default repertoire is nobody's: it is rejected like an unknown one.
* A request that cannot be answered validly is rejected permanently by the ACSE provider, without a reason (1/2/1): no
  user information (mandatory, PS3.8 9.3.2), a maximum length of 1 to 6 (no room for data), no context, or context IDs
  that are even, 0 or used twice. An answer would have to repeat such an ID, and after two answers to one ID nobody
  knows what it means. A lacking implementation class UID is forgiven: nothing depends on it.
* A role is granted if it was proposed and the policy allows it; of a class for which the policy says nothing the
  default roles hold, and a role selection is not answered (PS3.7 D.3.3.4). A class that is left without any role is
  refused (user rejection), with the roles answered that were not granted: an acceptance could not be used. So is one
  whose requestor asks for no role where it may not be SCU, unless the policy says otherwise.
* Two user identities in one request contradict each other: rejected (1/1/1).
"""

from collections.abc import Callable, Iterable
from typing import Final

from workbench.acse.agreement import Agreement, agree
from workbench.acse.contexts import ContextResult
from workbench.acse.policy import Policy, is_valid_ae_title, storage_policy
from workbench.acse.user_information import LEAST_MAX_LENGTH, narrower
from workbench.acse.user_information import user_information as standard_user_information
from workbench.uids import APPLICATION_CONTEXT
from workbench.upper_layer.items import (
    AnsweredContext,
    AsynchronousOperationsWindow,
    ProposedContext,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    UserIdentityAc,
    UserIdentityRq,
    UserInformationItem,
)
from workbench.upper_layer.pdu import AssociateAc, AssociateRj, AssociateRq

__all__ = ["Agreement", "Policy", "agree", "answer", "request_association", "storage_policy"]

_ROLES_ANSWERED: Final = (ContextResult.ACCEPTED, ContextResult.USER_REJECTION)
_IDENTITY_TYPES: Final = range(1, 6)  # PS3.7 Table D.3-14
_TYPES_WITHOUT_RESPONSE: Final = (1, 2)  # PS3.7 D.3.3.7.2: the server response is empty


def request_association(
    *,
    called_ae_title: str,
    calling_ae_title: str,
    contexts: Iterable[ProposedContext],
    max_pdu_length: int = 131_072,
    user_information: Iterable[UserInformationItem] = (),
) -> AssociateRq:
    """Gives the A-ASSOCIATE-RQ with our own implementation's name.

    Args:
        contexts: one association's part of what `contexts.propose` gives.
        max_pdu_length: the largest P-DATA-TF that we take; 0 = no limit.
        user_information: further items: roles, extended negotiation, user identity, the asynchronous window.
    """
    return AssociateRq(
        called_ae_title=called_ae_title,
        calling_ae_title=calling_ae_title,
        presentation_contexts=tuple(contexts),
        user_information=standard_user_information(max_pdu_length, user_information),
    )


def answer(request: AssociateRq, policy: Policy) -> AssociateAc | AssociateRj:
    """Gives the answer to a request; how is told at the top of this module and in `Policy`."""
    for is_wrong, rejection in _REJECTIONS:
        if is_wrong(request, policy):
            return rejection
    identity = _judge_identity(request, policy)
    if isinstance(identity, AssociateRj):
        return identity
    roles, common = _grant_roles(request, policy), request.common_extended
    contexts = tuple(
        _answer_context(context, policy, roles.get(context.abstract_syntax), common.get(context.abstract_syntax))
        for context in request.presentation_contexts
    )
    results = [
        (one.abstract_syntax, two.result) for one, two in zip(request.presentation_contexts, contexts, strict=True)
    ]
    accepted = dict.fromkeys(sop_class for sop_class, result in results if result == ContextResult.ACCEPTED)
    with_roles = dict.fromkeys(sop_class for sop_class, result in results if result in _ROLES_ANSWERED)
    items = [
        *_answer_window(request, policy),
        *(roles[sop_class] for sop_class in with_roles if sop_class in roles),
        *_answer_extended(accepted, request, policy),
        *identity,
    ]
    return AssociateAc(
        called_ae_title=request.called_ae_title,
        calling_ae_title=request.calling_ae_title,
        presentation_contexts=contexts,
        user_information=standard_user_information(policy.max_pdu_length, items),
    )


def _called_is_not_ours(request: AssociateRq, policy: Policy) -> bool:
    called = request.called_ae_title.strip(" ")
    return not is_valid_ae_title(called) or (policy.ae_title is not None and called != policy.ae_title.strip(" "))


def _calling_is_unwanted(request: AssociateRq, policy: Policy) -> bool:
    calling, allowed = request.calling_ae_title.strip(" "), policy.allowed_calling
    is_listed = allowed is None or calling in {title.strip(" ") for title in allowed}
    return not (is_listed and is_valid_ae_title(calling))


def _contexts_are_unanswerable(request: AssociateRq, _: Policy) -> bool:
    ids = [context.context_id for context in request.presentation_contexts]
    return not ids or len(set(ids)) < len(ids) or any(not number % 2 for number in ids)


def _identity_is_unclear(request: AssociateRq, policy: Policy) -> bool:
    given = [item for item in request.user_information if isinstance(item, UserIdentityRq)]
    usable = [item for item in given if item.identity_type in _IDENTITY_TYPES]
    return len(given) > 1 or (policy.is_identity_required and not usable)


_Check = Callable[[AssociateRq, Policy], bool]

# In the order in which they are tested; result, source and reason of PS3.8 Table 9-21.
_REJECTIONS: Final[tuple[tuple[_Check, AssociateRj], ...]] = (
    (lambda request, _: not request.protocol_version & 1, AssociateRj(result=1, source=2, reason=2)),
    (lambda request, _: request.application_context != APPLICATION_CONTEXT, AssociateRj(result=1, source=1, reason=2)),
    (_called_is_not_ours, AssociateRj(result=1, source=1, reason=7)),
    (_calling_is_unwanted, AssociateRj(result=1, source=1, reason=3)),
    (lambda request, _: not request.user_information, AssociateRj(result=1, source=2, reason=1)),
    (lambda request, _: 0 < request.max_length < LEAST_MAX_LENGTH, AssociateRj(result=1, source=2, reason=1)),
    (_contexts_are_unanswerable, AssociateRj(result=1, source=2, reason=1)),
    (_identity_is_unclear, AssociateRj(result=1, source=1, reason=1)),
)


def _judge_identity(request: AssociateRq, policy: Policy) -> tuple[UserIdentityAc, ...] | AssociateRj:
    item, judge = request.user_identity, policy.user_identity
    if item is None or judge is None or item.identity_type not in _IDENTITY_TYPES:
        return ()
    verdict = judge(item)
    if isinstance(verdict, AssociateRj):
        return verdict
    if verdict is None or not item.positive_response_requested:
        return ()
    return (UserIdentityAc(server_response=b"" if item.identity_type in _TYPES_WITHOUT_RESPONSE else verdict),)


def _grant_roles(request: AssociateRq, policy: Policy) -> dict[str, RoleSelection]:
    granted = {}
    for sop_class, asked in request.role_selections.items():
        if sop_class in policy.roles:
            may_be_scu, may_be_scp = policy.may_be(sop_class)
            granted[sop_class] = RoleSelection(
                sop_class_uid=sop_class, scu_role=asked.scu_role and may_be_scu, scp_role=asked.scp_role and may_be_scp
            )
    return granted


def _lacks_role(sop_class: str, granted: RoleSelection | None, policy: Policy) -> bool:
    if granted is not None:
        return not (granted.scu_role or granted.scp_role)
    return not (policy.may_be(sop_class)[0] or policy.always_accept_default_role)


def _answer_context(
    proposed: ProposedContext,
    policy: Policy,
    role: RoleSelection | None,
    common: SopClassCommonExtendedNegotiation | None,
) -> AnsweredContext:
    syntax = policy.choose(proposed.abstract_syntax, proposed.transfer_syntaxes)
    refusal = policy.refuse_context(proposed) if policy.refuse_context else None
    if refusal:
        result = refusal
    elif not policy.accepts_class(proposed.abstract_syntax, common):
        result = ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED
    elif syntax is None:
        result = ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED
    elif _lacks_role(proposed.abstract_syntax, role, policy):
        result = ContextResult.USER_REJECTION
    else:
        return AnsweredContext(context_id=proposed.context_id, result=ContextResult.ACCEPTED, transfer_syntax=syntax)
    # Not significant (PS3.8 9.3.3.2), yet some receivers miss the sub-item: the first proposed syntax stands in.
    first = next(iter(proposed.transfer_syntaxes), "")
    return AnsweredContext(context_id=proposed.context_id, result=result, transfer_syntax=first)


def _answer_window(request: AssociateRq, policy: Policy) -> list[UserInformationItem]:
    asked = request.asynchronous_operations_window
    if asked is None:
        return []
    invoked, performed = policy.window
    return [
        AsynchronousOperationsWindow(
            invoked=narrower(invoked, asked.invoked), performed=narrower(performed, asked.performed)
        )
    ]


def _answer_extended(accepted: Iterable[str], request: AssociateRq, policy: Policy) -> list[UserInformationItem]:
    asked, items = request.extended, list[UserInformationItem]()
    for sop_class in accepted:
        hook = policy.extended.get(sop_class) if sop_class in asked else None
        reply = hook(asked[sop_class].application_information) if hook else None
        if reply is not None:
            items.append(SopClassExtendedNegotiation(sop_class_uid=sop_class, application_information=reply))
    return items
