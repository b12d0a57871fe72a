"""What each operation does to the worklist, in memory: pure but for the clock (PS3.4 CC.2).

An operation looks at what there is and gives an `Outcome`: the answer, and what is to change. Nothing has changed until
the outcome is applied, which is done when it is on the disk.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from workbench.dimse.status import DUPLICATE_SOP_INSTANCE, INVALID_ARGUMENT_VALUE, INVALID_SOP_INSTANCE
from workbench.errors import StatusError
from workbench.services.ups import reports
from workbench.services.ups.attributes import (
    CANCELLATION_DATE_TIME,
    COMMUNICATIONS_URI,
    DISCONTINUATION_REASON,
    HUMAN_PERFORMERS,
    INPUT_READINESS,
    MODIFICATION_DATE_TIME,
    PERFORMED_PROCEDURE,
    PROGRESS_INFORMATION,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    STATE,
    STATION_NAME,
    TRANSACTION_UID,
    WORKLIST_LABEL,
    check_creation,
    check_modification,
    correct,
    missing_for,
)
from workbench.services.ups.classes import UPS_PUSH, EventType
from workbench.services.ups.contents import code_item
from workbench.services.ups.data_sets import (
    date_time,
    first_item,
    has_value,
    merged,
    said_of,
    settle,
    text,
    with_sequence,
)
from workbench.services.ups.matching import passes
from workbench.services.ups.reports import Report
from workbench.services.ups.states import (
    ALREADY_CANCELED,
    ALREADY_COMPLETED,
    ALREADY_IN_PROGRESS,
    COERCED,
    COMPLETED_BEFORE,
    CREATED_WITH_MODIFICATIONS,
    FINAL_STATE_NOT_MET,
    MAY_NO_LONGER_BE_UPDATED,
    NO_SUCH_STEP,
    NOT_IN_PROGRESS,
    ONLY_CREATED_SCHEDULED,
    PERFORMER_OUT_OF_REACH,
    PERFORMER_REFUSES,
    TRANSITIONS,
    WRONG_TRANSACTION_UID,
    Act,
    Cell,
    Event,
    State,
    change_event,
    set_refusal,
)
from workbench.services.ups.subscriptions import CHANGES, GlobalSubscription, creation_event
from workbench.services.ups.workitems import Workitem
from workbench.uids import is_valid_uid

_DEFAULT_WORKLIST = "WORKLIST"
_UNSPECIFIED = ("110513", "DCM", "Discontinued for unspecified reason")  # PS3.16 CID 9300


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an operation comes to.

    Attributes:
        status: Status (0000,0900), a success or a warning.
        comment: Error Comment (0000,0902).
        data_set: attribute list of the response.
        sop_instance_uid: the step.
        changed: steps as they are from now on.
        removed: SOP Instance UIDs of steps that are no more.
        global_subscriptions: by AE title, as they are from now on; None for one that is no more.
        reports: what the subscribers are to be told, in order.
    """

    status: int = 0
    comment: str = ""
    data_set: Dataset | None = None
    sop_instance_uid: str = ""
    changed: tuple[Workitem, ...] = ()
    removed: tuple[str, ...] = ()
    global_subscriptions: Mapping[str, GlobalSubscription | None] = field(default_factory=dict)
    reports: tuple[Report, ...] = ()

    @property
    def is_change(self) -> bool:
        """Whether something is to be written."""
        return bool(self.changed or self.removed or self.global_subscriptions)


class Worklist:
    """The steps and the global subscriptions.

    Args:
        steps: those that there are.
        global_subscriptions: by AE title.
        clock: tells the time, with its offset from UTC.
        supplies_reason: a step that is canceled without a discontinuation reason is given the one for "unspecified";
            otherwise that is refused (C304H).
        worklist_label: the value for steps that come with an empty Worklist Label.
    """

    def __init__(
        self,
        steps: Iterable[Workitem] = (),
        global_subscriptions: Mapping[str, GlobalSubscription] | None = None,
        *,
        clock: Callable[[], datetime],
        supplies_reason: bool = True,
        worklist_label: str = _DEFAULT_WORKLIST,
    ) -> None:
        self.steps = {step.sop_instance_uid: step for step in steps}
        self.global_subscriptions = dict(global_subscriptions or {})
        self._clock = clock
        self._supplies_reason = supplies_reason
        self._worklist_label = worklist_label

    def apply(self, outcome: Outcome) -> None:
        """Makes the changes of an outcome."""
        self.steps.update((step.sop_instance_uid, step) for step in outcome.changed)
        for uid in outcome.removed:
            self.steps.pop(uid, None)
        for title, subscription in outcome.global_subscriptions.items():
            if subscription is None:
                self.global_subscriptions.pop(title, None)
            else:
                self.global_subscriptions[title] = subscription

    def step(self, sop_instance_uid: str) -> Workitem:
        """Gives a step; raises StatusError C307H when there is none."""
        step = self.steps.get(sop_instance_uid)
        if step is None:
            raise StatusError(NO_SUCH_STEP, _WORDS[NO_SUCH_STEP])
        return step

    def create(self, sop_instance_uid: str, attributes: Dataset) -> Outcome:
        """Creates a step (PS3.4 CC.2.5); without a UID it is given one."""
        uid = sop_instance_uid or text(attributes, SOP_INSTANCE_UID) or generate_uid(None)
        if not is_valid_uid(uid):
            raise StatusError(INVALID_SOP_INSTANCE, "Affected SOP Instance UID is not a UID")
        known = self.steps.get(uid)
        cell = TRANSITIONS[Event.CREATE, known.state if known else None]
        if isinstance(cell, int):
            raise StatusError(cell, _WORDS[cell])
        attributes = merged(attributes, Dataset())
        corrected = correct(attributes)
        check_creation(attributes, uid)
        given = Dataset()
        given.add_new(SOP_CLASS_UID, "UI", UPS_PUSH)
        given.add_new(SOP_INSTANCE_UID, "UI", uid)
        given.add_new(MODIFICATION_DATE_TIME, "DT", date_time(self._clock()))
        if not has_value(attributes, WORKLIST_LABEL):
            given.add_new(WORKLIST_LABEL, "LO", self._worklist_label)
        step = self._subscribed(Workitem(sop_instance_uid=uid, data_set=merged(attributes, given)))
        told = [(EventType.STATE_REPORT, reports.state_report(step.data_set))]
        told += [(EventType.ASSIGNED, information) for information in reports.assigned(step.data_set)]
        return Outcome(
            status=CREATED_WITH_MODIFICATIONS if len(corrected) else 0,
            data_set=corrected if len(corrected) else None,
            sop_instance_uid=uid,
            changed=(step,),
            reports=to_subscribers(step, told),
        )

    def modify(self, sop_instance_uid: str, modifications: Dataset) -> Outcome:
        """Sets attributes of a step, all or none (PS3.4 CC.2.6); the Transaction UID among them is the key to it."""
        known = self.step(sop_instance_uid)
        refusal = set_refusal(known.state, text(modifications, TRANSACTION_UID), known.transaction_uid)
        if refusal is not None:
            raise StatusError(refusal, _WORDS[refusal])
        modifications = merged(modifications, Dataset())
        modifications.pop(TRANSACTION_UID, None)
        corrected = correct(modifications)
        check_modification(modifications)
        before, status = known.data_set, COERCED if len(corrected) else 0
        answer = corrected if len(corrected) else None
        different = {element.tag for element in modifications if before.get(element.tag) != element}
        if not different:
            return Outcome(status=status, data_set=answer, sop_instance_uid=sop_instance_uid)
        if different - {PROGRESS_INFORMATION, PERFORMED_PROCEDURE}:
            modifications.add_new(MODIFICATION_DATE_TIME, "DT", date_time(self._clock()))
        step = known.with_attributes(modifications)
        told: list[tuple[EventType, Dataset]] = []
        if INPUT_READINESS in different:
            told.append((EventType.STATE_REPORT, reports.state_report(step.data_set)))
        if PROGRESS_INFORMATION in different:
            told.append((EventType.PROGRESS_REPORT, reports.progress_report(step.data_set)))
        if different & {STATION_NAME, HUMAN_PERFORMERS}:
            told += [(EventType.ASSIGNED, information) for information in reports.assigned(step.data_set)]
        return Outcome(
            status=status,
            data_set=answer,
            sop_instance_uid=sop_instance_uid,
            changed=(step,),
            reports=to_subscribers(step, told),
        )

    def change_state(self, sop_instance_uid: str, wanted: str, transaction_uid: str) -> Outcome:
        """Changes the state of a step as its performer (PS3.4 CC.2.1)."""
        known = self.step(sop_instance_uid)
        try:
            event = change_event(State(wanted), transaction_uid, known.transaction_uid)
        except ValueError:
            comment = f"Procedure Step State {wanted[:20]!r} is none that there is"
            raise StatusError(INVALID_ARGUMENT_VALUE, comment) from None
        if transaction_uid and not is_valid_uid(transaction_uid):
            raise StatusError(INVALID_ARGUMENT_VALUE, "Transaction UID is not a UID")
        match TRANSITIONS[event, known.state]:
            case Act.START:
                return _changed([self._started(known, transaction_uid)])
            case Act.COMPLETE:
                return _changed([self._ended(known, State.COMPLETED)])
            case Act.CANCEL:
                return _changed([self._canceled(known, Dataset())])
            case cell:
                return _answered(cell, sop_instance_uid)

    def request_cancel(
        self,
        sop_instance_uid: str,
        requesting_ae: str,
        request: Dataset,
        decision: bool | None = None,
        *,
        can_report: bool = True,
    ) -> Outcome:
        """Takes a request to cancel of somebody who does not perform the step (PS3.4 CC.2.2).

        Args:
            decision: what the performer decides if that is ourselves; None when somebody else performs the step.
            can_report: whether there are event reports.
        """
        known = self.step(sop_instance_uid)
        settle(request)
        match TRANSITIONS[Event.REQUEST_CANCEL, known.state]:
            case Act.CANCEL_UNSTARTED:
                started = self._started(known, generate_uid(None))
                return _changed([started, self._canceled(started, reports.cancellation(request), by_scp=True)])
            case Act.REPORT_REQUEST:
                if decision is False:
                    raise StatusError(PERFORMER_REFUSES, _WORDS[PERFORMER_REFUSES])
                if decision is True:
                    return _changed([self._canceled(known, reports.cancellation(request), by_scp=True)])
                if not (known.subscribers and can_report):
                    raise StatusError(PERFORMER_OUT_OF_REACH, "nobody is subscribed to this UPS")
                told = [(EventType.CANCEL_REQUESTED, reports.cancel_requested(requesting_ae, request))]
                return Outcome(sop_instance_uid=sop_instance_uid, reports=to_subscribers(known, told))
            case cell:
                return _answered(cell, sop_instance_uid)

    def expired(self, age: float) -> Outcome:
        """Removes the steps that ended `age` seconds ago or longer and on which nobody holds a deletion lock."""
        latest = self._clock().timestamp() - age
        gone = (one for one in self.steps.values() if one.ended is not None and one.ended <= latest)
        return Outcome(removed=tuple(one.sop_instance_uid for one in gone if not one.is_locked))

    def _subscribed(self, step: Workitem) -> Workitem:
        for title, subscription in sorted(self.global_subscriptions.items()):
            if passes(step, subscription.filter):
                step = step.with_subscriber(title, CHANGES[creation_event(subscription.state), None].becomes)
        return step

    def _started(self, step: Workitem, transaction_uid: str) -> Workitem:
        changes = Dataset()
        changes.add_new(STATE, "CS", State.IN_PROGRESS.value)
        changes.add_new(TRANSACTION_UID, "UI", transaction_uid)
        return step.with_attributes(changes)

    def _canceled(self, step: Workitem, why: Dataset, *, by_scp: bool = False) -> Workitem:
        """Cancels with what the SCP has to add (the remark of Procedure Step Cancellation DateTime)."""
        progress = first_item(step.data_set, PROGRESS_INFORMATION)
        progress.update(why)
        if not has_value(progress, CANCELLATION_DATE_TIME):
            progress.add_new(CANCELLATION_DATE_TIME, "DT", date_time(self._clock()))
        if not has_value(progress, DISCONTINUATION_REASON) and (self._supplies_reason or by_scp):
            progress.add_new(DISCONTINUATION_REASON, "SQ", [code_item(*_UNSPECIFIED)])
        if COMMUNICATIONS_URI in progress and not has_value(progress, COMMUNICATIONS_URI):
            del progress[COMMUNICATIONS_URI]
        changed = with_sequence(step.data_set, PROGRESS_INFORMATION, [progress])
        return self._ended(replace(step, data_set=changed), State.CANCELED)

    def _ended(self, step: Workitem, final: State) -> Workitem:
        lacking = missing_for(final, step.data_set)
        if lacking:
            raise StatusError(FINAL_STATE_NOT_MET, said_of(lacking[0], "has no value"))
        changes = Dataset()
        changes.add_new(STATE, "CS", final.value)
        return replace(step.with_attributes(changes), ended=self._clock().timestamp())


_WORDS = {
    DUPLICATE_SOP_INSTANCE: "this UPS exists already",
    ALREADY_CANCELED: "the UPS is already CANCELED",
    COMPLETED_BEFORE: "the UPS is already COMPLETED",
    MAY_NO_LONGER_BE_UPDATED: "the UPS may no longer be updated",
    WRONG_TRANSACTION_UID: "the correct Transaction UID was not provided",
    ALREADY_IN_PROGRESS: "the UPS is already IN PROGRESS",
    ONLY_CREATED_SCHEDULED: "a UPS becomes SCHEDULED by N-CREATE only",
    NO_SUCH_STEP: "there is no such UPS here",
    NOT_IN_PROGRESS: "the UPS is not IN PROGRESS",
    ALREADY_COMPLETED: "the UPS is already COMPLETED",
    PERFORMER_REFUSES: "the performer chooses not to cancel",
}


def _answered(status: Cell, sop_instance_uid: str) -> Outcome:
    assert isinstance(status, int), "every act of the table has its case"
    if status >> 12 == 0xB:
        return Outcome(status=status, comment=_WORDS[status], sop_instance_uid=sop_instance_uid)
    raise StatusError(status, _WORDS[status])


def _changed(stages: list[Workitem]) -> Outcome:
    """Gives the outcome of changing a step through stages, each of which is reported."""
    told = [(EventType.STATE_REPORT, reports.state_report(stage.data_set)) for stage in stages]
    last = stages[-1]
    return Outcome(sop_instance_uid=last.sop_instance_uid, changed=(last,), reports=to_subscribers(last, told))


def to_subscribers(step: Workitem, told: Iterable[tuple[EventType, Dataset]]) -> tuple[Report, ...]:
    """Gives the reports that all subscribers of a step get, all the first one before the second."""
    return tuple(
        Report(title, event_type, step.sop_instance_uid, information)
        for event_type, information in told
        for title in sorted(step.subscribers)
    )
