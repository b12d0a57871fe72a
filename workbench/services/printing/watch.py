"""The events that a printer reports to its SCU: what becomes of the jobs, and of the printer (PS3.4 H.4.5, H.4.6)."""

import asyncio
from dataclasses import dataclass

from pydicom.dataset import Dataset

from workbench.dimse.messages import NEventReportRq
from workbench.dimse.status import NO_SUCH_EVENT_TYPE, SOP_CLASS_NOT_SUPPORTED
from workbench.net.incoming import Handlers, IncomingRequest
from workbench.services.normalized import Answer, answering
from workbench.services.printing.attributes import text_of
from workbench.services.printing.classes import PRINT_JOB, PRINTER
from workbench.services.printing.printer import ENDED, JobState, PrinterState


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintEvent:
    """One report: about a job, or about the printer when `job_uid` is empty.

    Attributes:
        state: what the job or the printer is now.
        info: Execution Status Info or Printer Status Info.
    """

    job_uid: str = ""
    state: JobState | PrinterState
    info: str = ""


class PrintWatch:
    """Takes the reports of one association; give `handlers` to `connect`.

    Attributes:
        events: all that was reported, in order.
    """

    def __init__(self) -> None:
        self.events: list[PrintEvent] = []
        self._changed = asyncio.Event()

    @property
    def handlers(self) -> Handlers:
        """What answers the printer's N-EVENT-REPORT-RQ."""
        return {NEventReportRq.COMMAND_FIELD: answering(self._take)}

    async def ended(self, job_uid: str) -> PrintEvent:
        """Waits until a job is reported DONE or FAILURE, and gives that report.

        Whoever waits sets a timeout: a printer may take its time, and reports nothing once the association is over.
        """
        while True:
            self._changed.clear()
            for event in self.events:
                if event.job_uid == job_uid and event.state in ENDED:
                    return event
            await self._changed.wait()

    async def _take(self, request: IncomingRequest, information: Dataset) -> Answer:
        message = request.message
        assert isinstance(message, NEventReportRq)
        kinds: dict[str, tuple[type[JobState] | type[PrinterState], str]] = {
            PRINT_JOB: (JobState, "ExecutionStatusInfo"),
            PRINTER: (PrinterState, "PrinterStatusInfo"),
        }
        if message.affected_sop_class_uid not in kinds:
            return Answer(SOP_CLASS_NOT_SUPPORTED, None, "only Print Job and Printer report here")
        kind, keyword = kinds[message.affected_sop_class_uid]
        if message.event_type_id not in {state.value for state in kind}:
            return Answer(NO_SUCH_EVENT_TYPE, None, f"event type {message.event_type_id} is not known")
        is_job = message.affected_sop_class_uid == PRINT_JOB
        self.events.append(
            PrintEvent(
                job_uid=message.affected_sop_instance_uid if is_job else "",
                state=kind(message.event_type_id),
                info=text_of(information, keyword),
            )
        )
        self._changed.set()
        return Answer()
