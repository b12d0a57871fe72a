"""Sending in rounds: what is added, removed and reset in between, and what is asked for while it lasts."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.servers import LOCAL, ScriptedStore, serve
from tests.services.storage.sendings import Observer, counts, holding, states
from tests.support.instances import data_set_bytes, make_instance
from workbench.acse.policy import storage_policy
from workbench.dimse.answers import respond
from workbench.dimse.messages import CStoreRq
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.storage.instances import MemoryInstance
from workbench.services.storage.scu import MoveOriginator
from workbench.services.storage.sending import Sending
from workbench.storage.part10 import Instance, scan
from workbench.storage.reading import SMALL


@pytest.fixture
def instances(tmp_path: Path) -> list[Instance]:
    """Five small CT instances."""
    return [scan(make_instance(tmp_path / f"{number}.dcm", "CT")) for number in range(5)]


async def test_instances_from_memory_are_sent_as_those_of_files(instances: list[Instance]) -> None:
    held = [
        MemoryInstance(
            sop_class_uid=instance.sop_class_uid,
            sop_instance_uid=instance.sop_instance_uid,
            transfer_syntax_uid=instance.transfer_syntax_uid,
            data=data_set_bytes(instance.path),
        )
        for instance in instances[:2]
    ]
    large = replace(held[0], data=bytes(held[0].data) + b"\xfc\xff\xfc\xffOB\0\0\0\0\x20\0" + bytes(2 * SMALL))
    script = ScriptedStore()
    async with serve(script.handlers()) as node:
        sending = Sending([*held, instances[2], large], node, LOCAL)
        assert counts(await sending.run()) == (4, 0, 0, 0)
    assert script.received[:3] == [data_set_bytes(instance.path) for instance in instances[:3]]
    assert script.received[3] == large.data


async def test_rounds_send_what_waits(instances: list[Instance]) -> None:
    script = ScriptedStore([0, 0xA700, 0])
    async with serve(script.handlers()) as node:
        sending = Sending(instances[:3], node, LOCAL)
        assert sending.waiting == (0, 1, 2)
        assert counts(await sending.run()) == (2, 0, 1, 0)
        assert sending.states == ("stored", "failed", "stored")
        assert counts(await sending.run()) == (2, 0, 1, 0)  # nothing waits: nothing is sent
        assert len(script.received) == 3
        assert sending.add(instances[3:]) == range(3, 5)
        sending.reset([1])
        assert sending.waiting == (1, 3, 4)
        assert counts(await sending.run()) == (5, 0, 0, 0)
    assert script.instances[3:] == [instances[at].sop_instance_uid for at in (1, 3, 4)]


async def test_sent_and_failed_are_removed_and_the_rest_keeps_its_outcome(instances: list[Instance]) -> None:
    script = ScriptedStore([0, 0xA700, 0xB000, 0, 0])
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL)
        await sending.run()
        sending.remove_all("stored", "warning")
        assert (sending.instances, sending.states) == ((instances[1],), ("failed",))
        sending.remove([0])
        assert sending.instances == ()
        assert counts(await sending.run()) == (0, 0, 0, 0)


async def test_a_list_that_is_being_sent_does_not_change(instances: list[Instance]) -> None:
    observer = Observer()
    async with serve(ScriptedStore().handlers()) as node:
        sending = Sending(instances, node, LOCAL, observer=observer)
        problems: list[str] = []

        def change(_: int) -> None:
            for attempt in (lambda: sending.remove([0]), sending.reset, lambda: sending.add(instances)):
                with pytest.raises(RuntimeError):
                    attempt()
                problems.append("refused")

        observer.on_started = change
        await sending.run()
    assert len(problems) == 15


async def test_states_tell_where_each_instance_stands(instances: list[Instance]) -> None:
    observer = Observer()
    seen: list[tuple[str, ...]] = []
    async with holding() as (node, answer):
        sending = Sending(instances[:2], node, LOCAL, observer=observer)
        observer.on_started = lambda _: seen.append(sending.states)

        def sent(index: int, association: int) -> None:
            seen.append(sending.states)
            answer.set()

        observer.sent = sent  # type: ignore[method-assign]
        await sending.run()
    assert seen == [
        ("sending", "waiting"),
        ("sent", "waiting"),
        ("stored", "sending"),
        ("stored", "sent"),
    ]


async def test_stop_after_the_association_leaves_the_further_ones(instances: list[Instance]) -> None:
    many = [replace(instances[0], sop_class_uid=f"1.2.3.{number}") for number in range(200)]
    observer = Observer()
    policy = replace(storage_policy([], accept_unknown=True), contexts={})
    async with serve(ScriptedStore().handlers(), policy=policy) as node:
        sending = Sending(many, node, LOCAL, observer=observer)
        observer.on_started = lambda _: sending.release_after_association()
        summary = await sending.run()
        assert counts(summary) == (128, 0, 0, 72)
        last = sending.outcomes[199]
        assert last is not None
        assert last.reason == "stopped after the association"
        observer.on_started = lambda _: None
        observer.outcomes.clear()
        assert counts(await sending.run()) == (200, 0, 0, 0)


async def test_lost_association_is_not_followed_when_it_was_to_be_the_last(instances: list[Instance]) -> None:
    script, observer = ScriptedStore([0, "abort"]), Observer()
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, observer=observer)
        observer.on_started = lambda _: sending.release_after_association()
        await sending.run()
    assert states(sending) == ["stored", "failed", "not sent", "not sent", "not sent"]


async def test_who_asked_by_a_move_is_told(instances: list[Instance]) -> None:
    seen: list[tuple[str | None, int | None]] = []

    async def look(request: IncomingRequest) -> AsyncIterator[Reply]:
        message = request.message
        assert isinstance(message, CStoreRq)
        seen.append((message.move_originator_application_entity_title, message.move_originator_message_id))
        yield Reply(message=respond(message, 0))

    async with serve({CStoreRq.COMMAND_FIELD: look}) as node:
        await Sending(instances[:1], node, LOCAL, originator=MoveOriginator("ASKER", 7)).run()
        await Sending(instances[:1], node, LOCAL).run()
    assert seen == [("ASKER", 7), (None, None)]


async def test_report_says_what_became_of_everything(instances: list[Instance]) -> None:
    async with serve(ScriptedStore([0, 0xA700]).handlers()) as node:
        sending = Sending(instances, node, LOCAL)
        await sending.run()
    text = sending.report()
    assert "       4  0000H Success" in text
    assert "       1  A700H Refused: out of resources" in text
    assert all(instance.path in text for instance in instances)


async def test_stop_before_the_first_round_holds_and_after_a_round_does_not(instances: list[Instance]) -> None:
    async with serve(ScriptedStore().handlers()) as node:
        sending = Sending(instances, node, LOCAL)
        sending.release_after_this()
        assert counts(await sending.run()) == (0, 0, 0, 5)
        sending.abort_now()  # too late for this round, and not meant for the next
        assert counts(await sending.run()) == (5, 0, 0, 0)
