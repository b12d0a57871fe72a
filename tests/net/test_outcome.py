"""Every error that can end an association has its word."""

import pytest

from workbench.errors import (
    AssociationAborted,
    AssociationRejected,
    AssociationReleased,
    TransportError,
    WorkbenchError,
)
from workbench.net.outcome import Outcome


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (AssociationReleased("released"), Outcome.RELEASED),
        (AssociationRejected(1, 1, 7), Outcome.REJECTED),
        (AssociationAborted(0, 0, by_peer=True, cause="aborted"), Outcome.ABORTED),
        (TransportError("gone", stage="lost"), Outcome.LOST),
    ],
)
def test_each_end_has_its_outcome(end: WorkbenchError, outcome: Outcome) -> None:
    assert Outcome.of(end) is outcome
