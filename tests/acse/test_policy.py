"""What an acceptor accepts."""

import pytest

from tests.acse.requests import BIG_ENDIAN, CT_IMAGE, EXPLICIT, IMPLICIT, J2K, JPEG, MR_IMAGE, VERIFICATION
from workbench.acse.policy import STORAGE_SERVICE_CLASS, Policy, is_valid_ae_title, may_be_storage, storage_policy
from workbench.upper_layer.items import SopClassCommonExtendedNegotiation

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
