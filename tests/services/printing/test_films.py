"""The instances of one association (what an SCU sees of them is in test_scp.py)."""

import pytest
from pydicom.dataset import Dataset

from tests.services.printing.conversation import attributes, gray
from workbench.errors import StatusError
from workbench.services.printing.attributes import references
from workbench.services.printing.classes import (
    ANNOTATION_BOX,
    FILM_BOX,
    FILM_SESSION,
    GRAYSCALE_IMAGE_BOX,
    PRESENTATION_LUT,
)
from workbench.services.printing.films import Films
from workbench.services.printing.printer import Printer


def films(room: int = 10**6) -> Films:
    made = Films(printer=Printer(), annotation_boxes=2, collates=True, room=lambda: room - made.pixel_bytes)
    made.create_session("1.2.3", Dataset())
    return made


def film_attributes(**further: object) -> Dataset:
    session = references(FILM_SESSION, ["1.2.3"])
    return attributes(ImageDisplayFormat="STANDARD\\1,2", ReferencedFilmSessionSequence=session, **further)


def test_a_film_has_its_boxes_in_order() -> None:
    made = films()
    uid = made.create_film(
        None, film_attributes(AnnotationDisplayFormatID="LABEL"), GRAYSCALE_IMAGE_BOX, annotated=True
    ).uid
    film = made.film_of(uid)
    assert [box.position for box in film.images] == [box.position for box in film.annotations] == [1, 2]
    assert not film.has_content
    made.set(ANNOTATION_BOX, film.annotations[1].uid, attributes(AnnotationPosition=2, TextString="left"))
    assert film.has_content


def test_annotations_are_made_only_where_they_were_negotiated_and_wanted() -> None:
    made = films()
    wanted = film_attributes(AnnotationDisplayFormatID="LABEL")
    assert made.film_of(made.create_film(None, wanted, GRAYSCALE_IMAGE_BOX, annotated=False).uid).annotations == ()
    plain = film_attributes()
    assert made.film_of(made.create_film(None, plain, GRAYSCALE_IMAGE_BOX, annotated=True).uid).annotations == ()


def test_what_is_changed_stays_changed_and_the_rest_stays() -> None:
    made = films()
    made.set(FILM_SESSION, "1.2.3", attributes(NumberOfCopies=3))
    session = made.session_of("1.2.3").attributes
    assert (session.NumberOfCopies, session.PrintPriority) == (3, "MED")
    uid = made.create_film("1.2.4", film_attributes(), GRAYSCALE_IMAGE_BOX, annotated=False).uid
    made.set(FILM_BOX, uid, attributes(BorderDensity="WHITE"))
    assert (uid, made.film_of(uid).attributes.BorderDensity) == ("1.2.4", "WHITE")


def test_densities_are_brought_into_what_the_printer_can_do() -> None:
    made = films()
    first = made.create_film(None, film_attributes(MaxDensity=400, MinDensity=10), GRAYSCALE_IMAGE_BOX, annotated=False)
    assert (first.status, first.attributes.MaxDensity, first.attributes.MinDensity) == (0xB605, 320, 10)
    film = made.film_of(first.uid)
    assert made.set(FILM_BOX, film.uid, attributes(MaxDensity=300)).status == 0
    box = made.set(GRAYSCALE_IMAGE_BOX, film.images[0].uid, attributes(ImageBoxPosition=1, MaxDensity=321))
    assert (box.status, film.attributes.MaxDensity, film.images[0].attributes.MaxDensity) == (0xB605, 300, 320)


def test_an_image_replaces_the_one_before_it_in_memory_too() -> None:
    made = films(room=300)
    film = made.film_of(made.create_film(None, film_attributes(), GRAYSCALE_IMAGE_BOX, annotated=False).uid)
    image = attributes(ImageBoxPosition=1, BasicGrayscaleImageSequence=[gray().item()])
    for _ in range(3):
        assert made.set(GRAYSCALE_IMAGE_BOX, film.images[0].uid, image).status == 0
    image.ImageBoxPosition = 2
    with pytest.raises(StatusError) as refused:
        made.set(GRAYSCALE_IMAGE_BOX, film.images[1].uid, image)
    assert refused.value.status == 0xC605


@pytest.mark.parametrize(
    ("data_set", "status"),
    [
        (Dataset(), 0x0120),
        (attributes(PresentationLUTShape="IDENTITY", PresentationLUTSequence=[Dataset()]), 0x0120),
        (attributes(PresentationLUTSequence=[Dataset()]), 0x0106),
        (attributes(PresentationLUTShape="CURVED"), 0x0106),
        (attributes(PresentationLUTShape="IDENTITY"), 0),
        (attributes(PresentationLUTSequence=[attributes(LUTDescriptor=[2, 0, 12], LUTData=b"\0\0\1\0")]), 0),
    ],
)
def test_a_presentation_lut_is_a_shape_or_a_table(data_set: Dataset, status: int) -> None:
    made = films()
    if not status:
        uid = made.create_lut("1.2.5", data_set).uid
        with pytest.raises(StatusError) as refused:
            made.create_lut(uid, data_set)
        assert refused.value.status == 0x0111
        made.delete(PRESENTATION_LUT, uid)
        return
    with pytest.raises(StatusError) as refused:
        made.create_lut(None, data_set)
    assert refused.value.status == status


def test_a_film_box_uid_is_there_once() -> None:
    made = films()
    made.create_film("1.2.4", film_attributes(), GRAYSCALE_IMAGE_BOX, annotated=False)
    with pytest.raises(StatusError) as refused:
        made.create_film("1.2.4", film_attributes(), GRAYSCALE_IMAGE_BOX, annotated=False)
    assert refused.value.status == 0x0111
