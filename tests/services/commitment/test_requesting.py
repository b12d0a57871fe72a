"""The SCU of storage commitment: what it takes for committed, and what it says when nothing comes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.services.applications import application, asking
from tests.services.commitment.archives import CT, MR, references
from tests.services.servers import LOCAL
from workbench.dimse.answers import respond
from workbench.dimse.messages import NActionRq
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.commitment.references import (
    COMMITMENT_INSTANCE,
    STORAGE_COMMITMENT,
    Reference,
    Verdict,
    read_request,
    report_data_set,
)
from workbench.services.commitment.requesting import (
    Commitment,
    CommitmentListener,
    CommitmentResult,
    commit,
    request_commitment,
)
from workbench.services.normalized import Answer, Result, answering, n_event_report, read_data_set
from workbench.services.offers import Offer
from workbench.services.reporting import Report, report_to

ONE, TWO, THREE = references(1, 2, 3)


def report(transaction_uid: str, *verdicts: Verdict) -> Report:
    event_type_id, information = report_data_set(transaction_uid, verdicts)
    return Report(
        sop_class_uid=STORAGE_COMMITMENT,
        sop_instance_uid=COMMITMENT_INSTANCE,
        event_type_id=event_type_id,
        information=information,
    )


async def tell(listener: CommitmentListener, *reports: Report) -> list[Result]:
    """Reports as an SCP does that opens an association to the listener's server."""
    async with application(listener.offer) as node:
        return [await report_to(node, each, local=LOCAL) for each in reports]


def words_of(result: CommitmentResult) -> list[str]:
    return [each.words for each in result.instances]


async def test_a_report_on_an_association_of_the_scp_belongs_to_its_request() -> None:
    told: list[CommitmentResult] = []
    listener = CommitmentListener(told.append)
    first, second = listener.expect([ONE, TWO]), listener.expect([THREE])
    assert first.transaction_uid != second.transaction_uid
    results = await tell(listener, report(first.transaction_uid, Verdict(ONE), Verdict(TWO, 0x0112)))
    assert [each.status for each in results] == [0]
    assert (first.is_reported, second.is_reported) == (True, False)
    result = await first.result(5)
    assert (result.committed, result.is_complete, result.problem) == ((ONE,), False, "")
    assert [(each.reference, each.failure_reason, each.words) for each in result.failed] == [
        (TWO, 0x0112, "0112H Failure: no such SOP instance")
    ]
    assert told == [result]


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ([Verdict(ONE), Verdict(TWO)], ["", ""]),
        ([Verdict(ONE)], ["", "not mentioned in the report"]),
        ([], ["not mentioned in the report"] * 2),
        ([Verdict(ONE), Verdict(Reference(MR, TWO.sop_instance_uid))], ["", "committed with another SOP class only"]),
        ([Verdict(ONE), Verdict(TWO), Verdict(THREE)], ["", ""]),
        ([Verdict(ONE), Verdict(TWO), Verdict(Reference(MR, ONE.sop_instance_uid), 0x0119)],
         ["0119H Failure: class-instance conflict", ""]),
    ],
)  # fmt: skip
async def test_only_what_is_named_with_its_class_and_no_failure_is_committed(
    verdicts: list[Verdict], words: list[str]
) -> None:
    listener = CommitmentListener()
    commitment = listener.expect([ONE, TWO])
    await tell(listener, report(commitment.transaction_uid, *verdicts))
    result = await commitment.result(5)
    assert words_of(result) == words
    assert result.is_complete is (words == ["", ""])
    assert set(result.committed) == {one for one, said in zip((ONE, TWO), words, strict=True) if not said}


async def test_a_report_that_says_all_is_committed_but_names_a_failure_is_not_believed() -> None:
    listener = CommitmentListener()
    commitment = listener.expect([ONE])
    lie = report(commitment.transaction_uid, Verdict(ONE, 0x0110))
    await tell(listener, replace(lie, event_type_id=1))
    assert not (await commitment.result(5)).is_complete


async def test_a_second_report_is_accepted_and_changes_nothing() -> None:
    told: list[CommitmentResult] = []
    listener = CommitmentListener(told.append)
    commitment = listener.expect([ONE])
    uid = commitment.transaction_uid
    results = await tell(listener, report(uid, Verdict(ONE, 0x0112)), report(uid, Verdict(ONE)))
    assert [each.status for each in results] == [0, 0]
    assert not (await commitment.result(5)).is_complete
    assert len(told) == 1


async def test_a_report_that_comes_too_late_is_taken_all_the_same() -> None:
    told: list[CommitmentResult] = []
    listener = CommitmentListener(told.append)
    commitment = listener.expect([ONE])
    assert "within 0.01 s" in (await commitment.result(0.01)).problem
    assert [each.status for each in await tell(listener, report(commitment.transaction_uid, Verdict(ONE)))] == [0]
    assert [each.committed for each in told] == [(ONE,)]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"event_type_id": 3}, 0x0113),
        ({"event_type_id": 0}, 0x0113),
        ({"sop_instance_uid": "1.2.3"}, 0x0112),
        ({"information": Dataset()}, 0x0115),
        ({"information": report_data_set("2.25.404", [])[1]}, 0x0115),
    ],
)
async def test_what_is_no_report_of_ours_is_refused_not_aborted(changes: dict[str, Any], status: int) -> None:
    listener = CommitmentListener()
    commitment = listener.expect([ONE])
    good = report(commitment.transaction_uid, Verdict(ONE))
    results = await tell(listener, replace(good, **changes), good)
    assert [each.status for each in results] == [status, 0]
    assert (await commitment.result(5)).is_complete


async def test_the_oldest_of_many_transactions_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.services.commitment.requesting._MOST_KNOWN", 2)
    listener = CommitmentListener()
    commitments = [listener.expect([ONE]) for _ in range(3)]
    results = await tell(listener, *(report(each.transaction_uid, Verdict(ONE)) for each in commitments))
    assert [each.status for each in results] == [0x0115, 0, 0]


class Scp:
    """Answers requests with a status and reports on the same association, before or after the answer."""

    def __init__(self, status: int = 0, *, before: bool = False, silent: bool = False) -> None:
        self.asked: list[tuple[str, tuple[Reference, ...]]] = []
        self._status = status
        self._before = before
        self._silent = silent
        self.offer = Offer(sop_classes={STORAGE_COMMITMENT: None}, handlers={NActionRq.COMMAND_FIELD: self.handler})

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        asked = read_request(await read_data_set(request))
        self.asked.append(asked)
        if self._before:
            await self._report(request, asked.transaction_uid)
        yield Reply(message=respond(request.message, self._status, "busy" if self._status else None))
        if not self._before and not self._silent:
            await self._report(request, asked.transaction_uid)

    async def _report(self, request: IncomingRequest, transaction_uid: str) -> None:
        event_type_id, information = report_data_set(transaction_uid, [Verdict(ONE)])
        await n_event_report(request.association, STORAGE_COMMITMENT, COMMITMENT_INSTANCE, event_type_id, information)


@pytest.mark.parametrize("before", [False, True])
async def test_a_report_on_the_same_association_is_waited_for(before: bool) -> None:
    scp = Scp(before=before)
    async with application(scp.offer) as node:
        result = await commit(node, [ONE], local=LOCAL, patience=5)
    assert result.is_complete
    assert scp.asked == [(result.transaction_uid, (ONE,))]


async def test_a_refused_request_has_its_result_at_once() -> None:
    async with application(Scp(0x0213, silent=True).offer) as node:
        result = await commit(node, [ONE], local=LOCAL, patience=60)
    assert result.problem == (
        "the SCP refuses the request for storage commitment: 0213H Failure: resource limitation (busy)"
    )
    assert not result.committed


async def test_silence_commits_nothing_and_is_told_in_a_sentence() -> None:
    async with application(Scp(silent=True).offer) as node:
        result = await commit(node, [ONE], local=LOCAL, patience=0.05)
    assert result.problem.startswith("no report on the storage commitment came within 0.05 s: nothing is committed")
    assert (result.committed, words_of(result)) == ((), ["not reported"])


async def test_with_a_listener_the_association_is_released_before_the_report() -> None:
    listener, reports = CommitmentListener(), list[Commitment]()

    async def take(request: IncomingRequest, data_set: Dataset) -> Answer:
        asked = read_request(data_set)
        reports.append(Commitment(asked.transaction_uid, asked.references))
        return Answer()

    offer = Offer(sop_classes={STORAGE_COMMITMENT: None}, handlers={NActionRq.COMMAND_FIELD: answering(take)})
    async with application(offer) as node, application(listener.offer) as ours, asking(node, STORAGE_COMMITMENT) as one:
        commitment = await request_commitment(one, listener, [ONE], transaction_uid="2.25.5")
        await report_to(ours, report("2.25.5", Verdict(ONE)), local=LOCAL)
        assert (await commitment.result(5)).committed == (ONE,)
        assert [each.transaction_uid for each in reports] == ["2.25.5"]
        late = await commit(node, [Reference(CT, "1.2.9")], local=LOCAL, patience=0.05, listener=listener)
    assert late.problem
