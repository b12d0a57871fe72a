"""One step: its attributes, who is subscribed to it, and when it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydicom.dataset import Dataset

from workbench.services.ups.attributes import STATE, TRANSACTION_UID
from workbench.services.ups.data_sets import merged, text
from workbench.services.ups.states import State
from workbench.services.ups.subscriptions import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Workitem:
    """A Unified Procedure Step as it is managed here; a change makes another one.

    Attributes:
        sop_instance_uid: its UID.
        data_set: its attributes, the Transaction UID included, text as Unicode.
        subscribers: AE title -> with or without deletion lock.
        ended: when it came to its final state, in seconds since 1970; None before.
    """

    sop_instance_uid: str
    data_set: Dataset
    subscribers: Mapping[str, Subscription] = field(default_factory=dict)
    ended: float | None = None

    @property
    def state(self) -> State:
        """Procedure Step State (0074,1000)."""
        return State(text(self.data_set, STATE))

    @property
    def transaction_uid(self) -> str:
        """The UID that locks the step for its performer, empty as long as there is none."""
        return text(self.data_set, TRANSACTION_UID)

    @property
    def is_locked(self) -> bool:
        """Whether somebody holds a deletion lock."""
        return Subscription.WITH_LOCK in self.subscribers.values()

    def with_attributes(self, changes: Dataset) -> "Workitem":
        """Gives the step with other values."""
        return replace(self, data_set=merged(self.data_set, changes))

    def subscription(self, ae_title: str) -> Subscription:
        """Gives how an application entity is subscribed."""
        return self.subscribers.get(ae_title, Subscription.NONE)

    def with_subscriber(self, ae_title: str, subscription: Subscription) -> "Workitem":
        """Gives the step with another subscription of an application entity."""
        others = {title: one for title, one in self.subscribers.items() if title != ae_title}
        if subscription is not Subscription.NONE:
            others[ae_title] = subscription
        return replace(self, subscribers=others)
