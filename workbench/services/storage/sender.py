"""Works through a queue of instances over one association, and over another one when that is lost.

Where the peer granted an asynchronous operations window, several C-STORE operations are outstanding at a time, and may
be answered in any order. A peer that breaks it is found out by the end of the association: what was outstanding then is
sent again, once, and from then on one operation at a time.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from workbench.errors import AssociationAborted, StorageError, TransportError, WorkbenchError
from workbench.net.association import Association
from workbench.net.outgoing import DataSet
from workbench.net.requestor import connect
from workbench.services.storage.alterations import Alteration, alteration
from workbench.services.storage.datasets import Loading, close
from workbench.services.storage.outcomes import state_of
from workbench.services.storage.scu import store
from workbench.services.storage.send_groups import chosen_syntax
from workbench.services.transcoding.conversion import Conversion
from workbench.storage.reading import SMALL
from workbench.upper_layer.items import ProposedContext

if TYPE_CHECKING:
    from workbench.services.storage.sending import Sending

MOST_LOSSES: Final = 3
"""Associations lost in a row, without an instance acknowledged in between, after which the rest is given up."""

MOST_AT_ONCE: Final = 32
"""Small instances that are read in one visit to a thread."""

SENT_AGAIN: Final = "sent again"
WITHOUT_WINDOW: Final = "without an asynchronous operations window"

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
        self._window = 1
        self._outstanding: set[int] = set()
        self._answered = asyncio.Event()
        self._lost: WorkbenchError | None = None  # what ended the association with an instance under way
        self._again: list[int] = []  # outstanding when the association was lost, to be sent a second time

    async def run(self) -> None:
        """Sends until the queue is empty, the sending ends, or no association can be had."""
        losses = 0
        while self._queue and not self._sending.ending:
            if self._association is not None and self._sending.is_last_association:
                return
            before = self._acknowledged
            try:
                await self._run_association()
            except StorageError:
                # A file broke in the middle of its data set, which only an abort could end; it has failed.
                self._take_back()
            except WorkbenchError as error:
                self.trouble = str(error)
                self._sending.trouble(error, None if self._association is None else self._association.number)
                if self._again or self._is_window_refused(error):
                    self._fall_back()
                    continue
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
        self._association = self._lost = None
        window = sending.window
        how = "released"
        try:
            async with connect(
                sending.node,
                self._contexts,
                local=sending.local,
                recorder=sending.recorder,
                window=(window, 1) if window > 1 else None,
                tls=sending.tls,
                user_information=sending.user_information,
            ) as association:
                self._association = association
                self._window = min(window, association.agreement.window[0] or window)
                if sending.observer is not None:
                    sending.observer.association_opened(association.number, sending.node, association.agreement)
                await self._run_window(association)
                if sending.abort_at_end:
                    how = "aborted in the end, as was asked for"
                    association.abort(cause=how)
        except WorkbenchError as error:
            how = str(error)
            raise
        finally:
            if self._association is not None and sending.observer is not None:
                sending.observer.association_ended(self._association.number, how)

    def _is_window_refused(self, error: WorkbenchError) -> bool:
        """Whether the peer may have stumbled over the proposal of a window: it answered it by hanging up."""
        is_lost = isinstance(error, TransportError) and error.stage == "lost"
        was_proposed = self._association is None and self._sending.window > 1
        return was_proposed and (is_lost or isinstance(error, AssociationAborted))

    def _fall_back(self) -> None:
        """Sends one at a time from now on, to this node, for it has broken the window; says so in the trace."""
        sending = self._sending
        sending.window, sending.is_window_broken = 1, True
        if self._association is not None:
            note = f"lost with several operations outstanding: {len(self._again)} {SENT_AGAIN} {WITHOUT_WINDOW}"
            sending.recorder.note(self._association.number, note)
        self._take_back()

    def _take_back(self) -> None:
        """Puts what was outstanding on a lost association back into the queue, in front."""
        again, self._again = self._again, []
        self._queue.extendleft(sorted(again, reverse=True))

    async def _run_window(self, association: Association) -> None:
        """Works through the queue; operations that are outstanding in the end are waited for."""
        async with asyncio.TaskGroup() as group:
            try:
                await self._run_queue(association, group)
            except WorkbenchError as error:  # which has ended the operations that are outstanding, too
                self._lost = self._lost or error
        if self._lost is not None:
            raise self._lost

    async def _run_queue(self, association: Association, group: asyncio.TaskGroup) -> None:
        """Sends batch after batch; each is read while its predecessor is on its way."""
        room = max(SMALL, _READ_AHEAD // len(self._sending.senders))
        room = min(room, sum(self._sending.instances[index].length for index in self._queue))
        free = deque((bytearray(room), bytearray(room)))  # one is sent from while the other one is filled
        batch, ahead = self._take(association, free), _Batch(self._sending, deque(), bytearray())
        try:
            while batch.indices and not self._sending.ending:
                data_sets = await batch.loading.data_sets()
                # Near the end nothing is held back that another one could send at once.
                if len(self._queue) >= len(self._sending.senders):
                    ahead = self._take(association, free)
                await self._send_batch(association, group, batch, data_sets)
                if not batch.indices:
                    batch, ahead = ahead, _Batch(self._sending, deque(), bytearray())
                if not batch.indices:
                    batch = self._take(association, free)
        finally:
            for left in (ahead, batch):
                left.loading.discard()
                self._queue.extendleft(reversed(left.indices))

    def _take(self, association: Association, free: deque[bytearray]) -> "_Batch":
        """Takes the next instances of the queue and begins to read them: some small ones, or a large one.

        One that has to be converted is taken alone, too. The buffers are used in turn, so that nothing is allocated for
        an instance. Nobody takes more than a fraction of what is left, so that all associations end at about the same
        time.
        """
        instances, queue = self._sending.instances, self._queue
        indices: deque[int] = deque()
        room = len(free[0])
        most = min(MOST_AT_ONCE, max(1, len(queue) // (2 * len(self._sending.senders))))
        is_alone, altered = False, None
        while queue and len(indices) < most and not is_alone:
            instance = instances[queue[0]]
            is_altered = self._is_altered(association, queue[0])
            is_alone = instance.length > SMALL or is_altered
            if indices and (is_alone or instance.length > room):
                break
            self._sending.alteration.pop(queue[0], None)  # of an earlier attempt
            if is_altered:
                altered = self._alteration(association, queue[0])
            room -= instance.length
            indices.append(queue.popleft())
        free.rotate()
        return _Batch(self._sending, indices, free[0], alteration=altered)

    def _target(self, association: Association, index: int) -> str:
        """Gives the transfer syntax in which an instance is to be sent."""
        instance = self._sending.instances[index]
        if self._sending.convert is Conversion.NEVER:
            return instance.transfer_syntax_uid
        sending = self._sending
        return chosen_syntax(association.agreement, instance, sending.convert, sending.preferred_syntax)

    def _is_altered(self, association: Association, index: int) -> bool:
        """Whether an instance is not sent as it is."""
        sending = self._sending
        if sending.inventor is not None:
            return True
        return alteration(sending.instances[index], self._target(association, index), sending.alterations) is not None

    def _alteration(self, association: Association, index: int) -> Alteration | None:
        """Gives what is to be done to an instance, and has its new identity invented if it is to have one."""
        sending = self._sending
        invented = None if sending.inventor is None else sending.inventor.next()
        found = alteration(
            sending.instances[index],
            self._target(association, index),
            sending.alterations,
            invented.values if invented else None,
            invented.sop_instance_uid if invented else "",
        )
        if invented is not None:
            sending.invented[index] = invented
        if found is not None:
            sending.alteration[index] = found
        return found

    async def _send_batch(
        self,
        association: Association,
        group: asyncio.TaskGroup,
        batch: "_Batch",
        data_sets: Sequence[DataSet | WorkbenchError],
    ) -> None:
        for data_set in data_sets:
            while len(self._outstanding) >= self._window:
                self._answered.clear()
                await self._answered.wait()
            if association.end is not None:  # what is left in the batch is as good as before
                raise association.end
            if self._sending.ending:
                return
            index = batch.indices.popleft()
            if isinstance(data_set, WorkbenchError):
                words = self._words(index, batch.alteration)
                reason = f"could not be {words}: {data_set}" if words else f"not sent: {data_set}"
                self._sending.finish(index, "failed", reason, error=data_set)
            elif self._window == 1:
                await self._send(association, index, data_set, batch.alteration)
                if self._lost is not None:
                    raise self._lost
            else:
                sent = asyncio.Event()
                group.create_task(self._send(association, index, data_set, batch.alteration, sent))
                await sent.wait()

    async def _send(
        self,
        association: Association,
        index: int,
        data_set: DataSet,
        altered: Alteration | None,
        sent: asyncio.Event | None = None,
    ) -> None:
        """Sends one instance and takes its answer; sets `sent` as soon as the next one may follow."""
        sending = self._sending

        def on_sent() -> None:
            sending.sent(index, association.number)
            if sent is not None:
                sent.set()

        instance = sending.instances[index]
        self._outstanding.add(index)
        sending.started(index, association.number)
        if words := self._words(index, altered):
            sending.recorder.note(association.number, f"{instance.sop_instance_uid}: {words}")
        syntax = altered.transfer_syntax_uid if altered else instance.transfer_syntax_uid
        try:
            result = await store(
                association,
                instance,
                data_set=data_set,
                transfer_syntax_uid=syntax,
                sop_instance_uid=altered.sop_instance_uid if altered else "",
                on_sent=on_sent,
                originator=sending.originator,
            )
        except WorkbenchError as error:
            self._failed(association, index, error, altered)
        else:
            state = state_of(result.status)
            self._acknowledged += state != "failed"
            sending.finish(
                index,
                state,
                self._reason(index, result.reason, altered),
                status=result.status,
                latency=result.latency,
                association=association.number,
                transfer_syntax_uid=syntax,
                context_id=result.context_id,
            )
        finally:
            close(data_set)
            self._outstanding.discard(index)
            self._answered.set()
            if sent is not None:
                sent.set()

    def _failed(self, association: Association, index: int, error: WorkbenchError, altered: Alteration | None) -> None:
        """Decides what becomes of an instance that got no answer."""
        sending = self._sending
        syntax = altered.transfer_syntax_uid if altered else sending.instances[index].transfer_syntax_uid
        was_one_of_several = self._window > 1 and (len(self._outstanding) > 1 or bool(self._again))
        if association.end is not None and (self._lost is None or isinstance(error, StorageError)):
            self._lost = error
        is_victim = association.end is not None and not isinstance(error, StorageError)
        if is_victim and was_one_of_several and not sending.ending and sending.attempts[index] == 1:
            self._again.append(index)
            sending.taken_back(index)
            return
        sending.finish(
            index,
            "failed",
            self._reason(index, str(error), altered),
            association=association.number,
            transfer_syntax_uid=syntax,
            context_id=self._context_id(sending.instances[index].sop_class_uid, syntax),
            error=error,
        )

    def _context_id(self, sop_class_uid: str, syntax: str) -> int:
        """Gives the context that was proposed for it; 0 when there is none."""
        return next(
            (
                each.context_id
                for each in self._contexts
                if each.abstract_syntax == sop_class_uid and syntax in each.transfer_syntaxes
            ),
            0,
        )

    def _reason(self, index: int, reason: str, altered: Alteration | None) -> str:
        parts = [reason]
        if words := self._words(index, altered):
            parts.append(words)
        if self._sending.attempts[index] > 1:
            parts.append(f"{SENT_AGAIN} {WITHOUT_WINDOW}" if self._sending.is_window_broken else SENT_AGAIN)
        return ", ".join(parts)

    def _words(self, index: int, altered: Alteration | None) -> str:
        return altered.words(self._sending.instances[index]) if altered else ""


class _Batch:
    """Instances whose turn it is next, and whose data sets are being read; those that are begun leave it."""

    def __init__(
        self, sending: "Sending", indices: deque[int], buffer: bytearray, *, alteration: Alteration | None = None
    ) -> None:
        self.indices = indices
        self.alteration = alteration
        self._first = indices[0] if indices else 0
        self._observer = sending.observer
        instances = [sending.instances[index] for index in indices]
        self.loading = Loading(instances, buffer, progress=self._progress, alteration=alteration, checks=sending.check)

    def _progress(self, sent_bytes: int) -> None:
        # Only a large instance tells its progress, and it is alone.
        if self._observer is not None:
            self._observer.progress(self._first, sent_bytes)
