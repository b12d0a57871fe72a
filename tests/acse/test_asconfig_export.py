"""Profiles in DCMTK's format: they come back as they were, by names that every release of DCMTK reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acse.requests import CT_IMAGE, EXPLICIT, IMPLICIT, MR_IMAGE
from workbench.acse.asconfig import read_asconfig, write_asconfig
from workbench.acse.profiles import Profile, ProfileContext, ProfileRole
from workbench.errors import ConfigError
from workbench.upper_layer.items import SopClassExtendedNegotiation

CT = ProfileContext(sop_class_uid=CT_IMAGE, transfer_syntaxes=(EXPLICIT, IMPLICIT), role="both")
UIDS = st.sampled_from([CT_IMAGE, MR_IMAGE, EXPLICIT, IMPLICIT, "1.2.840.10008.1.2.4.201", "1.2.3", "2.25.7"])
ROLES: list[ProfileRole] = ["SCU", "SCP", "both"]
ROLES_OF = st.fixed_dictionaries({}, optional={uid: st.sampled_from(ROLES) for uid in (CT_IMAGE, MR_IMAGE, "1.2.3")})


@st.composite
def profiles(draw: st.DrawFn, name: str) -> Profile:
    """A profile as a file can say it: a class has one role, and what is negotiated is of a class that is there."""
    roles = draw(ROLES_OF)
    pairs = draw(st.lists(st.tuples(UIDS, st.lists(UIDS, min_size=1, max_size=4, unique=True)), min_size=1, max_size=6))
    classes = list(dict.fromkeys(uid for uid, _ in pairs))
    information = draw(st.dictionaries(st.sampled_from(classes), st.binary(min_size=1, max_size=20), max_size=3))
    return Profile(
        name=name,
        contexts=tuple(
            ProfileContext(sop_class_uid=uid, transfer_syntaxes=tuple(syntaxes), role=roles.get(uid, "SCU"))
            for uid, syntaxes in pairs
        ),
        extended=tuple(
            SopClassExtendedNegotiation(sop_class_uid=uid, application_information=each)
            for uid, each in information.items()
        ),
        explicit_roles=tuple(uid for uid in classes if roles.get(uid) == "SCU"),
    )


@given(profiles("Storage, all"), profiles("A_b-c"), profiles("über uns"))
def test_profiles_come_back_as_they_were(one: Profile, other: Profile, third: Profile) -> None:
    written = (one, other, third)
    config = read_asconfig(write_asconfig(written), "x.cfg")
    assert config.profiles == written
    assert config.warnings == ()


@given(st.lists(st.text(min_size=1), max_size=6))
def test_every_name_makes_a_profile_of_its_own(names: list[str]) -> None:
    config = read_asconfig(write_asconfig(Profile(name=name, contexts=(CT,)) for name in names), "x.cfg")
    assert [profile.contexts for profile in config.profiles] == [(CT,)] * len(names)


def test_names_that_are_the_same_to_dcmtk_get_numbers() -> None:
    text = write_asconfig(Profile(name=name, contexts=(CT,)) for name in ("A b", "AB", "[a]b", "!", "?"))
    assert [each.name for each in read_asconfig(text, "x.cfg").profiles] == [
        "A b",
        "AB_2",
        "a b_3",
        "Profile",
        "Profile_2",
    ]


def test_the_text_of_a_profile() -> None:
    other = ProfileContext(sop_class_uid="1.2.3", transfer_syntaxes=(), enabled=False)
    profile = Profile(
        name="Mine",
        contexts=(CT, other, ProfileContext(sop_class_uid="1.2.4", transfer_syntaxes=())),
        extended=(SopClassExtendedNegotiation(sop_class_uid=CT_IMAGE, application_information=b"\x0a\xff"),),
    )
    assert (
        write_asconfig([profile])
        == """\
[[TransferSyntaxes]]

[Syntaxes1]
TransferSyntax1 = LittleEndianExplicit
TransferSyntax2 = LittleEndianImplicit

[Syntaxes2]
TransferSyntax1 = LittleEndianImplicit

[[PresentationContexts]]

[Mine]
PresentationContext1 = CTImageStorage\\Syntaxes1
# not enabled: 1.2.3 in any transfer syntax
PresentationContext2 = 1.2.4\\Syntaxes2

[[SCPSCURoleSelection]]

[Mine]
Role1 = CTImageStorage\\BOTH

[[ExtendedNegotiation]]

[Mine]
ExtendedNegotiation1 = CTImageStorage\\0AFF

[[Profiles]]

[Mine]
PresentationContexts = MINE
SCPSCURoleSelection = MINE
ExtendedNegotiation = MINE
"""
    )


def test_what_is_newer_than_dcmtk_is_written_as_its_uid() -> None:
    profile = Profile(
        name="x", contexts=(ProfileContext(sop_class_uid=CT_IMAGE, transfer_syntaxes=("1.2.840.10008.1.2.4.201",)),)
    )
    assert "= 1.2.840.10008.1.2.4.201\n" in write_asconfig([profile])


@pytest.mark.parametrize(
    ("profile", "problem"),
    [
        (Profile(name="x", contexts=()), "the profile 'x' has no context that is enabled"),
        (
            Profile(name="x", contexts=(ProfileContext(sop_class_uid="a\nb", transfer_syntaxes=("1.2",)),)),
            "'a\\nb' is not a UID",
        ),
        (
            Profile(
                name="x",
                contexts=(CT,),
                extended=(SopClassExtendedNegotiation(sop_class_uid=CT_IMAGE, application_information=bytes(1024)),),
            ),
            "the profile 'x' has 1024 bytes of extended negotiation for 1.2.840.10008.5.1.4.1.1.2; the format holds",
        ),
    ],
)
def test_what_the_format_cannot_say_is_refused(profile: Profile, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        write_asconfig([profile])
    assert str(caught.value).startswith(problem)
