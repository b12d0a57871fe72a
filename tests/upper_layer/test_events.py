"""The events: of one kind they compare by value, of different kinds never."""

import itertools

from workbench.upper_layer.events import CloseTransport, OpenTransport, PduReceived, PduSent, StartArtim, StopArtim


def test_events_without_fields_are_told_apart() -> None:
    kinds = (OpenTransport, CloseTransport, StartArtim, StopArtim)
    assert all(kind() == kind() for kind in kinds)
    assert all(one() != other() for one, other in itertools.combinations(kinds, 2))


def test_sent_and_received_are_told_apart() -> None:
    assert PduSent(5, 10, b"x") == PduSent(5, 10, b"x")
    received: object = PduReceived(5, 10, b"x")
    assert received != PduSent(5, 10, b"x")
