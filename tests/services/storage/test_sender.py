"""The seams of one sender, where an association ends between two objects."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.servers import LOCAL, ScriptedStore, serve
from tests.support.instances import make_instance
from tests.support.peer import Recording, ScriptedListener, ScriptedPeer, acceptance, local_ae, scripted_listener
from workbench.acse.policy import storage_policy
from workbench.dictionary import storage_sop_classes
from workbench.dimse.answers import respond
from workbench.dimse.messages import CStoreRq, CStoreRsp
from workbench.errors import WorkbenchError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.storage.outcomes import Outcome
from workbench.services.storage.sender import MOST_LOSSES
from workbench.services.storage.sending import Sending
from workbench.storage.part10 import Instance, scan
from workbench.trace.events import NoteEvent
from workbench.upper_layer.items import AsynchronousOperationsWindow
from workbench.upper_layer.pdu import Abort, AssociateRq, PDataTf, ReleaseRp, ReleaseRq


async def test_association_that_ends_between_two_objects_costs_neither(tmp_path: Path) -> None:
    instances = [scan(make_instance(tmp_path / str(number), "CT")) for number in range(4)]
    theirs: list[Association] = []
    script = ScriptedStore()
    async with serve(script.handlers(), observer=theirs.append) as node:
        sending = Sending(instances, node, LOCAL)
        sending.observer = _Disturber(sending, theirs)
        summary = await sending.run()
    assert (summary.stored, summary.failed) == (4, 0)
    assert len(script.associations) == 2


class _Disturber:
    """Aborts our association as soon as the second object is stored, before the third is begun."""

    def __init__(self, sending: Sending, theirs: list[Association]) -> None:
        self._sending = sending

    def association_opened(self, *_: object) -> None: ...

    def association_ended(self, *_: object) -> None: ...

    def started(self, *_: object) -> None: ...

    def progress(self, *_: object) -> None: ...

    def sent(self, *_: object) -> None: ...

    def finished(self, index: int, outcome: Outcome) -> None:
        if index == 1:
            self._sending.senders[0].abort("cut by the test")


async def test_losses_count_only_without_progress_between_them(tmp_path: Path) -> None:
    losses = MOST_LOSSES + 2
    instances = [scan(make_instance(tmp_path / str(number), "CT")) for number in range(2 * losses)]
    script = ScriptedStore([0, "abort"] * losses)
    async with serve(script.handlers()) as node:
        summary = await Sending(instances, node, LOCAL).run()
    assert (summary.stored, summary.failed, summary.not_sent) == (losses, losses, 0)


async def test_sender_is_done_when_the_task_is(tmp_path: Path) -> None:
    instances = [scan(make_instance(tmp_path / str(number), "CT")) for number in range(2)]
    async with serve(ScriptedStore().handlers()) as node:
        sending = Sending(instances, node, LOCAL, jobs=2)
        await sending.run()
        assert all(sender.task is not None and sender.task.done() for sender in sending.senders)
        sending.abort_now()  # too late to change anything
        await asyncio.sleep(0)
    assert [outcome.state for outcome in sending.outcomes if outcome] == ["stored", "stored"]


# The asynchronous operations window


def small_instances(folder: Path, number: int) -> list[Instance]:
    return [scan(make_instance(folder / f"{place}.dcm", "CT")) for place in range(number)]


async def associated(listener: ScriptedListener, *, granted: int | None) -> ScriptedPeer:
    """Accepts the next connection with every context, and grants so many operations."""
    peer = await listener.accept()
    request = await peer.expect(AssociateRq)
    accepted = acceptance(request)
    if granted is not None:
        asked = request.asynchronous_operations_window
        assert asked is not None
        assert asked.performed == 1
        window = AsynchronousOperationsWindow(invoked=granted, performed=1)
        accepted = replace(accepted, user_information=(*accepted.user_information, window))
    else:
        assert request.asynchronous_operations_window is None
    peer.send(accepted)
    return peer


async def taken(peer: ScriptedPeer) -> CStoreRq:
    """Takes one C-STORE-RQ with its data set."""
    message = await peer.expect_message()
    assert isinstance(message, CStoreRq)
    assert not (await peer.expect(PDataTf)).pdvs[0].is_command
    return message


def answer(peer: ScriptedPeer, message: CStoreRq, status: int = 0) -> None:
    peer.send_message(1, CStoreRsp(message_id_being_responded_to=message.message_id, status=status))


async def released(peer: ScriptedPeer) -> None:
    await peer.expect(ReleaseRq)
    peer.send(ReleaseRp())


async def one_by_one(peer: ScriptedPeer, number: int) -> list[str]:
    """Answers so many requests as they come, and the release; gives the SOP Instance UIDs."""
    found = []
    for _ in range(number):
        message = await taken(peer)
        found.append(message.affected_sop_instance_uid)
        answer(peer, message)
    await released(peer)
    return found


def notes(recording: Recording) -> list[str]:
    return [event.note for event in recording.events if isinstance(event, NoteEvent)]


async def test_as_many_are_outstanding_as_were_granted_and_answers_come_in_any_order(tmp_path: Path) -> None:
    instances = small_instances(tmp_path, 6)
    async with scripted_listener() as listener:
        sending = Sending(instances, listener.node, local_ae(), window=8)

        async def play() -> None:
            peer = await associated(listener, granted=3)
            held = [await taken(peer) for _ in range(3)]  # without an answer
            for place, status in ((2, 0x0000), (0, 0xB000), (1, 0xA700)):
                answer(peer, held[place], status)
            held = [await taken(peer) for _ in range(3)]
            for message in reversed(held):
                answer(peer, message)
            await released(peer)

        async with asyncio.TaskGroup() as group:
            group.create_task(play())
            summary = await sending.run()
    assert (summary.stored, summary.warnings, summary.failed) == (4, 1, 1)
    assert [outcome.status for outcome in sending.outcomes if outcome] == [0xB000, 0xA700, 0, 0, 0, 0]
    assert not sending.is_window_broken


async def test_peer_that_grants_no_window_is_sent_one_at_a_time(tmp_path: Path) -> None:
    instances = small_instances(tmp_path, 3)
    async with scripted_listener() as listener:
        sending = Sending(instances, listener.node, local_ae(), window=8)

        async def play() -> None:
            peer = await listener.associated()
            await one_by_one(peer, 3)

        async with asyncio.TaskGroup() as group:
            group.create_task(play())
            assert (await sending.run()).stored == 3


async def abort(peer: ScriptedPeer, held: list[CStoreRq]) -> None:
    peer.send(Abort(source=0, reason=0))


async def vanish(peer: ScriptedPeer, held: list[CStoreRq]) -> None:
    peer.reset()


async def answer_what_was_not_asked(peer: ScriptedPeer, held: list[CStoreRq]) -> None:
    answer(peer, replace(held[0], message_id=999))
    await peer.expect(Abort)
    await peer.close()


async def stay_silent(peer: ScriptedPeer, held: list[CStoreRq]) -> None:
    await peer.expect(Abort)
    await peer.close()


@pytest.mark.parametrize("breaking", [abort, vanish, answer_what_was_not_asked, stay_silent])
async def test_peer_that_breaks_the_window_gets_everything_again_one_by_one(
    tmp_path: Path, breaking: Callable[[ScriptedPeer, list[CStoreRq]], Awaitable[None]]
) -> None:
    instances = small_instances(tmp_path, 5)
    troubles: list[WorkbenchError] = []
    recording = Recording()
    async with scripted_listener() as listener:
        sending = Sending(
            instances,
            listener.node,
            local_ae(dimse=0.1),
            window=3,
            recorder=recording.recorder,
            on_trouble=lambda error, _: troubles.append(error),
        )
        again: list[str] = []

        async def play() -> None:
            peer = await associated(listener, granted=3)
            held = [await taken(peer) for _ in range(3)]
            answer(peer, held[1])
            held.append(await taken(peer))
            await breaking(peer, held)
            peer = await associated(listener, granted=None)
            again.extend(await one_by_one(peer, 4))

        async with asyncio.TaskGroup() as group:
            group.create_task(play())
            summary = await sending.run()
    assert (summary.stored, summary.failed) == (5, 0)
    assert again == [instances[place].sop_instance_uid for place in (0, 2, 3, 4)]
    assert sending.is_window_broken
    assert len(troubles) == 1
    reasons = [(outcome.reason, outcome.attempts) for outcome in sending.outcomes if outcome]
    sent_again = ("0000H Success, sent again without an asynchronous operations window", 2)
    assert reasons == [sent_again, ("0000H Success", 1), sent_again, sent_again, ("0000H Success", 1)]
    assert notes(recording) == [
        "lost with several operations outstanding: 3 sent again without an asynchronous operations window"
    ]


async def test_what_is_lost_twice_has_failed(tmp_path: Path) -> None:
    instances = small_instances(tmp_path, 2)
    async with scripted_listener() as listener:
        sending = Sending(instances, listener.node, local_ae(), window=2)

        async def play() -> None:
            peer = await associated(listener, granted=2)
            for _ in range(2):
                await taken(peer)
            peer.send(Abort(source=0, reason=0))
            peer = await associated(listener, granted=None)
            await taken(peer)
            peer.send(Abort(source=0, reason=0))
            peer = await associated(listener, granted=None)
            await one_by_one(peer, 1)

        async with asyncio.TaskGroup() as group:
            group.create_task(play())
            await sending.run()
    assert [outcome.state for outcome in sending.outcomes if outcome] == ["failed", "stored"]


async def test_a_single_one_that_is_outstanding_is_lost_as_without_a_window(tmp_path: Path) -> None:
    instances = small_instances(tmp_path, 1)
    async with scripted_listener() as listener:
        sending = Sending(instances, listener.node, local_ae(), window=2)

        async def play() -> None:
            peer = await associated(listener, granted=2)
            await taken(peer)
            peer.send(Abort(source=0, reason=0))

        async with asyncio.TaskGroup() as group:
            group.create_task(play())
            summary = await sending.run()
    assert summary.failed == 1
    assert not sending.is_window_broken


async def test_abort_fails_what_is_outstanding_and_nothing_is_sent_again(tmp_path: Path) -> None:
    instances = small_instances(tmp_path, 4)
    async with scripted_listener() as listener:
        sending = Sending(instances, listener.node, local_ae(), window=2)

        async def play() -> None:
            peer = await associated(listener, granted=2)
            for _ in range(2):
                await taken(peer)
            sending.abort_now()
            await peer.expect(Abort)
            await peer.close()

        async with asyncio.TaskGroup() as group:
            group.create_task(play())
            summary = await sending.run()
    assert (summary.failed, summary.not_sent) == (2, 2)
    assert not sending.is_window_broken


async def test_release_waits_for_what_is_outstanding(tmp_path: Path) -> None:
    instances = small_instances(tmp_path, 4)
    async with scripted_listener() as listener:
        sending = Sending(instances, listener.node, local_ae(), window=2)

        async def play() -> None:
            peer = await associated(listener, granted=2)
            held = [await taken(peer) for _ in range(2)]
            sending.release_after_this()
            for message in held:
                answer(peer, message)
            await released(peer)

        async with asyncio.TaskGroup() as group:
            group.create_task(play())
            summary = await sending.run()
    assert (summary.stored, summary.not_sent) == (2, 2)


async def test_file_that_breaks_fails_alone_and_the_window_stays(tmp_path: Path) -> None:
    instances = small_instances(tmp_path, 2)
    large = make_instance(tmp_path / "large.dcm", "CT", size_bytes=20 << 20)
    instances.insert(1, scan(large))
    script = ScriptedStore()

    class Cutter(_Disturber):
        def progress(self, *seen: object) -> None:
            os.truncate(large, 3 << 20)

        def finished(self, index: int, outcome: Outcome) -> None: ...

    policy = replace(storage_policy(storage_sop_classes()), window=(4, 1))
    async with serve(script.handlers(), policy=policy) as node:
        sending = Sending(instances, node, LOCAL, window=4)
        sending.observer = Cutter(sending, [])
        await sending.run()
    assert [outcome.state for outcome in sending.outcomes if outcome] == ["stored", "failed", "stored"]
    assert not sending.is_window_broken


@pytest.mark.parametrize("jobs", [1, 3])
async def test_both_ends_of_our_own_keep_the_window_busy(tmp_path: Path, jobs: int) -> None:
    instances = small_instances(tmp_path, 40)
    busy = most = 0
    all_there = asyncio.Event()

    async def hold(request: IncomingRequest) -> AsyncIterator[Reply]:
        nonlocal busy, most
        assert request.data_set is not None
        await request.data_set.read(1 << 20)
        busy += 1
        most = max(most, busy)
        if busy >= 4:
            all_there.set()
        await all_there.wait()
        busy -= 1
        yield Reply(message=respond(request.message, 0))

    policy = replace(storage_policy(storage_sop_classes()), window=(4, 1))
    async with serve({CStoreRq.COMMAND_FIELD: hold}, policy=policy) as node:
        summary = await Sending(instances, node, LOCAL, window=16, jobs=jobs).run()
    assert summary.stored == 40
    assert 4 <= most <= 4 * jobs


@pytest.mark.parametrize("hangs_up", [False, True])
async def test_peer_that_stumbles_over_the_proposal_is_asked_without_it(tmp_path: Path, hangs_up: bool) -> None:
    instances = small_instances(tmp_path, 2)
    troubles: list[WorkbenchError] = []
    async with scripted_listener() as listener:
        sending = Sending(
            instances, listener.node, local_ae(), window=2, on_trouble=lambda error, _: troubles.append(error)
        )

        async def play() -> None:
            peer = await listener.accept()
            request = await peer.expect(AssociateRq)
            assert request.asynchronous_operations_window is not None
            if not hangs_up:
                peer.send(Abort(source=2, reason=4))
            await peer.close()
            await one_by_one(await associated(listener, granted=None), 2)

        async with asyncio.TaskGroup() as group:
            group.create_task(play())
            summary = await sending.run()
    assert (summary.stored, len(troubles), sending.is_window_broken) == (2, 1, True)
