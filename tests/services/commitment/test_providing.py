"""The SCP of storage commitment: off by default, sure of what it confirms, and persistent until it is heard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.conftest import ExpectLog
from tests.services.applications import application, asking
from tests.services.commitment.archives import CT, MR, Shelf, references
from tests.services.servers import LOCAL
from workbench.config import LocalAe, Node
from workbench.dimse.messages import NEventReportRq
from workbench.errors import NoAcceptedContext, StorageError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.services.commitment.providing import CommitmentScp, Outcome, Reporting
from workbench.services.commitment.references import (
    COMMITMENT_INSTANCE,
    STORAGE_COMMITMENT,
    Reference,
    request_data_set,
)
from workbench.services.commitment.requesting import CommitmentListener, commit, request_commitment
from workbench.services.commitment.transactions import Transaction, Transactions
from workbench.services.normalized import Answer, answering, n_action, n_get
from workbench.services.offers import Offer

ENABLED = replace(LOCAL, commitment=True)
AT_ONCE = Reporting(grace=0.01, pauses=(0.0, 0.0))
ONE, TWO, THREE = references(1, 2, 3)


class Outcomes:
    """Collects what became of transactions."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Outcome] = asyncio.Queue()
        self.add = self._queue.put_nowait

    async def next(self) -> Outcome:
        async with asyncio.timeout(10):
            return await self._queue.get()


@asynccontextmanager
async def provider(
    folder: Path,
    archive: Shelf,
    *,
    local: LocalAe = ENABLED,
    nodes: Callable[[str], Node | None] = lambda _: None,
    outcomes: Outcomes | None = None,
    reporting: Reporting = AT_ONCE,
) -> AsyncIterator[tuple[CommitmentScp, Node]]:
    on_outcome = None if outcomes is None else outcomes.add
    scp = CommitmentScp(folder, archive, local=local, nodes=nodes, reporting=reporting, on_outcome=on_outcome)
    async with scp, application(scp.offer) as node:
        yield scp, node


async def test_it_is_off_until_the_local_ae_enables_it(tmp_path: Path) -> None:
    async with provider(tmp_path, Shelf(ONE), local=LOCAL) as (_, node):
        with pytest.raises(NoAcceptedContext):
            await commit(node, [ONE], local=LOCAL, patience=1)


async def test_a_report_comes_on_the_same_association_while_it_is_open(tmp_path: Path) -> None:
    outcomes = Outcomes()
    async with provider(tmp_path, Shelf(ONE, THREE), outcomes=outcomes) as (scp, node):
        result = await commit(node, [ONE, TWO, Reference(MR, THREE.sop_instance_uid)], local=LOCAL)
        assert result.committed == (ONE,)
        assert [each.failure_reason for each in result.failed] == [0x0112, 0x0119]
        assert (await outcomes.next()).problem == ""
        assert scp.pending == ()
    assert list(Transactions(tmp_path)) == []


async def test_a_report_comes_on_a_new_association_to_the_node_of_the_requestor(tmp_path: Path) -> None:
    listener = CommitmentListener()
    asked, callers = list[str](), list[str]()

    def called(association: Association) -> None:
        callers.append(association.calling_ae_title)

    async with application(listener.offer, observer=called) as ours:

        def nodes(title: str) -> Node:
            asked.append(title)
            return ours

        async with provider(tmp_path, Shelf(ONE), nodes=nodes, reporting=Reporting(grace=5)) as (_, node):
            result = await commit(node, [ONE], local=LOCAL, listener=listener)
    assert result.is_complete
    assert (asked, callers[0]) == (["TESTER"], "APPLICATION"), "the SCP reports under the title by which it was asked"


class StubbornScu:
    """Answers reports by the given statuses, then with success."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.reports: list[Dataset] = []
        handlers = {NEventReportRq.COMMAND_FIELD: answering(self.take)}
        self.offer = Offer(
            sop_classes={STORAGE_COMMITMENT: None}, handlers=handlers, roles={STORAGE_COMMITMENT: (True, True)}
        )

    async def take(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        self.reports.append(data_set)
        return Answer(self.statuses.pop(0) if self.statuses else 0)


async def test_a_report_that_is_refused_is_repeated_with_what_is_true_then(
    tmp_path: Path, expect_log: ExpectLog
) -> None:
    expect_log("commitment .* is not reported: TESTER answers 0110H")
    outcomes, shelf, scu = Outcomes(), Shelf(ONE), StubbornScu(0x0110)
    take = scu.take

    async def lose(request: IncomingRequest, data_set: Dataset) -> Answer:
        shelf.held.clear()  # what the first report confirmed is gone before the second
        return await take(request, data_set)

    scu.offer = replace(scu.offer, handlers={NEventReportRq.COMMAND_FIELD: answering(lose)})
    async with (
        application(scu.offer) as ours,
        provider(tmp_path, shelf, nodes=lambda _: ours, outcomes=outcomes) as (_, node),
        asking(node, STORAGE_COMMITMENT) as association,
    ):
        await request_commitment(association, CommitmentListener(), [ONE])
        await association.release()
        outcome = await outcomes.next()
    assert (outcome.problem, [each.failure_reason for each in outcome.verdicts]) == ("", [0x0112])
    assert ["FailedSOPSequence" in each for each in scu.reports] == [False, True]


async def test_it_gives_up_after_the_last_attempt_and_says_so(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("is not reported: no node has the AE title TESTER")
    outcomes = Outcomes()
    async with (
        provider(tmp_path, Shelf(ONE), outcomes=outcomes) as (scp, node),
        asking(node, STORAGE_COMMITMENT) as association,
    ):
        await request_commitment(association, CommitmentListener(), [ONE])
        await association.release()
        outcome = await outcomes.next()
        assert scp.pending == ()
    assert outcome.problem == "no node has the AE title TESTER, so there is nowhere to report to"
    assert list(Transactions(tmp_path)) == []


async def test_a_restart_takes_up_what_was_not_reported(tmp_path: Path) -> None:
    never = Reporting(grace=60)
    async with (
        provider(tmp_path, Shelf(ONE), reporting=never) as (scp, node),
        asking(node, STORAGE_COMMITMENT) as association,
    ):
        await request_commitment(association, CommitmentListener(), [ONE], transaction_uid="2.25.1")
        assert [each.transaction_uid for each in scp.pending] == ["2.25.1"]
    outcomes, listener = Outcomes(), CommitmentListener()
    commitment = listener.expect([ONE], "2.25.1")
    async with (
        application(listener.offer) as ours,
        provider(tmp_path, Shelf(ONE), nodes=lambda _: ours, outcomes=outcomes),
    ):
        assert (await commitment.result(10)).is_complete
        assert (await outcomes.next()).transaction_uid == "2.25.1"
    assert list(Transactions(tmp_path)) == []


async def test_many_that_wait_after_a_restart_are_reported_a_few_at_a_time(tmp_path: Path) -> None:
    transactions, listener, outcomes = Transactions(tmp_path), CommitmentListener(), Outcomes()
    commitments = [listener.expect([ONE]) for _ in range(12)]
    for each in commitments:
        transactions.keep(
            Transaction(
                transaction_uid=each.transaction_uid, requestor="TESTER", provider="ME", references=each.references
            )
        )
    transactions.close()
    there, most = set[Association](), list[int]()

    def watch(association: Association) -> None:
        there.symmetric_difference_update({association})
        most.append(len(there))

    async with (
        application(listener.offer, observer=watch) as ours,
        provider(tmp_path, Shelf(ONE), nodes=lambda _: ours, outcomes=outcomes),
    ):
        assert {(await outcomes.next()).problem for _ in commitments} == {""}
    assert all([(await each.result(1)).is_complete for each in commitments])
    assert max(most) <= 4


async def test_what_was_tried_before_the_restart_counts(tmp_path: Path) -> None:
    transactions = Transactions(tmp_path)
    transactions.keep(
        Transaction(transaction_uid="2.25.1", requestor="GONE", provider="ME", references=(ONE,), attempts=3)
    )
    transactions.close()
    outcomes = Outcomes()
    async with provider(tmp_path, Shelf(ONE), outcomes=outcomes):
        assert (await outcomes.next()).problem == "the attempts were used up before"


async def test_disabling_leaves_what_is_pending_alone(tmp_path: Path) -> None:
    transactions = Transactions(tmp_path)
    transactions.keep(Transaction(transaction_uid="2.25.1", requestor="GONE", provider="ME", references=(ONE,)))
    transactions.close()
    async with provider(tmp_path, Shelf(ONE), local=LOCAL) as (scp, _):
        assert scp.pending == ()
    assert [each.transaction_uid for each in Transactions(tmp_path)] == ["2.25.1"]


async def test_a_repetition_is_accepted_and_a_duplicate_refused(tmp_path: Path) -> None:
    async with (
        provider(tmp_path, Shelf(ONE), reporting=Reporting(grace=60)) as (scp, node),
        asking(node, STORAGE_COMMITMENT) as association,
    ):

        async def ask(reference: Reference) -> int:
            data_set = request_data_set("2.25.1", [reference])
            return (await n_action(association, STORAGE_COMMITMENT, COMMITMENT_INSTANCE, 1, data_set)).status

        assert [await ask(ONE), await ask(ONE), await ask(TWO)] == [0, 0, 0x0131]
        assert [each.references for each in scp.pending] == [(ONE,)]


@pytest.mark.parametrize(
    ("uid", "action", "data_set", "status"),
    [
        ("1.2.3", 1, request_data_set("2.25.1", [ONE]), 0x0112),
        (COMMITMENT_INSTANCE, 2, request_data_set("2.25.1", [ONE]), 0x0123),
        (COMMITMENT_INSTANCE, 1, request_data_set("2.25.1", []), 0x0115),
        (COMMITMENT_INSTANCE, 1, Dataset(), 0x0115),
        (COMMITMENT_INSTANCE, 1, None, 0x0115),
    ],
)
async def test_what_is_no_request_is_refused_not_aborted(
    tmp_path: Path, uid: str, action: int, data_set: Dataset | None, status: int
) -> None:
    async with provider(tmp_path, Shelf(ONE)) as (scp, node), asking(node, STORAGE_COMMITMENT) as association:
        assert (await n_action(association, STORAGE_COMMITMENT, uid, action, data_set)).status == status
        assert (await n_get(association, STORAGE_COMMITMENT, COMMITMENT_INSTANCE)).status == 0x0211
        assert scp.pending == ()


async def test_a_request_that_cannot_be_kept_is_not_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise StorageError("no space left on device", path="somewhere")

    monkeypatch.setattr(Transactions, "keep", full)
    async with provider(tmp_path, Shelf(ONE)) as (scp, node):
        result = await commit(node, [ONE], local=LOCAL)
        assert scp.pending == ()
    assert "0213H Failure: resource limitation (the request cannot be kept: no space left on device)" in result.problem


async def test_many_references_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.services.commitment.providing._MOST_REFERENCES", 1)
    async with (
        provider(tmp_path, Shelf(ONE)) as (_, node),
        asking(node, STORAGE_COMMITMENT) as association,
    ):
        refused = await request_commitment(association, CommitmentListener(), [ONE, Reference(CT, "1.2.9")])
        assert "0 instances wait to be reported" in (await refused.result(5)).problem


async def test_many_requests_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.services.commitment.providing._MOST_PENDING", 1)
    async with (
        provider(tmp_path, Shelf(ONE), reporting=Reporting(grace=60)) as (_, node),
        asking(node, STORAGE_COMMITMENT) as association,
    ):
        first = await request_commitment(association, CommitmentListener(), [ONE])
        second = await request_commitment(association, CommitmentListener(), [Reference(CT, "1.2.9")])
        assert (first.is_reported, second.is_reported) == (False, True)
        assert "1 transactions wait to be reported" in (await second.result(5)).problem
