"""Printing with other makers' SCUs and SCPs, both ways."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE, evt
from pynetdicom.events import Event

from tests.cli.background import background
from tests.interop.conftest import Proves, callers_into
from tests.interop.peers import PeerTool, listening, run
from tests.services.printing.conversation import attributes, gray
from tests.services.servers import LOCAL
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.offers import handlers_for, policy_for
from workbench.services.printing.attributes import references
from workbench.services.printing.classes import (
    COLOR_IMAGE_BOX,
    COLOR_META,
    FILM_BOX,
    FILM_SESSION,
    GRAYSCALE_IMAGE_BOX,
    GRAYSCALE_META,
    PRESENTATION_LUT,
    PRINT_JOB,
    PRINTER,
    PRINTER_CONFIGURATION,
    PRINTER_CONFIGURATION_INSTANCE,
    PRINTER_INSTANCE,
    print_contexts,
)
from workbench.services.printing.images import PrintableImage
from workbench.services.printing.printer import JobState
from workbench.services.printing.scp import PrintScp
from workbench.services.printing.scu import PrintOptions, PrintOutcome, print_images, printer_status
from workbench.services.printing.watch import PrintEvent, PrintWatch

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SERVICE = "Print Management"
PATIENCE = 20.0
SAMPLE = Path(__file__).parents[2] / "resources" / "samples" / "ct_explicit_1.dcm"

PRINTER_TABLE = r"""
[{name}]
Aetitle = {name}
Description = printer of the test
Hostname = 127.0.0.1
Port = {port}
Type = {kind}
DisplayFormat = 1,1\2,1
FilmSizeID = 8INX10IN\14INX17IN
FilmDestination = MAGAZINE\PROCESSOR
MagnificationType = REPLICATE\BILINEAR\CUBIC\NONE
MediumType = PAPER\CLEAR FILM\BLUE FILM
MaxDensity = 320
MinDensity = 20
MaxPDU = 32768
PresentationLUTMatchRequired = false
Supports12Bit = true
SupportsDecimateCrop = true
SupportsImageSize = true
SupportsPresentationLUT = true
SupportsTrim = true
"""


def configuration(folder: Path, port: int, kind: str) -> Path:
    """Writes a configuration of DCMTK's print tools, whose films lie in the folder."""
    text = f"[[GENERAL]]\n[APPLICATION]\nLogDirectory = {folder}\n[PRINT]\nDirectory = {folder}\n"
    text += f"[DATABASE]\nDirectory = {folder}\n[NETWORK]\naetitle = DCMPRSCU\n[[COMMUNICATION]]\n"
    path = folder / "print.cfg"
    path.write_text(text + PRINTER_TABLE.format(name="PRINTER", port=port, kind=kind))
    return path


@contextmanager
def printing(folder: Path, **options: Any) -> Iterator[tuple[Node, set[str], PrintScp]]:
    """Gives our printer, and the implementations of those who called it."""
    folder.mkdir()
    scp = PrintScp(folder, **options)
    callers: set[str] = set()
    offers = [scp.offer]
    with background(handlers_for(offers), policy=policy_for(offers), observer=callers_into(callers)) as node:
        yield node, callers, scp


@pytest.mark.parametrize("is_session", [False, True], ids=["film by film", "as a session"])
def test_dcmprscu_prints_on_our_printer(tmp_path: Path, peer_tool: PeerTool, proves: Proves, is_session: bool) -> None:
    done = threading.Event()

    def watch(job: Any) -> None:
        if job.state is JobState.DONE:
            done.set()

    with printing(tmp_path / "films", on_job=watch) as (node, callers, _):
        config = configuration(tmp_path, node.port, "PRINTER")
        common = ("-c", config, "-p", "PRINTER")
        run(peer_tool("dcmpsprt"), *common, "--layout", "2", "1", "--identity", SAMPLE, SAMPLE)
        (stored,) = tmp_path.glob("SP_*.dcm")
        how = ("--session-print",) if is_session else ()
        run(peer_tool("dcmprscu"), *common, *how, "--copies", "2", "--label", "from DCMTK", stored)
        assert done.wait(PATIENCE)
    (job,) = (tmp_path / "films").iterdir()
    description = json.loads((job / "job.json").read_text())
    assert (description["originator"], description["state"]) == ("DCMPRSCU", "DONE")
    assert description["session"]["NumberOfCopies"] == 2
    assert description["session"]["FilmSessionLabel"] == "from DCMTK"
    assert [lut["PresentationLUTShape"] for lut in description["presentation_luts"].values()] == ["IDENTITY"]
    original = pydicom.dcmread(SAMPLE)
    for number in (1, 2):
        kept = pydicom.dcmread(job / "film-1" / f"box-{number}.dcm")
        assert (kept.Rows, kept.Columns, kept.BitsStored) == (original.Rows, original.Columns, 12)
    proves(SERVICE, "SCP", "DCMTK", next(iter(callers)))


def print_on(port: int, images: list[PrintableImage], layout: str, **wanted: Any) -> tuple[PrintOutcome, str, Any]:
    """Prints on a peer as our SCU; gives the outcome, the peer's implementation and the events it reported."""

    async def conversation() -> tuple[PrintOutcome, str, Any]:
        node = Node(name="peer", host="127.0.0.1", port=port, ae_title="PRINTER")
        watch = PrintWatch()
        contexts = print_contexts(**wanted)
        async with connect(node, contexts, local=LOCAL, handlers=watch.handlers) as association:
            status = await printer_status(association)
            assert status.data_set is not None
            assert status.data_set.PrinterStatus == "NORMAL"
            outcome = await print_images(association, images, layout=layout, options=PrintOptions(label="from us"))
            async with asyncio.timeout(PATIENCE):
                ended = [await watch.ended(uid) for uid in outcome.job_uids]
            return outcome, association.agreement.peer_implementation_class_uid, ended

    return asyncio.run(conversation())


def test_we_print_on_dcmprscp(tmp_path: Path, peer_tool: PeerTool, proves: Proves) -> None:
    program = peer_tool("dcmprscp")

    def command(port: int) -> list[str | Path]:
        return [program, "-c", configuration(tmp_path, port, "LOCALPRINTER"), "-p", "PRINTER"]

    with listening(tmp_path / "log", command) as port:
        outcome, implementation, _ = print_on(port, [gray(), gray(), gray()], "STANDARD\\2,1")
        refused, _, _ = print_on(port, [gray()], "STANDARD\\7,7")
    assert (outcome.problem, outcome.films, outcome.images) == ("", 2, 3)
    hardcopies = [pydicom.dcmread(path) for path in tmp_path.glob("HG_*.dcm")]
    assert [(image.Rows, image.Columns, image.PixelData) for image in hardcopies] == [(16, 16, gray().pixels)] * 3
    assert len(list(tmp_path.glob("SP_*.dcm"))) == 2
    assert refused.problem == "The printer refused film 1: 0106H Failure: invalid attribute value."
    proves(SERVICE, "SCU", "DCMTK", implementation)


class PeerPrinter:
    """A printer made with pynetdicom: what it was told, in order."""

    def __init__(self) -> None:
        self.created: list[Dataset] = []
        self.placed: list[Dataset] = []
        self.deleted: list[str] = []
        self.job = str(generate_uid())

    def create(self, event: Event) -> tuple[int, Dataset]:
        data_set: Dataset = event.attribute_list
        self.created.append(data_set)
        answer = Dataset()
        answer.update(data_set)
        request: Any = event.request
        # pynetdicom leaves the choice of the UID to its user.
        answer.AffectedSOPInstanceUID = request.AffectedSOPInstanceUID or generate_uid()
        if "ImageDisplayFormat" in data_set:
            box_class = COLOR_IMAGE_BOX if event.context.abstract_syntax == COLOR_META else GRAYSCALE_IMAGE_BOX
            answer.ReferencedImageBoxSequence = references(box_class, [str(generate_uid()), str(generate_uid())])
        return 0x0000, answer

    def set(self, event: Event) -> tuple[int, Dataset]:
        self.placed.append(event.modification_list)
        return 0xB604, Dataset()

    def get(self, event: Event) -> tuple[int, Dataset]:
        return 0x0000, attributes(PrinterStatus="NORMAL", PrinterStatusInfo="NORMAL")

    def act(self, event: Event) -> tuple[int, Dataset]:
        return 0x0000, attributes(ReferencedPrintJobSequencePullStoredPrint=references(PRINT_JOB, [self.job]))

    def delete(self, event: Event) -> int:
        request: Any = event.request
        self.deleted.append(str(request.RequestedSOPClassUID))
        # The job is done now, and the SCU is told on the same association.
        association: Any = event.assoc
        for state in (JobState.PRINTING, JobState.DONE):
            association.send_n_event_report(
                attributes(ExecutionStatusInfo="NORMAL", PrinterName="peer"), state.value, PRINT_JOB, self.job
            )
        return 0x0000


@pytest.mark.parametrize("is_color", [False, True], ids=["grayscale", "color"])
def test_we_print_on_pynetdicom(proves: Proves, is_color: bool) -> None:
    peer = PeerPrinter()
    entity = AE(ae_title="PYNETDICOM")
    for sop_class in (COLOR_META if is_color else GRAYSCALE_META, PRINT_JOB):
        entity.add_supported_context(sop_class)
    handlers: Any = [
        (evt.EVT_N_CREATE, peer.create),
        (evt.EVT_N_SET, peer.set),
        (evt.EVT_N_GET, peer.get),
        (evt.EVT_N_ACTION, peer.act),
        (evt.EVT_N_DELETE, peer.delete),
    ]
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
    assert server is not None
    assert server.socket is not None
    try:
        port = server.socket.getsockname()[1]
        outcome, implementation, ended = print_on(port, [gray(), gray()], "STANDARD\\2,1", color=is_color)
    finally:
        server.shutdown()
    assert (outcome.problem, outcome.films, outcome.images) == ("", 1, 2)
    assert outcome.warnings == (
        "The printer remarked on image 1 for film 1: B604H Warning: image larger than image box, demagnified.",
        "The printer remarked on image 2 for film 1: B604H Warning: image larger than image box, demagnified.",
    )
    assert outcome.job_uids == (peer.job,)
    assert ended == [PrintEvent(job_uid=peer.job, state=JobState.DONE, info="NORMAL")]
    assert [each.get("FilmSessionLabel") for each in peer.created] == ["from us", None]
    keyword = "BasicColorImageSequence" if is_color else "BasicGrayscaleImageSequence"
    assert [len(getattr(each, keyword)[0].PixelData) for each in peer.placed] == [768 if is_color else 256] * 2
    assert peer.deleted == [FILM_SESSION]
    proves(SERVICE, "SCU", "pynetdicom", implementation)


def test_pynetdicom_prints_on_our_printer_and_is_told_of_its_job(tmp_path: Path, proves: Proves) -> None:
    events: list[tuple[int, str]] = []
    done = threading.Event()

    def reported(event: Event) -> tuple[int, None]:
        events.append((int(event.event_type or 0), str(event.event_information.ExecutionStatusInfo)))
        if event.event_type == JobState.DONE:
            done.set()
        return 0x0000, None

    entity = AE(ae_title="PYNETDICOM")
    for sop_class in (GRAYSCALE_META, PRINT_JOB, PRESENTATION_LUT, PRINTER_CONFIGURATION):
        entity.add_requested_context(sop_class)
    with printing(tmp_path / "films") as (node, callers, _):
        handlers: Any = [(evt.EVT_N_EVENT_REPORT, reported)]
        association: Any = entity.associate(node.host, node.port, evt_handlers=handlers)
        assert association.is_established
        session, film = str(generate_uid()), str(generate_uid())
        meta = {"meta_uid": GRAYSCALE_META}
        status, printer = association.send_n_get([0x21100010, 0x21100030], PRINTER, PRINTER_INSTANCE, **meta)
        assert (status.Status, printer.PrinterStatus) == (0x0000, "NORMAL")
        status, found = association.send_n_get([], PRINTER_CONFIGURATION, PRINTER_CONFIGURATION_INSTANCE)
        assert (status.Status, len(found.PrinterConfigurationSequence)) == (0x0000, 1)
        status, _ = association.send_n_create(attributes(NumberOfCopies=1), FILM_SESSION, session, **meta)
        assert status.Status == 0x0000
        asked = attributes(
            ImageDisplayFormat="STANDARD\\1,1", ReferencedFilmSessionSequence=references(FILM_SESSION, [session])
        )
        status, made = association.send_n_create(asked, FILM_BOX, film, **meta)
        assert status.Status == 0x0000
        box = made.ReferencedImageBoxSequence[0].ReferencedSOPInstanceUID
        empty, _ = association.send_n_action(None, 1, FILM_BOX, film, **meta)
        image = attributes(ImageBoxPosition=1, BasicGrayscaleImageSequence=[gray().item()])
        placed, _ = association.send_n_set(image, GRAYSCALE_IMAGE_BOX, box, **meta)
        printed, reply = association.send_n_action(None, 1, FILM_BOX, film, **meta)
        job = reply.ReferencedPrintJobSequencePullStoredPrint[0].ReferencedSOPInstanceUID
        assert done.wait(PATIENCE)
        asked_job, told = association.send_n_get([], PRINT_JOB, job)
        deleted = association.send_n_delete(FILM_SESSION, session, **meta)
        gone = association.send_n_delete(FILM_BOX, film, **meta)
        association.release()
    statuses = [each.Status for each in (empty, placed, printed, asked_job, deleted, gone)]
    assert statuses == [0xB603, 0x0000, 0x0000, 0x0000, 0x0000, 0x0112]
    assert [event for event, _ in events] == [1, 2, 3]
    assert told.ExecutionStatus == "DONE"
    assert len(list((tmp_path / "films").glob("*/film-1/box-1.dcm"))) == 1
    (implementation,) = callers
    proves(SERVICE, "SCP", "pynetdicom", implementation)
