"""The subscription states against Table CC.2.3-2."""

import pytest

from workbench.services.ups.subscriptions import (
    CHANGES,
    Subscription,
    SubscriptionEvent,
    creation_event,
    subscribe_event,
)

_N, _L, _W = Subscription.NONE, Subscription.WITH_LOCK, Subscription.WITHOUT_LOCK

# PS3.4 Table CC.2.3-2, typed a second time. Columns: new step, not subscribed, with lock, without lock; "-" is N/A,
# N, L, W the state that follows, "!" the initial event.
_STANDARD = """
    CREATED_NO_GLOBAL               N   -   -   -
    CREATED_GLOBAL_WITH_LOCK        L!  -   -   -
    CREATED_GLOBAL_WITHOUT_LOCK     W!  -   -   -
    SUBSCRIBE_GLOBALLY_WITH_LOCK    -   L!  L   W
    SUBSCRIBE_GLOBALLY_WITHOUT_LOCK -   W   L   W
    SUBSCRIBE_WITH_LOCK             -   L!  L!  L!
    SUBSCRIBE_WITHOUT_LOCK          -   W!  W!  W!
    UNSUBSCRIBE                     -   N   N   N
    UNSUBSCRIBE_GLOBALLY            -   N   N   N
    SUSPEND_GLOBALLY                -   N   L   W
"""


def cells() -> list[tuple[SubscriptionEvent, Subscription | None, str]]:
    rows = [line.split() for line in _STANDARD.split("\n")[1:-1]]
    return [
        (SubscriptionEvent[name], state, word)
        for name, *words in rows
        for state, word in zip((None, _N, _L, _W), words, strict=True)
    ]


@pytest.mark.parametrize(("event", "before", "word"), cells())
def test_each_cell_is_that_of_the_standard(event: SubscriptionEvent, before: Subscription | None, word: str) -> None:
    change = CHANGES.get((event, before))
    if word == "-":
        assert change is None
    else:
        assert change == ({"N": _N, "L": _L, "W": _W}[word[0]], word.endswith("!"))


def test_the_events_of_requests_and_creations() -> None:
    assert creation_event(_N) is SubscriptionEvent.CREATED_NO_GLOBAL
    assert creation_event(_L) is SubscriptionEvent.CREATED_GLOBAL_WITH_LOCK
    assert creation_event(_W) is SubscriptionEvent.CREATED_GLOBAL_WITHOUT_LOCK
    events = [
        subscribe_event(lock=lock, is_global=everywhere) for everywhere in (True, False) for lock in (True, False)
    ]
    assert [event.name for event in events] == [
        "SUBSCRIBE_GLOBALLY_WITH_LOCK",
        "SUBSCRIBE_GLOBALLY_WITHOUT_LOCK",
        "SUBSCRIBE_WITH_LOCK",
        "SUBSCRIBE_WITHOUT_LOCK",
    ]
    assert [Subscription.wanted(lock=lock) for lock in (True, False)] == [_L, _W]
