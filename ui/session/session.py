"""The running workbench: everything that a view shows or asks for."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ui.jobs import Job
from ui.models.associations import AssociationRow
from ui.models.received import ReceivedModel
from ui.session.acceptance import acceptance, allowed_titles, answered_services
from ui.session.committing import CommitmentDesk
from ui.session.demo import NODE, Demo, samples
from ui.session.desk import Desk
from ui.session.progress import CommitmentProgress, QueryProgress, RetrieveProgress, ScanProgress, SendProgress
from ui.session.querying import QueryDesk
from ui.session.questions import QUESTIONS, Fields
from ui.session.receiving import GRACE, Acceptance, Listener
from ui.session.retrieving import Destination, RetrieveDesk, Wish
from ui.session.scanning import FileScan
from ui.session.sending import SendQueue
from ui.session.worklist import KeptWorklist
from ui.session.worklist_desk import WorklistDesk
from workbench.config import LocalAe, Node
from workbench.services.verification import VERIFICATION_NEED
from workbench.upper_layer.reasons import REJECT_REASONS

_STRANGER = REJECT_REASONS[1, 3]  # calling AE title not recognized (PS3.8 Table 9-21)


class Session(Desk):
    """The one object behind the window. Made, used and closed in the window's thread; knows no widgets.

    What takes time is a Job and ends with a message. Values are immutable: a view never changes what it was given, it
    calls a method, and a signal tells what has changed.

    Signals, besides those of the Desk:
        received_added: the rows of received objects, in one list for each batch.

    Attributes:
        worklist: what the local AE answers worklist queries from, and the ways to edit it.
    """

    DEMO_NODE = NODE

    listening_changed = Signal()
    scan_changed = Signal()
    send_changed = Signal()
    query_changed = Signal()
    received_added = Signal(list)

    def __init__(self, home: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(home, parent)
        self.received_model = ReceivedModel(self)
        self._scan = FileScan(self._bench, self)
        self.skipped_model = self._scan.skipped_model
        self._queue = SendQueue(self._bench, self)
        self.send_model = self._queue.model
        self._commitment = CommitmentDesk(self._bench, self._queue, self)
        self._query = QueryDesk(self._bench, self)
        self.matches_model = self._query.model
        self._retrieving = RetrieveDesk(self._bench, self)
        for part in (self._query, self._retrieving):
            part.changed.connect(self.query_changed)
        kept = KeptWorklist(self.places.worklist_file)
        self.worklist = WorklistDesk(self._bench, kept, self)
        self._listener = Listener(
            self._bench,
            self.received_model,
            self,
            nodes=lambda: self.settings.nodes,
            worklist=[kept],
            reports=self._commitment.listener,
        )
        self._demo = Demo(self._bench, self.received_model, self, nodes=self._around_demo)
        self._refused: dict[str, None] = {}
        self._is_closing = False
        self._scan.found.connect(self._queue.add)
        self._scan.changed.connect(self.scan_changed)
        self._queue.changed.connect(self.send_changed)
        self._commitment.changed.connect(self.send_changed)
        self._demo.changed.connect(self._demo_changed)
        self._listener.changed.connect(self.listening_changed)
        for listener in (self._listener, self._demo.listener):
            listener.received.connect(self.received_added)
        self.associations_changed.connect(self._note_strangers)
        for change in (self.local_changed, self.nodes_changed, self.profiles_changed):
            change.connect(self._apply_policy)
        self.engine.start()

    # ---- sending

    @property
    def scan_progress(self) -> ScanProgress:
        """The counts of the scan."""
        return self._scan.progress

    @property
    def is_scanning(self) -> bool:
        """Whether files are being looked through."""
        return self._scan.progress.is_running

    @property
    def send_progress(self) -> SendProgress:
        """The send under way, or the last one."""
        return self._queue.progress

    @property
    def is_sending(self) -> bool:
        """Whether a send is under way."""
        return self._queue.is_sending

    def add_files(self, paths: Iterable[str | Path]) -> Job:
        """Looks through files and folders; what can be sent comes into the list."""
        return self._scan.start([Path(path) for path in paths])

    def remove_files(self, positions: Iterable[int]) -> None:
        """Takes objects out of the list."""
        self._queue.remove(positions)

    def clear_files(self) -> None:
        """Empties the list, unless it is being sent."""
        if not self.is_sending:
            self._scan.clear()
        self._queue.clear()

    def send(self, node_name: str, jobs: int = 1, stop_at_first_failure: bool = False) -> Job:
        """Sends what has no result yet, or all of it to another node, over `jobs` associations at a time."""
        node = self.known_node(node_name)
        return self._queue.send(
            node,
            jobs=jobs,
            stop_at_first_failure=stop_at_first_failure,
            contexts=self._profiles.needs(node.profile),
            negotiation=self._profiles.negotiation(node.profile),
        )

    def retry_failed(self) -> Job | None:
        """Sends again, to the same node, what failed or was not sent; None when there is nothing to do."""
        node = self._queue.last_node
        if node is None:
            return None
        return self._queue.retry(self._profiles.needs(node.profile), self._profiles.negotiation(node.profile))

    def release_after_this(self) -> None:
        """Ends the send after the objects under way, with a release."""
        self._queue.release_after_this()

    def abort_now(self) -> None:
        """Ends the send at once, with an abort."""
        self._queue.abort_now()

    @property
    def commitment_progress(self) -> CommitmentProgress:
        """The request for storage commitment under way, or the last one."""
        return self._commitment.progress

    def request_commitment(self) -> Job | None:
        """Asks the node of the last send to commit to what it stored; None when there is nothing to ask for."""
        node = self._queue.last_node
        if node is None or self.is_sending:
            return None
        return self._commitment.request(node, is_listening=self.is_listening)

    def cancel_commitment(self) -> None:
        """Waits no longer for the report; one that comes is taken all the same."""
        self._commitment.cancel()

    # ---- asking

    @property
    def questions(self) -> tuple[str, ...]:
        """What a node can be asked for."""
        return tuple(question.title for question in QUESTIONS)

    @property
    def query_progress(self) -> QueryProgress:
        """The query under way, or the last one."""
        return self._query.progress

    def ask(self, node_name: str, question: int, fields: Fields) -> Job | None:
        """Asks a node for one of the `questions`, by place; None where a field is wrong."""
        return self._query.ask(self.known_node(node_name), QUESTIONS[question], fields)

    def open_match(self, position: int) -> Job | None:
        """Asks for what a match contains; None where nothing is below it."""
        return self._query.open(position)

    def close_match(self) -> None:
        """Goes back to the level above."""
        self._query.close()

    def cancel_query(self) -> None:
        """Ends the query; what has come stays."""
        self._query.cancel()

    @property
    def retrieve_progress(self) -> RetrieveProgress:
        """The retrieval under way, or the last one."""
        return self._retrieving.progress

    def retrieve(self, positions: Sequence[int], destination: str | None) -> Job | None:
        """Retrieves matches from the node that was asked.

        Args:
            destination: the name of the node that they go to by C-MOVE, "" for this AE; None fetches them by C-GET.
        """
        rows = tuple(self.matches_model.rows[position] for position in positions)
        node = self._query.node
        if node is None or not rows or not self.query_progress.can_retrieve:
            return None
        wish = Wish(
            node=node,
            model=self._query.question.model,
            rows=rows,
            destination=None if destination is None else self._destination(destination),
        )
        return self._retrieving.retrieve(wish, self.storage_folder, self._listener.take)

    def cancel_retrieve(self) -> None:
        """Ends the retrieval."""
        self._retrieving.cancel()

    def _destination(self, name: str) -> Destination:
        if name:
            return Destination(node=self.known_node(name))
        return Destination(node=self._here(), arrived=lambda: self._listener.arrived)

    def _here(self) -> Node:
        """Gives our own AE as others have to know it."""
        host, port = self._listener.address or (self.local.bind or "127.0.0.1", self.local.port or 104)
        return Node(name="this AE", host=host, port=port, ae_title=self.local.ae_title)

    def _around_demo(self) -> tuple[Node, ...]:
        """Gives the nodes that the demo knows: ours, and ourselves."""
        return (*self.settings.nodes, self._here())

    # ---- receiving

    @property
    def is_listening(self) -> bool:
        """Whether the local AE can be called."""
        return self._listener.address is not None

    @property
    def listening_address(self) -> str:
        """Where it can be called, as "host:port"; empty when it cannot."""
        return "{}:{}".format(*self._listener.address) if self._listener.address else ""

    @property
    def answered_services(self) -> tuple[str, ...]:
        """What the local AE answers besides storage, in a word each."""
        return answered_services(self.local, self._profiles.get(self.settings.accept_profile))

    @property
    def allowed_titles(self) -> frozenset[str] | None:
        """The AE titles that may call: the allow-list, the nodes and ourselves; None when anyone may."""
        return allowed_titles(self.local, self.settings.nodes)

    @property
    def refused_callers(self) -> tuple[str, ...]:
        """The AE titles that called and are not on the allow-list, the newest last."""
        return tuple(self._refused)

    def start_listening(self) -> Job:
        """Starts the local AE as SCP, as a job that lasts until it is stopped."""
        self._refused.clear()
        return self._listener.start(self.local, self._acceptance(), self.storage_folder)

    def set_local(self, local: LocalAe) -> None:
        """Keeps another local AE. Whom it serves holds at once, address and port from the next start of listening."""
        has_moved = (local.bind, local.port) != (self.local.bind, self.local.port)
        commits_otherwise = local.commitment != self.local.commitment
        super().set_local(local)
        if (has_moved or commits_otherwise) and self._listener.is_running:
            what = "The new address" if has_moved else "The change of storage commitment"
            self.message.emit("note", f"{what} takes effect when listening starts again.")

    def stop_listening(self) -> None:
        """Stops it: associations under way get two seconds to end."""
        self._listener.stop()

    def allow_caller(self, ae_title: str) -> None:
        """Puts an AE title on the allow-list, from its next association on."""
        self._refused.pop(ae_title, None)
        if self.local.allowed_calling is not None and ae_title not in self.local.allowed_calling:
            self.set_local(replace(self.local, allowed_calling=(*self.local.allowed_calling, ae_title)))
            self.message.emit("ok", f"{ae_title} may call now.")
        self.listening_changed.emit()

    # ---- contexts

    def show_node_contexts(self, node_name: str) -> None:
        """Puts into the list what would be proposed to a node: what its profile says and what the files need."""
        node = self.known_node(node_name)
        needs = [*self._profiles.needs(node.profile), *self._queue.needs]
        profile = self._profiles.get(node.profile)
        self._contexts.show_proposal(f"Proposed to {node.name}", needs or [VERIFICATION_NEED], profile)

    # ---- demo and end

    def remove_node(self, name: str) -> None:
        """Forgets a node; that of the demo goes with the demo."""
        if name == NODE and self._demo.is_running:
            self._demo.stop()
        else:
            super().remove_node(name)

    @property
    def is_demo_running(self) -> bool:
        """Whether the embedded SCP listens."""
        return self._demo.is_running

    def start_demo(self, *, load_samples: bool = True) -> Job:
        """Starts an SCP of our own and adds it as node; the job lasts until the demo is stopped.

        Args:
            load_samples: put the samples into the send list, if that is empty.
        """

        def ready(node: Node) -> None:
            if self._is_closing:
                return
            self._nodes.set_demo(node)
            self.nodes_changed.emit()
            if load_samples and not self.send_model.rows:
                self.add_files(samples())

        return self._demo.start(ready)

    def stop_demo(self) -> None:
        """Stops the SCP of the demo and takes its node away."""
        self._demo.stop()

    async def close(self) -> None:
        """Ends everything: two seconds to end well, then aborts; ends the engine's thread. May be called twice."""
        if self._is_closing:
            return
        self._is_closing = True
        self._scan.stop()
        self._queue.release_after_this()
        self._commitment.cancel()
        self._listener.stop()
        self._demo.stop()
        await self._wait_for_jobs(GRACE)
        self._queue.abort_now()
        await self._wait_for_jobs(1.0)
        self.engine.close()
        self._recording.show_new()

    async def _wait_for_jobs(self, seconds: float) -> None:
        running = [asyncio.wrap_future(future) for future in self._bench.running if not future.done()]
        if running:
            await asyncio.wait(running, timeout=seconds)

    # ---- what the parts tell

    def _note_strangers(self, rows: list[AssociationRow]) -> None:
        for row in rows:
            if not row.is_requestor and row.outcome == "rejected" and _STRANGER in row.detail:
                self._note_stranger(row.calling_ae_title)

    def _note_stranger(self, title: str) -> None:
        if title and title not in self._refused:
            self._refused[title] = None
            text = f"{title} was rejected: it is not on the allow-list of {self.local.ae_title}."
            self.message.emit("warning", text)
            self.listening_changed.emit()

    def _demo_changed(self) -> None:
        if not self._demo.is_running:
            self._nodes.set_demo(None)
            self.nodes_changed.emit()
        self.listening_changed.emit()

    def _job_changed(self, job: Job) -> None:
        super()._job_changed(job)
        for part in (
            self._scan, self._queue, self._commitment, self._query, self._retrieving, self.worklist, self._listener,
            self._demo.listener,
        ):  # fmt: skip
            part.job_changed(job)

    def _acceptance(self) -> Acceptance:
        profile = self._profiles.get(self.settings.accept_profile)
        return partial(acceptance, self.local, self.settings.nodes, profile)

    def _apply_policy(self) -> None:
        self._listener.use(self._acceptance())
