"""A performer takes a Unified Procedure Step from a worklist, and whoever watches is told: ups_performer.py."""

import asyncio
from datetime import datetime
from tempfile import TemporaryDirectory

from pydicom.dataset import Dataset

from workbench import Association, LocalAe, Node, connect, serve
from workbench.services.ups.contents import code_item, performance, progress, scheduled_step
from workbench.services.ups.listener import EventListener, UpsEvent
from workbench.services.ups.scp import UpsScp
from workbench.services.ups.scu import (
    change_state,
    new_transaction_uid,
    query_ups,
    set_ups,
    subscribe,
    ups_contexts,
)
from workbench.services.ups.states import State


def tell(event: UpsEvent) -> None:
    """Says what became of a step."""
    print(event.type.name, event.information.get("ProcedureStepState", ""))


async def perform(association: Association, uid: str) -> None:
    """Does one step: takes it, says how far it is and what was done, and completes it."""
    lock, begin = new_transaction_uid(), datetime.now().astimezone()
    station, workitem = code_item("WS1", "99LOCAL", "Workstation 1"), code_item("110005", "DCM", "Interpretation")
    for result in (
        await change_state(association, uid, State.IN_PROGRESS, lock),
        await set_ups(association, uid, progress(50, "half of it is read"), lock),
        await set_ups(association, uid, performance(station, workitem, begin, datetime.now().astimezone()), lock),
        await change_state(association, uid, State.COMPLETED, lock),
    ):
        print(result.reason)


async def main() -> None:
    """Schedules one step, watches it, finds it and performs it."""
    asked = Dataset()
    asked.ProcedureStepState, asked.SOPInstanceUID = "SCHEDULED", ""
    performer, handlers = LocalAe(ae_title="WS1"), EventListener(tell).handlers
    with TemporaryDirectory() as folder:
        async with UpsScp(folder, LocalAe(), lambda title: None) as ups, serve(LocalAe(port=0), [ups.offer]) as server:
            await ups.create(scheduled_step("Read a CT", datetime.now().astimezone()))
            node = Node(name="worklist", host=server.address[0], port=server.address[1], ae_title="WORKLIST")
            async with connect(node, ups_contexts(), local=performer, handlers=handlers) as association:
                print((await subscribe(association, "WS1")).reason)
                async with query_ups(association, asked) as query:
                    found = [match.data_set.SOPInstanceUID async for match in query]
                await perform(association, found[0])
                await ups.drained()


if __name__ == "__main__":
    asyncio.run(main())
