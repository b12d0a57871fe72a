"""The command set codec: messages to bytes and back (PS3.7 6.3.1; always implicit VR little endian).

What is sent: Command Group Length first, then the elements in ascending order, text padded to even length (UI with NUL,
AE and LO with space), Command Data Set Type 0101H for "no data set" and 0001H otherwise.

What is accepted, where the standard leaves the receiver a choice or says nothing:

* Any Command Data Set Type but 0101H announces a data set (PS3.7 9.3.1.1).
* Elements of group 0000 that are unknown, retired or foreign to the message are skipped.
* A wrong or missing Command Group Length is forgiven: where the command set ends is told by the last-fragment bit
  (PS3.8 E.2), which cannot be wrong without losing the association anyway. The span tells the difference.
* Any order is read; of an element that comes twice the first one counts.
* Trailing NUL and space are padding, whatever the VR. A UID is otherwise kept as it came: whether it is too long or not
  a UID at all is for the service to answer with a status.
* A value of zero length is no value: the element counts as absent.
* A request without Priority has medium priority. One without a UID, a Move Destination, or the type of its event or
  action has an empty one, or 0: the service answers it with its own status, which tells the peer more than an abort.

Everything else is a CommandSetError: an element that runs past the end or has undefined length, a group other than
0000, a number of a wrong size, an unknown Command Field, and the lack of what an answer cannot do without: Command
Field, Command Data Set Type, Message ID; of a response also Status.

What is sent is not forgiven: nothing that a request must have may be empty.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from struct import error as struct_error
from typing import Any, Final, NamedTuple

from workbench.dimse.elements import BY_ATTRIBUTE, BY_NUMBER, ELEMENTS
from workbench.dimse.messages import MESSAGES, Message, Priority
from workbench.dimse.status import describe
from workbench.dimse.values import HEADER, READERS, WRITERS, Value
from workbench.errors import CommandSetError, LocalProtocolError
from workbench.upper_layer.fields import Buffer, Span

NO_DATA_SET: Final = 0x0101
DATA_SET_PRESENT: Final = 0x0001

_GROUP_LENGTH: Final = 0x0000
_COMMAND_FIELD: Final = 0x0100
_MESSAGE_ID: Final = 0x0110
_MESSAGE_ID_BEING_RESPONDED_TO: Final = 0x0120
_PRIORITY: Final = 0x0700
_COMMAND_DATA_SET_TYPE: Final = 0x0800
_STATUS: Final = 0x0900


class UnknownCommandField(CommandSetError):
    """The command set is sound but its Command Field is none of PS3.7 Table E.1-1.

    It cannot be answered: each response has the Command Field that its own table gives it (PS3.7 9.3 and 10.3), there
    is none for an unknown request, and 0211H (unrecognized operation) is a status of those. The association is aborted.
    The attributes tell what came; `message_id` is None when the command set has no Message ID.
    """

    def __init__(self, command_field: int, message_id: int | None, *, has_data_set: bool) -> None:
        super().__init__("Command Field", 0, f"{command_field:04X}H is not a DIMSE message")
        self.command_field = command_field
        self.message_id = message_id
        self.has_data_set = has_data_set


class _Part(NamedTuple):
    """How one attribute of a message is written."""

    number: int
    attribute: str
    write: Callable[[int, Any], bytes]


@dataclass(frozen=True, slots=True)
class _Layout:
    """A message's class as the codec needs it: parts split where Command Data Set Type stands between them.

    `assumed` are the values of what a request should have and may come without.
    """

    build: Callable[..., Message]
    before: tuple[_Part, ...]
    after: tuple[_Part, ...]
    attributes: Mapping[int, str]
    mandatory: frozenset[int]
    assumed: Mapping[str, str | int]


def encode_command(message: Message, *, has_data_set: bool) -> bytes:
    """Gives the command set of a message.

    An Error Comment is for people: it is clipped to 64 characters and what LO cannot hold becomes "?", since a response
    with half a comment is better than none.

    Raises:
        LocalProtocolError: a value does not fit its element: a number above 65,535, an AE title above 16 characters; or
            it is empty where the message must have one.
    """
    layout = _BY_CLASS[type(message)]
    for attribute, assumed in layout.assumed.items():
        if assumed == "" and not getattr(message, attribute):
            raise LocalProtocolError(f"{message.NAME}: {BY_ATTRIBUTE[attribute].name} is empty")
    try:
        written = [part.write(part.number, getattr(message, part.attribute)) for part in layout.before]
        written.append(_ANNOUNCES_DATA_SET if has_data_set else _ANNOUNCES_NONE)
        written += [part.write(part.number, getattr(message, part.attribute)) for part in layout.after]
    except (struct_error, UnicodeEncodeError) as problem:
        raise LocalProtocolError(f"{message!r} cannot be encoded: {problem}") from problem
    body = b"".join(written)
    return _write_group_length(_GROUP_LENGTH, len(body)) + body


def decode_command(data: Buffer, spans: Span | None = None) -> tuple[Message, bool]:
    """Gives the message of a whole command set, and whether a data set follows.

    Args:
        data: the joined command fragments; not referred to afterwards.
        spans: a node that gets a child for each element; offsets count from its start. It holds what was read so far
            also when an error is raised.

    Raises:
        UnknownCommandField: the command set is sound, its Command Field unknown.
        CommandSetError: see the module. Offsets count from the first byte of the command set.
    """
    raw = bytes(data)
    values = _read_elements(raw, spans)
    command_field, data_set_type = values.get(_COMMAND_FIELD), values.get(_COMMAND_DATA_SET_TYPE)
    if command_field is None or data_set_type is None:
        absent = _COMMAND_FIELD if command_field is None else _COMMAND_DATA_SET_TYPE
        raise CommandSetError(BY_NUMBER[absent].name, len(raw), "is missing or has no value")
    has_data_set = data_set_type != NO_DATA_SET
    layout = _BY_COMMAND_FIELD.get(command_field)
    if layout is None:
        message_id = values.get(_MESSAGE_ID, values.get(_MESSAGE_ID_BEING_RESPONDED_TO))
        raise UnknownCommandField(command_field, message_id, has_data_set=has_data_set)
    if not values.keys() >= layout.mandatory:
        absent = min(layout.mandatory - values.keys())
        raise CommandSetError(BY_NUMBER[absent].name, len(raw), "is missing or has no value")
    attributes = layout.attributes
    arguments = {attributes[number]: value for number, value in values.items() if number in attributes}
    return layout.build(**{**layout.assumed, **arguments}), has_data_set


def _read_elements(raw: bytes, spans: Span | None) -> dict[int, Any]:
    values: dict[int, Any] = {}
    read_header, find_reader = HEADER.unpack_from, _READERS.get
    at, end = 0, len(raw)
    while at < end:
        value_at = at + 8
        if value_at > end:
            raise CommandSetError("Command element", at, f"{end - at} bytes left, an element begins with 8")
        group, number, length = read_header(raw, at)
        following = value_at + length
        if group or following > end:
            raise _unreadable(group, number, length, at, end)
        value = None
        if length and (read := find_reader(number)):
            value = read(raw, value_at, following)
            if value is not None and number not in values:
                values[number] = value
        if spans is not None:
            _note(spans, raw, at, following, values, value)
        at = following
    return values


def _unreadable(group: int, number: int, length: int, at: int, end: int) -> CommandSetError:
    if group:
        return CommandSetError("Command element", at, f"({group:04X},{number:04X}) is not in group 0000")
    row = BY_NUMBER.get(number)
    name = row.name if row else f"Element (0000,{number:04X})"
    if length == 0xFFFFFFFF:
        return CommandSetError(name, at + 4, "has undefined length")
    return CommandSetError(name, at + 4, f"length {length}, {end - at - HEADER.size} bytes left in the command set")


def _note(spans: Span, raw: bytes, at: int, following: int, values: dict[int, Any], value: Value | None) -> None:
    """Adds the span of an element, its value in words, and those of its tag, its length and its value."""
    number = HEADER.unpack_from(raw, at)[1]
    start, end = spans.start + at, spans.start + following
    value_at = start + HEADER.size
    row = BY_NUMBER.get(number)
    if value is None and row and row.vr not in _NUMBERS:
        value = raw[at + HEADER.size : following].decode("latin-1").strip("\0 ")
    if number == _STATUS and isinstance(value, int):
        value = describe(value, _NAMES.get(values.get(_COMMAND_FIELD, 0), "").removesuffix("-RSP"))
    elif number == _GROUP_LENGTH and value != len(raw) - following:
        value = f"{value}, but {len(raw) - following} bytes follow"
    name = f"{row.name}{', retired' if row.is_retired else ''}" if row else "Unknown element"
    tag = f"(0000,{number:04X})"
    element = Span(f"{name} {tag}", start, end, _in_words(number, value))
    element.children += [Span("Tag", start, start + 4, tag), Span("Length", start + 4, value_at, end - value_at)]
    if end > value_at:
        element.children.append(Span("Value", value_at, end, raw[at + HEADER.size : following]))
    spans.children.append(element)


def _in_words(number: int, value: Value | None) -> int | str | None:
    if isinstance(value, tuple):
        return " ".join(f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag in value)
    if not isinstance(value, int):
        return value
    if number == _COMMAND_FIELD:
        return f"{_NAMES.get(value, 'unknown')} ({value:04X}H)"
    if number == _COMMAND_DATA_SET_TYPE:
        return f"{'no data set' if value == NO_DATA_SET else 'data set follows'} ({value:04X}H)"
    if number == _PRIORITY:
        return f"{_PRIORITIES.get(value, 'unknown')} ({value:04X}H)"
    return value


# Retired elements have no reader: they are shown, not used, so nothing about them is an error.
_READERS: Final = {row.number: READERS[row.vr] for row in ELEMENTS if not row.is_retired}

# What an answer needs, or what there is no answer to.
_NOT_ASSUMED: Final = frozenset({"message_id", "message_id_being_responded_to", "status"})

_write_group_length: Final = WRITERS["UL"]
_ANNOUNCES_NONE: Final = WRITERS["US"](_COMMAND_DATA_SET_TYPE, NO_DATA_SET)
_ANNOUNCES_DATA_SET: Final = WRITERS["US"](_COMMAND_DATA_SET_TYPE, DATA_SET_PRESENT)


def _layout_of(kind: type[Message]) -> _Layout:
    defaults = {field.name: field.default for field in fields(kind)}
    required = [row for row in ELEMENTS if defaults.get(row.attribute) is MISSING]
    rows = [row for row in ELEMENTS if row.attribute in defaults]
    parts = [_Part(row.number, row.attribute, WRITERS[row.vr]) for row in rows]
    parts.append(_Part(_COMMAND_FIELD, "COMMAND_FIELD", WRITERS["US"]))
    parts.sort(key=lambda part: part.number)
    return _Layout(
        build=kind,
        before=tuple(part for part in parts if part.number < _COMMAND_DATA_SET_TYPE),
        after=tuple(part for part in parts if part.number > _COMMAND_DATA_SET_TYPE),
        attributes={row.number: row.attribute for row in rows},
        mandatory=frozenset(row.number for row in required if row.attribute in _NOT_ASSUMED),
        assumed={row.attribute: 0 if row.vr == "US" else "" for row in required if row.attribute not in _NOT_ASSUMED},
    )


_BY_CLASS: Final = {kind: _layout_of(kind) for kind in MESSAGES}
_BY_COMMAND_FIELD: Final = {kind.COMMAND_FIELD: _BY_CLASS[kind] for kind in MESSAGES}
_PRIORITIES: Final = {priority.value: priority.name.lower() for priority in Priority}
_NUMBERS: Final = frozenset({"UL", "US"})
_NAMES: Final = {kind.COMMAND_FIELD: kind.NAME for kind in MESSAGES}
