"""Subfolders for studies, and when a study has ended."""

import asyncio
import re
import time
from pathlib import Path

import pytest

from workbench.errors import DataSetError
from workbench.services.storage.object_names import OfferedObject
from workbench.services.storage.scp import ReceivedObject
from workbench.services.storage.studies import EndedStudy, Studies, StudyFolder, folder_by_series_date, folder_name
from workbench.storage.attributes import PATIENT_NAME, SERIES_DATE, STUDY_INSTANCE_UID, Attributes
from workbench.storage.structure import Found

CT = "1.2.840.10008.5.1.4.1.1.2"
STAMP = r"[0-9]{8}_[0-9]{9}"


def offered(association: int = 1) -> OfferedObject:
    return OfferedObject(
        association=association,
        calling_ae_title="A",
        called_ae_title="B",
        peer="127.0.0.1:1",
        message_id=1,
        sop_class_uid=CT,
        sop_instance_uid="1.2",
        transfer_syntax_uid="1.2.840.10008.1.2",
    )


def found(**values: bytes) -> Attributes:
    tags = {"study": STUDY_INSTANCE_UID, "name": PATIENT_NAME, "date": SERIES_DATE, "charset": 0x00080005}
    held: Found = {tags[key]: value for key, value in values.items()}
    return Attributes(sop_class_uid=CT, sop_instance_uid="1.2", transfer_syntax_uid="1.2.840.10008.1.2", found=held)


class Sorting:
    """Studies of a folder, and those that have ended."""

    def __init__(self, folder: Path, kind: StudyFolder = StudyFolder.TIME, seconds: float | None = None) -> None:
        self.ended: list[EndedStudy] = []
        self.changed = asyncio.Event()
        self.studies = Studies(str(folder), kind, prefix="P", seconds=seconds, on_ended=self.end)

    def end(self, study: EndedStudy) -> None:
        self.ended.append(study)
        self.changed.set()

    def arrive(self, study: str, association: int = 1, *, path: str = "x") -> str:
        """Lets an object of a study arrive; gives its folder."""
        self.studies.begun(offered(association))
        folder = self.studies.folder_of(offered(association), found(study=study.encode(), name=b"Doe^J"))
        self.studies.arrived(received(study, association, path))
        return folder

    @property
    def ended_uids(self) -> list[str]:
        return [each.study_instance_uid for each in self.ended]


def received(study: str, association: int, path: str) -> ReceivedObject:
    return ReceivedObject(
        association=association,
        calling_ae_title="A",
        peer="127.0.0.1:1",
        sop_class_uid=CT,
        sop_instance_uid="1.2",
        transfer_syntax_uid="1.2.840.10008.1.2",
        status=0 if path else 0xA700,
        reason="",
        path=path,
        length=1,
        seconds=0,
        study_instance_uid=study if path else "",
    )


async def test_folders_by_time_begin_with_each_study(tmp_path: Path) -> None:
    sorting = Sorting(tmp_path)
    one = sorting.arrive("1.1")
    assert re.fullmatch(f"P_{STAMP}", one)
    assert sorting.arrive("1.1") == one
    assert (other := sorting.arrive("1.2")) != one
    assert sorting.ended_uids == ["1.1"]
    assert [each.folder for each in sorting.ended] == [str(tmp_path / one)]
    assert len(sorting.ended[0].received) == 2
    assert sorting.arrive("1.1") not in (one, other)
    assert sorting.studies.unended == 1


async def test_folders_by_uid_are_used_again(tmp_path: Path) -> None:
    sorting = Sorting(tmp_path, StudyFolder.UID)
    assert [sorting.arrive(each) for each in ("1.1", "1.2", "1.1")] == ["P_1.1", "P_1.2", "P_1.1"]
    with pytest.raises(DataSetError, match="is not a UID"):
        sorting.arrive("../x")


async def test_folders_by_name_have_no_prefix(tmp_path: Path) -> None:
    assert re.fullmatch(f"Doe_J_{STAMP}", Sorting(tmp_path, StudyFolder.PATIENT_NAME).arrive("1.1"))
    studies = Studies(str(tmp_path), StudyFolder.PATIENT_NAME)
    assert re.fullmatch(f"ANONYMOUS_{STAMP}", studies.folder_of(offered(), found(study=b"1.1")))


async def test_an_object_without_a_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="no Study Instance UID"):
        Studies(str(tmp_path), StudyFolder.TIME).folder_of(offered(), found())


async def test_a_folder_that_is_there_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)
    first = Sorting(tmp_path).arrive("1.1")
    (tmp_path / first).mkdir()
    assert Sorting(tmp_path).arrive("1.1") == first[:-3] + "001"


async def test_senders_at_the_same_time_do_not_end_each_others_studies(tmp_path: Path) -> None:
    sorting = Sorting(tmp_path)
    folders = {sorting.arrive(study, association) for _ in range(3) for study, association in (("1.1", 1), ("1.2", 2))}
    assert (len(folders), sorting.ended) == (2, [])
    sorting.studies.association_ended(1)
    assert sorting.ended == []  # it may go on in the next association
    sorting.arrive("1.2", 2)
    assert sorting.ended_uids == ["1.1"]
    sorting.arrive("1.3", 2)
    assert sorting.ended_uids == ["1.1", "1.2"]


async def test_a_study_ends_when_nothing_more_comes(tmp_path: Path) -> None:
    sorting = Sorting(tmp_path, seconds=0.01)
    sorting.arrive("1.1")
    async with asyncio.timeout(10):
        await sorting.changed.wait()
    assert sorting.ended_uids == ["1.1"]
    assert sorting.studies.unended == 0


async def test_an_object_that_takes_long_does_not_end_its_study(tmp_path: Path) -> None:
    sorting = Sorting(tmp_path, seconds=0.001)
    sorting.studies.begun(offered())
    sorting.arrive("1.1")
    for _ in range(100):
        await asyncio.sleep(0)
    later = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, later.set)
    await later.wait()
    assert sorting.ended == []
    sorting.studies.arrived(received("1.1", 1, "y"))
    async with asyncio.timeout(10):
        await sorting.changed.wait()


async def test_refused_objects_leave_nothing_behind(tmp_path: Path) -> None:
    sorting = Sorting(tmp_path)
    for number in range(50):
        sorting.arrive(f"1.{number}", path="")
    assert (sorting.studies.unended, sorting.ended) == (0, [])
    sorting.arrive("1.1")
    sorting.studies.close()
    assert sorting.studies.unended == 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Müller^Jörg-Peter Dr. 3 éß ÄÖÜñçø", "Mueller_Joerg_Peter_Dr__3_ess_AeOeUenco"),
        ("../../x", "______x"),
        ("山田^太郎", "_____"),
        ("A" * 80, "A" * 64),
        ("", ""),
    ],
)
def test_a_name_becomes_one_that_folders_may_have(text: str, name: str) -> None:
    assert folder_name(text) == name


@pytest.mark.parametrize(
    ("date", "folder"),
    [
        (b"20240229", "data/2024/02/29"),
        (b"2024.02.29", "data/2024/02/29"),
        (b"08991231", "data/0899/12/31"),
        (b"20240230", "undef"),
        (b"../../..", "undef"),
        (b"", "undef"),
    ],
)
def test_folders_by_series_date(date: bytes, folder: str) -> None:
    given = folder_by_series_date(offered(), found(date=date))
    assert given == (f"undef/{time.strftime('%Y%m%d')}" if folder == "undef" else folder)
