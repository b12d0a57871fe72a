"""The files of a study get short names."""

from dataclasses import replace
from pathlib import Path

from tests.services.storage.test_studies import received
from workbench.services.storage.renaming import rename_study
from workbench.services.storage.studies import EndedStudy

SR = "1.2.840.10008.5.1.4.1.1.88.33"


def study(folder: Path, *names: str) -> EndedStudy:
    """Gives a study of files that are there; those whose name begins with SR are reports."""
    objects = [received("1.1", 1, str(folder / name)) for name in names]
    for name in names:
        (folder / name).write_text(name)
    reports = tuple(
        replace(each, sop_class_uid=SR) if name.startswith("SR") else each
        for each, name in zip(objects, names, strict=True)
    )
    return EndedStudy(study_instance_uid="1.1", folder=str(folder), received=reports)


def test_numbers_count_the_objects_as_they_came(tmp_path: Path) -> None:
    failed: list[str] = []
    renamed = rename_study(
        study(tmp_path, "CT.1", "SRc.2", "SRc.2", "CT.3"), on_failed=lambda *each: failed.append(str(each))
    )
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "CT000001": "CT.1",
        "SR000002": "SRc.2",
        "CT000004": "CT.3",
    }
    assert renamed[str(tmp_path / "CT.3")] == str(tmp_path / "CT000004")
    assert failed == []


def test_no_file_is_replaced_and_failures_are_told(tmp_path: Path) -> None:
    (tmp_path / "CT000001").write_text("earlier")
    ended = study(tmp_path, "CT.1", "CT.2")
    (tmp_path / "CT.2").unlink()
    failed: list[tuple[str, str]] = []
    rename_study(ended, on_failed=lambda path, problem: failed.append((path, problem)))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"CT000001": "earlier", "CT000002": "CT.1"}
    assert failed == [(str(tmp_path / "CT.2"), "No such file or directory")]
