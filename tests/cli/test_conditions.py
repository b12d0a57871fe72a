"""The condition codes stand in the log as DCMTK writes them."""

import pytest

from workbench.cli.conditions import condition, rejection
from workbench.errors import (
    AssociationAborted,
    AssociationRejected,
    AssociationReleased,
    ConfigError,
    NoAcceptedContext,
    PduError,
    Stage,
    TransportError,
    WorkbenchError,
)


@pytest.mark.parametrize(
    ("stage", "code"), [("name", "0006:0320"), ("connect", "0006:031c"), ("tls", "0006:031e"), ("lost", "0006:031d")]
)
def test_transport(stage: Stage, code: str) -> None:
    assert condition(TransportError("lost", stage=stage)).startswith(code + " ")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AssociationRejected(1, 1, 1), "0006:0301 Association rejected"),
        (AssociationAborted(0, 0, by_peer=True, cause=""), "0006:0317 Peer aborted Association"),
        (AssociationAborted(0, 0, by_peer=False, cause="the connection is lost"), "0006:0317"),
        (AssociationAborted(0, 0, by_peer=False, cause="", has_timed_out=True), "0006:0207"),
        (AssociationReleased("by the peer"), "0006:0319 Peer requested release"),
        (NoAcceptedContext("1.2", "", "refused"), "0006:0208"),
        (PduError("PDU-length", 2, "too long"), "0006:0307"),
    ],
)
def test_associations(error: WorkbenchError, code: str) -> None:
    assert condition(error).startswith(code)


def test_what_is_ours_alone_has_none() -> None:
    assert condition(ConfigError("a title")) == ""


def test_numbers_that_mean_nothing_are_told() -> None:
    assert rejection(9, 8, 7) == ("Result: Unknown (9), Source: Unknown (8)", "Reason: Unknown (7)")
