"""Requests whose data sets were damaged: each is answered, none is an abort or a defect, none is kept broken."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.services.applications import application, asking
from tests.services.commitment.archives import Shelf, references
from tests.services.commitment.test_providing import ENABLED
from tests.services.procedure_step.test_scp import attributes, final
from tests.services.servers import LOCAL
from tests.services.test_availability import notification
from workbench.dimse.messages import NActionRq, NCreateRq, NEventReportRq, NGetRq, NSetRq, Request
from workbench.net.association import Association
from workbench.services.availability import INSTANCE_AVAILABILITY_NOTIFICATION, AvailabilityScp
from workbench.services.commitment import CommitmentListener, CommitmentScp
from workbench.services.commitment.providing import Reporting
from workbench.services.commitment.references import (
    COMMITMENT_INSTANCE,
    STORAGE_COMMITMENT,
    Verdict,
    report_data_set,
    request_data_set,
)
from workbench.services.encoding import encode_data_set
from workbench.services.offers import Offer
from workbench.services.procedure_step.scp import ProcedureStepScp
from workbench.services.procedure_step.scu import MODALITY_PERFORMED_PROCEDURE_STEP, MPPS_RETRIEVE, create_step

MPPS = MODALITY_PERFORMED_PROCEDURE_STEP
ROUNDS = 150
ANSWERS = {0x0000, 0x0001, 0x0105, 0x0106, 0x0110, 0x0111, 0x0112, 0x0115, 0x0117, 0x0120, 0x0121, 0x0131}


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Changes up to four bytes, or cuts, or repeats a part."""
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 5)):
        changed[chance.randrange(len(changed))] = chance.choice((0x00, 0xFF, 0x5C, 0x20, chance.randrange(256)))
    if chance.random() < 0.2:
        del changed[chance.randrange(len(changed)) :]
    if chance.random() < 0.1:
        changed += changed[chance.randrange(len(changed)) :] if changed else b""
    return bytes(changed)


@asynccontextmanager
async def providers(folder: Path) -> AsyncIterator[Association]:
    """Gives an association with an application that offers all of it."""
    (reference,) = references(1)
    listener = CommitmentListener()
    listener.expect([reference], "2.25.9")
    taking = Offer(sop_classes={STORAGE_COMMITMENT: None}, handlers=listener.handlers)
    never = Reporting(grace=60)
    commitment = CommitmentScp(folder / "c", Shelf(reference), local=ENABLED, nodes=lambda _: None, reporting=never)
    with AvailabilityScp(folder / "a") as availability:
        async with (
            commitment,
            ProcedureStepScp(folder / "s", local=LOCAL) as steps,
            application(steps.offer, availability.offer, commitment.offer, taking) as node,
            asking(node, MPPS, MPPS_RETRIEVE, INSTANCE_AVAILABILITY_NOTIFICATION, STORAGE_COMMITMENT) as association,
        ):
            yield association


def create(uid: str) -> Callable[[int], Request]:
    return lambda number: NCreateRq(
        message_id=number, affected_sop_class_uid=uid, affected_sop_instance_uid=f"1.2.{number}"
    )


def modify(number: int) -> Request:
    return NSetRq(message_id=number, requested_sop_class_uid=MPPS, requested_sop_instance_uid="1.2.9")


def act(number: int) -> Request:
    return NActionRq(
        message_id=number,
        requested_sop_class_uid=STORAGE_COMMITMENT,
        requested_sop_instance_uid=COMMITMENT_INSTANCE,
        action_type_id=1,
    )


def report(number: int) -> Request:
    return NEventReportRq(
        message_id=number,
        affected_sop_class_uid=STORAGE_COMMITMENT,
        affected_sop_instance_uid=COMMITMENT_INSTANCE,
        event_type_id=2,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("message", "context", "data_set"),
    [
        (create(MPPS), MPPS, attributes()),
        (modify, MPPS, final(CommentsOnThePerformedProcedureStep="all well")),
        (create(INSTANCE_AVAILABILITY_NOTIFICATION), INSTANCE_AVAILABILITY_NOTIFICATION, notification()),
        (act, STORAGE_COMMITMENT, request_data_set("2.25.1", references(1, 2, 3))),
        (
            report,
            STORAGE_COMMITMENT,
            report_data_set("2.25.9", [Verdict(each, 0x0110) for each in references(1, 2)])[1],
        ),
    ],
    ids=["N-CREATE step", "N-SET step", "N-CREATE notification", "N-ACTION commitment", "N-EVENT-REPORT commitment"],
)
async def test_every_damaged_request_is_answered(
    tmp_path: Path, message: Callable[[int], Request], context: str, data_set: Dataset
) -> None:
    chance, statuses = random.Random(context), set[int]()
    async with providers(tmp_path) as association:
        await create_step(association, attributes(), "1.2.9")
        chosen, retrieve = association.agreement.context_for(context), association.agreement.context_for(MPPS_RETRIEVE)
        whole = encode_data_set(data_set, chosen.transfer_syntax)
        for _ in range(ROUNDS):
            request = message(association.next_message_id())
            reply = await association.request(request, damaged(whole, chance), context=chosen)
            statuses.add(reply.message.status)
            uid = str(getattr(request, "affected_sop_instance_uid", "1.2.9"))
            get = NGetRq(
                message_id=association.next_message_id(),
                requested_sop_class_uid=MPPS_RETRIEVE,
                requested_sop_instance_uid=uid,
            )
            if context == MPPS and reply.message.status == 0:
                assert (await association.request(get, context=retrieve)).message.status == 0x0000
    assert statuses <= ANSWERS
    assert len(statuses) > 1
