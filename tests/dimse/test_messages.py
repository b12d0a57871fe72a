"""The 23 messages: names, command fields and elements; pynetdicom's tables are the witness."""

from dataclasses import FrozenInstanceError, fields

import pytest
from pydicom.datadict import dictionary_keyword
from pynetdicom import dimse_messages

from workbench.dimse.elements import BY_ATTRIBUTE
from workbench.dimse.messages import MESSAGES, CCancelRq, CEchoRq, CStoreRq, Message, Priority

# Written by the codec itself, so no message holds them.
BY_CODEC = {"CommandGroupLength", "CommandField", "CommandDataSetType"}

# PS3.7 Annex C lets every response describe its error; pynetdicom has each only where it is most usual.
DESCRIBES_ERRORS = {"ErrorComment", "ErrorID", "OffendingElement", "AttributeIdentifierList"}


def keywords(message: type[Message]) -> set[str]:
    return {dictionary_keyword(BY_ATTRIBUTE[field.name].number) for field in fields(message)}


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.NAME)
def test_messages_hold_the_elements_of_their_tables(message: type[Message]) -> None:
    # N-DELETE-RSP and the others name the class as "affected" in pynetdicom as well; N-GET-RQ and so on as "requested".
    witness = set(dimse_messages._COMMAND_SET_KEYWORDS[message.NAME]) - BY_CODEC
    assert keywords(message) - DESCRIBES_ERRORS == witness - DESCRIBES_ERRORS
    assert witness <= keywords(message)


def test_there_are_23_with_the_command_fields_of_the_standard() -> None:
    witness = {number: name for number, (name, _) in dimse_messages._MESSAGE_TYPES.items()}
    assert {message.COMMAND_FIELD: message.NAME for message in MESSAGES} == witness
    assert len(MESSAGES) == 23


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.NAME)
def test_responses_have_bit_15_set(message: type[Message]) -> None:
    assert message.IS_REQUEST == (message.COMMAND_FIELD & 0x8000 == 0) == message.NAME.endswith("-RQ")


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.NAME)
def test_responses_describe_errors(message: type[Message]) -> None:
    expected = set() if message.IS_REQUEST else {"ErrorComment", "ErrorID", "OffendingElement"}
    if message.NAME.startswith("N-") and not message.IS_REQUEST:
        expected.add("AttributeIdentifierList")
    assert expected <= keywords(message)


def test_messages_do_not_change() -> None:
    message = CEchoRq(message_id=1, affected_sop_class_uid="1.2.840.10008.1.1")
    with pytest.raises(FrozenInstanceError):
        message.message_id = 2  # type: ignore[misc]


def test_priority_is_medium_unless_told() -> None:
    message = CStoreRq(message_id=1, affected_sop_class_uid="1.2", affected_sop_instance_uid="1.2.3")
    assert message.priority == Priority.MEDIUM
    assert (Priority.MEDIUM, Priority.HIGH, Priority.LOW) == (0, 1, 2)


def test_a_cancel_names_the_operation_only() -> None:
    assert [field.name for field in fields(CCancelRq)] == ["message_id_being_responded_to"]
