"""A C-FIND SCP over a folder of objects: `python -m tests.benchmark.find_scp ours|pynetdicom FOLDER PORT`.

Ours answers from the index of the archive, as it does for users. pynetdicom's has its answers ready as data sets, as
its library leaves the searching to the program.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.events import Event

from workbench.config import LocalAe
from workbench.services.offers import serve
from workbench.services.query.archive import archive_provider
from workbench.services.query.find_scp import FindScp
from workbench.services.query.models import STUDY_ROOT
from workbench.storage.index import InstanceIndex

HOST = "127.0.0.1"


async def ours(folder: Path, port: int) -> None:
    """Serves until it is ended."""
    with InstanceIndex.open(folder) as index:
        scp = FindScp([STUDY_ROOT], archive_provider(index))
        async with serve(LocalAe(ae_title="ARCHIVE", bind=HOST, port=port), [scp.offer]) as server:
            print(f"listening on {HOST}:{server.address[1]}", flush=True)
            await asyncio.Event().wait()


def pynetdicom(folder: Path, port: int) -> None:
    """Serves until it is ended."""
    answers = [dcmread(path, stop_before_pixels=True) for path in folder.glob("*.dcm")]

    def find(event: Event) -> Iterator[tuple[int, Dataset]]:
        wanted = str(event.identifier.StudyInstanceUID or "")
        for answer in answers:
            if wanted in ("", answer.StudyInstanceUID):
                answer.QueryRetrieveLevel = "STUDY"
                yield 0xFF00, answer

    entity = AE(ae_title="ARCHIVE")
    entity.add_supported_context(STUDY_ROOT.find)
    entity.start_server((HOST, port), block=False, evt_handlers=[(evt.EVT_C_FIND, find)])
    print(f"listening on {HOST}:{port}", flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    maker, place, number = sys.argv[1:]
    if maker == "ours":
        asyncio.run(ours(Path(place), int(number)))
    else:
        pynetdicom(Path(place), int(number))
