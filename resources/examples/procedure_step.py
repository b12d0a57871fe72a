"""A modality that reports what it does, and the department system that keeps it: procedure_step.py."""

import asyncio
from tempfile import TemporaryDirectory

from pydicom.dataset import Dataset

from workbench import LocalAe, Node, connect, serve
from workbench.services.procedure_step.scp import ProcedureStepScp
from workbench.services.procedure_step.scu import (
    PROCEDURE_STEP_CONTEXTS,
    StepEvent,
    complete_step,
    create_step,
    step_attributes,
)


def tell(event: StepEvent, uid: str, step: Dataset) -> None:
    """Says what became of a step."""
    print(uid, step.PerformedProcedureStepID, step.PerformedProcedureStepStatus)


def series() -> Dataset:
    """Gives what a step needs to be completed: its series, here one without images."""
    made, one = Dataset(), Dataset()
    one.ProtocolName, one.SeriesInstanceUID = "HEAD", "1.2.3.4"
    one.PerformingPhysicianName = one.OperatorsName = one.SeriesDescription = one.RetrieveAETitle = ""
    one.ReferencedImageSequence, one.ReferencedNonImageCompositeSOPInstanceSequence = [], []
    made.PerformedSeriesSequence = [one]
    return made


async def main() -> None:
    """Does one step from its beginning to its end, and tries to change it afterwards."""
    item = Dataset()
    item.PatientName, item.StudyInstanceUID = "DOE^JANE", "1.2.3"
    step = step_attributes(item, step_id="PPS1", station_ae_title="CT1", modality="CT")
    with TemporaryDirectory() as folder:
        scp = ProcedureStepScp(folder, on_changed=tell)
        async with scp, serve(LocalAe(port=0), [scp.offer]) as server:
            node = Node(name="RIS", host=server.address[0], port=server.address[1], ae_title="RIS")
            async with connect(node, PROCEDURE_STEP_CONTEXTS, local=LocalAe(ae_title="CT1")) as association:
                for result in (
                    await create_step(association, step, "1.2.9"),
                    await complete_step(association, "1.2.9", series()),
                    await complete_step(association, "1.2.9", series()),
                ):
                    print(result.reason)


if __name__ == "__main__":
    asyncio.run(main())
