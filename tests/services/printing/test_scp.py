"""The printer, seen from an SCU that does every step itself."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pydicom
import pytest

from tests.services.printing.conversation import RAMP, Conversation, attributes, boxes, conversing, gray, instance
from tests.services.servers import LOCAL
from workbench.config import Node
from workbench.dimse.messages import NActionRq, NGetRq
from workbench.errors import StorageError
from workbench.net.requestor import connect
from workbench.services.normalized import n_action, n_create, n_delete, n_get, n_set
from workbench.services.printing import films
from workbench.services.printing.attributes import items_of, references, text_of
from workbench.services.printing.classes import (
    ANNOTATION_BOX,
    COLOR_IMAGE_BOX,
    COLOR_META,
    FILM_BOX,
    FILM_SESSION,
    GRAYSCALE_IMAGE_BOX,
    GRAYSCALE_META,
    PRESENTATION_LUT,
    PRINT_JOB,
    PRINTER,
    PRINTER_INSTANCE,
    print_contexts,
)
from workbench.services.printing.images import PrintableImage
from workbench.services.printing.printer import JobState
from workbench.services.printing.scp import PrintScp
from workbench.services.printing.watch import PrintWatch

PATIENCE = 5.0


def found(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


async def test_a_film_is_in_the_folder_when_it_is_acknowledged(tmp_path: Path) -> None:
    watch = PrintWatch()
    async with conversing(tmp_path, meta=GRAYSCALE_META, watch=watch) as scu:
        begun = await scu.begin(NumberOfCopies=2, FilmSessionLabel="Müller", SpecificCharacterSet="ISO_IR 100")
        film = await scu.film("STANDARD\\2,1")
        placed = await scu.place(film, gray(), 2)
        printed = await scu.print(FILM_BOX, instance(film))
        assert [each.status for each in (begun, film, placed, printed)] == [0, 0, 0, 0]
        assert begun.data_set is not None
        assert (begun.data_set.FilmSessionLabel, begun.data_set.SpecificCharacterSet) == ("Müller", "ISO_IR 100")
        (folder,) = found(tmp_path, "*")
        description = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        assert printed.data_set is not None
        (item,) = items_of(printed.data_set, "ReferencedPrintJobSequencePullStoredPrint")
        async with asyncio.timeout(PATIENCE):
            event = await watch.ended(text_of(item, "ReferencedSOPInstanceUID"))
    assert event.state is JobState.DONE
    assert [each.state for each in watch.events] == [JobState.PENDING, JobState.PRINTING, JobState.DONE]
    assert description["session"]["FilmSessionLabel"] == "Müller"
    assert description["session"]["NumberOfCopies"] == 2
    assert [each["file"] for each in description["films"][0]["images"]] == ["box-2.dcm"]
    kept = pydicom.dcmread(folder / "film-1" / "box-2.dcm")
    assert (kept.Rows, kept.Columns, kept.PixelData) == (16, 16, RAMP)
    assert json.loads((folder / "job.json").read_text(encoding="utf-8"))["state"] == "DONE"


async def test_a_film_box_tells_its_image_boxes_and_its_defaults(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        await scu.begin()
        film = await scu.film("ROW\\1,2")
        assert film.data_set is not None
        classes = [text_of(item, "ReferencedSOPClassUID") for item in film.data_set.ReferencedImageBoxSequence]
        assert classes == [GRAYSCALE_IMAGE_BOX] * 3
        assert (film.data_set.FilmOrientation, film.data_set.FilmSizeID) == ("PORTRAIT", "14INX17IN")
        assert len(set(boxes(film))) == 3


async def test_color_goes_through_the_color_meta_class(tmp_path: Path) -> None:
    image = PrintableImage(rows=1, columns=2, photometric="RGB", bits=8, pixels=b"\x01\x02\x03\x04\x05\x06")
    async with conversing(tmp_path, meta=COLOR_META) as scu:
        await scu.begin()
        film = await scu.film()
        assert (await scu.place(film, image)).status == 0
        wrong = await scu.set(GRAYSCALE_IMAGE_BOX, boxes(film)[0], ImageBoxPosition=1)
        assert wrong.status == 0x0122
        assert (await scu.print(FILM_BOX, instance(film))).status == 0
    (kept,) = (pydicom.dcmread(path) for path in found(tmp_path, "*/film-1/*.dcm"))
    assert (kept.PhotometricInterpretation, kept.PlanarConfiguration, kept.PixelData) == ("RGB", 1, image.pixels)


async def test_a_session_is_printed_as_one_job_without_its_empty_films(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        await scu.begin()
        assert (await scu.print(FILM_SESSION, scu.session)).status == 0xC600
        films = [await scu.film() for _ in range(3)]
        assert (await scu.print(FILM_SESSION, scu.session)).status == 0xB602
        for film in films[:2]:
            await scu.place(film, gray())
        assert (await scu.print(FILM_SESSION, scu.session)).status == 0
    assert sorted(path.parent.name for path in found(tmp_path, "*/*/*.dcm")) == ["film-1", "film-2"]


async def test_an_empty_film_is_not_printed(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        await scu.begin()
        film = await scu.film()
        printed = await scu.print(FILM_BOX, instance(film))
        await scu.place(film, gray())
        emptied = await scu.set(GRAYSCALE_IMAGE_BOX, boxes(film)[0], ImageBoxPosition=1, BasicGrayscaleImageSequence=[])
        again = await scu.print(FILM_BOX, instance(film))
    assert (printed.status, emptied.status, again.status) == (0xB603, 0, 0xB603)
    assert found(tmp_path, "*") == []


async def test_without_collation_a_film_is_printed_before_the_next_one(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META, collates=False) as scu:
        await scu.begin()
        film = await scu.film()
        assert (await scu.film()).status == 0xC616
        assert (await scu.print(FILM_SESSION, scu.session)).status == 0x0211
        await scu.place(film, gray())
        await scu.print(FILM_BOX, instance(film))
        assert (await scu.film()).status == 0


@pytest.mark.parametrize(
    ("behavior", "status"),
    [
        ({}, 0xB604),
        ({"RequestedDecimateCropBehavior": "DECIMATE"}, 0xB60A),
        ({"RequestedDecimateCropBehavior": "CROP"}, 0xB609),
        ({"RequestedDecimateCropBehavior": "FAIL"}, 0xC603),
        ({"RequestedImageSize": "30"}, 0),
        ({"RequestedImageSize": "36"}, 0xB604),
    ],
)
async def test_an_image_larger_than_its_box_is_told(tmp_path: Path, behavior: dict[str, Any], status: int) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        await scu.begin()
        film = await scu.film("STANDARD\\10,10")  # boxes of 35.56 x 43.18 mm, 420 x 510 pixels
        assert (await scu.place(film, gray(20, 430), **behavior)).status == status


async def test_instances_end_with_their_session_and_with_the_association(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        await scu.begin()
        film = await scu.film()
        assert (await scu.create(FILM_SESSION)).status == 0x0111
        deleted = await n_delete(scu.association, FILM_BOX, instance(film), context=scu.context)
        assert deleted.status == 0
        assert (await scu.print(FILM_BOX, instance(film))).status == 0x0112
        film = await scu.film()
        await n_delete(scu.association, FILM_SESSION, scu.session, context=scu.context)
        assert (await scu.place(film, gray())).status == 0x0112
        assert (await scu.set(FILM_SESSION, scu.session, NumberOfCopies=1)).status == 0x0112
        uid = scu.session
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        assert (await scu.print(FILM_SESSION, uid)).status == 0x0112
        assert (await scu.create(FILM_SESSION, uid)).status == 0


@pytest.mark.parametrize(
    ("values", "status", "told"),
    [
        ({"PrintPriority": "SOON"}, 0x0106, "PrintPriority 'SOON' is not HIGH or LOW or MED"),
        ({"NumberOfCopies": 0}, 0x0106, "NumberOfCopies '0' is not 1 to 999"),
        ({"MemoryAllocation": 100}, 0xB600, None),
        ({"PatientName": "A^B"}, 0x0107, "attributes that are not understood here"),
        ({"MediumType": ""}, 0, None),
    ],
)
async def test_a_film_session_is_judged_by_its_attributes(
    tmp_path: Path, values: dict[str, object], status: int, told: str | None
) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        result = await scu.begin(**values)
    assert (result.status, result.message.error_comment) == (status, told)


async def test_a_film_box_is_judged_by_its_attributes(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        session: dict[str, Any] = {"ReferencedFilmSessionSequence": references(FILM_SESSION, ["1.2.3"])}
        statuses = [(await scu.film(**session)).status]
        await scu.begin()
        missing = await scu.create(FILM_BOX, ReferencedFilmSessionSequence=references(FILM_SESSION, [scu.session]))
        assert getattr(missing.message, "attribute_identifier_list", ()) == (0x20100010,)
        statuses += [
            missing.status,
            (await scu.film("")).status,
            (await scu.film("STANDARD\\0,0")).status,
            (await scu.film(FilmSizeID="HUGE")).status,
            (await scu.film(ReferencedPresentationLUTSequence=references(PRESENTATION_LUT, ["1.2"]))).status,
            (await scu.film(**session)).status,
            (await scu.create(FILM_BOX, "1.02")).status,
        ]
        film = await scu.film()
        statuses.append((await scu.set(FILM_BOX, instance(film), ImageDisplayFormat="STANDARD\\2,2")).status)
        statuses.append((await scu.set(FILM_BOX, instance(film), Trim="YES", MaxDensity=250)).status)
    assert statuses == [0x0106, 0x0120, 0x0121, 0x0106, 0x0106, 0x0106, 0x0106, 0x0117, 0x0106, 0]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"BitsStored": 16, "BitsAllocated": 16, "HighBit": 15}, 0x0106),
        ({"PhotometricInterpretation": "RGB"}, 0x0106),
        ({"Rows": 0}, 0x0106),
        ({"Rows": 17}, 0x0106),
        ({"PixelRepresentation": 1}, 0x0106),
    ],
)
async def test_an_image_that_is_none_is_refused(tmp_path: Path, change: dict[str, object], status: int) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        await scu.begin()
        film = await scu.film()
        item = gray().item()
        item.update(attributes(**change))
        box = boxes(film)[0]
        sequence = {"BasicGrayscaleImageSequence": [item]}
        assert (await scu.set(GRAYSCALE_IMAGE_BOX, box, ImageBoxPosition=1, **sequence)).status == status
        assert (await scu.set(GRAYSCALE_IMAGE_BOX, box, ImageBoxPosition=2)).status == 0x0106
        assert (await scu.set(GRAYSCALE_IMAGE_BOX, box, Polarity="NORMAL")).status == 0x0120
        assert (await scu.print(FILM_BOX, instance(film))).status == 0xB603


async def test_annotations_and_presentation_luts_go_with_the_film(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META, annotation_boxes=2) as scu:
        association = scu.association
        await scu.begin()
        refused = await n_create(association, PRESENTATION_LUT, None, attributes())
        lut = await n_create(association, PRESENTATION_LUT, None, attributes(PresentationLUTShape="LIN OD"))
        luts: Any = references(PRESENTATION_LUT, [instance(lut)])
        film = await scu.film(AnnotationDisplayFormatID="LABEL", ReferencedPresentationLUTSequence=luts)
        assert film.data_set is not None
        _, second = items_of(film.data_set, "ReferencedBasicAnnotationBoxSequence")
        text = attributes(AnnotationPosition=2, TextString="left")
        annotated = await n_set(association, ANNOTATION_BOX, second.ReferencedSOPInstanceUID, text)
        nowhere = await n_set(association, ANNOTATION_BOX, "1.2.3", text)
        printed = await scu.print(FILM_BOX, instance(film))
        deleted = await n_delete(association, PRESENTATION_LUT, instance(lut))
        again = await n_delete(association, PRESENTATION_LUT, instance(lut))
    assert [each.status for each in (refused, lut, annotated, nowhere, printed, deleted, again)] == [
        *(0x0120, 0, 0, 0x0112, 0, 0, 0x0112)
    ]
    (path,) = found(tmp_path, "*/job.json")
    description = json.loads(path.read_text())
    assert description["films"][0]["annotations"] == [{"position": 2, "text": "left"}]
    assert list(description["presentation_luts"].values()) == [{"PresentationLUTShape": "LIN OD"}]


async def test_operations_that_a_class_lacks_are_unrecognized(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        await scu.begin()
        got = await n_get(scu.association, FILM_SESSION, scu.session, context=scu.context)
        made = await scu.create(GRAYSCALE_IMAGE_BOX)
        acted = await scu.print(FILM_SESSION, scu.session, action=2)
        other = await scu.set(COLOR_IMAGE_BOX, "1.2.3")
    assert [each.status for each in (got, made, acted, other)] == [0x0211, 0x0211, 0x0123, 0x0122]


async def test_a_broken_data_set_is_answered_not_aborted(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        message = NActionRq(
            message_id=9, requested_sop_class_uid=FILM_BOX, requested_sop_instance_uid="1.2", action_type_id=1
        )
        reply = await scu.association.request(message, b"\x10\x00\x10\x00\xff\xff", context=scu.context)
        assert reply.message.status == 0x0110
        assert (await scu.begin()).status == 0


async def test_films_and_luts_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "MOST_FILMS", 2)
    monkeypatch.setattr(films, "MOST_LUTS", 1)
    shape = attributes(PresentationLUTShape="IDENTITY")
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        await scu.begin()
        made = [(await scu.film()).status for _ in range(3)]
        luts = [(await n_create(scu.association, PRESENTATION_LUT, None, shape)).status for _ in range(2)]
    assert (made, luts) == ([0, 0, 0x0213], [0, 0x0213])


async def test_memory_is_shared_by_associations_and_given_back(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META, most_pixel_bytes=1000) as scu:
        node = Node(name="test", host="127.0.0.1", port=int(scu.association.peer.rpartition(":")[2]), ae_title="X")
        async with connect(node, print_contexts(), local=LOCAL) as association:
            other = Conversation(association, scu.scp, GRAYSCALE_META)
            await other.begin()
            assert (await other.place(await other.film(), gray(25, 26))).status == 0
            await scu.begin()
            film = await scu.film()
            full = await scu.place(film, gray(25, 26))
        again = await scu.place(film, gray(25, 26))
    assert (full.status, again.status) == (0xC605, 0)


async def test_memory_for_images_is_bounded(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META, most_pixel_bytes=1000) as scu:
        await scu.begin()
        film = await scu.film("STANDARD\\2,1")
        first = await scu.place(film, gray(20, 25), 1)
        second = await scu.place(film, gray(20, 26), 2)
        endless = await scu.place(film, gray(100, 100), 2)
    assert [first.status, second.status, endless.status] == [0, 0xC605, 0xC605]


async def test_a_folder_that_takes_nothing_makes_the_print_fail(tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    async with conversing(folder, meta=GRAYSCALE_META) as scu:
        await scu.begin()
        film = await scu.film()
        await scu.place(film, gray())
        folder.rename(tmp_path / "gone")
        printed = await scu.print(FILM_BOX, instance(film))
    assert printed.status == 0x0110
    assert "No such file" in str(printed.message.error_comment)


def test_a_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such folder"):
        PrintScp(tmp_path / "missing")


async def test_a_missing_action_type_is_not_taken_for_printing(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        result = await n_action(scu.association, PRINTER, PRINTER_INSTANCE, 1, context=scu.context)
        gotten = await scu.association.request(
            NGetRq(message_id=77, requested_sop_class_uid=PRINT_JOB, requested_sop_instance_uid="1.2.3"),
            context=scu.context,
        )
    assert (result.status, gotten.message.status) == (0x0211, 0x0122)
