"""The variable items of A-ASSOCIATE PDUs (PS3.8 9.3.2, 9.3.3, Annex D; PS3.7 Annex D.3.3).

Each user-information sub-item is one dataclass and one row of USER_INFORMATION_LAYOUTS, which both reads and writes it.
Sub-items may come in any order; those of an unknown type are kept as UnknownItem and otherwise skipped (PS3.8 Annex D).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from workbench.upper_layer.fields import Reader, put_item, put_text, put_uint
from workbench.value import Value


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class ProposedContext(Value):
    """Presentation context item of an A-ASSOCIATE-RQ (20H, PS3.8 9.3.2.2)."""

    context_id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class AnsweredContext(Value):
    """Presentation context item of an A-ASSOCIATE-AC (21H, PS3.8 9.3.3.2); the syntax counts only when result is 0."""

    context_id: int
    result: int
    transfer_syntax: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class MaximumLength(Value):
    """Maximum length received (51H, PS3.8 D.1): the largest P-DATA-TF PDU-length the sender takes; 0 = no limit."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class ImplementationClassUid(Value):
    """Implementation class UID (52H, PS3.7 D.3.3.2)."""

    uid: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class AsynchronousOperationsWindow(Value):
    """Asynchronous operations window (53H, PS3.7 D.3.3.3); 0 = no limit, an absent item stands for 1 and 1."""

    invoked: int
    performed: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class RoleSelection(Value):
    """SCP/SCU role selection (54H, PS3.7 D.3.3.4): the requestor's roles. Only the value 1 is a yes."""

    sop_class_uid: str
    scu_role: bool
    scp_role: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class ImplementationVersionName(Value):
    """Implementation version name (55H, PS3.7 D.3.3.2)."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class SopClassExtendedNegotiation(Value):
    """SOP class extended negotiation (56H, PS3.7 D.3.3.5); the service class says what the bytes mean."""

    sop_class_uid: str
    application_information: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class SopClassCommonExtendedNegotiation(Value):
    """SOP class common extended negotiation (57H, PS3.7 D.3.3.6); in requests only. Only version 0 is defined."""

    sop_class_uid: str
    service_class_uid: str
    related_sop_class_uids: tuple[str, ...]
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class UserIdentityRq(Value):
    """User identity negotiation of a request (58H, PS3.7 D.3.3.7.1); the secondary field is used by type 2 only."""

    identity_type: int
    positive_response_requested: bool
    primary_field: bytes
    secondary_field: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class UserIdentityAc(Value):
    """User identity negotiation of an answer (59H, PS3.7 D.3.3.7.2); empty for types 1 and 2."""

    server_response: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class UnknownItem(Value):
    """An item or sub-item of a type that this program does not know; it is ignored, as the standard demands."""

    item_type: int
    data: bytes


UserInformationItem = (
    MaximumLength
    | ImplementationClassUid
    | AsynchronousOperationsWindow
    | RoleSelection
    | ImplementationVersionName
    | SopClassExtendedNegotiation
    | SopClassCommonExtendedNegotiation
    | UserIdentityRq
    | UserIdentityAc
    | UnknownItem
)


@dataclass(frozen=True, slots=True)
class _Field:
    """How one attribute of a sub-item is read and written; `name` is the standard's name of the field."""

    attribute: str
    name: str
    read: Callable[[Reader, str], Any]
    write: Callable[[Any, str], bytes]


def _number(attribute: str, name: str, size: int) -> _Field:
    return _Field(
        attribute, name, lambda reader, name: reader.uint(size, name), lambda v, name: put_uint(v, size, name)
    )


def _flag(attribute: str, name: str) -> _Field:
    return _Field(attribute, name, lambda reader, name: reader.uint(1, name) == 1, lambda v, _: b"\1" if v else b"\0")


def _rest_as_uid(attribute: str, name: str) -> _Field:
    return _Field(attribute, name, lambda reader, name: reader.uid(reader.remaining, name), put_text)


def _rest_as_text(attribute: str, name: str) -> _Field:
    return _Field(attribute, name, lambda reader, name: reader.text(reader.remaining, name), put_text)


def _rest_as_bytes(attribute: str, name: str) -> _Field:
    return _Field(attribute, name, lambda reader, name: reader.raw(reader.remaining, name), lambda v, _: bytes(v))


def _counted_uid(attribute: str, name: str) -> _Field:
    return _Field(attribute, name, _read_counted_uid, _write_counted_uid)


def _counted_bytes(attribute: str, name: str) -> _Field:
    return _Field(
        attribute, name, lambda reader, name: reader.raw(reader.uint(2, f"{name}-length"), name), _write_counted
    )


def _counted_uids(attribute: str, name: str) -> _Field:
    return _Field(attribute, name, _read_counted_uids, _write_counted_uids)


def _read_counted_uid(reader: Reader, name: str) -> str:
    return reader.uid(reader.uint(2, f"{name}-length"), name)


def _write_counted(value: bytes, name: str) -> bytes:
    return put_uint(len(value), 2, f"{name}-length") + value


def _write_counted_uid(value: str, name: str) -> bytes:
    return _write_counted(put_text(value, name), name)


def _read_counted_uids(reader: Reader, name: str) -> tuple[str, ...]:
    uids = reader.sub(reader.uint(2, f"{name}-identification-length"), f"{name}-identification")
    found = []
    while uids.remaining:
        found.append(_read_counted_uid(uids, name))
    return tuple(found)


def _write_counted_uids(values: tuple[str, ...], name: str) -> bytes:
    content = b"".join(_write_counted_uid(value, name) for value in values)
    return put_uint(len(content), 2, f"{name}-identification-length") + content


@dataclass(frozen=True, slots=True)
class Layout:
    """One row of the table below: type and name of a sub-item, its dataclass, its fields in order."""

    item_type: int
    name: str
    item_class: type[Any]
    fields: tuple[_Field, ...]


USER_INFORMATION_LAYOUTS: Final = (
    Layout(0x51, "Maximum length", MaximumLength, (_number("value", "Maximum-length-received", 4),)),
    Layout(
        0x52,
        "Implementation class UID",
        ImplementationClassUid,
        (_rest_as_uid("uid", "Implementation-class-uid"),),
    ),
    Layout(
        0x53,
        "Asynchronous operations window",
        AsynchronousOperationsWindow,
        (
            _number("invoked", "Maximum-number-operations-invoked", 2),
            _number("performed", "Maximum-number-operations-performed", 2),
        ),
    ),
    Layout(
        0x54,
        "SCP/SCU role selection",
        RoleSelection,
        (_counted_uid("sop_class_uid", "SOP-class-uid"), _flag("scu_role", "SCU-role"), _flag("scp_role", "SCP-role")),
    ),
    Layout(
        0x55,
        "Implementation version name",
        ImplementationVersionName,
        (_rest_as_text("name", "Implementation-version-name"),),
    ),
    Layout(
        0x56,
        "SOP class extended negotiation",
        SopClassExtendedNegotiation,
        (
            _counted_uid("sop_class_uid", "SOP-class-uid"),
            _rest_as_bytes("application_information", "Service-class-application-information"),
        ),
    ),
    Layout(
        0x57,
        "SOP class common extended negotiation",
        SopClassCommonExtendedNegotiation,
        (
            _counted_uid("sop_class_uid", "SOP-class-uid"),
            _counted_uid("service_class_uid", "Service-class-uid"),
            _counted_uids("related_sop_class_uids", "Related-general-sop-class"),
        ),
    ),
    Layout(
        0x58,
        "User identity (request)",
        UserIdentityRq,
        (
            _number("identity_type", "User-identity-type", 1),
            _flag("positive_response_requested", "Positive-response-requested"),
            _counted_bytes("primary_field", "Primary-field"),
            _counted_bytes("secondary_field", "Secondary-field"),
        ),
    ),
    Layout(
        0x59,
        "User identity (answer)",
        UserIdentityAc,
        (_counted_bytes("server_response", "Server-response"),),
    ),
)

_BY_TYPE: Final[Mapping[int, Layout]] = {layout.item_type: layout for layout in USER_INFORMATION_LAYOUTS}
_BY_CLASS: Final[Mapping[type[Any], Layout]] = {layout.item_class: layout for layout in USER_INFORMATION_LAYOUTS}
_VERSIONED: Final = (0x57,)
_NAMES: Final = {layout.item_type: layout.name for layout in USER_INFORMATION_LAYOUTS}


def read_user_information(reader: Reader) -> tuple[UserInformationItem, ...]:
    """The sub-items of a user information item (50H), in the order in which they came."""
    found: list[UserInformationItem] = []
    while reader.remaining:
        item_type, item = reader.item(_NAMES, versioned=_VERSIONED)
        layout = _BY_TYPE.get(item_type)
        found.append(read_unknown(item_type, item) if layout is None else _read_known(layout, item))
    return tuple(found)


def write_user_information(items: tuple[UserInformationItem, ...]) -> bytes:
    """The content of a user information item."""
    return b"".join(map(_write_sub_item, items))


def read_unknown(item_type: int, reader: Reader) -> UnknownItem:
    """An item that is kept, but not understood."""
    return UnknownItem(item_type=item_type, data=reader.raw(reader.remaining, "Item-data"))


def _read_known(layout: Layout, reader: Reader) -> UserInformationItem:
    values = {field.attribute: field.read(reader, field.name) for field in layout.fields}
    if layout.item_class is SopClassCommonExtendedNegotiation:
        values["version"] = reader.version
        if reader.remaining:
            reader.reserved(reader.remaining)  # fields of later versions; none in version 0 (PS3.7 D.3.3.6)
    reader.finish()
    item: UserInformationItem = layout.item_class(**values)
    return item


def _write_sub_item(item: UserInformationItem) -> bytes:
    if isinstance(item, UnknownItem):
        return put_item(item.item_type, item.data, "Unknown item")
    layout = _BY_CLASS[type(item)]
    content = b"".join(field.write(getattr(item, field.attribute), field.name) for field in layout.fields)
    version = item.version if isinstance(item, SopClassCommonExtendedNegotiation) else 0
    return put_item(layout.item_type, content, layout.name, second_byte=version)
