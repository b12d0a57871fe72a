"""DCMTK's association configuration: what is read, what is refused with its line, what is warned of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acse.asconfig_texts import BASE, FORGIVEN, READ, REFUSED, Variant
from tests.acse.requests import BIG_ENDIAN, CT_IMAGE, EXPLICIT, IMPLICIT, MR_IMAGE
from workbench.acse.asconfig import read_asconfig, same_profile_name
from workbench.acse.profiles import Profile, ProfileContext
from workbench.errors import ConfigError
from workbench.upper_layer.items import SopClassExtendedNegotiation


def named(variant: Variant) -> str:
    return variant.what


def only_profile(text: str) -> Profile:
    (profile,) = read_asconfig(text, "x.cfg").profiles
    return profile


def test_a_configuration_makes_a_profile() -> None:
    assert read_asconfig(BASE, "x.cfg").warnings == ()
    assert only_profile(BASE) == Profile(
        name="P",
        contexts=(
            ProfileContext(sop_class_uid=CT_IMAGE, transfer_syntaxes=(EXPLICIT, IMPLICIT), role="SCP"),
            ProfileContext(sop_class_uid=MR_IMAGE, transfer_syntaxes=(EXPLICIT, IMPLICIT), role="both"),
        ),
        extended=(SopClassExtendedNegotiation(sop_class_uid=CT_IMAGE, application_information=b"\2\0"),),
    )


def test_the_order_of_the_super_sections_does_not_matter() -> None:
    at = BASE.index("[[Profiles]]")
    assert only_profile(BASE[at:] + BASE[:at]) == only_profile(BASE)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_the_ends_of_lines_do_not_matter(end: str) -> None:
    assert only_profile(BASE.replace("\n", end)) == only_profile(BASE)


@pytest.mark.parametrize("variant", [*READ, *FORGIVEN], ids=named)
def test_what_is_odd_is_warned_of_with_its_line(variant: Variant) -> None:
    warnings = read_asconfig(variant.text, "x.cfg").warnings
    if variant.says:
        assert any(warning.startswith(f"x.cfg:{variant.says}") for warning in warnings), warnings
    else:
        assert warnings == ()


@pytest.mark.parametrize("variant", REFUSED, ids=named)
def test_what_is_wrong_is_refused_with_its_line(variant: Variant) -> None:
    with pytest.raises(ConfigError) as caught:
        read_asconfig(variant.text, "x.cfg")
    assert str(caught.value).startswith(f"x.cfg:{variant.says}")


def test_an_error_brings_the_warnings_that_led_to_it() -> None:
    text = BASE.replace("TransferSyntax1", "hello world\nTransferSyntax1").replace("[P]", "[P")
    with pytest.raises(ConfigError) as caught:
        read_asconfig(text, "x.cfg")
    assert caught.value.__notes__ == [
        "x.cfg:3: 'hello world' has no '=', so that it makes one key with what follows, to line 4",
        "x.cfg:3: 'hello world TransferSyntax1' is not TransferSyntax with a number, in [U]: left out",
        "x.cfg:18: '[P' lacks its closing bracket: its name goes on to the end of the file",
    ]


def test_a_list_ends_where_a_number_is_missing() -> None:
    text = BASE.replace("[[Pres", "".join(f"TransferSyntax{at} = 1.2.{at}\n" for at in (4, 5, 6, 7, 8)) + "[[Pres")
    config = read_asconfig(text, "x.cfg")
    assert config.profiles == (only_profile(BASE),)
    assert config.warnings == (
        "x.cfg:5: [U] has no TransferSyntax3, where the list ends;"
        " left out: TransferSyntax4, TransferSyntax5, TransferSyntax6 and 2 more",
    )


def test_lists_of_one_name_are_joined() -> None:
    text = BASE.replace("[[Pres", "[u]\nTransferSyntax1 = BigEndianExplicit\n[[Pres")
    assert only_profile(text).contexts[0].transfer_syntaxes == (EXPLICIT, IMPLICIT, BIG_ENDIAN)


def test_local_and_opposite_are_those_of_a_little_endian_machine() -> None:
    text = BASE.replace("LittleEndianExplicit", "OppositeEndianExplicit")
    text = text.replace("LittleEndianImplicit", "LocalEndianExplicit")
    assert only_profile(text).contexts[0].transfer_syntaxes == (BIG_ENDIAN, EXPLICIT)


def test_the_default_role_can_be_negotiated() -> None:
    profile = only_profile(BASE.replace("\\BOTH", "\\SCU"))
    assert profile.explicit_roles == (MR_IMAGE,)
    assert [item.scu_role for item in profile.role_selections()] == [False, True]


def test_more_than_128_contexts_are_read_with_a_warning() -> None:
    contexts = "".join(f"PresentationContext{at} = 1.2.{at}\\U\n" for at in range(1, 130))
    text = BASE.replace("[[SCPSCU", f"[many]\n{contexts}[[SCPSCU") + "[M]\nPresentationContexts = many\n"
    config = read_asconfig(text, "x.cfg")
    assert config.warnings == ("x.cfg:9: [many] has 129 presentation contexts; DCMTK refuses more than 128",)
    many = config.profile("m")
    assert many is not None
    assert len(many.contexts) == 129
    assert many.scu_problems() == ["it has 129 contexts, of which an association holds 128"]


def test_a_profile_is_found_whatever_its_case_and_spacing() -> None:
    config = read_asconfig(BASE.replace("[P]", "[My Profile]"), "x.cfg")
    found = config.profile(" MYprofile")
    assert found is not None
    assert found.name == "My Profile"
    assert config.profile("Other") is None
    assert same_profile_name("My Profile!", "MYPROFILE")
    assert not same_profile_name("My-Profile", "MYPROFILE")


@given(st.text(alphabet="[]= \n\\#TransferSyntax1UPC.2"), st.integers(0, len(BASE)))
def test_whatever_stands_in_a_file_it_is_read_or_refused_with_a_line(text: str, at: int) -> None:
    for broken in (text, BASE[:at] + text + BASE[at:]):
        try:
            warnings = read_asconfig(broken, "x.cfg").warnings
        except ConfigError as problem:
            warnings = (str(problem),)
        assert all(words.split(":")[1].isdigit() for words in warnings)
