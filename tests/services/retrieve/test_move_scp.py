"""C-MOVE served: what is asked for goes to the destination, with its counts; refusals and cancels."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dimse.encoded import MESSAGE_ID, element
from tests.services.retrieve.archives import asking, cts, known, moved, receiving, serving, wanted
from tests.services.servers import LOCAL, ScriptedStore
from tests.support.instances import data_set_bytes
from tests.support.peer import proposal, scripted_caller
from workbench.acse.extended import RetrieveOptions
from workbench.dimse.messages import CMoveRq, CMoveRsp, CStoreRq
from workbench.errors import StorageError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.services.encoding import encode_data_set
from workbench.services.query.models import PATIENT_ROOT, STUDY_ROOT, Model
from workbench.services.retrieve.move import move, move_contexts
from workbench.services.retrieve.move_scp import MoveScp
from workbench.services.retrieve.progress import RetrieveResult
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import ProposedContext
from workbench.upper_layer.pdu import AssociateAc, PDataTf, Pdv

JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"


async def test_every_instance_of_a_study_arrives_byte_for_byte(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 20), ScriptedStore()
    async with receiving(store.handler) as node, asking(archive, node) as association:
        result = await moved(association)
    assert (result.status, result.completed, result.failed, result.warning) == (0x0000, 20, 0, 0)
    assert result.reason == "0000H Success: sub-operations complete, no failures or warnings"
    assert store.instances == archive.uids
    assert store.received == [data_set_bytes(one.path) for one in archive.held]
    assert len(store.associations) == 1


async def test_sub_operations_name_who_invoked_the_move(tmp_path: Path) -> None:
    requests: list[CStoreRq] = []
    callers: list[str] = []

    async def store(request: IncomingRequest) -> AsyncIterator[Reply]:
        assert isinstance(request.message, CStoreRq)
        requests.append(request.message)
        callers.append(request.association.calling_ae_title)
        async for reply in ScriptedStore().handler(request):
            yield reply

    scp_local = replace(LOCAL, ae_title="THE-SCP")
    async with receiving(store) as node:
        scp = MoveScp([STUDY_ROOT], cts(tmp_path, 2), known(node), scp_local)
        async with (
            serving(scp.offer) as archive_node,
            connect(archive_node, move_contexts([STUDY_ROOT]), local=replace(LOCAL, ae_title="INVOKER")) as association,
        ):
            message = CMoveRq(
                message_id=77, affected_sop_class_uid=STUDY_ROOT.move, move_destination="DEST", priority=1
            )
            reply = await association.request(message, encode_data_set(wanted(), EXPLICIT_VR_LITTLE_ENDIAN))
    assert reply.message.status == 0x0000
    assert {one.move_originator_application_entity_title for one in requests} == {"INVOKER"}
    assert {one.move_originator_message_id for one in requests} == {77}
    assert {one.priority for one in requests} == {1}
    assert callers == ["THE-SCP"] * 2


async def test_pending_responses_count_down(tmp_path: Path) -> None:
    store = ScriptedStore(script=[0x0000, 0xB007, 0xA700])
    async with (
        receiving(store.handler) as node,
        asking(cts(tmp_path, 4), node) as association,
        move(association, STUDY_ROOT, wanted(), destination="DEST") as retrieval,
    ):
        counts = [(one.remaining, one.completed, one.warning, one.failed) async for one in retrieval]
    assert counts[0] == (4, 0, 0, 0)
    assert counts[-1] == (0, 2, 1, 1)
    assert all(sum(filter(None, each)) == 4 for each in counts)
    assert retrieval.result.status == 0xB000


async def test_pending_responses_come_as_often_as_was_wanted(tmp_path: Path) -> None:
    store = ScriptedStore()
    async with (
        receiving(store.handler) as node,
        asking(cts(tmp_path, 9), node, pending_every=4) as association,
        move(association, STUDY_ROOT, wanted(), destination="DEST") as retrieval,
    ):
        remaining = [one.remaining async for one in retrieval]
    assert remaining[0] == 9
    assert remaining[-1] == 0
    assert len(remaining) <= 4


async def test_what_does_not_match_is_an_empty_success(tmp_path: Path) -> None:
    async with receiving(ScriptedStore().handler) as node, asking(cts(tmp_path, 1), node) as association:
        message = CMoveRq(message_id=1, affected_sop_class_uid=STUDY_ROOT.move, move_destination="DEST")
        identifier = encode_data_set(wanted(StudyInstanceUID="1.2.3"), EXPLICIT_VR_LITTLE_ENDIAN)
        reply = await association.request(message, identifier)
        result = await moved(association, StudyInstanceUID="1.2.3")
    assert reply.message == CMoveRsp(
        message_id_being_responded_to=1,
        affected_sop_class_uid=STUDY_ROOT.move,
        status=0x0000,
        number_of_completed_suboperations=0,
        number_of_failed_suboperations=0,
        number_of_warning_suboperations=0,
    )
    assert result.reason.endswith("Nothing was transferred: ARCHIVE found nothing that matches the identifier.")


# Refusals


async def test_unknown_destination_is_refused_with_its_name(tmp_path: Path) -> None:
    archive = cts(tmp_path, 1)
    async with (
        receiving(ScriptedStore().handler) as node,
        asking(archive, replace(node, ae_title="dest")) as association,
    ):
        result = await moved(association)
    assert result.status == 0xA801
    assert result.words == "A801H Refused: move destination unknown ('DEST' is not a node of ARCHIVE)"
    assert archive.asked == []


@pytest.mark.parametrize("destination", [b"", element(0x0600, b""), element(0x0600, b"    ")])
async def test_a_request_without_a_destination_is_answered(tmp_path: Path, destination: bytes) -> None:
    syntax = EXPLICIT_VR_LITTLE_ENDIAN
    proposed = ProposedContext(context_id=1, abstract_syntax=STUDY_ROOT.move, transfer_syntaxes=(syntax,))
    sop_class = element(0x0002, STUDY_ROOT.move.encode() + bytes(len(STUDY_ROOT.move) % 2))
    command = sop_class + element(0x0100, b"\x21\0") + MESSAGE_ID + destination + element(0x0800, b"\1\0")
    offer = MoveScp([STUDY_ROOT], cts(tmp_path, 1), known(), LOCAL).offer
    async with serving(offer) as node, scripted_caller(node.port) as peer:
        peer.send(proposal(proposed))
        await peer.expect(AssociateAc)
        for is_command, data in ((True, command), (False, encode_data_set(wanted(), syntax))):
            peer.send(PDataTf(pdvs=(Pdv(context_id=1, is_command=is_command, is_last=True, data=data),)))
        answer = await peer.expect_message()
    assert isinstance(answer, CMoveRsp)
    assert (answer.status, answer.error_comment) == (0xA801, "there is no Move Destination")


async def test_an_unknown_vr_in_an_identifier_is_refused_with_its_place(tmp_path: Path) -> None:
    async with receiving(ScriptedStore().handler) as node, asking(cts(tmp_path, 1), node) as association:
        context = association.agreement.context_for(STUDY_ROOT.move)
        identifier = encode_data_set(wanted(), context.transfer_syntax).replace(b"\x0d\0UI", b"\x0d\0NQ")
        request = CMoveRq(message_id=1, affected_sop_class_uid=STUDY_ROOT.move, move_destination="DEST")
        reply = await association.request(request, identifier)
    assert reply.message.status == 0xA900
    assert reply.message.error_comment == "(0020,000D) at byte 14 has no known VR"


@pytest.mark.parametrize(
    ("model", "level", "keys", "comment"),
    [
        (STUDY_ROOT, "STUDY", {"StudyInstanceUID": ""}, "(0020,000D) Study Instance UID is missing"),
        (STUDY_ROOT, "SERIES", {"SeriesInstanceUID": "1.2"}, "(0020,000D) Study Instance UID is missing"),
        (STUDY_ROOT, "PATIENT", {"PatientID": "1"}, "(0008,0052) 'PATIENT' is not STUDY, SERIES, IMAGE"),
        (PATIENT_ROOT, "PATIENT", {"PatientID": "PH*"}, "(0010,0020) Patient ID: one value is needed"),
    ],
)
async def test_malformed_identifier_is_refused_with_its_key(
    tmp_path: Path, model: Model, level: str, keys: dict[str, str], comment: str
) -> None:
    async with (
        receiving(ScriptedStore().handler) as node,
        asking(cts(tmp_path, 1), node) as association,
        move(association, model, wanted(level, **keys), destination="DEST") as retrieval,
    ):
        result = await retrieval.finish()
    assert result.status == 0xA900
    assert result.words == f"A900H Error: identifier does not match SOP class ({comment})"
    assert result.reason.endswith(f"The identifier is not one of {model.name}: {comment}.")


async def test_request_without_identifier_is_refused(tmp_path: Path) -> None:
    async with receiving(ScriptedStore().handler) as node, asking(cts(tmp_path, 1), node) as association:
        message = CMoveRq(message_id=1, affected_sop_class_uid=STUDY_ROOT.move, move_destination="DEST")
        reply = await association.request(message)
        garbage = await association.request(replace(message, message_id=2), b"\x08\x00\x52\x00CS\xff\xff12")
    assert (reply.message.status, reply.message.error_comment) == (0xA900, "there is no identifier")
    assert garbage.message.status == 0xA900
    assert garbage.message.error_comment


async def test_keys_above_the_level_may_be_missing_once_that_is_negotiated(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 3), ScriptedStore()
    async with receiving(store.handler) as node:
        scp = MoveScp([STUDY_ROOT], archive, known(node), LOCAL)
        options = [RetrieveOptions(relational=True).item(STUDY_ROOT.move)]
        async with (
            serving(scp.offer) as peer,
            connect(peer, move_contexts([STUDY_ROOT]), local=LOCAL, user_information=options) as association,
        ):
            identifier = wanted("IMAGE", SOPInstanceUID=archive.uids[1:])
            async with move(association, STUDY_ROOT, identifier, destination="DEST") as retrieval:
                result = await retrieval.finish()
    assert (result.status, result.completed) == (0x0000, 2)
    assert store.instances == archive.uids[1:]


async def test_archive_that_cannot_look_up_says_so(tmp_path: Path) -> None:
    archive = cts(tmp_path, 1)
    archive.trouble = StorageError("the index is locked", path="")
    async with receiving(ScriptedStore().handler) as node, asking(archive, node) as association:
        result = await moved(association)
    assert result.words.startswith("A701H")
    assert "(the index is locked)" in result.words


# Cancel


async def test_cancel_stops_after_the_sub_operation_under_way(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 50), ScriptedStore()
    async with (
        receiving(store.handler) as node,
        asking(archive, node) as association,
        move(association, STUDY_ROOT, wanted(), destination="DEST") as retrieval,
    ):
        async for progress in retrieval:
            if progress.completed:
                break
        await retrieval.cancel()
        result = await retrieval.finish()
    assert result.status == 0xFE00
    assert 0 < result.completed == len(store.instances) < 50
    assert result.remaining == 50 - result.completed
    assert result.reason.endswith(
        f"{result.completed} instances were stored before, {result.remaining} were not begun."
    )


async def test_leaving_early_cancels(tmp_path: Path) -> None:
    store = ScriptedStore()
    async with receiving(store.handler) as node, asking(cts(tmp_path, 50), node) as association:
        async with move(association, STUDY_ROOT, wanted(), destination="DEST") as retrieval:
            async for _ in retrieval:
                break
        assert retrieval.result.status == 0xFE00
        again = await moved(association, StudyInstanceUID="1.2.3")  # the association is as good as before
    assert again.status == 0x0000
    assert len(store.instances) == retrieval.result.completed < 50


async def test_sub_operations_stop_when_the_invoker_goes_away(tmp_path: Path) -> None:
    store, ended = ScriptedStore(), asyncio.Event()

    def observe(association: Association) -> None:
        if association.end is not None:
            ended.set()

    async with receiving(store.handler, observer=observe) as node:
        with suppress(KeyError):
            async with (
                asking(cts(tmp_path, 80), node) as association,
                move(association, STUDY_ROOT, wanted(), destination="DEST") as retrieval,
            ):
                async for progress in retrieval:
                    if progress.completed:
                        raise KeyError
        async with asyncio.timeout(5):
            await ended.wait()
    assert 0 < len(store.instances) < 80


async def test_cancel_that_comes_while_instances_are_looked_up_begins_none(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 5), ScriptedStore()
    async with (
        receiving(store.handler) as node,
        asking(archive, node) as association,
        move(association, STUDY_ROOT, wanted(), destination="DEST") as retrieval,
    ):
        await retrieval.cancel()
        result = await retrieval.finish()
    assert (result.status, result.remaining, result.completed) == (0xFE00, 5, 0)
    assert store.instances == []


async def test_several_moves_go_on_at_once_where_the_window_allows_it(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 10), ScriptedStore()
    results: list[RetrieveResult] = []

    async def run(association: Association) -> None:
        results.append(await moved(association))

    async with receiving(store.handler) as node:
        scp = MoveScp([STUDY_ROOT], archive, known(node), LOCAL)
        async with (
            serving(scp.offer, window=(4, 1)) as peer,
            connect(peer, move_contexts([STUDY_ROOT]), local=LOCAL, window=(4, 1)) as association,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(4):
                group.create_task(run(association))
    assert [(one.status, one.completed) for one in results] == [(0x0000, 10)] * 4
    assert sorted(store.instances) == sorted(archive.uids * 4)
    assert len(store.associations) == 4
