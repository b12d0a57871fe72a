"""Sending many instances: grouping, parallel associations, and an outcome for each whatever happens."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.servers import LOCAL, ScriptedStore, limited, serve
from tests.services.storage.sendings import Observer, counts, holding, states
from tests.support.instances import data_set_bytes, make_instance, make_set
from workbench.acse.policy import Policy, storage_policy
from workbench.config import Node, Timeouts
from workbench.dictionary import storage_sop_classes
from workbench.dimse.answers import respond
from workbench.dimse.messages import CStoreRq
from workbench.errors import AssociationAborted, AssociationRejected, TransportError, WorkbenchError
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.storage.sending import Sending
from workbench.services.verification import VERIFICATION_NEED
from workbench.storage.part10 import Instance, scan
from workbench.storage.reading import SMALL
from workbench.uids import VERIFICATION

SAMPLES = sorted((Path(__file__).parents[3] / "resources" / "samples").glob("*.dcm"))


@pytest.fixture
def instances(tmp_path: Path) -> list[Instance]:
    """Five small CT instances."""
    return [scan(make_instance(tmp_path / f"{number}.dcm", "CT")) for number in range(5)]


async def test_everything_is_sent_in_order_over_one_association(instances: list[Instance]) -> None:
    script, observer = ScriptedStore(), Observer()
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, observer=observer)
        summary = await sending.run()
    assert counts(summary) == (5, 0, 0, 0)
    assert summary.is_acknowledged
    assert summary.bytes == sum(instance.length for instance in instances)
    assert script.received == [data_set_bytes(instance.path) for instance in instances]
    assert observer.begun == [0, 1, 2, 3, 4]
    assert list(observer.ended.values()) == ["released"]
    for outcome in sending.outcomes:
        assert outcome is not None
        assert (outcome.state, outcome.status, outcome.reason) == ("stored", 0, "0000H Success")
        assert outcome.association in observer.opened
        assert outcome.latency is not None


async def test_mixed_transfer_syntaxes_go_out_as_they_are(tmp_path: Path) -> None:
    instances = [scan(path) for path in make_set(tmp_path)]
    script = ScriptedStore()
    async with serve(script.handlers()) as node:
        summary = await Sending(instances, node, LOCAL).run()
    assert counts(summary) == (len(instances), 0, 0, 0)
    assert len(script.associations) == 1
    assert script.received == [data_set_bytes(instance.path) for instance in instances]


async def test_more_than_128_contexts_are_split_and_nothing_is_dropped(instances: list[Instance]) -> None:
    many = [replace(instances[0], sop_class_uid=f"1.2.3.{number}") for number in range(300)]
    script, observer = ScriptedStore(), Observer()
    policy = replace(storage_policy([], accept_unknown=True), contexts={})
    async with serve(script.handlers(), policy=policy) as node:
        summary = await Sending(many, node, LOCAL, observer=observer).run()
    assert counts(summary) == (300, 0, 0, 0)
    assert sorted(len(agreement.contexts) for agreement in observer.opened.values()) == [44, 128, 128]
    assert observer.begun == list(range(300))


async def test_jobs_share_the_queue(instances: list[Instance]) -> None:
    script, observer = ScriptedStore(), Observer()
    async with serve(script.handlers()) as node:
        summary = await Sending(instances * 10, node, LOCAL, jobs=3, observer=observer).run()
    assert counts(summary) == (50, 0, 0, 0)
    assert len(script.associations) == len(observer.ended) == 3
    assert len(script.received) == 50


async def test_rejected_job_leaves_its_share_to_the_others(instances: list[Instance]) -> None:
    script = ScriptedStore()
    troubles: list[tuple[WorkbenchError, int | None]] = []
    async with serve(script.handlers(), local=limited(1)) as node:
        summary = await Sending(
            instances * 4, node, LOCAL, jobs=3, on_trouble=lambda *trouble: troubles.append(trouble)
        ).run()
    assert counts(summary) == (20, 0, 0, 0)
    assert len(script.associations) == 1
    assert all(isinstance(trouble, AssociationRejected) for trouble, _ in troubles)


async def test_warnings_are_acknowledged_and_named(instances: list[Instance]) -> None:
    script = ScriptedStore([0xB000, 0xB006, 0xB007])
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, stop_at_first_failure=True)
        summary = await sending.run()
    assert counts(summary) == (2, 3, 0, 0)
    assert summary.is_acknowledged
    reasons = [outcome.reason for outcome in sending.outcomes[:3] if outcome]
    assert reasons == [
        "B000H Warning: coercion of data elements",
        "B006H Warning: elements discarded",
        "B007H Warning: data set does not match SOP class",
    ]


@pytest.mark.parametrize("status", [0xA700, 0xC123, 0x0110, 0xB001])
async def test_every_other_status_is_a_failure(instances: list[Instance], status: int) -> None:
    script = ScriptedStore([0, status])
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL)
        summary = await sending.run()
    assert counts(summary) == (4, 0, 1, 0)
    assert not summary.is_acknowledged
    failed = sending.outcomes[1]
    assert failed is not None
    assert (failed.state, failed.status) == ("failed", status)


async def test_first_failure_stops_when_asked_and_the_rest_is_named(instances: list[Instance]) -> None:
    script, observer = ScriptedStore([0, 0xA700]), Observer()
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, stop_at_first_failure=True, observer=observer)
        await sending.run()
    assert states(sending) == ["stored", "failed", "not sent", "not sent", "not sent"]
    assert observer.begun == [0, 1]
    assert list(observer.ended.values()) == ["released"]
    last = sending.outcomes[4]
    assert last is not None
    assert last.reason == "stopped after the failure of 1.dcm"


async def test_lost_association_fails_the_object_under_way_and_the_rest_goes_on(instances: list[Instance]) -> None:
    script, observer = ScriptedStore([0, "abort"]), Observer()
    troubles: list[tuple[WorkbenchError, int | None]] = []
    async with serve(script.handlers()) as node:
        sending = Sending(
            instances, node, LOCAL, observer=observer, on_trouble=lambda *trouble: troubles.append(trouble)
        )
        await sending.run()
    assert states(sending) == ["stored", "failed", "stored", "stored", "stored"]
    assert len(script.associations) == 2
    failed = sending.outcomes[1]
    assert failed is not None
    assert failed.status is None
    assert "aborted by the service-user" in failed.reason
    ((trouble, number),) = troubles
    assert isinstance(trouble, AssociationAborted)
    assert number == failed.association
    assert list(observer.ended.values())[1] == "released"


async def test_peer_that_aborts_every_time_is_given_up(instances: list[Instance]) -> None:
    script = ScriptedStore(["abort"] * 99)
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL)
        await sending.run()
    assert states(sending) == ["failed", "failed", "failed", "not sent", "not sent"]
    last = sending.outcomes[4]
    assert last is not None
    assert "aborted" in last.reason


async def test_abort_stops_when_the_first_failure_shall(instances: list[Instance]) -> None:
    script = ScriptedStore(["abort"])
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, stop_at_first_failure=True)
        await sending.run()
    assert states(sending) == ["failed", "not sent", "not sent", "not sent", "not sent"]


async def test_peer_that_does_not_answer_is_timed_out(instances: list[Instance]) -> None:
    async def silent(request: IncomingRequest) -> AsyncIterator[Reply]:
        await request.association.wait_closed()
        yield Reply(message=respond(request.message, 0))

    local = replace(LOCAL, timeouts=Timeouts(dimse=0.05))
    async with serve({CStoreRq.COMMAND_FIELD: silent}) as node:
        sending = Sending(instances[:1], node, local)
        await sending.run()
    failed = sending.outcomes[0]
    assert failed is not None
    assert (failed.state, "DIMSE timeout" in failed.reason) == ("failed", True)


async def test_rejection_leaves_everything_unsent_with_the_reason(instances: list[Instance]) -> None:
    async with serve(policy=Policy(ae_title="SOMEBODY")) as node:
        sending = Sending(instances, node, LOCAL)
        summary = await sending.run()
    assert counts(summary) == (0, 0, 0, 5)
    assert all(outcome and "called AE title not recognized" in outcome.reason for outcome in sending.outcomes)


async def test_nobody_there_leaves_everything_unsent_with_the_reason(
    instances: list[Instance], unused_tcp_port: int
) -> None:
    troubles: list[tuple[WorkbenchError, int | None]] = []
    node = Node(name="x", host="127.0.0.1", port=unused_tcp_port, ae_title="X")
    sending = Sending(instances, node, LOCAL, jobs=2, on_trouble=lambda *trouble: troubles.append(trouble))
    assert counts(await sending.run()) == (0, 0, 0, 5)
    assert all(outcome and "refused" in outcome.reason for outcome in sending.outcomes)
    assert all(isinstance(trouble, TransportError) and number is None for trouble, number in troubles)


async def test_context_that_is_not_accepted_fails_its_instances_only(tmp_path: Path) -> None:
    ct, mr = scan(make_instance(tmp_path / "ct", "CT")), scan(make_instance(tmp_path / "mr", "MR"))
    policy = storage_policy([ct.sop_class_uid])
    async with serve(ScriptedStore().handlers(), policy=policy) as node:
        sending = Sending([mr, ct], node, LOCAL)
        await sending.run()
    assert states(sending) == ["failed", "stored"]
    failed = sending.outcomes[0]
    assert failed is not None
    assert "abstract syntax" in failed.reason


@pytest.mark.parametrize("size", [2000, 3 * SMALL])
async def test_file_that_changed_fails_alone(tmp_path: Path, size: int) -> None:
    paths = [make_instance(tmp_path / f"{number}", "CT", size_bytes=size) for number in range(3)]
    instances = [scan(path) for path in paths]
    os.truncate(paths[1], size // 2)
    script = ScriptedStore()
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL)
        await sending.run()
    assert states(sending) == ["stored", "failed", "stored"]
    failed = sending.outcomes[1]
    assert failed is not None
    assert "when it was scanned" in failed.reason


async def test_file_cut_in_the_middle_of_its_data_set_fails_and_the_rest_goes_on(tmp_path: Path) -> None:
    paths = [make_instance(tmp_path / f"{number}", "CT", size_bytes=20 * SMALL) for number in range(2)]
    instances = [scan(path) for path in paths]
    observer = Observer()

    def cut(index: int, sent_bytes: int) -> None:
        if index == 0:
            os.truncate(paths[0], sent_bytes)

    observer.progress = cut  # type: ignore[method-assign]
    script = ScriptedStore()
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, observer=observer)
        await sending.run()
    assert states(sending) == ["failed", "stored"]
    assert script.received == [data_set_bytes(paths[1])]


async def test_progress_of_large_instances_is_told(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "large", "CT", size_bytes=5 * SMALL))
    observer = Observer()
    async with serve(ScriptedStore().handlers()) as node:
        await Sending([instance], node, LOCAL, observer=observer).run()
    assert observer.sent_bytes == {0: instance.length}


async def test_release_lets_the_object_under_way_end(instances: list[Instance]) -> None:
    observer = Observer()
    async with holding() as (node, answer):
        sending = Sending(instances, node, LOCAL, observer=observer)

        def release(_: int) -> None:
            sending.release_after_this()
            answer.set()

        observer.on_started = release
        async with asyncio.timeout(1):
            await sending.run()
    assert states(sending) == ["stored", *["not sent"] * 4]
    assert list(observer.ended.values()) == ["released"]
    assert sending.outcomes[1] is not None
    assert sending.outcomes[1].reason == "released on request"


async def test_abort_ends_everything_at_once(instances: list[Instance]) -> None:
    observer = Observer()
    async with holding() as (node, _):
        sending = Sending(instances, node, LOCAL, jobs=2, observer=observer)
        observer.on_started = lambda _: sending.abort_now() if len(observer.begun) == 2 else None
        async with asyncio.timeout(1):
            summary = await sending.run()
    assert counts(summary) == (0, 0, 2, 3)
    assert set(observer.ended.values()) == {"aborted on request"}
    assert all(outcome and outcome.reason == "aborted on request" for outcome in sending.outcomes)


@pytest.mark.parametrize("stop", ["release_after_this", "abort_now"])
async def test_connecting_is_given_up_at_once(instances: list[Instance], stop: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        node = Node(name="x", host="127.0.0.1", port=silent.getsockname()[1], ae_title="X")
        sending = Sending(instances, node, LOCAL)
        asyncio.get_running_loop().call_later(0.05, getattr(sending, stop))
        async with asyncio.timeout(1):
            summary = await sending.run()
    assert counts(summary) == (0, 0, 0, 5)


async def test_extra_contexts_are_proposed(instances: list[Instance]) -> None:
    observer = Observer()
    async with serve(ScriptedStore().handlers(), policy=storage_policy(storage_sop_classes())) as node:
        await Sending(instances, node, LOCAL, observer=observer, extra_contexts=[VERIFICATION_NEED]).run()
    (agreement,) = observer.opened.values()
    assert {context.abstract_syntax for context in agreement.contexts.values()} == {
        VERIFICATION,
        instances[0].sop_class_uid,
    }


async def test_nothing_to_send_opens_nothing() -> None:
    node = Node(name="x", host="127.0.0.1", port=1, ae_title="X")
    assert counts(await Sending([], node, LOCAL).run()) == (0, 0, 0, 0)
