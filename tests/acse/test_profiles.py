"""Profiles: what they propose, what they accept, and their way to JSON and back."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acse.requests import BIG_ENDIAN, CT_IMAGE, EXPLICIT, IMPLICIT, JPEG, MR_IMAGE, VERIFICATION, proposed
from workbench.acse.policy import Policy
from workbench.acse.profiles import Profile, ProfileContext, built_in_profiles, profile_from_dict
from workbench.errors import ConfigError
from workbench.upper_layer.items import RoleSelection, SopClassExtendedNegotiation

PROFILE = Profile(
    name="mixed",
    contexts=(
        ProfileContext(sop_class_uid=CT_IMAGE, transfer_syntaxes=(JPEG, IMPLICIT), role="both"),
        ProfileContext(sop_class_uid=VERIFICATION, transfer_syntaxes=(IMPLICIT,)),
        ProfileContext(sop_class_uid="1.2.3", transfer_syntaxes=(IMPLICIT,), enabled=False),
        ProfileContext(sop_class_uid=MR_IMAGE, transfer_syntaxes=(IMPLICIT,), role="SCP"),
        ProfileContext(sop_class_uid=CT_IMAGE, transfer_syntaxes=(EXPLICIT, IMPLICIT)),
    ),
)


def test_a_profile_is_proposed_as_it_stands() -> None:
    assert PROFILE.proposals() == [
        (
            proposed(1, CT_IMAGE, JPEG, IMPLICIT),
            proposed(3, VERIFICATION, IMPLICIT),
            proposed(5, MR_IMAGE, IMPLICIT),
            proposed(7, CT_IMAGE, EXPLICIT, IMPLICIT),
        )
    ]


def test_roles_are_proposed_for_classes_that_are_not_just_scu() -> None:
    assert PROFILE.role_selections() == (
        RoleSelection(sop_class_uid=CT_IMAGE, scu_role=True, scp_role=True),
        RoleSelection(sop_class_uid=MR_IMAGE, scu_role=False, scp_role=True),
    )


def test_a_profile_makes_a_policy() -> None:
    policy = Policy(contexts=PROFILE.accepted_syntaxes(), roles=PROFILE.granted_roles())
    assert policy.choose(CT_IMAGE, (BIG_ENDIAN, EXPLICIT)) == EXPLICIT
    assert policy.choose(CT_IMAGE, (JPEG,)) == JPEG
    assert not policy.accepts_class("1.2.3")
    assert [policy.may_be(uid) for uid in (CT_IMAGE, MR_IMAGE, VERIFICATION)] == [
        (True, True),
        (False, True),
        (True, False),
    ]


def test_the_default_role_is_negotiated_where_it_is_explicit() -> None:
    profile = replace(PROFILE, explicit_roles=(VERIFICATION,))
    assert profile.role_selections()[1] == RoleSelection(sop_class_uid=VERIFICATION, scu_role=True, scp_role=False)
    assert profile.granted_roles()[VERIFICATION] == (True, False)
    assert VERIFICATION not in PROFILE.granted_roles()


def test_extended_negotiation_is_proposed_and_answered_of_classes_that_are_enabled() -> None:
    items = tuple(
        SopClassExtendedNegotiation(sop_class_uid=uid, application_information=b"\1") for uid in (CT_IMAGE, "1.2.3")
    )
    profile = replace(PROFILE, extended=items)
    assert profile.extended_negotiations() == items[:1]
    assert {uid: answer(b"\0\0") for uid, answer in profile.extended_answers().items()} == {CT_IMAGE: b"\1"}


def test_a_policy_accepts_a_profile_in_its_order() -> None:
    item = SopClassExtendedNegotiation(sop_class_uid=CT_IMAGE, application_information=b"\1")
    before = Policy(
        ae_title="X", contexts={"1.2.3": None}, extended={MR_IMAGE: lambda _: b"\2", CT_IMAGE: lambda _: None}
    )
    policy = replace(PROFILE, extended=(item,)).accepted_by(before)
    assert policy.ae_title == "X"
    assert policy.choose(CT_IMAGE, (IMPLICIT, JPEG)) == JPEG
    assert not policy.accepts_class("1.2.3")
    assert {uid: answer(b"") for uid, answer in policy.extended.items()} == {MR_IMAGE: b"\2", CT_IMAGE: b"\1"}


def test_what_dcmtk_would_not_propose_or_accept() -> None:
    assert PROFILE.scu_problems() == []
    assert PROFILE.scp_problems() == [f"{CT_IMAGE} is there 2 times, and an SCP takes one context of a class"]
    empty = Profile(name="empty", contexts=(replace(PROFILE.contexts[0], enabled=False),))
    assert empty.scu_problems() == empty.scp_problems() == ["it has no contexts"]
    assert replace(PROFILE, contexts=PROFILE.contexts[:4]).scp_problems() == []


def test_a_class_without_syntaxes_is_accepted_in_any() -> None:
    profile = Profile(name="any", contexts=(ProfileContext(sop_class_uid=CT_IMAGE, transfer_syntaxes=()),))
    assert profile.accepted_syntaxes() == {CT_IMAGE: None}


def test_a_large_profile_needs_several_associations() -> None:
    contexts = tuple(ProfileContext(sop_class_uid=f"1.2.{n}", transfer_syntaxes=(IMPLICIT,)) for n in range(129))
    assert [len(one) for one in Profile(name="large", contexts=contexts).proposals()] == [128, 1]


def test_built_in_profiles() -> None:
    verification, uncompressed, everything = built_in_profiles([CT_IMAGE, MR_IMAGE], [IMPLICIT, JPEG])
    assert [profile.name for profile in (verification, uncompressed, everything)] == [
        "Verification",
        "Storage, uncompressed",
        "Storage, all transfer syntaxes",
    ]
    assert verification.proposals() == [(proposed(1, VERIFICATION, EXPLICIT, IMPLICIT),)]
    assert uncompressed.proposals() == [
        (
            proposed(1, VERIFICATION, EXPLICIT, IMPLICIT),
            proposed(3, CT_IMAGE, EXPLICIT, IMPLICIT, BIG_ENDIAN),
            proposed(5, MR_IMAGE, EXPLICIT, IMPLICIT, BIG_ENDIAN),
        )
    ]
    assert everything.proposals()[0][1:] == (
        proposed(3, CT_IMAGE, EXPLICIT, IMPLICIT, BIG_ENDIAN, JPEG),
        proposed(5, MR_IMAGE, EXPLICIT, IMPLICIT, BIG_ENDIAN, JPEG),
    )


CONTEXTS = st.builds(
    ProfileContext,
    sop_class_uid=st.text(min_size=1),
    transfer_syntaxes=st.lists(st.text(min_size=1)).map(tuple),
    role=st.sampled_from(["SCU", "SCP", "both"]),
    enabled=st.booleans(),
)


EXTENDED = st.builds(
    SopClassExtendedNegotiation, sop_class_uid=st.text(min_size=1), application_information=st.binary()
)


@given(
    st.builds(
        Profile,
        name=st.text(min_size=1),
        contexts=st.lists(CONTEXTS).map(tuple),
        extended=st.lists(EXTENDED).map(tuple),
        explicit_roles=st.lists(st.text(min_size=1)).map(tuple),
    )
)
def test_profiles_go_to_json_and_back(profile: Profile) -> None:
    assert profile_from_dict(json.loads(json.dumps(profile.to_dict()))) == profile


def test_role_and_enabled_may_be_missing_and_unknown_keys_be_there() -> None:
    plain = {"name": "x", "contexts": [{"sop_class_uid": "1.2", "transfer_syntaxes": ["1.3"], "colour": 7}], "new": 1}
    assert profile_from_dict(plain) == Profile(
        name="x", contexts=(ProfileContext(sop_class_uid="1.2", transfer_syntaxes=("1.3",)),)
    )


GOOD_CONTEXT = {"sop_class_uid": "1.2", "transfer_syntaxes": ["1.3"]}


@pytest.mark.parametrize(
    ("plain", "problem"),
    [
        ([], "profile: [] is not an object"),
        ({"contexts": []}, "profile.name: None is missing or wrong"),
        ({"name": "", "contexts": []}, "profile.name: '' is missing or wrong"),
        ({"name": "x"}, "profile.contexts: None is missing or wrong"),
        ({"name": "x", "contexts": "y"}, "profile.contexts: 'y' is missing or wrong"),
        ({"name": "x", "contexts": [GOOD_CONTEXT, 7]}, "profile.contexts[1]: 7 is not an object"),
        (
            {"name": "x", "contexts": [{"transfer_syntaxes": []}]},
            "profile.contexts[0].sop_class_uid: None is missing or wrong",
        ),
        (
            {"name": "x", "contexts": [{**GOOD_CONTEXT, "transfer_syntaxes": [1]}]},
            "profile.contexts[0].transfer_syntaxes: [1] is missing or wrong",
        ),
        (
            {"name": "x", "contexts": [{**GOOD_CONTEXT, "role": "boss"}]},
            "profile.contexts[0].role: 'boss' is missing or wrong",
        ),
        (
            {"name": "x", "contexts": [{**GOOD_CONTEXT, "role": []}]},
            "profile.contexts[0].role: [] is missing or wrong",
        ),
        (
            {"name": "x", "contexts": [{**GOOD_CONTEXT, "enabled": 1}]},
            "profile.contexts[0].enabled: 1 is missing or wrong",
        ),
        (
            {"name": "x", "contexts": [], "extended": [{"sop_class_uid": "1.2", "application_information": "?"}]},
            "profile.extended[0].application_information: '?' is missing or wrong",
        ),
        ({"name": "x", "contexts": [], "explicit_roles": [1]}, "profile.explicit_roles: [1] is missing or wrong"),
    ],
)
def test_a_wrong_profile_names_place_and_value(plain: Any, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        profile_from_dict(plain)
    assert str(caught.value) == problem
