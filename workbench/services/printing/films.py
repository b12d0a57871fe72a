"""The instances that an SCU composes on one association: film session, film boxes and what is in them (PS3.4 H.2).

There is one film session at a time. Its film boxes are made one after the other; each gets its image boxes, and
annotation boxes if it asks for some, from the SCP. Presentation LUTs stand beside that hierarchy. All of it is gone
with the association.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from workbench.dimse.status import (
    DUPLICATE_SOP_INSTANCE,
    INVALID_ATTRIBUTE_VALUE,
    MISSING_ATTRIBUTE,
    NO_SUCH_SOP_INSTANCE,
    RESOURCE_LIMITATION,
)
from workbench.errors import StatusError
from workbench.services.printing.attributes import (
    ANNOTATION_BOX_RULES,
    FILM_BOX_RULES,
    FILM_SESSION_RULES,
    IMAGE_BOX_RULES,
    PRESENTATION_LUT_RULES,
    Taken,
    items_of,
    number_of,
    put,
    references,
    take,
    text_of,
)
from workbench.services.printing.classes import (
    ANNOTATION_BOX,
    COLOR_IMAGE_BOX,
    FILM_BOX,
    FILM_SESSION,
    PRESENTATION_LUT,
)
from workbench.services.printing.layout import Size, film_size, image_boxes
from workbench.services.printing.printer import Printer
from workbench.services.printing.received import ReceivedImage, fit, read_image

MEMORY_ALLOCATION_NOT_SUPPORTED: Final = 0xB600
DENSITY_OUT_OF_RANGE: Final = 0xB605
NOT_PRINTED_YET: Final = 0xC616
OUT_OF_MEMORY: Final = 0xC605

MOST_FILMS: Final = 256
MOST_LUTS: Final = 16
"""What one association may have of each; more is taken for a mistake."""


@dataclass(slots=True, kw_only=True)
class ImageBox:
    """A place for one image on a film; `image` is None while it is empty."""

    uid: str
    sop_class_uid: str
    position: int
    size: Size
    attributes: Dataset
    image: ReceivedImage | None = None


@dataclass(slots=True, kw_only=True)
class AnnotationBox:
    """A place for one line of text on a film."""

    uid: str
    position: int
    text: str = ""


@dataclass(slots=True, kw_only=True)
class FilmBox:
    """One film and the boxes on it."""

    uid: str
    attributes: Dataset
    images: tuple[ImageBox, ...]
    annotations: tuple[AnnotationBox, ...]
    is_printed: bool = False

    @property
    def has_content(self) -> bool:
        """Whether there is anything to print: an image, or a text."""
        return any(box.image for box in self.images) or any(box.text for box in self.annotations)


@dataclass(slots=True, kw_only=True)
class FilmSession:
    """What the films of one print request share."""

    uid: str
    attributes: Dataset
    films: list[FilmBox] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What an operation did: the attributes to answer, the tags that were not understood, and a status of its own."""

    uid: str
    attributes: Dataset
    unknown: tuple[int, ...] = ()
    status: int = 0


class Films:
    """The instances of one association.

    Args:
        printer: its resolution decides what fits into an image box.
        annotation_boxes: how many a film gets whose Annotation Display Format ID asks for some.
        collates: whether a film session can be printed as a whole; otherwise each film before the next one is made.
        room: gives the bytes of images that may still be taken.
    """

    def __init__(self, *, printer: Printer, annotation_boxes: int, collates: bool, room: Callable[[], int]) -> None:
        self.session: FilmSession | None = None
        self.luts: dict[str, Dataset] = {}
        self._printer = printer
        self._annotation_boxes = annotation_boxes
        self._collates = collates
        self._room = room

    # N-CREATE

    def create_session(self, uid: str | None, data_set: Dataset) -> Made:
        """Makes the film session (PS3.4 H.4.1.2.1); there can be one only."""
        if self.session is not None:
            raise StatusError(DUPLICATE_SOP_INSTANCE, "the association has a film session already")
        taken = take(FILM_SESSION_RULES, data_set, is_new=True)
        self.session = FilmSession(uid=uid or str(generate_uid(None)), attributes=taken.attributes)
        return _made(self.session.uid, taken, _session_status(taken.attributes))

    def create_film(self, uid: str | None, data_set: Dataset, image_box_class: str, *, annotated: bool) -> Made:
        """Makes a film box with its image boxes (PS3.4 H.4.2.2.1).

        Args:
            image_box_class: the class of the image boxes it gets.
            annotated: whether Basic Annotation Box was negotiated.
        """
        taken = take(FILM_BOX_RULES, data_set, is_new=True)
        attributes = taken.attributes
        session = self._referenced_session(attributes)
        if uid is not None and any(film.uid == uid for film in session.films):
            raise StatusError(DUPLICATE_SOP_INSTANCE, "a film box with this UID exists")
        if len(session.films) >= MOST_FILMS:
            raise StatusError(RESOURCE_LIMITATION, f"a film session has at most {MOST_FILMS} films")
        if not self._collates and session.films and not session.films[-1].is_printed:
            raise StatusError(NOT_PRINTED_YET, "the film box before this one has not been printed")
        self._check_luts(attributes)
        size = film_size(text_of(attributes, "FilmSizeID"), text_of(attributes, "FilmOrientation"))
        images = tuple(
            ImageBox(
                uid=str(generate_uid(None)),
                sop_class_uid=image_box_class,
                position=position,
                size=box,
                attributes=Dataset(),
            )
            for position, box in enumerate(image_boxes(text_of(attributes, "ImageDisplayFormat"), size), 1)
        )
        count = self._annotation_boxes if annotated and "AnnotationDisplayFormatID" in attributes else 0
        annotations = tuple(
            AnnotationBox(uid=str(generate_uid(None)), position=position) for position in range(1, count + 1)
        )
        film = FilmBox(
            uid=uid or str(generate_uid(None)), attributes=attributes, images=images, annotations=annotations
        )
        attributes.ReferencedImageBoxSequence = references(image_box_class, (box.uid for box in images))
        if annotations:
            sequence = references(ANNOTATION_BOX, (box.uid for box in annotations))
            attributes.ReferencedBasicAnnotationBoxSequence = sequence
        session.films.append(film)
        return _made(film.uid, taken, self._within_densities(attributes))

    def create_lut(self, uid: str | None, data_set: Dataset) -> Made:
        """Makes a presentation LUT: a shape or a table, not both (PS3.4 H.4.9.2.1)."""
        if len(self.luts) >= MOST_LUTS:
            raise StatusError(RESOURCE_LIMITATION, f"an association has at most {MOST_LUTS} presentation LUTs")
        taken = take(PRESENTATION_LUT_RULES, data_set, is_new=True)
        tables = items_of(taken.attributes, "PresentationLUTSequence")
        if bool(tables) == ("PresentationLUTShape" in taken.attributes):
            raise StatusError(MISSING_ATTRIBUTE, "either Presentation LUT Sequence or Presentation LUT Shape is needed")
        for table in tables[:1]:
            if not {"LUTDescriptor", "LUTData"} <= {str(each.keyword) for each in table}:
                raise StatusError(INVALID_ATTRIBUTE_VALUE, "a presentation LUT has a LUT Descriptor and LUT Data")
        lut = uid or str(generate_uid(None))
        if lut in self.luts:
            raise StatusError(DUPLICATE_SOP_INSTANCE, "a presentation LUT with this UID exists")
        self.luts[lut] = taken.attributes
        return _made(lut, taken)

    # N-SET

    def set(self, sop_class_uid: str, uid: str, data_set: Dataset) -> Made:
        """Changes a film session, film box, image box or annotation box."""
        match sop_class_uid:
            case _ if sop_class_uid == FILM_SESSION:
                session = self.session_of(uid)
                taken = take(FILM_SESSION_RULES, data_set, is_new=False)
                session.attributes.update(taken.attributes)
                return _made(uid, taken, _session_status(taken.attributes))
            case _ if sop_class_uid == FILM_BOX:
                film = self.film_of(uid)
                taken = take(FILM_BOX_RULES, data_set, is_new=False)
                self._check_luts(taken.attributes)
                status = self._within_densities(taken.attributes)
                film.attributes.update(taken.attributes)
                return _made(uid, taken, status)
            case _ if sop_class_uid == ANNOTATION_BOX:
                return self._set_annotation(uid, data_set)
        return self._set_image(sop_class_uid, uid, data_set)

    def _set_annotation(self, uid: str, data_set: Dataset) -> Made:
        boxes = (box for film in self._films() for box in film.annotations)
        box = next((box for box in boxes if box.uid == uid), None)
        if box is None:
            raise StatusError(NO_SUCH_SOP_INSTANCE, "there is no such annotation box")
        taken = take(ANNOTATION_BOX_RULES, data_set, is_new=False)
        _check_position(taken.attributes, "AnnotationPosition", box.position)
        box.text = text_of(taken.attributes, "TextString")
        return _made(uid, taken)

    def _set_image(self, sop_class_uid: str, uid: str, data_set: Dataset) -> Made:
        boxes = (box for film in self._films() for box in film.images)
        box = next((box for box in boxes if box.uid == uid and box.sop_class_uid == sop_class_uid), None)
        if box is None:
            raise StatusError(NO_SUCH_SOP_INSTANCE, "there is no such image box")
        is_color = box.sop_class_uid == COLOR_IMAGE_BOX
        keyword = "BasicColorImageSequence" if is_color else "BasicGrayscaleImageSequence"
        taken = take(IMAGE_BOX_RULES, data_set, is_new=False)
        attributes = taken.attributes
        _check_position(attributes, "ImageBoxPosition", box.position)
        self._check_luts(attributes)
        status = self._within_densities(attributes)
        if keyword in attributes:
            items = items_of(attributes, keyword)
            image = read_image(items[0], is_color=is_color) if items else None  # no item erases the image
            if image is not None:
                wanted = Dataset()
                wanted.update(box.attributes)
                wanted.update(attributes)
                fitting = fit(image, box.size, wanted, self._printer.dots_per_inch)
                status = fitting or status
                self._check_memory(image, replaced=box.image)
            box.image = image
            delattr(attributes, keyword)
        box.attributes.update(attributes)
        return _made(uid, taken, status)

    # N-DELETE

    def delete(self, sop_class_uid: str, uid: str) -> None:
        """Deletes a film session or film box with all that is in it, or a presentation LUT."""
        if sop_class_uid == FILM_SESSION:
            self.session_of(uid)
            self.session = None
        elif sop_class_uid == FILM_BOX:
            film = self.film_of(uid)
            assert self.session is not None
            self.session.films.remove(film)
        else:
            assert sop_class_uid == PRESENTATION_LUT
            if uid not in self.luts:
                raise StatusError(NO_SUCH_SOP_INSTANCE, "there is no such presentation LUT")
            del self.luts[uid]

    # What there is

    @property
    def pixel_bytes(self) -> int:
        """Bytes of the images on the films."""
        return sum(box.image.length for film in self._films() for box in film.images if box.image is not None)

    def session_of(self, uid: str) -> FilmSession:
        """Gives the film session; StatusError 0112H if it is not that one."""
        if self.session is None or self.session.uid != uid:
            raise StatusError(NO_SUCH_SOP_INSTANCE, "there is no such film session")
        return self.session

    def film_of(self, uid: str) -> FilmBox:
        """Gives a film box; StatusError 0112H if there is no such one."""
        film = next((film for film in self._films() if film.uid == uid), None)
        if film is None:
            raise StatusError(NO_SUCH_SOP_INSTANCE, "there is no such film box")
        return film

    def _films(self) -> Iterator[FilmBox]:
        yield from self.session.films if self.session is not None else ()

    def _referenced_session(self, attributes: Dataset) -> FilmSession:
        items = items_of(attributes, "ReferencedFilmSessionSequence")
        uid = text_of(items[0], "ReferencedSOPInstanceUID") if items else ""
        if self.session is None or self.session.uid != uid:
            comment = "Referenced Film Session Sequence names no film session of this association"
            raise StatusError(INVALID_ATTRIBUTE_VALUE, comment)
        return self.session

    def _check_luts(self, attributes: Dataset) -> None:
        for item in items_of(attributes, "ReferencedPresentationLUTSequence"):
            if text_of(item, "ReferencedSOPInstanceUID") not in self.luts:
                comment = "Referenced Presentation LUT Sequence names no LUT of this association"
                raise StatusError(INVALID_ATTRIBUTE_VALUE, comment)

    def _within_densities(self, attributes: Dataset) -> int:
        """Brings densities into what the printer can do; gives the status that tells so."""
        low, high = self._printer.densities
        status = 0
        for keyword in ("MinDensity", "MaxDensity"):
            wanted = number_of(attributes, keyword)
            if wanted is not None and not low <= wanted <= high:
                put(attributes, keyword, min(max(wanted, low), high))
                status = DENSITY_OUT_OF_RANGE
        return status

    def _check_memory(self, image: ReceivedImage, *, replaced: ReceivedImage | None) -> None:
        if image.length - (replaced.length if replaced else 0) > self._room():
            raise StatusError(OUT_OF_MEMORY, f"there is no room for an image of {image.length} bytes")


def _made(uid: str, taken: Taken, status: int = 0) -> Made:
    return Made(uid=uid, attributes=taken.attributes, unknown=taken.unknown, status=status)


def _session_status(attributes: Dataset) -> int:
    return MEMORY_ALLOCATION_NOT_SUPPORTED if number_of(attributes, "MemoryAllocation") else 0


def _check_position(attributes: Dataset, keyword: str, position: int) -> None:
    given = number_of(attributes, keyword)
    if given is None:
        raise StatusError(MISSING_ATTRIBUTE, f"{keyword} is missing")
    if given != position:
        raise StatusError(INVALID_ATTRIBUTE_VALUE, f"{keyword} is {given}, this box has position {position}")
