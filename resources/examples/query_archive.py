"""An archive that answers queries from the index of a folder, and an SCU that asks it: query_archive.py."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from workbench import LocalAe, Node, connect, serve
from workbench.services.query.archive import ARCHIVE_OPTIONS, archive_provider
from workbench.services.query.find import find, find_contexts, query_for
from workbench.services.query.find_scp import FindScp
from workbench.services.query.models import STUDY_ROOT
from workbench.storage.index import InstanceIndex

SAMPLES = Path(__file__).parents[1] / "samples"


async def main() -> None:
    """Indexes the samples and asks for studies with CT; leaving the query early would cancel it."""
    with TemporaryDirectory() as folder:
        for path in SAMPLES.glob("*.dcm"):
            shutil.copy(path, folder)
        with InstanceIndex.open(folder) as index:
            scp = FindScp([STUDY_ROOT], archive_provider(index), options=ARCHIVE_OPTIONS)
            async with serve(LocalAe(port=0), [scp.offer]) as server:
                node = Node(name="archive", host=server.address[0], port=server.address[1], ae_title="ARCHIVE")
                async with connect(node, find_contexts([STUDY_ROOT]), local=LocalAe()) as association:
                    async with find(association, STUDY_ROOT, query_for("STUDY", ModalitiesInStudy="CT")) as query:
                        async for match in query:
                            print(match.data_set.PatientName, match.data_set.StudyDate)
                    print(query.result.reason if query.result else "")


if __name__ == "__main__":
    asyncio.run(main())
