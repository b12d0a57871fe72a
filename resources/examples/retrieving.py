"""An archive of the samples, and who gets one study of it over the association on which it asks: retrieving.py."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pydicom
from pydicom.dataset import Dataset

from workbench import LocalAe, Node, serve
from workbench.services.query.models import STUDY_ROOT
from workbench.services.retrieve.get_scp import GetScp
from workbench.services.retrieve.getting import GetFrom
from workbench.services.storage.scp import StorageScp
from workbench.storage.index import InstanceIndex

SAMPLES = Path(__file__).parents[1] / "samples"


async def main() -> None:
    """Serves a copy of the samples, and takes the study of the first CT image from there into another folder."""
    wanted = Dataset()
    wanted.QueryRetrieveLevel = "STUDY"
    wanted.StudyInstanceUID = pydicom.dcmread(SAMPLES / "ct_explicit_1.dcm").StudyInstanceUID
    with TemporaryDirectory() as archive, TemporaryDirectory() as folder:
        shutil.copytree(SAMPLES, archive, dirs_exist_ok=True)
        storage = StorageScp(folder, on_received=lambda received: print("came:", received.sop_instance_uid))
        with InstanceIndex.open(archive) as index:
            async with serve(LocalAe(port=0), [GetScp([STUDY_ROOT], index).offer]) as server:
                node = Node(name="archive", host=server.address[0], port=server.address[1], ae_title="ARCHIVE")
                async with GetFrom(node, STUDY_ROOT, wanted, local=LocalAe(), receive=storage.handler) as getting:
                    async for progress in getting:
                        print(progress.performed, "of", progress.total)
        print(getting.result.reason)
        storage.close()


if __name__ == "__main__":
    asyncio.run(main())
