"""Printing images in one call, and what the caller is told when the printer will not."""

import asyncio
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.services.printing.conversation import conversing, gray, serving
from workbench.acse.contexts import propose
from workbench.dimse.answers import sop_class_of
from workbench.dimse.messages import NActionRq, NCreateRq, NDeleteRq, NSetRq
from workbench.errors import NoAcceptedContext
from workbench.net.incoming import IncomingRequest
from workbench.services.normalized import Answer, answering
from workbench.services.offers import Offer
from workbench.services.printing.classes import (
    COLOR_META,
    FILM_BOX,
    GRAYSCALE_META,
    MEMBERS,
    OPTIONAL,
    print_contexts,
)
from workbench.services.printing.images import PrintableImage
from workbench.services.printing.printer import JobState
from workbench.services.printing.scp import PrintScp
from workbench.services.printing.scu import PrintOptions, print_images, printer_status
from workbench.services.printing.watch import PrintWatch
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

PATIENCE = 5.0


def kept_images(folder: Path) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(path) for path in sorted(folder.glob("*/film-1/*.dcm"))]


async def test_images_go_on_as_many_films_as_they_need(tmp_path: Path) -> None:
    watch = PrintWatch()
    options = PrintOptions(copies=2, film_size="8INX10IN", orientation="LANDSCAPE", label="x")
    async with conversing(tmp_path, meta=GRAYSCALE_META, watch=watch) as scu:
        outcome = await print_images(
            scu.association, [gray(10, 10), gray(11, 11), gray(12, 12)], layout="STANDARD\\1,2", options=options
        )
        async with asyncio.timeout(PATIENCE):
            ended = [await watch.ended(uid) for uid in outcome.job_uids]
        assert (await scu.begin()).status == 0  # the session of the print is gone
    assert (outcome.is_done, outcome.films, outcome.images, outcome.warnings) == (True, 2, 3, ())
    assert [event.state for event in ended] == [JobState.DONE, JobState.DONE]
    assert sorted((image.Rows, image.Columns) for image in kept_images(tmp_path)) == [(10, 10), (11, 11), (12, 12)]


async def test_gray_images_are_printed_in_color_where_color_is_all_there_is(tmp_path: Path) -> None:
    dark = PrintableImage(rows=1, columns=2, photometric="MONOCHROME1", bits=12, pixels=b"\x00\x00\xff\x0f")
    color = PrintableImage(rows=1, columns=2, photometric="RGB", bits=8, pixels=bytes(6))
    printer = PrintScp(tmp_path)
    (contexts,) = propose([(COLOR_META, (EXPLICIT_VR_LITTLE_ENDIAN,))])
    async with serving([printer.offer], contexts) as association:
        first = await print_images(association, [dark])
        outcome = await print_images(association, [dark, color], layout="ROW\\2")
    await printer.close()
    assert first.is_done
    assert outcome.is_done
    assert [image.PixelData for image in kept_images(tmp_path)] == [b"\xff\x00" * 3, b"\xff\x00" * 3, bytes(6)]


async def test_what_the_printer_remarks_is_told(tmp_path: Path) -> None:
    options = PrintOptions(session={"MemoryAllocation": 1})
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        outcome = await print_images(scu.association, [gray(2, 400)], layout="STANDARD\\20,20", options=options)
    assert outcome.is_done
    assert outcome.warnings == (
        "The printer remarked on the film session: B600H Warning: memory allocation not supported.",
        "The printer remarked on image 1 for film 1: B604H Warning: image larger than image box, demagnified.",
    )


@pytest.mark.parametrize(
    ("layout", "options", "problem"),
    [
        (
            "CUSTOM\\7",
            PrintOptions(),
            "The printer refused film 1: 0106H Failure: invalid attribute value "
            "(Image Display Format 'CUSTOM 7' is not offered).",
        ),
        (
            "ROW\\1",
            PrintOptions(session={"PrintPriority": "SOON"}),
            "The printer refused the film session: 0106H Failure: invalid attribute value "
            "(PrintPriority 'SOON' is not HIGH or LOW or MED).",
        ),
        (
            "STANDARD\\20,20",
            PrintOptions(image={"RequestedDecimateCropBehavior": "FAIL"}),
            "The printer refused image 1 for film 1: C603H Failure: image larger than image box "
            "(400 x 2 pixels do not fit 18 x 22 mm).",
        ),
    ],
)
async def test_a_refusal_is_a_sentence_and_leaves_nothing_behind(
    tmp_path: Path, layout: str, options: PrintOptions, problem: str
) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        outcome = await print_images(scu.association, [gray(2, 400)], layout=layout, options=options)
        assert (await scu.begin()).status == 0
    assert (outcome.is_done, outcome.problem) == (False, problem)
    assert outcome.status


def odd(sop_class: str, answer: Answer) -> Offer:
    """Offers a printer that answers each command with Success, and those of one class with something else."""

    async def service(request: IncomingRequest, data_set: Dataset) -> Answer:
        named = sop_class_of(request.message)
        if named == sop_class and not isinstance(request.message, NDeleteRq):
            return answer
        made = {"affected_sop_instance_uid": "1.2.3"} if isinstance(request.message, NCreateRq) else {}
        return Answer(0x0110 if isinstance(request.message, NDeleteRq) else 0, elements=made)

    commands = (NCreateRq, NSetRq, NActionRq, NDeleteRq)
    return Offer(
        sop_classes={GRAYSCALE_META: None},
        handlers={command.COMMAND_FIELD: answering(service) for command in commands},
        members=MEMBERS,
    )


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer(), "The printer made film 1 without an image box: its answer names none."),
        (Answer(0xC616), "The printer refused film 1: C616H"),
    ],
)
async def test_a_printer_that_breaks_the_rules_is_told(answer: Answer, problem: str) -> None:
    async with serving([odd(FILM_BOX, answer)], print_contexts()) as association:
        outcome = await print_images(association, [gray()])
    assert outcome.problem.startswith(problem)
    assert outcome.warnings == ("The film session was not deleted: 0110H Failure: processing failure.",)


async def test_the_status_of_a_printer_can_be_asked(tmp_path: Path) -> None:
    async with conversing(tmp_path, meta=GRAYSCALE_META) as scu:
        result = await printer_status(scu.association)
    assert result.data_set is not None
    assert result.data_set.PrinterStatus == "NORMAL"


async def test_a_peer_that_does_not_print_in_color_is_an_error(tmp_path: Path) -> None:
    color = PrintableImage(rows=1, columns=1, photometric="RGB", bits=8, pixels=bytes(3))
    async with serving([odd(FILM_BOX, Answer())], print_contexts(color=True)) as association:
        with pytest.raises(NoAcceptedContext):
            await print_images(association, [color])


def test_the_optional_classes_are_proposed_by_themselves() -> None:
    classes = [context.abstract_syntax for context in print_contexts(color=True, optional=OPTIONAL)]
    assert classes == [GRAYSCALE_META, COLOR_META, *OPTIONAL]
