"""Who is told of a step: the subscription states and what changes them (PS3.4 CC.2.3.1).

An application entity has one state for each step and one global state, which is what a new step starts with. CHANGES is
Table CC.2.3-2 without the columns of the global state, which always becomes what the event says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple


class Subscription(Enum):
    """How an application entity is subscribed, to one step or globally."""

    NONE = "not subscribed"
    WITH_LOCK = "subscribed with deletion lock"
    WITHOUT_LOCK = "subscribed without deletion lock"

    @classmethod
    def wanted(cls, *, lock: bool) -> "Subscription":
        """Gives the state of a subscriber."""
        return cls.WITH_LOCK if lock else cls.WITHOUT_LOCK


class SubscriptionEvent(Enum):
    """What changes a subscription, a row of the table."""

    CREATED_NO_GLOBAL = "a step is created, no global subscription"
    CREATED_GLOBAL_WITH_LOCK = "a step is created, global subscription with lock"
    CREATED_GLOBAL_WITHOUT_LOCK = "a step is created, global subscription without lock"
    SUBSCRIBE_GLOBALLY_WITH_LOCK = "subscribes globally with lock"
    SUBSCRIBE_GLOBALLY_WITHOUT_LOCK = "subscribes globally without lock"
    SUBSCRIBE_WITH_LOCK = "subscribes to this step with lock"
    SUBSCRIBE_WITHOUT_LOCK = "subscribes to this step without lock"
    UNSUBSCRIBE = "unsubscribes from this step"
    UNSUBSCRIBE_GLOBALLY = "unsubscribes globally"
    SUSPEND_GLOBALLY = "suspends the global subscription"


class Change(NamedTuple):
    """The subscription that follows, and whether its holder is sent the current state of the step at once."""

    becomes: Subscription
    is_reported: bool = False


_N, _L, _W = Subscription.NONE, Subscription.WITH_LOCK, Subscription.WITHOUT_LOCK
_COLUMNS: Final = (None, _N, _L, _W)
_NONE: Final = Change(_N)
_E: Final = SubscriptionEvent

# fmt: off
_ROWS: Final[Mapping[SubscriptionEvent, tuple[Change | None, ...]]] = {
    #                                   new step          not subscribed    with lock         without lock
    _E.CREATED_NO_GLOBAL:                (_NONE,            None,             None,             None),
    _E.CREATED_GLOBAL_WITH_LOCK:         (Change(_L, True), None,             None,             None),
    _E.CREATED_GLOBAL_WITHOUT_LOCK:      (Change(_W, True), None,             None,             None),
    _E.SUBSCRIBE_GLOBALLY_WITH_LOCK:     (None,             Change(_L, True), Change(_L),       Change(_W)),
    _E.SUBSCRIBE_GLOBALLY_WITHOUT_LOCK:  (None,             Change(_W),       Change(_L),       Change(_W)),
    _E.SUBSCRIBE_WITH_LOCK:              (None,             Change(_L, True), Change(_L, True), Change(_L, True)),
    _E.SUBSCRIBE_WITHOUT_LOCK:           (None,             Change(_W, True), Change(_W, True), Change(_W, True)),
    _E.UNSUBSCRIBE:                      (None,             _NONE,            _NONE,            _NONE),
    _E.UNSUBSCRIBE_GLOBALLY:             (None,             _NONE,            _NONE,            _NONE),
    _E.SUSPEND_GLOBALLY:                 (None,             _NONE,            Change(_L),       Change(_W)),
}
# fmt: on

CHANGES: Final[Mapping[tuple[SubscriptionEvent, Subscription | None], Change]] = MappingProxyType(
    {
        (event, state): change
        for event, row in _ROWS.items()
        for state, change in zip(_COLUMNS, row, strict=True)
        if change is not None
    }
)
"""Table CC.2.3-2: an event and the subscription to a step, None for a new step -> what follows; no key is "N/A"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalSubscription:
    """The global subscription of an application entity.

    Attributes:
        state: with or without lock.
        filter: the matching keys of a filtered one, an encoded identifier in Explicit VR Little Endian; empty without.
    """

    state: Subscription
    filter: bytes = b""


def creation_event(state: Subscription) -> SubscriptionEvent:
    """Gives what the creation of a step is to an application entity of that global state."""
    return {
        Subscription.NONE: SubscriptionEvent.CREATED_NO_GLOBAL,
        Subscription.WITH_LOCK: SubscriptionEvent.CREATED_GLOBAL_WITH_LOCK,
        Subscription.WITHOUT_LOCK: SubscriptionEvent.CREATED_GLOBAL_WITHOUT_LOCK,
    }[state]


def subscribe_event(*, lock: bool, is_global: bool) -> SubscriptionEvent:
    """Gives what a request to subscribe is."""
    if is_global:
        with_lock, without = (
            SubscriptionEvent.SUBSCRIBE_GLOBALLY_WITH_LOCK,
            SubscriptionEvent.SUBSCRIBE_GLOBALLY_WITHOUT_LOCK,
        )
    else:
        with_lock, without = SubscriptionEvent.SUBSCRIBE_WITH_LOCK, SubscriptionEvent.SUBSCRIBE_WITHOUT_LOCK
    return with_lock if lock else without
