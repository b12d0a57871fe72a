"""The ring keeps the newest events within its bytes and finds each by its number."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.trace.events import Direction, PduEvent
from workbench.trace.store import TraceStore


def pdu(number: int, kept: int) -> PduEvent:
    return PduEvent(number, float(number), 1, Direction.SENT, 4, kept, bytes(kept))


@given(st.lists(st.lists(st.integers(0, 5000)), max_size=30), st.integers(1000, 20_000))
def test_the_ring_holds_the_newest_events_within_its_limit(batches: list[list[int]], limit: int) -> None:
    store = TraceStore(limit)
    everything: list[PduEvent] = []
    for sizes in batches:
        batch = [pdu(len(everything) + n + 1, size) for n, size in enumerate(sizes)]
        store.extend(batch)
        everything += batch
        kept = list(store)
        assert kept == everything[len(everything) - len(kept) :]
        assert len(store) == len(kept) == len(everything) - store.dropped
        assert store.size_bytes <= limit or len(store) == 1
        assert store.first_number == (kept[0].number if kept else None)


def test_an_event_is_found_by_its_number_until_it_is_dropped() -> None:
    store = TraceStore(100_000)
    store.extend(pdu(number, 1000) for number in range(1, 10_001))
    assert store.first_number is not None
    assert store.get(10_000) == pdu(10_000, 1000)
    assert store.get(store.first_number) == pdu(store.first_number, 1000)
    assert store.get(store.first_number - 1) is None
    assert store.get(10_001) is None
    assert store.dropped == store.first_number - 1


def test_clearing_forgets_everything() -> None:
    store = TraceStore(1000)
    store.extend([pdu(1, 10), pdu(2, 10_000)])
    store.clear()
    assert (len(store), store.size_bytes, store.dropped, store.get(2)) == (0, 0, 0, None)
    store.extend([pdu(3, 10)])
    assert list(store) == [pdu(3, 10)]
