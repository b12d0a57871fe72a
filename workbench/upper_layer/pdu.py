"""The seven PDUs of the upper layer (PS3.8 9.3.2 to 9.3.8) and their bytes."""

from dataclasses import dataclass
from typing import Final, TypeVar

from workbench.uids import APPLICATION_CONTEXT
from workbench.upper_layer.items import (
    AnsweredContext,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    ProposedContext,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    UnknownItem,
    UserIdentityAc,
    UserIdentityRq,
    UserInformationItem,
)

A_ASSOCIATE_RQ: Final = 1
A_ASSOCIATE_AC: Final = 2
A_ASSOCIATE_RJ: Final = 3
P_DATA_TF: Final = 4
A_RELEASE_RQ: Final = 5
A_RELEASE_RP: Final = 6
A_ABORT: Final = 7

PDU_NAMES: Final = {
    A_ASSOCIATE_RQ: "A-ASSOCIATE-RQ",
    A_ASSOCIATE_AC: "A-ASSOCIATE-AC",
    A_ASSOCIATE_RJ: "A-ASSOCIATE-RJ",
    P_DATA_TF: "P-DATA-TF",
    A_RELEASE_RQ: "A-RELEASE-RQ",
    A_RELEASE_RP: "A-RELEASE-RP",
    A_ABORT: "A-ABORT",
}

_Item = TypeVar("_Item")


class _UserInformation:
    """What both A-ASSOCIATE PDUs say through their user-information sub-items; of a repeated one the first counts."""

    __slots__ = ()

    user_information: tuple[UserInformationItem, ...]

    @property
    def max_length(self) -> int:
        """The largest P-DATA-TF PDU-length that the sender takes; 0, also when the item is absent, means no limit."""
        item = self._first(MaximumLength)
        return 0 if item is None else item.value

    @property
    def implementation_class_uid(self) -> str:
        """The sender's implementation class UID, empty when absent."""
        item = self._first(ImplementationClassUid)
        return "" if item is None else item.uid

    @property
    def implementation_version_name(self) -> str:
        """The sender's implementation version name, empty when absent."""
        item = self._first(ImplementationVersionName)
        return "" if item is None else item.name

    @property
    def asynchronous_operations_window(self) -> AsynchronousOperationsWindow | None:
        """The window, or None, which stands for one operation each way (PS3.7 D.3.3.3)."""
        return self._first(AsynchronousOperationsWindow)

    @property
    def role_selections(self) -> dict[str, RoleSelection]:
        """Role selections by SOP Class UID."""
        return {item.sop_class_uid: item for item in reversed(self._all(RoleSelection))}

    @property
    def extended(self) -> dict[str, SopClassExtendedNegotiation]:
        """SOP class extended negotiations by SOP Class UID."""
        return {item.sop_class_uid: item for item in reversed(self._all(SopClassExtendedNegotiation))}

    @property
    def common_extended(self) -> dict[str, SopClassCommonExtendedNegotiation]:
        """SOP class common extended negotiations by SOP Class UID."""
        return {item.sop_class_uid: item for item in reversed(self._all(SopClassCommonExtendedNegotiation))}

    def _all(self, kind: type[_Item]) -> list[_Item]:
        return [item for item in self.user_information if isinstance(item, kind)]

    def _first(self, kind: type[_Item]) -> _Item | None:
        return next((item for item in self.user_information if isinstance(item, kind)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociateRq(_UserInformation):
    """A-ASSOCIATE-RQ (PS3.8 9.3.2); titles without their padding, "" for a blank one."""

    called_ae_title: str
    calling_ae_title: str
    presentation_contexts: tuple[ProposedContext, ...]
    user_information: tuple[UserInformationItem, ...]
    protocol_version: int = 1
    application_context: str = APPLICATION_CONTEXT
    unknown_items: tuple[UnknownItem, ...] = ()

    @property
    def user_identity(self) -> UserIdentityRq | None:
        """Who the requestor says it is."""
        return self._first(UserIdentityRq)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociateAc(_UserInformation):
    """A-ASSOCIATE-AC (PS3.8 9.3.3); the titles repeat those of the request and are not tested by its receiver."""

    called_ae_title: str
    calling_ae_title: str
    presentation_contexts: tuple[AnsweredContext, ...]
    user_information: tuple[UserInformationItem, ...]
    protocol_version: int = 1
    application_context: str = APPLICATION_CONTEXT
    unknown_items: tuple[UnknownItem, ...] = ()

    @property
    def user_identity(self) -> UserIdentityAc | None:
        """The acceptor's response to the identity of the request."""
        return self._first(UserIdentityAc)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociateRj:
    """A-ASSOCIATE-RJ (PS3.8 9.3.4); `reasons` has the words. Numbers that the standard does not define are kept."""

    result: int
    source: int
    reason: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdv:
    """A presentation data value: one fragment of a command or a data set (PS3.8 9.3.5.1, Annex E.2)."""

    context_id: int
    is_command: bool
    is_last: bool
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PDataTf:
    """P-DATA-TF (PS3.8 9.3.5). The machine streams received ones; this class is for sending and for display."""

    pdvs: tuple[Pdv, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRq:
    """A-RELEASE-RQ (PS3.8 9.3.6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRp:
    """A-RELEASE-RP (PS3.8 9.3.7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abort:
    """A-ABORT (PS3.8 9.3.8): source 0 is the user, 2 the provider; the reason counts with source 2 only."""

    source: int
    reason: int


Pdu = AssociateRq | AssociateAc | AssociateRj | PDataTf | ReleaseRq | ReleaseRp | Abort
