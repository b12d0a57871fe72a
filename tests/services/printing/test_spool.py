"""The folder that print jobs are kept in."""

import json
from datetime import datetime
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.services.printing.conversation import attributes, gray
from workbench.errors import StorageError
from workbench.services.printing.attributes import references
from workbench.services.printing.classes import FILM_SESSION, GRAYSCALE_IMAGE_BOX
from workbench.services.printing.films import Films
from workbench.services.printing.printer import JobState, Printer, PrintJob
from workbench.services.printing.spool import Plan, Spool, plan


def job_in(folder: Path) -> PrintJob:
    return PrintJob(
        uid="1.2.3",
        name="job-1",
        created=datetime(2026, 1, 5, 9, 30),
        originator="CT1",
        printer_name="Printer",
        folder=folder / "job-1",
    )


def one_film(job: PrintJob) -> Plan:
    films = Films(printer=Printer(), annotation_boxes=1, collates=True, room=lambda: 10**6)
    films.create_session("1.2.3", Dataset())
    wanted = attributes(
        ImageDisplayFormat="STANDARD\\1,2", ReferencedFilmSessionSequence=references(FILM_SESSION, ["1.2.3"])
    )
    film = films.film_of(films.create_film(None, wanted, GRAYSCALE_IMAGE_BOX, annotated=False).uid)
    image = attributes(ImageBoxPosition=2, BasicGrayscaleImageSequence=[gray().item()], Polarity="REVERSE")
    films.set(GRAYSCALE_IMAGE_BOX, film.images[1].uid, image)
    planned = plan(job, films.session_of("1.2.3"), [film], {})
    films.delete(FILM_SESSION, "1.2.3")
    return planned


def test_a_job_is_whole_and_can_be_read(tmp_path: Path) -> None:
    job = job_in(tmp_path)
    spool = Spool(tmp_path)
    spool.keep(job, one_film(job))
    description = json.loads((job.folder / "job.json").read_text())
    assert (description["state"], description["created"]) == ("PENDING", "2026-01-05T09:30:00")
    (image,) = description["films"][0]["images"]
    assert (image["position"], image["columns"], image["attributes"]["Polarity"]) == (2, 16, "REVERSE")
    kept = pydicom.dcmread(job.folder / "film-1" / image["file"])
    assert (kept.SOPClassUID.name, kept.Modality) == ("Secondary Capture Image Storage", "HC")
    assert kept.PixelData == gray().pixels
    spool.note(job, JobState.DONE, "NORMAL")
    assert json.loads((job.folder / "job.json").read_text())["state"] == "DONE"
    assert sorted(path.name for path in job.folder.iterdir()) == ["film-1", "job.json"]


def test_what_was_half_written_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "job-0.part"
    left.mkdir()
    (left / "job.json").touch()
    Spool(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    job = job_in(tmp_path)
    spool = Spool(tmp_path)
    job.folder.mkdir()
    (job.folder / "something").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        spool.keep(job, one_film(job))
    assert [path.name for path in tmp_path.iterdir()] == ["job-1"]
    with pytest.raises(StorageError, match="cannot be written"):
        spool.note(job, JobState.DONE, "NORMAL")
