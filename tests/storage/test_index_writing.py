"""What is written of objects that agree on their patient, study and series, and of those that do not."""

from pathlib import Path

from tests.storage.indexed import add, found, make_object, tag, touch, uids
from workbench.storage.index import InstanceIndex, Level


def test_further_objects_of_a_series_are_told_from_others(tmp_path: Path) -> None:
    with InstanceIndex.open(tmp_path) as index:
        for number in range(30):
            study = f"1.{number % 3}"
            add(
                index,
                make_object(
                    tmp_path,
                    SOPInstanceUID=f"2.{number}",
                    StudyInstanceUID=study,
                    SeriesInstanceUID=f"{study}.0",
                    InstanceNumber=number,
                ),
            )
        assert found(index, Level.STUDY, "NumberOfStudyRelatedInstances") == ["10"] * 3
        assert found(index, Level.PATIENT, "NumberOfPatientRelatedSeries") == ["3"]
        for number in range(27):
            index.remove(f"CT.2.{number}")
        add(index, make_object(tmp_path, SOPInstanceUID="2.40", StudyInstanceUID="1.0", SeriesInstanceUID="1.0.0"))
        assert found(index, Level.SERIES, "NumberOfSeriesRelatedInstances") == ["1", "1", "2"]


def test_file_name_used_for_another_object_stands_for_that_one(tmp_path: Path) -> None:
    with InstanceIndex.open(tmp_path) as index:
        add(index, make_object(tmp_path, "name", SOPInstanceUID="1.1"))
        add(index, make_object(tmp_path, "name", SOPInstanceUID="1.2"))
        assert uids(index) == ["1.2"]
        assert len(found(index, Level.STUDY, "StudyInstanceUID")) == 1


def test_strange_texts_are_kept_as_far_as_they_are_texts(tmp_path: Path) -> None:
    path = make_object(tmp_path, SOPInstanceUID="1.1", StudyDescription="ab!cd", StudyDate="20240102")
    path.write_bytes(path.read_bytes().replace(b"ab!cd", b"ab\0cd").replace(b"20240102", b"20241302"))
    with InstanceIndex.open(tmp_path) as index:
        keys = [tag("StudyDescription"), tag("StudyDate")]
        assert list(index.search(Level.STUDY, (), keys)) == [("abcd", "20241302")]


def test_second_copy_of_an_object_replaces_what_was_known(tmp_path: Path) -> None:
    with InstanceIndex.open(tmp_path) as index:
        same = {"SOPInstanceUID": "1.1", "StudyInstanceUID": "1", "SeriesInstanceUID": "1.0"}
        add(index, make_object(tmp_path, PatientName="Old", StudyDescription="Before", **same))
        add(index, make_object(tmp_path, PatientName="New", **same))
        assert found(index, Level.STUDY, "PatientName") == ["New"]
        assert found(index, Level.STUDY, "StudyDescription") == [None]
        add(index, make_object(tmp_path, **{**same, "StudyInstanceUID": "2"}))
        assert found(index, Level.STUDY, "StudyInstanceUID") == ["2"]


def test_newest_file_has_the_word_and_an_empty_value_takes_nothing_away(tmp_path: Path) -> None:
    same = {"StudyInstanceUID": "1", "SeriesInstanceUID": "1.0"}
    with InstanceIndex.open(tmp_path) as index:
        for number, (name, age) in enumerate((("A", "030Y"), ("B", ""), ("A", "031Y"))):
            path = make_object(tmp_path, PatientName=name, PatientAge=age, StudyID=f"{number}", **same)
            touch(path, 1_700_000_000 + number)
            add(index, path)
        keys = [tag("PatientName"), tag("PatientAge"), tag("StudyID")]
        assert list(index.search(Level.STUDY, (), keys)) == [("A", "031Y", "2")]
        old = make_object(tmp_path, PatientName="Oldest", PatientAge="001Y", PatientSex="F", **same)
        touch(old, 1_600_000_000)
        add(index, old)
        assert list(index.search(Level.STUDY, (), [*keys, tag("PatientSex")])) == [("A", "031Y", "2", "F")]


def test_patients_are_told_apart_by_id_and_issuer_and_without_an_id_by_name(tmp_path: Path) -> None:
    make_object(tmp_path, PatientID="1", IssuerOfPatientID="X")
    make_object(tmp_path, PatientID="1", IssuerOfPatientID="Y")
    make_object(tmp_path, PatientID="1", IssuerOfPatientID="Y", PatientName="DOE^JANE")
    make_object(tmp_path, PatientID="", PatientName="One")
    make_object(tmp_path, PatientID=None, PatientName="ONE")
    make_object(tmp_path, PatientID="", PatientName="Two")
    with InstanceIndex.open(tmp_path) as index:
        assert found(index, Level.PATIENT, "NumberOfPatientRelatedStudies") == ["1", "1", "2", "2"]
