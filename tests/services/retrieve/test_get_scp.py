"""C-GET served: the instances come over the association on which they are asked for."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.services.retrieve.archives import CT, MR, STUDY, Archive, cts, serving, wanted
from tests.services.servers import LOCAL, ScriptedStore
from tests.support.instances import data_set_bytes, make_instance
from workbench.dimse.messages import CStoreRq
from workbench.dimse.status import SUCCESS
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.encoding import decode_data_set
from workbench.services.offers import Offer
from workbench.services.query.models import (
    COMPOSITE_INSTANCE_ROOT,
    COMPOSITE_INSTANCE_WITHOUT_BULK_DATA,
    STUDY_ROOT,
    Model,
)
from workbench.services.retrieve.get import get, get_contexts
from workbench.services.retrieve.get_scp import GetScp
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"
MODELS = (STUDY_ROOT, COMPOSITE_INSTANCE_ROOT, COMPOSITE_INSTANCE_WITHOUT_BULK_DATA)


@asynccontextmanager
async def asking(
    archive: Archive,
    store: ScriptedStore,
    *,
    model: Model = STUDY_ROOT,
    sop_classes: Sequence[str] = (CT, MR),
    syntaxes: Sequence[str] = (EXPLICIT_VR_LITTLE_ENDIAN,),
    has_roles: bool = True,
    further: Sequence[Offer] = (),
) -> AsyncIterator[Association]:
    """Gives an association with an archive, on which a handler takes what comes."""
    (share,) = get_contexts(model, sop_classes, syntaxes)
    async with (
        serving(GetScp(MODELS, archive).offer, *further) as node,
        connect(
            node,
            share.contexts,
            local=LOCAL,
            handlers=store.handlers(),
            user_information=share.roles if has_roles else (),
        ) as association,
    ):
        yield association


async def test_every_instance_comes_byte_for_byte_over_the_same_association(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 20), ScriptedStore()
    async with asking(archive, store) as association, get(association, STUDY_ROOT, wanted()) as retrieval:
        counts = [(one.remaining, one.completed) async for one in retrieval]
    assert (retrieval.result.status, retrieval.result.completed) == (SUCCESS, 20)
    assert counts[0] == (20, 0)
    assert counts[-1] == (0, 20)
    assert store.instances == archive.uids
    assert store.received == [data_set_bytes(one.path) for one in archive.held]
    assert len(store.associations) == 1


async def test_without_the_scp_role_nothing_comes_and_the_result_says_why(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 2), ScriptedStore()
    async with (
        asking(archive, store, has_roles=False) as association,
        get(association, STUDY_ROOT, wanted()) as retrieval,
    ):
        result = await retrieval.finish()
    assert (result.status, result.failed, list(result.failed_uids)) == (0xA702, 2, archive.uids)
    assert "not with the SCP role" in result.words
    assert result.reason.endswith(
        "ARCHIVE accepted 2 storage SOP classes not at all, or not with the SCP role for us: "
        "instances of those cannot come by C-GET."
    )


async def test_instances_of_classes_that_were_not_negotiated_fail(tmp_path: Path) -> None:
    archive = Archive([make_instance(tmp_path, kind, study_uid=STUDY) for kind in ("CT", "MR", "US")])
    store = ScriptedStore(script=[0xB000, 0xA700])
    async with asking(archive, store) as association, get(association, STUDY_ROOT, wanted()) as retrieval:
        result = await retrieval.finish()
    assert (result.status, result.completed, result.warning, result.failed) == (0xB000, 0, 1, 2)
    assert list(result.failed_uids) == archive.uids[1:]


async def test_what_comes_in_another_syntax_is_converted(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 1), ScriptedStore()
    async with (
        asking(archive, store, syntaxes=[IMPLICIT_VR_LITTLE_ENDIAN]) as association,
        get(association, STUDY_ROOT, wanted()) as retrieval,
    ):
        result = await retrieval.finish()
    assert result.status == SUCCESS
    assert decode_data_set(store.received[0], IMPLICIT_VR_LITTLE_ENDIAN).SOPInstanceUID == archive.uids[0]


async def test_compressed_instances_are_not_decompressed(tmp_path: Path) -> None:
    archive = Archive([make_instance(tmp_path, "CT", JPEG_LOSSLESS, study_uid=STUDY)])
    store = ScriptedStore()
    async with asking(archive, store) as association, get(association, STUDY_ROOT, wanted()) as retrieval:
        refused = await retrieval.finish()
    async with (
        asking(archive, store, syntaxes=[EXPLICIT_VR_LITTLE_ENDIAN, JPEG_LOSSLESS]) as association,
        get(association, STUDY_ROOT, wanted()) as retrieval,
    ):
        result = await retrieval.finish()
    assert (refused.status, result.status) == (0xA702, SUCCESS)
    assert store.received == [data_set_bytes(archive.held[0].path)]


async def test_cancel_stops_after_the_sub_operation_under_way(tmp_path: Path) -> None:
    store = ScriptedStore()
    async with asking(cts(tmp_path, 50), store) as association:
        async with get(association, STUDY_ROOT, wanted()) as retrieval:
            async for progress in retrieval:
                if progress.completed:
                    break
        result = retrieval.result
        assert (result.status, result.completed) == (0xFE00, len(store.instances))
        assert result.remaining == 50 - result.completed > 0
        async with get(association, STUDY_ROOT, wanted(StudyInstanceUID="1.2.3")) as retrieval:
            assert (await retrieval.finish()).status == SUCCESS


async def test_requestor_that_goes_away_ends_it(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 20), ScriptedStore(script=[0, "abort"])
    with pytest.raises(Exception, match="the script says so"):
        async with asking(archive, store) as association, get(association, STUDY_ROOT, wanted()) as retrieval:
            await retrieval.finish()
    assert store.instances == archive.uids[:2]


async def test_composite_instance_root_asks_by_instance_alone(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 3), ScriptedStore()
    async with asking(archive, store, model=COMPOSITE_INSTANCE_ROOT) as association:
        identifier = wanted("IMAGE", SOPInstanceUID=archive.uids[:2])
        async with get(association, COMPOSITE_INSTANCE_ROOT, identifier) as retrieval:
            result = await retrieval.finish()
        frames = wanted("FRAME", SOPInstanceUID=archive.uids[0])
        async with get(association, COMPOSITE_INSTANCE_ROOT, frames) as retrieval:
            refused = await retrieval.finish()
    assert (result.status, store.instances) == (SUCCESS, archive.uids[:2])
    assert refused.words == (
        "AA01H Error: unable to create new object for this SOP class (instances of single frames cannot be made)"
    )


@pytest.mark.parametrize("syntax", [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, JPEG_LOSSLESS])
async def test_instances_come_without_bulk_data_when_asked_so(tmp_path: Path, syntax: str) -> None:
    model = COMPOSITE_INSTANCE_WITHOUT_BULK_DATA
    archive = Archive([make_instance(tmp_path, "CT", JPEG_LOSSLESS), make_instance(tmp_path, "CT")])
    store = ScriptedStore()
    async with (
        asking(archive, store, model=model, syntaxes=[syntax]) as association,
        get(association, model, wanted("IMAGE", SOPInstanceUID=archive.uids)) as retrieval,
    ):
        result = await retrieval.finish()
    assert (result.status, result.completed) == (SUCCESS, 2)
    for uid, data in zip(archive.uids, store.received, strict=True):
        data_set = decode_data_set(data, syntax)
        assert data_set.SOPInstanceUID == uid
        assert data_set.Rows == 32
        assert "PixelData" not in data_set


async def test_a_storage_service_beside_it_is_still_one(tmp_path: Path) -> None:
    kept, store = ScriptedStore(), ScriptedStore()
    storage = Offer(sop_classes={CT: None}, handlers={CStoreRq.COMMAND_FIELD: kept.handler})
    async with asking(cts(tmp_path, 1), store, has_roles=False, further=[storage]) as association:
        message = CStoreRq(message_id=1, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2.3")
        stored = await association.request(message, b"")
    async with asking(cts(tmp_path, 1), store, has_roles=False) as association:
        refused = await association.request(message, b"")
    assert (stored.message.status, refused.message.status) == (SUCCESS, 0x0211)
