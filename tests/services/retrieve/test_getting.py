"""C-GET with its associations: everything comes once, over as few as it takes, and what came is told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest

from tests.services.retrieve.archives import CT, MR, STUDY, Archive, cts, serving, wanted
from tests.services.servers import LOCAL, ScriptedStore
from tests.support.instances import data_set_bytes, make_instance
from workbench.acse.contexts import UNCOMPRESSED
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.dimse.messages import CGetRq
from workbench.dimse.status import SUCCESS
from workbench.errors import AssociationRejected, NoAcceptedContext
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.offers import Offer
from workbench.services.query.models import PATIENT_ROOT, STUDY_ROOT
from workbench.services.retrieve.get_scp import GetScp
from workbench.services.retrieve.getting import GetFrom
from workbench.services.storage.scp import StorageScp
from workbench.services.transcoding.conversion import Conversion
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.pdu import AssociateRj, AssociateRq

JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"


class Peer:
    """An archive that counts the associations it had."""

    def __init__(self, archive: Archive, *, conversion: Conversion = Conversion.UNCOMPRESSED) -> None:
        self.archive = archive
        self.scp = GetScp([STUDY_ROOT], archive, conversion=conversion)
        self.associations: set[int] = set()

    @asynccontextmanager
    async def node(self) -> AsyncIterator[Node]:
        """Serves it."""
        async with serving(self.scp.offer, observer=self._observe) as node:
            yield node

    def _observe(self, association: Association) -> None:
        self.associations.add(association.number)


async def test_a_storage_scp_takes_what_comes(tmp_path: Path) -> None:
    peer, folder = Peer(cts(tmp_path / "archive", 5)), tmp_path / "received"
    folder.mkdir()
    storage = StorageScp(folder)
    async with peer.node() as node:
        getting = GetFrom(node, STUDY_ROOT, wanted(), local=LOCAL, receive=storage.handler, sop_classes=[CT])
        async with getting:
            counts = [(one.completed, one.remaining) async for one in getting]
    storage.close()
    assert (getting.result.status, getting.result.completed) == (SUCCESS, 5)
    assert counts[-1] == (5, 0)
    assert len(peer.associations) == 1
    stored = {data_set_bytes(path) for path in folder.iterdir() if path.is_file() and path.stat().st_size > 1000}
    assert stored == {data_set_bytes(one.path) for one in peer.archive.held}
    for path in folder.glob("CT.*"):
        assert pydicom.dcmread(path).file_meta.SourceApplicationEntityTitle == "ARCHIVE"


async def test_what_one_association_cannot_bring_comes_over_the_next(tmp_path: Path) -> None:
    classes = [f"1.2.3.{number}" for number in range(126)]  # with CT, those of the first association
    archive = Archive([make_instance(tmp_path, kind, study_uid=STUDY) for kind in ("CT", "MR", "CT", "US")])
    peer, store = Peer(archive), ScriptedStore()
    async with peer.node() as node:
        getting = GetFrom(
            node,
            STUDY_ROOT,
            wanted(),
            local=LOCAL,
            receive=store.handler,
            sop_classes=[CT, *classes, MR],
            transfer_syntaxes=UNCOMPRESSED,
        )
        async with getting:
            result = await getting.finish()
    assert (result.status, result.completed, result.failed) == (0xB000, 3, 1)
    assert result.failed_uids == (archive.uids[3],)
    assert result.reason.endswith("3 instances came over 2 associations, 1 did not come.")
    assert sorted(store.instances) == sorted(archive.uids[:3])
    assert len(peer.associations) == 2


async def test_further_associations_are_left_out_when_nothing_is_missing(tmp_path: Path) -> None:
    peer, store = Peer(cts(tmp_path, 2)), ScriptedStore()
    async with (
        peer.node() as node,
        GetFrom(node, STUDY_ROOT, wanted(), local=LOCAL, receive=store.handler) as getting,
    ):
        result = await getting.finish()
    assert (result.status, result.completed) == (SUCCESS, 2)
    assert len(peer.associations) == 1


async def test_compressed_instances_come_over_their_own_contexts_and_others_once(tmp_path: Path) -> None:
    paths = [
        make_instance(tmp_path, "CT", syntax, study_uid=STUDY) for syntax in (JPEG_LOSSLESS, EXPLICIT_VR_LITTLE_ENDIAN)
    ]
    peer, store = Peer(Archive(paths)), ScriptedStore()
    classes = [CT, *(f"1.2.3.{number}" for number in range(126))]
    async with (
        peer.node() as node,
        GetFrom(
            node,
            STUDY_ROOT,
            wanted(),
            local=LOCAL,
            receive=store.handler,
            sop_classes=classes,
            # The second association could bring the uncompressed one again, as what it is there.
            transfer_syntaxes=[EXPLICIT_VR_LITTLE_ENDIAN, JPEG_LOSSLESS],
        ) as getting,
    ):
        result = await getting.finish()
    assert (result.status, result.completed, result.failed) == (SUCCESS, 2, 0)
    assert sorted(store.received) == sorted(data_set_bytes(path) for path in paths)
    assert len(store.associations) == 2


async def test_leaving_early_cancels_and_releases(tmp_path: Path) -> None:
    peer, store = Peer(cts(tmp_path, 50)), ScriptedStore()
    async with (
        peer.node() as node,
        GetFrom(node, STUDY_ROOT, wanted(), local=LOCAL, receive=store.handler, sop_classes=[CT]) as getting,
    ):
        async for progress in getting:
            if progress.completed:
                break
    assert getting.result.status == 0xFE00
    assert getting.result.completed == len(store.instances) < 50


async def test_cancel_lets_the_result_come(tmp_path: Path) -> None:
    peer, store = Peer(cts(tmp_path, 50)), ScriptedStore()
    async with (
        peer.node() as node,
        GetFrom(node, STUDY_ROOT, wanted(), local=LOCAL, receive=store.handler, sop_classes=[CT]) as getting,
    ):
        async for progress in getting:
            if progress.completed:
                await getting.cancel()
    assert getting.result.status == 0xFE00
    assert len(peer.associations) == 1


async def test_what_our_handler_refuses_has_failed(tmp_path: Path) -> None:
    peer, store = Peer(cts(tmp_path, 3)), ScriptedStore(script=[0, 0xA700])
    async with (
        peer.node() as node,
        GetFrom(
            node,
            STUDY_ROOT,
            wanted(),
            local=LOCAL,
            receive=store.handler,
            sop_classes=[CT],
            transfer_syntaxes=[EXPLICIT_VR_LITTLE_ENDIAN],
        ) as getting,
    ):
        result = await getting.finish()
    assert (result.status, result.completed, result.failed) == (0xB000, 2, 1)
    assert result.failed_uids == (peer.archive.uids[1],)


async def test_success_of_a_peer_that_sent_nothing_is_told(tmp_path: Path) -> None:
    async def pretend(request: IncomingRequest) -> AsyncIterator[Reply]:
        yield Reply(message=respond(request.message, SUCCESS, number_of_completed_suboperations=7))

    offer = Offer(sop_classes={STUDY_ROOT.get: None}, handlers={CGetRq.COMMAND_FIELD: pretend})
    async with (
        serving(offer) as node,
        GetFrom(node, STUDY_ROOT, wanted(), local=LOCAL, receive=ScriptedStore().handler, sop_classes=[CT]) as getting,
    ):
        result = await getting.finish()
    assert "ARCHIVE counts 7 as stored, but nothing arrived at TESTER" in result.reason


async def test_peer_without_c_get_or_without_us_is_an_error(tmp_path: Path) -> None:
    peer, store = Peer(cts(tmp_path, 1)), ScriptedStore()
    async with peer.node() as node:
        with pytest.raises(NoAcceptedContext):
            async with GetFrom(node, PATIENT_ROOT, wanted(), local=LOCAL, receive=store.handler) as getting:
                await getting.finish()
    with pytest.raises(AssociationRejected):
        async with (
            rejecting() as node,
            GetFrom(node, STUDY_ROOT, wanted(), local=LOCAL, receive=store.handler) as getting,
        ):
            await getting.finish()


@asynccontextmanager
async def rejecting() -> AsyncIterator[Node]:
    """Gives a node that serves nobody."""
    async with serving(local=replace(LOCAL, allowed_hosts=())) as node:
        yield node


async def test_progress_never_falls_while_further_associations_may_bring_more(tmp_path: Path) -> None:
    kinds = [("CT", EXPLICIT_VR_LITTLE_ENDIAN), ("CT", JPEG_LOSSLESS), ("MR", EXPLICIT_VR_LITTLE_ENDIAN)]
    archive = Archive([make_instance(tmp_path, kind, syntax, study_uid=STUDY) for kind, syntax in kinds])
    async with (
        Peer(archive).node() as node,
        GetFrom(node, STUDY_ROOT, wanted(), local=LOCAL, receive=ScriptedStore().handler) as getting,
    ):
        counts = [(one.performed, one.total) async for one in getting]
    assert counts == sorted(counts)
    assert {total for _, total in counts} == {3}
    assert (getting.result.status, getting.result.completed) == (SUCCESS, 3)


async def test_further_association_that_is_refused_is_told_and_what_came_is_kept(tmp_path: Path) -> None:
    admitted: list[Association] = []

    def admit(association: Association, _: AssociateRq) -> AssociateRj | None:
        admitted.append(association)
        return None if len(admitted) == 1 else AssociateRj(result=2, source=3, reason=2)

    archive = Archive(
        [
            make_instance(tmp_path, "CT", syntax, study_uid=STUDY)
            for syntax in (JPEG_LOSSLESS, EXPLICIT_VR_LITTLE_ENDIAN)
        ]
    )
    store = ScriptedStore()
    async with (
        serving(GetScp([STUDY_ROOT], archive).offer, admit=admit) as node,
        GetFrom(node, STUDY_ROOT, wanted(), local=LOCAL, receive=store.handler) as getting,
    ):
        result = await getting.finish()
    assert (result.status, result.completed, result.failed) == (0xB000, 1, 1)
    assert result.failed_uids == (archive.uids[0],)
    assert result.reason.endswith(
        "1 instance came over 1 association, 1 did not come. A further association failed: "
        "local limit exceeded (2/3/2), rejected transiently by the service-provider (presentation)."
    )
    assert store.instances == [archive.uids[1]]
