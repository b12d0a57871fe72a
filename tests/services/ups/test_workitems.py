"""One step and its subscribers."""

from tests.services.ups.steps import LOCK, UID, data_set, new_step
from workbench.services.ups.states import State
from workbench.services.ups.subscriptions import Subscription
from workbench.services.ups.workitems import Workitem


def test_a_step_tells_its_state_and_its_lock() -> None:
    step = Workitem(sop_instance_uid=UID, data_set=new_step())
    assert (step.state, step.transaction_uid) == (State.SCHEDULED, "")
    taken = step.with_attributes(data_set(ProcedureStepState="IN PROGRESS", TransactionUID=LOCK))
    assert (taken.state, taken.transaction_uid) == (State.IN_PROGRESS, LOCK)
    assert step.state is State.SCHEDULED


def test_subscribers_come_and_go_and_hold_locks() -> None:
    step = Workitem(sop_instance_uid=UID, data_set=new_step())
    locked = step.with_subscriber("A", Subscription.WITH_LOCK).with_subscriber("B", Subscription.WITHOUT_LOCK)
    assert (locked.subscription("A"), locked.subscription("C")) == (Subscription.WITH_LOCK, Subscription.NONE)
    assert (step.is_locked, locked.is_locked) == (False, True)
    left = locked.with_subscriber("A", Subscription.NONE)
    assert dict(left.subscribers) == {"B": Subscription.WITHOUT_LOCK}
    assert not left.is_locked
