"""The outbox: what each step puts there."""

import pytest

from tests.upper_layer.pdu_cases import ECHO_REQUEST, PROVIDER_ABORT, RELEASE_REQUEST, USER_ABORT
from workbench.errors import PduError
from workbench.upper_layer.events import (
    CloseTransport,
    Event,
    OpenTransport,
    PduIndicated,
    PduSent,
    ProviderAbort,
    SendBytes,
    StartArtim,
)
from workbench.upper_layer.outbox import Outbox
from workbench.upper_layer.state_table import Step

ERROR = PduError("Result", 7, "bad")
REJECT = bytes.fromhex("03000000000400010202")


@pytest.mark.parametrize(
    ("step", "events"),
    [
        (Step.OPEN_TRANSPORT, [OpenTransport()]),
        (Step.CLOSE_TRANSPORT, [CloseTransport()]),
        (Step.START_ARTIM, [StartArtim()]),
        (Step.SEND, [SendBytes((ECHO_REQUEST.data,)), PduSent(4, 80, ECHO_REQUEST.data)]),
        (Step.SEND_REJECT, [SendBytes((REJECT,)), PduSent(3, 10, REJECT)]),
        (Step.SEND_USER_ABORT, [SendBytes((USER_ABORT.data,)), PduSent(7, 10, USER_ABORT.data)]),
        (Step.SEND_PROVIDER_ABORT, [SendBytes((PROVIDER_ABORT.data,)), PduSent(7, 10, PROVIDER_ABORT.data)]),
        (Step.INDICATE, [PduIndicated(RELEASE_REQUEST.pdu)]),
        (Step.INDICATE_PROVIDER_ABORT, [ProviderAbort(2, 6, "Result at byte 7: bad")]),
        (Step.STOP_ARTIM, []),
    ],
)
def test_a_step_puts_its_events_into_the_outbox(step: Step, events: list[Event]) -> None:
    outbox = Outbox()
    outbox.request = ECHO_REQUEST.data
    outbox.carry_out(step, RELEASE_REQUEST.pdu, ERROR)
    assert list(outbox.events) == events


def test_artim_is_stopped_only_when_it_runs_and_may_be_restarted() -> None:
    outbox = Outbox()
    for step in (Step.STOP_ARTIM, Step.START_ARTIM, Step.START_ARTIM, Step.STOP_ARTIM, Step.STOP_ARTIM):
        outbox.carry_out(step, None, None)
    assert [type(event).__name__ for event in outbox.events] == ["StartArtim", "StartArtim", "StopArtim"]
    assert not outbox.artim_running


def test_an_abort_that_was_asked_for_is_sent_as_asked() -> None:
    outbox = Outbox()
    outbox.request = PROVIDER_ABORT.data
    outbox.carry_out(Step.SEND_USER_ABORT, None, None)
    assert outbox.events[0] == SendBytes((PROVIDER_ABORT.data,))
    assert outbox.request == b""
