"""What a search finds: every kind of matching at every level, as `matching` would decide."""

import json
from collections.abc import Iterator

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from tests.storage.indexed import condition, found, make_object, tag
from workbench.storage.index import InstanceIndex, Level
from workbench.storage.index_search import query, supported
from workbench.storage.matching import Condition, Kind

CT, MR = "1.2.840.10008.5.1.4.1.1.2", str(MRImageStorage)


def request(step: str, procedure: str) -> Dataset:
    item = Dataset()
    item.ScheduledProcedureStepID, item.RequestedProcedureID = step, procedure
    return item


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InstanceIndex]:
    folder = tmp_path_factory.mktemp("archive")
    make_object(
        folder, PatientName="Doe^Jane", PatientID="A", StudyInstanceUID="1.1", SeriesInstanceUID="1.1.1",
        SOPInstanceUID="1.1.1.1", StudyDate="20240101", StudyTime="080000", AccessionNumber="[A]*1",
        StudyDescription="Head", ImageType=["ORIGINAL", "PRIMARY"], InstanceNumber=1, Rows=512,
        RequestAttributesSequence=[request("S1", "R1"), request("S2", "R2")],
    )  # fmt: skip
    make_object(
        folder, PatientName="Doe^Jane", PatientID="A", StudyInstanceUID="1.1", SeriesInstanceUID="1.1.2",
        SOPInstanceUID="1.1.2.1", StudyDate="20240101", StudyTime="080000", AccessionNumber="[A]*1",
        StudyDescription="Head", Modality="MR", SOPClassUID=MR, InstanceNumber=1, SeriesDescription="T1",
    )  # fmt: skip
    make_object(
        folder, PatientName="Doerr^Zoë", PatientID="B", StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1",
        SOPInstanceUID="1.2.1.1", StudyDate="20240229", StudyTime="1200", SpecificCharacterSet="ISO_IR 192",
        StudyDescription="head", SeriesDescription="Topo",
    )  # fmt: skip
    make_object(
        folder, PatientName="Yamada^Tarou=山田^太郎", PatientID="C", StudyInstanceUID="1.3",
        SeriesInstanceUID="1.3.1", SOPInstanceUID="1.3.1.1", StudyDate="", SpecificCharacterSet="ISO_IR 192",
        StudyDescription="Hand", PerformedProcedureStepStartDate="20240301",
    )  # fmt: skip
    make_object(folder, SOPClassUID="1.2.840.10008.5.1.4.39.1", SOPInstanceUID="1.9", StudyInstanceUID=None,
                SeriesInstanceUID=None, PatientID=None, PatientName=None, Modality=None)  # fmt: skip
    with InstanceIndex.open(folder) as index:
        yield index


def combined(low: str, high: str) -> Condition:
    return Condition(tag=tag("StudyDate"), vr="DT", kind=Kind.RANGE, values=(low, high), time_tag=tag("StudyTime"))


S, W, R, U, E, M = Kind.SINGLE, Kind.WILDCARD, Kind.RANGE, Kind.UID_LIST, Kind.EMPTY, Kind.MULTIPLE
STUDIES = [
    ([], ["1.1", "1.2", "1.3"]),
    ([condition("PatientID", S, "A")], ["1.1"]),
    ([condition("PatientID", S, "a")], []),
    ([condition("PatientID", Kind.UNIVERSAL)], ["1.1", "1.2", "1.3"]),
    ([condition("PatientName", S, "DOE^JANE")], ["1.1"]),
    ([condition("PatientName", S, "doe^jane^^^")], ["1.1"]),
    ([condition("PatientName", W, "doe*")], ["1.1", "1.2"]),
    ([condition("PatientName", W, "doe^*")], ["1.1"]),
    ([condition("PatientName", W, "*ZOË")], ["1.2"]),
    ([condition("PatientName", W, "*zoe")], []),
    ([condition("PatientName", W, "山*")], ["1.3"]),
    ([condition("PatientName", W, "d?e*")], ["1.1", "1.2"]),
    ([condition("PatientName", S, "dow^jane", is_fuzzy=True)], ["1.1"]),
    ([condition("StudyInstanceUID", U, "1.1", "1.3", "1.4")], ["1.1", "1.3"]),
    ([condition("StudyDescription", S, "Head")], ["1.1"]),
    ([condition("StudyDescription", W, "H*d")], ["1.1", "1.3"]),
    ([condition("StudyDescription", W, "?ea?")], ["1.1", "1.2"]),
    ([condition("AccessionNumber", W, "[A]*")], ["1.1"]),
    ([condition("AccessionNumber", E)], ["1.2", "1.3"]),
    ([condition("StudyDate", S, "20240229")], ["1.2"]),
    ([condition("StudyDate", R, "20240101", "20240131")], ["1.1"]),
    ([condition("StudyDate", R, "20240102", "")], ["1.2"]),
    ([condition("StudyDate", R, "", "20240229")], ["1.1", "1.2"]),
    ([condition("StudyDate", R, "20240101", "20240131"), condition("PatientName", W, "doe*")], ["1.1"]),
    ([condition("StudyTime", R, "12", "1259.999999")], ["1.2"]),
    ([condition("StudyTime", S, "120000")], ["1.2"]),
    ([combined("2024010109", "20240229235959.999999")], ["1.2"]),
    ([combined("", "20240101080000.999999")], ["1.1"]),
    ([condition("ModalitiesInStudy", S, "MR")], ["1.1"]),
    ([condition("ModalitiesInStudy", U, "MR", "CT")], ["1.1", "1.2", "1.3"]),
    ([condition("ModalitiesInStudy", M, "MR", "CT")], ["1.1"]),
    ([condition("ModalitiesInStudy", W, "M*")], ["1.1"]),
    ([condition("ModalitiesInStudy", E)], []),
    ([condition("SOPClassesInStudy", U, MR)], ["1.1"]),
    ([condition("NumberOfStudyRelatedSeries", S, "2")], ["1.1"]),
    # relational: attributes of what is below
    ([condition("Modality", S, "MR")], ["1.1"]),
    ([condition("Modality", S, "CT"), condition("SeriesDescription", S, "T1")], []),
    ([condition("SeriesDescription", W, "T*")], ["1.1", "1.2"]),
    ([condition("SOPInstanceUID", U, "1.2.1.1", "1.3.1.1")], ["1.2", "1.3"]),
    ([condition("SOPClassUID", U, MR)], ["1.1"]),
    ([condition("ImageType", S, "PRIMARY")], ["1.1"]),
    ([condition("PatientID", U, "A", "B"), condition("Modality", S, "CT")], ["1.1", "1.2"]),
    # what the index does not hold is met by everything
    ([condition("PatientReligiousPreference", S, "none")], ["1.1", "1.2", "1.3"]),
]  # fmt: skip


@pytest.mark.parametrize(("conditions", "studies"), STUDIES)
def test_studies_that_match(index: InstanceIndex, conditions: list[Condition], studies: list[str]) -> None:
    assert found(index, Level.STUDY, "StudyInstanceUID", *conditions) == studies


@pytest.mark.parametrize(
    ("level", "key", "conditions", "values"),
    [
        (Level.PATIENT, "PatientID", [], ["A", "B", "C"]),
        (Level.PATIENT, "PatientID", [condition("ModalitiesInStudy", S, "MR")], ["A"]),
        (Level.PATIENT, "PatientID", [condition("StudyDate", R, "20240201", "")], ["B"]),
        (Level.PATIENT, "NumberOfPatientRelatedInstances", [], ["1", "1", "2"]),
        (Level.SERIES, "SeriesInstanceUID", [condition("PatientID", S, "A")], ["1.1.1", "1.1.2"]),
        (Level.SERIES, "ModalitiesInStudy", [condition("SeriesInstanceUID", U, "1.1.2")], ["CT\\MR"]),
        (Level.SERIES, "NumberOfSeriesRelatedInstances", [], ["1", "1", "1", "1"]),
        (Level.IMAGE, "SOPInstanceUID", [condition("StudyInstanceUID", U, "1.1")], ["1.1.1.1", "1.1.2.1"]),
        (Level.IMAGE, "SOPInstanceUID", [condition("InstanceNumber", S, "01")], ["1.1.1.1", "1.1.2.1"]),
        (Level.IMAGE, "SOPInstanceUID", [condition("Rows", S, "512")], ["1.1.1.1"]),
        (Level.IMAGE, "SOPInstanceUID", [condition("ImageType", U, "PRIMARY", "X")], ["1.1.1.1"]),
        (Level.IMAGE, "SOPInstanceUID", [condition("ImageType", W, "PRIM*")], ["1.1.1.1"]),
        (Level.IMAGE, "SOPInstanceUID", [condition("SOPClassUID", S, MR)], ["1.1.2.1"]),
        (Level.IMAGE, "AvailableTransferSyntaxUID", [condition("PatientID", S, "B")], ["1.2.840.10008.1.2.1"]),
    ],
)
def test_answers_at_every_level(
    index: InstanceIndex, level: Level, key: str, conditions: list[Condition], values: list[str]
) -> None:
    assert found(index, level, key, *conditions) == values


def test_instances_are_found_by_what_they_belong_to(index: InstanceIndex) -> None:
    for asked, instances in (
        (condition("PatientID", S, "A"), ["1.1.1.1", "1.1.2.1"]),
        (condition("StudyInstanceUID", U, "1.2", "1.3"), ["1.2.1.1", "1.3.1.1"]),
        (condition("SeriesInstanceUID", S, "1.1.2"), ["1.1.2.1"]),
        (condition("PatientName", W, "doe*"), ["1.1.1.1", "1.1.2.1", "1.2.1.1"]),
        (condition("AccessionNumber", S, "[A]*1"), ["1.1.1.1", "1.1.2.1"]),
    ):
        assert sorted(one.sop_instance_uid for one in index.instances([asked])) == instances


def test_keys_come_in_the_order_asked_for(index: InstanceIndex) -> None:
    keywords = (
        "PatientName",
        "Rows",
        "StudyInstanceUID",
        "PatientReligiousPreference",
        "NumberOfStudyRelatedInstances",
    )
    rows = index.search(Level.STUDY, [condition("PatientID", S, "A")], [tag(keyword) for keyword in keywords])
    assert list(rows) == [("Doe^Jane", None, "1.1", None, "2")]


@pytest.mark.parametrize(
    ("step", "procedure", "series"),
    [("S1", "R1", ["1.1.1"]), ("S2", "R*", ["1.1.1"]), ("S1", "R2", []), ("S3", "", []), ("", "R2", ["1.1.1"])],
)
def test_one_item_of_a_sequence_meets_all(index: InstanceIndex, step: str, procedure: str, series: list[str]) -> None:
    items = tuple(
        condition(keyword, W if "*" in value else S, value)
        for keyword, value in (("ScheduledProcedureStepID", step), ("RequestedProcedureID", procedure))
        if value
    )
    asked = condition("RequestAttributesSequence", Kind.SEQUENCE, items=items)
    assert found(index, Level.SERIES, "SeriesInstanceUID", asked) == series


def test_items_of_a_sequence_are_json(index: InstanceIndex) -> None:
    rows = index.search(Level.SERIES, [condition("SeriesInstanceUID", S, "1.1.1")], [tag("RequestAttributesSequence")])
    ((text,),) = rows
    assert json.loads(text or "") == [{"00400009": "S1", "00401001": "R1"}, {"00400009": "S2", "00401001": "R2"}]


def test_objects_of_no_patient_are_found_by_what_they_are(index: InstanceIndex) -> None:
    palette = condition("SOPClassUID", S, "1.2.840.10008.5.1.4.39.1")
    assert [one.sop_instance_uid for one in index.instances([palette])] == ["1.9"]
    assert len(list(index.instances())) == 5
    assert found(index, Level.IMAGE, "SOPInstanceUID", palette) == []


def test_what_is_supported_at_a_level_is_answered_there() -> None:
    assert tag("StudyDate") in supported(Level.STUDY) & supported(Level.IMAGE)
    assert tag("StudyDate") not in supported(Level.PATIENT)
    assert tag("NumberOfStudyRelatedInstances") in supported(Level.SERIES)
    assert tag("SOPClassUID") in supported(Level.IMAGE) - supported(Level.SERIES)
    for level in Level:
        sql = query(level, (), sorted(supported(level))).sql
        assert "NULL" not in sql


def test_long_list_of_uids_is_one_parameter(index: InstanceIndex) -> None:
    uids = [f"1.5.{number}" for number in range(100_000)]
    assert found(index, Level.STUDY, "StudyInstanceUID", condition("StudyInstanceUID", U, *uids, "1.3")) == ["1.3"]
