"""Identifiers and attribute lists that mean harm: answered, in little memory, and nobody else waits."""

import struct

import pytest

from tests.hostile.conftest import STORED
from tests.hostile.data_sets import at_level, deflated, element, items, many, nested
from tests.hostile.target import LOCAL, Target, others_are_served
from workbench.acse.contexts import propose
from workbench.dimse.messages import CFindRq, CGetRq, CMoveRq, NActionRq, NCreateRq, Request
from workbench.dimse.status import Category, category
from workbench.net.association import Association
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.services.commitment.references import COMMITMENT_INSTANCE, STORAGE_COMMITMENT
from workbench.services.procedure_step.scu import MODALITY_PERFORMED_PROCEDURE_STEP
from workbench.services.query.models import STUDY_ROOT
from workbench.services.ups.classes import UPS_PUSH, UPS_QUERY
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

pytestmark = pytest.mark.slow

IMPLICIT, EXPLICIT, DEFLATED = (
    IMPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
)
PATIENT_NAME, PATIENT_ID, STUDY_UID, SOP_UID = 0x00100010, 0x00100020, 0x0020000D, 0x00080018
MIB = 2**20

IDENTIFIERS = {
    "100,000 elements": (IMPLICIT, at_level("STUDY", many(100_000))),
    "elements without end": (IMPLICIT, at_level("STUDY", many(60_000) * 34)),
    "nested implicit": (IMPLICIT, nested(5000, is_explicit=False, is_undefined=False)),
    "nested implicit, undefined": (IMPLICIT, nested(5000, is_explicit=False, is_undefined=True)),
    "nested explicit": (EXPLICIT, nested(5000, is_explicit=True, is_undefined=False)),
    "nested explicit, undefined": (EXPLICIT, nested(5000, is_explicit=True, is_undefined=True)),
    "nested as deep as is taken": (IMPLICIT, at_level("STUDY", nested(60, is_explicit=False, is_undefined=True))),
    "items without end": (IMPLICIT, at_level("STUDY", items(30_000))),
    "a value of 20 MiB": (IMPLICIT, at_level("STUDY", element(PATIENT_NAME, "PN", b"A" * (20 * MIB)))),
    "a value of 900 KiB": (IMPLICIT, at_level("STUDY", element(PATIENT_NAME, "PN", b"*a" * (450 << 10)))),
    "UIDs without end": (IMPLICIT, at_level("STUDY", element(STUDY_UID, "UI", b"1.2\\" * (240 << 10)))),
    "backslashes without end": (IMPLICIT, at_level("STUDY", element(STUDY_UID, "UI", b"\\" * (300 << 10)))),
    "deflate bomb": (DEFLATED, deflated(bytes(32 * MIB))),
    "deflate bomb of elements": (DEFLATED, deflated(element(PATIENT_NAME, "PN", b"A", EXPLICIT) * 2**19)),
    "deflated garbage": (DEFLATED, b"\xff" * 5000),
    "truncated": (IMPLICIT, at_level("STUDY", element(PATIENT_NAME, "PN", b"A" * 100))[:-50]),
    "a length that points nowhere": (IMPLICIT, at_level("STUDY") + b"\x10\x00\x10\x00\xf0\xff\xff\xff"),
    "garbage": (EXPLICIT, bytes(range(256)) * 100),
    "unknown character set": (IMPLICIT, b"\x08\x00\x05\x00\x08\x00\x00\x00\xff\xfe\\\\\0\0;%" + at_level("STUDY")),
}


def tag_of(encoded: bytes) -> tuple[int, int]:
    group, number = struct.unpack_from("<HH", encoded)
    return group, number


async def ask(association: Association, message: Request, data: bytes) -> Reply:
    async with association.operation(message, data) as operation:
        return await operation.final_reply()


def request(association: Association, sop_class: str, command: str) -> Request:
    number = association.next_message_id()
    match command:
        case "find":
            return CFindRq(message_id=number, affected_sop_class_uid=sop_class)
        case "get":
            return CGetRq(message_id=number, affected_sop_class_uid=sop_class)
        case "move":
            return CMoveRq(message_id=number, affected_sop_class_uid=sop_class, move_destination="NOBODY")
        case "action":
            return NActionRq(
                message_id=number,
                requested_sop_class_uid=sop_class,
                requested_sop_instance_uid=COMMITMENT_INSTANCE,
                action_type_id=1,
            )
        case _:
            return NCreateRq(message_id=number, affected_sop_class_uid=sop_class, affected_sop_instance_uid="1.2.3")


NOT_MATCHED = {"UIDs without end", "backslashes without end", "unknown character set"}
"""What C-FIND answers without an error: lists of UIDs that nothing has, and what is as if it were not there."""

COSTLY = ("100,000 elements", "nested implicit", "items without end", "backslashes without end", "deflate bomb")


@pytest.mark.parametrize(
    ("command", "sop_class", "names"),
    [
        ("find", STUDY_ROOT.find, tuple(IDENTIFIERS)),
        ("get", STUDY_ROOT.get, COSTLY),
        ("move", STUDY_ROOT.move, COSTLY),
        ("find", UPS_QUERY, COSTLY),
        ("create", UPS_PUSH, COSTLY),
        ("create", MODALITY_PERFORMED_PROCEDURE_STEP, tuple(IDENTIFIERS)),
        ("action", STORAGE_COMMITMENT, COSTLY),
    ],
)
async def test_a_data_set_that_means_harm_is_refused_and_holds_nobody_up(
    target: Target, command: str, sop_class: str, names: tuple[str, ...]
) -> None:
    async with others_are_served(target, growth=200):
        for name in names:
            syntax, data = IDENTIFIERS[name]
            (contexts,) = propose([(sop_class, (syntax,))])
            async with connect(target.node, contexts, local=LOCAL) as association:
                if sop_class not in association.agreement.by_sop_class:
                    continue  # retrieval takes no deflated identifiers
                reply = await ask(association, request(association, sop_class, command), data)
            outcome = category(reply.message.status)
            is_matching = command == "find" and name in NOT_MATCHED
            assert outcome is (Category.SUCCESS if is_matching else Category.FAILURE), name
            assert is_matching or reply.message.error_comment, name


WILD_CARDS = (
    "*a" * 100,
    "*" * 500 + "b",
    "?" * 64,
    "*?" * 500,
    "a*" * 2000 + "!",
    "[a-z]*",
    "%",
    "_",
    "\\",
    "*'; DROP TABLE x --",
)


@pytest.mark.parametrize("tag", [PATIENT_NAME, PATIENT_ID, 0x00080050, 0x00081030, 0x00200010, 0x00080061])
async def test_no_pattern_takes_long_or_means_anything_to_the_database(target: Target, tag: int) -> None:
    (contexts,) = propose([(STUDY_ROOT.find, (IMPLICIT,))])
    async with others_are_served(target), connect(target.node, contexts, local=LOCAL) as association:
        for text in WILD_CARDS:
            keys = sorted([element(tag, "LO", text.encode()), element(0x00080052, "CS", b"STUDY")], key=tag_of)
            reply = await ask(association, request(association, STUDY_ROOT.find, "find"), b"".join(keys))
            assert reply.message.status in (0x0000, 0xA900), text
        identifier = at_level("STUDY", element(STUDY_UID, "UI", b""))
        async with association.operation(request(association, STUDY_ROOT.find, "find"), identifier) as operation:
            assert len([reply async for reply in operation]) == STORED + 1  # all that was there is still there
