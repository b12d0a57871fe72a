"""What the subscription actions do to the worklist (PS3.4 CC.2.3); they give outcomes as those of `worklist` do."""

from typing import Final, NamedTuple

from pydicom.dataset import Dataset

from workbench.dimse.status import INVALID_ARGUMENT_VALUE
from workbench.errors import StatusError
from workbench.services.ups import reports
from workbench.services.ups.classes import FILTERED_GLOBAL_SUBSCRIPTION, GLOBAL_SUBSCRIPTION, EventType
from workbench.services.ups.data_sets import text
from workbench.services.ups.matching import passes, read_filter
from workbench.services.ups.reports import Report
from workbench.services.ups.states import LOCK_NOT_GRANTED, NOT_FOR_THIS_INSTANCE
from workbench.services.ups.subscriptions import (
    CHANGES,
    GlobalSubscription,
    Subscription,
    SubscriptionEvent,
    subscribe_event,
)
from workbench.services.ups.workitems import Workitem
from workbench.services.ups.worklist import Outcome, Worklist

WELL_KNOWN: Final = (GLOBAL_SUBSCRIPTION, FILTERED_GLOBAL_SUBSCRIPTION)

_RECEIVING_AE: Final = 0x00741234
_DELETION_LOCK: Final = 0x00741230
_LOCKS: Final = {"TRUE": True, "FALSE": False}


class _Changed(NamedTuple):
    steps: tuple[Workitem, ...]
    told: tuple[Report, ...]


def receiving_ae(information: Dataset) -> str:
    """Gives Receiving AE (0074,1234) of the action information; raises StatusError 0115H when there is none."""
    title = text(information, _RECEIVING_AE)
    if not title:
        raise StatusError(INVALID_ARGUMENT_VALUE, "Receiving AE (0074,1234) is missing")
    return title


def subscribe(worklist: Worklist, sop_instance_uid: str, information: Dataset, *, grants_locks: bool) -> Outcome:
    """Subscribes to one step, to all, or to those that match.

    Args:
        grants_locks: whether deletion locks are granted; otherwise the subscription is without (B301H).
    """
    title = receiving_ae(information)
    asked = _LOCKS.get(text(information, _DELETION_LOCK))
    if asked is None:
        raise StatusError(INVALID_ARGUMENT_VALUE, "Deletion Lock (0074,1230) is not TRUE or FALSE")
    lock = asked and grants_locks
    is_global = sop_instance_uid in WELL_KNOWN
    event = subscribe_event(lock=lock, is_global=is_global)
    subscriptions: dict[str, GlobalSubscription | None] = {}
    if is_global:
        keys = read_filter(information) if sop_instance_uid == FILTERED_GLOBAL_SUBSCRIPTION else b""
        subscriptions[title] = GlobalSubscription(state=Subscription.wanted(lock=lock), filter=keys)
        steps = [step for step in worklist.steps.values() if passes(step, keys)]
    else:
        steps = [worklist.step(sop_instance_uid)]
    changed = _change(steps, title, event)
    return Outcome(
        status=0 if lock == asked else LOCK_NOT_GRANTED,
        comment="" if lock == asked else "deletion locks are not granted here",
        sop_instance_uid=sop_instance_uid,
        changed=changed.steps,
        global_subscriptions=subscriptions,
        reports=changed.told,
    )


def unsubscribe(worklist: Worklist, sop_instance_uid: str, information: Dataset) -> Outcome:
    """Ends the subscription to one step; or all that an application entity has, the global one included."""
    title = receiving_ae(information)
    if sop_instance_uid not in WELL_KNOWN:
        changed = _change([worklist.step(sop_instance_uid)], title, SubscriptionEvent.UNSUBSCRIBE)
        return Outcome(sop_instance_uid=sop_instance_uid, changed=changed.steps)
    changed = _change(list(worklist.steps.values()), title, SubscriptionEvent.UNSUBSCRIBE_GLOBALLY)
    return Outcome(
        sop_instance_uid=sop_instance_uid,
        changed=changed.steps,
        global_subscriptions={title: None} if title in worklist.global_subscriptions else {},
    )


def suspend(worklist: Worklist, sop_instance_uid: str, information: Dataset) -> Outcome:
    """Ends the global subscription alone: steps to come are not subscribed to; raises C314H for a specific step."""
    title = receiving_ae(information)
    if sop_instance_uid not in WELL_KNOWN:
        worklist.step(sop_instance_uid)
        raise StatusError(NOT_FOR_THIS_INSTANCE, "only a global subscription can be suspended")
    ended: dict[str, GlobalSubscription | None] = {title: None} if title in worklist.global_subscriptions else {}
    return Outcome(sop_instance_uid=sop_instance_uid, global_subscriptions=ended)


def subscribers(worklist: Worklist) -> set[str]:
    """Gives the AE titles of all that are subscribed to anything."""
    titles = set(worklist.global_subscriptions)
    return titles.union(*(step.subscribers for step in worklist.steps.values()))


def _change(steps: list[Workitem], title: str, event: SubscriptionEvent) -> _Changed:
    changed, told = [], []
    for step in steps:
        before = step.subscription(title)
        becomes, is_reported = CHANGES[event, before]
        if becomes is not before:
            changed.append(step.with_subscriber(title, becomes))
        if is_reported:
            information = reports.state_report(step.data_set)
            told.append(Report(title, EventType.STATE_REPORT, step.sop_instance_uid, information))
    return _Changed(tuple(changed), tuple(told))
