"""Profiles of the program and of the user."""

from dataclasses import replace
from pathlib import Path

import pytest

from ui.session.kept_settings import KeptSettings
from ui.session.profiles import ProfileBook
from workbench.acse.profiles import Profile, ProfileContext
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.items import RoleSelection, SopClassExtendedNegotiation

OWN = Profile(
    name="Mine",
    contexts=(
        ProfileContext(sop_class_uid="1.2.3", transfer_syntaxes=("1.2.4", "1.2.5")),
        ProfileContext(sop_class_uid="1.2.6", transfer_syntaxes=("1.2.4",), enabled=False),
    ),
)


@pytest.fixture
def book(tmp_path: Path) -> ProfileBook:
    return ProfileBook(KeptSettings(tmp_path / "settings.json", on_save_failed=pytest.fail))


def test_profiles_of_the_program_come_first(book: ProfileBook) -> None:
    names = [profile.name for profile in book.all]
    assert names[0] == "Verification"
    assert len(names) > 1
    book.save(OWN)
    assert [profile.name for profile in book.all] == [*names, "Mine"]
    assert book.get("Mine") == OWN
    assert book.get(None) is None


def test_a_profile_needs_its_enabled_contexts_in_each_syntax(book: ProfileBook) -> None:
    book.save(OWN)
    assert book.needs("Mine") == [("1.2.3", "1.2.4"), ("1.2.3", "1.2.5")]
    assert book.needs("nobody") == []
    assert set(book.needs("Verification")) == {
        (VERIFICATION, EXPLICIT_VR_LITTLE_ENDIAN),
        (VERIFICATION, IMPLICIT_VR_LITTLE_ENDIAN),
    }


def test_a_profile_negotiates_roles_and_more(book: ProfileBook) -> None:
    item = SopClassExtendedNegotiation(sop_class_uid="1.2.3", application_information=b"\1")
    context = replace(OWN.contexts[0], role="both")
    book.save(replace(OWN, contexts=(context, OWN.contexts[1]), extended=(item,)))
    assert book.negotiation("Mine") == (RoleSelection(sop_class_uid="1.2.3", scu_role=True, scp_role=True), item)
    assert book.negotiation("Verification") == book.negotiation(None) == ()


def test_a_profile_of_the_user_hides_a_built_in_one_until_it_is_removed(book: ProfileBook) -> None:
    mine = Profile(name="Verification", contexts=OWN.contexts)
    before = book.all
    book.save(mine)
    book.save(mine)
    assert book.get("Verification") == mine
    assert len(book.all) == len(before)
    book.remove("Verification")
    assert book.all == before
