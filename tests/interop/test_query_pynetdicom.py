"""C-FIND with pynetdicom as SCU and as SCP, in every model."""

from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.events import Event

from tests.interop.conftest import Proves
from tests.interop.entities import PYNETDICOM, asking_entity, listening_entity
from tests.interop.peers import PATIENCE
from tests.interop.querying import OTHERS, RELEVANT, ROOTS, archive, ask, service, serving
from tests.services.query.archives import ROOT, Scripted, made, until_cancelled
from workbench.config import Node
from workbench.dimse.messages import CCancelRq
from workbench.services.query.data_sets import data_set_provider
from workbench.services.query.find import query_for
from workbench.services.query.find_scp import FindScp
from workbench.services.query.models import (
    REPOSITORY_QUERY,
    STUDY_ROOT,
    Model,
)
from workbench.services.query.relevant_patient import relevant_patient_provider

pytestmark = [pytest.mark.interop, pytest.mark.slow]


def answering(*answers: Dataset) -> Any:
    """Gives a handler of pynetdicom's that answers with these data sets."""

    def handle(event: Event) -> Iterator[tuple[int, Dataset | None]]:
        for answer in answers:
            yield 0xFF00, answer

    return [(evt.EVT_C_FIND, handle)]


@pytest.mark.parametrize("model", [*ROOTS, *OTHERS, *RELEVANT, REPOSITORY_QUERY], ids=lambda model: model.name)
def test_pynetdicom_answers_us(proves: Proves, model: Model) -> None:
    answer = made(SpecificCharacterSet="ISO_IR 192", PatientID="1", PatientName="Müller^Anna", SOPInstanceUID="1.2")
    asked = made(PatientID="1", PatientName="", SOPInstanceUID="")
    if model.levels:
        answer.QueryRetrieveLevel = asked.QueryRetrieveLevel = "STUDY"
    with listening_entity([model.find], answering(answer)) as node:
        (match,), result, implementation = ask(node, model, asked)
    assert result.is_done
    assert match.data_set == answer
    proves(service(model), "SCU", PYNETDICOM, implementation)


def test_pynetdicom_is_cancelled() -> None:
    """It reads only when it has sent all it has queued; so its provider waits for the C-CANCEL."""
    cancelled: Queue[int] = Queue()

    def received(event: Event) -> None:
        command = event.message.command_set
        if command.CommandField == CCancelRq.COMMAND_FIELD:
            cancelled.put(command.MessageIDBeingRespondedTo)

    def search(event: Event) -> Iterator[tuple[int, Dataset | None]]:
        for number in range(3):
            yield 0xFF00, made(QueryRetrieveLevel="STUDY", StudyInstanceUID=f"1.2.{number}")
        assert cancelled.get(timeout=PATIENCE) == event.request.MessageID
        yield 0xFE00, None

    handlers = [(evt.EVT_C_FIND, search), (evt.EVT_DIMSE_RECV, received)]
    with listening_entity([STUDY_ROOT.find], handlers) as node:
        matches, result, _ = ask(node, STUDY_ROOT, query_for("STUDY"), cancel_after=2)
    assert (result.status, result.was_cancelled) == (0xFE00, True)
    assert len(matches) == 3


def received(node: Node, model: Model, identifier: Dataset) -> tuple[int, list[tuple[int, Dataset | None]]]:
    """Gives the final status that pynetdicom gets from us, and the pending ones with their identifiers."""
    with asking_entity(node, [model.find]) as association:
        answers = list(association.send_c_find(identifier, model.find))
    *pending, (final, _) = answers
    return final.Status, [(status.Status, answer) for status, answer in pending]


@pytest.mark.parametrize("model", ROOTS, ids=lambda model: model.name)
def test_pynetdicom_gets_our_matches(filled: Path, proves: Proves, model: Model) -> None:
    with archive(filled) as (node, callers):
        asked = made(QueryRetrieveLevel="STUDY", PatientID="ID1", StudyInstanceUID="", PatientName="")
        status, matches = received(node, model, asked)
        assert status == 0
        ((pending, match),) = matches
        assert pending == 0xFF00
        assert match is not None
        assert (match.StudyInstanceUID, str(match.PatientName)) == (f"{ROOT}.1.1", "Müller^Anna")
        assert received(node, model, made(QueryRetrieveLevel="NONE"))[0] == 0xA900
    (implementation,) = callers
    proves(service(model), "SCP", PYNETDICOM, implementation)


def test_pynetdicom_cancels_our_search() -> None:
    scp = FindScp([STUDY_ROOT], Scripted(until_cancelled))
    with serving(scp) as (node, _), asking_entity(node, [STUDY_ROOT.find]) as association:
        statuses = []
        for number, (status, _) in enumerate(association.send_c_find(query_for("STUDY"), STUDY_ROOT.find, msg_id=7)):
            statuses.append(status.Status)
            if number == 1:
                association.send_c_cancel(7, query_model=STUDY_ROOT.find)
    assert statuses == [*[0xFF00] * 10, 0xFE00]


@pytest.mark.parametrize("model", OTHERS, ids=lambda model: model.name)
def test_pynetdicom_gets_objects_of_no_patient_from_us(proves: Proves, model: Model) -> None:
    objects = [made(SOPClassUID="1.2.3", SOPInstanceUID=f"1.2.{number}") for number in range(3)]
    with serving(FindScp([model], data_set_provider(objects))) as (node, callers):
        status, matches = received(node, model, made(SOPInstanceUID=["1.2.1", "1.2.2"], SOPClassUID=""))
    assert status == 0
    assert [answer for _, answer in matches] == objects[1:]
    (implementation,) = callers
    proves(service(model), "SCP", PYNETDICOM, implementation)


@pytest.mark.parametrize("model", RELEVANT, ids=lambda model: model.name)
def test_pynetdicom_gets_one_relevant_patient_from_us(proves: Proves, model: Model) -> None:
    reports = [made(PatientID=patient, PatientName="Doe") for patient in ("1", "2", "2")]
    with serving(FindScp([model], relevant_patient_provider(reports))) as (node, callers):
        assert received(node, model, made(PatientID="1")) == (0, [(0xFF00, reports[0])])
        assert received(node, model, made(PatientID="2")) == (0xC100, [])
    (implementation,) = callers
    proves(service(model), "SCP", PYNETDICOM, implementation)


def test_pynetdicom_goes_on_with_our_inventory(filled: Path, proves: Proves) -> None:
    asked = made(QueryRetrieveLevel="STUDY", StudyInstanceUID="", MaximumNumberOfRecords=2, RecordKey=None)
    with archive(filled, REPOSITORY_QUERY) as (node, callers):
        # Never cut short: pynetdicom 3.0.4 takes B001H for a pending status and waits for one more response.
        status, both = received(node, REPOSITORY_QUERY, asked)
        assert (status, len(both)) == (0, 2)
        assert both[0][1] is not None
        asked.PriorRecordKey = both[0][1].RecordKey
        assert received(node, REPOSITORY_QUERY, asked) == (0, both[1:])
        asked.PriorRecordKey = b"nonsense"
        assert received(node, REPOSITORY_QUERY, asked) == (0xA710, [])
    (implementation,) = callers
    proves(service(REPOSITORY_QUERY), "SCP", PYNETDICOM, implementation)
