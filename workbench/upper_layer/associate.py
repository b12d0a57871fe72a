"""A-ASSOCIATE-RQ and A-ASSOCIATE-AC (PS3.8 9.3.2, 9.3.3): the two PDUs that are made of items, and their bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from workbench.errors import LocalProtocolError, PduError
from workbench.uids import APPLICATION_CONTEXT
from workbench.upper_layer.fields import Reader, put_item, put_text, put_uint
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
    read_unknown,
    read_user_information,
    write_user_information,
)
from workbench.value import Value

_APPLICATION_CONTEXT: Final = 0x10
_PROPOSED_CONTEXT: Final = 0x20
_ANSWERED_CONTEXT: Final = 0x21
_ABSTRACT_SYNTAX: Final = 0x30
_TRANSFER_SYNTAX: Final = 0x40
_USER_INFORMATION: Final = 0x50

_ITEM_NAMES: Final = {_APPLICATION_CONTEXT: "Application context", _USER_INFORMATION: "User information"}
_RQ_ITEM_NAMES: Final = _ITEM_NAMES | {_PROPOSED_CONTEXT: "Presentation context"}
_AC_ITEM_NAMES: Final = _ITEM_NAMES | {_ANSWERED_CONTEXT: "Presentation context"}
_CONTEXT_ITEM_NAMES: Final = {_ABSTRACT_SYNTAX: "Abstract syntax", _TRANSFER_SYNTAX: "Transfer syntax"}


_Item = TypeVar("_Item")
_ClassItem = TypeVar("_ClassItem", RoleSelection, SopClassExtendedNegotiation, SopClassCommonExtendedNegotiation)


class _UserInformation(Value):
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
        return _by_class(self._all(RoleSelection))

    @property
    def extended(self) -> dict[str, SopClassExtendedNegotiation]:
        """SOP class extended negotiations by SOP Class UID."""
        return _by_class(self._all(SopClassExtendedNegotiation))

    @property
    def common_extended(self) -> dict[str, SopClassCommonExtendedNegotiation]:
        """SOP class common extended negotiations by SOP Class UID."""
        return _by_class(self._all(SopClassCommonExtendedNegotiation))

    def _all(self, kind: type[_Item]) -> list[_Item]:
        return [item for item in self.user_information if isinstance(item, kind)]

    def _first(self, kind: type[_Item]) -> _Item | None:
        return next((item for item in self.user_information if isinstance(item, kind)), None)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
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
    def accepted_ids(self) -> frozenset[int]:
        """The ids of the presentation contexts that this answer accepts."""
        return frozenset(context.context_id for context in self.presentation_contexts if context.result == 0)

    @property
    def user_identity(self) -> UserIdentityAc | None:
        """The acceptor's response to the identity of the request."""
        return self._first(UserIdentityAc)


def _by_class(items: list[_ClassItem]) -> dict[str, _ClassItem]:
    found: dict[str, _ClassItem] = {}
    for item in items:
        found.setdefault(item.sop_class_uid, item)
    return found


def read_associate_rq(reader: Reader) -> AssociateRq:
    """The rest of an A-ASSOCIATE-RQ behind its header (PS3.8 Table 9-11)."""
    contexts: list[ProposedContext] = []
    fields = _read_associate(reader, _RQ_ITEM_NAMES, lambda item: contexts.append(_read_proposed_context(item)))
    return AssociateRq(presentation_contexts=tuple(contexts), **fields)


def read_associate_ac(reader: Reader) -> AssociateAc:
    """The rest of an A-ASSOCIATE-AC behind its header (PS3.8 Table 9-17)."""
    contexts: list[AnsweredContext] = []
    fields = _read_associate(reader, _AC_ITEM_NAMES, lambda item: contexts.append(_read_answered_context(item)))
    return AssociateAc(presentation_contexts=tuple(contexts), **fields)


def _read_associate(reader: Reader, names: Mapping[int, str], read_context: Callable[[Reader], None]) -> dict[str, Any]:
    """All fields of an A-ASSOCIATE-RQ or -AC but its presentation contexts, which `read_context` takes one by one."""
    version = reader.uint(2, "Protocol-version")
    reader.reserved(2)
    called = reader.text(16, "Called-AE-title").strip("\0 ")
    calling = reader.text(16, "Calling-AE-title").strip("\0 ")
    reader.reserved(32)
    once: dict[int, Any] = {}
    unknown: list[UnknownItem] = []
    while reader.remaining:
        at = reader.at
        item_type, item = reader.item(names)
        if item_type in once:
            raise PduError("Item-type", at, f"a second {item.name} item")
        if item_type == _APPLICATION_CONTEXT:
            once[item_type] = item.uid(item.remaining, "Application-context-name")
        elif item_type == _USER_INFORMATION:
            once[item_type] = read_user_information(item)
        elif item_type in names:
            read_context(item)
        else:
            unknown.append(read_unknown(item_type, item))
    return {
        "protocol_version": version,
        "called_ae_title": called,
        "calling_ae_title": calling,
        "application_context": once.get(_APPLICATION_CONTEXT, ""),
        "user_information": once.get(_USER_INFORMATION, ()),
        "unknown_items": tuple(unknown),
    }


def _read_proposed_context(reader: Reader) -> ProposedContext:
    context_id = reader.uint(1, "Presentation-context-ID")
    reader.reserved(3)
    syntaxes = _read_syntaxes(reader)
    if len(syntaxes[_ABSTRACT_SYNTAX]) != 1:
        raise PduError("Abstract syntax", reader.end, f"context {context_id} has {len(syntaxes[_ABSTRACT_SYNTAX])}")
    return ProposedContext(
        context_id=context_id,
        abstract_syntax=syntaxes[_ABSTRACT_SYNTAX][0],
        transfer_syntaxes=tuple(syntaxes[_TRANSFER_SYNTAX]),
    )


def _read_answered_context(reader: Reader) -> AnsweredContext:
    context_id = reader.uint(1, "Presentation-context-ID")
    reader.reserved(1)
    result = reader.uint(1, "Result/Reason")
    reader.reserved(1)
    transfer_syntaxes = _read_syntaxes(reader)[_TRANSFER_SYNTAX]
    # PS3.8 9.3.3.2: one transfer syntax, which is not significant (so possibly absent) when the context was not
    # accepted.
    if result == 0 and len(transfer_syntaxes) != 1:
        raise PduError("Transfer syntax", reader.end, f"accepted context {context_id} has {len(transfer_syntaxes)}")
    return AnsweredContext(
        context_id=context_id, result=result, transfer_syntax=transfer_syntaxes[0] if transfer_syntaxes else ""
    )


def _read_syntaxes(reader: Reader) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {_ABSTRACT_SYNTAX: [], _TRANSFER_SYNTAX: []}
    while reader.remaining:
        item_type, item = reader.item(_CONTEXT_ITEM_NAMES)
        if item_type in found:
            found[item_type].append(item.uid(item.remaining, f"{item.name}-name".replace(" ", "-")))
        else:
            read_unknown(item_type, item)
    return found


def write_associate_rq(pdu: AssociateRq) -> bytes:
    """The bytes of an A-ASSOCIATE-RQ behind its header."""
    return _write_associate(pdu, b"".join(map(_write_proposed_context, pdu.presentation_contexts)))


def write_associate_ac(pdu: AssociateAc) -> bytes:
    """The bytes of an A-ASSOCIATE-AC behind its header."""
    return _write_associate(pdu, b"".join(map(_write_answered_context, pdu.presentation_contexts)))


def _write_associate(pdu: AssociateRq | AssociateAc, contexts: bytes) -> bytes:
    application_context = put_text(pdu.application_context, "Application-context-name")
    return b"".join(
        (
            put_uint(pdu.protocol_version, 2, "Protocol-version"),
            bytes(2),
            _put_ae_title(pdu.called_ae_title, "Called-AE-title"),
            _put_ae_title(pdu.calling_ae_title, "Calling-AE-title"),
            bytes(32),
            put_item(_APPLICATION_CONTEXT, application_context, "Application context"),
            contexts,
            *(put_item(item.item_type, item.data, "Unknown item") for item in pdu.unknown_items),
            put_item(_USER_INFORMATION, write_user_information(pdu.user_information), "User information"),
        )
    )


def _put_ae_title(title: str, name: str) -> bytes:
    content = put_text(title, name)
    if len(content) > 16:
        raise LocalProtocolError(f"{name}: {title!r} is longer than 16 characters")
    return content.ljust(16)


def _write_proposed_context(context: ProposedContext) -> bytes:
    content = put_uint(context.context_id, 1, "Presentation-context-ID") + bytes(3)
    content += put_item(_ABSTRACT_SYNTAX, put_text(context.abstract_syntax, "Abstract-syntax-name"), "Abstract syntax")
    content += b"".join(map(_write_transfer_syntax, context.transfer_syntaxes))
    return put_item(_PROPOSED_CONTEXT, content, "Presentation context")


def _write_answered_context(context: AnsweredContext) -> bytes:
    content = put_uint(context.context_id, 1, "Presentation-context-ID") + bytes(1)
    content += put_uint(context.result, 1, "Result/Reason") + bytes(1) + _write_transfer_syntax(context.transfer_syntax)
    return put_item(_ANSWERED_CONTEXT, content, "Presentation context")


def _write_transfer_syntax(uid: str) -> bytes:
    return put_item(_TRANSFER_SYNTAX, put_text(uid, "Transfer-syntax-name"), "Transfer syntax")
