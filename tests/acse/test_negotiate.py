"""The answer to an association request, case by case."""

from dataclasses import replace

import pytest

from tests.acse.requests import (
    CT_IMAGE,
    EXPLICIT,
    IMPLICIT,
    J2K,
    JPEG,
    MR_IMAGE,
    VERIFICATION,
    associate_rq,
    proposed,
)
from workbench.acse.negotiate import Policy, answer, request_association
from workbench.acse.user_information import user_information
from workbench.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from workbench.upper_layer.items import (
    AnsweredContext,
    AsynchronousOperationsWindow,
    MaximumLength,
    RoleSelection,
    SopClassExtendedNegotiation,
    UnknownItem,
    UserIdentityAc,
    UserIdentityRq,
)
from workbench.upper_layer.pdu import AssociateAc, AssociateRj, AssociateRq, decode_pdu, encode_pdu

POLICY = Policy(ae_title="WORKBENCH", contexts={VERIFICATION: None, CT_IMAGE: (EXPLICIT, IMPLICIT), MR_IMAGE: None})


def accepted(request: AssociateRq, policy: Policy = POLICY) -> AssociateAc:
    """The answer, which must be an acceptance and survive the wire."""
    reply = answer(request, policy)
    assert isinstance(reply, AssociateAc), reply
    assert decode_pdu(encode_pdu(reply)) == reply
    return reply


def test_an_ordinary_request_is_accepted() -> None:
    reply = accepted(associate_rq(proposed(1), proposed(3, CT_IMAGE, JPEG, IMPLICIT, EXPLICIT)))
    assert reply == AssociateAc(
        called_ae_title="WORKBENCH",
        calling_ae_title="STORESCU",
        presentation_contexts=(
            AnsweredContext(context_id=1, result=0, transfer_syntax=IMPLICIT),
            AnsweredContext(context_id=3, result=0, transfer_syntax=IMPLICIT),
        ),
        user_information=user_information(131_072),
    )
    assert reply.max_length == 131_072
    assert reply.implementation_class_uid == IMPLEMENTATION_CLASS_UID
    assert reply.implementation_version_name == IMPLEMENTATION_VERSION_NAME


def test_contexts_that_are_not_supported_say_why() -> None:
    reply = accepted(
        associate_rq(
            proposed(1, "1.2.3", IMPLICIT),
            proposed(3, CT_IMAGE, JPEG, J2K),
            proposed(5, "1." * 500, IMPLICIT),
            proposed(7, CT_IMAGE, EXPLICIT),
        )
    )
    # 3: abstract syntax, 4: transfer syntaxes (PS3.8 Table 9-18); the syntax of a refused context is the first proposed
    assert reply.presentation_contexts == (
        AnsweredContext(context_id=1, result=3, transfer_syntax=IMPLICIT),
        AnsweredContext(context_id=3, result=4, transfer_syntax=JPEG),
        AnsweredContext(context_id=5, result=3, transfer_syntax=IMPLICIT),
        AnsweredContext(context_id=7, result=0, transfer_syntax=EXPLICIT),
    )


def test_an_association_whose_contexts_are_all_refused_is_still_accepted() -> None:
    assert [context.result for context in accepted(associate_rq(proposed(1, "1.2.3"))).presentation_contexts] == [3]


def test_all_128_contexts_are_answered() -> None:
    reply = accepted(associate_rq(*(proposed(number) for number in range(1, 256, 2))))
    assert [(context.context_id, context.result) for context in reply.presentation_contexts] == [
        (number, 0) for number in range(1, 256, 2)
    ]


GOOD = associate_rq()
IDENTITY = UserIdentityRq(identity_type=1, positive_response_requested=True, primary_field=b"me")

# (what is wrong, the request, result/source/reason)
REJECTED: dict[str, tuple[AssociateRq, tuple[int, int, int]]] = {
    "protocol version without bit 0": (replace(GOOD, protocol_version=0xFFFE), (1, 2, 2)),
    "protocol version 0": (replace(GOOD, protocol_version=0), (1, 2, 2)),
    "another application context": (replace(GOOD, application_context="1.2.840.10008.3.1.1.999"), (1, 1, 2)),
    "no application context": (replace(GOOD, application_context=""), (1, 1, 2)),
    "another called title": (associate_rq(called="ORTHANC"), (1, 1, 7)),
    "the called title in lower case": (associate_rq(called="workbench"), (1, 1, 7)),
    "a blank called title": (associate_rq(called=""), (1, 1, 7)),
    "a blank calling title": (associate_rq(calling=""), (1, 1, 3)),
    "a calling title of NULs": (associate_rq(calling="\0" * 16), (1, 1, 3)),
    "a calling title outside the default repertoire": (associate_rq(calling="caf\xe9"), (1, 1, 3)),
    "a calling title that ends with a line feed": (associate_rq(calling="STORESCU\n"), (1, 1, 3)),
    "no user information": (replace(GOOD, user_information=()), (1, 2, 1)),
    "a maximum length of 1": (associate_rq(max_length=1), (1, 2, 1)),
    "a maximum length of 6": (associate_rq(max_length=6), (1, 2, 1)),
    "no context": (replace(GOOD, presentation_contexts=()), (1, 2, 1)),
    "an even context ID": (associate_rq(proposed(1), proposed(2)), (1, 2, 1)),
    "the context ID 0": (associate_rq(proposed(0)), (1, 2, 1)),
    "a context ID twice": (associate_rq(proposed(1), proposed(3, CT_IMAGE), proposed(1, MR_IMAGE)), (1, 2, 1)),
    "two user identities": (associate_rq(items=[IDENTITY, IDENTITY]), (1, 1, 1)),
}


@pytest.mark.parametrize(("request_pdu", "numbers"), REJECTED.values(), ids=REJECTED)
def test_what_is_rejected(request_pdu: AssociateRq, numbers: tuple[int, int, int]) -> None:
    result, source, reason = numbers
    assert answer(request_pdu, POLICY) == AssociateRj(result=result, source=source, reason=reason)


@pytest.mark.parametrize("called", ["", "caf\xe9", "\0" * 16])
def test_a_title_that_is_none_is_not_ours_even_when_any_is(called: str) -> None:
    assert answer(associate_rq(called=called), replace(POLICY, ae_title=None)) == AssociateRj(
        result=1, source=1, reason=7
    )


ACCEPTED: dict[str, AssociateRq] = {
    "further bits of the protocol version": replace(GOOD, protocol_version=0xFFFF),
    "spaces around the titles": associate_rq(called="  WORKBENCH ", calling=" STORESCU"),
    "no limit of length": associate_rq(max_length=0),
    "room for one byte": associate_rq(max_length=7),
    "no implementation class UID": replace(GOOD, user_information=(MaximumLength(value=16_384),)),
    "unknown sub-items": associate_rq(items=[UnknownItem(item_type=0x5F, data=b"x")]),
    "unknown items": replace(GOOD, unknown_items=(UnknownItem(item_type=0x77, data=b"x"),)),
    "roles of a class that is not proposed": associate_rq(
        items=[RoleSelection(sop_class_uid="1.2.3", scu_role=False, scp_role=False)] * 3
    ),
}


@pytest.mark.parametrize("request_pdu", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_forgiven(request_pdu: AssociateRq) -> None:
    reply = answer(request_pdu, POLICY)
    assert isinstance(reply, AssociateAc)
    assert [context.result for context in reply.presentation_contexts] == [0]
    assert reply.role_selections == {}


def test_any_called_title_is_accepted_when_none_is_set() -> None:
    accepted(associate_rq(called="SOMEBODY"), replace(POLICY, ae_title=None))


def test_only_listed_titles_may_call() -> None:
    policy = replace(POLICY, allowed_calling=frozenset({"CT1 ", "MR1"}))
    for calling in ("CT1", "MR1"):
        accepted(associate_rq(calling=calling), policy)
    assert answer(associate_rq(calling="STORESCU"), policy) == AssociateRj(result=1, source=1, reason=3)


@pytest.mark.parametrize("result", [1, 2, 3, 4])
def test_a_single_context_can_be_refused_for_any_reason(result: int) -> None:
    policy = replace(POLICY, refuse_context=lambda context: result if context.context_id == 3 else None)
    reply = accepted(associate_rq(proposed(1, CT_IMAGE), proposed(3, CT_IMAGE)), policy)
    assert [(one.context_id, one.result) for one in reply.presentation_contexts] == [(1, 0), (3, result)]


# What the requestor asks for (SCU, SCP), or None without a role item -> for each of the policies in the order
# (SCU, SCP) = no no, no yes, yes no, yes yes, not listed: the roles answered, None without a role item, or "refused".
N, Y = False, True
ALLOWED: list[tuple[bool, bool] | None] = [(N, N), (N, Y), (Y, N), (Y, Y), None]
TRUTH_TABLE: dict[tuple[bool, bool] | None, list[tuple[bool, bool] | str | None]] = {
    None: ["refused", "refused", None, None, None],
    (N, N): ["refused", "refused", "refused", "refused", None],
    (N, Y): ["refused", (N, Y), "refused", (N, Y), None],
    (Y, N): ["refused", "refused", (Y, N), (Y, N), None],
    (Y, Y): ["refused", (N, Y), (Y, N), (Y, Y), None],
}


def ask_for_roles(asked: tuple[bool, bool] | None, policy: Policy) -> AssociateAc:
    items = [] if asked is None else [RoleSelection(sop_class_uid=CT_IMAGE, scu_role=asked[0], scp_role=asked[1])]
    return accepted(associate_rq(proposed(1, CT_IMAGE), items=items), policy)


@pytest.mark.parametrize("asked", TRUTH_TABLE, ids=str)
@pytest.mark.parametrize("place", range(5))
def test_roles_are_granted_if_asked_for_and_allowed(asked: tuple[bool, bool] | None, place: int) -> None:
    allowed = ALLOWED[place]
    reply = ask_for_roles(asked, replace(POLICY, roles={} if allowed is None else {CT_IMAGE: allowed}))
    expected = TRUTH_TABLE[asked][place]
    assert [context.result for context in reply.presentation_contexts] == [1 if expected == "refused" else 0]
    roles = {uid: (item.scu_role, item.scp_role) for uid, item in reply.role_selections.items()}
    if expected == "refused" and asked is not None:
        assert roles == {CT_IMAGE: (N, N)}  # says why it is refused
    else:
        assert roles == ({CT_IMAGE: expected} if isinstance(expected, tuple) else {})


def test_the_default_role_can_be_accepted_of_a_class_whose_requestor_should_be_scp() -> None:
    policy = replace(POLICY, roles={CT_IMAGE: (N, Y)}, always_accept_default_role=True)
    assert [context.result for context in ask_for_roles(None, policy).presentation_contexts] == [0]
    assert [context.result for context in ask_for_roles((Y, N), policy).presentation_contexts] == [1]


def test_roles_are_answered_once_for_a_class_with_several_contexts() -> None:
    role = RoleSelection(sop_class_uid=CT_IMAGE, scu_role=True, scp_role=True)
    request = associate_rq(proposed(1, CT_IMAGE), proposed(3, CT_IMAGE, EXPLICIT), items=[role, role])
    reply = accepted(request, replace(POLICY, roles={CT_IMAGE: (True, True)}))
    assert [item for item in reply.user_information if isinstance(item, RoleSelection)] == [role]


# (asked for, policy, answered); 0 is no limit and counts as the largest (PS3.7 D.3.3.3)
WINDOWS = [
    ((1, 1), (1, 1), (1, 1)),
    ((5, 3), (1, 1), (1, 1)),
    ((5, 3), (4, 4), (4, 3)),
    ((0, 0), (1, 1), (1, 1)),
    ((0, 0), (0, 0), (0, 0)),
    ((7, 0), (0, 9), (7, 9)),
    ((65535, 0), (0, 65535), (65535, 65535)),
]


@pytest.mark.parametrize(("asked", "own", "answered_window"), WINDOWS)
def test_the_window_is_never_above_what_was_asked(
    asked: tuple[int, int], own: tuple[int, int], answered_window: tuple[int, int]
) -> None:
    window = AsynchronousOperationsWindow(invoked=asked[0], performed=asked[1])
    reply = accepted(associate_rq(items=[window]), replace(POLICY, window=own))
    assert reply.asynchronous_operations_window == AsynchronousOperationsWindow(
        invoked=answered_window[0], performed=answered_window[1]
    )


def test_a_window_that_was_not_asked_for_is_not_answered() -> None:
    assert accepted(associate_rq(), replace(POLICY, window=(5, 5))).asynchronous_operations_window is None


def test_extended_negotiation_is_answered_by_the_hook_of_an_accepted_class() -> None:
    def extended(uid: str, information: bytes) -> SopClassExtendedNegotiation:
        return SopClassExtendedNegotiation(sop_class_uid=uid, application_information=information)

    hooks = {CT_IMAGE: lambda asked: asked[:1], MR_IMAGE: lambda _: None, "1.2.3": lambda asked: asked}
    reply = accepted(
        associate_rq(
            proposed(1, CT_IMAGE),
            proposed(3, MR_IMAGE),
            proposed(5, "1.2.3"),  # refused
            proposed(7, VERIFICATION),  # no hook
            items=[extended(uid, b"\1\2") for uid in (CT_IMAGE, MR_IMAGE, "1.2.3", VERIFICATION)],
        ),
        replace(POLICY, extended=hooks),
    )
    assert reply.extended == {CT_IMAGE: extended(CT_IMAGE, b"\1")}


# (type, response asked for, verdict of the hook, response on the wire or None)
IDENTITIES = [
    (1, True, b"ignored", b""),  # types 1 and 2 have an empty response (PS3.7 D.3.3.7.2)
    (2, True, b"", b""),
    (3, True, b"ticket", b"ticket"),
    (4, True, b"assertion", b"assertion"),
    (5, True, b"token", b"token"),
    (3, False, b"ticket", None),
    (3, True, None, None),
]


@pytest.mark.parametrize(("kind", "asked", "verdict", "response"), IDENTITIES)
def test_user_identities_and_their_responses(
    kind: int, asked: bool, verdict: bytes | None, response: bytes | None
) -> None:
    given = UserIdentityRq(
        identity_type=kind, positive_response_requested=asked, primary_field=b"me", secondary_field=b""
    )
    seen = []

    def hook(item: UserIdentityRq) -> bytes | None:
        seen.append(item)
        return verdict

    reply = accepted(associate_rq(items=[given]), replace(POLICY, user_identity=hook))
    assert reply.user_identity == (None if response is None else UserIdentityAc(server_response=response))
    assert seen == [given]


def test_a_user_identity_can_be_rejected() -> None:
    rejection = AssociateRj(result=2, source=1, reason=1)
    assert answer(associate_rq(items=[IDENTITY]), replace(POLICY, user_identity=lambda _: rejection)) == rejection


def test_an_identity_is_ignored_by_a_policy_without_a_judge() -> None:
    assert accepted(associate_rq(items=[IDENTITY])).user_identity is None


@pytest.mark.parametrize("kind", [0, 6, 99])
def test_an_identity_of_an_unknown_type_is_none(kind: int) -> None:
    request = associate_rq(items=[replace(IDENTITY, identity_type=kind)])
    policy = replace(POLICY, user_identity=lambda _: AssociateRj(result=1, source=1, reason=1))
    assert accepted(request, policy).user_identity is None
    assert answer(request, replace(policy, is_identity_required=True)) == AssociateRj(result=1, source=1, reason=1)


def test_an_identity_can_be_required() -> None:
    policy = replace(POLICY, user_identity=lambda _: b"", is_identity_required=True)
    assert answer(associate_rq(), policy) == AssociateRj(result=1, source=1, reason=1)
    assert accepted(associate_rq(items=[IDENTITY]), policy).user_identity == UserIdentityAc(server_response=b"")


def test_a_request_tells_who_we_are_and_survives_the_wire() -> None:
    request = request_association(
        called_ae_title="ORTHANC",
        calling_ae_title="WORKBENCH",
        contexts=[proposed(1), proposed(3, CT_IMAGE, EXPLICIT)],
        max_pdu_length=65_536,
        user_information=[IDENTITY],
    )
    assert request == AssociateRq(
        called_ae_title="ORTHANC",
        calling_ae_title="WORKBENCH",
        presentation_contexts=(proposed(1), proposed(3, CT_IMAGE, EXPLICIT)),
        user_information=user_information(65_536, [IDENTITY]),
    )
    assert decode_pdu(encode_pdu(request)) == request
