"""Print Management as SCP: a printer whose films go into a folder (PS3.4 Annex H)."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from os import PathLike
from types import TracebackType
from typing import Any, Final, NamedTuple, Self
from weakref import WeakKeyDictionary

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from workbench.dimse.answers import respond, sop_class_of
from workbench.dimse.messages import NActionRq, NCreateRq, NDeleteRq, NGetRq, NSetRq
from workbench.dimse.status import (
    ATTRIBUTE_LIST_ERROR,
    INVALID_SOP_INSTANCE,
    NO_SUCH_ACTION_TYPE,
    NO_SUCH_SOP_INSTANCE,
    PROCESSING_FAILURE,
    UNRECOGNIZED_OPERATION,
)
from workbench.errors import DataSetError, MessageError, StatusError, StorageError, WorkbenchError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.tasks import TaskKeeper
from workbench.services.encoding import LONGEST_LIST, MOST_ELEMENTS, check_number, decode_data_set
from workbench.services.normalized import Answer, n_event_report
from workbench.services.offers import Offer
from workbench.services.printing.attributes import references, text_of
from workbench.services.printing.classes import (
    ANNOTATION_BOX,
    COLOR_IMAGE_BOX,
    COLOR_META,
    FILM_BOX,
    FILM_SESSION,
    GRAYSCALE_IMAGE_BOX,
    GRAYSCALE_META,
    IMAGE_BOX_OF,
    MEMBERS,
    OPTIONAL,
    PRESENTATION_LUT,
    PRINT_JOB,
    PRINTER,
    PRINTER_CONFIGURATION,
    PRINTER_CONFIGURATION_INSTANCE,
    PRINTER_INSTANCE,
    SERVICE,
)
from workbench.services.printing.films import OUT_OF_MEMORY, FilmBox, Films, Made
from workbench.services.printing.printer import ENDED, JobState, Printer, PrinterState, PrintJob, choose
from workbench.services.printing.spool import Spool, plan
from workbench.services.query.identifiers import encode
from workbench.services.query.projection import whole
from workbench.storage.element_texts import charset_of
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, is_valid_uid

_log = logging.getLogger(__name__)

EMPTY_SESSION: Final = 0xB602
EMPTY_FILM: Final = 0xB603
NO_FILMS: Final = 0xC600
SESSION_QUEUE_FULL: Final = 0xC601
FILM_QUEUE_FULL: Final = 0xC602

MOST_PIXEL_BYTES: Final = 512 * 2**20
"""Bytes of images that the films of all associations may have together."""

_JOBS_KEPT: Final = 1000
_PRINT: Final = 1  # Action Type ID, PS3.4 H.4.1.2.4 and H.4.2.2.4

Device = Callable[[PrintJob], Awaitable[None]]
"""What happens to a job whose films lie in its folder. StorageError or StatusError makes the job fail."""


class _Done(NamedTuple):
    """An answer, and the job that begins once it is sent."""

    answer: Answer
    job: PrintJob | None = None


class PrintScp:
    """Takes films and keeps each print job in a subfolder; enter it, and give `offer` to a server within.

    Nothing is put on paper. Success means that the films are on disk. The job then goes through its states, which are
    reported on the association as long as that lasts, if Print Job was negotiated.

    Args:
        folder: an existing folder.
        printer: what the printer says about itself.
        device: what is done with the films of a job while it is PRINTING; nothing if not given.
        collates: whether a film session can be printed as a whole.
        queue_limit: jobs that may be under way; a further one is refused with C601H or C602H.
        annotation_boxes: text lines that a film gets, when the SCU asks for annotations.
        on_job: called on the event loop with each job, and again whenever its state changes.
        most_pixel_bytes: bytes of images that are held, of all associations together.

    Raises:
        StorageError: there is no such folder, or it cannot be written to.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        *,
        printer: Printer | None = None,
        device: Device | None = None,
        collates: bool = True,
        queue_limit: int = 100,
        annotation_boxes: int = 1,
        on_job: Callable[[PrintJob], None] | None = None,
        most_pixel_bytes: int = MOST_PIXEL_BYTES,
    ) -> None:
        self.printer = printer or Printer()
        self.jobs: dict[str, PrintJob] = {}
        self._spool = Spool(folder)
        self._device = device
        self._collates = collates
        self._queue_limit = queue_limit
        self._annotation_boxes = annotation_boxes
        self._on_job = on_job
        self._most_pixel_bytes = most_pixel_bytes
        self._films: WeakKeyDictionary[Association, Films] = WeakKeyDictionary()
        self._tasks = TaskKeeper()
        self._numbers = itertools.count(1)

    @property
    def offer(self) -> Offer:
        """What a server needs to be this printer."""
        syntaxes = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
        commands = (NCreateRq, NSetRq, NGetRq, NActionRq, NDeleteRq)
        return Offer(
            sop_classes=dict.fromkeys((GRAYSCALE_META, COLOR_META, *OPTIONAL), syntaxes),
            handlers={command.COMMAND_FIELD: self.handler for command in commands},
            members=MEMBERS,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the jobs under way where they are; their films are kept. The server must have stopped."""
        await self._tasks.cancel_all()

    async def set_printer_state(self, state: PrinterState, info: str) -> None:
        """Changes Printer Status and Printer Status Info, and reports it on every association (PS3.4 H.4.6.2.1).

        Args:
            info: one of the code words of PS3.3 C.13.9.1, such as SUPPLY LOW or FILM JAM.
        """
        self.printer.state, self.printer.info = state, info
        for association in self._open_associations():
            accepted = association.agreement.by_sop_class
            context = next((accepted[meta][0] for meta in MEMBERS if meta in accepted), None)
            if context is not None:
                told = self.printer.event_information()
                event = n_event_report(association, PRINTER, PRINTER_INSTANCE, state, told, context=context)
                self._tasks.start(_reported(event), name=f"association {association.number}: printer status")

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Answers one request; a job that it makes begins once it is answered."""
        done, data_set = _Done(Answer()), None
        self._films_of(request)  # from now on the association is told what happens to the printer
        try:
            asked = await self._read(request)
            done = await self._serve(request, asked)
            if done.answer.data_set is not None:
                syntax = request.context.transfer_syntax
                data_set = encode(whole(done.answer.data_set), syntax, charset_of(asked))
        except StatusError as error:
            done = _Done(Answer(error.status, None, error.comment, error.elements))
        except (StorageError, DataSetError) as error:
            done = _Done(Answer(PROCESSING_FAILURE, None, str(error)))
        answer = done.answer
        yield Reply(
            message=respond(request.message, answer.status, answer.comment or None, **answer.elements),
            data_set=data_set,
        )
        if done.job is not None:
            self._tasks.start(self._run(done.job, request.association), name=f"print job {done.job.name}")

    async def _read(self, request: IncomingRequest) -> Dataset:
        if request.data_set is None:
            return Dataset()
        is_image = sop_class_of(request.message) in IMAGE_BOX_OF.values()
        try:
            data = await request.data_set.read(self._most_pixel_bytes if is_image else LONGEST_LIST)
            return await asyncio.to_thread(_decoded, data, request.context.transfer_syntax)
        except MessageError as error:
            raise StatusError(OUT_OF_MEMORY if is_image else PROCESSING_FAILURE, str(error)) from error
        except DataSetError as error:
            raise StatusError(PROCESSING_FAILURE, str(error)) from error

    async def _serve(self, request: IncomingRequest, data_set: Dataset) -> _Done:
        message, sop_class = request.message, sop_class_of(request.message)
        match message:
            case NCreateRq() if sop_class in (FILM_SESSION, FILM_BOX, PRESENTATION_LUT):
                return self._create(request, sop_class, message.affected_sop_instance_uid, data_set)
            case NSetRq() if sop_class in (
                FILM_SESSION,
                FILM_BOX,
                GRAYSCALE_IMAGE_BOX,
                COLOR_IMAGE_BOX,
                ANNOTATION_BOX,
            ):
                made = self._films_of(request).set(sop_class, message.requested_sop_instance_uid, data_set)
                return _Done(_answer(made))
            case NDeleteRq() if sop_class in (FILM_SESSION, FILM_BOX, PRESENTATION_LUT):
                self._films_of(request).delete(sop_class, message.requested_sop_instance_uid)
                return _Done(Answer())
            case NActionRq() if sop_class in (FILM_SESSION, FILM_BOX):
                return await self._print(request, message, sop_class)
            case NGetRq() if sop_class in (PRINTER, PRINT_JOB, PRINTER_CONFIGURATION):
                return _Done(self._get(message, sop_class))
        raise StatusError(UNRECOGNIZED_OPERATION, f"{message.NAME} is not offered for this SOP Class")

    def _create(self, request: IncomingRequest, sop_class: str, uid: str | None, data_set: Dataset) -> _Done:
        if uid is not None and not is_valid_uid(uid):
            raise StatusError(INVALID_SOP_INSTANCE, "Affected SOP Instance UID is not a UID")
        films = self._films_of(request)
        match sop_class:
            case _ if sop_class == FILM_SESSION:
                made = films.create_session(uid, data_set)
            case _ if sop_class == FILM_BOX:
                annotated = ANNOTATION_BOX in request.association.agreement.by_sop_class
                box_class = IMAGE_BOX_OF[request.context.abstract_syntax]
                made = films.create_film(uid, data_set, box_class, annotated=annotated)
            case _:
                made = films.create_lut(uid, data_set)
        return _Done(_answer(made, affected_sop_instance_uid=made.uid))

    def _get(self, message: NGetRq, sop_class: str) -> Answer:
        uid = message.requested_sop_instance_uid
        if sop_class == PRINTER and uid == PRINTER_INSTANCE:
            attributes = self.printer.attributes()
        elif sop_class == PRINTER_CONFIGURATION and uid == PRINTER_CONFIGURATION_INSTANCE:
            attributes = self.printer.configuration()
        elif sop_class == PRINT_JOB and uid in self.jobs:
            attributes = self.jobs[uid].attributes()
        else:
            raise StatusError(NO_SUCH_SOP_INSTANCE, f"there is no such instance: {uid[:24]}")
        found, status, missing = choose(attributes, message.attribute_identifier_list)
        elements = {"attribute_identifier_list": missing} if missing else {}
        return Answer(status, found, "attributes that this instance does not have" if missing else "", elements)

    # Printing

    async def _print(self, request: IncomingRequest, message: NActionRq, sop_class: str) -> _Done:
        if message.action_type_id != _PRINT:
            raise StatusError(NO_SUCH_ACTION_TYPE, f"action type {message.action_type_id} is not 1, Print")
        films = self._films_of(request)
        uid = message.requested_sop_instance_uid
        wanted, empty = self._wanted(films, sop_class, uid)
        if not wanted:
            return _Done(Answer(empty, None, "there is nothing on the film, so nothing was printed"))
        if sum(job.state not in ENDED for job in self.jobs.values()) >= self._queue_limit:
            full = SESSION_QUEUE_FULL if sop_class == FILM_SESSION else FILM_QUEUE_FULL
            raise StatusError(full, f"{self._queue_limit} print jobs are under way")
        job = await self._keep(request, films, wanted)
        if PRINT_JOB not in request.association.agreement.by_sop_class:
            return _Done(Answer(), job)
        reply = Dataset()
        reply.ReferencedPrintJobSequencePullStoredPrint = references(PRINT_JOB, [job.uid])  # (2100,0500)
        return _Done(Answer(data_set=reply, elements={"action_type_id": _PRINT}), job)

    def _wanted(self, films: Films, sop_class: str, uid: str) -> tuple[list[FilmBox], int]:
        """Gives the films to print and the status for the case that there is none."""
        if sop_class == FILM_BOX:
            film = films.film_of(uid)
            return [film] if film.has_content else [], EMPTY_FILM
        session = films.session_of(uid)
        if not self._collates:
            raise StatusError(UNRECOGNIZED_OPERATION, "films are printed one by one here, not as a session")
        if not session.films:
            raise StatusError(NO_FILMS, "the film session has no film boxes")
        return [film for film in session.films if film.has_content], EMPTY_SESSION

    async def _keep(self, request: IncomingRequest, films: Films, wanted: list[FilmBox]) -> PrintJob:
        session = films.session
        assert session is not None
        created = datetime.now()
        name = self._next_name(created)
        job = PrintJob(
            uid=str(generate_uid(None)),
            name=name,
            created=created,
            originator=request.association.calling_ae_title,
            printer_name=self.printer.name,
            folder=self._spool.folder / name,
            priority=text_of(session.attributes, "PrintPriority"),
            label=text_of(session.attributes, "FilmSessionLabel"),
        )
        self.jobs[job.uid] = job
        try:
            await asyncio.to_thread(self._spool.keep, job, plan(job, session, wanted, films.luts))
        except StorageError:
            del self.jobs[job.uid]
            raise
        for film in wanted:
            film.is_printed = True
        for uid in [uid for uid, each in self.jobs.items() if each.state in ENDED][: len(self.jobs) - _JOBS_KEPT]:
            del self.jobs[uid]
        return job

    async def _run(self, job: PrintJob, association: Association) -> None:
        try:
            await self._enter(job, JobState.PENDING, "QUEUED", association)
            await self._enter(job, JobState.PRINTING, "NORMAL", association)
            if self.printer.state is PrinterState.FAILURE:
                await self._enter(job, JobState.FAILURE, self.printer.info, association)
                return
            if self._device is not None:
                await self._device(job)
            await self._enter(job, JobState.DONE, "NORMAL", association)
        except (StorageError, StatusError) as error:
            _log.warning("! print job %s failed: %s", job.name, error)
            with contextlib.suppress(StorageError):
                await asyncio.to_thread(self._spool.note, job, JobState.FAILURE, "CHECK PRINTER")
            await self._tell(job, JobState.FAILURE, "CHECK PRINTER", association)
        finally:
            if job.state not in ENDED:  # cancelled, or a defect: it takes no room in the queue any more
                job.state = JobState.FAILURE

    async def _enter(self, job: PrintJob, state: JobState, info: str, association: Association) -> None:
        """Changes the state of a job, first in its folder, then for all who are told."""
        await asyncio.to_thread(self._spool.note, job, state, info)
        await self._tell(job, state, info, association)

    async def _tell(self, job: PrintJob, state: JobState, info: str, association: Association) -> None:
        job.state, job.info = state, info
        if self._on_job is not None:
            self._on_job(job)
        if association.end is None and PRINT_JOB in association.agreement.by_sop_class:
            await _reported(
                n_event_report(association, PRINT_JOB, job.uid, state, job.event_information(), service=SERVICE)
            )

    def _next_name(self, created: datetime) -> str:
        """Gives a Print Job ID, of at most 16 characters, that no folder has."""
        while True:
            name = f"{created:%y%m%d%H%M%S}-{next(self._numbers) % 1000:03d}"
            if not (self._spool.folder / name).exists():
                return name

    def _room(self) -> int:
        """Gives the bytes of images that may still be taken, of all associations together."""
        for association in [each for each in self._films if each.end is not None]:
            del self._films[association]
        return self._most_pixel_bytes - sum(films.pixel_bytes for films in self._films.values())

    def _films_of(self, request: IncomingRequest) -> Films:
        films = self._films.get(request.association)
        if films is None:
            films = self._films[request.association] = Films(
                printer=self.printer,
                annotation_boxes=self._annotation_boxes,
                collates=self._collates,
                room=self._room,
            )
        return films

    def _open_associations(self) -> Iterator[Association]:
        yield from [association for association in self._films if association.end is None]


async def _reported(event: Awaitable[Any]) -> None:
    """Waits for the answer to a report; one that cannot be delivered is lost with its association (PS3.4 H.4.5.2.1)."""
    try:
        await event
    except WorkbenchError:
        return


def _answer(made: Made, **elements: object) -> Answer:
    if made.unknown:
        elements["attribute_identifier_list"] = made.unknown
    comment = "attributes that are not understood here" if made.unknown and not made.status else ""
    return Answer(made.status or (ATTRIBUTE_LIST_ERROR if made.unknown else 0), made.attributes, comment, elements)


def _decoded(data: bytes, transfer_syntax_uid: str) -> Dataset:
    data_set = decode_data_set(data, transfer_syntax_uid)
    check_number(data_set, MOST_ELEMENTS)
    return data_set
