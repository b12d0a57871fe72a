"""Sends files and a data set from memory to an archive that takes Implicit VR only: sending.py."""

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pydicom

from workbench import LocalAe, Node, serve
from workbench.services.storage.instances import Sendable
from workbench.services.storage.memory import instance_of
from workbench.services.storage.scp import StorageScp
from workbench.services.storage.sending import Sending
from workbench.services.transcoding.conversion import Conversion
from workbench.storage.part10 import scan
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

SAMPLES = Path(__file__).parents[1] / "samples"


async def main() -> None:
    """Sends everything, with at most four objects awaiting their answers, and says what became of each."""
    changed = pydicom.dcmread(SAMPLES / "mr_implicit.dcm")
    changed.PatientID = "ANOTHER"
    instances: list[Sendable] = [*map(scan, sorted(SAMPLES.glob("ct_*.dcm"))), instance_of(changed)]
    with TemporaryDirectory() as folder:
        storage = StorageScp(folder)
        classes = dict.fromkeys(storage.offer.sop_classes, (IMPLICIT_VR_LITTLE_ENDIAN,))
        async with serve(LocalAe(port=0), [replace(storage.offer, sop_classes=classes)]) as server:
            node = Node(name="archive", host=server.address[0], port=server.address[1], ae_title="ARCHIVE")
            sending = Sending(instances, node, LocalAe(), window=4, convert=Conversion.UNCOMPRESSED)
            await sending.run()
        storage.close()
    print(sending.report())


if __name__ == "__main__":
    asyncio.run(main())
