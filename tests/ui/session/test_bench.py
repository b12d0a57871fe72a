"""Jobs on the engine: outcome, failure, defect, cancellation."""

import asyncio
from concurrent.futures import Future

from tests.conftest import ExpectLog
from tests.ui.session.conftest import BenchMaker, Wait
from ui.jobs import JobState
from workbench.errors import TransportError


async def outcome() -> str:
    return "12 stored"


async def refused() -> str:
    raise TransportError("connection refused", stage="connect")


async def defect() -> str:
    raise RuntimeError("impossible")


def test_what_the_work_returns_is_the_outcome(maker: BenchMaker, wait: Wait) -> None:
    job = maker.bench.run("Send", outcome(), detail="begins")
    assert (job.is_running, job.detail) == (True, "begins")
    assert list(maker.bench.running.values()) == [job]
    wait(lambda: not job.is_running)
    assert (job.state, job.outcome) == (JobState.DONE, "12 stored")
    assert not maker.bench.running
    assert maker.messages == []


def test_an_error_of_ours_is_the_outcome_of_a_failure(maker: BenchMaker, wait: Wait) -> None:
    job = maker.bench.run("Send", refused())
    wait(lambda: not job.is_running)
    assert (job.state, job.outcome) == (JobState.FAILED, "connection refused")
    assert maker.messages == [("error", "Send: connection refused")]


def test_a_defect_is_logged_and_told_as_one(maker: BenchMaker, wait: Wait, expect_log: ExpectLog) -> None:
    expect_log("ERROR ui.session.bench: ! job 'Send' ended by a defect: impossible")
    job = maker.bench.run("Send", defect())
    wait(lambda: not job.is_running)
    assert job.state is JobState.FAILED
    assert "internal error" in job.outcome
    assert maker.messages[0][0] == "error"


def test_a_cancelled_job_says_so(maker: BenchMaker, wait: Wait) -> None:
    ended = Future[None]()

    async def endless() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set_result(None)
        return ""

    job = maker.bench.run("Listen", endless())
    job.cancel()
    wait(lambda: not job.is_running)
    assert job.state is JobState.CANCELLED
    assert ended.result(5) is None
