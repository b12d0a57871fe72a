"""The send list against an SCP whose answers the test chooses."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.instances import make_instance, make_large
from tests.ui.session.conftest import LOCAL, BenchMaker, Wait
from ui.jobs import JobState
from ui.models.send import FAILED, NOT_SENT, STORED, WAITING, WARNING
from ui.session.acceptance import acceptance
from ui.session.sending import SendQueue
from workbench.acse.policy import Policy
from workbench.config import LocalAe, Node
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CStoreRq, CStoreRsp
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.server import ScpServer
from workbench.services.offers import Offer
from workbench.storage.part10 import scan

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


STORAGE = Offer(sop_classes=dict.fromkeys(storage_sop_classes()), handlers={})


class Archive:
    """An SCP on the engine whose answers the test chooses.

    Attributes:
        statuses: answered one after the other, the last one for ever.
        gate: answers wait until it is set.
        stored: SOP Instance UIDs in the order of their arrival.
    """

    def __init__(self, maker: BenchMaker, policy: Policy) -> None:
        self.statuses = [0x0000]
        self.gate = asyncio.Event()
        self.gate.set()
        self.stored: list[str] = []
        self._maker = maker
        self._stop = asyncio.Event()
        self._address: list[tuple[str, int]] = []
        self._policy = policy
        self._running = maker.engine.submit(self._serve())

    async def _serve(self) -> None:
        async with ScpServer(LOCAL, self._policy, {CStoreRq.COMMAND_FIELD: self._answer}) as server:
            self._address.append(server.address)
            await self._stop.wait()

    async def _answer(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        message = request.message
        assert isinstance(message, CStoreRq)
        assert request.data_set is not None
        await request.data_set.discard()
        self.stored.append(message.affected_sop_instance_uid)
        await self.gate.wait()
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        yield Reply(message=CStoreRsp(message_id_being_responded_to=message.message_id, status=status))

    def node(self, wait: Wait) -> Node:
        wait(lambda: bool(self._address))
        host, port = self._address[0]
        return Node(name="Archive", host=host, port=port, ae_title="WORKBENCH")

    def hold(self) -> None:
        self._maker.engine.call(self.gate.clear)

    def go_on(self) -> None:
        self._maker.engine.call(self.gate.set)

    def close(self) -> None:
        self._maker.engine.call(self._stop.set)
        self._running.result(10)


@pytest.fixture
def archive(maker: BenchMaker) -> Iterator[Archive]:
    maker.bench.settings.change(local=LocalAe(ae_title="CT3"))
    made = Archive(maker, acceptance(LOCAL, (), None, [STORAGE]))
    yield made
    made.close()


@pytest.fixture
def queue(maker: BenchMaker, instances: list[Path]) -> SendQueue:
    made = SendQueue(maker.bench)
    maker.listeners.append(made.job_changed)
    made.add([scan(path) for path in instances])
    return made


def states(queue: SendQueue) -> list[str]:
    return [row.state for row in queue.model.rows]


def send(queue: SendQueue, node: Node, *, jobs: int = 1, stop: bool = False) -> None:
    queue.send(node, jobs=jobs, stop_at_first_failure=stop, contexts=())


def test_each_object_gets_its_result(queue: SendQueue, archive: Archive, maker: BenchMaker, wait: Wait) -> None:
    archive.statuses = [0x0000, 0xB000, 0xA700]
    job = queue.send(archive.node(wait), jobs=1, stop_at_first_failure=False, contexts=())
    assert queue.is_sending
    wait(lambda: not job.is_running)
    assert states(queue) == [STORED, WARNING, FAILED]
    assert [row.status for row in queue.model.rows] == [0x0000, 0xB000, 0xA700]
    assert all(row.latency is not None and row.association == 1 for row in queue.model.rows)
    progress = queue.progress
    assert (progress.stored, progress.warnings, progress.failed, progress.total) == (1, 1, 1, 3)
    assert (progress.fraction, progress.is_running) == (1.0, False)
    assert job.outcome == "1 stored, 1 stored with a warning, 1 failed"
    assert maker.messages[-1] == ("error", job.outcome)


def test_failed_objects_are_sent_again(queue: SendQueue, archive: Archive, maker: BenchMaker, wait: Wait) -> None:
    archive.statuses = [0x0000, 0xA700, 0x0000]
    send(queue, archive.node(wait))
    wait(lambda: not queue.is_sending)
    assert states(queue) == [STORED, FAILED, STORED]
    assert queue.retry(()) is not None
    wait(lambda: not queue.is_sending)
    assert states(queue) == [STORED] * 3
    assert archive.stored.count(queue.model.rows[1].sop_instance_uid) == 2
    assert len(archive.stored) == 4
    assert (queue.progress.total, queue.progress.stored) == (1, 1)
    assert maker.messages[-1] == ("ok", "1 stored")
    assert queue.retry(()) is None


def test_a_node_that_is_not_there_leaves_everything_unsent(queue: SendQueue, wait: Wait, unused_tcp_port: int) -> None:
    send(queue, Node(name="gone", host="127.0.0.1", port=unused_tcp_port, ae_title="GONE"))
    wait(lambda: not queue.is_sending)
    assert states(queue) == [NOT_SENT] * 3
    assert "connection refused" in queue.model.rows[0].reason
    assert (queue.progress.bytes_per_second, queue.progress.objects_per_second) == (0, 0)
    assert "/s" not in queue.progress.sentence


def test_release_after_this_object_finishes_it_and_no_other(queue: SendQueue, archive: Archive, wait: Wait) -> None:
    node = archive.node(wait)
    archive.hold()
    send(queue, node)
    wait(lambda: len(archive.stored) == 1)
    queue.release_after_this()
    assert queue.progress.ending == "release"
    archive.go_on()
    wait(lambda: not queue.is_sending)
    assert states(queue) == [STORED, NOT_SENT, NOT_SENT]
    assert "released on request" in queue.model.rows[1].reason
    progress = queue.progress
    assert progress.bytes_per_second * progress.seconds == pytest.approx(queue.model.rows[0].size)
    assert progress.objects_per_second * progress.seconds == pytest.approx(1)


def test_abort_now_fails_the_object_under_way(
    queue: SendQueue, archive: Archive, maker: BenchMaker, wait: Wait
) -> None:
    node = archive.node(wait)
    archive.hold()
    send(queue, node)
    wait(lambda: len(archive.stored) == 1)
    queue.abort_now()
    assert queue.progress.ending == "abort"
    wait(lambda: not queue.is_sending)
    assert states(queue) == [FAILED, NOT_SENT, NOT_SENT]
    wait(lambda: not any(row.is_open for row in maker.recording.associations_model.rows))
    (row,) = maker.recording.associations_model.rows
    assert row.outcome == "aborted"
    assert "aborted on request" in row.detail or "by us" in row.detail
    archive.go_on()


def test_the_job_of_a_send_cancels_by_an_abort(queue: SendQueue, archive: Archive, wait: Wait) -> None:
    node = archive.node(wait)
    archive.hold()
    job = queue.send(node, jobs=1, stop_at_first_failure=False, contexts=())
    wait(lambda: len(archive.stored) == 1)
    job.cancel()
    wait(lambda: not job.is_running)
    assert job.state is JobState.DONE
    assert states(queue)[0] == FAILED
    archive.go_on()


def test_the_first_failure_stops_the_rest_on_request(queue: SendQueue, archive: Archive, wait: Wait) -> None:
    archive.statuses = [0xA700]
    send(queue, archive.node(wait), stop=True)
    wait(lambda: not queue.is_sending)
    assert states(queue) == [FAILED, NOT_SENT, NOT_SENT]


def test_a_second_send_is_the_one_under_way(queue: SendQueue, archive: Archive, wait: Wait) -> None:
    node = archive.node(wait)
    archive.hold()
    first = queue.send(node, jobs=1, stop_at_first_failure=False, contexts=())
    assert queue.send(node, jobs=4, stop_at_first_failure=False, contexts=()) is first
    archive.go_on()
    wait(lambda: not first.is_running)


def test_the_same_node_gets_what_is_left_and_another_one_everything(
    queue: SendQueue, archive: Archive, instances: list[Path], wait: Wait
) -> None:
    node = archive.node(wait)
    send(queue, node)
    wait(lambda: not queue.is_sending)
    queue.add([scan(make_instance(instances[0].parent, "US"))])
    assert states(queue) == [STORED] * 3 + [WAITING]
    send(queue, node)
    wait(lambda: not queue.is_sending)
    assert len(archive.stored) == 4
    send(queue, Node(name="The same by another name", host=node.host, port=node.port, ae_title="WORKBENCH"))
    wait(lambda: not queue.is_sending)
    assert len(archive.stored) == 8
    send(queue, Node(name="The same by another name", host=node.host, port=node.port, ae_title="WORKBENCH"))
    wait(lambda: not queue.is_sending)
    assert len(archive.stored) == 12


def test_several_associations_share_the_list(queue: SendQueue, archive: Archive, wait: Wait) -> None:
    node = archive.node(wait)
    archive.hold()
    send(queue, node, jobs=3)
    wait(lambda: len(archive.stored) == 3)
    archive.go_on()
    wait(lambda: not queue.is_sending)
    assert {row.association for row in queue.model.rows} == {1, 2, 3}


@pytest.mark.slow
def test_the_progress_of_a_large_object_is_followed(
    queue: SendQueue, archive: Archive, tmp_path: Path, wait: Wait
) -> None:
    queue.clear()
    queue.add([scan(make_large(tmp_path / "large.dcm", 64 * 2**20))])
    sent: list[int] = []
    queue.changed.connect(lambda: sent.append(queue.model.rows[0].sent))
    send(queue, archive.node(wait))
    wait(lambda: not queue.is_sending)
    assert states(queue) == [STORED], queue.model.rows[0].reason
    assert sent == sorted(sent)
    assert queue.progress.bytes_done == queue.progress.bytes_total == queue.model.rows[0].size


def test_the_list_is_edited_only_while_nothing_is_sent(
    queue: SendQueue, archive: Archive, maker: BenchMaker, instances: list[Path], wait: Wait
) -> None:
    queue.add([scan(path) for path in instances])
    assert len(queue.model.rows) == 3
    assert len(queue.needs) == 3
    node = archive.node(wait)
    archive.hold()
    send(queue, node)
    queue.clear()
    assert len(queue.model.rows) == 3
    assert maker.messages[-1][0] == "note"
    archive.go_on()
    wait(lambda: not queue.is_sending)
    queue.remove([0, 2])
    assert [row.path for row in queue.model.rows] == [str(instances[1])]
    queue.add([scan(instances[0])])
    queue.clear()
    assert (len(queue.model.rows), queue.needs, queue.progress.sentence) == (0, [], "")


def test_an_object_without_a_context_fails_and_the_rest_goes_on(
    maker: BenchMaker, instances: list[Path], wait: Wait
) -> None:
    maker.bench.settings.change(local=LocalAe(ae_title="CT3"))
    archive = Archive(maker, Policy(contexts={CT_IMAGE: None}))
    queue = SendQueue(maker.bench)
    maker.listeners.append(queue.job_changed)
    queue.add([scan(path) for path in instances])
    send(queue, archive.node(wait))
    wait(lambda: not queue.is_sending)
    by_class = {row.sop_class: row for row in queue.model.rows}
    assert by_class["CT Image"].state == STORED
    assert by_class["MR Image"].state == FAILED
    assert "not accepted" in by_class["MR Image"].reason
    archive.close()
