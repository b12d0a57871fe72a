"""A department system that schedules a scan, and the scanner that asks what it has to do today: worklist.py."""

import asyncio
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from workbench import LocalAe, Node, connect, serve
from workbench.services.worklist.entries import WorklistEntry
from workbench.services.worklist.scp import WorklistScp
from workbench.services.worklist.scu import WORKLIST_CONTEXTS, query_worklist
from workbench.services.worklist.table import WorklistTable

SCAN = WorklistEntry(
    patient_name="Müller^Jane",
    patient_id="P1",
    requested_procedure_id="RP1",
    requested_procedure_description="Head",
    scheduled_station_ae_titles=("CT1",),
    start_date=f"{date.today():%Y%m%d}",
    start_time="0930",
    modality="CT",
    step_id="S1",
    step_description="Head native",
)


async def main() -> None:
    """Serves a table with one entry, and asks for it as the station it is for."""
    with TemporaryDirectory() as folder:
        table = WorklistTable(Path(folder) / "worklist.json")
        table.add(SCAN)
        async with serve(LocalAe(port=0), [WorklistScp(table).offer]) as server:
            node = Node(name="RIS", host=server.address[0], port=server.address[1], ae_title="RIS")
            async with connect(node, WORKLIST_CONTEXTS, local=LocalAe(ae_title="CT1")) as association:
                worklist = await query_worklist(association, station="CT1", days=date.today())
    for entry in worklist.entries:
        print(entry.start_time, entry.patient_name, entry.step_description)
    print(worklist.reason)


if __name__ == "__main__":
    asyncio.run(main())
