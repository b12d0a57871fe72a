"""What each operation does to the worklist: answers, changes, and what is told to whom; then all of it at random."""

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pydicom.dataset import Dataset

from tests.services.ups.steps import (
    LOCK,
    NOW,
    OTHER_LOCK,
    OTHER_UID,
    STAMP,
    UID,
    clock,
    code,
    data_set,
    new_step,
    performed,
    status_of,
)
from workbench.errors import StatusError
from workbench.services.ups.attributes import missing_for
from workbench.services.ups.classes import EventType
from workbench.services.ups.states import TRANSITIONS, Act, Event, State, change_event, set_refusal
from workbench.services.ups.subscriptions import GlobalSubscription, Subscription
from workbench.services.ups.workitems import Workitem
from workbench.services.ups.worklist import Outcome, Worklist
from workbench.uids import is_valid_uid

REASON = data_set(
    ProcedureStepProgressInformationSequence=[
        data_set(ProcedureStepDiscontinuationReasonCodeSequence=[code()], ReasonForCancellation="broken")
    ]
)


def worklist(state: State | None = State.SCHEDULED, *, subscriber: str = "", supplies_reason: bool = True) -> Worklist:
    """Gives a worklist with a step in that state, all that a final state needs set."""
    made = Worklist(clock=clock, supplies_reason=supplies_reason)
    if state is None:
        return made
    made.apply(made.create(UID, new_step()))
    if state is not State.SCHEDULED:
        made.apply(made.change_state(UID, "IN PROGRESS", LOCK))
        made.apply(made.modify(UID, locked(performed())))
        made.apply(made.modify(UID, locked(REASON)))
    if state.is_final:
        made.apply(made.change_state(UID, state.value, LOCK))
    if subscriber:
        made.apply(Outcome(changed=(made.step(UID).with_subscriber(subscriber, Subscription.WITHOUT_LOCK),)))
    return made


def locked(changes: Dataset, lock: str = LOCK) -> Dataset:
    together = data_set(TransactionUID=lock)
    together.update(changes)
    return together


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [
        (report.receiving_ae, report.event_type.name, str(report.information.get("ProcedureStepState", "")))
        for report in outcome.reports
    ]


# Each request of the table, made as somebody would make it.
REQUESTS: dict[Event, Callable[[Worklist], Outcome]] = {
    Event.CREATE: lambda made: made.create(UID, new_step()),
    Event.START: lambda made: made.change_state(UID, "IN PROGRESS", LOCK),
    Event.START_WRONGLY: lambda made: made.change_state(UID, "IN PROGRESS", wrong_lock(made)),
    Event.SCHEDULE: lambda made: made.change_state(UID, "SCHEDULED", LOCK),
    Event.COMPLETE: lambda made: made.change_state(UID, "COMPLETED", LOCK),
    Event.COMPLETE_WRONGLY: lambda made: made.change_state(UID, "COMPLETED", wrong_lock(made)),
    Event.REQUEST_CANCEL: lambda made: made.request_cancel(UID, "ASKER", Dataset()),
    Event.CANCEL: lambda made: made.change_state(UID, "CANCELED", LOCK),
    Event.CANCEL_WRONGLY: lambda made: made.change_state(UID, "CANCELED", wrong_lock(made)),
}
BECOMES = {
    Act.CREATE: State.SCHEDULED,
    Act.START: State.IN_PROGRESS,
    Act.COMPLETE: State.COMPLETED,
    Act.CANCEL: State.CANCELED,
    Act.CANCEL_UNSTARTED: State.CANCELED,
    Act.REPORT_REQUEST: State.IN_PROGRESS,
}


def wrong_lock(made: Worklist) -> str:
    return OTHER_LOCK if UID in made.steps and made.steps[UID].transaction_uid else ""


@pytest.mark.parametrize(("event", "state"), list(TRANSITIONS))
def test_each_request_in_each_state_is_answered_as_the_table_says(event: Event, state: State | None) -> None:
    made = worklist(state, subscriber="" if state is None else "WATCHER")
    cell = TRANSITIONS[event, state]
    if isinstance(cell, int) and cell >> 12 != 0xB:
        before = dict(made.steps)
        assert status_of(lambda: REQUESTS[event](made)) == cell
        assert made.steps == before
        return
    outcome = REQUESTS[event](made)
    made.apply(outcome)
    if isinstance(cell, Act):
        assert outcome.status == 0
        assert made.step(UID).state is BECOMES[cell]
    else:
        assert outcome.status == cell
        assert not outcome.is_change
        assert not outcome.reports


def test_a_created_step_has_what_the_scp_adds_and_only_that() -> None:
    made = Worklist(clock=clock, worklist_label="ROOM 1")
    outcome = made.create(UID, new_step(WorklistLabel=None))
    assert (outcome.status, outcome.data_set, outcome.sop_instance_uid) == (0, None, UID)
    made.apply(outcome)
    expected = new_step(
        WorklistLabel="ROOM 1",
        SOPClassUID="1.2.840.10008.5.1.4.34.6.1",
        SOPInstanceUID=UID,
        ScheduledProcedureStepModificationDateTime=STAMP,
    )
    assert made.step(UID).data_set.to_json() == expected.to_json()


def test_a_step_without_uid_is_given_one_and_a_bad_uid_is_refused() -> None:
    made = worklist(None)
    assert is_valid_uid(made.create("", new_step()).sop_instance_uid)
    assert made.create("", new_step(SOPInstanceUID=UID)).sop_instance_uid == UID
    assert status_of(lambda: made.create("1.2.3.x", new_step())) == 0x0117


def test_corrected_values_are_answered_with_a_warning_and_told() -> None:
    outcome = worklist(None).create(UID, new_step(InputReadinessState="ready"))
    assert (outcome.status, outcome.data_set) == (0xB300, data_set(InputReadinessState="READY"))
    outcome = worklist().modify(UID, data_set(ScheduledProcedureStepPriority="low "))
    assert (outcome.status, outcome.data_set) == (0xB305, data_set(ScheduledProcedureStepPriority="LOW"))


def test_the_request_of_the_caller_is_left_as_it_is() -> None:
    step, changes = new_step(InputReadinessState="ready"), locked(performed())
    worklist(None).create(UID, step)
    worklist(State.IN_PROGRESS).modify(UID, changes)
    assert (step.InputReadinessState, changes.TransactionUID) == ("ready", LOCK)


@pytest.mark.parametrize(
    ("state", "lock", "status"),
    [
        (State.SCHEDULED, LOCK, 0xC310),
        (State.IN_PROGRESS, "", 0xC301),
        (State.IN_PROGRESS, OTHER_LOCK, 0xC301),
        (State.COMPLETED, LOCK, 0xC300),
        (State.CANCELED, LOCK, 0xC300),
    ],
)
def test_a_modification_needs_the_right_state_and_lock(state: State, lock: str, status: int) -> None:
    made = worklist(state)
    changes = data_set(ProcedureStepLabel="new")
    assert status_of(lambda: made.modify(UID, locked(changes, lock) if lock else changes)) == status
    assert status_of(lambda: made.modify(OTHER_UID, changes)) == 0xC307


def test_a_modification_is_made_whole_or_not_at_all() -> None:
    made = worklist()
    assert status_of(lambda: made.modify(UID, data_set(ProcedureStepLabel="new", PatientName="B"))) == 0x0105
    assert made.step(UID).data_set.ProcedureStepLabel == "Quality control"


def test_a_modification_that_is_repeated_changes_nothing_more() -> None:
    made = worklist(State.IN_PROGRESS, subscriber="WATCHER")
    progress = data_set(ProcedureStepProgressInformationSequence=[data_set(ProcedureStepProgress="10")])
    first = made.modify(UID, locked(progress))
    made.apply(first)
    again = made.modify(UID, locked(progress))
    assert (len(first.reports), first.is_change) == (1, True)
    assert (again.status, again.reports, again.is_change) == (0, (), False)


@pytest.mark.parametrize(
    ("changes", "events"),
    [
        ({"InputReadinessState": "INCOMPLETE"}, ["STATE_REPORT"]),
        ({"ProcedureStepProgressInformationSequence": [data_set(ProcedureStepProgress="5")]}, ["PROGRESS_REPORT"]),
        ({"ScheduledStationNameCodeSequence": [code()]}, ["ASSIGNED"]),
        ({"ScheduledHumanPerformersSequence": [data_set(HumanPerformerCodeSequence=[code()])] * 2}, ["ASSIGNED"] * 2),
        ({"ProcedureStepLabel": "new"}, []),
    ],
)
def test_a_modification_is_told_by_what_it_changes(changes: dict[str, object], events: list[str]) -> None:
    outcome = worklist(State.IN_PROGRESS, subscriber="WATCHER").modify(UID, locked(data_set(**changes)))
    assert [(title, name) for title, name, _ in told(outcome)] == [("WATCHER", event) for event in events]


def test_only_a_change_of_what_is_scheduled_is_a_modification_of_the_schedule() -> None:
    later = Worklist(worklist(State.IN_PROGRESS).steps.values(), clock=lambda: NOW.replace(hour=20))
    later.apply(later.modify(UID, locked(performed(PerformedProcedureStepDescription="done"))))
    assert later.step(UID).data_set.ScheduledProcedureStepModificationDateTime == STAMP
    later.apply(later.modify(UID, locked(data_set(ProcedureStepLabel="new"))))
    assert later.step(UID).data_set.ScheduledProcedureStepModificationDateTime == "20260301203000+0000"


@pytest.mark.parametrize(("wanted", "lock"), [("", LOCK), ("PAUSED", LOCK), ("IN PROGRESS", "no uid")])
def test_a_state_or_a_lock_that_is_none_is_an_invalid_argument(wanted: str, lock: str) -> None:
    assert status_of(lambda: worklist().change_state(UID, wanted, lock)) == 0x0115


@pytest.mark.parametrize("final", ["COMPLETED", "CANCELED"])
def test_a_final_state_needs_its_attributes(final: str) -> None:
    made = worklist(supplies_reason=False)
    made.apply(made.change_state(UID, "IN PROGRESS", LOCK))
    with pytest.raises(StatusError, match=r"\(0074,1(216|00E)\) has no value") as error:
        made.change_state(UID, final, LOCK)
    assert error.value.status == 0xC304
    assert made.step(UID).state is State.IN_PROGRESS


def test_a_cancel_without_reason_is_given_one_and_the_time() -> None:
    made = worklist()
    made.apply(made.change_state(UID, "IN PROGRESS", LOCK))
    made.apply(made.change_state(UID, "CANCELED", LOCK))
    (progress,) = made.step(UID).data_set.ProcedureStepProgressInformationSequence
    assert progress.ProcedureStepCancellationDateTime == STAMP
    assert progress.ProcedureStepDiscontinuationReasonCodeSequence[0].CodeValue == "110513"
    assert made.step(UID).ended == NOW.timestamp()


def test_a_requested_cancel_of_a_scheduled_step_is_two_changes_and_tells_why() -> None:
    made = worklist(subscriber="WATCHER", supplies_reason=False)
    request = data_set(ReasonForCancellation="late", ContactURI="tel:1", ContactDisplayName="Ann")
    outcome = made.request_cancel(UID, "ASKER", request)
    made.apply(outcome)
    assert told(outcome) == [("WATCHER", "STATE_REPORT", state) for state in ("IN PROGRESS", "CANCELED")]
    assert outcome.reports[1].information.ReasonForCancellation == "late"
    (progress,) = made.step(UID).data_set.ProcedureStepProgressInformationSequence
    assert progress.ProcedureStepCommunicationsURISequence[0].ContactURI == "tel:1"
    assert is_valid_uid(made.step(UID).transaction_uid)


def test_a_requested_cancel_of_a_step_in_progress_is_told_with_who_asked() -> None:
    outcome = worklist(State.IN_PROGRESS, subscriber="WATCHER").request_cancel(UID, "ASKER", Dataset())
    (report,) = outcome.reports
    assert (report.receiving_ae, report.event_type) == ("WATCHER", EventType.CANCEL_REQUESTED)
    assert report.information.RequestingAE == "ASKER"
    assert not outcome.is_change


def test_a_requested_cancel_that_reaches_nobody_is_refused() -> None:
    made = worklist(State.IN_PROGRESS)
    assert status_of(lambda: made.request_cancel(UID, "ASKER", Dataset())) == 0xC312
    heard = worklist(State.IN_PROGRESS, subscriber="WATCHER")
    assert status_of(lambda: heard.request_cancel(UID, "ASKER", Dataset(), can_report=False)) == 0xC312


def test_the_performer_decides_where_it_is_the_scp_itself() -> None:
    made = worklist(State.IN_PROGRESS)
    assert status_of(lambda: made.request_cancel(UID, "ASKER", Dataset(), decision=False)) == 0xC313
    made.apply(made.request_cancel(UID, "ASKER", Dataset(), decision=True))
    assert made.step(UID).state is State.CANCELED


def test_a_new_step_is_told_to_global_subscribers_and_theirs() -> None:
    everyone = {
        "B": GlobalSubscription(state=Subscription.WITHOUT_LOCK),
        "A": GlobalSubscription(state=Subscription.WITH_LOCK),
    }
    made = Worklist(global_subscriptions=everyone, clock=clock)
    outcome = made.create(UID, new_step(ScheduledStationNameCodeSequence=[code()]))
    made.apply(outcome)
    assert told(outcome) == [
        ("A", "STATE_REPORT", "SCHEDULED"),
        ("B", "STATE_REPORT", "SCHEDULED"),
        ("A", "ASSIGNED", ""),
        ("B", "ASSIGNED", ""),
    ]
    assert made.step(UID).subscribers == {"A": Subscription.WITH_LOCK, "B": Subscription.WITHOUT_LOCK}


def test_ended_steps_expire_unless_somebody_holds_them() -> None:
    ended, running = worklist(State.COMPLETED), worklist(State.IN_PROGRESS)
    assert ended.expired(0).removed == (UID,)
    assert ended.expired(1).removed == ()
    assert running.expired(0).removed == ()
    held = ended.step(UID).with_subscriber("A", Subscription.WITH_LOCK)
    ended.apply(Outcome(changed=(held,)))
    assert ended.expired(0).removed == ()
    ended.apply(Outcome(removed=(UID,)))
    assert ended.steps == {}


class Performers(RuleBasedStateMachine):
    """Two performers and a bystander ask for anything in any order; a model keeps state and lock."""

    uids = st.sampled_from([UID, OTHER_UID])
    locks = st.sampled_from(["", LOCK, OTHER_LOCK])

    def __init__(self) -> None:
        super().__init__()
        self.worklist = Worklist(clock=clock)
        self.model: dict[str, tuple[State, str]] = {}

    def ask(self, request: Callable[[], Outcome]) -> int:
        try:
            outcome = request()
        except StatusError as error:
            return error.status
        self.worklist.apply(outcome)
        return outcome.status

    @rule(uid=uids)
    def create(self, uid: str) -> None:
        known = self.model.get(uid)
        status = self.ask(lambda: self.worklist.create(uid, new_step()))
        assert status == (0 if known is None else 0x0111)
        self.model.setdefault(uid, (State.SCHEDULED, ""))

    @rule(uid=uids, lock=locks, changes=st.sampled_from([performed(), REASON, data_set(InputReadinessState="READY")]))
    def modify(self, uid: str, lock: str, changes: Dataset) -> None:
        status = self.ask(lambda: self.worklist.modify(uid, locked(changes, lock) if lock else changes))
        known = self.model.get(uid)
        assert status == (0xC307 if known is None else set_refusal(known[0], lock, known[1]) or 0)

    @rule(uid=uids, lock=locks, wanted=st.sampled_from(State))
    def change(self, uid: str, lock: str, wanted: State) -> None:
        state, recorded = self.model.get(uid, (None, ""))
        attributes = self.worklist.steps[uid].data_set if state else Dataset()
        status = self.ask(lambda: self.worklist.change_state(uid, wanted.value, lock))
        match TRANSITIONS[change_event(wanted, lock, recorded), state]:
            case Act.START:
                assert status == 0
                self.model[uid] = (State.IN_PROGRESS, lock)
            case Act.COMPLETE if missing_for(State.COMPLETED, attributes):
                assert status == 0xC304
            case Act.COMPLETE | Act.CANCEL:
                assert status == 0
                self.model[uid] = (wanted, lock)
            case cell:
                assert status == (0xC307 if state is None else cell)

    @rule(uid=uids)
    def request_cancel(self, uid: str) -> None:
        state, _ = self.model.get(uid, (None, ""))
        status = self.ask(lambda: self.worklist.request_cancel(uid, "ASKER", Dataset()))
        match TRANSITIONS[Event.REQUEST_CANCEL, state]:
            case Act.CANCEL_UNSTARTED:
                assert status == 0
                self.model[uid] = (State.CANCELED, self.worklist.steps[uid].transaction_uid)
            case Act.REPORT_REQUEST:
                assert status == 0xC312  # nobody is subscribed
            case cell:
                assert status == cell

    @invariant()
    def steps_are_those_of_the_model(self) -> None:
        held = {uid: (step.state, step.transaction_uid) for uid, step in self.worklist.steps.items()}
        assert held == self.model

    @invariant()
    def ended_steps_have_what_their_state_needs(self) -> None:
        for step in self.worklist.steps.values():
            assert (step.ended is not None) == step.state.is_final
            assert not (step.state.is_final and missing_for(step.state, step.data_set))


TestPerformers = pytest.mark.slow(Performers.TestCase)
TestPerformers.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)


def test_a_worklist_that_is_opened_again_has_its_steps() -> None:
    steps = [Workitem(sop_instance_uid=UID, data_set=new_step())]
    assert Worklist(steps, clock=clock).step(UID).state is State.SCHEDULED
