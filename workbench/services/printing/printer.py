"""The printer and its jobs as N-GET and N-EVENT-REPORT show them (PS3.4 H.4.5, H.4.6, H.4.11)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset

from workbench.dimse.status import ATTRIBUTE_LIST_ERROR
from workbench.services.printing.attributes import put
from workbench.services.printing.classes import ANNOTATION_BOX, COLOR_META, GRAYSCALE_META, PRESENTATION_LUT, PRINT_JOB
from workbench.storage.character_sets import UTF_8


class JobState(IntEnum):
    """Execution Status (2100,0020) of a print job; the number is the Event Type ID that reports it (H.4.5.2.1)."""

    PENDING = 1
    PRINTING = 2
    DONE = 3
    FAILURE = 4


class PrinterState(IntEnum):
    """Printer Status (2110,0010); the number is the Event Type ID that reports it (H.4.6.2.1)."""

    NORMAL = 1
    WARNING = 2
    FAILURE = 3


ENDED: Final = frozenset({JobState.DONE, JobState.FAILURE})


@dataclass(slots=True, kw_only=True)
class PrintJob:
    """One order to print, from N-ACTION until its films are out.

    Attributes:
        uid: its SOP Instance UID.
        name: Print Job ID (2100,0010), and the name of its folder.
        info: Execution Status Info (2100,0030), a code word such as QUEUED or SUPPLY EMPTY.
        originator: the AE title that asked for it.
        folder: where its films lie.
    """

    uid: str
    name: str
    created: datetime
    originator: str
    printer_name: str
    folder: Path
    priority: str = "MED"
    label: str = ""
    state: JobState = JobState.PENDING
    info: str = "QUEUED"

    def attributes(self) -> Dataset:
        """Gives what N-GET gives (PS3.4 H.4.5.2.2)."""
        found = Dataset()
        found.ExecutionStatus = self.state.name
        put(found, "ExecutionStatusInfo", self.info)
        found.CreationDate = self.created.strftime("%Y%m%d")
        found.CreationTime = self.created.strftime("%H%M%S")
        found.PrintPriority = self.priority
        put(found, "PrinterName", self.printer_name)
        put(found, "Originator", self.originator)
        return found

    def event_information(self) -> Dataset:
        """Gives what N-EVENT-REPORT tells (PS3.4 H.4.5.2.1)."""
        told = Dataset()
        told.SpecificCharacterSet = UTF_8
        put(told, "ExecutionStatusInfo", self.info)
        told.PrintJobID = self.name
        put(told, "PrinterName", self.printer_name)
        if self.label:
            put(told, "FilmSessionLabel", self.label)
        return told


@dataclass(slots=True, kw_only=True)
class Printer:
    """What a printer tells about itself.

    Attributes:
        densities: the least and the greatest optical density that it can print, in hundredths.
        formats: Image Display Formats that it names; others are taken too.
    """

    name: str = "DICOM Workbench"
    manufacturer: str = "DICOM Workbench"
    model: str = "Folder"
    serial_number: str = "1"
    software_versions: str = ""
    dots_per_inch: float = 300.0
    densities: tuple[int, int] = (0, 320)
    state: PrinterState = PrinterState.NORMAL
    info: str = "NORMAL"
    formats: tuple[str, ...] = field(
        default=("STANDARD\\1,1", "STANDARD\\1,2", "STANDARD\\2,2", "STANDARD\\2,3", "STANDARD\\3,4", "STANDARD\\4,5")
    )

    def attributes(self) -> Dataset:
        """Gives what N-GET of the Printer SOP class gives (PS3.4 H.4.6.2.2)."""
        found = Dataset()
        found.PrinterStatus = self.state.name
        put(found, "PrinterStatusInfo", self.info)
        put(found, "PrinterName", self.name)
        found.Manufacturer = self.manufacturer
        found.ManufacturerModelName = self.model
        found.DeviceSerialNumber = self.serial_number
        if self.software_versions:
            found.SoftwareVersions = self.software_versions
        return found

    def event_information(self) -> Dataset:
        """Gives what N-EVENT-REPORT tells (PS3.4 H.4.6.2.1)."""
        told = Dataset()
        told.SpecificCharacterSet = UTF_8
        put(told, "PrinterStatusInfo", self.info)
        put(told, "PrinterName", self.name)
        return told

    def configuration(self) -> Dataset:
        """Gives what N-GET of Printer Configuration Retrieval gives (PS3.4 H.4.11.2.1; PS3.3 C.13.13)."""
        item = Dataset()
        item.SOPClassesSupported = [GRAYSCALE_META, COLOR_META, PRINT_JOB, ANNOTATION_BOX, PRESENTATION_LUT]
        item.MaximumMemoryAllocation = 0
        item.MemoryBitDepth = 12
        item.PrintingBitDepth = 12
        media = Dataset()
        media.ItemNumber = 1
        media.MediumType = "BLUE FILM"
        media.FilmSizeID = "14INX17IN"
        media.MinDensity, media.MaxDensity = self.densities
        item.MediaInstalledSequence = [media]
        item.OtherMediaAvailableSequence = []
        item.SupportedImageDisplayFormatsSequence = [self._format(text) for text in self.formats]
        item.DefaultPrinterResolutionID = "STANDARD"
        item.DefaultMagnificationType = "BILINEAR"
        item.OtherMagnificationTypesAvailable = ["REPLICATE", "CUBIC", "NONE"]
        item.DefaultSmoothingType = "NONE"
        item.MaximumCollatedFilms = 0
        item.DecimateCropResult = "DECIMATE"
        item.Manufacturer = self.manufacturer
        item.ManufacturerModelName = self.model
        item.PrinterName = self.name
        found = Dataset()
        found.PrinterConfigurationSequence = [item]
        return found

    def _format(self, text: str) -> Dataset:
        item = Dataset()
        item.ImageDisplayFormat = text
        item.FilmOrientation = "PORTRAIT"
        item.FilmSizeID = "14INX17IN"
        item.PrinterResolutionID = "STANDARD"
        item.PrinterPixelSpacing = [f"{25.4 / self.dots_per_inch:.6g}"] * 2
        item.RequestedImageSizeFlag = "YES"
        return item


def choose(attributes: Dataset, tags: Iterable[int] | None) -> tuple[Dataset, int, tuple[int, ...]]:
    """Gives the asked-for attributes of an instance, all of them when none is named (PS3.7 10.1.2.1.3).

    Returns:
        The attributes, the status and the tags that the instance does not have.
    """
    wanted = tuple(tags or ())
    if not wanted:
        return attributes, 0, ()
    found = Dataset()
    for tag in wanted:
        if tag in attributes:
            found.add(attributes[tag])
    missing = tuple(tag for tag in wanted if tag not in attributes)
    return found, ATTRIBUTE_LIST_ERROR if missing else 0, missing
