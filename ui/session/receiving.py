"""The local AE as SCP: listening, and what it received."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ui.engine import Channel
from ui.jobs import Job
from ui.models.received import ReceivedModel, ReceivedRow
from ui.models.roles import Category
from ui.session.bench import Bench
from workbench import dictionary
from workbench.acse.policy import Policy
from workbench.config import LocalAe, Node
from workbench.dimse.status import ACKNOWLEDGED_STORE, describe
from workbench.net.server import ScpServer
from workbench.services.archive import ArchiveScp
from workbench.services.commitment import CommitmentListener
from workbench.services.commitment.references import STORAGE_COMMITMENT
from workbench.services.offers import Offer, handlers_for
from workbench.services.storage.scp import ReceivedObject
from workbench.services.worklist.scp import WorklistSource

GRACE = 2.0  # seconds that associations get to end by themselves when listening stops
KEPT = 50_000  # received objects that are listed; the files of older ones stay

Acceptance = Callable[[Sequence[Offer]], Policy]
"""Gives the policy by which associations are answered, from what can be offered."""


class Listener(QObject):
    """One SCP of ours, an archive, switched on and off.

    Args:
        nodes: where it may send to; asked for in the engine's thread.
        worklist: what it answers worklist queries from.
        reports: what takes reports on storage commitment that we asked for.

    Attributes:
        arrived: how many objects have been stored; counted in the engine's thread.

    Signals:
        changed: it listens, or no longer does.
        received: the rows of objects that came in, in a list.
    """

    changed = Signal()
    received = Signal(list)

    def __init__(
        self,
        bench: Bench,
        model: ReceivedModel,
        parent: QObject | None = None,
        *,
        nodes: Callable[[], Sequence[Node]] = tuple,
        worklist: Sequence[WorklistSource] = (),
        reports: CommitmentListener | None = None,
    ) -> None:
        super().__init__(parent)
        self._reports = reports
        self._nodes = nodes
        self._worklist = tuple(worklist)
        self._offers: tuple[Offer, ...] = ()
        self._bench = bench
        self._model = model
        self._objects: Channel[tuple[float, ReceivedObject]] = bench.engine.open_channel(self._take)
        self._job: Job | None = None
        self._stop: asyncio.Event | None = None
        self._server: ScpServer | None = None
        self._address: tuple[str, int] | None = None
        self.arrived = 0

    @property
    def is_running(self) -> bool:
        """Whether it listens or is about to."""
        return self._job is not None and self._job.is_running

    @property
    def address(self) -> tuple[str, int] | None:
        """Address and port where it listens; None when it does not."""
        return self._address

    def start(
        self, local: LocalAe, accepts: Acceptance, folder: Path, *, on_ready: Callable[[str, int], None] | None = None
    ) -> Job:
        """Listens, as a job that lasts until `stop`; one that runs already is given."""
        if self._job is not None and self._job.is_running:
            return self._job
        self._stop = asyncio.Event()
        work = self._serve(local, accepts, folder, self._stop, on_ready)
        self._job = self._bench.run(f"Listen as {local.ae_title}", work)
        self._job.on_cancel = self.stop
        return self._job

    def stop(self) -> Job | None:
        """Ends listening: associations under way get two seconds, then they are aborted. Gives the ending job."""
        if self._stop is not None:
            self._bench.engine.call(self._stop.set)
        return self._job

    def use(self, accepts: Acceptance) -> None:
        """Answers associations that are requested from now on by another policy."""
        if self._server is not None:
            server, policy = self._server, accepts(self._offers)
            self._bench.engine.call(lambda: server.use_policy(policy))

    def job_changed(self, job: Job) -> None:
        """Takes note that a job has changed; one that is not the listening does not matter."""
        if job is self._job and not job.is_running:
            self._server = self._stop = self._address = None
            self.changed.emit()

    async def _serve(
        self,
        local: LocalAe,
        accepts: Acceptance,
        folder: Path,
        stop: asyncio.Event,
        on_ready: Callable[[str, int], None] | None,
    ) -> str:
        async with (
            ArchiveScp(
                folder,
                local=local,
                nodes=self._nodes,
                worklist=self._worklist,
                on_received=self.take,
                recorder=self._bench.recorder,
            ) as archive,
            self._server_of(local, accepts, archive) as server,
        ):
            host, port = server.address
            self._bench.engine.post(lambda: self._ready(server, host, port, on_ready))
            await stop.wait()
            await server.stop(grace=GRACE)
        return f"{host}:{port} is closed"

    def _server_of(self, local: LocalAe, accepts: Acceptance, archive: ArchiveScp) -> ScpServer:
        offers = self._offers = (*archive.offers, *self._report_offers(local))
        return ScpServer(local, accepts(offers), handlers_for(offers), recorder=self._bench.recorder)

    def _report_offers(self, local: LocalAe) -> tuple[Offer, ...]:
        """Gives what lets SCPs report; they are the requestors then, and SCU only where we are an SCP as well."""
        if self._reports is None:
            return ()
        return (replace(self._reports.offer, roles={STORAGE_COMMITMENT: (local.commitment, True)}),)

    def _ready(self, server: ScpServer, host: str, port: int, on_ready: Callable[[str, int], None] | None) -> None:
        self._server, self._address = server, (host, port)
        if self._job is not None:
            self._job.report(f"listening on {host}:{port}")
        if on_ready is not None:
            on_ready(host, port)
        self.changed.emit()

    def take(self, received: ReceivedObject) -> None:
        """Lists an object; called in the engine's thread."""
        self.arrived += bool(received.path)
        self._objects.put((time.time(), received))

    def _take(self, objects: list[tuple[float, ReceivedObject]]) -> None:
        rows = [row_of(when, received) for when, received in objects]
        if len(self._model.rows) > 2 * KEPT:
            self._model.set_rows(self._model.rows[-KEPT:])
        self._model.append(rows)
        self.received.emit(rows)


def row_of(when: float, received: ReceivedObject) -> ReceivedRow:
    """Gives the row of a received object; one that was acknowledged and not kept is an error, whatever its status.

    One that took the place of another object is a warning.
    """
    is_stored = received.status in ACKNOWLEDGED_STORE and not received.is_not_kept
    is_fine = received.status == 0 and not received.replaced
    sign = ("✔" if is_fine else "▲") if is_stored else "✖"
    category = (Category.OK if is_fine else Category.WARNING) if is_stored else Category.ERROR
    more = " · replaced another object" if received.replaced else ""
    return ReceivedRow(
        time=when,
        association=received.association,
        calling_ae_title=received.calling_ae_title,
        peer=received.peer,
        sop_class_uid=received.sop_class_uid,
        sop_class=dictionary.sop_class_short(received.sop_class_uid),
        sop_instance_uid=received.sop_instance_uid,
        transfer_syntax_uid=received.transfer_syntax_uid,
        transfer_syntax=dictionary.transfer_syntax_short(received.transfer_syntax_uid),
        size=received.length,
        path=received.path,
        status=received.status,
        result=f"{sign} {received.reason or describe(received.status, 'C-STORE')}{more}",
        category=category,
        is_not_kept=received.is_not_kept,
    )
