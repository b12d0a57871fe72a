"""The SCP over the wire: answers, and what is kept."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.services.servers import LOCAL
from tests.services.ups.serving import Watcher, copy_of, serving
from tests.services.ups.steps import LOCK, NOW, OTHER_LOCK, UID, code, data_set, new_step, performed
from workbench.acse.contexts import propose
from workbench.config import Node
from workbench.dimse.messages import CFindRq, NActionRq
from workbench.errors import StatusError, StorageError
from workbench.net.requestor import connect
from workbench.services.encoding import encode_data_set
from workbench.services.normalized import n_action, n_create, n_delete, n_get
from workbench.services.offers import serve
from workbench.services.ups.classes import UPS_PULL, UPS_PUSH
from workbench.services.ups.scp import UpsScp
from workbench.services.ups.scu import (
    change_state,
    create_ups,
    get_ups,
    query_ups,
    request_cancel,
    set_ups,
    subscribe,
    unsubscribe,
)
from workbench.services.ups.states import State
from workbench.services.ups.store import FILE_NAME, Store
from workbench.services.ups.workitems import Workitem

IN_PROGRESS, COMPLETED, CANCELED = State.IN_PROGRESS, State.COMPLETED, State.CANCELED


async def test_a_step_goes_its_way_and_is_told(tmp_path: Path) -> None:
    async with Watcher().listening() as watcher, serving(tmp_path, watcher) as (scp, peer):
        statuses = [
            (await subscribe(peer, "WATCHER", lock=True)).status,
            (await create_ups(peer, new_step(ScheduledStationNameCodeSequence=[code()]), UID)).status,
            (await set_ups(peer, UID, data_set(InputReadinessState="READY"))).status,
            (await change_state(peer, UID, IN_PROGRESS, LOCK)).status,
            (await set_ups(peer, UID, performed(), OTHER_LOCK)).status,
            (await change_state(peer, UID, COMPLETED, LOCK)).status,
            (await set_ups(peer, UID, performed(), LOCK)).status,
            (await change_state(peer, UID, COMPLETED, OTHER_LOCK)).status,
            (await change_state(peer, UID, COMPLETED, LOCK)).status,
            (await change_state(peer, UID, COMPLETED, LOCK)).status,
        ]
        await scp.drained()
    assert statuses == [0, 0, 0, 0, 0xC301, 0xC304, 0, 0xC301, 0, 0xB306]
    assert watcher.told == ["SCHEDULED", "ASSIGNED", "IN PROGRESS", "COMPLETED"]
    assert {event.sop_instance_uid for event in watcher.events} == {UID}


async def test_what_was_answered_is_there_after_a_crash(tmp_path: Path) -> None:
    async with Watcher().listening() as watcher:
        async with serving(tmp_path, watcher) as (_, peer):
            assert (await subscribe(peer, "WATCHER")).is_done
            assert (await create_ups(peer, new_step(ProcedureStepLabel="Prüfung"), UID)).is_done
            assert (await change_state(peer, UID, IN_PROGRESS, LOCK)).is_done
            crashed = copy_of(tmp_path)
        async with serving(crashed, watcher) as (scp, peer):
            assert (scp.steps[0].state, scp.steps[0].data_set.ProcedureStepLabel) == (IN_PROGRESS, "Prüfung")
            assert scp.subscribers == {"WATCHER"}
            assert (await change_state(peer, UID, CANCELED, LOCK)).is_done
            await scp.drained()
    assert watcher.told[-2:] == ["SCP_STATUS_CHANGE", "CANCELED"]
    assert watcher.events[-2].information.SubscriptionListStatus == "WARM START"


async def test_the_same_step_is_created_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, peer):
        assert (await create_ups(peer, new_step(), UID)).status == 0
        assert (await create_ups(peer, new_step(), UID)).status == 0x0111
        unnamed = await n_create(peer, UPS_PUSH, None, new_step())
    assert unnamed.status == 0
    assert unnamed.message.affected_sop_instance_uid  # type: ignore[union-attr]


async def test_a_creation_that_lacks_attributes_lists_them(tmp_path: Path) -> None:
    step = new_step()
    del step.WorklistLabel, step.ScheduledProcedureStepPriority
    async with serving(tmp_path) as (scp, peer):
        result = await create_ups(peer, step, UID)
    assert result.status == 0x0120
    assert result.message.attribute_identifier_list == (0x00741200, 0x00741202)  # type: ignore[union-attr]
    assert result.message.error_comment == "(0074,1200) is missing: Scheduled Procedure Step Priority"
    assert scp.steps == ()


async def test_of_two_performers_one_gets_the_step(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, peer):
        await create_ups(peer, new_step(), UID)
        first = await change_state(peer, UID, IN_PROGRESS, LOCK)
        second = await change_state(peer, UID, IN_PROGRESS, OTHER_LOCK)
        again = await change_state(peer, UID, IN_PROGRESS, LOCK)
    assert [first.status, second.status, again.status] == [0, 0xC301, 0xC302]


async def test_attributes_are_given_but_for_the_lock(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, peer):
        await create_ups(peer, new_step(PatientName="Äneas"), UID)
        await change_state(peer, UID, IN_PROGRESS, LOCK)
        everything = await get_ups(peer, UID)
        some = await get_ups(peer, UID, [0x00080005, 0x00100010, 0x0020000D])
        more = await get_ups(peer, UID, [0x00741000, 0x00081195, 0x00102180])
        nothing = await get_ups(peer, "1.2.3.999", [0x00741000])
    assert everything.status == 0
    assert everything.data_set is not None
    assert (everything.data_set.ProcedureStepState, "TransactionUID" in everything.data_set) == ("IN PROGRESS", False)
    assert some.status == 0
    assert some.data_set == data_set(SpecificCharacterSet="ISO_IR 192", PatientName="Äneas", StudyInstanceUID="")
    assert (more.status, more.data_set) == (0x0001, data_set(ProcedureStepState="IN PROGRESS"))
    assert more.message.attribute_identifier_list == (0x00081195, 0x00102180)  # type: ignore[union-attr]
    assert (nothing.status, nothing.data_set) == (0xC307, None)


async def test_the_worklist_is_searched(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, peer):
        await create_ups(peer, new_step(PatientName="Doe^Jane"), UID)
        await create_ups(peer, new_step(PatientName="Roe^Jane"))
        async with query_ups(peer, data_set(PatientName="doe*", SOPInstanceUID="", SOPClassUID="")) as query:
            (found,) = [match.data_set async for match in query]
    assert (found.SOPInstanceUID, found.SOPClassUID) == (UID, UPS_PUSH)


@pytest.mark.parametrize(("context", "named"), [(UPS_PUSH, UPS_PUSH), (UPS_PULL, UPS_PUSH)])
async def test_a_query_is_of_the_class_that_was_negotiated(tmp_path: Path, context: str, named: str) -> None:
    async with serving(tmp_path) as (_, peer):
        chosen = peer.agreement.context_for(context)
        identifier = encode_data_set(data_set(PatientName=""), chosen.transfer_syntax)
        message = CFindRq(message_id=1, affected_sop_class_uid=named)
        reply = await peer.request(message, identifier, context=chosen)
    assert reply.message.status == 0x0122


async def test_what_is_not_of_the_service_is_answered(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, peer):
        await create_ups(peer, new_step(), UID)
        context = peer.agreement.context_for(UPS_PULL)
        statuses = [
            (await n_action(peer, UPS_PUSH, UID, 9, context=context)).status,
            (await n_action(peer, UPS_PUSH, UID, 1, Dataset(), context=context)).status,
            (await n_get(peer, UPS_PULL, UID)).status,
            (await n_delete(peer, UPS_PUSH, UID)).status,
        ]
        broken = NActionRq(
            message_id=7, requested_sop_class_uid=UPS_PUSH, requested_sop_instance_uid=UID, action_type_id=1
        )
        reply = await peer.request(broken, b"\x10\x00\x10\x00\xff\x00\x00\x00AB")
    assert statuses == [0x0123, 0x0115, 0x0119, 0x0211]
    assert reply.message.status == 0x0110


def test_a_folder_that_is_damaged_is_named_and_let_go(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.commit([Workitem(sop_instance_uid=UID, data_set=new_step())], [], {})
    store.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as database:
        database.execute("UPDATE step SET data_set = x'1000'")
        database.commit()
    for _ in range(2):
        with pytest.raises(StorageError, match="damaged"):
            UpsScp(tmp_path, LOCAL)


@pytest.mark.parametrize(("decision", "status", "state"), [(True, 0, CANCELED), (False, 0xC313, IN_PROGRESS)])
async def test_the_application_decides_about_steps_that_it_performs(
    tmp_path: Path, *, decision: bool, status: int, state: State
) -> None:
    async with serving(tmp_path, performer=lambda _uid, _request: decision) as (scp, peer):
        await scp.create(new_step(), UID)
        await scp.change_state(UID, "IN PROGRESS", LOCK)
        assert (await request_cancel(peer, UID)).status == status
        assert scp.steps[0].state is state


async def test_the_application_works_on_the_list_as_a_peer_does(tmp_path: Path) -> None:
    async with Watcher().listening() as watcher, serving(tmp_path, watcher) as (scp, peer):
        await subscribe(peer, "WATCHER")
        await scp.create(new_step(), UID)
        await scp.modify(UID, data_set(InputReadinessState="INCOMPLETE"))
        await scp.request_cancel(UID, "US", Dataset())
        with pytest.raises(StatusError, match="no longer be updated"):
            await scp.modify(UID, data_set(InputReadinessState="READY"))
        await scp.drained()
    assert watcher.told == ["SCHEDULED", "SCHEDULED", "IN PROGRESS", "CANCELED"]


async def test_an_ended_step_is_kept_for_its_time_and_as_long_as_it_is_locked(tmp_path: Path) -> None:
    now = [NOW]

    def moving() -> datetime:
        return now[0]

    async with (
        Watcher().listening() as watcher,
        serving(tmp_path, watcher, clock=moving, retention=60.0) as (scp, peer),
    ):
        await create_ups(peer, new_step(), UID)
        await subscribe(peer, "WATCHER", UID, lock=True)
        await request_cancel(peer, UID)
        now[0] += timedelta(seconds=59)
        await scp.purge(60.0)
        assert len(scp.steps) == 1
        now[0] += timedelta(seconds=2)
        assert await scp.purge(60.0) == 0
        assert (await get_ups(peer, UID)).status == 0
        assert (await unsubscribe(peer, "WATCHER", UID)).status == 0
        assert (await get_ups(peer, UID)).status == 0xC307
        await scp.drained()
    store = Store(tmp_path)
    assert store.steps() == []
    store.close()


async def test_locks_can_be_refused(tmp_path: Path) -> None:
    async with Watcher().listening() as watcher, serving(tmp_path, watcher, grants_locks=False) as (scp, peer):
        await create_ups(peer, new_step(), UID)
        assert (await subscribe(peer, "WATCHER", UID, lock=True)).status == 0xB301
        assert not scp.steps[0].is_locked
        await scp.drained()


async def test_what_the_disk_does_not_take_is_neither_answered_with_success_nor_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as (scp, peer):
        await create_ups(peer, new_step(), UID)
        with monkeypatch.context() as patched:
            patched.setattr("workbench.services.ups.store.json.dumps", lambda _: object())
            result = await change_state(peer, UID, IN_PROGRESS, LOCK)
        assert (result.status, scp.steps[0].state) == (0x0110, State.SCHEDULED)
        assert (await change_state(peer, UID, IN_PROGRESS, LOCK)).status == 0


async def test_a_step_is_taken_in_no_syntax_of_compressed_images(tmp_path: Path) -> None:
    (contexts,) = propose([(UPS_PUSH, ("1.2.840.10008.1.2.4.50",)), (UPS_PULL, ("1.2.840.10008.1.2.2",))])
    async with UpsScp(tmp_path, LOCAL) as scp, serve(LOCAL, [scp.offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, contexts, local=LOCAL) as association:
            assert list(association.agreement.by_sop_class) == [UPS_PULL]
            assert (await get_ups(association, UID)).status == 0xC307
