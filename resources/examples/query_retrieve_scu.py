"""A Query/Retrieve SCU: finds studies by name, moves each: query_retrieve_scu.py HOST PORT TITLE NAME DESTINATION."""

import asyncio
import sys

from pydicom.dataset import Dataset

from workbench import STUDY_ROOT, LocalAe, Node, connect, find, move, propose, query_for


async def main(host: str, port: str, title: str, name: str, destination: str) -> None:
    """Lets the peer send every matching study to `destination`, an AE title that it knows."""
    node = Node(name="archive", host=host, port=int(port), ae_title=title)
    (contexts,) = propose((sop_class, ()) for sop_class in (STUDY_ROOT.find, STUDY_ROOT.move))
    async with connect(node, contexts, local=LocalAe()) as association:
        async with find(association, STUDY_ROOT, query_for("STUDY", PatientName=name)) as query:
            studies = [match.data_set async for match in query]
        for study in studies:
            wanted = Dataset()
            wanted.QueryRetrieveLevel, wanted.StudyInstanceUID = "STUDY", study.StudyInstanceUID
            async with move(association, STUDY_ROOT, wanted, destination=destination) as retrieval:
                print(study.PatientName, study.StudyDate, (await retrieval.finish()).reason)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
