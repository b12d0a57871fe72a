"""Kept tasks: none is lost, none fails in silence."""

import asyncio

import pytest

from tests.conftest import ExpectLog
from workbench.net.tasks import TaskKeeper


async def test_all_tasks_are_ended_on_request() -> None:
    keeper, ended = TaskKeeper(), []

    async def wait(number: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(number)

    tasks = [keeper.start(wait(number), name=f"wait {number}") for number in range(3)]
    await asyncio.sleep(0)
    await keeper.cancel_all()
    assert sorted(ended) == [0, 1, 2]
    assert all(task.cancelled() for task in tasks)


async def test_what_a_task_raises_is_logged_with_its_name(expect_log: ExpectLog) -> None:
    expect_log("task divide ended: division by zero")
    keeper = TaskKeeper()

    async def divide() -> None:
        _ = 1 / 0

    task = keeper.start(divide(), name="divide")
    with pytest.raises(ZeroDivisionError):
        await task
    await asyncio.sleep(0)
