"""Event reports on their way to the subscribers (PS3.4 CC.2.4.3).

Each subscriber has a queue; its reports go in order, on an association that it has open with us for UPS Event, else on
one that is opened to it, on which we, the requestor, are the SCP. An attempt that fails is repeated a few times, then
that report is given up and the next one tried: the standard demands neither queue nor retry, but a subscriber that was
away shall get what came in the meantime. It holds no other up, and no more than QUEUED reports wait for it.
Subscriptions and deletion locks stay as they are.
"""

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from workbench.acse.contexts import AcceptedContext
from workbench.config import LocalAe, Nodes
from workbench.errors import ConfigError, NoAcceptedContext, WorkbenchError
from workbench.net.association import Association
from workbench.net.tasks import TaskKeeper
from workbench.services.normalized import n_event_report
from workbench.services.reporting import connect_to_report
from workbench.services.ups.classes import SERVICE, UPS_EVENT, UPS_PUSH
from workbench.services.ups.reports import Report
from workbench.trace.recorder import Recorder
from workbench.upper_layer.machine import Role

_log = logging.getLogger(__name__)

QUEUED: Final = 1000
"""Reports that wait for one subscriber; further ones are given up at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of an event report; `reason` tells the answer, or why there is none."""

    report: Report
    is_delivered: bool
    reason: str


class Deliveries:
    """The queues of all subscribers.

    Args:
        local: who calls; its timeouts hold.
        nodes: where the subscribers are.
        recorder: where the trace of the associations goes.
        tls: by which rules they are secured; None leaves them plain.
        attempts: how often a report is tried before it is given up.
        pause: seconds between two attempts.
        observer: told of each report that was answered or given up; synchronous, must not raise.
    """

    def __init__(
        self,
        local: LocalAe,
        nodes: Nodes,
        *,
        recorder: Recorder | None = None,
        tls: ssl.SSLContext | None = None,
        attempts: int = 3,
        pause: float = 5.0,
        observer: Callable[[Delivery], None] | None = None,
    ) -> None:
        self._local = local
        self._nodes = nodes
        self._recorder = recorder
        self._tls = tls
        self._attempts = attempts
        self._pause = pause
        self._observer = observer
        self._queues: dict[str, deque[Report]] = {}
        self._open: dict[str, Association] = {}
        self._tasks = TaskKeeper()
        self._idle = asyncio.Event()
        self._idle.set()

    def note(self, association: Association) -> None:
        """Remembers an association of a subscriber on which it takes event reports."""
        if association.end is None and _context(association) is not None:
            self._open = {title: each for title, each in self._open.items() if each.end is None}
            self._open[association.calling_ae_title] = association

    def knows(self, ae_title: str) -> bool:
        """Whether there is a way to an application entity."""
        return self._nodes(ae_title) is not None or self._open_association(ae_title) is not None

    def put(self, reports: Iterable[Report]) -> None:
        """Queues reports. Never waits."""
        for report in reports:
            queue = self._queues.get(report.receiving_ae)
            if queue is None:
                queue = self._queues[report.receiving_ae] = deque()
                self._idle.clear()
                self._tasks.start(self._serve(report.receiving_ae, queue), name=f"UPS events: {report.receiving_ae}")
            if len(queue) < QUEUED:
                queue.append(report)
            else:
                self._tell(report, is_delivered=False, reason=f"{QUEUED} reports are waiting already")

    async def drained(self) -> None:
        """Returns when nothing is queued any more: all is answered or given up."""
        await self._idle.wait()

    async def close(self) -> None:
        """Gives up what is queued."""
        await self._tasks.cancel_all()
        self._queues.clear()  # a task that had not begun leaves its queue
        self._idle.set()

    async def _serve(self, ae_title: str, queue: deque[Report]) -> None:
        try:
            while queue:
                await self._try(ae_title, queue)
        finally:
            self._queues.pop(ae_title, None)
            if not self._queues:
                self._idle.set()

    async def _try(self, ae_title: str, queue: deque[Report]) -> None:
        """Sends what is queued; gives up the first report when none of the attempts gets it answered."""
        first, problem = queue[0], ""
        for attempt in range(self._attempts):
            if attempt:
                await asyncio.sleep(self._pause)
            try:
                await self._send(ae_title, queue)
            except WorkbenchError as error:
                problem = str(error)
                if not queue or queue[0] is not first:
                    return  # it was answered; the one that failed has attempts of its own
            else:
                return
        queue.popleft()
        _log.warning("! UPS events: 1 not delivered to %s, %d more wait: %s", ae_title, len(queue), problem)
        self._tell(first, is_delivered=False, reason=problem)

    async def _send(self, ae_title: str, queue: deque[Report]) -> None:
        association = self._open_association(ae_title)
        if association is not None and (context := _context(association)) is not None:
            await self._report(association, context, queue)
            return
        node = self._nodes(ae_title)
        if node is None:
            raise ConfigError(f"no node has the AE title {ae_title}")
        refused: NoAcceptedContext | None = None
        async with connect_to_report(
            node, UPS_EVENT, local=self._local, recorder=self._recorder, tls=self._tls
        ) as association:
            try:
                context = association.agreement.context_for(UPS_EVENT, role="SCP")
            except NoAcceptedContext as error:
                refused = error  # raised when the association is released: it is no reason to abort
            else:
                await self._report(association, context, queue)
        if refused is not None:
            raise refused

    async def _report(self, association: Association, context: AcceptedContext, queue: deque[Report]) -> None:
        while queue:
            report = queue[0]
            result = await n_event_report(
                association,
                UPS_PUSH,
                report.sop_instance_uid,
                report.event_type,
                report.information,
                context=context,
                service=SERVICE,
            )
            queue.popleft()
            self._tell(report, is_delivered=result.is_done, reason=result.reason)

    def _open_association(self, ae_title: str) -> Association | None:
        association = self._open.get(ae_title)
        if association is not None and association.end is not None:
            del self._open[ae_title]
            return None
        return association

    def _tell(self, report: Report, *, is_delivered: bool, reason: str) -> None:
        if self._observer is not None:
            self._observer(Delivery(report=report, is_delivered=is_delivered, reason=reason))


def _context(association: Association) -> AcceptedContext | None:
    """Gives the context on which a requestor takes event reports of ours, None when there is none."""
    if association.role is not Role.ACCEPTOR:
        return None
    try:
        return association.agreement.context_for(UPS_EVENT, role="SCU")
    except NoAcceptedContext:
        return None
