"""A small archive of known patients, and servers and associations around providers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydicom.config import IGNORE
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian

from tests.services.servers import LOCAL
from workbench.acse.extended import QueryOptions
from workbench.config import Node
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.offers import serve
from workbench.services.query.find import FindResult, Match, find, find_contexts, find_options
from workbench.services.query.find_scp import FindRequest, FindScp
from workbench.services.query.models import Model

CT = "1.2.840.10008.5.1.4.1.1.2"
PT = "1.2.840.10008.5.1.4.1.1.128"
ROOT = "1.2.826.0.1.3680043.10.1"


def made(**values: Any) -> Dataset:
    """Gives a data set of keywords and values, which need not be values of their VR."""
    data_set = Dataset()
    for keyword, value in values.items():
        tag = tag_for_keyword(keyword)
        assert tag is not None, keyword
        data_set.add(DataElement(tag, dictionary_VR(tag).split(" or ")[0], value, validation_mode=IGNORE))
    return data_set


def make_object(folder: Path, number: int, **values: Any) -> Dataset:
    """Writes a small object and gives its data set."""
    data_set = made(
        SOPClassUID=CT,
        SOPInstanceUID=f"{ROOT}.9.{number}",
        StudyInstanceUID=f"{ROOT}.1.{number}",
        SeriesInstanceUID=f"{ROOT}.2.{number}",
        Modality="CT",
        PatientID=f"ID{number}",
        PatientName=f"Doe^No{number}",
        StudyDate="20240101",
        StudyTime="1200",
        InstanceNumber=number,
    )
    data_set.update(made(**values))
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dcmwrite(folder / f"{number}.dcm", data_set, enforce_file_format=True)
    return data_set


def make_archive(folder: Path) -> None:
    """Writes two patients: one with a study of two series, CT and PT, one with a Japanese name and a study of 2023."""
    shared = {"PatientID": "ID1", "PatientName": "Müller^Anna", "StudyInstanceUID": f"{ROOT}.1.1"}
    shared |= {"SpecificCharacterSet": "ISO_IR 100", "StudyDescription": "Schädel", "AccessionNumber": "A1"}
    code = made(CodeValue="121", CodingSchemeDesignator="99X", CodeMeaning="Kopf")
    make_object(folder, 1, **shared, ProcedureCodeSequence=[code])
    make_object(folder, 2, **shared, SeriesInstanceUID=f"{ROOT}.2.1", ProcedureCodeSequence=[code])
    make_object(folder, 3, **shared, SOPClassUID=PT, Modality="PT", ProcedureCodeSequence=[code])
    make_object(
        folder,
        4,
        SpecificCharacterSet=["", "ISO 2022 IR 87"],
        PatientName="Yamada^Tarou=山田^太郎=やまだ^たろう",
        StudyDate="20230705",
        StudyTime="2330",
    )


Search = Callable[[FindRequest], AsyncIterator[bytes | Dataset]]


class Scripted:
    """A provider that does what a function does."""

    def __init__(self, search: Search) -> None:
        self.matches = search


async def until_cancelled(request: FindRequest) -> AsyncIterator[bytes | Dataset]:
    """Finds ten matches, and no end of its search before it is cancelled."""
    for number in range(10):
        yield made(QueryRetrieveLevel="STUDY", StudyInstanceUID=f"{ROOT}.{number}")
    while not request.is_cancelled:  # noqa: ASYNC110 - as a provider between two looks at its data
        await asyncio.sleep(0)


@asynccontextmanager
async def asking(
    scp: FindScp, models: Iterable[Model], *, options: QueryOptions | None = None, syntax: str = ""
) -> AsyncIterator[Association]:
    """Gives an association with a server of ours on which the models can be queried."""
    models = tuple(models)
    async with serve(LOCAL, [scp.offer]) as server:
        host, port = server.address
        node = Node(name="test", host=host, port=port, ae_title="SERVER")
        contexts = find_contexts(models, (syntax,)) if syntax else find_contexts(models)
        items = find_options(models, options) if options else ()
        async with connect(node, contexts, local=LOCAL, user_information=items) as association:
            yield association


async def ask(association: Association, model: Model, identifier: Dataset) -> tuple[list[Match], FindResult]:
    """Gives all matches and the result of a query."""
    async with find(association, model, identifier) as query:
        matches = [match async for match in query]
    assert query.result is not None
    return matches, query.result


def names(matches: Iterable[Match], keyword: str = "PatientName") -> list[str]:
    """Gives the values of an attribute in matches, in order of the alphabet."""
    return sorted(str(match.data_set.get(keyword, "")) for match in matches)
