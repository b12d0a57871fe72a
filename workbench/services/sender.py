"""Works through a queue of instances over one association, and over another one when that is lost."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

from workbench.dimse.status import ACKNOWLEDGED_STORE, SUCCESS
from workbench.errors import NoAcceptedContext, StorageError, WorkbenchError
from workbench.net.association import Association
from workbench.net.outgoing import DataSet
from workbench.net.requestor import connect
from workbench.services.datasets import Loading
from workbench.services.storage import store
from workbench.upper_layer.items import ProposedContext

if TYPE_CHECKING:
    from workbench.services.sending import Sending

MOST_LOSSES: Final = 3
"""Associations lost in a row, without an instance acknowledged in between, after which the rest is given up."""


class Sender:
    """One of the associations of a `Sending`; several may share a queue.

    Args:
        sending: gives the instances, the node and the local AE, and takes the outcomes.
        queue: indices of instances that the contexts are for; what is left in it was not sent.

    Attributes:
        task: the task of `run`, set by who starts it.
        trouble: why it gave up, in words; empty when it did not.
    """

    def __init__(self, sending: "Sending", contexts: tuple[ProposedContext, ...], queue: deque[int]) -> None:
        self.task: asyncio.Task[None] | None = None
        self.trouble = ""
        self._sending = sending
        self._contexts = contexts
        self._queue = queue
        self._association: Association | None = None
        self._acknowledged = 0

    async def run(self) -> None:
        """Sends until the queue is empty, the sending ends, or no association can be had."""
        losses = 0
        while self._queue and not self._sending.ending:
            before = self._acknowledged
            try:
                await self._run_association()
            except StorageError:
                continue  # a file broke in the middle of its data set, which only an abort could end; it has failed
            except WorkbenchError as error:
                self.trouble = str(error)
                self._sending.trouble(error)
                losses = losses + 1 if self._acknowledged == before else 1
                if self._association is None or losses >= MOST_LOSSES:
                    return

    def stop_connecting(self) -> None:
        """Gives up an association that is not established yet; one that is will be released after this instance."""
        if self._association is None and self.task is not None:
            self.task.cancel()

    def abort(self, cause: str) -> None:
        """Aborts the association at once."""
        if self._association is not None:
            self._association.abort(cause=cause)

    async def _run_association(self) -> None:
        sending = self._sending
        self._association = None
        how = "released"
        try:
            async with connect(
                sending.node, self._contexts, local=sending.local, recorder=sending.recorder
            ) as association:
                self._association = association
                if sending.observer is not None:
                    sending.observer.association_opened(association.number, sending.node, association.agreement)
                await self._run_queue(association)
        except WorkbenchError as error:
            how = str(error)
            raise
        finally:
            if self._association is not None and sending.observer is not None:
                sending.observer.association_ended(self._association.number, how)

    async def _run_queue(self, association: Association) -> None:
        """Sends one instance after the other; each is read while its predecessor is on its way."""
        ahead = self._take()
        try:
            while ahead is not None and not self._sending.ending:
                current, ahead = ahead, None
                try:
                    data_set = await current.data_set()
                except StorageError as error:
                    self._sending.finish(current.index, "failed", str(error))
                else:
                    if len(self._queue) >= len(self._sending.senders):  # do not hold what another one could send
                        ahead = self._take()
                    await self._send(association, current, data_set)
                ahead = ahead or self._take()
        finally:
            if ahead is not None:
                ahead.discard()
                self._queue.appendleft(ahead.index)

    def _take(self) -> "_Turn | None":
        if not self._queue or self._sending.ending:
            return None
        return _Turn(self._sending, self._queue.popleft())

    async def _send(self, association: Association, turn: "_Turn", data_set: DataSet) -> None:
        sending, index = self._sending, turn.index
        if association.end is not None:  # while nothing was under way: the instance is as good as before
            self._queue.appendleft(index)
            raise association.end
        if sending.observer is not None:
            sending.observer.started(index, association.number)
        try:
            result = await store(association, sending.instances[index], data_set=data_set)
        except NoAcceptedContext as error:
            sending.finish(index, "failed", str(error), association=association.number)
        except WorkbenchError as error:
            sending.finish(index, "failed", str(error), association=association.number)
            raise
        else:
            acknowledged = result.status in ACKNOWLEDGED_STORE
            self._acknowledged += acknowledged
            sending.finish(
                index,
                "stored" if result.status == SUCCESS else "warning" if acknowledged else "failed",
                result.reason,
                status=result.status,
                latency=result.latency,
                association=association.number,
            )


class _Turn:
    """An instance whose turn it is next, and whose data set is being read."""

    def __init__(self, sending: "Sending", index: int) -> None:
        self.index = index
        self._observer = sending.observer
        self._loading = Loading(sending.instances[index], progress=self._progress)

    async def data_set(self) -> DataSet:
        return await self._loading.data_set()

    def discard(self) -> None:
        self._loading.discard()

    def _progress(self, sent_bytes: int) -> None:
        if self._observer is not None:
            self._observer.progress(self.index, sent_bytes)
