"""What the tests of sending share: an observer that notes what it is told, and a node that waits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.services.servers import ScriptedStore, serve
from workbench.acse.agreement import Agreement
from workbench.config import Node
from workbench.dimse.messages import CStoreRq
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.storage.outcomes import Outcome, Summary
from workbench.services.storage.sending import Sending


@dataclass
class Observer:
    """Notes what it is told."""

    opened: dict[int, Agreement] = field(default_factory=dict)
    ended: dict[int, str] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)
    sent_bytes: dict[int, int] = field(default_factory=dict)
    whole: list[int] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    on_started: Callable[[int], None] = lambda _: None
    on_finished: Callable[[int], None] = lambda _: None

    def association_opened(self, number: int, node: Node, agreement: Agreement) -> None:
        self.opened[number] = agreement

    def association_ended(self, number: int, how: str) -> None:
        self.ended[number] = how

    def started(self, index: int, association: int) -> None:
        self.begun.append(index)
        self.on_started(index)

    def progress(self, index: int, sent_bytes: int) -> None:
        self.sent_bytes[index] = sent_bytes

    def sent(self, index: int, association: int) -> None:
        assert index in self.begun
        self.whole.append(index)

    def finished(self, index: int, outcome: Outcome) -> None:
        assert index not in self.outcomes, "an outcome does not change"
        self.outcomes[index] = outcome
        self.on_finished(index)


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary.stored, summary.warnings, summary.failed, summary.not_sent


def states(sending: Sending) -> list[str]:
    return [outcome.state if outcome else "none" for outcome in sending.outcomes]


@asynccontextmanager
async def holding() -> AsyncIterator[tuple[Node, asyncio.Event]]:
    """Gives a node that answers C-STORE-RQ only when the event is set."""
    answer = asyncio.Event()
    script = ScriptedStore()

    async def hold(request: IncomingRequest) -> AsyncIterator[Reply]:
        assert request.data_set is not None
        await answer.wait()
        async for reply in script.handler(request):
            yield reply

    async with serve({CStoreRq.COMMAND_FIELD: hold}) as node:
        yield node, answer
