"""Works through a queue of instances over one association, and over another one when that is lost."""

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from workbench.dimse.status import ACKNOWLEDGED_STORE, SUCCESS
from workbench.errors import StorageError, WorkbenchError
from workbench.net.association import Association
from workbench.net.outgoing import DataSet
from workbench.net.requestor import connect
from workbench.services.datasets import Loading
from workbench.services.storage import store
from workbench.storage.reading import SMALL
from workbench.upper_layer.items import ProposedContext

if TYPE_CHECKING:
    from workbench.services.sending import Sending

MOST_LOSSES: Final = 3
"""Associations lost in a row, without an instance acknowledged in between, after which the rest is given up."""

MOST_AT_ONCE: Final = 32
"""Small instances that are read in one visit to a thread."""

_READ_AHEAD: Final = 4 * SMALL  # bytes read in one visit, shared among the associations


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
                self._sending.trouble(error, None if self._association is None else self._association.number)
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
        """Sends batch after batch; each is read while its predecessor is on its way."""
        room = max(SMALL, _READ_AHEAD // len(self._sending.senders))
        room = min(room, sum(self._sending.instances[index].length for index in self._queue))
        free = deque((bytearray(room), bytearray(room)))  # one is sent from while the other one is filled
        batch, ahead = self._take(free), _Batch(self._sending, deque(), bytearray())
        try:
            while batch.indices and not self._sending.ending:
                data_sets = await batch.loading.data_sets()
                # Near the end nothing is held back that another one could send at once.
                if len(self._queue) >= len(self._sending.senders):
                    ahead = self._take(free)
                await self._send_batch(association, batch, data_sets)
                if not batch.indices:
                    batch, ahead = ahead, _Batch(self._sending, deque(), bytearray())
                if not batch.indices:
                    batch = self._take(free)
        finally:
            for left in (ahead, batch):
                left.loading.discard()
                self._queue.extendleft(reversed(left.indices))

    def _take(self, free: deque[bytearray]) -> "_Batch":
        """Takes the next instances of the queue and begins to read them: some small ones, or a large one.

        The buffers are used in turn, so that nothing is allocated for an instance. Nobody takes more than a fraction
        of what is left, so that all associations end at about the same time.
        """
        instances, queue = self._sending.instances, self._queue
        indices: deque[int] = deque()
        room = len(free[0])
        most = min(MOST_AT_ONCE, max(1, len(queue) // (2 * len(self._sending.senders))))
        is_large = False
        while queue and len(indices) < most and not is_large:
            length = instances[queue[0]].length
            is_large = length > SMALL
            if indices and (is_large or length > room):
                break
            room -= length
            indices.append(queue.popleft())
        free.rotate()
        return _Batch(self._sending, indices, free[0])

    async def _send_batch(
        self, association: Association, batch: "_Batch", data_sets: Sequence[DataSet | StorageError]
    ) -> None:
        for data_set in data_sets:
            if association.end is not None:  # nothing is under way: what is left in the batch is as good as before
                raise association.end
            if self._sending.ending:
                return
            index = batch.indices.popleft()
            if isinstance(data_set, StorageError):
                self._sending.finish(index, "failed", str(data_set))
            else:
                await self._send(association, index, data_set)

    async def _send(self, association: Association, index: int, data_set: DataSet) -> None:
        sending = self._sending
        observer = sending.observer
        on_sent = None
        if observer is not None:
            observer.started(index, association.number)
            on_sent = partial(observer.sent, index, association.number)
        try:
            result = await store(association, sending.instances[index], data_set=data_set, on_sent=on_sent)
        except WorkbenchError as error:
            sending.finish(index, "failed", str(error), association=association.number)
            if association.end is not None:
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


class _Batch:
    """Instances whose turn it is next, and whose data sets are being read; those that are begun leave it."""

    def __init__(self, sending: "Sending", indices: deque[int], buffer: bytearray) -> None:
        self.indices = indices
        self._first = indices[0] if indices else 0
        self._observer = sending.observer
        self.loading = Loading([sending.instances[index] for index in indices], buffer, progress=self._progress)

    def _progress(self, sent_bytes: int) -> None:
        # Only a large instance tells its progress, and it is alone.
        if self._observer is not None:
            self._observer.progress(self._first, sent_bytes)
