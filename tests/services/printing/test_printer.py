"""What printer and jobs tell about themselves."""

from datetime import datetime
from pathlib import Path

from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.printing.printer import JobState, Printer, PrinterState, PrintJob, choose
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

JOB = PrintJob(
    uid="1.2.3",
    name="job-1",
    created=datetime(2026, 1, 5, 9, 30),
    originator="CT1",
    printer_name="Printer",
    folder=Path("job-1"),
    label="Müller",
)


def test_a_job_tells_its_state() -> None:
    told = JOB.attributes()
    assert (told.ExecutionStatus, told.ExecutionStatusInfo, told.Originator) == ("PENDING", "QUEUED", "CT1")
    assert (told.CreationDate, told.CreationTime, told.PrintPriority) == ("20260105", "093000", "MED")
    event = JOB.event_information()
    assert (event.PrintJobID, event.FilmSessionLabel, event.PrinterName) == ("job-1", "Müller", "Printer")


def test_the_numbers_of_states_are_the_event_types() -> None:
    assert [state.value for state in JobState] == [1, 2, 3, 4]
    assert [state.value for state in PrinterState] == [1, 2, 3]


def test_a_printer_tells_what_is_asked_for() -> None:
    printer = Printer(name="P", software_versions="1", state=PrinterState.WARNING, info="SUPPLY LOW")
    found, status, missing = choose(printer.attributes(), (0x21100010, 0x00100010))
    assert ([element.value for element in found], status, missing) == (["WARNING"], 0x0107, (0x00100010,))
    every, status, missing = choose(printer.attributes(), None)
    assert (every.PrinterStatusInfo, every.SoftwareVersions, status, missing) == ("SUPPLY LOW", "1", 0, ())


def test_the_configuration_can_be_sent() -> None:
    encoded = encode_data_set(Printer().configuration(), EXPLICIT_VR_LITTLE_ENDIAN)
    (item,) = decode_data_set(encoded, EXPLICIT_VR_LITTLE_ENDIAN).PrinterConfigurationSequence
    formats = [each.ImageDisplayFormat for each in item.SupportedImageDisplayFormatsSequence]
    assert formats == list(Printer().formats)
    assert item.PrintingBitDepth == 12
