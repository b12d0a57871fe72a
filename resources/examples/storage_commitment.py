"""A modality that asks whether its images are safe before it deletes them, and the archive: storage_commitment.py."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from workbench import LocalAe, Node, serve
from workbench.services.commitment import CommitmentScp, Reference, commit
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import scan

IMAGE = next((Path(__file__).parents[1] / "samples").glob("*.dcm"))
ARCHIVE = LocalAe(ae_title="ARCHIVE", port=0, commitment=True)  # off unless it is enabled: the modality deletes


async def main() -> None:
    """Asks for an image that the archive holds, and for one that it does not."""
    image = scan(IMAGE)
    asked = [Reference(image.sop_class_uid, uid) for uid in (image.sop_instance_uid, "1.2.3")]
    with TemporaryDirectory() as folder:
        shutil.copy(IMAGE, folder)
        index = InstanceIndex.open(folder)
        index.rebuild()
        scp = CommitmentScp(Path(folder, "transactions"), index, local=ARCHIVE, nodes=lambda title: None)
        async with scp, serve(ARCHIVE, [scp.offer]) as server:
            node = Node(name="archive", host=server.address[0], port=server.address[1], ae_title="ARCHIVE")
            result = await commit(node, asked, local=LocalAe(ae_title="CT1"), patience=10)
        for each in result.instances:
            print(each.reference.sop_instance_uid, "is safe" if each.is_committed else each.words)
        index.close()


if __name__ == "__main__":
    asyncio.run(main())
