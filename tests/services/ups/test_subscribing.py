"""The subscription actions: whose subscription to what changes, and who is told at once."""

import pytest
from pydicom.dataset import Dataset

from tests.services.ups.steps import OTHER_UID, UID, clock, data_set, new_step, status_of
from workbench.services.ups.classes import FILTERED_GLOBAL_SUBSCRIPTION, GLOBAL_SUBSCRIPTION
from workbench.services.ups.subscribing import subscribe, subscribers, suspend, unsubscribe
from workbench.services.ups.subscriptions import Subscription
from workbench.services.ups.worklist import Outcome, Worklist

NEW_UID = "1.2.3.7"


def worklist() -> Worklist:
    made = Worklist(clock=clock)
    made.apply(made.create(UID, new_step(PatientName="DOE^JANE", PatientID="1")))
    made.apply(made.create(OTHER_UID, new_step(PatientName="DOE^JOHN", PatientID="2")))
    return made


def wish(lock: str = "FALSE", **keys: object) -> Dataset:
    return data_set(ReceivingAE="A", DeletionLock=lock, **keys)


def subscribed(made: Worklist, uid: str, information: Dataset) -> list[str]:
    """Subscribes and gives the UIDs of the steps that are reported at once."""
    outcome = subscribe(made, uid, information, grants_locks=True)
    made.apply(outcome)
    assert outcome.status == 0
    return [report.sop_instance_uid for report in outcome.reports]


def state(made: Worklist, uid: str) -> Subscription:
    return made.step(uid).subscription("A")


def test_a_subscription_to_one_step_is_reported_each_time() -> None:
    made = worklist()
    for lock, becomes in (("FALSE", Subscription.WITHOUT_LOCK), ("TRUE", Subscription.WITH_LOCK)):
        for _ in range(2):
            assert subscribed(made, UID, wish(lock)) == [UID]
            assert state(made, UID) is becomes
    assert state(made, OTHER_UID) is Subscription.NONE


@pytest.mark.parametrize(("lock", "told"), [("TRUE", [OTHER_UID]), ("FALSE", [])])
def test_a_global_subscription_takes_the_other_steps_and_those_to_come(lock: str, told: list[str]) -> None:
    made = worklist()
    subscribed(made, UID, wish("FALSE" if lock == "TRUE" else "TRUE"))
    before = state(made, UID)
    assert subscribed(made, GLOBAL_SUBSCRIPTION, wish(lock)) == told
    assert state(made, UID) is before  # what was said of one step goes before
    wanted = Subscription.wanted(lock=lock == "TRUE")
    assert state(made, OTHER_UID) is wanted
    made.apply(made.create(NEW_UID, new_step()))
    assert state(made, NEW_UID) is wanted


def test_a_filtered_global_subscription_takes_the_steps_that_match() -> None:
    made = worklist()
    told = subscribed(made, FILTERED_GLOBAL_SUBSCRIPTION, wish("TRUE", PatientName="*john"))
    assert told == [OTHER_UID]
    assert state(made, UID) is Subscription.NONE
    made.apply(made.create(NEW_UID, new_step(PatientName="Ray^John")))
    made.apply(made.create("1.2.3.8", new_step(PatientName="Ray^Jane")))
    assert [state(made, uid) for uid in (NEW_UID, "1.2.3.8")] == [Subscription.WITH_LOCK, Subscription.NONE]


@pytest.mark.parametrize("keys", [{}, {"PatientID": ""}, {"ScheduledProcedureStepStartDateTime": "soon-"}])
def test_a_filter_without_keys_or_with_malformed_ones_is_an_invalid_argument(keys: dict[str, object]) -> None:
    made = worklist()
    wished = wish("FALSE", **keys)
    assert status_of(lambda: subscribe(made, FILTERED_GLOBAL_SUBSCRIPTION, wished, grants_locks=True)) == 0x0115


def test_a_lock_that_is_not_granted_is_a_warning() -> None:
    made = worklist()
    outcome = subscribe(made, UID, wish("TRUE"), grants_locks=False)
    made.apply(outcome)
    assert (outcome.status, state(made, UID)) == (0xB301, Subscription.WITHOUT_LOCK)
    assert subscribe(made, UID, wish("FALSE"), grants_locks=False).status == 0


@pytest.mark.parametrize("information", [data_set(DeletionLock="TRUE"), data_set(ReceivingAE="A"), wish("MAYBE")])
def test_a_request_without_receiver_or_lock_is_an_invalid_argument(information: Dataset) -> None:
    made = worklist()
    assert status_of(lambda: subscribe(made, UID, information, grants_locks=True)) == 0x0115


def test_a_step_that_is_none_is_named_as_such() -> None:
    made = worklist()
    calls = (
        lambda: subscribe(made, NEW_UID, wish(), grants_locks=True),
        lambda: unsubscribe(made, NEW_UID, wish()),
        lambda: suspend(made, NEW_UID, wish()),
    )
    assert [status_of(call) for call in calls] == [0xC307] * 3
    assert status_of(lambda: suspend(made, UID, wish())) == 0xC314


def test_an_end_is_of_one_step_of_all_or_of_the_global_subscription() -> None:
    made = worklist()
    subscribed(made, GLOBAL_SUBSCRIPTION, wish("TRUE"))
    made.apply(unsubscribe(made, UID, wish()))
    assert [state(made, uid) for uid in (UID, OTHER_UID)] == [Subscription.NONE, Subscription.WITH_LOCK]
    made.apply(suspend(made, GLOBAL_SUBSCRIPTION, wish()))
    made.apply(made.create(NEW_UID, new_step()))
    assert [state(made, uid) for uid in (OTHER_UID, NEW_UID)] == [Subscription.WITH_LOCK, Subscription.NONE]
    assert subscribers(made) == {"A"}
    made.apply(unsubscribe(made, GLOBAL_SUBSCRIPTION, wish()))
    assert subscribers(made) == set()
    assert made.global_subscriptions == {}


def test_the_end_of_what_never_began_is_a_success_that_changes_nothing() -> None:
    made = worklist()
    ends: list[Outcome] = [
        unsubscribe(made, UID, wish()),
        unsubscribe(made, GLOBAL_SUBSCRIPTION, wish()),
        suspend(made, FILTERED_GLOBAL_SUBSCRIPTION, wish()),
    ]
    assert [(end.status, end.is_change, end.reports) for end in ends] == [(0, False, ())] * 3


def test_globally_unsubscribing_ends_a_filtered_subscription_too() -> None:
    made = worklist()
    subscribed(made, FILTERED_GLOBAL_SUBSCRIPTION, wish(PatientID="1"))
    made.apply(unsubscribe(made, GLOBAL_SUBSCRIPTION, wish()))
    assert subscribers(made) == set()
