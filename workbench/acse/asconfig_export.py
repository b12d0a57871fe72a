"""Writes profiles in DCMTK's association configuration format, so that DCMTK 3.6.7 and later read what we propose."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from workbench.acse.asconfig_lines import folded
from workbench.acse.profiles import Profile, ProfileContext
from workbench.acse.symbolic_names import symbol_of_uid
from workbench.errors import ConfigError
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

_MOST_INFORMATION: Final = 1023  # bytes; DCMTK 3.6.7 refuses 1024, whatever its documentation says
_ROLE_WORDS: Final = {(True, False): "SCU", (False, True): "SCP", (True, True): "BOTH"}


def write_asconfig(profiles: Iterable[Profile]) -> str:
    """Gives the text of a configuration with these profiles.

    Contexts that are not enabled stand in it as comments. A context without transfer syntaxes gets the default one,
    Implicit VR Little Endian, for a list cannot be empty. Names lose what the format cannot hold; a number tells those
    apart that would be the same to DCMTK, which does not see case, white space and most punctuation.

    Raises:
        ConfigError: a profile has no enabled context, an extended negotiation that is empty or too long for the format,
            or something else than UIDs.
    """
    named = list(_named(profiles))
    lists = _SyntaxLists()
    contexts = [part for name, profile in named for part in _contexts(name, profile, lists)]
    roles = [part for name, profile in named for part in _roles(name, profile)]
    extended = [part for name, profile in named for part in _extended(name, profile)]
    profile_lines = [part for name, profile in named for part in _profile(name, profile)]
    super_sections = [
        ("TransferSyntaxes", list(lists.lines())),
        ("PresentationContexts", contexts),
        ("SCPSCURoleSelection", roles),
        ("ExtendedNegotiation", extended),
        ("Profiles", profile_lines),
    ]
    kept = [
        (name, lines)
        for name, lines in super_sections
        if lines or name not in ("SCPSCURoleSelection", "ExtendedNegotiation")
    ]
    return "\n".join("\n".join((f"[[{name}]]", "", *lines)) for name, lines in kept)


class _SyntaxLists:
    """Lists of transfer syntaxes, each once, with the name of its number."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, ...], str] = {}

    def name(self, syntaxes: Sequence[str]) -> str:
        return self._names.setdefault(
            tuple(syntaxes) or (IMPLICIT_VR_LITTLE_ENDIAN,), f"Syntaxes{len(self._names) + 1}"
        )

    def lines(self) -> Iterator[str]:
        for syntaxes, name in self._names.items():
            yield f"[{name}]"
            yield from (f"TransferSyntax{at} = {_written(uid)}" for at, uid in enumerate(syntaxes, 1))
            yield ""


def _contexts(name: str, profile: Profile, lists: _SyntaxLists) -> Iterator[str]:
    if not any(context.enabled for context in profile.contexts):
        raise ConfigError(f"the profile {profile.name!r} has no context that is enabled, which the format cannot say")
    yield f"[{name}]"
    number = 0
    for context in profile.contexts:
        if context.enabled:
            number += 1
            yield f"PresentationContext{number} = {_context(context, lists)}"
        else:
            syntaxes = ", ".join(map(_written, context.transfer_syntaxes))
            yield f"# not enabled: {_written(context.sop_class_uid)} in {syntaxes or 'any transfer syntax'}"
    yield ""


def _context(context: ProfileContext, lists: _SyntaxLists) -> str:
    return f"{_written(context.sop_class_uid)}\\{lists.name(context.transfer_syntaxes)}"


def _roles(name: str, profile: Profile) -> Iterator[str]:
    selections = profile.role_selections()
    if selections:
        yield f"[{name}]"
        for number, item in enumerate(selections, 1):
            yield f"Role{number} = {_written(item.sop_class_uid)}\\{_ROLE_WORDS[item.scu_role, item.scp_role]}"
        yield ""


def _extended(name: str, profile: Profile) -> Iterator[str]:
    items = profile.extended_negotiations()
    if items:
        yield f"[{name}]"
        for number, item in enumerate(items, 1):
            length = len(item.application_information)
            if not 0 < length <= _MOST_INFORMATION:
                raise ConfigError(
                    f"the profile {profile.name!r} has {length} bytes of extended negotiation for"
                    f" {item.sop_class_uid}; the format holds 1 to {_MOST_INFORMATION}"
                )
            digits = item.application_information.hex().upper()
            yield f"ExtendedNegotiation{number} = {_written(item.sop_class_uid)}\\{digits}"
        yield ""


def _profile(name: str, profile: Profile) -> Iterator[str]:
    yield f"[{name}]"
    yield f"PresentationContexts = {folded(name)}"
    if profile.role_selections():
        yield f"SCPSCURoleSelection = {folded(name)}"
    if profile.extended_negotiations():
        yield f"ExtendedNegotiation = {folded(name)}"
    yield ""


def _named(profiles: Iterable[Profile]) -> Iterator[tuple[str, Profile]]:
    """Gives each profile the name of its sections: as it is called, if the format can hold that."""
    taken: set[str] = set()
    for profile in profiles:
        plain = " ".join(
            "".join(" " if mark in "[]" or not mark.isprintable() else mark for mark in profile.name).split()
        )
        name, number = (plain if folded(plain) else "Profile"), 1
        while folded(name) in taken:
            number += 1
            name = f"{plain if folded(plain) else 'Profile'}_{number}"
        taken.add(folded(name))
        yield name, profile


def _written(uid: str) -> str:
    if not uid or not set(uid) <= set("0123456789."):
        raise ConfigError(f"{uid!r} is not a UID, and the format holds nothing else")
    return symbol_of_uid(uid) or uid
