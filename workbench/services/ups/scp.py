"""The SCP of the five UPS SOP classes: the operations as they come over the wire (PS3.4 CC.2 and CC.3).

Operations that change something are done one after the other, each to its end, even when who asked is gone: it is
worked out in memory, written to the disk, made visible, answered, and then the subscribers are told.

Beyond PS3.4 Tables CC.2-1 to CC.2-5: a normalized operation is done on a context of any UPS class, not only on that of
the class which has it, because requestors that negotiate several send all on the first.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import aclosing, suppress
from datetime import datetime
from os import PathLike
from typing import Final, Self

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset

from workbench.acse.extended import QueryOptions
from workbench.config import LocalAe, Nodes
from workbench.dimse.answers import respond, sop_class_of
from workbench.dimse.messages import CFindRq, NActionRq, NCreateRq, NGetRq, NSetRq
from workbench.dimse.status import (
    CLASS_INSTANCE_CONFLICT,
    NO_SUCH_ACTION_TYPE,
    OPTIONAL_ATTRIBUTES_NOT_SUPPORTED,
    PROCESSING_FAILURE,
    SOP_CLASS_NOT_SUPPORTED,
)
from workbench.errors import DataSetError, StatusError, StorageError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.tasks import TaskKeeper
from workbench.services.normalized import Answer, Service, answering
from workbench.services.offers import Offer
from workbench.services.query.find_scp import FindScp
from workbench.services.ups import subscribing
from workbench.services.ups.attributes import BY_TAG, STATE, TRANSACTION_UID
from workbench.services.ups.classes import (
    GLOBAL_SUBSCRIPTION,
    TRANSFER_SYNTAXES,
    UPS_CLASSES,
    UPS_PUSH,
    ActionType,
    EventType,
)
from workbench.services.ups.data_sets import chosen, said_of, settle, text
from workbench.services.ups.deliveries import Deliveries, Delivery
from workbench.services.ups.matching import MODELS, StepProvider
from workbench.services.ups.reports import Report, scp_status_change
from workbench.services.ups.states import NO_EVENT_REPORTS, UNKNOWN_RECEIVING_AE, State
from workbench.services.ups.store import Store
from workbench.services.ups.workitems import Workitem
from workbench.services.ups.worklist import Outcome, Worklist
from workbench.trace.recorder import Recorder

_log = logging.getLogger(__name__)


_QUERIED: Final = frozenset(model.find for model in MODELS)
_SPECIFIC_CHARACTER_SET: Final = 0x00080005
_MOST_ELEMENTS: Final = (
    20_000  # of a request, all of which are decoded while others wait; references to 6,000 instances
)
_PARTING: Final = 5.0  # seconds that subscribers get to take the last reports when the SCP closes

CancelDecision = Callable[[str, Dataset], bool | None]
"""Asked when somebody wants a step IN PROGRESS canceled: its UID and the request.

True cancels it and False refuses (C313H), as its performer; None says that somebody else performs it.
"""


def _now() -> datetime:
    return datetime.now().astimezone()


class UpsScp:
    """The worklist of a folder; give `offer` to a server, and enter it as an asynchronous context manager.

    Entering tells the subscribers that the SCP has restarted; leaving gives the last reports some seconds.

    Args:
        folder: where steps and subscriptions are kept; made when it is not there.
        local: who calls the subscribers.
        nodes: where the subscribers are. None: there are no event reports (C315H).
        grants_locks: whether deletion locks are granted (otherwise B301H).
        supplies_reason: a performer that cancels without a discontinuation reason is not refused: "unspecified" is
            entered.
        retention: seconds for which a step without deletion lock is kept after its end; None keeps it for good.
        fallback: AE titles that are told of a restart even if the subscriptions are lost (PS3.4 CC.2.4.3).
        performer: see CancelDecision.
        observer: told what became of each event report.
        recorder: where the trace of the associations with subscribers goes.
        tls: by which rules they are secured; None leaves them plain.
        attempts, pause: how often an association with a subscriber is tried, and the seconds in between.
        clock: tells the time, with its offset from UTC.

    Raises:
        StorageError: the folder cannot be used, or another process does.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        local: LocalAe,
        nodes: Nodes | None = None,
        *,
        grants_locks: bool = True,
        supplies_reason: bool = True,
        retention: float | None = 86_400.0,
        fallback: Iterable[str] = (),
        performer: CancelDecision | None = None,
        observer: Callable[[Delivery], None] | None = None,
        recorder: Recorder | None = None,
        tls: ssl.SSLContext | None = None,
        attempts: int = 3,
        pause: float = 5.0,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._store = Store(folder)
        try:
            kept = self._store.steps(), self._store.global_subscriptions()
        except StorageError:
            self._store.close()
            raise
        self._worklist = Worklist(*kept, clock=clock, supplies_reason=supplies_reason)
        self._deliveries = None
        if nodes is not None:
            self._deliveries = Deliveries(
                local, nodes, recorder=recorder, tls=tls, attempts=attempts, pause=pause, observer=observer
            )
        options = QueryOptions(date_time=True, fuzzy=True, timezone=True)
        self._find = FindScp(MODELS, StepProvider(lambda: self.steps), options=options)
        self._grants_locks = grants_locks
        self._retention = retention
        self._fallback = frozenset(fallback)
        self._performer = performer
        self._tasks = TaskKeeper()
        self._lock = asyncio.Lock()

    @property
    def offer(self) -> Offer:
        """What a server offers with this: the five classes."""
        services: dict[int, Service] = {
            NCreateRq.COMMAND_FIELD: self._n_create,
            NSetRq.COMMAND_FIELD: self._n_set,
            NGetRq.COMMAND_FIELD: self._n_get,
            NActionRq.COMMAND_FIELD: self._n_action,
        }
        return Offer(
            sop_classes=dict.fromkeys(UPS_CLASSES, TRANSFER_SYNTAXES),
            handlers={
                CFindRq.COMMAND_FIELD: self._c_find,
                **{
                    number: answering(self._checked(service), most=_MOST_ELEMENTS)
                    for number, service in services.items()
                },
            },
            extended=self._find.offer.extended,
            members={uid: frozenset({UPS_PUSH}) for uid in UPS_CLASSES if uid != UPS_PUSH},
        )

    @property
    def steps(self) -> tuple[Workitem, ...]:
        """All steps, as they are now."""
        return tuple(self._worklist.steps.values())

    @property
    def subscribers(self) -> frozenset[str]:
        """AE titles of all that are subscribed to a step or globally."""
        return frozenset(subscribing.subscribers(self._worklist))

    def observe(self, association: Association) -> None:
        """Takes note of an association, so that a subscriber that opened it for event reports is told on it.

        Give this to the server as its observer; without it, a subscriber is noted when it first asks for something.
        """
        if self._deliveries is not None:
            self._deliveries.note(association)

    async def __aenter__(self) -> Self:
        """Removes what has expired and tells the subscribers that the SCP runs again."""
        await self.purge(self._retention)
        self.report_status("RESTARTED")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes; the server must have stopped."""
        await self.close()

    async def close(self) -> None:
        """Gives reports on their way a few seconds, then lets the folder go."""
        if self._deliveries is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PARTING):
                    await self._deliveries.drained()
            await self._deliveries.close()
        async with self._lock:
            await asyncio.to_thread(self._store.close)

    async def drained(self) -> None:
        """Returns when every event report is answered or given up."""
        if self._deliveries is not None:
            await self._deliveries.drained()

    def report_status(self, status: str) -> None:
        """Sends an SCP Status Change to all subscribers and to the fallback list: RESTARTED or GOING DOWN."""
        information = scp_status_change(status, preserved=not self._store.is_new)
        titles = sorted(self.subscribers | self._fallback)
        self._tell(Report(title, EventType.SCP_STATUS_CHANGE, GLOBAL_SUBSCRIPTION, information) for title in titles)

    async def create(self, attributes: Dataset, sop_instance_uid: str = "") -> Outcome:
        """Creates a step as an N-CREATE does; raises StatusError as it would be answered, as do the next three."""
        return await self._perform(lambda: self._worklist.create(sop_instance_uid, attributes))

    async def modify(self, sop_instance_uid: str, modifications: Dataset) -> Outcome:
        """Sets attributes as an N-SET does."""
        return await self._perform(lambda: self._worklist.modify(sop_instance_uid, modifications))

    async def change_state(self, sop_instance_uid: str, state: str, transaction_uid: str) -> Outcome:
        """Changes the state as an N-ACTION does."""
        return await self._perform(lambda: self._worklist.change_state(sop_instance_uid, state, transaction_uid))

    async def request_cancel(self, sop_instance_uid: str, requesting_ae: str, request: Dataset) -> Outcome:
        """Requests a cancel as an N-ACTION does."""

        def operation() -> Outcome:
            decision = None
            if self._performer is not None and self._worklist.step(sop_instance_uid).state is State.IN_PROGRESS:
                decision = self._performer(sop_instance_uid, request)
            return self._worklist.request_cancel(
                sop_instance_uid, requesting_ae, request, decision, can_report=self._deliveries is not None
            )

        return await self._perform(operation)

    async def purge(self, age: float | None) -> int:
        """Removes the steps that ended `age` seconds ago, but for locked ones; None removes none. Gives how many."""
        if age is None:
            return 0
        return len((await self._perform(lambda: self._worklist.expired(age))).removed)

    async def _perform(self, operation: Callable[[], Outcome]) -> Outcome:
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._tasks.start(self._run(operation, outcome), name="UPS operation")
        return await outcome

    async def _run(self, operation: Callable[[], Outcome], done: "asyncio.Future[Outcome]") -> None:
        async with self._lock:
            try:
                outcome = operation()
                await self._keep(outcome)
            except Exception as error:  # noqa: BLE001 - it belongs to who waits for the operation
                if not done.done():
                    done.set_exception(error)
                return
            self._tell(outcome.reports)
            if self._retention is not None:
                try:
                    await self._keep(self._worklist.expired(self._retention))
                except StorageError as error:  # they expire with the next operation then
                    _log.warning("! UPS: steps that have expired are kept: %s", error)
            if not done.done():
                done.set_result(outcome)

    async def _keep(self, outcome: Outcome) -> None:
        if outcome.is_change:
            await asyncio.to_thread(self._store.commit, outcome.changed, outcome.removed, outcome.global_subscriptions)
            self._worklist.apply(outcome)

    def _tell(self, reports: Iterable[Report]) -> None:
        if self._deliveries is not None:
            self._deliveries.put(reports)

    def _checked(self, service: Service) -> Service:
        async def checked(request: IncomingRequest, data_set: Dataset) -> Answer:
            if sop_class_of(request.message) != UPS_PUSH:
                raise StatusError(CLASS_INSTANCE_CONFLICT, "every UPS is an instance of UPS Push")
            self.observe(request.association)
            try:
                return await service(request, settle(data_set))
            except (StorageError, DataSetError) as error:
                raise StatusError(PROCESSING_FAILURE, f"it could not be kept: {error}") from error

        return checked

    async def _n_create(self, request: IncomingRequest, attributes: Dataset) -> Answer:
        assert isinstance(request.message, NCreateRq)
        outcome = await self.create(attributes, request.message.affected_sop_instance_uid or "")
        elements = {"affected_sop_instance_uid": outcome.sop_instance_uid}
        return Answer(outcome.status, outcome.data_set, outcome.comment, elements)

    async def _n_set(self, request: IncomingRequest, modifications: Dataset) -> Answer:
        assert isinstance(request.message, NSetRq)
        outcome = await self.modify(request.message.requested_sop_instance_uid, modifications)
        return Answer(outcome.status, outcome.data_set, outcome.comment)

    async def _n_get(self, request: IncomingRequest, _: Dataset) -> Answer:
        assert isinstance(request.message, NGetRq)
        held = self._worklist.step(request.message.requested_sop_instance_uid).data_set
        asked = request.message.attribute_identifier_list
        shown = [
            int(element.tag) for element in held if element.tag != TRANSACTION_UID
        ]  # it is the lock (PS3.4 CC.2.7.3)
        if not asked:
            return Answer(data_set=chosen(held, shown))
        answer = chosen(held, set(asked).intersection(shown))
        for tag in set(asked).intersection(BY_TAG) - set(shown) - {TRANSACTION_UID}:
            answer.add_new(tag, dictionary_VR(tag), None)
        unsupported = tuple(tag for tag in asked if tag not in answer and tag != _SPECIFIC_CHARACTER_SET)
        if unsupported:
            comment = said_of(unsupported[0], "is not supported")
            elements = {"attribute_identifier_list": unsupported}
            return Answer(OPTIONAL_ATTRIBUTES_NOT_SUPPORTED, answer, comment, elements)
        return Answer(data_set=answer)

    async def _n_action(self, request: IncomingRequest, information: Dataset) -> Answer:
        message = request.message
        assert isinstance(message, NActionRq)
        uid = message.requested_sop_instance_uid
        match message.action_type_id:
            case ActionType.CHANGE_STATE:
                state, transaction_uid = text(information, STATE), text(information, TRANSACTION_UID)
                outcome = await self.change_state(uid, state, transaction_uid)
            case ActionType.REQUEST_CANCEL:
                outcome = await self.request_cancel(uid, request.association.calling_ae_title, information)
            case ActionType.SUBSCRIBE | ActionType.UNSUBSCRIBE | ActionType.SUSPEND_GLOBAL_SUBSCRIPTION as action:
                outcome = await self._perform(lambda: self._subscription(action, uid, information))
            case unknown:
                raise StatusError(NO_SUCH_ACTION_TYPE, f"there is no action {unknown}")
        return Answer(outcome.status, None, outcome.comment)

    def _subscription(self, action: int, uid: str, information: Dataset) -> Outcome:
        if self._deliveries is None:
            raise StatusError(NO_EVENT_REPORTS, "this SCP sends no event reports")
        title = subscribing.receiving_ae(information)
        is_known = self._deliveries.knows(title)
        if action == ActionType.SUBSCRIBE and is_known:
            return subscribing.subscribe(self._worklist, uid, information, grants_locks=self._grants_locks)
        if action == ActionType.SUBSCRIBE or not (is_known or title in self.subscribers):
            raise StatusError(UNKNOWN_RECEIVING_AE, f"Receiving AE {title} is not known here")
        undo = subscribing.unsubscribe if action == ActionType.UNSUBSCRIBE else subscribing.suspend
        return undo(self._worklist, uid, information)

    async def _c_find(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        negotiated = request.context.abstract_syntax
        if negotiated not in _QUERIED or sop_class_of(request.message) != negotiated:
            comment = "C-FIND is of UPS Pull, Watch and Query, each on its own context"
            yield Reply(message=respond(request.message, SOP_CLASS_NOT_SUPPORTED, comment))
            return
        async with aclosing(self._find.handler(request)) as replies:  # type: ignore[type-var]
            async for reply in replies:
                yield reply
