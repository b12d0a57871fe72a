"""Ctrl-C while something is asked."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from tests.cli.asked import WANTED, serving
from workbench.cli import findscu, getscu, movescu
from workbench.dimse.answers import respond
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.offers import Offer
from workbench.services.query.models import STUDY_ROOT

Capture = pytest.CaptureFixture[str]
TOOLS = {
    "findscu": (findscu.main, STUDY_ROOT.find, 0x0020),
    "getscu": (getscu.main, STUDY_ROOT.get, 0x0010),
    "movescu": (movescu.main, STUDY_ROOT.move, 0x0021),
}


class Waiting:
    """Sends signals to this process once it is asked; answers FE00H when it is cancelled."""

    def __init__(self, *signals: signal.Signals) -> None:
        self.signals = signals
        self.was_cancelled = False
        self.asked = 0

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Waits."""
        assert request.data_set is not None
        await request.data_set.discard()
        self.asked += 1
        cancelled = asyncio.Event()
        request.on_cancel = cancelled.set
        for number in self.signals:
            os.kill(os.getpid(), number)
        await cancelled.wait()
        self.was_cancelled = request.is_cancelled
        yield Reply(message=respond(request.message, 0xFE00))


@contextmanager
def waiting(peer: Waiting, uid: str, command_field: int) -> Iterator[list[str]]:
    with serving(Offer(sop_classes={uid: None}, handlers={command_field: peer.handler})) as place:
        yield place


@pytest.mark.parametrize("tool", list(TOOLS))
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_cancels(tool: str, number: signal.Signals, capsys: Capture) -> None:
    main, uid, command_field = TOOLS[tool]
    peer = Waiting(number)
    with waiting(peer, uid, command_field) as place:
        assert main([*place, *WANTED, "--repeat", "3"]) == 1
    assert (peer.was_cancelled, peer.asked) == (True, 1)
    assert "W: cancelling; once more to abort" in capsys.readouterr().err


@pytest.mark.parametrize("tool", list(TOOLS))
def test_the_second_signal_aborts(tool: str, capsys: Capture) -> None:
    main, uid, command_field = TOOLS[tool]
    peer = Waiting(signal.SIGINT, signal.SIGTERM)
    with waiting(peer, uid, command_field) as place:
        assert main([*place, *WANTED]) == 1
    assert "F: interrupted" in capsys.readouterr().err
