"""Modality Performed Procedure Step, as SCP: keeps the steps, enforces their states, notifies (PS3.4 F.7 to F.9).

A step is on disk before its N-CREATE or N-SET is answered. It is created IN PROGRESS and changed only while it is;
what a final state needs must be there when it is reached, for it never changes again.
"""

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import Callable, Iterable
from os import PathLike
from types import TracebackType
from typing import Final, Self

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from workbench.config import LocalAe, Node
from workbench.dimse.messages import NCreateRq, NGetRq, NSetRq
from workbench.dimse.status import (
    INVALID_ATTRIBUTE_VALUE,
    OPTIONAL_ATTRIBUTES_NOT_SUPPORTED,
    PROCESSING_FAILURE,
    SUCCESS,
    UNRECOGNIZED_OPERATION,
)
from workbench.errors import StatusError, WorkbenchError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.tasks import TaskKeeper
from workbench.services.managed import ManagedInstances, modified
from workbench.services.normalized import Answer, answering
from workbench.services.offers import Offer
from workbench.services.procedure_step.attributes import NEVER_SET, SERIES_LISTED, STATUS, TO_CREATE, TO_END
from workbench.services.procedure_step.scu import (
    COMPLETED,
    DISCONTINUED,
    IN_PROGRESS,
    MODALITY_PERFORMED_PROCEDURE_STEP,
    MPPS_NOTIFICATION,
    MPPS_RETRIEVE,
    StepEvent,
)
from workbench.services.reporting import Report, report_on, report_to
from workbench.services.requirements import check_allowed, check_required, text_of
from workbench.trace.recorder import Recorder

_log = logging.getLogger(__name__)

MOST_UNDER_WAY: Final = 100
"""Notifications of one subscriber that are not answered yet; further ones are given up at once."""

MAY_NO_LONGER_BE_UPDATED: Final = 0xA710
"""Error ID of an N-SET of a step that is COMPLETED or DISCONTINUED (PS3.4 F.7.2.2.2)."""

_CHARACTER_SET: Final = 0x00080005

# PS3.4 Tables F.7.1-1, F.8.1-1: which operation each class has.
_CLASS_OF: Final = {
    NCreateRq.COMMAND_FIELD: MODALITY_PERFORMED_PROCEDURE_STEP,
    NSetRq.COMMAND_FIELD: MODALITY_PERFORMED_PROCEDURE_STEP,
    NGetRq.COMMAND_FIELD: MPPS_RETRIEVE,
}
_EVENTS: Final = {COMPLETED: StepEvent.COMPLETED, DISCONTINUED: StepEvent.DISCONTINUED, IN_PROGRESS: StepEvent.UPDATED}

StepObserver = Callable[[StepEvent, str, Dataset], None]
"""Told the event, the SOP Instance UID and the whole step, on the event loop, before the SCU is answered.

The step is kept by then, and its values are a peer's: must not raise.
"""


class ProcedureStepScp:
    """Keeps performed procedure steps and tells of them; an asynchronous context manager around the server.

    Subscribers are notified on their open associations, if `associations` says which there are, and on new ones opened
    to `subscribers`. A notification that does not arrive is logged and not repeated: an SCU may ask at any time.

    Args:
        folder: where the steps are kept; made when it does not exist.
        local: who calls the subscribers.
        subscribers: the nodes to notify; asked for at each event.
        associations: the open associations, such as those of the server; asked for at each event.
        on_changed: see StepObserver.
        recorder: where the trace of the associations that are opened goes.
        tls: by which rules they are secured; None leaves them plain.

    Raises:
        StorageError: the folder cannot be made or written to.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        *,
        local: LocalAe | None = None,
        subscribers: Callable[[], Iterable[Node]] = tuple,
        associations: Callable[[], Iterable[Association]] = tuple,
        on_changed: StepObserver | None = None,
        recorder: Recorder | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.steps = ManagedInstances(folder, MODALITY_PERFORMED_PROCEDURE_STEP)
        self._local = local or LocalAe()
        self._subscribers = subscribers
        self._associations = associations
        self._on_changed = on_changed
        self._recorder = recorder
        self._tls = tls
        self._tasks = TaskKeeper()
        self._under_way: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        """Gives itself: the folder is open already."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Ends the notifications under way and gives the folder back; the server must have stopped."""
        await self._tasks.cancel_all()
        self.steps.close()

    @property
    def offer(self) -> Offer:
        """What a server offers: the three SOP classes."""
        return Offer(
            sop_classes=dict.fromkeys((MODALITY_PERFORMED_PROCEDURE_STEP, MPPS_RETRIEVE, MPPS_NOTIFICATION)),
            handlers={
                NCreateRq.COMMAND_FIELD: answering(self._create),
                NSetRq.COMMAND_FIELD: answering(self._set),
                NGetRq.COMMAND_FIELD: answering(self._get),
            },
        )

    async def _create(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        _check_operation(request)
        message = request.message
        assert isinstance(message, NCreateRq)
        uid = message.affected_sop_instance_uid or str(generate_uid(prefix=None))
        check_required(data_set, TO_CREATE)
        if text_of(data_set, STATUS) != IN_PROGRESS:
            return _invalid_status(data_set, "a step is created IN PROGRESS")
        await asyncio.to_thread(self.steps.create, uid, data_set)
        self._tell(StepEvent.IN_PROGRESS, uid, data_set)
        return Answer(SUCCESS, elements={"affected_sop_instance_uid": uid})

    async def _set(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        _check_operation(request)
        message = request.message
        assert isinstance(message, NSetRq)
        uid = message.requested_sop_instance_uid
        step = await asyncio.to_thread(self.steps.change, uid, lambda step: _changed(step, data_set))
        self._tell(_EVENTS[text_of(step, STATUS)], uid, step)
        return Answer()

    async def _get(self, request: IncomingRequest, _: Dataset) -> Answer:
        _check_operation(request)
        message = request.message
        assert isinstance(message, NGetRq)
        step = await asyncio.to_thread(self.steps.read, message.requested_sop_instance_uid)
        wanted = message.attribute_identifier_list
        if not wanted:
            return Answer(data_set=step)
        unknown = tuple(tag for tag in wanted if tag not in step)
        chosen = Dataset()
        for tag in wanted:
            if tag in step:
                chosen[tag] = step.get_item(tag, keep_deferred=True)  # not decoded: it goes out as it came
        if _CHARACTER_SET in step:
            chosen[_CHARACTER_SET] = step.get_item(_CHARACTER_SET)
        if unknown:
            return Answer(OPTIONAL_ATTRIBUTES_NOT_SUPPORTED, chosen, elements={"attribute_identifier_list": unknown})
        return Answer(data_set=chosen)

    def _tell(self, event: StepEvent, uid: str, step: Dataset) -> None:
        if self._on_changed is not None:
            self._on_changed(event, uid, step)
        report = Report(sop_class_uid=MPPS_NOTIFICATION, sop_instance_uid=uid, event_type_id=event)
        for association in self._associations():
            if MPPS_NOTIFICATION in association.agreement.by_sop_class:
                self._start(f"association {association.number}", association, report)
        for node in self._subscribers():
            self._start(node.name, node, report)

    def _start(self, name: str, whom: Association | Node, report: Report) -> None:
        if self._under_way[name] >= MOST_UNDER_WAY:  # it hangs: memory and connections are for the others too
            _log.warning("! %s was not notified of a procedure step: %d notifications wait", name, MOST_UNDER_WAY)
            return
        self._under_way[name] += 1
        task = self._tasks.start(self._notify(name, whom, report), name=f"notify {name}")
        task.add_done_callback(lambda _: self._notified(name))

    def _notified(self, name: str) -> None:
        self._under_way[name] -= 1
        if not self._under_way[name]:
            del self._under_way[name]

    async def _notify(self, name: str, whom: Association | Node, report: Report) -> None:
        try:
            if isinstance(whom, Association):
                result = await report_on(whom, report)
            else:
                result = await report_to(whom, report, local=self._local, recorder=self._recorder, tls=self._tls)
        except WorkbenchError as error:
            _log.warning("! %s was not notified of a procedure step: %s", name, error)
        else:
            if not result.is_done:
                _log.warning("! %s answers the notification of a procedure step: %s", name, result.reason)


def _check_operation(request: IncomingRequest) -> None:
    if request.context.abstract_syntax != _CLASS_OF[request.message.COMMAND_FIELD]:
        raise StatusError(UNRECOGNIZED_OPERATION, f"{request.message.NAME} is not offered for this SOP Class")


def _changed(step: Dataset, modifications: Dataset) -> Dataset:
    """Gives the step as an N-SET wants it, or refuses (PS3.4 F.7.2.2.3)."""
    if text_of(step, STATUS) != IN_PROGRESS:
        raise StatusError(
            PROCESSING_FAILURE,
            "Performed Procedure Step Object may no longer be updated",  # the words of F.7.2.2.2
            error_id=MAY_NO_LONGER_BE_UPDATED,
        )
    check_allowed(modifications, NEVER_SET)
    changed = modified(step, modifications)
    status = text_of(changed, STATUS)
    if status not in _EVENTS:
        raise StatusError(
            INVALID_ATTRIBUTE_VALUE,
            f"the status {status[:16]!r} is none of a procedure step",
            attribute_identifier_list=(STATUS,),
        )
    check_required(changed, [SERIES_LISTED] if status == IN_PROGRESS else TO_END)
    return changed


def _invalid_status(data_set: Dataset, comment: str) -> Answer:
    """Gives the refusal of F.7.2.1.3: 0106H with the attribute list in error."""
    wrong = Dataset()
    wrong.add(DataElement(STATUS, "CS", text_of(data_set, STATUS)[:16], already_converted=True))  # unchecked
    return Answer(INVALID_ATTRIBUTE_VALUE, wrong, comment)
