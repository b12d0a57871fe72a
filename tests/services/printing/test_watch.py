"""The events that an SCU takes from a printer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydicom.dataset import Dataset

from tests.services.printing.conversation import attributes
from tests.services.servers import LOCAL
from workbench.config import Node
from workbench.dimse.messages import NGetRq
from workbench.net.incoming import IncomingRequest
from workbench.net.requestor import connect
from workbench.services.normalized import Answer, Result, answering, n_event_report, n_get
from workbench.services.offers import Offer, serve
from workbench.services.printing.classes import (
    GRAYSCALE_META,
    MEMBERS,
    PRINT_JOB,
    PRINTER,
    PRINTER_INSTANCE,
    print_contexts,
)
from workbench.services.printing.printer import JobState, PrinterState
from workbench.services.printing.watch import PrintEvent, PrintWatch

PATIENCE = 5.0


@asynccontextmanager
async def reporting(watch: PrintWatch, *reports: tuple[str, str, int, Dataset]) -> AsyncIterator[list[Result]]:
    """Lets a printer report what is given, when it is asked for anything, and gives the answers."""
    answers: list[Result] = []

    async def get(request: IncomingRequest, _: Dataset) -> Answer:
        for sop_class, uid, event_type, told in reports:
            report = n_event_report(request.association, sop_class, uid, event_type, told, context=request.context)
            answers.append(await report)
        return Answer()

    offer = Offer(
        sop_classes={GRAYSCALE_META: None, PRINT_JOB: None},
        handlers={NGetRq.COMMAND_FIELD: answering(get)},
        members=MEMBERS,
    )
    async with serve(LOCAL, [offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="PRINTER")
        async with connect(node, print_contexts(), local=LOCAL, handlers=watch.handlers) as association:
            context = association.agreement.context_for(GRAYSCALE_META)
            await n_get(association, PRINTER, PRINTER_INSTANCE, context=context)
            yield answers


async def test_reports_are_kept_in_order_and_awaited() -> None:
    watch = PrintWatch()
    reports = (
        (PRINTER, PRINTER_INSTANCE, 2, attributes(PrinterStatusInfo="SUPPLY LOW")),
        (PRINT_JOB, "1.2.3", 1, attributes(ExecutionStatusInfo="QUEUED")),
        (PRINT_JOB, "1.2.3", 4, attributes(ExecutionStatusInfo="FILM JAM")),
    )
    async with reporting(watch, *reports) as answers, asyncio.timeout(PATIENCE):
        event = await watch.ended("1.2.3")
    assert event == PrintEvent(job_uid="1.2.3", state=JobState.FAILURE, info="FILM JAM")
    assert watch.events[0] == PrintEvent(state=PrinterState.WARNING, info="SUPPLY LOW")
    assert [answer.status for answer in answers] == [0, 0, 0]


async def test_what_is_no_report_of_a_printer_is_refused() -> None:
    watch = PrintWatch()
    reports = ((PRINT_JOB, "1.2.3", 9, Dataset()), ("1.2.840.10008.1.20.1", "1.2.3", 1, Dataset()))
    async with reporting(watch, *reports) as answers:
        assert [answer.status for answer in answers] == [0x0113, 0x0122]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await watch.ended("1.2.3")
    assert watch.events == []
