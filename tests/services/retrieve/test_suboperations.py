"""Sub-operations are counted, and the final response follows from the counts."""

import asyncio

import pytest

from tests.services.retrieve.archives import Held
from workbench.net.tasks import TaskKeeper
from workbench.services.retrieve.suboperations import Performed, SubOperations

STORED = [
    Held(path=f"{number}", sop_class_uid="1.2", sop_instance_uid=f"1.2.{number}", transfer_syntax_uid="1", keys={})
    for number in range(4)
]


@pytest.mark.parametrize(
    ("statuses", "status", "comment"),
    [
        ([], 0xFE00, ""),
        ([0, 0], 0xFE00, ""),
        ([0, 0, 0, 0], 0x0000, ""),
        ([0, 0, 0, 0xB007], 0xB000, ""),
        ([0xB000, 0xB000, 0xB000, 0xB000], 0xB000, ""),
        ([0, 0xA700, 0, 0xC001], 0xB000, "A700H Refused: out of resources"),
        ([0xB000, 0xA900, 0xA900, 0xA900], 0xB000, "A900H Error: data set does not match SOP class"),
        ([0x0122, 0xA700, 0xA700, 0xA700], 0xA702, "0122H Refused: SOP class not supported"),
    ],
)
def test_final_status_follows_from_what_became_of_all(statuses: list[int], status: int, comment: str) -> None:
    operations = SubOperations(STORED)
    for stored, answered in zip(STORED, statuses, strict=False):
        operations.answered(stored, answered, None)
    ending = operations.ending()
    assert (ending.status, ending.comment) == (status, comment)
    failed = [number for number, answered in enumerate(statuses) if answered and answered >> 12 != 0xB]
    assert ending.failed_uids == tuple(f"1.2.{number}" for number in failed)
    assert ending.counts["number_of_failed_suboperations"] == len(failed)
    assert ending.counts.get("number_of_remaining_suboperations") == (4 - len(statuses) or None)


def test_observer_is_told_of_each() -> None:
    told: list[Performed] = []
    operations = SubOperations(STORED, told.append)
    operations.answered(STORED[0], 0x0000, None, conversion="converted")
    operations.answered(STORED[1], 0xB000, "coerced")
    operations.not_stored(STORED[2], "the file is gone")
    operations.give_up(STORED[3:], "lost")
    assert [(one.sop_instance_uid, one.status, one.reason, one.conversion) for one in told] == [
        ("1.2.0", 0x0000, "", "converted"),
        ("1.2.1", 0xB000, "B000H Warning: coercion of data elements (coerced)", ""),
        ("1.2.2", None, "the file is gone", ""),
        ("1.2.3", None, "lost", ""),
    ]
    assert operations.trouble == "the file is gone"


async def test_waiting_ends_at_the_count_at_the_last_one_and_when_nothing_more_comes() -> None:
    operations, tasks = SubOperations(STORED), TaskKeeper()
    waiting = tasks.start(operations.wait_for(2), name="wait")
    await asyncio.sleep(0)
    operations.answered(STORED[0], 0, None)
    await asyncio.sleep(0)
    assert not waiting.done()
    operations.answered(STORED[1], 0, None)
    await waiting
    operations.give_up(STORED[2:], "lost")
    await operations.wait_for(4)
    after_all = tasks.start(operations.wait_for(5), name="wait")
    await asyncio.sleep(0)
    assert not after_all.done()
    operations.stop_waiting()
    await after_all
