"""What an acceptor accepts: titles, SOP classes, transfer syntaxes, roles, identity; data and a few hooks, no I/O."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from workbench.uids import VERIFICATION, is_valid_uid
from workbench.upper_layer.items import ProposedContext, SopClassCommonExtendedNegotiation, UserIdentityRq
from workbench.upper_layer.pdu import AssociateRj

STORAGE_SERVICE_CLASS: Final = "1.2.840.10008.4.2"  # PS3.6 A
_DICOM_ROOT: Final = "1.2.840.10008."
PASSWORD_IDENTITY: Final = 2  # PS3.7 Table D.3-14: user name and passcode
_STORAGE_ROOT: Final = "1.2.840.10008.5.1.4.1.1."  # PS3.6 A: where the standard puts its storage SOP classes

IdentityHook: TypeAlias = Callable[[UserIdentityRq], bytes | AssociateRj | None]
"""Judges a user identity of types 1 to 5 (PS3.7 D.3.3.7).

Bytes accept it and are the server response, which is sent if it was requested and left empty for types 1 and 2. None
lets the requestor in without recognizing the identity: no response. An AssociateRj is sent instead of an acceptance.
"""

ExtendedHook: TypeAlias = Callable[[bytes], bytes | None]
"""Answers a SOP class extended negotiation (PS3.7 D.3.3.5); None leaves it unanswered."""

UnlistedHook: TypeAlias = Callable[[str, SopClassCommonExtendedNegotiation | None], bool]
"""Whether a SOP class that the policy does not list is accepted; told what the requestor says about it (57H)."""

ContextHook: TypeAlias = Callable[[ProposedContext], int | None]
"""Refuses a proposed presentation context by its result, 1 to 4 (PS3.8 Table 9-18); None leaves it to the policy."""


def is_valid_ae_title(title: str) -> bool:
    """Whether a title is one: up to 16 characters of the default repertoire, no backslash, not blank (PS3.5 6.2)."""
    return len(title) <= 16 and title.strip(" ") != "" and all(" " <= mark <= "~" and mark != "\\" for mark in title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """By which rules `negotiate.answer` answers.

    Attributes:
        ae_title: our title; None accepts any called title.
        allowed_calling: the titles that may call; None allows everyone.
        contexts: SOP class -> the transfer syntaxes it is accepted in; None stands for any.
        prefer_own_order: of several acceptable syntaxes the first one listed here is chosen, not the first proposed.
        refuse_context: see ContextHook; asked before the rest.
        accept_unlisted: see UnlistedHook; None refuses all.
        unlisted_transfer_syntaxes: those of such classes; None stands for any.
        max_pdu_length: what we announce as Maximum Length Received; 0 = no limit.
        roles: SOP class -> whether the requestor may be SCU and SCP of it (PS3.7 D.3.3.4). Of a class that is not
            here the default roles hold: the requestor is SCU, and a role selection is not answered.
        always_accept_default_role: accepts a class of which the requestor may not be SCU also from a requestor that
            asks for no role and so is SCU by default; for peers that forget to ask, such as some that report storage
            commitments on an association of their own.
        window: operations that the requestor may invoke, and perform, at a time (PS3.7 D.3.3.3); 0 = no limit. Only
            announced if asked for, and never above what was asked for.
        extended: SOP class -> the hook for its extended negotiation.
        user_identity: see IdentityHook; without one identities are ignored.
        is_identity_required: rejects requestors that do not give an identity of types 1 to 5.
    """

    ae_title: str | None = None
    allowed_calling: frozenset[str] | None = None
    contexts: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    prefer_own_order: bool = False
    refuse_context: ContextHook | None = None
    accept_unlisted: UnlistedHook | None = None
    unlisted_transfer_syntaxes: tuple[str, ...] | None = None
    max_pdu_length: int = 131_072
    roles: Mapping[str, tuple[bool, bool]] = field(default_factory=dict)
    always_accept_default_role: bool = False
    window: tuple[int, int] = (1, 1)
    extended: Mapping[str, ExtendedHook] = field(default_factory=dict)
    user_identity: IdentityHook | None = None
    is_identity_required: bool = False

    def accepts_class(self, sop_class_uid: str, common: SopClassCommonExtendedNegotiation | None = None) -> bool:
        """Whether the abstract syntax is supported; one that is not listed must at least be a UID (PS3.5 9.1)."""
        if sop_class_uid in self.contexts:
            return True
        hook = self.accept_unlisted
        return hook is not None and is_valid_uid(sop_class_uid) and hook(sop_class_uid, common)

    def choose(self, sop_class_uid: str, proposed: tuple[str, ...]) -> str | None:
        """The transfer syntax in which a class is accepted, None when none of the proposed ones is acceptable."""
        acceptable = self.contexts.get(sop_class_uid, self.unlisted_transfer_syntaxes)
        if acceptable is None:
            return next(filter(is_valid_uid, proposed), None)
        first, second = (acceptable, proposed) if self.prefer_own_order else (proposed, acceptable)
        return next((syntax for syntax in first if syntax in second), None)

    def may_be(self, sop_class_uid: str) -> tuple[bool, bool]:
        """Whether the requestor may be SCU and SCP of a class."""
        return self.roles.get(sop_class_uid, (True, False))


def may_be_storage(sop_class_uid: str, common: SopClassCommonExtendedNegotiation | None) -> bool:
    """Whether a SOP class unknown to us may be one of storage; an UnlistedHook.

    It is if the requestor says so (57H: its service class), if it is private, or if it has the root under which the
    standard numbers storage: then it is newer than our dictionary. Other classes of the standard are other services.
    """
    if common is not None:
        return common.service_class_uid == STORAGE_SERVICE_CLASS
    return not sop_class_uid.startswith(_DICOM_ROOT) or sop_class_uid.startswith(_STORAGE_ROOT)


def accepts_specialised(general_sop_classes: Collection[str]) -> UnlistedHook:
    """Gives a hook that accepts classes of which the requestor says that they specialise one of these.

    The objects and messages of a specialised class are also those of each of its related general classes (57H, PS3.7
    D.3.3.6), so that a query or storage SCP can serve it as such.
    """
    general = frozenset(general_sop_classes)

    def is_specialised(_: str, common: SopClassCommonExtendedNegotiation | None) -> bool:
        return common is not None and not general.isdisjoint(common.related_sop_class_uids)

    return is_specialised


def password_verifier(passwords: Mapping[str, str]) -> IdentityHook:
    """Gives a hook that lets in who gives one of these user names with its password (type 2, PS3.7 D.3.3.7).

    Every other identity is rejected: permanently, by the service user, without a reason, so that nobody learns whether
    the name or the password was wrong. Nor does the time it takes tell.
    """
    import hmac  # what most who start have no use for

    known = {name.encode(): _digest(password.encode()) for name, password in passwords.items()}
    rejection = AssociateRj(result=1, source=1, reason=1)

    def verify(identity: UserIdentityRq) -> bytes | AssociateRj:
        expected = known.get(identity.primary_field, b"")
        is_right = hmac.compare_digest(expected, _digest(identity.secondary_field))
        is_known = identity.primary_field in known and identity.identity_type == PASSWORD_IDENTITY
        return b"" if is_right and is_known else rejection

    return verify


def _digest(password: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(password).digest()  # of one length, as the comparison needs; nothing is kept


def storage_policy(
    storage_sop_classes: Iterable[str],
    *,
    ae_title: str | None = None,
    allowed_calling: frozenset[str] | None = None,
    transfer_syntaxes: tuple[str, ...] | None = None,
    accept_unknown: bool = False,
    max_pdu_length: int = 131_072,
) -> Policy:
    """Gives the policy of a storage SCP: Verification and storage, in the first acceptable transfer syntax proposed.

    Args:
        storage_sop_classes: the classes to accept, of the dictionary.
        transfer_syntaxes: those that are acceptable; None accepts any, as data sets are stored as they come.
        accept_unknown: accepts further classes that may be storage, see `may_be_storage`.
    """
    return Policy(
        ae_title=ae_title,
        allowed_calling=allowed_calling,
        contexts={VERIFICATION: transfer_syntaxes, **dict.fromkeys(storage_sop_classes, transfer_syntaxes)},
        accept_unlisted=may_be_storage if accept_unknown else None,
        unlisted_transfer_syntaxes=transfer_syntaxes,
        max_pdu_length=max_pdu_length,
    )
