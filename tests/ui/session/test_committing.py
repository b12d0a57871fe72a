"""What was stored is committed, or is said not to be: by the same association, by one of the peer's, late, or never."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from threading import Event

import pytest
from pydicom.dataset import Dataset

from tests.cli.background import background
from tests.conftest import ExpectLog
from tests.ui.session.conftest import CALLER, BenchMaker, Scp, Wait
from ui.jobs import Job, JobState
from ui.models.send import NOT_COMMITTED, STORED
from ui.session import committing
from ui.session.committing import CommitmentDesk
from ui.session.sending import SendQueue
from workbench.config import LocalAe, Node
from workbench.dictionary import storage_sop_classes
from workbench.dimse.answers import respond
from workbench.dimse.messages import CStoreRq, NActionRq
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.commitment.references import (
    COMMITMENT_INSTANCE,
    STORAGE_COMMITMENT,
    Verdict,
    read_request,
    report_data_set,
)
from workbench.services.normalized import Answer, answering
from workbench.services.offers import Offer, handlers_for, policy_for
from workbench.services.reporting import Report, report_to
from workbench.storage.part10 import scan

COMMITS = LocalAe(ae_title="WORKBENCH", port=0, allowed_calling=("CT3",), commitment=True)
OURS = LocalAe(ae_title="CT3", port=0)

Stored = Callable[[Scp], Node]


@pytest.fixture
def queue(maker: BenchMaker, instances: list[Path]) -> SendQueue:
    maker.bench.settings.change(local=CALLER)
    made = SendQueue(maker.bench)
    maker.listeners.append(made.job_changed)
    made.add([scan(path) for path in instances])
    return made


@pytest.fixture
def desk(maker: BenchMaker, queue: SendQueue) -> CommitmentDesk:
    made = CommitmentDesk(maker.bench, queue)
    maker.listeners.append(made.job_changed)
    return made


@pytest.fixture
def stored(queue: SendQueue, wait: Wait) -> Stored:
    """Starts an SCP and stores the queue's objects there."""

    def store(scp: Scp) -> Node:
        scp.start()
        node = scp.node()
        queue.send(node, jobs=1, stop_at_first_failure=False, contexts=())
        wait(lambda: not queue.is_sending)
        assert {row.state for row in queue.model.rows} == {STORED}
        return node

    return store


def request(desk: CommitmentDesk, node: Node, wait: Wait, *, is_listening: bool = False) -> Job:
    job = desk.request(node, is_listening=is_listening)
    assert job is not None
    assert desk.request(node, is_listening=is_listening) is None  # one at a time
    wait(lambda: not job.is_running)
    return job


def results(queue: SendQueue) -> list[str]:
    return [row.result for row in queue.model.rows]


@pytest.mark.slow
def test_all_that_was_stored_is_committed_over_the_same_association(
    desk: CommitmentDesk, queue: SendQueue, stored: Stored, maker: BenchMaker, tmp_path: Path, wait: Wait
) -> None:
    node = stored(Scp(maker, tmp_path / "archive", wait, COMMITS))
    job = request(desk, node, wait)
    assert (job.state, job.outcome) == (JobState.DONE, "us answers for 3 objects")
    assert results(queue) == ["✔ 0000H Success · committed"] * 3
    assert (desk.progress.sentence, desk.progress.is_failed) == (job.outcome, False)
    assert maker.messages[-1] == ("ok", job.outcome)


@pytest.mark.slow
def test_what_the_peer_no_longer_has_is_red_and_is_sent_again(
    desk: CommitmentDesk, queue: SendQueue, stored: Stored, maker: BenchMaker, tmp_path: Path, wait: Wait
) -> None:
    archive = Scp(maker, tmp_path / "archive", wait, COMMITS)
    node = stored(archive)
    wait(lambda: len(archive.rows) == 3)
    lost = next(row for row in archive.rows if row.sop_instance_uid == queue.model.rows[1].sop_instance_uid)
    Path(lost.path).unlink()
    job = request(desk, node, wait)
    assert job.state is JobState.FAILED
    assert job.outcome.startswith("us answers for 2 of 3 objects; 1 not: 0112H")
    assert desk.progress.is_failed
    assert [row.state for row in queue.model.rows] == [STORED, NOT_COMMITTED, STORED]
    assert results(queue)[1].startswith("✖ not committed: 0112H")
    assert queue.retry(()) is not None
    wait(lambda: not queue.is_sending)
    assert desk.progress.sentence == ""
    request(desk, node, wait)
    assert results(queue) == ["✔ 0000H Success · committed"] * 3


@pytest.mark.slow
def test_a_report_on_an_association_of_the_peer_comes_to_our_listener(
    desk: CommitmentDesk, queue: SendQueue, stored: Stored, maker: BenchMaker, tmp_path: Path, wait: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(committing, "STAY", 0.0)
    ours = Scp(maker, tmp_path / "ours", wait, OURS, reports=desk.listener)
    ours.start()
    node = stored(Scp(maker, tmp_path / "archive", wait, COMMITS, nodes=lambda: [ours.node()]))
    job = request(desk, node, wait, is_listening=True)
    assert job.state is JobState.DONE
    assert results(queue) == ["✔ 0000H Success · committed"] * 3
    reports = [row for row in maker.recording.associations_model.rows if row.called_ae_title == "CT3"]
    assert {row.is_requestor for row in reports} == {True, False}  # both ends of it are ours


class Silent:
    """An SCP that stores, takes requests for commitment, and reports when it is told to."""

    def __init__(self) -> None:
        self.asked: list[Dataset] = []
        self.is_asked = Event()
        self.offers = (
            Offer(sop_classes=dict.fromkeys(storage_sop_classes()), handlers={CStoreRq.COMMAND_FIELD: self._store}),
            Offer(
                sop_classes={STORAGE_COMMITMENT: None}, handlers={NActionRq.COMMAND_FIELD: answering(self._requested)}
            ),
        )

    async def _store(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        assert request.data_set is not None
        await request.data_set.discard()
        yield Reply(message=respond(request.message, 0))

    async def _requested(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        self.asked.append(data_set)
        self.is_asked.set()
        return Answer()

    def report(self, node: Node) -> None:
        """Reports to a node that all that was asked for last is committed."""
        asked = read_request(self.asked[-1])
        event, information = report_data_set(asked.transaction_uid, map(Verdict, asked.references))
        told = Report(
            sop_class_uid=STORAGE_COMMITMENT,
            sop_instance_uid=COMMITMENT_INSTANCE,
            event_type_id=event,
            information=information,
        )
        assert asyncio.run(report_to(node, told, local=LocalAe(ae_title="CT3"))).is_done


@pytest.mark.parametrize("is_before_the_end", [True, False])
def test_a_report_that_comes_late_is_taken(
    desk: CommitmentDesk, queue: SendQueue, maker: BenchMaker, tmp_path: Path, wait: Wait,
    monkeypatch: pytest.MonkeyPatch, is_before_the_end: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(committing, "STAY", 0.0)
    monkeypatch.setattr(committing, "PATIENCE", 0.0)
    ours = Scp(maker, tmp_path / "ours", wait, OURS, reports=desk.listener)
    ours.start()
    silent = Silent()
    with background(handlers_for(silent.offers), policy=policy_for(silent.offers)) as node:
        queue.send(node, jobs=1, stop_at_first_failure=False, contexts=())
        wait(lambda: not queue.is_sending)
        job = desk.request(node, is_listening=True)
        assert job is not None
        assert silent.is_asked.wait(10)  # meanwhile the window's event loop stands still
        if not is_before_the_end:
            wait(lambda: not job.is_running)
            assert "no report" in desk.progress.sentence
            assert desk.progress.is_failed
            assert results(queue) == ["✔ 0000H Success · no report on commitment"] * 3
        silent.report(ours.node())
        wait(lambda: not job.is_running and not desk.progress.is_failed)
    assert results(queue) == ["✔ 0000H Success · committed"] * 3
    late = "" if is_before_the_end else "Late, but it came: "
    assert desk.progress.sentence == f"{late}{node.name} answers for 3 objects"


def test_a_node_that_does_not_offer_it_is_said_and_nothing_changes(
    desk: CommitmentDesk, queue: SendQueue, stored: Stored, scp: Scp, maker: BenchMaker, wait: Wait
) -> None:
    node = stored(scp)
    before = results(queue)
    job = request(desk, node, wait)
    assert job.state is JobState.FAILED
    assert job.outcome == "us does not offer storage commitment"
    assert maker.messages[-1] == ("error", f"Commitment by us: {job.outcome}")
    assert results(queue) == before


def test_a_node_that_is_gone_is_said(
    desk: CommitmentDesk, queue: SendQueue, stored: Stored, scp: Scp, wait: Wait
) -> None:
    node = stored(scp)
    ended = scp.listener.stop()
    wait(lambda: ended is not None and not ended.is_running)
    job = request(desk, node, wait)
    assert "connection refused" in job.outcome
    assert results(queue) == ["✔ 0000H Success"] * 3


def test_nobody_has_to_wait_for_a_report(
    desk: CommitmentDesk,
    queue: SendQueue,
    stored: Stored,
    maker: BenchMaker,
    tmp_path: Path,
    wait: Wait,
    expect_log: ExpectLog,
) -> None:
    expect_log("there is nowhere to report to", required=False)  # by the SCP, if it gets that far
    node = stored(Scp(maker, tmp_path / "archive", wait, COMMITS))
    job = desk.request(node, is_listening=False)
    assert job is not None
    assert results(queue) == ["✔ 0000H Success · commitment asked"] * 3
    desk.cancel()
    wait(lambda: not job.is_running)
    assert job.state is JobState.CANCELLED
    assert desk.progress.sentence == "The report of us is no longer waited for"
    assert results(queue) == ["✔ 0000H Success"] * 3


def test_what_was_not_stored_is_not_asked_for(desk: CommitmentDesk, queue: SendQueue) -> None:
    node = Node(name="nobody", host="127.0.0.1", port=9, ae_title="NOBODY")
    assert desk.request(node, is_listening=False) is None
    desk.cancel()


def test_the_sentence_goes_with_the_list(
    desk: CommitmentDesk, queue: SendQueue, stored: Stored, scp: Scp, wait: Wait
) -> None:
    request(desk, stored(scp), wait)
    assert desk.progress.sentence
    queue.clear()
    assert desk.progress.sentence == ""
