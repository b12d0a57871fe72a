"""What printer and jobs tell about themselves, by themselves and to an SCU."""

import asyncio
from datetime import datetime
from pathlib import Path

from tests.conftest import ExpectLog
from tests.services.printing.conversation import conversing, gray, instance
from workbench.errors import StorageError
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.normalized import n_get
from workbench.services.printing.classes import (
    COLOR_META,
    FILM_BOX,
    FILM_SESSION,
    GRAYSCALE_META,
    PRINT_JOB,
    PRINTER,
    PRINTER_CONFIGURATION,
    PRINTER_CONFIGURATION_INSTANCE,
    PRINTER_INSTANCE,
)
from workbench.services.printing.printer import JobState, Printer, PrinterState, PrintJob, choose
from workbench.services.printing.watch import PrintEvent, PrintWatch
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

PATIENCE = 5.0
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


async def test_a_job_can_be_asked_for_later_by_others(tmp_path: Path) -> None:
    watch = PrintWatch()
    async with conversing(tmp_path, meta=GRAYSCALE_META, watch=watch) as scu:
        await scu.begin(PrintPriority="HIGH")
        film = await scu.film()
        await scu.place(film, gray())
        await scu.print(FILM_BOX, instance(film))
        (uid,) = scu.scp.jobs
        async with asyncio.timeout(PATIENCE):
            await watch.ended(uid)
        job = await n_get(scu.association, PRINT_JOB, uid)
        unknown = await n_get(scu.association, PRINT_JOB, "1.2.3")
    assert job.data_set is not None
    assert (job.data_set.ExecutionStatus, job.data_set.PrintPriority) == ("DONE", "HIGH")
    assert job.data_set.Originator == "TESTER"
    assert unknown.status == 0x0112


async def test_a_full_queue_is_refused_and_a_device_may_fail(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("print job .* failed: no paper")
    watch, jam = PrintWatch(), asyncio.Event()

    async def device(job: PrintJob) -> None:
        await jam.wait()
        raise StorageError("no paper", path=str(job.folder))

    async with conversing(tmp_path, meta=GRAYSCALE_META, watch=watch, device=device, queue_limit=1) as scu:
        await scu.begin()
        film = await scu.film()
        await scu.place(film, gray())
        assert (await scu.print(FILM_BOX, instance(film))).status == 0
        full = [await scu.print(FILM_BOX, instance(film)), await scu.print(FILM_SESSION, scu.session)]
        jam.set()
        (uid,) = scu.scp.jobs
        async with asyncio.timeout(PATIENCE):
            event = await watch.ended(uid)
    assert [each.status for each in full] == [0xC602, 0xC601]
    assert event == PrintEvent(job_uid=uid, state=JobState.FAILURE, info="CHECK PRINTER")


async def test_the_printer_reports_its_state_and_fails_jobs_while_it_is_broken(tmp_path: Path) -> None:
    watch = PrintWatch()
    async with conversing(tmp_path, meta=GRAYSCALE_META, watch=watch, optional=()) as scu:
        await scu.begin()
        film = await scu.film()
        await scu.place(film, gray())
        await scu.scp.set_printer_state(PrinterState.FAILURE, "FILM JAM")
        printed = await scu.print(FILM_BOX, instance(film))
        assert (printed.status, printed.data_set) == (0, None)
        assert (await n_get(scu.association, PRINTER, PRINTER_INSTANCE, context=scu.context)).is_done
    assert watch.events == [PrintEvent(state=PrinterState.FAILURE, info="FILM JAM")]


async def test_who_only_watches_is_told_of_the_printer_too(tmp_path: Path) -> None:
    watch = PrintWatch()
    async with conversing(tmp_path, meta=COLOR_META, watch=watch) as scu:
        await n_get(scu.association, PRINTER, PRINTER_INSTANCE, context=scu.context)
        await scu.scp.set_printer_state(PrinterState.WARNING, "SUPPLY LOW")
        await n_get(scu.association, PRINTER, PRINTER_INSTANCE, context=scu.context)
    assert watch.events == [PrintEvent(state=PrinterState.WARNING, info="SUPPLY LOW")]


async def test_printer_and_configuration_tell_what_is_asked(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        asked = [0x21100010, 0x21100030, 0x00100010]
        some = await n_get(scu.association, PRINTER, PRINTER_INSTANCE, asked, context=scu.context)
        every = await n_get(scu.association, PRINTER, PRINTER_INSTANCE, context=scu.context)
        nobody = await n_get(scu.association, PRINTER, "1.2.3", context=scu.context)
        instance_uid = PRINTER_CONFIGURATION_INSTANCE
        configuration = await n_get(scu.association, PRINTER_CONFIGURATION, instance_uid)
    assert some.data_set is not None
    assert every.data_set is not None
    assert configuration.data_set is not None
    assert (some.status, nobody.status) == (0x0107, 0x0112)
    assert getattr(some.message, "attribute_identifier_list", ()) == (0x00100010,)
    assert [element.keyword for element in some.data_set] == ["PrinterStatus", "PrinterName"]
    assert (every.data_set.PrinterStatus, every.data_set.PrinterStatusInfo) == ("NORMAL", "NORMAL")
    (item,) = configuration.data_set.PrinterConfigurationSequence
    assert GRAYSCALE_META in item.SOPClassesSupported
