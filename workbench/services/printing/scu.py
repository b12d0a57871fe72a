"""Print Management as SCU: from images to printed films in one call (PS3.4 Annex H)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydicom.dataset import Dataset

from workbench.acse.contexts import AcceptedContext
from workbench.dimse.status import Category, category
from workbench.errors import WorkbenchError
from workbench.net.association import Association
from workbench.services.normalized import Result, n_action, n_create, n_delete, n_get, n_set
from workbench.services.printing.attributes import items_of, references, text_of
from workbench.services.printing.classes import (
    COLOR_META,
    FILM_BOX,
    FILM_SESSION,
    GRAYSCALE_META,
    IMAGE_BOX_OF,
    PRINTER,
    PRINTER_INSTANCE,
    SERVICE,
)
from workbench.services.printing.images import PrintableImage

_PRINT: Final = 1  # Action Type ID, PS3.4 H.4.2.2.4


class PrintRefused(WorkbenchError):
    """The printer did not do a step; the message is a sentence for people."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOptions:
    """How films are printed; what is empty or None is left to the printer.

    Attributes:
        session, film, image: further attributes by keyword, such as {"MediumType": "PAPER"}.
    """

    copies: int = 1
    film_size: str = ""
    orientation: str = ""
    label: str = ""
    session: Mapping[str, Any] = field(default_factory=dict)
    film: Mapping[str, Any] = field(default_factory=dict)
    image: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOutcome:
    """What became of a print.

    Attributes:
        films: films that the printer took.
        images: images on them.
        job_uids: SOP Instance UIDs of the print jobs, where the printer told them.
        warnings: what the printer remarked, a sentence each.
        problem: why it was not done, a sentence; empty when all was printed.
        status: the status of the step that failed, 0 when there is none.
    """

    films: int = 0
    images: int = 0
    job_uids: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    problem: str = ""
    status: int = 0

    @property
    def is_done(self) -> bool:
        """Whether every image was printed."""
        return not self.problem


async def print_images(
    association: Association,
    images: Sequence[PrintableImage],
    *,
    layout: str = "STANDARD\\1,1",
    options: PrintOptions = PrintOptions(),
) -> PrintOutcome:
    r"""Prints images, as many films as they need, in their order; film after film, each by itself.

    A film session is made and deleted again, also when a step fails. Gray images go through the grayscale Meta SOP
    class, and through the color one where nothing else was accepted or one image is in color.

    Args:
        layout: Image Display Format of the films: STANDARD\C,R has C columns of R rows; see `layout`.

    Returns:
        What was printed; what the printer refused is told in words.

    Raises:
        NoAcceptedContext: the peer does not print, or not in color.
        AssociationError, TransportError: the association ended first.
    """
    printing = _Printing(association, _context(association, images), options, layout)
    outcome = PrintOutcome()
    try:
        session = await printing.create_session()
        left = list(images)
        while left:
            outcome, left = await printing.print_film(session, left, outcome)
    except PrintRefused as refused:
        outcome = replace(outcome, problem=str(refused), status=refused.status)
    finally:
        if association.end is None:
            await printing.delete_session()
    return replace(outcome, warnings=tuple(printing.warnings))


async def printer_status(association: Association) -> Result:
    """Asks for Printer Status, Printer Status Info and the names of the printer (PS3.4 H.4.6.2.2)."""
    context = _context(association, ())
    return await n_get(association, PRINTER, PRINTER_INSTANCE, context=context, service=SERVICE)


def _context(association: Association, images: Sequence[PrintableImage]) -> AcceptedContext:
    agreement = association.agreement
    needs_color = any(image.is_color for image in images)
    if not needs_color and GRAYSCALE_META in agreement.by_sop_class:
        return agreement.context_for(GRAYSCALE_META)
    if COLOR_META in agreement.by_sop_class:
        return agreement.context_for(COLOR_META)
    return agreement.context_for(COLOR_META if needs_color else GRAYSCALE_META)


class _Printing:
    """The steps of one print, each of which may be refused."""

    def __init__(self, association: Association, context: AcceptedContext, options: PrintOptions, layout: str) -> None:
        self.warnings: list[str] = []
        self._association = association
        self._context = context
        self._options = options
        self._layout = layout
        self._session = ""

    async def create_session(self) -> str:
        """Makes the film session and gives its UID."""
        attributes = Dataset()
        attributes.NumberOfCopies = self._options.copies
        if self._options.label:
            attributes.FilmSessionLabel = self._options.label
        _add(attributes, self._options.session)
        result = await self._create(FILM_SESSION, attributes)
        self._session = self._instance_of(self._took(result, "the film session"), "the film session")
        return self._session

    async def print_film(
        self, session: str, images: list[PrintableImage], outcome: PrintOutcome
    ) -> tuple[PrintOutcome, list[PrintableImage]]:
        """Prints one film with as many of the images as it has room for; gives those that are left."""
        number = outcome.films + 1
        film, boxes = await self._create_film(session, f"film {number}")
        for position, (box, image) in enumerate(zip(boxes, images, strict=False), 1):
            await self._set_image(box, position, image, f"image {outcome.images + position} for film {number}")
        printed = await n_action(self._association, FILM_BOX, film, _PRINT, context=self._context, service=SERVICE)
        self._took(printed, f"printing of film {number}")
        placed = min(len(boxes), len(images))
        outcome = replace(
            outcome,
            films=number,
            images=outcome.images + placed,
            job_uids=(*outcome.job_uids, *_jobs(printed.data_set)),
        )
        return outcome, images[placed:]

    async def delete_session(self) -> None:
        """Deletes the film session with all that is in it; a printer that does not is no failure of the print."""
        if not self._session:
            return
        result = await n_delete(self._association, FILM_SESSION, self._session, context=self._context, service=SERVICE)
        if not result.is_done:
            self.warnings.append(f"The film session was not deleted: {result.reason}.")

    async def _create_film(self, session: str, what: str) -> tuple[str, list[Dataset]]:
        attributes = Dataset()
        attributes.ImageDisplayFormat = self._layout
        attributes.ReferencedFilmSessionSequence = references(FILM_SESSION, [session])
        if self._options.film_size:
            attributes.FilmSizeID = self._options.film_size
        if self._options.orientation:
            attributes.FilmOrientation = self._options.orientation
        _add(attributes, self._options.film)
        result = self._took(await self._create(FILM_BOX, attributes), what)
        boxes = items_of(result.data_set or Dataset(), "ReferencedImageBoxSequence")
        if not boxes:
            sentence = f"The printer made {what} without an image box: its answer names none."
            raise PrintRefused(sentence, result.status)
        return self._instance_of(result, what), boxes

    async def _set_image(self, box: Dataset, position: int, image: PrintableImage, what: str) -> None:
        attributes = Dataset()
        if self._context.abstract_syntax == COLOR_META:
            image = image.in_color()
        attributes.ImageBoxPosition = position
        sequence = "BasicColorImageSequence" if image.is_color else "BasicGrayscaleImageSequence"
        setattr(attributes, sequence, [image.item()])
        _add(attributes, self._options.image)
        result = await n_set(
            self._association,
            IMAGE_BOX_OF[self._context.abstract_syntax],
            text_of(box, "ReferencedSOPInstanceUID"),
            attributes,
            context=self._context,
            service=SERVICE,
        )
        self._took(result, what)

    async def _create(self, sop_class_uid: str, attributes: Dataset) -> Result:
        return await n_create(
            self._association, sop_class_uid, None, attributes, context=self._context, service=SERVICE
        )

    def _took(self, result: Result, what: str) -> Result:
        """Notes a warning; raises PrintRefused when the step was not done."""
        if not result.is_done:
            raise PrintRefused(f"The printer refused {what}: {result.reason}.", result.status)
        if category(result.status) is Category.WARNING:
            self.warnings.append(f"The printer remarked on {what}: {result.reason}.")
        return result

    def _instance_of(self, result: Result, what: str) -> str:
        uid = getattr(result.message, "affected_sop_instance_uid", None)
        if not uid:
            raise PrintRefused(f"The printer made {what} but did not tell its UID.", result.status)
        return str(uid)


def _add(attributes: Dataset, further: Mapping[str, Any]) -> None:
    for keyword, value in further.items():
        setattr(attributes, keyword, value)


def _jobs(reply: Dataset | None) -> Iterator[str]:
    for item in items_of(reply or Dataset(), "ReferencedPrintJobSequencePullStoredPrint"):
        if uid := text_of(item, "ReferencedSOPInstanceUID"):
            yield uid
