"""Profiles: named sets of presentation contexts, to be proposed to a node or accepted from one.

A profile says what it says: its contexts are proposed as they stand, one for each entry, so that a person can also try
what `contexts.propose` would never do. Profiles are plain data and go to and from JSON. `asconfig` reads and writes
them in DCMTK's text format.
"""

import binascii
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from workbench.acse.contexts import MAX_CONTEXTS, UNCOMPRESSED, number
from workbench.acse.policy import ExtendedHook, Policy
from workbench.errors import ConfigError
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.items import ProposedContext, RoleSelection, SopClassExtendedNegotiation
from workbench.value import Value

ProfileRole: TypeAlias = Literal["SCU", "SCP", "both"]
"""What the association requestor is to be; SCU is the default and needs no negotiation (PS3.7 D.3.3.4)."""

_ROLES: Final[Mapping[ProfileRole, tuple[bool, bool]]] = {
    "SCU": (True, False),
    "SCP": (False, True),
    "both": (True, True),
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class ProfileContext(Value):
    """One presentation context of a profile; one that is not enabled is kept, but not used."""

    sop_class_uid: str
    transfer_syntaxes: tuple[str, ...]
    role: ProfileRole = "SCU"
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Profile(Value):
    """A named list of presentation contexts; their order is that of the proposal.

    Attributes:
        extended: the extended negotiation of its classes (PS3.7 D.3.3.5): what is proposed, and what is answered.
        explicit_roles: classes whose role is negotiated although it is SCU, the default.
    """

    name: str
    contexts: tuple[ProfileContext, ...]
    extended: tuple[SopClassExtendedNegotiation, ...] = ()
    explicit_roles: tuple[str, ...] = ()

    def proposals(self) -> list[tuple[ProposedContext, ...]]:
        """Gives what to propose, one tuple for each association that is needed (see `contexts.propose`)."""
        return number((context.sop_class_uid, context.transfer_syntaxes) for context in self._enabled())

    def role_selections(self) -> tuple[RoleSelection, ...]:
        """Gives the role items that belong to the proposals: one for each class whose role is negotiated."""
        return tuple(
            RoleSelection(sop_class_uid=sop_class, scu_role=scu, scp_role=scp)
            for sop_class, (scu, scp) in self.granted_roles().items()
        )

    def extended_negotiations(self) -> tuple[SopClassExtendedNegotiation, ...]:
        """Gives the extended negotiation items that belong to the proposals."""
        proposed = {context.sop_class_uid for context in self._enabled()}
        return tuple(item for item in self.extended if item.sop_class_uid in proposed)

    def extended_answers(self) -> dict[str, ExtendedHook]:
        """Gives SOP class -> the hook that answers with what the profile says, as `policy.Policy.extended` wants it."""
        return {item.sop_class_uid: _answering(item.application_information) for item in self.extended_negotiations()}

    def accepted_syntaxes(self) -> dict[str, tuple[str, ...] | None]:
        """Gives SOP class -> transfer syntaxes, as `policy.Policy.contexts` wants it; none listed means any."""
        accepted: dict[str, tuple[str, ...]] = {}
        for context in self._enabled():
            earlier = accepted.get(context.sop_class_uid, ())
            accepted[context.sop_class_uid] = tuple(dict.fromkeys(earlier + context.transfer_syntaxes))
        return {sop_class: syntaxes or None for sop_class, syntaxes in accepted.items()}

    def granted_roles(self) -> dict[str, tuple[bool, bool]]:
        """Gives SOP class -> whether the requestor is or may be SCU and SCP, as `policy.Policy.roles` wants it.

        Classes of which the requestor is SCU without negotiation are not in it.
        """
        roles: dict[str, tuple[bool, bool]] = {}
        for context in self._enabled():
            scu, scp = roles.get(context.sop_class_uid, (False, False))
            also_scu, also_scp = _ROLES[context.role]
            roles[context.sop_class_uid] = (scu or also_scu, scp or also_scp)
        return {
            sop_class: (scu, scp) for sop_class, (scu, scp) in roles.items() if scp or sop_class in self.explicit_roles
        }

    def accepted_by(self, policy: Policy) -> Policy:
        """Gives a policy that accepts what the profile says, in its order of transfer syntaxes, and is as before else.

        What the policy answers to extended negotiation of further classes, it goes on answering.
        """
        return replace(
            policy,
            contexts=self.accepted_syntaxes(),
            prefer_own_order=True,
            roles=self.granted_roles(),
            extended={**policy.extended, **self.extended_answers()},
        )

    def scu_problems(self) -> list[str]:
        """Gives why DCMTK would not propose the profile, in sentences; nothing when it would."""
        count = sum(1 for _ in self._enabled())
        if count > MAX_CONTEXTS:
            return [f"it has {count} contexts, of which an association holds {MAX_CONTEXTS}"]
        return [] if count else ["it has no contexts"]

    def scp_problems(self) -> list[str]:
        """Gives why the profile cannot be what an SCP accepts, in sentences; nothing when it can.

        Of a class that is there twice it would not say which of the two holds.
        """
        times = Counter(context.sop_class_uid for context in self._enabled())
        if not times:
            return ["it has no contexts"]
        return [
            f"{uid} is there {count} times, and an SCP takes one context of a class"
            for uid, count in times.items()
            if count > 1
        ]

    def to_dict(self) -> dict[str, Any]:
        """Gives the profile as JSON can hold it."""
        return {
            "name": self.name,
            "contexts": [
                {
                    "sop_class_uid": context.sop_class_uid,
                    "transfer_syntaxes": list(context.transfer_syntaxes),
                    "role": context.role,
                    "enabled": context.enabled,
                }
                for context in self.contexts
            ],
            "extended": [
                {
                    "sop_class_uid": item.sop_class_uid,
                    "application_information": binascii.b2a_base64(
                        item.application_information, newline=False
                    ).decode(),
                }
                for item in self.extended
            ],
            "explicit_roles": list(self.explicit_roles),
        }

    def _enabled(self) -> Iterable[ProfileContext]:
        return (context for context in self.contexts if context.enabled)


def built_in_profiles(
    storage_sop_classes: Sequence[str], transfer_syntaxes: Iterable[str]
) -> tuple[Profile, Profile, Profile]:
    """Gives the profiles that are always there: "Verification" and two for storage, which include it.

    Args:
        storage_sop_classes, transfer_syntaxes: those of the dictionary, which this pure package must not read.
    """
    every = tuple(dict.fromkeys((*UNCOMPRESSED, *transfer_syntaxes)))
    verification = ProfileContext(
        sop_class_uid=VERIFICATION, transfer_syntaxes=(EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
    )

    def storage(name: str, syntaxes: tuple[str, ...]) -> Profile:
        contexts = (ProfileContext(sop_class_uid=uid, transfer_syntaxes=syntaxes) for uid in storage_sop_classes)
        return Profile(name=name, contexts=(verification, *contexts))

    return (
        Profile(name="Verification", contexts=(verification,)),
        storage("Storage, uncompressed", UNCOMPRESSED),
        storage("Storage, all transfer syntaxes", every),
    )


def profile_from_dict(plain: object, place: str = "profile") -> Profile:
    """Gives the profile of what `Profile.to_dict` gave; unknown keys are ignored, newer ones may be missing.

    Args:
        place: where `plain` stands, for messages.

    Raises:
        ConfigError: something is missing or of a wrong kind; the message names its place and value.
    """
    contexts = _get(plain, "contexts", place, _is_list)
    extended = _get(plain, "extended", place, _is_list, ())
    return Profile(
        name=_get(plain, "name", place, _is_text),
        contexts=tuple(_context_from(each, f"{place}.contexts[{at}]") for at, each in enumerate(contexts)),
        extended=tuple(_extended_from(each, f"{place}.extended[{at}]") for at, each in enumerate(extended)),
        explicit_roles=tuple(_get(plain, "explicit_roles", place, _is_list_of_text, ())),
    )


def _answering(information: bytes) -> ExtendedHook:
    return lambda _: information


def _context_from(plain: object, place: str) -> ProfileContext:
    return ProfileContext(
        sop_class_uid=_get(plain, "sop_class_uid", place, _is_text),
        transfer_syntaxes=tuple(_get(plain, "transfer_syntaxes", place, _is_list_of_text)),
        role=_get(plain, "role", place, lambda value: value in tuple(_ROLES), "SCU"),
        enabled=_get(plain, "enabled", place, lambda value: isinstance(value, bool), True),
    )


def _extended_from(plain: object, place: str) -> SopClassExtendedNegotiation:
    return SopClassExtendedNegotiation(
        sop_class_uid=_get(plain, "sop_class_uid", place, _is_text),
        application_information=binascii.a2b_base64(_get(plain, "application_information", place, _is_base64)),
    )


def _is_base64(value: Any) -> bool:
    try:
        binascii.a2b_base64(value, strict_mode=True)
    except (TypeError, ValueError):
        return False
    return isinstance(value, str)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _is_list_of_text(value: Any) -> bool:
    return _is_list(value) and all(map(_is_text, value))


def _get(plain: object, key: str, place: str, is_right: Callable[[Any], bool], default: Any = None) -> Any:
    if not isinstance(plain, Mapping):
        raise ConfigError(f"{place}: {plain!r} is not an object")
    value = plain.get(key, default)
    if not is_right(value):
        raise ConfigError(f"{place}.{key}: {value!r} is missing or wrong")
    return value
