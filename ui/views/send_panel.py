"""Sending: drop files, choose the node, start, watch each object."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from ui.models.send import AT_PEER, SENDING, STORED, UNFINISHED, WAITING, WARNING
from ui.session import Session
from ui.theme import Tone
from ui.views.controls.buttons import Button
from ui.views.controls.card import Card
from ui.views.controls.empty import EmptyState
from ui.views.controls.fields import ComboBox
from ui.views.controls.labels import ElidedLabel
from ui.views.controls.pills import ChipRow
from ui.views.controls.progress import ProgressLine
from ui.views.controls.tables import TableView, Width

_COLUMNS = (
    Width(ems=7.3, share=3),
    Width(ems=6.2, share=2),
    Width(ems=6.5, share=2),
    Width(ems=3.8),
    Width(ems=7.8, share=2),
    Width(ems=3.8),
    Width(ems=3.5, is_spare=True),
)
_SYNTAX, _RESULT = 2, 4  # columns, and how they stand once the result says of the commitment as well
_WITH_COMMITMENT = {_SYNTAX: Width(ems=6.5, share=2, is_spare=True), _RESULT: Width(ems=13.0, share=3)}
MOST_JOBS: Final = 8
STATES: Final = {
    "all": None,
    "failed": UNFINISHED,
    "warning": frozenset({WARNING}),
    "waiting": frozenset({WAITING, SENDING}),
}


class SendPanel(Card):
    """The send list and the controls of one sending.

    Signals:
        row_chosen: the position of the current row in the send list, -1 for none.
        files_asked, folder_asked: pick what to add.
        start_asked: send what waits to the chosen node.
        skipped_asked: show the files that the scan passed over.
        demo_asked, node_asked: there is no node yet.
        readiness_changed: what can be done now has changed.
    """

    row_chosen = Signal(int)
    files_asked = Signal()
    folder_asked = Signal()
    start_asked = Signal()
    skipped_asked = Signal()
    demo_asked = Signal()
    node_asked = Signal()
    readiness_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.set_title(self.tr("Send to"))
        self._session = session
        self._model = session.send_model
        self.node = ComboBox(name=self.tr("Node to send to"))
        self.node.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.node.setMinimumContentsLength(14)
        self.jobs = ComboBox(name=self.tr("Parallel associations"))
        for count in range(1, MOST_JOBS + 1):
            self.jobs.addItem(
                self.tr("1 association") if count == 1 else self.tr("{0} associations").format(count), count
            )
        self.add_button = Button(self.tr("Add…"), icon_name="add")
        self.add_button.setToolTip(self.tr("Add files to send (Ctrl+O); a folder with Ctrl+Shift+O"))
        self.start_button = Button(self.tr("Start"), primary=True, icon_name="send")
        self.release_button = Button(self.tr("Release after this object"))
        self.abort_button = Button(self.tr("Abort now"))
        self.header.insertWidget(1, self.node, 100)
        self.header.insertWidget(2, self.jobs)
        for button in (self.add_button, self.start_button, self.release_button, self.abort_button):
            self.header.addWidget(button)
        self.progress = ProgressLine(self.tr("Sending progress"))
        self.line = ElidedLabel()
        self.line.setForegroundRole(self.line.foregroundRole().PlaceholderText)
        self.chips = ChipRow(
            [
                ("all", self.tr("All"), Tone.NOTE),
                ("failed", self.tr("Failed"), Tone.ERROR),
                ("warning", self.tr("Warning"), Tone.WARNING),
                ("waiting", self.tr("Waiting"), Tone.NOTE),
            ]
        )
        self.commitment_button = Button(self.tr("Request commitment"))
        self.commitment_button.setToolTip(
            self.tr("Ask the node to answer for keeping what it has stored (Storage Commitment)")
        )
        self.waiting_button = Button(self.tr("Stop waiting"), icon_name="stop")
        self.waiting_button.setToolTip(self.tr("Wait no longer for the report; one that comes is shown all the same"))
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self.line, 1)
        told.addWidget(self.commitment_button)
        told.addWidget(self.waiting_button)
        self.skipped_button = Button("")
        self.retry_button = Button(self.tr("Retry failed"), icon_name="refresh")
        self.clear_button = Button(self.tr("Clear"))
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self.chips, 1)
        for button in (self.skipped_button, self.retry_button, self.clear_button):
            second.addWidget(button)
        self.table = TableView(self.tr("Objects to send"), _COLUMNS, self.tr("No objects in this state."))
        self.table.setSortingEnabled(False)
        self.table.show_model(self._model)
        self.empty = EmptyState(
            "send",
            self.tr("Drop files or folders here"),
            self.tr("The DICOM objects in them are sent as they are: nothing is decoded or changed."),
            self.tr("Add files…"),
            self.tr("Add a folder…"),
        )
        self.offer = EmptyState(
            "play",
            self.tr("Try it now"),
            self.tr(
                "The demo starts an SCP inside this program, adds it as a node and loads sample objects to send. "
                "Or add a node of your own and drop files here."
            ),
            self.tr("Start the demo"),
            self.tr("Add a node…"),
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.offer)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        self.body.addWidget(self.progress)
        self.body.addLayout(told)
        self.body.addLayout(second)
        self.body.addWidget(self._pages, 1)
        self._connect()
        self._list_nodes()
        self._refresh()

    @property
    def node_name(self) -> str:
        """The node chosen; "" when there is none."""
        return str(self.node.currentData() or "")

    @property
    def job_count(self) -> int:
        """How many associations to use."""
        return int(self.jobs.currentData())

    @property
    def can_start(self) -> bool:
        """Whether there is a node and something to send to it."""
        last = self._session.send_progress.node
        waits = self._model.counts[WAITING] > 0 or (bool(self._model.rows) and self.node_name != last)
        return bool(self.node_name) and waits and not self._session.is_sending

    @property
    def can_retry(self) -> bool:
        """Whether something failed that can be sent again."""
        return self._failed > 0 and not self._session.is_sending

    @property
    def can_request_commitment(self) -> bool:
        """Whether something was stored that the node can be asked to answer for."""
        session = self._session
        is_busy = session.is_sending or session.commitment_progress.is_running
        stored = sum(self._model.counts[state] for state in AT_PEER)
        return not is_busy and bool(session.send_progress.node) and stored > 0

    @property
    def _failed(self) -> int:
        return sum(self._model.counts[state] for state in UNFINISHED)

    def choose_node(self, name: str) -> None:
        """Chooses the node to send to."""
        at = self.node.findData(name)
        if at >= 0 and not self._session.is_sending:
            self.node.setCurrentIndex(at)

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.files_asked)
        self.start_button.clicked.connect(self.start_asked)
        self.release_button.clicked.connect(self._session.release_after_this)
        self.abort_button.clicked.connect(self._session.abort_now)
        self.retry_button.clicked.connect(self._session.retry_failed)
        self.clear_button.clicked.connect(self._session.clear_files)
        self.commitment_button.clicked.connect(self._session.request_commitment)
        self.waiting_button.clicked.connect(self._session.cancel_commitment)
        self.skipped_button.clicked.connect(self.skipped_asked)
        self.empty.acted.connect(self.files_asked)
        self.empty.second_acted.connect(self.folder_asked)
        self.offer.acted.connect(self.demo_asked)
        self.offer.second_acted.connect(self.node_asked)
        self.chips.chosen.connect(lambda key: self._model.show_states(STATES[key]))
        self.table.row_chosen.connect(self._choose)
        self.node.currentIndexChanged.connect(lambda _at: self._refresh())
        self._session.nodes_changed.connect(self._list_nodes)
        for signal in (self._session.send_changed, self._session.scan_changed):
            signal.connect(self._refresh)
        for changed in (self._model.modelReset, self._model.rowsInserted, self._model.rowsRemoved):
            changed.connect(self._refresh)

    def _choose(self, row: int) -> None:
        self.row_chosen.emit(self._model.position_of(self._model.index(row, 0)) if row >= 0 else -1)

    def _list_nodes(self) -> None:
        chosen = self.node_name
        self.node.clear()
        for node in self._session.nodes:
            self.node.addItem(f"{node.name}   {node.host}:{node.port}", node.name)
        self.node.setCurrentIndex(max(0, self.node.findData(chosen)) if self.node.count() else -1)
        self._refresh()

    def _refresh(self) -> None:
        counts = self._model.counts
        total = len(self._model.rows)
        failed = self._failed
        self.chips.chips["all"].set_count(total)
        self.chips.chips["failed"].set_count(failed)
        self.chips.chips["warning"].set_count(counts[WARNING])
        self.chips.chips["waiting"].set_count(counts[WAITING] + counts[SENDING])
        nothing = self.empty if self._session.nodes else self.offer
        self._pages.setCurrentWidget(self.table if total else nothing)
        self._show_controls(total, failed)
        self._show_progress(total)
        self.readiness_changed.emit()

    def _show_controls(self, total: int, failed: int) -> None:
        counts, sending = self._model.counts, self._session.is_sending
        for widget in (self.start_button, self.add_button, self.jobs, self.node):
            widget.setVisible(not sending)
        for button in (self.release_button, self.abort_button):
            button.setVisible(sending)
        node = self._session.node(self._session.send_progress.node) if sending else None
        self.set_title(self.tr("Send to {0}").format(node.name) if node else self.tr("Send to"))
        self.note.setText(f"{node.host}:{node.port}" if node else "")
        self.node.setEnabled(self.node.count() > 0)
        waiting = counts[WAITING]
        self.start_button.setEnabled(self.can_start)
        self.start_button.setToolTip(
            self.tr("Send {0} objects (Ctrl+Enter)").format(f"{waiting:,}")
            if waiting
            else self.tr("Send to this node (Ctrl+Enter)")
        )
        self.chips.setVisible(total > 0)
        self.retry_button.setVisible(failed > 0 and not sending)
        self.retry_button.setEnabled(self.can_retry)
        self.clear_button.setVisible(total > 0 and not sending)
        self.commitment_button.setVisible(self.can_request_commitment)
        commitment = self._session.commitment_progress
        self.waiting_button.setVisible(commitment.is_running)
        for column, width in _WITH_COMMITMENT.items():
            self.table.set_width(column, width if commitment.sentence else _COLUMNS[column])
        skipped = self._session.scan_progress.skipped
        self.skipped_button.setVisible(skipped > 0)
        self.skipped_button.setText(self.tr("{0} skipped…").format(f"{skipped:,}"))

    def _show_progress(self, total: int) -> None:
        counts = self._model.counts
        sent = self._session.send_progress
        whole = max(1, total)
        under_way = sent.fraction - sent.done / max(1, sent.total) if sent.is_running else 0.0
        self.progress.show_parts(
            counts[STORED] / whole + max(0.0, under_way),
            counts[WARNING] / whole,
            self._failed / whole,
        )
        commitment = self._session.commitment_progress
        if self._session.is_scanning:
            self.line.setText(self._session.scan_progress.sentence)
        elif commitment.sentence and not self._session.is_sending:
            self.line.setText(commitment.sentence)
        else:
            self.line.setText(sent.sentence if sent.total else self._session.scan_progress.sentence)
        self.line.set_tone(Tone.ERROR if self.line.text() == commitment.sentence and commitment.is_failed else None)
        self.progress.setVisible(total > 0)
        self.line.setVisible(total > 0 or self._session.is_scanning)
