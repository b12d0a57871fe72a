"""Queries answered from the index of an archive."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.services.query.archives import CT, PT, ROOT, ask, asking, made, make_archive, make_object, names
from workbench.acse.extended import QueryOptions
from workbench.errors import StorageError
from workbench.services.query.archive import ARCHIVE_OPTIONS, archive_provider
from workbench.services.query.find import Match, find, query_for
from workbench.services.query.find_scp import FindScp
from workbench.services.query.identifiers import TRANSFER_SYNTAXES
from workbench.services.query.models import PATIENT_ROOT, PATIENT_STUDY_ONLY, REPOSITORY_QUERY, STUDY_ROOT
from workbench.storage.index import InstanceIndex
from workbench.storage.ranges import local_offset, moved, offset_minutes

STUDY = f"{ROOT}.1.1"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[InstanceIndex]:
    make_archive(tmp_path)
    with InstanceIndex.open(tmp_path) as index:
        yield index


def scp_of(index: InstanceIndex, **arguments: Any) -> FindScp:
    models = [PATIENT_ROOT, STUDY_ROOT, PATIENT_STUDY_ONLY, REPOSITORY_QUERY]
    return FindScp(models, archive_provider(index, **arguments), options=ARCHIVE_OPTIONS)


async def found(index: InstanceIndex, identifier: Dataset, **options: bool) -> list[Match]:
    negotiated = QueryOptions(**options) if options else None
    async with asking(scp_of(index), [STUDY_ROOT], options=negotiated) as association:
        matches, result = await ask(association, STUDY_ROOT, identifier)
    assert result.status == 0, result.reason
    return matches


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES)
async def test_a_study_is_told_with_all_that_was_asked_for(index: InstanceIndex, syntax: str) -> None:
    asked = made(
        SpecificCharacterSet="ISO_IR 192",
        QueryRetrieveLevel="STUDY",
        StudyInstanceUID=STUDY,
        PatientName="",
        StudyDescription="",
        ModalitiesInStudy="",
        NumberOfStudyRelatedInstances=None,
        InstanceAvailability="",
        ProcedureCodeSequence=[made(CodeValue="", CodeMeaning="")],
        RequestedProcedureDescription="",
    )
    async with asking(scp_of(index, retrieve_ae_title="ME"), [STUDY_ROOT], syntax=syntax) as association:
        (match,), result = await ask(association, STUDY_ROOT, asked)
    assert result.status == 0
    assert match.status == 0xFF00
    answer = match.data_set
    assert str(answer.PatientName) == "Müller^Anna"
    assert answer.StudyDescription == "Schädel"
    assert sorted(answer.ModalitiesInStudy) == ["CT", "PT"]
    assert answer.NumberOfStudyRelatedInstances == 3
    assert answer.ProcedureCodeSequence == [made(CodeValue="121", CodeMeaning="Kopf")]
    assert answer.RequestedProcedureDescription == ""
    assert (answer.QueryRetrieveLevel, answer.RetrieveAETitle) == ("STUDY", "ME")
    assert answer.InstanceAvailability == "ONLINE"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, ["Müller^Anna", "Yamada^Tarou=山田^太郎=やまだ^たろう"]),
        ({"PatientName": "MÜLLER*"}, ["Müller^Anna"]),
        ({"PatientName": "=山田*"}, ["Yamada^Tarou=山田^太郎=やまだ^たろう"]),
        ({"PatientID": "ID4"}, ["Yamada^Tarou=山田^太郎=やまだ^たろう"]),
        ({"StudyDate": "20240101-"}, ["Müller^Anna"]),
        ({"StudyDescription": "Sch?del"}, ["Müller^Anna"]),
        ({"ModalitiesInStudy": "PT"}, ["Müller^Anna"]),
        ({"StudyInstanceUID": [STUDY, f"{ROOT}.1.4"]}, ["Müller^Anna", "Yamada^Tarou=山田^太郎=やまだ^たろう"]),
        ({"ProcedureCodeSequence": [made(CodeValue="121")]}, ["Müller^Anna"]),
        ({"ProcedureCodeSequence": [made(CodeValue="122")]}, []),
        ({"PatientName": "nobody"}, []),
    ],
)
async def test_studies_are_found_by_every_kind_of_key(
    index: InstanceIndex, keys: dict[str, Any], expected: list[str]
) -> None:
    asked = made(SpecificCharacterSet="ISO_IR 192", QueryRetrieveLevel="STUDY", PatientName="")
    asked.update(made(**keys))
    assert names(await found(index, asked)) == expected


async def test_each_response_has_a_character_set_that_holds_it(index: InstanceIndex) -> None:
    asked = made(SpecificCharacterSet="ISO_IR 100", QueryRetrieveLevel="STUDY", PatientName="", PatientID="")
    matches = await found(index, asked)
    sets = {match.data_set.PatientID: match.data_set.SpecificCharacterSet for match in matches}
    assert sets == {"ID1": "ISO_IR 100", "ID4": "ISO_IR 192"}
    (ascii_only,) = await found(index, made(QueryRetrieveLevel="STUDY", PatientID="ID1"))
    assert "SpecificCharacterSet" not in ascii_only.data_set


async def test_levels_are_walked_down(index: InstanceIndex) -> None:
    series = await found(index, made(QueryRetrieveLevel="SERIES", StudyInstanceUID=STUDY, Modality=""))
    assert names(series, "Modality") == ["CT", "PT"]
    asked = made(QueryRetrieveLevel="IMAGE", StudyInstanceUID=STUDY, SeriesInstanceUID=f"{ROOT}.2.1", SOPClassUID="")
    images = await found(index, asked)
    assert names(images, "SOPInstanceUID") == [f"{ROOT}.9.1", f"{ROOT}.9.2"]
    assert names(images, "SOPClassUID") == [CT, CT]


async def test_patients_are_found_in_patient_root(index: InstanceIndex) -> None:
    async with asking(scp_of(index), [PATIENT_ROOT, PATIENT_STUDY_ONLY]) as association:
        asked = made(QueryRetrieveLevel="PATIENT", PatientName="", NumberOfPatientRelatedInstances=None)
        matches, _ = await ask(association, PATIENT_ROOT, asked)
        assert names(matches, "NumberOfPatientRelatedInstances") == ["1", "3"]
        asked = made(QueryRetrieveLevel="STUDY", PatientID="ID1", StudyInstanceUID="")
        matches, _ = await ask(association, PATIENT_STUDY_ONLY, asked)
        assert names(matches, "StudyInstanceUID") == [STUDY]


@pytest.mark.parametrize(
    ("keys", "tag", "words"),
    [
        ({}, 0x00080052, "(0008,0052) is missing"),
        ({"QueryRetrieveLevel": "FRAME"}, 0x00080052, "(0008,0052) 'FRAME' is no level of Study Root"),
        ({"QueryRetrieveLevel": "PATIENT"}, 0x00080052, "(0008,0052) 'PATIENT' is no level of Study Root"),
        ({"QueryRetrieveLevel": "SERIES"}, 0x0020000D, "(0020,000D) is missing or empty, at SERIES level"),
        (
            {"QueryRetrieveLevel": "SERIES", "StudyInstanceUID": [STUDY, "1.2"]},
            0x0020000D,
            "(0020,000D) has no single value, at SERIES level",
        ),
        (
            {"QueryRetrieveLevel": "IMAGE", "StudyInstanceUID": STUDY},
            0x0020000E,
            "(0020,000E) is missing or empty, at IMAGE level",
        ),
        ({"QueryRetrieveLevel": "STUDY", "Modality": "CT"}, 0x00080060, "(0008,0060) is of a level below STUDY"),
    ],
)
async def test_what_breaks_the_hierarchy_is_refused_with_its_place(
    index: InstanceIndex, keys: dict[str, Any], tag: int, words: str
) -> None:
    async with asking(scp_of(index), [STUDY_ROOT]) as association:
        matches, result = await ask(association, STUDY_ROOT, made(**keys))
    assert matches == []
    assert (result.status, result.message.error_comment) == (0xA900, words)
    assert result.message.offending_element == (tag,)


async def test_a_relational_query_asks_across_levels_when_negotiated(index: InstanceIndex) -> None:
    asked = made(QueryRetrieveLevel="STUDY", Modality="PT", StudyInstanceUID="")
    assert names(await found(index, asked, relational=True), "StudyInstanceUID") == [STUDY]
    asked = made(QueryRetrieveLevel="IMAGE", SOPInstanceUID="", SOPClassUID=PT)
    assert names(await found(index, asked, relational=True), "SOPInstanceUID") == [f"{ROOT}.9.3"]


async def test_options_work_when_they_were_negotiated(index: InstanceIndex) -> None:
    asked = made(QueryRetrieveLevel="STUDY", PatientName="anna muller")
    assert names(await found(index, asked)) == []
    assert names(await found(index, asked, fuzzy=True)) == ["Müller^Anna"]
    asked = made(QueryRetrieveLevel="STUDY", PatientID="", AccessionNumber='""')
    assert names(await found(index, asked, empty_value=True), "PatientID") == ["ID4"]
    asked = made(QueryRetrieveLevel="STUDY", PatientID="", ModalitiesInStudy=["PT", "CT"])
    assert names(await found(index, asked, multiple_value=True), "PatientID") == ["ID1"]
    asked = made(QueryRetrieveLevel="STUDY", PatientID="", StudyDate="20230705-20240101", StudyTime="2345-1200")
    assert names(await found(index, asked, date_time=True), "PatientID") == ["ID1"]


async def test_dates_and_times_are_told_in_the_timezone_of_the_request(index: InstanceIndex) -> None:
    minutes = offset_minutes(local_offset()) + 60
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    asked = made(QueryRetrieveLevel="STUDY", StudyDate="20230706", StudyTime="", TimezoneOffsetFromUTC=zone)
    (match,) = await found(index, asked, timezone=True)
    assert match.data_set.StudyDate + match.data_set.StudyTime == moved("202307052330", 60) == "202307060030"
    assert match.data_set.TimezoneOffsetFromUTC == zone
    del asked.StudyTime
    (match,) = await found(index, asked, timezone=True)
    assert match.data_set.StudyDate == "20230706"
    assert "StudyTime" not in match.data_set


async def test_a_timezone_that_was_not_negotiated_is_no_key(index: InstanceIndex) -> None:
    asked = made(QueryRetrieveLevel="STUDY", PatientID="ID1", TimezoneOffsetFromUTC="+0100")
    assert names(await found(index, asked), "PatientID") == ["ID1"]


async def test_keys_that_the_archive_does_not_know_make_pending_with_a_warning(index: InstanceIndex) -> None:
    asked = made(QueryRetrieveLevel="STUDY", PatientID="ID1", StudyStatusID="")
    (match,) = await found(index, asked)
    assert (match.status, match.is_complete) == (0xFF01, False)
    assert "StudyStatusID" not in match.data_set
    (match,) = await found(index, made(QueryRetrieveLevel="STUDY", PatientID="ID1", StudyStatusID="READ"))


def _broken(_: object) -> tuple[str, ...]:
    raise StorageError("the disk is gone", path="/archive")


async def test_an_index_that_fails_is_answered(index: InstanceIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Iterator[tuple[str, ...]]:
        return map(_broken, [()])

    monkeypatch.setattr(index, "search", fail)
    async with asking(scp_of(index), [STUDY_ROOT]) as association:
        _, result = await ask(association, STUDY_ROOT, made(QueryRetrieveLevel="STUDY"))
    assert (result.status, result.message.error_comment) == (0xC000, "the disk is gone")


async def test_an_inventory_is_taken_in_parts(tmp_path: Path) -> None:
    for number in range(10):
        make_object(tmp_path, number)
    received: list[str] = []
    with InstanceIndex.open(tmp_path) as index:
        async with asking(scp_of(index), [REPOSITORY_QUERY]) as association:
            asked = made(QueryRetrieveLevel="STUDY", StudyInstanceUID="", MaximumNumberOfRecords=4, RecordKey=None)
            statuses = []
            while True:
                matches, result = await ask(association, REPOSITORY_QUERY, asked)
                assert all(match.is_complete for match in matches)
                received += [match.data_set.StudyInstanceUID for match in matches]
                statuses.append(result.status)
                if result.status == 0:
                    break
                asked.PriorRecordKey = matches[-1].data_set.RecordKey
            assert statuses == [0xB001, 0xB001, 0]
            assert sorted(received) == sorted(f"{ROOT}.1.{number}" for number in range(10))
            asked.PriorRecordKey = b"1.2.3\0"
            _, result = await ask(association, REPOSITORY_QUERY, asked)
            assert result.status == 0xA710
            assert "continuation" in result.reason or "record" in result.reason


async def test_many_matches_can_be_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(400):
        make_object(tmp_path, number, StudyInstanceUID=f"{ROOT}.1", SeriesInstanceUID=f"{ROOT}.2")
    with InstanceIndex.open(tmp_path) as index:
        real, cancelled = index.search, Event()

        def slow(*arguments: Any, **options: Any) -> Iterator[tuple[str | None, ...]]:
            for number, row in enumerate(real(*arguments, **options)):
                if number == 100:
                    assert cancelled.wait(10)
                yield row

        monkeypatch.setattr(index, "search", slow)
        scp = scp_of(index)
        async with asking(scp, [STUDY_ROOT]) as association:
            asked = made(QueryRetrieveLevel="IMAGE", StudyInstanceUID=f"{ROOT}.1", SeriesInstanceUID=f"{ROOT}.2")
            async with find(association, STUDY_ROOT, asked, cancel_after=2) as query:
                matches = [match async for match in query]
            cancelled.set()
            assert query.result is not None
            assert query.result.status == 0xFE00
            assert 2 <= len(matches) <= 100
            async with find(association, STUDY_ROOT, asked) as query:
                assert len([match async for match in query]) == 400


async def test_a_search_that_takes_long_is_cancelled_at_once(
    index: InstanceIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()

    def slow(*_: object, **__: object) -> Iterator[tuple[str, ...]]:
        for number in range(16):
            yield (f"1.2.{number}", *[""] * 9)
        assert go_on.wait(10)

    monkeypatch.setattr(index, "search", slow)
    try:
        async with (
            asking(scp_of(index), [STUDY_ROOT]) as association,
            find(association, STUDY_ROOT, query_for("STUDY"), cancel_after=16) as query,
        ):
            assert len([match async for match in query]) == 16
            assert query.result is not None
            assert query.result.status == 0xFE00
            assert not go_on.is_set()
    finally:
        go_on.set()
