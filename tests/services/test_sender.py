"""The seams of one sender, where an association ends between two objects."""

import asyncio
from pathlib import Path

from tests.services.servers import LOCAL, ScriptedStore, serve
from tests.support.instances import make_instance
from workbench.net.association import Association
from workbench.services.outcomes import Outcome
from workbench.services.sender import MOST_LOSSES
from workbench.services.sending import Sending
from workbench.storage.part10 import scan


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
