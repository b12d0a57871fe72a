"""What was acknowledged survives the sudden death of the process that acknowledged it."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.services.applications import asking
from tests.services.commitment.archives import references
from tests.services.procedure_step.test_scp import attributes, final
from tests.services.test_availability import notification
from workbench.config import Node
from workbench.services.availability import INSTANCE_AVAILABILITY_NOTIFICATION, AvailabilityScp, notify_availability
from workbench.services.commitment import CommitmentListener, request_commitment
from workbench.services.commitment.references import STORAGE_COMMITMENT
from workbench.services.commitment.transactions import Transactions
from workbench.services.procedure_step.scp import ProcedureStepScp
from workbench.services.procedure_step.scu import MODALITY_PERFORMED_PROCEDURE_STEP, complete_step, create_step

ROOT = Path(__file__).resolve().parents[2]
SERVER = """
import asyncio, sys
from tests.services.commitment.archives import Shelf
from workbench import LocalAe, serve
from workbench.services.availability import AvailabilityScp
from workbench.services.commitment import CommitmentScp
from workbench.services.commitment.providing import Reporting
from workbench.services.procedure_step.scp import ProcedureStepScp

async def main(folder):
    local = LocalAe(port=0, commitment=True)
    steps, availability = ProcedureStepScp(folder + "/steps"), AvailabilityScp(folder + "/availability")
    commitment = CommitmentScp(
        folder + "/commitment", Shelf(), local=local, nodes=lambda _: None, reporting=Reporting(grace=600)
    )
    async with commitment, serve(local, [steps.offer, availability.offer, commitment.offer]) as server:
        print(server.address[1], flush=True)
        await asyncio.Event().wait()

asyncio.run(main(sys.argv[1]))
"""


@asynccontextmanager
async def server_that_is_killed(folder: Path) -> AsyncIterator[Node]:
    """Gives the node of a server in a process of its own, which is killed at the end."""
    command = (sys.executable, "-c", SERVER, str(folder))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=ROOT)
    try:
        assert process.stdout is not None
        port = int(await process.stdout.readline())
        yield Node(name="server", host="127.0.0.1", port=port, ae_title="WORKBENCH")
    finally:
        process.kill()
        await process.wait()


@pytest.mark.slow
async def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    classes = (MODALITY_PERFORMED_PROCEDURE_STEP, INSTANCE_AVAILABILITY_NOTIFICATION, STORAGE_COMMITMENT)
    async with server_that_is_killed(tmp_path) as node, asking(node, *classes) as association:
        for number in range(20):
            assert (await create_step(association, attributes(), f"1.2.{number}")).status == 0
            assert (await notify_availability(association, notification(), f"1.3.{number}")).status == 0
            commitment = await request_commitment(
                association, CommitmentListener(), references(number), transaction_uid=f"1.4.{number}"
            )
            assert not commitment.is_reported
        for number in range(10):
            assert (await complete_step(association, f"1.2.{number}", final())).status == 0
    async with ProcedureStepScp(tmp_path / "steps") as steps:
        statuses = [steps.steps.read(f"1.2.{number}").PerformedProcedureStepStatus for number in range(20)]
    assert statuses == ["COMPLETED"] * 10 + ["IN PROGRESS"] * 10
    with AvailabilityScp(tmp_path / "availability") as availability:
        assert len(list(availability.notifications)) == 20
    kept = Transactions(tmp_path / "commitment")
    assert {each.transaction_uid: each.references for each in kept} == {
        f"1.4.{number}": references(number) for number in range(20)
    }
    kept.close()
