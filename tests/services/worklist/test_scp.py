"""The worklist, asked by an SCU of ours; the SCU's helper with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.conftest import ExpectLog
from tests.services.servers import LOCAL
from tests.services.worklist.samples import FULL, MINIMAL, entry, write_wl
from workbench.acse.extended import QueryOptions
from workbench.config import Node
from workbench.dimse.messages import CFindRq
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.offers import serve
from workbench.services.query.find import Match, find, find_options
from workbench.services.query.models import MODALITY_WORKLIST
from workbench.services.worklist.entries import WorklistEntry
from workbench.services.worklist.folder import WorklistFolder
from workbench.services.worklist.items import data_set_of
from workbench.services.worklist.scp import WorklistScp, WorklistSource
from workbench.services.worklist.scu import WORKLIST_CONTEXTS, query_worklist
from workbench.services.worklist.table import WorklistTable


@asynccontextmanager
async def asking(*sources: WorklistSource) -> AsyncIterator[Association]:
    async with serve(LOCAL, [WorklistScp(*sources).offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="WORKLIST")
        async with connect(node, WORKLIST_CONTEXTS, local=LOCAL) as association:
            yield association


def table(tmp_path: Path, *entries: WorklistEntry) -> WorklistTable:
    made = WorklistTable(tmp_path / "worklist.json")
    made.replace_all(entries)
    return made


def asked(step: dict[str, Any] | None = None, **keys: Any) -> Dataset:
    data_set, item = Dataset(), Dataset()
    for keyword, value in keys.items():
        setattr(data_set, keyword, value)
    for keyword, value in (step or {}).items():
        setattr(item, keyword, value)
    if step is not None:
        data_set.ScheduledProcedureStepSequence = [item]
    return data_set


async def found(association: Association, identifier: Dataset) -> list[Match]:
    async with find(association, MODALITY_WORKLIST, identifier) as query:
        return [match async for match in query]


async def test_table_and_folder_are_served_together(tmp_path: Path) -> None:
    write_wl(tmp_path / "x.wl", data_set_of(entry(7)))
    async with asking(table(tmp_path, MINIMAL, FULL), WorklistFolder(tmp_path)) as association:
        worklist = await query_worklist(association)
    assert worklist.entries == (MINIMAL, FULL, entry(7))
    assert (worklist.is_complete, worklist.result.status) == (True, 0)
    assert worklist.reason == "0000H Success: matching is complete"


DAYS = (
    entry(1, start_date="20260105", start_time="0800"),
    entry(2, start_date="20260105", start_time="1600", modality="MR", scheduled_station_ae_titles=("CT1", "MR1")),
    entry(3, start_date="20260106", performing_physician_name="Curie^Marie", patient_name="Doe^John"),
    entry(4, start_date="20260201", scheduled_station_ae_titles=("XR1",), patient_name="Müller^Max"),
)


@pytest.mark.parametrize(
    ("keys", "patients"),
    [
        ({}, "1234"),
        ({"station": "CT1"}, "123"),
        ({"station": "MR1"}, "2"),
        ({"station": "CT?"}, "123"),
        ({"station": "NONE"}, ""),
        ({"days": date(2026, 1, 5)}, "12"),
        ({"days": (date(2026, 1, 6), None)}, "34"),
        ({"days": (None, date(2026, 1, 5))}, "12"),
        ({"days": (date(2026, 1, 5), date(2026, 1, 6)), "station": "CT1"}, "123"),
        ({"days": (None, None)}, "1234"),
        ({"days": date(2026, 1, 5), "start_time": "1200-"}, "2"),
        ({"start_time": "0700-0900"}, "1"),
        ({"modality": "MR"}, "2"),
        ({"performing_physician_name": "curie*"}, "3"),
        ({"patient_name": "doe^*"}, "123"),
        ({"patient_name": "MÜLLER*"}, "4"),
        ({"patient_id": "P2", "modality": "CT"}, ""),
        ({"accession_number": "none"}, ""),
        ({"study_instance_uid": "1.2.3.4"}, "4"),
        ({"step_id": "S3"}, "3"),
    ],
)
async def test_entries_are_matched(tmp_path: Path, keys: dict[str, Any], patients: str) -> None:
    async with asking(table(tmp_path, *DAYS)) as association:
        worklist = await query_worklist(association, **keys)
    assert [each.patient_id for each in worklist.entries] == [f"P{number}" for number in patients]


async def test_only_what_is_asked_for_is_returned(tmp_path: Path) -> None:
    identifier = asked({"Modality": "", "ScheduledProcedureStepID": ""}, PatientID="", ReferencedStudySequence=[])
    async with asking(table(tmp_path, MINIMAL)) as association:
        (match,) = await found(association, identifier)
    (step,) = match.data_set.ScheduledProcedureStepSequence
    assert [element.keyword for element in match.data_set] == [
        *("ReferencedStudySequence", "PatientID", "ScheduledProcedureStepSequence")
    ]
    assert [element.keyword for element in step] == ["Modality", "ScheduledProcedureStepID"]
    assert (match.data_set.PatientID, step.Modality, match.status) == ("P1", "CT", 0xFF00)


async def test_an_empty_sequence_asks_for_all_that_is_in_it(tmp_path: Path) -> None:
    async with asking(table(tmp_path, MINIMAL)) as association:
        (match,) = await found(association, asked(ScheduledProcedureStepSequence=[]))
    (step,) = match.data_set.ScheduledProcedureStepSequence
    assert step.ScheduledStationAETitle == "CT1"
    assert step.ScheduledProcedureStepDescription == "Head native"


@pytest.mark.parametrize(
    "identifier",
    [
        asked(PatientID="", StudyDescription="nothing has it"),
        asked({"Modality": "", "AnatomicalOrientationType": "BIPED"}, PatientID=""),
    ],
)
async def test_an_unsupported_key_does_not_restrict_and_is_told(tmp_path: Path, identifier: Dataset) -> None:
    async with asking(table(tmp_path, MINIMAL)) as association:
        (match,) = await found(association, identifier)
    assert (match.status, match.is_complete) == (0xFF01, False)
    assert match.data_set.PatientID == "P1"


async def test_a_key_that_a_file_has_is_supported_for_it(tmp_path: Path) -> None:
    item = data_set_of(entry(5))
    item.StudyDescription = "from a file"
    write_wl(tmp_path / "x.wl", item)
    async with asking(table(tmp_path, MINIMAL), WorklistFolder(tmp_path)) as association:
        matches = await found(association, asked(StudyDescription="from *", PatientID=""))
    assert [(match.data_set.PatientID, match.status) for match in matches] == [("P1", 0xFF01), ("P5", 0xFF00)]


@pytest.mark.parametrize(
    ("asked_for", "name", "answered"),
    [
        ("ISO_IR 100", "Müller^Max", "ISO_IR 100"),
        ("ISO_IR 100", "山田", "ISO_IR 192"),
        ("GB18030", "山田", "GB18030"),
        ("ISO_IR 192", "Müller", "ISO_IR 192"),
        (None, "Müller", "ISO_IR 192"),
        ("ISO_IR 100", "Doe", None),
    ],
)
async def test_the_answer_is_in_the_character_set_of_the_query_where_that_can(
    tmp_path: Path, asked_for: str | None, name: str, answered: str | None
) -> None:
    identifier = asked(PatientName="")
    if asked_for:
        identifier.SpecificCharacterSet = asked_for
    async with asking(table(tmp_path, entry(1, patient_name=name))) as association:
        (match,) = await found(association, identifier)
    assert match.data_set.get("SpecificCharacterSet") == answered
    assert str(match.data_set.PatientName) == name


async def test_a_query_can_be_cut_short(tmp_path: Path) -> None:
    async with asking(table(tmp_path, *(entry(number) for number in range(1, 300)))) as association:
        worklist = await query_worklist(association, limit=3)
        assert len((await query_worklist(association)).entries) == 299
    assert [each.patient_id for each in worklist.entries] == ["P1", "P2", "P3"]
    assert worklist.result.is_done


async def test_a_malformed_key_is_refused_with_its_place(tmp_path: Path) -> None:
    async with asking(table(tmp_path, MINIMAL)) as association:
        worklist = await query_worklist(association, start_date="soon")
    assert worklist.result.status == 0xA900
    assert "soon" in worklist.reason


async def test_a_broken_identifier_is_answered_not_aborted(tmp_path: Path) -> None:
    async with asking(table(tmp_path, MINIMAL)) as association:
        message = CFindRq(message_id=7, affected_sop_class_uid=MODALITY_WORKLIST.find)
        reply = await association.request(message, b"\x10\x00\x10\x00PN\xff\x00AB")
        assert len((await query_worklist(association)).entries) == 1
    assert reply.message.status == 0xA900


async def test_a_source_that_cannot_be_read_is_no_empty_worklist(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("the worklist cannot be read: .*worklist.json")
    served = table(tmp_path, MINIMAL)
    async with asking(served) as association:
        served.path.write_text("nonsense")
        worklist = await query_worklist(association)
    assert (worklist.result.status, worklist.entries) == (0xA700, ())


async def test_each_query_sees_the_worklist_as_it_is(tmp_path: Path) -> None:
    served = table(tmp_path, MINIMAL)
    async with asking(served) as association:
        assert len((await query_worklist(association)).entries) == 1
        served.remove(MINIMAL.key)
        assert (await query_worklist(association)).entries == ()


async def test_date_and_time_are_matched_as_one_moment_where_that_was_agreed(tmp_path: Path) -> None:
    keys = {"ScheduledProcedureStepStartDate": "20260105-20260106", "ScheduledProcedureStepStartTime": "1200-1000"}
    served = table(
        tmp_path,
        entry(1, start_date="20260105", start_time="1100"),
        entry(2, start_date="20260105", start_time="1300"),
        entry(3, start_date="20260106", start_time="0900"),
        entry(4, start_date="20260106", start_time="1100"),
    )
    options = find_options((MODALITY_WORKLIST,), QueryOptions(date_time=True))
    async with serve(LOCAL, [WorklistScp(served).offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="WORKLIST")
        async with connect(node, WORKLIST_CONTEXTS, local=LOCAL, user_information=options) as association:
            matches = await found(association, asked(keys, PatientID=""))
    assert [match.data_set.PatientID for match in matches] == ["P2", "P3"]
