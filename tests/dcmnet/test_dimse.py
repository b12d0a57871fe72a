"""Counterparts of DCMTK's tests of the DIMSE level."""

import struct

from workbench.dimse.command_set import decode_command, encode_command
from workbench.dimse.messages import CStoreRq
from workbench.dimse.status import Category, category
from workbench.trace.dissect import dissect
from workbench.trace.events import Direction, MessageEvent
from workbench.trace.summary import summary
from workbench.upper_layer.fields import Span


def values_of(span: Span) -> list[str]:
    return [str(span.value), *(text for child in span.children for text in values_of(child))]


def test_dcmnet_dimseDump_nullByte() -> None:
    """A NUL within a text of a command set neither ends what is shown nor reaches the screen as it is."""
    message = CStoreRq(
        message_id=1,
        affected_sop_class_uid="1.2.3",
        affected_sop_instance_uid="1.2.3.4",
        move_originator_application_entity_title="ab.cd",
    )
    command = encode_command(message, has_data_set=True).replace(b"ab.cd", b"ab\0cd")
    received, _ = decode_command(command)
    line = " ".join(summary(MessageEvent(1, 0.0, 1, Direction.RECEIVED, 1, received, True)))
    assert "C-STORE-RQ" in line
    pdv = struct.pack(">IBB", len(command) + 2, 1, 3) + command
    shown = values_of(dissect(struct.pack(">BBI", 4, 0, len(pdv)) + pdv, len(pdv) + 6))
    (title,) = [text for text in shown if "cd" in text]
    assert "ab" in title
    assert not any("\0" in text for text in [line, *shown])


def dcmtk_category(status: int) -> Category:
    """Gives the class by DCMTK's bit masks (dimse.h); what is in none of its classes is a failure here."""
    if status == 0x0000:
        return Category.SUCCESS
    if status & 0xF000 == 0xB000 or status in (0x0001, 0x0107, 0x0116):
        return Category.WARNING
    if status == 0xFE00:
        return Category.CANCEL
    if status in (0xFF00, 0xFF01):
        return Category.PENDING
    return Category.FAILURE


def test_dcmnet_dimseStatusClass() -> None:
    """Every status has its class. Better: one that the standard does not define is a failure, not nothing."""
    assert [category(status) for status in range(0x10000)] == [dcmtk_category(status) for status in range(0x10000)]
