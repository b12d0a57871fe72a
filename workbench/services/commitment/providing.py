"""Storage commitment as SCP: takes requests, judges, reports, and repeats what did not arrive (PS3.4 J.3).

A request is on disk before it is answered, and stays there until a report on it was taken. Each report is about what is
read from the archive just before it is sent, so that a late one does not tell what was true once. It goes out on the
association of the request while that is still open, else on one that we open in the role of the SCP.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace as replace_field
from functools import partial
from os import PathLike
from types import TracebackType
from typing import Final, Self, TypeVar
from weakref import WeakValueDictionary

from msgspec.structs import replace

from workbench.config import LocalAe, Nodes
from workbench.dimse.answers import respond
from workbench.dimse.messages import NActionRq
from workbench.dimse.status import NO_SUCH_ACTION_TYPE, NO_SUCH_SOP_INSTANCE, RESOURCE_LIMITATION, SUCCESS
from workbench.errors import ConfigError, StatusError, StorageError, WorkbenchError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.tasks import TaskKeeper
from workbench.services.commitment.judging import Rereadable, judge
from workbench.services.commitment.references import (
    COMMITMENT_INSTANCE,
    DUPLICATE_TRANSACTION_UID,
    REQUEST,
    SERVICE,
    STORAGE_COMMITMENT,
    Verdict,
    read_request,
    report_data_set,
)
from workbench.services.commitment.transactions import Transaction, Transactions
from workbench.services.normalized import Result, read_data_set
from workbench.services.offers import Offer
from workbench.services.reporting import Report, report_on, report_to
from workbench.trace.recorder import Recorder

_log = logging.getLogger(__name__)


_Stored = TypeVar("_Stored")

_MOST_PENDING: Final = 10_000
_MOST_REFERENCES: Final = 500_000  # of all that are pending: they are held in memory
_ATTEMPTS_AT_ONCE: Final = 4  # associations of our own; after a restart many transactions may want one


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """How an SCP reports.

    Attributes:
        grace: seconds that a requestor gets to release after its request; then its association is taken to stay open
            for the report.
        pauses: seconds before each attempt on an association of our own, after the first; their number limits the
            attempts.
    """

    grace: float = 0.5
    pauses: tuple[float, ...] = (10, 60, 300, 1800, 7200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a transaction.

    Attributes:
        problem: why the report was given up, empty when the requestor took it.
        verdicts: as reported, or as they would have been.
    """

    transaction_uid: str
    requestor: str
    verdicts: tuple[Verdict, ...]
    problem: str = ""


class CommitmentScp:
    """Answers requests for storage commitment; an asynchronous context manager around the server.

    Off unless the local AE has `commitment` enabled: its offer then has no SOP class, and nothing pending is reported.

    Args:
        folder: where transactions are kept until they are reported; made when it does not exist.
        archive: what is asked whether it holds an instance.
        local: who opens associations to report.
        nodes: the node of an AE title, for the associations that we open; None when there is none.
        reporting: how often and when.
        on_outcome: told, on the event loop, what became of each transaction.
        recorder: where the trace of the associations that we open goes.
        tls: by which rules they are secured; None leaves them plain.

    Raises:
        StorageError: the folder cannot be made or written to.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        archive: Rereadable,
        *,
        local: LocalAe,
        nodes: Nodes,
        reporting: Reporting | None = None,
        on_outcome: Callable[[Outcome], None] | None = None,
        recorder: Recorder | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._transactions = Transactions(folder)
        self._archive = archive
        self._local = local
        self._nodes = nodes
        self._reporting = reporting or Reporting()
        self._on_outcome = on_outcome
        self._recorder = recorder
        self._tls = tls
        self._pending: dict[str, Transaction] = {}
        self._taking = asyncio.Lock()
        self._attempts = asyncio.Semaphore(_ATTEMPTS_AT_ONCE)
        # One that hangs must not take all attempts. A lock goes with its last holder.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks = TaskKeeper()

    @property
    def offer(self) -> Offer:
        """What a server offers: the SOP class where commitment is enabled, nothing otherwise."""
        if not self._local.commitment:
            return Offer(sop_classes={}, handlers={})
        return Offer(sop_classes={STORAGE_COMMITMENT: None}, handlers={NActionRq.COMMAND_FIELD: self._requested})

    @property
    def pending(self) -> Sequence[Transaction]:
        """The transactions that are not reported yet."""
        return tuple(self._pending.values())

    async def __aenter__(self) -> Self:
        """Takes up the transactions that an earlier run left."""
        if self._local.commitment:
            for transaction in await asyncio.to_thread(list, self._transactions):
                self._pending[transaction.transaction_uid] = transaction
                self._attend(transaction, None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Ends what is under way, which the next run takes up, and gives the folder back."""
        await self._tasks.cancel_all()
        self._transactions.close()

    async def _requested(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        try:
            transaction = await self._take(request)
        except StatusError as error:
            yield Reply(message=respond(request.message, error.status, error.comment))
            return
        yield Reply(message=respond(request.message, SUCCESS))
        if transaction is not None:  # only now: the report comes after the response
            self._attend(transaction, request.association)

    async def _take(self, request: IncomingRequest) -> Transaction | None:
        """Keeps what is asked; gives None when the same was asked before and is not reported yet."""
        message = request.message
        assert isinstance(message, NActionRq)
        data_set = await read_data_set(request)
        if message.requested_sop_instance_uid != COMMITMENT_INSTANCE:
            raise StatusError(NO_SUCH_SOP_INSTANCE, f"the instance of this class is {COMMITMENT_INSTANCE}")
        if message.action_type_id != REQUEST:
            raise StatusError(NO_SUCH_ACTION_TYPE, f"action type {message.action_type_id} is not 1")
        asked = read_request(data_set)
        transaction = Transaction(
            transaction_uid=asked.transaction_uid,
            requestor=request.association.calling_ae_title,
            provider=request.association.called_ae_title,
            references=asked.references,
        )
        async with self._taking:  # a repetition is not answered before the first is kept
            known = self._pending.get(asked.transaction_uid)
            if known is not None:
                if transaction.is_repetition_of(known):
                    return None
                raise StatusError(DUPLICATE_TRANSACTION_UID, "this Transaction UID is in use")
            if len(self._pending) >= _MOST_PENDING:
                raise StatusError(RESOURCE_LIMITATION, f"{len(self._pending)} transactions wait to be reported")
            waiting = sum(len(each.references) for each in self._pending.values())
            if waiting + len(transaction.references) > _MOST_REFERENCES:
                raise StatusError(RESOURCE_LIMITATION, f"{waiting} instances wait to be reported")
            try:
                await asyncio.to_thread(self._transactions.keep, transaction)
            except StorageError as error:
                raise StatusError(RESOURCE_LIMITATION, f"the request cannot be kept: {error}") from error
            self._pending[asked.transaction_uid] = transaction
        return transaction

    def _attend(self, transaction: Transaction, association: Association | None) -> None:
        name = f"commitment {transaction.transaction_uid}"
        self._tasks.start(self._report(transaction, association), name=name)

    async def _report(self, transaction: Transaction, association: Association | None) -> None:
        """Reports until a report is taken or the attempts are used up."""
        verdicts: tuple[Verdict, ...] = ()
        problem = "the attempts were used up before"
        if association is not None and await self._stays_open(association):
            verdicts, problem = await self._try(transaction, lambda report: report_on(association, report))
        pauses = (0.0, *self._reporting.pauses)
        while problem and transaction.attempts < len(pauses):
            await asyncio.sleep(pauses[transaction.attempts])
            async with self._turns.setdefault(transaction.requestor, asyncio.Lock()), self._attempts:
                verdicts, problem = await self._try(transaction, partial(self._report_anew, transaction))
            transaction = replace(transaction, attempts=transaction.attempts + 1)
            if problem:
                _log.warning("! commitment %s is not reported: %s", transaction.transaction_uid, problem)
                await self._store(self._transactions.keep, transaction)
        await self._store(self._transactions.remove, transaction.transaction_uid)
        del self._pending[transaction.transaction_uid]
        if self._on_outcome is not None:
            self._on_outcome(
                Outcome(
                    transaction_uid=transaction.transaction_uid,
                    requestor=transaction.requestor,
                    verdicts=verdicts,
                    problem=problem,
                )
            )

    async def _stays_open(self, association: Association) -> bool:
        """Waits a little, since most requestors release at once and take the report on another association."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._reporting.grace):
                await association.wait_closed()
        return association.end is None

    async def _try(
        self, transaction: Transaction, send: Callable[[Report], Awaitable[Result]]
    ) -> tuple[tuple[Verdict, ...], str]:
        """Judges anew and reports; gives the verdicts, and the problem if there was one."""
        verdicts = tuple([await asyncio.to_thread(judge, self._archive, each) for each in transaction.references])
        event_type_id, information = report_data_set(transaction.transaction_uid, verdicts)
        report = Report(
            sop_class_uid=STORAGE_COMMITMENT,
            sop_instance_uid=COMMITMENT_INSTANCE,
            event_type_id=event_type_id,
            information=information,
            service=SERVICE,
        )
        try:
            result = await send(report)
        except WorkbenchError as error:
            return verdicts, str(error)
        return verdicts, "" if result.is_done else f"{transaction.requestor} answers {result.reason}"

    async def _report_anew(self, transaction: Transaction, report: Report) -> Result:
        node = self._nodes(transaction.requestor)
        if node is None:
            raise ConfigError(f"no node has the AE title {transaction.requestor}, so there is nowhere to report to")
        local = replace_field(self._local, ae_title=transaction.provider)  # many SCUs check who reports
        return await report_to(node, report, local=local, recorder=self._recorder, tls=self._tls)

    async def _store(self, change: Callable[[_Stored], None], stored: _Stored) -> None:
        """Changes a file. What fails is logged: the transaction is then reported once more after a restart."""
        try:
            await asyncio.to_thread(change, stored)
        except StorageError as error:
            _log.warning("! a transaction of storage commitment cannot be kept up to date: %s", error)
