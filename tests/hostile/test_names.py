"""Names that mean harm, in every UID and AE title that a peer gives: none becomes a path, none is kept."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.hostile.data_sets import element
from tests.hostile.target import LOCAL, Target, others_are_served
from tests.services.procedure_step.test_scp import attributes
from tests.services.ups.steps import new_step
from workbench.acse.contexts import propose
from workbench.dimse.messages import NActionRq, NCreateRq, NGetRq, NSetRq, Request
from workbench.dimse.status import Category, category
from workbench.net.requestor import connect
from workbench.services.commitment.references import COMMITMENT_INSTANCE, STORAGE_COMMITMENT
from workbench.services.encoding import encode_data_set
from workbench.services.procedure_step.scu import MODALITY_PERFORMED_PROCEDURE_STEP, MPPS_RETRIEVE
from workbench.services.ups.classes import UPS_PUSH
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

pytestmark = pytest.mark.slow

NAMES = (
    "../../escaped",
    "..",
    ".",
    "/escaped",
    "1.2/../../../escaped",
    "1.2\\escaped",
    "1.2.3\0.4",
    "1" * 65,
    "1." * 40 + "1",
    "1.2.3.dcm",
    "1..2",
    "CON",
    "%s%n",
    "'; DROP TABLE step; --",
    "\x1b[2J",
    "\u0661.\u0662".encode().decode("latin-1"),
)


def commitment_request(transaction_uid: str) -> bytes:
    item = element(0x00081150, "UI", b"1.2.3") + element(0x00081155, "UI", b"1.2.3.4")
    items = b"\xfe\xff\x00\xe0" + len(item).to_bytes(4, "little") + item
    uid = transaction_uid.encode("latin-1")
    return element(0x00081195, "UI", uid) + element(0x00081199, "SQ", items)


def encoded(data_set: Dataset) -> bytes:
    return encode_data_set(data_set, IMPLICIT_VR_LITTLE_ENDIAN)


def requests(name: str) -> Sequence[tuple[str, Request, bytes | None]]:
    step, mpps, upses = MODALITY_PERFORMED_PROCEDURE_STEP, encoded(attributes()), encoded(new_step())
    return (
        (step, NCreateRq(message_id=1, affected_sop_class_uid=step, affected_sop_instance_uid=name), mpps),
        (step, NSetRq(message_id=1, requested_sop_class_uid=step, requested_sop_instance_uid=name), mpps),
        (
            MPPS_RETRIEVE,
            NGetRq(message_id=1, requested_sop_class_uid=MPPS_RETRIEVE, requested_sop_instance_uid=name),
            None,
        ),
        (UPS_PUSH, NCreateRq(message_id=1, affected_sop_class_uid=UPS_PUSH, affected_sop_instance_uid=name), upses),
        (UPS_PUSH, NGetRq(message_id=1, requested_sop_class_uid=UPS_PUSH, requested_sop_instance_uid=name), None),
        (
            STORAGE_COMMITMENT,
            NActionRq(
                message_id=1,
                requested_sop_class_uid=STORAGE_COMMITMENT,
                requested_sop_instance_uid=COMMITMENT_INSTANCE,
                action_type_id=1,
            ),
            commitment_request(name),
        ),
    )


def files(folder: Path) -> set[str]:
    """Gives the files in the folder around the archive, but for those of databases."""
    return {str(path) for path in folder.parent.rglob("*") if ".sqlite" not in path.name}


async def test_no_uid_becomes_a_path(target: Target) -> None:
    before = files(target.folder)
    async with others_are_served(target):
        for name in NAMES:
            for sop_class, message, data in requests(name):
                (contexts,) = propose([(sop_class, (IMPLICIT_VR_LITTLE_ENDIAN,))])
                async with connect(target.node, contexts, local=LOCAL) as association:
                    reply = await association.request(message, data)
                status = reply.message.status
                assert category(status) is Category.FAILURE, f"{message.NAME} {name!r}: {status:04X}"
    assert files(target.folder) == before
