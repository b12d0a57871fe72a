"""Whom the local AE serves, and what it accepts."""

from dataclasses import replace

import pytest

from ui.session.acceptance import acceptance, allowed_titles, answered_services
from workbench.acse.profiles import Profile, ProfileContext
from workbench.config import LocalAe, Node
from workbench.services.offers import Offer
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

LISTED = LocalAe(ae_title="WORKBENCH", allowed_calling=("CT3",))
PACS = Node(name="The archive", host="10.1.2.3", port=104, ae_title="PACS1")
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


@pytest.mark.parametrize(
    ("local", "titles"),
    [
        (LISTED, {"WORKBENCH", "CT3", "PACS1"}),
        (replace(LISTED, allowed_calling=()), {"WORKBENCH", "PACS1"}),
        (replace(LISTED, allowed_calling=None), None),
    ],
)
def test_the_list_the_nodes_and_ourselves_may_call(local: LocalAe, titles: set[str] | None) -> None:
    assert allowed_titles(local, [PACS]) == titles


def test_without_a_profile_what_is_offered_and_all_of_storage_is_accepted() -> None:
    offer = Offer(sop_classes={VERIFICATION: None, CT_IMAGE: None}, handlers={}, roles={CT_IMAGE: (True, True)})
    policy = acceptance(LISTED, [PACS], None, [offer])
    assert policy.may_be(CT_IMAGE) == (True, True)
    assert policy.ae_title == "WORKBENCH"
    assert policy.max_pdu_length == LISTED.max_pdu_length
    assert all(policy.accepts_class(uid) for uid in (VERIFICATION, CT_IMAGE, "1.2.3.4.5"))
    assert not policy.accepts_class("1.2.840.10008.5.1.4.31")  # Modality Worklist
    assert policy.choose(CT_IMAGE, ("1.2.3.4",)) == "1.2.3.4"


def test_a_profile_says_what_is_accepted_and_what_is_preferred() -> None:
    syntaxes = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
    profile = Profile(
        name="Narrow",
        contexts=(
            ProfileContext(sop_class_uid=CT_IMAGE, transfer_syntaxes=syntaxes, role="both"),
            ProfileContext(sop_class_uid=VERIFICATION, transfer_syntaxes=(), enabled=False),
        ),
    )
    offer = Offer(sop_classes={CT_IMAGE: None, "1.2.840.10008.5.1.4.31": None}, handlers={})
    policy = acceptance(LISTED, [], profile, [offer])
    assert not policy.accepts_class("1.2.840.10008.5.1.4.31")
    assert policy.accepts_class(CT_IMAGE)
    assert not policy.accepts_class(VERIFICATION)
    assert policy.choose(CT_IMAGE, tuple(reversed(syntaxes))) == EXPLICIT_VR_LITTLE_ENDIAN
    assert policy.may_be(CT_IMAGE) == (True, True)


@pytest.mark.parametrize(
    ("commitment", "accepted", "words"),
    [
        (False, None, ("queries", "retrieval", "worklist", "procedure steps")),
        (True, None, ("queries", "retrieval", "worklist", "procedure steps", "commitment")),
        (True, (CT_IMAGE, "1.2.840.10008.5.1.4.31"), ("worklist",)),
        (True, (CT_IMAGE,), ()),
    ],
)
def test_what_is_answered_besides_storage_has_a_word(
    commitment: bool, accepted: tuple[str, ...] | None, words: tuple[str, ...]
) -> None:
    contexts = tuple(ProfileContext(sop_class_uid=uid, transfer_syntaxes=()) for uid in accepted or ())
    profile = Profile(name="Narrow", contexts=contexts) if accepted is not None else None
    assert answered_services(replace(LISTED, commitment=commitment), profile) == words
