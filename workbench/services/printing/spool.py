"""Keeps what is printed in a folder: a subfolder for each job, written whole or not at all.

    <job>/job.json            the job, its films and what the SCU asked of them
    <job>/film-1/box-1.dcm    the image of the first image box, as a Secondary Capture instance

All of it is written under a name that ends in `.part`, synced, and renamed in one step. Everything here blocks.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, generate_uid

from workbench.errors import StorageError
from workbench.services.printing.films import FilmBox, FilmSession
from workbench.services.printing.printer import JobState, PrintJob
from workbench.services.printing.received import ReceivedImage
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME

JOB_FILE: Final = "job.json"

_SECONDARY_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
_PART: Final = ".part"


class Spool:
    """A folder for print jobs; opening it removes what a killed process left half written.

    Raises:
        StorageError: there is no such folder, or it cannot be written to.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder).absolute()
        if not self.folder.is_dir():
            raise StorageError("there is no such folder", path=str(self.folder))
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise StorageError("the folder cannot be written to", path=str(self.folder))
        for left in self.folder.glob(f"*{_PART}"):
            shutil.rmtree(left, ignore_errors=True)

    def keep(self, job: PrintJob, plan: "Plan") -> None:
        """Writes the films of a job; returns when they are durable in `job.folder`.

        Raises:
            StorageError: something failed; nothing of the job is left.
        """
        partial = job.folder.with_name(job.folder.name + _PART)
        try:
            partial.mkdir()
            for name, images in plan.films.items():
                folder = partial / name
                folder.mkdir()
                for position, image in images.items():
                    _write(folder / f"box-{position}.dcm", _secondary_capture(job, position, image))
                _sync_folder(folder)
            _write(partial / JOB_FILE, plan.description)
            _sync_folder(partial)
            partial.rename(job.folder)
            _sync_folder(self.folder)
        except OSError as error:
            shutil.rmtree(partial, ignore_errors=True)
            raise StorageError(f"cannot be written: {error.strerror or error}", path=str(job.folder)) from error

    def note(self, job: PrintJob, state: JobState, info: str) -> None:
        """Writes the state of a job into its file; StorageError when that fails."""
        path = job.folder / JOB_FILE
        temporary = path.with_suffix(_PART)
        try:
            description = json.loads(path.read_bytes())
            description.update(state=state.name, info=info)
            _write(temporary, _as_json(description))
            os.replace(temporary, path)
            _sync_folder(job.folder)
        except (OSError, ValueError) as error:
            raise StorageError(f"cannot be written: {error}", path=str(path)) from error


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written for a job: images by folder and position, and the content of its JSON file."""

    films: Mapping[str, Mapping[int, ReceivedImage]]
    description: bytes


def plan(job: PrintJob, session: FilmSession, films: Sequence[FilmBox], luts: Mapping[str, Dataset]) -> Plan:
    """Gives what to write, from instances that the SCU may change as soon as this returns."""
    images = {
        f"film-{number}": {box.position: box.image for box in film.images if box.image is not None}
        for number, film in enumerate(films, 1)
    }
    return Plan(images, _as_json(_description(job, session, films, luts)))


def _description(
    job: PrintJob, session: FilmSession, films: Sequence[FilmBox], luts: Mapping[str, Dataset]
) -> dict[str, Any]:
    return {
        "job": job.name,
        "uid": job.uid,
        "state": job.state.name,
        "info": job.info,
        "created": job.created.isoformat(timespec="seconds"),
        "originator": job.originator,
        "session": _plain(session.attributes),
        "presentation_luts": {uid: _plain(lut) for uid, lut in luts.items()},
        "films": [
            {
                "folder": f"film-{number}",
                "attributes": _plain(film.attributes),
                "images": [
                    {
                        "position": box.position,
                        "file": f"box-{box.position}.dcm",
                        "columns": box.image.columns,
                        "rows": box.image.rows,
                        "box_mm": [round(box.size.width, 2), round(box.size.height, 2)],
                        "attributes": _plain(box.attributes),
                    }
                    for box in film.images
                    if box.image is not None
                ],
                "annotations": [{"position": box.position, "text": box.text} for box in film.annotations if box.text],
            }
            for number, film in enumerate(films, 1)
        ],
    }


def _plain(attributes: Dataset) -> dict[str, Any]:
    """Gives the attributes by keyword, as DICOM's JSON model has their values (PS3.18 F.2.2)."""
    found: dict[str, Any] = {}
    for element in attributes:
        if element.VR == "SQ":
            found[element.keyword] = [_plain(item) for item in element.value]
        elif not isinstance(element.value, bytes):
            text = element.value
            found[element.keyword] = text if isinstance(text, int) else str(text)
    return found


def _secondary_capture(job: PrintJob, position: int, image: ReceivedImage) -> bytes:
    """Gives a DICOM file of what is in an image box; there is no patient in it, for the SCU tells none."""
    instance = Dataset()
    instance.SOPClassUID = _SECONDARY_CAPTURE
    instance.SOPInstanceUID = str(generate_uid(None))
    instance.StudyInstanceUID = job.uid
    instance.SeriesInstanceUID = str(generate_uid(None))
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID"):
        setattr(instance, keyword, "")
    instance.ReferringPhysicianName = ""
    instance.StudyDate = job.created.strftime("%Y%m%d")
    instance.StudyTime = job.created.strftime("%H%M%S")
    instance.Modality = "HC"
    instance.ConversionType = "WSD"
    instance.SeriesNumber = 1
    instance.InstanceNumber = position
    instance.update(image.item)
    instance["PixelData"].VR = "OW" if instance.BitsAllocated == 16 else "OB"
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(EXPLICIT_VR_LITTLE_ENDIAN)
    meta.MediaStorageSOPClassUID = instance.SOPClassUID
    meta.MediaStorageSOPInstanceUID = instance.SOPInstanceUID
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    instance.file_meta = meta
    buffer = BytesIO()
    dcmwrite(buffer, instance, enforce_file_format=True)
    return buffer.getvalue()


def _as_json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # a folder can be synced on POSIX systems only
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
