"""An archive as one application entity: what is stored is found, retrieved, committed; what is told is kept."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.servers import LOCAL
from tests.services.worklist.samples import entry
from tests.support.instances import make_instance
from workbench.acse.contexts import propose
from workbench.acse.extended import QueryOptions
from workbench.config import LocalAe, Node
from workbench.dimse.messages import CFindRq, CStoreRq
from workbench.errors import NoAcceptedContext, StorageError
from workbench.net.requestor import connect
from workbench.services.archive import ArchiveScp, accepted_classes, may_be_new_storage
from workbench.services.commitment import Reference, commit
from workbench.services.normalized import n_get
from workbench.services.offers import serve
from workbench.services.query.find import find, find_contexts, find_options, query_for
from workbench.services.query.models import MODALITY_WORKLIST, STUDY_ROOT
from workbench.services.retrieve.getting import GetFrom
from workbench.services.retrieve.orchestrate import orchestrate
from workbench.services.storage.scp import StorageScp
from workbench.services.storage.sending import Sending
from workbench.services.worklist.scu import query_worklist
from workbench.services.worklist.table import WorklistTable
from workbench.storage.part10 import Instance, scan
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

POLICY = {"accept_unlisted": may_be_new_storage}
ARCHIVE = replace(LOCAL, ae_title="ARCHIVE")


@asynccontextmanager
async def archive(
    folder: Path, *, local: LocalAe = ARCHIVE, nodes: Callable[[], list[Node]] = list
) -> AsyncIterator[Node]:
    async with ArchiveScp(folder, local=local, nodes=nodes) as scp, serve(local, scp.offers, policy=POLICY) as server:
        yield Node(name="archive", host="127.0.0.1", port=server.address[1], ae_title=local.ae_title)


@pytest.fixture
def instances(tmp_path: Path) -> list[Instance]:
    folder = tmp_path / "instances"
    folder.mkdir()
    return [scan(make_instance(folder, modality)) for modality in ("CT", "MR")]


async def studies(node: Node) -> list[str]:
    async with (
        connect(node, find_contexts([STUDY_ROOT]), local=LOCAL) as association,
        find(association, STUDY_ROOT, query_for("STUDY")) as query,
    ):
        return [str(match.data_set.StudyInstanceUID) async for match in query]


async def test_what_is_stored_is_found_and_comes_back(tmp_path: Path, instances: list[Instance]) -> None:
    back = tmp_path / "back"
    back.mkdir()
    async with archive(tmp_path / "archive") as node:
        summary = await Sending(instances, node, LOCAL).run()
        assert summary.stored == 2
        found = await studies(node)
        assert len(found) == len(set(found)) > 0
        storage = StorageScp(back)
        for uid in found:
            identifier = query_for("STUDY", StudyInstanceUID=uid)
            async with GetFrom(node, STUDY_ROOT, identifier, local=LOCAL, receive=storage.handler) as retrieval:
                assert (await retrieval.finish()).is_complete
        storage.close()
    assert {scan(path).sop_instance_uid for path in back.iterdir()} == {each.sop_instance_uid for each in instances}


async def test_it_sends_to_its_nodes_and_to_nobody_else(tmp_path: Path, instances: list[Instance]) -> None:
    nodes: list[Node] = []
    async with archive(tmp_path / "there", local=replace(LOCAL, ae_title="THERE")) as there:
        nodes.append(there)
        async with archive(tmp_path / "archive", nodes=lambda: nodes) as node:
            await Sending(instances[:1], node, LOCAL).run()
            (uid,) = await studies(node)
            wanted = query_for("STUDY", StudyInstanceUID=uid)
            async with orchestrate(node, there, wanted, local=LOCAL) as retrieval:
                assert (await retrieval.finish()).is_complete
            assert await studies(there) == [uid]
            stranger = replace(there, ae_title="STRANGER")
            async with orchestrate(node, stranger, wanted, local=LOCAL) as retrieval:
                refused = await retrieval.finish()
    assert refused.status == 0xA801
    assert "STRANGER" in refused.reason


async def test_commitment_is_off_until_it_is_enabled(tmp_path: Path, instances: list[Instance]) -> None:
    wanted = [Reference(each.sop_class_uid, each.sop_instance_uid) for each in instances]
    async with archive(tmp_path / "archive") as node:
        with pytest.raises(NoAcceptedContext):
            await commit(node, wanted, local=LOCAL)
    async with archive(tmp_path / "archive", local=replace(ARCHIVE, commitment=True)) as node:
        await Sending(instances[:1], node, LOCAL).run()
        result = await commit(node, wanted, local=LOCAL, patience=10)
    assert [each.sop_instance_uid for each in result.committed] == [instances[0].sop_instance_uid]
    assert [each.reference.sop_instance_uid for each in result.failed] == [instances[1].sop_instance_uid]


async def test_the_worklist_is_served_where_it_has_a_source(tmp_path: Path) -> None:
    table = WorklistTable(tmp_path / "worklist.json")
    table.add(entry(1, patient_name="DOE^JOHN"))
    async with (
        ArchiveScp(tmp_path / "archive", local=ARCHIVE, worklist=[table]) as scp,
        serve(ARCHIVE, scp.offers, policy=POLICY) as server,
    ):
        node = Node(name="archive", host="127.0.0.1", port=server.address[1], ae_title="ARCHIVE")
        async with connect(node, find_contexts([MODALITY_WORKLIST]), local=LOCAL) as association:
            worklist = await query_worklist(association, modality="CT")
    assert [entry.patient_name for entry in worklist.entries] == ["DOE^JOHN"]


@pytest.mark.parametrize("has_worklist", [False, True])
@pytest.mark.parametrize("commitment", [False, True])
async def test_what_will_be_offered_can_be_told_before(tmp_path: Path, commitment: bool, has_worklist: bool) -> None:
    local = replace(ARCHIVE, commitment=commitment)
    worklist = [WorklistTable(tmp_path / "worklist.json")] if has_worklist else []
    async with ArchiveScp(tmp_path / "archive", local=local, worklist=worklist) as scp:
        offered = {uid for offer in scp.offers for uid in offer.sop_classes}
    assert sorted(accepted_classes(local, has_worklist=has_worklist)) == sorted(offered)


async def test_what_it_keeps_beside_the_objects_is_answered_too(tmp_path: Path) -> None:
    steps = "1.2.840.10008.3.1.2.3.3"
    (contexts,) = propose([(steps, (IMPLICIT_VR_LITTLE_ENDIAN,))])
    async with archive(tmp_path / "archive") as node, connect(node, contexts, local=LOCAL) as association:
        assert (await n_get(association, steps, "1.2.3")).status in (0x0112, 0x0211, 0x0122)


async def test_an_object_in_the_archive_is_there_after_the_next_start(
    tmp_path: Path, instances: list[Instance]
) -> None:
    async with archive(tmp_path / "archive") as node:
        await Sending(instances, node, LOCAL).run()
        before = await studies(node)
    async with archive(tmp_path / "archive") as node:
        assert sorted(await studies(node)) == sorted(before)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot be made"):
        async with ArchiveScp(tmp_path / "file" / "archive", local=ARCHIVE):
            pass


INVENTORY_FIND = "1.2.840.10008.5.1.4.1.1.201.2"
PRIVATE = "1.2.826.0.1.3680043.10.1.7"


async def test_of_the_classes_that_nobody_lists_only_storage_is_let_in_and_only_stored(tmp_path: Path) -> None:
    (contexts,) = propose([(uid, (IMPLICIT_VR_LITTLE_ENDIAN,)) for uid in (INVENTORY_FIND, PRIVATE)])
    async with archive(tmp_path / "archive") as node, connect(node, contexts, local=LOCAL) as association:
        assert [each.abstract_syntax for each in association.agreement.contexts.values()] == [PRIVATE]
        asked = CFindRq(message_id=1, affected_sop_class_uid=PRIVATE)
        assert (await association.request(asked, b"")).message.status == 0x0211
        store = CStoreRq(message_id=2, affected_sop_class_uid=PRIVATE, affected_sop_instance_uid="no UID")
        assert (await association.request(store, b"")).message.status == 0xC000


async def test_what_a_query_may_ask_for_beyond_the_baseline_is_granted(tmp_path: Path) -> None:
    wanted = QueryOptions(relational=True, date_time=True, fuzzy=True)
    items = find_options([STUDY_ROOT], wanted)
    contexts = find_contexts([STUDY_ROOT])
    async with (
        archive(tmp_path / "archive") as node,
        connect(node, contexts, local=LOCAL, user_information=items) as association,
    ):
        agreed = QueryOptions.agreed(association.agreement.extended, STUDY_ROOT.find)
        assert (agreed.relational, agreed.date_time, agreed.fuzzy) == (True, True, True)
        relational = query_for("IMAGE", PatientID="*")
        async with find(association, STUDY_ROOT, relational) as query:
            assert [match async for match in query] == []
        assert query.result is not None
        assert query.result.status == 0x0000
