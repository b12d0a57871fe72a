"""What both sides agreed on, read from the request and the answer; tolerant, and with a remark on all that is odd."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acse.requests import (
    CT_IMAGE,
    EXPLICIT,
    IMPLICIT,
    J2K,
    JPEG,
    MR_IMAGE,
    VERIFICATION,
    answered,
    associate_ac,
    associate_rq,
    proposed,
)
from workbench.acse.agreement import agree
from workbench.acse.contexts import AcceptedContext
from workbench.acse.negotiate import Policy, answer
from workbench.errors import RemoteProtocolError
from workbench.upper_layer.items import (
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    RoleSelection,
    SopClassExtendedNegotiation,
    UserIdentityAc,
    UserIdentityRq,
)
from workbench.upper_layer.machine import Role
from workbench.upper_layer.pdu import AssociateAc, AssociateRq, decode_pdu

IDENTITY = UserIdentityRq(identity_type=3, positive_response_requested=True, primary_field=b"ticket")


def test_accepted_contexts_are_usable_and_all_results_are_kept() -> None:
    request = associate_rq(proposed(1), proposed(3, CT_IMAGE, EXPLICIT, IMPLICIT), proposed(5, MR_IMAGE, JPEG))
    agreement = agree(request, associate_ac(answered(5, JPEG, result=4), answered(3, EXPLICIT), answered(1)))
    assert agreement.contexts == {
        1: AcceptedContext(context_id=1, abstract_syntax=VERIFICATION, transfer_syntax=IMPLICIT),
        3: AcceptedContext(context_id=3, abstract_syntax=CT_IMAGE, transfer_syntax=EXPLICIT),
    }
    first, second, third = request.presentation_contexts
    assert agreement.results == ((first, 0, IMPLICIT), (second, 0, EXPLICIT), (third, 4, ""))
    assert [outcome.words for outcome in agreement.results][1:] == [
        "accepted",
        "transfer syntaxes not supported (provider rejection)",
    ]
    assert agreement.problems == ()


def test_a_recorded_negotiation() -> None:
    # dcmjs-dimse with DCMTK 3.6.7 storescp. A-ASSOCIATE-RQ: DCMJS to ANY-SCP; context 1 Verification and context 3 MR
    # Image Storage, each in Implicit and Explicit VR Little Endian; maximum length 262,144
    request = decode_pdu(
        bytes.fromhex(
            "010000000135 0001 0000 414e592d534350202020202020202020 44434d4a532020202020202020202020"
            + "00" * 32
            + "10000015 312e322e3834302e31303030382e332e312e312e31"
            "20000045 01000000 30000011 312e322e3834302e31303030382e312e31"
            "40000011 312e322e3834302e31303030382e312e32 40000013 312e322e3834302e31303030382e312e322e31"
            "2000004d 03000000 30000019 312e322e3834302e31303030382e352e312e342e312e312e34"
            "40000011 312e322e3834302e31303030382e312e32 40000013 312e322e3834302e31303030382e312e322e31"
            "5000003a 51000004 00040000 5200001a 312e322e3832362e302e312e333638303034332e31302e383534"
            "55000010 44434d4a532d44494d53452d56302e32"
        )
    )
    # A-ASSOCIATE-AC: contexts 1 and 3 accepted in Explicit VR Little Endian; maximum length 16,384
    accept = decode_pdu(
        bytes.fromhex(
            "0200000000d9 0001 0000 414e592d534350202020202020202020 44434d4a532020202020202020202020"
            + "00" * 32
            + "10000015 312e322e3834302e31303030382e332e312e312e31"
            "2100001b 01000000 40000013 312e322e3834302e31303030382e312e322e31"
            "2100001b 03000000 40000013 312e322e3834302e31303030382e312e322e31"
            "5000003a 51000004 00004000 5200001b 312e322e3237362e302e373233303031302e332e302e332e362e37"
            "5500000f 4f464649535f44434d544b5f333637"
        )
    )
    assert isinstance(request, AssociateRq)
    assert isinstance(accept, AssociateAc)
    agreement = agree(request, accept)
    assert [(each.context_id, each.transfer_syntax) for each in agreement.contexts.values()] == [
        (1, EXPLICIT),
        (3, EXPLICIT),
    ]
    assert (agreement.peer_max_length, agreement.window, agreement.problems) == (16_384, (1, 1), ())
    assert agreement.peer_implementation_class_uid == "1.2.276.0.7230010.3.0.3.6.7"
    assert agreement.peer_implementation_version_name == "OFFIS_DCMTK_367"
    as_acceptor = agree(request, accept, role=Role.ACCEPTOR)
    assert as_acceptor.contexts == agreement.contexts
    assert as_acceptor.peer_max_length == 262_144
    assert as_acceptor.peer_implementation_version_name == "DCMJS-DIMSE-V0.2"


REQUEST = associate_rq(proposed(1), proposed(3, CT_IMAGE, EXPLICIT, IMPLICIT))
BOTH = (answered(1), answered(3, EXPLICIT))

# (what is odd, the answer, IDs of usable contexts, the remark)
ODD: dict[str, tuple[AssociateAc, list[int], str]] = {
    "an ID that was not proposed": (
        associate_ac(*BOTH, answered(5)),
        [1, 3],
        "presentation context 5 was not proposed",
    ),
    "an ID twice": (
        associate_ac(*BOTH, answered(3, IMPLICIT)),
        [1, 3],
        "presentation context 3 is answered twice",
    ),
    "no answer": (associate_ac(answered(1)), [1], "presentation context 3 is not answered"),
    "an undefined result": (
        associate_ac(answered(1), answered(3, EXPLICIT, result=9)),
        [1],
        "presentation context 3: result 9 is not 0 to 4",
    ),
    "a syntax that was not offered": (
        associate_ac(answered(1), answered(3, JPEG)),
        [1],
        f"presentation context 3 is accepted in {JPEG}, which was not offered",
    ),
    "no syntax": (
        associate_ac(answered(1), answered(3, "")),
        [1],
        "presentation context 3 is accepted in '', which was not offered",
    ),
    "a syntax that is none": (
        associate_ac(answered(1), answered(3, "\x1b[2J" + "x" * 1000)),
        [1],
        f"presentation context 3 is accepted in '\\x1b[2J{'x' * 60}', which was not offered",
    ),
    "protocol version": (
        replace(associate_ac(*BOTH), protocol_version=2),
        [1, 3],
        "protocol version 0002H has bit 0 not set",
    ),
    "no implementation class UID": (
        replace(associate_ac(*BOTH), user_information=(MaximumLength(value=0),)),
        [1, 3],
        "tells no implementation class UID",
    ),
    "an identity that was not given": (
        associate_ac(*BOTH, items=[UserIdentityAc(server_response=b"x")]),
        [1, 3],
        "answers a user identity that was not given",
    ),
    "a window that was not asked for": (
        associate_ac(*BOTH, items=[AsynchronousOperationsWindow(invoked=0, performed=0)]),
        [1, 3],
        "answers an asynchronous operations window that was not asked for",
    ),
    "a role that was not proposed": (
        associate_ac(*BOTH, items=[RoleSelection(sop_class_uid=CT_IMAGE, scu_role=True, scp_role=True)]),
        [1, 3],
        f"answers roles of {CT_IMAGE} that were not proposed",
    ),
    "an extended negotiation that was not asked for": (
        associate_ac(*BOTH, items=[SopClassExtendedNegotiation(sop_class_uid=CT_IMAGE, application_information=b"")]),
        [1, 3],
        f"answers an extended negotiation of {CT_IMAGE} that was not asked for",
    ),
}


@pytest.mark.parametrize(("accept", "usable", "remark"), ODD.values(), ids=ODD)
def test_what_is_odd_is_remarked_on_and_not_used(accept: AssociateAc, usable: list[int], remark: str) -> None:
    agreement = agree(REQUEST, accept)
    assert agreement.problems == (remark,)
    assert list(agreement.contexts) == usable
    assert (agreement.window, agreement.identity_response) == ((1, 1), None)
    assert (dict(agreement.roles), dict(agreement.extended)) == ({}, {})
    assert len(agreement.results) == 2


def test_titles_and_application_context_of_an_answer_are_not_tested() -> None:
    accept = replace(associate_ac(*BOTH), called_ae_title="", calling_ae_title="X", application_context="1.2")
    assert agree(REQUEST, accept).problems == ()


def test_a_rejected_context_may_come_without_a_syntax_or_with_a_strange_one() -> None:
    agreement = agree(REQUEST, associate_ac(answered(1, "", result=3), answered(3, JPEG, result=1)))
    assert (dict(agreement.contexts), agreement.problems) == ({}, ())


@pytest.mark.parametrize("length", [1, 6])
def test_an_acceptor_without_room_for_data_breaks_the_protocol(length: int) -> None:
    with pytest.raises(RemoteProtocolError, match=f"Maximum Length Received: {length} ") as caught:
        agree(REQUEST, associate_ac(*BOTH, max_length=length))
    assert (caught.value.abort_source, caught.value.abort_reason) == (2, 6)


def test_our_own_answer_may_announce_anything() -> None:
    agreement = agree(REQUEST, associate_ac(*BOTH, max_length=1), role=Role.ACCEPTOR)
    assert agreement.peer_max_length == 16_384


def test_a_hostile_answer_does_not_grow_the_list_of_problems_without_end() -> None:
    roles = [RoleSelection(sop_class_uid=f"1.2.{n}", scu_role=True, scp_role=True) for n in range(1000)]
    assert len(agree(REQUEST, associate_ac(*BOTH, items=roles)).problems) == 100


# What the requestor asks for -> for the answers None, no no, no yes, yes no, yes yes: what it is (SCU, SCP).
N, Y = False, True
DEFAULT = (Y, N)
ROLES: dict[tuple[bool, bool] | None, list[tuple[bool, bool]]] = {
    None: [DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT],
    (N, N): [DEFAULT, (N, N), (N, N), (N, N), (N, N)],
    (N, Y): [DEFAULT, (N, N), (N, Y), (N, N), (N, Y)],
    (Y, N): [DEFAULT, (N, N), (N, N), (Y, N), (Y, N)],
    (Y, Y): [DEFAULT, (N, N), (N, Y), (Y, N), (Y, Y)],
}


@pytest.mark.parametrize("asked", ROLES, ids=str)
@pytest.mark.parametrize(("place", "granted"), list(enumerate([None, (N, N), (N, Y), (Y, N), (Y, Y)])))
def test_roles_are_what_was_proposed_and_granted(
    asked: tuple[bool, bool] | None, place: int, granted: tuple[bool, bool] | None
) -> None:
    def items(roles: tuple[bool, bool] | None) -> list[RoleSelection]:
        return [RoleSelection(sop_class_uid=CT_IMAGE, scu_role=roles[0], scp_role=roles[1])] if roles else []

    request = associate_rq(proposed(1, CT_IMAGE), items=items(asked))
    agreement = agree(request, associate_ac(items=items(granted)))
    context = agreement.contexts[1]
    assert (context.scu_role, context.scp_role) == ROLES[asked][place]
    is_answered = asked is not None and granted is not None
    expected = {CT_IMAGE: (context.scu_role, context.scp_role)} if is_answered else {}
    assert {uid: (role.scu_role, role.scp_role) for uid, role in agreement.roles.items()} == expected
    too_much = is_answered and any(given > wish for given, wish in zip(granted or (), asked or (), strict=True))
    not_asked = asked is None and granted is not None
    assert len(agreement.problems) == (1 if too_much or not_asked else 0)


# (asked for, answered, agreed, whether the answer is too large)
WINDOWS = [
    ((1, 1), (1, 1), (1, 1), False),
    ((5, 3), (4, 3), (4, 3), False),
    ((5, 3), None, (1, 1), False),
    ((5, 3), (6, 3), (5, 3), True),
    ((5, 3), (0, 3), (5, 3), True),
    ((0, 0), (0, 7), (0, 7), False),
]


@pytest.mark.parametrize(("asked", "given_window", "agreed", "is_too_large"), WINDOWS)
def test_the_window_is_cut_to_what_was_asked_for(
    asked: tuple[int, int], given_window: tuple[int, int] | None, agreed: tuple[int, int], is_too_large: bool
) -> None:
    def items(window: tuple[int, int] | None) -> list[AsynchronousOperationsWindow]:
        return [AsynchronousOperationsWindow(invoked=window[0], performed=window[1])] if window else []

    agreement = agree(associate_rq(items=items(asked)), associate_ac(items=items(given_window)))
    assert agreement.window == agreed
    assert bool(agreement.problems) == is_too_large


def test_answers_to_identity_and_extended_negotiation_are_kept() -> None:
    request = associate_rq(
        proposed(1, CT_IMAGE),
        items=[IDENTITY, SopClassExtendedNegotiation(sop_class_uid=CT_IMAGE, application_information=b"\1\1")],
    )
    accept = associate_ac(
        items=[
            UserIdentityAc(server_response=b"granted"),
            SopClassExtendedNegotiation(sop_class_uid=CT_IMAGE, application_information=b"\1\0"),
            ImplementationClassUid(uid="1.2.3"),
            ImplementationVersionName(name="PEER"),
        ]
    )
    agreement = agree(request, accept)
    assert agreement.identity_response == b"granted"
    assert agreement.extended == {CT_IMAGE: b"\1\0"}
    assert (agreement.peer_implementation_class_uid, agreement.peer_implementation_version_name) == ("1.2.3", "PEER")
    assert agree(request, associate_ac()).identity_response is None


SYNTAXES = st.sampled_from([EXPLICIT, IMPLICIT, JPEG, J2K])


@given(
    st.lists(
        st.tuples(st.sampled_from([VERIFICATION, CT_IMAGE, MR_IMAGE]), st.lists(SYNTAXES, min_size=1)), min_size=1
    ),
    st.dictionaries(st.sampled_from([VERIFICATION, CT_IMAGE]), st.none() | st.lists(SYNTAXES).map(tuple)),
    st.booleans(),
)
def test_our_answers_are_without_problems_and_mean_the_same_to_both_sides(
    contexts: list[tuple[str, list[str]]], accepted: dict[str, tuple[str, ...] | None], own: bool
) -> None:
    request = associate_rq(*(proposed(2 * at + 1, uid, *offered) for at, (uid, offered) in enumerate(contexts)))
    reply = answer(request, Policy(contexts=accepted, prefer_own_order=own))
    assert isinstance(reply, AssociateAc)
    requestor, acceptor = agree(request, reply), agree(request, reply, role=Role.ACCEPTOR)
    assert requestor.problems == acceptor.problems == ()
    assert requestor.contexts == acceptor.contexts
    for outcome in requestor.results:
        assert outcome.is_usable == (outcome.context.context_id in requestor.contexts)


def test_a_response_to_an_identity_that_asked_for_none_is_remarked_on() -> None:
    request = associate_rq(items=[replace(IDENTITY, positive_response_requested=False)])
    agreement = agree(request, associate_ac(items=[UserIdentityAc(server_response=b"")]))
    assert agreement.problems == ("answers a user identity for which no response was requested",)
