"""What an acceptor accepts."""

import pytest

from tests.acse.requests import BIG_ENDIAN, CT_IMAGE, EXPLICIT, IMPLICIT, J2K, JPEG, MR_IMAGE, VERIFICATION
from workbench.acse.policy import (
    STORAGE_SERVICE_CLASS,
    Policy,
    accepts_specialised,
    is_valid_ae_title,
    may_be_storage,
    password_verifier,
    storage_policy,
)
from workbench.upper_layer.items import SopClassCommonExtendedNegotiation, UserIdentityRq
from workbench.upper_layer.pdu import AssociateRj

WORKLIST_FIND = "1.2.840.10008.5.1.4.31"
FUTURE_STORAGE = "1.2.840.10008.5.1.4.1.1.999"
PRIVATE = "1.3.12.2.1107.5.9.1"


@pytest.mark.parametrize(
    ("title", "is_valid"),
    [
        ("A", True),
        ("SIXTEEN_LETTERS_", True),
        ("with space", True),
        ("../../../etc/x", True),  # no path, but a title
        ("%n%s%x", True),
        ("", False),
        ("   ", False),
        ("SEVENTEEN_LETTERS", False),
        ("back\\slash", False),
        ("caf\xe9", False),
        ("nul\0", False),
        ("line\nfeed", False),
        ("\x7f", False),
    ],
)
def test_valid_ae_titles(title: str, is_valid: bool) -> None:
    assert is_valid_ae_title(title) == is_valid


def common(service_class: str) -> SopClassCommonExtendedNegotiation:
    return SopClassCommonExtendedNegotiation(
        sop_class_uid=PRIVATE, service_class_uid=service_class, related_sop_class_uids=()
    )


@pytest.mark.parametrize(
    ("sop_class", "said", "is_accepted"),
    [
        (PRIVATE, None, True),
        (FUTURE_STORAGE, None, True),
        (WORKLIST_FIND, None, False),  # another service of the standard
        (PRIVATE, common(STORAGE_SERVICE_CLASS), True),
        (PRIVATE, common("1.2.840.10008.4.3"), False),  # says that it is no storage
        (WORKLIST_FIND, common(STORAGE_SERVICE_CLASS), True),
    ],
)
def test_unknown_classes_that_may_be_storage(
    sop_class: str, said: SopClassCommonExtendedNegotiation | None, is_accepted: bool
) -> None:
    assert may_be_storage(sop_class, said) == is_accepted
    assert storage_policy([], accept_unknown=True).accepts_class(sop_class, said) == is_accepted
    assert not storage_policy([]).accepts_class(sop_class, said)


@pytest.mark.parametrize("sop_class", ["", "1." * 500, "1.2.a", "1..2", "not a UID"])
def test_what_is_no_uid_is_no_unknown_class(sop_class: str) -> None:
    assert not storage_policy([], accept_unknown=True).accepts_class(sop_class)


def test_a_listed_class_is_accepted_whatever_it_looks_like() -> None:
    assert Policy(contexts={"1.02": None}).accepts_class("1.02")


# (acceptable, own order first, proposed, chosen)
CHOICES: list[tuple[tuple[str, ...] | None, bool, tuple[str, ...], str | None]] = [
    (None, False, (JPEG, IMPLICIT), JPEG),
    (None, True, (JPEG, IMPLICIT), JPEG),
    (None, False, ("not a UID", IMPLICIT), IMPLICIT),
    (None, False, (), None),
    ((EXPLICIT, IMPLICIT), False, (BIG_ENDIAN, IMPLICIT, EXPLICIT), IMPLICIT),
    ((EXPLICIT, IMPLICIT), True, (BIG_ENDIAN, IMPLICIT, EXPLICIT), EXPLICIT),
    ((EXPLICIT, IMPLICIT), False, (JPEG, J2K), None),
    ((EXPLICIT, IMPLICIT), True, (JPEG, J2K), None),
    ((), False, (IMPLICIT,), None),
]


@pytest.mark.parametrize(("acceptable", "own", "proposed", "chosen"), CHOICES)
def test_the_choice_of_a_transfer_syntax(
    acceptable: tuple[str, ...] | None, own: bool, proposed: tuple[str, ...], chosen: str | None
) -> None:
    listed = Policy(contexts={CT_IMAGE: acceptable}, prefer_own_order=own)
    assert listed.choose(CT_IMAGE, proposed) == chosen
    unlisted = Policy(unlisted_transfer_syntaxes=acceptable, prefer_own_order=own)
    assert unlisted.choose(CT_IMAGE, proposed) == chosen


def test_a_storage_policy_accepts_verification_and_the_classes_given() -> None:
    policy = storage_policy(
        [CT_IMAGE], transfer_syntaxes=(EXPLICIT,), ae_title="US", allowed_calling=frozenset({"YOU"})
    )
    assert dict(policy.contexts) == {VERIFICATION: (EXPLICIT,), CT_IMAGE: (EXPLICIT,)}
    assert not policy.accepts_class(MR_IMAGE)
    assert (policy.ae_title, policy.allowed_calling) == ("US", frozenset({"YOU"}))


def test_roles_are_the_default_ones_unless_the_policy_says_more() -> None:
    policy = Policy(roles={CT_IMAGE: (False, True)})
    assert policy.may_be(CT_IMAGE) == (False, True)
    assert policy.may_be(MR_IMAGE) == (True, False)


@pytest.mark.parametrize(
    ("related", "is_accepted"), [((), False), ((MR_IMAGE,), False), ((CT_IMAGE,), True), ((MR_IMAGE, CT_IMAGE), True)]
)
def test_a_specialised_class_is_accepted_by_its_general_one(related: tuple[str, ...], is_accepted: bool) -> None:
    policy = Policy(contexts={CT_IMAGE: None}, accept_unlisted=accepts_specialised([CT_IMAGE]))
    said = SopClassCommonExtendedNegotiation(
        sop_class_uid=PRIVATE, service_class_uid=STORAGE_SERVICE_CLASS, related_sop_class_uids=related
    )
    assert policy.accepts_class(PRIVATE, said) == is_accepted
    assert not policy.accepts_class(PRIVATE)


def identity(kind: int, name: str, password: str = "") -> UserIdentityRq:
    return UserIdentityRq(
        identity_type=kind,
        positive_response_requested=True,
        primary_field=name.encode(),
        secondary_field=password.encode(),
    )


@pytest.mark.parametrize(
    ("given", "is_let_in"),
    [
        (identity(2, "anna", "cat"), True),
        (identity(2, "jürgen", "größe"), True),
        (identity(2, "empty", ""), True),
        (identity(2, "anna", "Cat"), False),
        (identity(2, "anna", ""), False),
        (identity(2, "anna", "cat" * 5000), False),
        (identity(2, "nobody", "cat"), False),
        (identity(2, "nobody", ""), False),
        (identity(1, "anna"), False),
        (identity(1, "empty"), False),  # a name alone is no password
        (identity(3, "anna", "cat"), False),
        (identity(5, "anna", "cat"), False),
    ],
)
def test_only_a_name_with_its_password_is_let_in(given: UserIdentityRq, is_let_in: bool) -> None:
    verify = password_verifier({"anna": "cat", "jürgen": "größe", "empty": ""})
    assert verify(given) == (b"" if is_let_in else AssociateRj(result=1, source=1, reason=1))
