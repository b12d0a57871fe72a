"""Each of the 23 command sets is, byte for byte, the one that pynetdicom sends."""

from dataclasses import fields
from io import BytesIO
from typing import Any

import pytest
from pydicom.datadict import dictionary_keyword
from pynetdicom import dimse_messages, dimse_primitives

from workbench.dimse.command_set import decode_command, encode_command
from workbench.dimse.elements import BY_ATTRIBUTE
from workbench.dimse.messages import MESSAGES, Message, Priority


def by_pynetdicom(message: Message, *, has_data_set: bool) -> bytes:
    """The command set that pynetdicom sends for the same message."""
    name = message.NAME.replace("-", "_")
    service = name.removesuffix("_RQ").removesuffix("_RSP")
    primitive = getattr(dimse_primitives, service)()
    for field in fields(message):
        value = getattr(message, field.name)
        if value is not None:
            setattr(primitive, dictionary_keyword(BY_ATTRIBUTE[field.name].number), value)
    if has_data_set:
        setattr(primitive, dimse_messages._DATASET_KEYWORDS[name], BytesIO(b"data set"))
    encoder = getattr(dimse_messages, name)()
    encoder.primitive_to_message(primitive)
    pdv = next(encoder.encode_msg(1, 0)).presentation_data_value_list[0][1]
    return bytes(pdv[1:])  # without the message control header


def with_all_that_pynetdicom_sends(kind: type[Message]) -> Message:
    """A message with a value in every element that pynetdicom's message of this name may hold."""
    examples: dict[str, Any] = {
        "UI": "1.2.840.10008.1.1",
        "US": 0x1002,
        "AE": "ODD",
        "LO": "a comment",
        "AT": [0x00100010, 0x00100020],
    }
    values: dict[str, Any] = {}
    for field in fields(kind):
        row = BY_ATTRIBUTE[field.name]
        if dictionary_keyword(row.number) in dimse_messages._COMMAND_SET_KEYWORDS[kind.NAME]:
            values[field.name] = examples[row.vr]
    if "priority" in values:
        values["priority"] = Priority.HIGH
    if "status" in values:
        values["status"] = 0x0110
    return kind(**values)


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.NAME)
def test_every_message_is_encoded_as_by_pynetdicom(kind: type[Message]) -> None:
    message = with_all_that_pynetdicom_sends(kind)
    has_data_set = kind.NAME.replace("-", "_") in dimse_messages._DATASET_KEYWORDS
    encoded = by_pynetdicom(message, has_data_set=has_data_set)
    assert encode_command(message, has_data_set=has_data_set) == encoded
    decoded, announced = decode_command(encoded)
    assert announced == has_data_set
    assert encode_command(decoded, has_data_set=has_data_set) == encoded
