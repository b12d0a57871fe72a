"""The command elements: tag, value representation and name of everything that group 0000 may hold (PS3.7 Annex E).

This table is the only place that knows a command element; the messages name its rows by `attribute`, the codec and the
span tree take everything else from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class CommandElement:
    """One row of PS3.7 Annex E.

    Attributes:
        number: the element number; the group is always 0000H.
        vr: value representation, not sent since command sets are implicit VR little endian (PS3.7 6.3.1).
        name: the standard's name.
        attribute: the name spelt as Python, by which messages hold the value.
        is_retired: listed in E.2; read for display only, never sent.
    """

    number: int
    vr: str
    name: str
    attribute: str
    is_retired: bool = False


# PS3.7 E.1, Registry of DICOM command elements
_CURRENT: Final = (
    CommandElement(0x0000, "UL", "Command Group Length", "command_group_length"),
    CommandElement(0x0002, "UI", "Affected SOP Class UID", "affected_sop_class_uid"),
    CommandElement(0x0003, "UI", "Requested SOP Class UID", "requested_sop_class_uid"),
    CommandElement(0x0100, "US", "Command Field", "command_field"),
    CommandElement(0x0110, "US", "Message ID", "message_id"),
    CommandElement(0x0120, "US", "Message ID Being Responded To", "message_id_being_responded_to"),
    CommandElement(0x0600, "AE", "Move Destination", "move_destination"),
    CommandElement(0x0700, "US", "Priority", "priority"),
    CommandElement(0x0800, "US", "Command Data Set Type", "command_data_set_type"),
    CommandElement(0x0900, "US", "Status", "status"),
    CommandElement(0x0901, "AT", "Offending Element", "offending_element"),
    CommandElement(0x0902, "LO", "Error Comment", "error_comment"),
    CommandElement(0x0903, "US", "Error ID", "error_id"),
    CommandElement(0x1000, "UI", "Affected SOP Instance UID", "affected_sop_instance_uid"),
    CommandElement(0x1001, "UI", "Requested SOP Instance UID", "requested_sop_instance_uid"),
    CommandElement(0x1002, "US", "Event Type ID", "event_type_id"),
    CommandElement(0x1005, "AT", "Attribute Identifier List", "attribute_identifier_list"),
    CommandElement(0x1008, "US", "Action Type ID", "action_type_id"),
    CommandElement(0x1020, "US", "Number of Remaining Sub-operations", "number_of_remaining_suboperations"),
    CommandElement(0x1021, "US", "Number of Completed Sub-operations", "number_of_completed_suboperations"),
    CommandElement(0x1022, "US", "Number of Failed Sub-operations", "number_of_failed_suboperations"),
    CommandElement(0x1023, "US", "Number of Warning Sub-operations", "number_of_warning_suboperations"),
    CommandElement(
        0x1030, "AE", "Move Originator Application Entity Title", "move_originator_application_entity_title"
    ),
    CommandElement(0x1031, "US", "Move Originator Message ID", "move_originator_message_id"),
)

# PS3.7 E.2, Retired command fields
_RETIRED: Final = (
    CommandElement(0x0001, "UL", "Command Length to End", "command_length_to_end", is_retired=True),
    CommandElement(0x0010, "SH", "Command Recognition Code", "command_recognition_code", is_retired=True),
    CommandElement(0x0200, "AE", "Initiator", "initiator", is_retired=True),
    CommandElement(0x0300, "AE", "Receiver", "receiver", is_retired=True),
    CommandElement(0x0400, "AE", "Find Location", "find_location", is_retired=True),
    CommandElement(0x0850, "US", "Number of Matches", "number_of_matches", is_retired=True),
    CommandElement(0x0860, "US", "Response Sequence Number", "response_sequence_number", is_retired=True),
    CommandElement(0x4000, "LT", "Dialog Receiver", "dialog_receiver", is_retired=True),
    CommandElement(0x4010, "LT", "Terminal Type", "terminal_type", is_retired=True),
    CommandElement(0x5010, "SH", "Message Set ID", "message_set_id", is_retired=True),
    CommandElement(0x5020, "SH", "End Message ID", "end_message_id", is_retired=True),
    CommandElement(0x5110, "LT", "Display Format", "display_format", is_retired=True),
    CommandElement(0x5120, "LT", "Page Position ID", "page_position_id", is_retired=True),
    CommandElement(0x5130, "CS", "Text Format ID", "text_format_id", is_retired=True),
    CommandElement(0x5140, "CS", "Normal/Reverse", "normal_reverse", is_retired=True),
    CommandElement(0x5150, "CS", "Add Gray Scale", "add_gray_scale", is_retired=True),
    CommandElement(0x5160, "CS", "Borders", "borders", is_retired=True),
    CommandElement(0x5170, "IS", "Copies", "copies", is_retired=True),
    CommandElement(0x5180, "CS", "Command Magnification Type", "command_magnification_type", is_retired=True),
    CommandElement(0x5190, "CS", "Erase", "erase", is_retired=True),
    CommandElement(0x51A0, "CS", "Print", "print", is_retired=True),
    CommandElement(0x51B0, "US", "Overlays", "overlays", is_retired=True),
)

ELEMENTS: Final[tuple[CommandElement, ...]] = tuple(sorted(_CURRENT + _RETIRED, key=lambda row: row.number))
"""All rows, ascending by element number."""

BY_NUMBER: Final[Mapping[int, CommandElement]] = MappingProxyType({row.number: row for row in ELEMENTS})
BY_ATTRIBUTE: Final[Mapping[str, CommandElement]] = MappingProxyType({row.attribute: row for row in ELEMENTS})
