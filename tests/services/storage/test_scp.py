"""C-STORE, answered."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest

from tests.acse.requests import CT_IMAGE
from tests.services.applications import application, asking
from tests.services.servers import LOCAL, serve
from tests.storage.indexed import make_object
from tests.support.instances import data_set_bytes, make_instance, make_set
from tests.support.peer import Recording
from workbench.acse.contexts import propose_for_instances
from workbench.acse.extended import StorageOptions
from workbench.acse.policy import storage_policy
from workbench.config import Node
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CStoreRq
from workbench.errors import AssociationAborted, StorageError
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.services.storage.object_names import ObjectName, OfferedObject
from workbench.services.storage.scp import KEPT_AS_IT_COMES, ReceivedObject, StorageScp, Verdict
from workbench.services.storage.scu import MoveOriginator, store
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import Instance, scan
from workbench.trace.events import NotKeptEvent


@asynccontextmanager
async def storing(
    folder: Path,
    *instances: Instance,
    check: bool = True,
    ignore: bool = False,
    accept: Callable[[OfferedObject], Verdict | None] | None = None,
    name: ObjectName | None = None,
) -> AsyncIterator[tuple[Association, list[ReceivedObject]]]:
    """Gives an association with a storage SCP that has contexts for the instances, and what the SCP received."""
    received: list[ReceivedObject] = []
    os.makedirs(folder, exist_ok=True)
    scp = StorageScp(folder, on_received=received.append, check=check, ignore=ignore, accept=accept, name=name)
    needs = [(instance.sop_class_uid, instance.transfer_syntax_uid) for instance in instances]
    (contexts,) = propose_for_instances(needs)
    handlers = {CStoreRq.COMMAND_FIELD: scp.handler}
    async with serve(handlers) as node, connect(node, contexts, local=LOCAL) as association:
        yield association, received
    scp.close()


async def test_every_kind_of_object_arrives_byte_for_byte(tmp_path: Path) -> None:
    instances = [scan(path) for path in make_set(tmp_path)]
    async with storing(tmp_path / "archive", *instances) as (association, received):
        for instance in instances:
            result = await store(association, instance)
            assert (result.status, result.reason) == (0, "0000H Success")
            stored = received[-1]
            assert data_set_bytes(stored.path) == data_set_bytes(instance.path)
            meta = pydicom.dcmread(stored.path, stop_before_pixels=True).file_meta
            assert meta.TransferSyntaxUID == instance.transfer_syntax_uid
            assert meta.SourceApplicationEntityTitle == "TESTER"
    assert [one.sop_instance_uid for one in received] == [one.sop_instance_uid for one in instances]
    assert {one.length for one in received} == {one.length for one in instances}


async def test_an_application_entity_stores_by_offering_it(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path, "CT"))
    os.makedirs(tmp_path / "archive")
    scp = StorageScp(tmp_path / "archive")
    (contexts,) = propose_for_instances([(instance.sop_class_uid, instance.transfer_syntax_uid)])
    async with application(scp.offer) as node, connect(node, contexts, local=LOCAL) as association:
        assert (await store(association, instance)).status == 0x0000
    scp.close()


@pytest.mark.parametrize(("ignore", "told"), [(False, KEPT_AS_IT_COMES), (True, StorageOptions())])
async def test_a_requestor_that_asks_is_told_how_much_is_kept(
    tmp_path: Path, ignore: bool, told: StorageOptions
) -> None:
    scp = StorageScp(tmp_path, ignore=ignore)
    asked = [StorageOptions().item(CT_IMAGE)]
    async with application(scp.offer) as node, asking(node, CT_IMAGE, user_information=asked) as association:
        assert StorageOptions.agreed(association.agreement.extended, CT_IMAGE) == told
    scp.close()


async def test_large_object_streams(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path, "CT", size_bytes=5 << 20))
    told: list[int] = []
    async with storing(tmp_path / "archive", instance) as (association, received):
        await store(association, instance, progress=told.append)
    assert data_set_bytes(received[0].path) == data_set_bytes(instance.path)
    assert told == sorted(told)
    assert told[-1] == instance.length


async def test_object_is_on_disk_when_success_arrives(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path, "CT"))
    archive = tmp_path / "archive"
    async with storing(archive, instance) as (association, _):
        await store(association, instance)
        assert [path.name for path in archive.iterdir()] == [f"CT.{instance.sop_instance_uid}"]


async def test_second_copy_replaces_the_first(tmp_path: Path) -> None:
    first = scan(make_instance(tmp_path / "1", "CT", sop_instance_uid="1.2.3", size_bytes=2000))
    second = scan(make_instance(tmp_path / "2", "CT", sop_instance_uid="1.2.3", size_bytes=9000))
    async with storing(tmp_path / "archive", first, second) as (association, received):
        for instance in (first, second):
            assert (await store(association, instance)).status == 0
    assert data_set_bytes(received[1].path) == data_set_bytes(second.path)


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"sop_instance_uid": "../../pwned"}, 0xC000, "not a UID"),
        ({"sop_instance_uid": "1.2." + "3" * 70}, 0xC000, "not a UID"),
        ({"sop_instance_uid": "1.2.3"}, 0xA900, "SOP Instance UID"),
    ],
)
async def test_wrong_instance_uid_is_refused_and_leaves_nothing(
    tmp_path: Path, changes: dict[str, str], status: int, reason: str
) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    archive = tmp_path / "archive"
    async with storing(archive, instance) as (association, received):
        result = await store(association, replace(instance, **changes))  # type: ignore[arg-type]
        assert result.status == status
        assert reason in result.reason
        assert (await store(association, instance)).status == 0  # the association lives
    assert [one.status for one in received] == [status, 0]
    assert (received[0].path, reason in received[0].reason) == ("", True)
    assert len(list(archive.iterdir())) == 1


async def test_object_of_another_class_than_its_context_is_refused(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    async with storing(tmp_path / "archive", instance) as (association, _):
        (context,) = association.agreement.contexts.values()
        message = CStoreRq(
            message_id=1, affected_sop_class_uid="1.2.840.10008.5.1.4.1.1.4", affected_sop_instance_uid="1.2"
        )
        reply = await association.request(message, data_set_bytes(instance.path), context=context)
        assert reply.message.status == 0x0122
        reply = await association.request(replace(message, message_id=2), None, context=context)
        assert reply.message.status == 0x0122
        message = replace(message, message_id=3, affected_sop_class_uid=instance.sop_class_uid)
        reply = await association.request(message, None, context=context)
        assert (reply.message.status, reply.message.error_comment) == (0xC000, "there is no data set")


@pytest.mark.parametrize("cut", [1, 3000])
async def test_cut_object_is_refused_unless_the_check_is_off(tmp_path: Path, cut: int) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT", size_bytes=3 << 20))
    data = data_set_bytes(instance.path)[:-cut]
    async with storing(tmp_path / "archive", instance) as (association, received):
        assert (await store(association, instance, data_set=data)).status == 0xC000
    assert received[0].path == ""
    async with storing(tmp_path / "archive", instance, check=False) as (association, received):
        assert (await store(association, instance, data_set=data)).status == 0
    assert data_set_bytes(received[0].path) == data


async def test_empty_data_set_is_refused(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    async with storing(tmp_path / "archive", instance) as (association, _):
        result = await store(association, instance, data_set=b"")
    assert "the data set is empty" in result.reason


async def test_ignored_objects_are_answered_and_not_kept(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    async with storing(tmp_path / "archive", instance, ignore=True) as (association, received):
        assert (await store(association, instance)).status == 0
    assert list((tmp_path / "archive").iterdir()) == []
    assert received[0].length == instance.length
    assert (received[0].is_not_kept, received[0].reason) == (True, "acknowledged, not kept")


async def test_each_success_without_a_file_is_marked_in_the_trace(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    scp = StorageScp(tmp_path, ignore=True)
    recording = Recording()
    (contexts,) = propose_for_instances([(instance.sop_class_uid, instance.transfer_syntax_uid)])
    policy = storage_policy(storage_sop_classes())
    handlers = {CStoreRq.COMMAND_FIELD: scp.handler}
    async with ScpServer(LOCAL, policy, handlers, recorder=recording.recorder) as server:
        node = Node(name="test", host=server.address[0], port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL) as association:
            for _ in range(2):
                await store(association, instance)
    scp.close()
    marks = [event for event in recording.events if isinstance(event, NotKeptEvent)]
    assert [(mark.message_id, mark.sop_instance_uid) for mark in marks] == [
        (1, instance.sop_instance_uid),
        (2, instance.sop_instance_uid),
    ]


async def test_hook_refuses_or_warns_and_only_what_is_refused_is_missing(tmp_path: Path) -> None:
    instances = [scan(make_instance(tmp_path / f"{number}.dcm", "CT")) for number in range(3)]
    asked: list[OfferedObject] = []

    def judge(offered: OfferedObject) -> Verdict | None:
        asked.append(offered)
        return [None, Verdict(0xB000, "ID coerced"), Verdict(0xA700, "quota used up")][len(asked) - 1]

    results = []
    async with storing(tmp_path / "archive", *instances[:1], accept=judge) as (association, received):
        for instance in instances:
            result = await store(association, instance, originator=MoveOriginator("ASKER", 9))
            results.append((result.status, result.reason))
    assert results == [
        (0x0000, "0000H Success"),
        (0xB000, "B000H Warning: coercion of data elements (ID coerced)"),
        (0xA700, "A700H Refused: out of resources (quota used up)"),
    ]
    assert [bool(one.path) for one in received] == [True, True, False]
    assert not any(one.is_not_kept for one in received)
    assert len(list((tmp_path / "archive").iterdir())) == 2
    first = asked[0]
    assert (first.calling_ae_title, first.sop_instance_uid) == ("TESTER", instances[0].sop_instance_uid)
    assert (first.move_originator, first.transfer_syntax_uid) == ("ASKER", instances[0].transfer_syntax_uid)


async def test_files_are_named_by_the_hook(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    async with storing(tmp_path / "archive", instance, name=lambda _: "latest.dcm") as (association, received):
        assert (await store(association, instance)).status == 0
        assert (await store(association, instance)).status == 0  # the same object again replaces itself
    assert [path.name for path in (tmp_path / "archive").iterdir()] == ["latest.dcm"]
    assert data_set_bytes(received[1].path) == data_set_bytes(instance.path)


async def test_name_of_another_object_refuses_and_replaces_nothing(tmp_path: Path) -> None:
    first, second = (scan(make_instance(tmp_path / f"{number}", "CT")) for number in range(2))
    async with storing(tmp_path / "archive", first, name=lambda _: "latest.dcm") as (association, received):
        assert (await store(association, first)).status == 0
        refused = await store(association, second)
    assert (refused.status, "another object has that file name" in refused.reason) == (0xA700, True)
    assert data_set_bytes(received[0].path) == data_set_bytes(first.path)


@pytest.mark.parametrize("name", ["../up.dcm", "", ".hidden", "a/b", "x" * 300])
async def test_name_that_is_none_refuses_the_object(tmp_path: Path, name: str) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    async with storing(tmp_path / "archive", instance, name=lambda _: name) as (association, _):
        assert (await store(association, instance)).status == 0xA700
    assert list((tmp_path / "archive").iterdir()) == []


async def test_full_disk_is_answered_and_the_next_object_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with storing(tmp_path / "archive", instance) as (association, received):
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            result = await store(association, instance)
        assert (result.status, "No space left" in result.reason) == (0xA700, True)
        assert list((tmp_path / "archive").iterdir()) == []
        assert (await store(association, instance)).status == 0
    assert [one.status for one in received] == [0xA700, 0]


async def test_transfer_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT", size_bytes=8 << 20))
    archive = tmp_path / "archive"

    async def never_ending() -> None:
        async with storing(archive, instance) as (association, received):

            class Stalling:
                length = 100 << 20

                async def chunks(self, size: int) -> AsyncIterator[bytes]:
                    for _ in range(4):
                        yield data_set_bytes(instance.path)[:size]
                    while not list(archive.glob(".*.part")):  # noqa: ASYNC110 - the server is the one that is waited for
                        await asyncio.sleep(0.01)
                    association.abort(cause="broken off")
                    yield b"more"

            with pytest.raises(AssociationAborted):
                await store(association, instance, data_set=Stalling())
        assert received == []

    await never_ending()
    await asyncio.get_running_loop().shutdown_default_executor()
    assert list(archive.iterdir()) == []


async def test_missing_folder_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such folder"):
        StorageScp(tmp_path / "missing")


async def test_objects_are_in_the_index_of_the_archive(tmp_path: Path) -> None:
    for name in ("files", "archive", "other"):
        (tmp_path / name).mkdir()
    instances = [scan(path) for path in make_set(tmp_path / "files")]
    with InstanceIndex.open(tmp_path / "archive") as index:
        with pytest.raises(StorageError, match="index is that of another folder"):
            StorageScp(tmp_path / "other", index=index)
        scp = StorageScp(tmp_path / "archive", index=index)
        (contexts,) = propose_for_instances([(one.sop_class_uid, one.transfer_syntax_uid) for one in instances])
        handlers = {CStoreRq.COMMAND_FIELD: scp.handler}
        async with serve(handlers) as node, connect(node, contexts, local=LOCAL) as association:
            for number, instance in enumerate(instances):
                assert (await store(association, instance)).status == 0
                assert len(list(index.instances())) == number + 1
        scp.close()
        assert list(index.check()) == []


async def test_of_two_objects_with_one_uid_none_is_lost_whoever_comes_first(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    kinds = {"StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.2.1", "SOPInstanceUID": "1.2.3"}
    paths = [make_object(tmp_path / str(number), PatientComments=str(number), **kinds) for number in range(6)]
    instances = [scan(path) for path in paths]
    received: list[ReceivedObject] = []
    with InstanceIndex.open(tmp_path / "archive") as index:
        scp = StorageScp(tmp_path / "archive", index=index, on_received=received.append)
        (contexts,) = propose_for_instances([(one.sop_class_uid, one.transfer_syntax_uid) for one in instances])
        async with serve({CStoreRq.COMMAND_FIELD: scp.handler}) as node, AsyncExitStack() as stack:
            several = [await stack.enter_async_context(connect(node, contexts, local=LOCAL)) for _ in instances]
            results = await asyncio.gather(*map(store, several, instances))
        scp.close()
        assert [result.status for result in results] == [0] * 6
        kept = [one.replaced for one in received if one.replaced]
        assert len(kept) == 5
        there = {data_set_bytes(path) for path in (*kept, str(tmp_path / "archive" / "CT.1.2.3"))}
        assert there == {data_set_bytes(path) for path in paths}
        assert index.reread("1.2.3") is not None
