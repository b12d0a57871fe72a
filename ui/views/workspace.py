"""The window's parts, where they stand, and what their wishes do."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from ui.session import Session
from ui.theme import Tone, current
from ui.views.activity_bar import ActivityBar, ActivityToolBar
from ui.views.contexts_panel import ContextsPanel
from ui.views.controls.card import PADDING
from ui.views.controls.splitters import Splitter
from ui.views.controls.styling import em
from ui.views.controls.toasts import Toasts
from ui.views.details import Details
from ui.views.dialogs import Dialogs
from ui.views.docks import EDGE, GAP, Dock
from ui.views.local_ae_card import LocalAeCard
from ui.views.nodes_card import NodesCard
from ui.views.query_panel import QueryPanel
from ui.views.receive_panel import ReceivePanel
from ui.views.removals import Removals
from ui.views.selection import Selection
from ui.views.send_panel import SendPanel
from ui.views.status_facts import StatusFacts
from ui.views.trace_card import TraceCard
from ui.views.verify_panel import VerifyPanel
from ui.views.worklist_panel import WorklistPanel

NARROW = 67.0  # heights of the font: below this width the details give way
_TONES = {"note": Tone.NOTE, "ok": Tone.OK, "warning": Tone.WARNING, "error": Tone.ERROR}


class Workspace(QMainWindow):
    """Activity bar, nodes and local AE at the left, the work panel in the middle, details at the right, trace below."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._arranged = QByteArray()
        self._gave_way = False
        self.dialogs = Dialogs(session, self)
        self.selection = Selection(session, self)
        self.activity = ActivityBar()
        self.nodes = NodesCard(session)
        self.local_ae = LocalAeCard(session)
        self.send = SendPanel(session)
        self.receive = ReceivePanel(session)
        self.query = QueryPanel(session)
        self.worklist = WorklistPanel(session)
        self.contexts = ContextsPanel(session)
        self.verify = VerifyPanel(session)
        self.details = Details(session)
        self.trace = TraceCard(session)
        self.panels: dict[str, QWidget] = {
            "send": self.send,
            "receive": self.receive,
            "query": self.query,
            "worklist": self.worklist,
            "contexts": self.contexts,
            "verify": self.verify,
        }
        self._lay_out()
        self.setMinimumSize(960, 620)
        self.toasts = Toasts(self)
        self.removals = Removals(session, self.toasts, self)
        self._connect_panels()
        self._connect_cards()
        self.show_panel("send")

    # Layout

    def _lay_out(self) -> None:
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, ActivityToolBar(self.activity))
        left = Splitter(Qt.Orientation.Vertical, "left", self.nodes, self.local_ae)
        left.setStretchFactor(0, 1)
        self.stack = QStackedWidget()
        for panel in self.panels.values():
            self.stack.addWidget(panel)
        self.middle = QWidget()
        layout = QHBoxLayout(self.middle)
        layout.setContentsMargins(GAP, EDGE, GAP, GAP)
        layout.addWidget(self.stack)
        self.setCentralWidget(self.middle)
        # Fixed: while controls come and go the docks would give way and not come back.
        for part, ems in ((self.middle, 30.0), (self.details, 19.0), (left, 10.5)):
            part.setMinimumWidth(em(self, ems))
        self.left_dock = Dock("nodes", self.tr("Nodes and local AE"), left, (EDGE, EDGE, GAP, GAP))
        self.right_dock = Dock("details", self.tr("Details"), self.details, (GAP, EDGE, EDGE, GAP))
        self.trace_dock = Dock("trace_dock", self.tr("Trace"), self.trace, (EDGE, GAP, EDGE, GAP))
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            self.setCorner(corner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.left_dock)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.right_dock)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.trace_dock)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.facts = StatusFacts(self.session)
        self.statusBar().addWidget(self.facts, 1)
        self.statusBar().setSizeGripEnabled(False)

    def reset_layout(self) -> None:
        """Puts every part where it was at first, in proportion to the window."""
        self.maximise_trace(False)
        for dock in (self.left_dock, self.right_dock, self.trace_dock):
            dock.setFloating(False)
            dock.show()
        self.reset_sizes()
        self._give_way()

    def reset_sizes(self) -> None:
        """Gives each part its share of the window."""
        width, height = self.width(), self.height()
        self.resizeDocks(
            [self.left_dock, self.right_dock], [round(width * 0.175), round(width * 0.255)], Qt.Orientation.Horizontal
        )
        self.resizeDocks([self.trace_dock], [round(height * 0.43)], Qt.Orientation.Vertical)
        room = width - self.activity.width() - 3 * EDGE - 2 * PADDING - self.trace.splitter.handleWidth()
        beside = min(max(self.trace.pdu.hex.sizeHint().width(), round(width * 0.36)), round(room * 0.49))
        self.trace.splitter.setSizes([room - beside, beside])

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(current().ground))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_way()

    def _give_way(self) -> None:
        """Hides the details where there is no room for them, and brings them back where there is."""
        is_narrow = self.width() < em(self, NARROW)
        if is_narrow and not self.right_dock.isHidden() and not self.right_dock.isFloating():
            self._gave_way = True
            self.right_dock.hide()
        elif not is_narrow and self._gave_way and not self.is_trace_alone:
            self._gave_way = False
            self.right_dock.show()

    # What can be shown

    @property
    def is_trace_alone(self) -> bool:
        """Whether the trace fills the window."""
        return self.middle.isHidden()

    def show_panel(self, name: str) -> None:
        """Shows a panel by its name ("nodes" is "verify"), the "trace" alone, or the "settings"."""
        if name == "settings":
            self.dialogs.settings()
        elif name == "trace":
            self.maximise_trace(not self.is_trace_alone)
        else:
            self.maximise_trace(False)
            panel = self.panels["verify" if name == "nodes" else name]
            self.stack.setCurrentWidget(panel)
            self._mark_activity()

    def maximise_trace(self, is_on: bool) -> None:
        """Gives the trace the whole window, or brings the other parts back."""
        if is_on == self.is_trace_alone:
            return
        if is_on:
            self._arranged = self.saveState()
        self.middle.setVisible(not is_on)
        for dock in (self.left_dock, self.right_dock):
            if not dock.isFloating():
                dock.setVisible(not is_on)
        if is_on:
            self.trace.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.restoreState(self._arranged)
        self._mark_activity()

    def select_trace(self, number: int) -> bool:
        """Selects the row of an event, so that tree and bytes show it; gives whether it is shown."""
        return self.trace.select_number(number)

    def focus_next_pane(self) -> None:
        """Moves the focus on: nodes, panel, details, trace rows, fields, bytes, and round again."""
        main = {
            self.send: self.send.table,
            self.receive: self.receive.received,
            self.query: self.query.table,
            self.worklist: self.worklist.table,
            self.contexts: self.contexts.table,
        }
        shown = next((main[panel] for panel in main if panel.isVisible()), self.verify.all_button)
        panes: list[QWidget] = [self.nodes.tree, shown, self.trace.table, self.trace.pdu.tree, self.trace.pdu.hex]
        panes = [pane for pane in panes if pane.isVisible()]
        at = next((at for at, pane in enumerate(panes) if pane.hasFocus()), -1)
        panes[(at + 1) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _mark_activity(self) -> None:
        shown = next((name for name, panel in self.panels.items() if panel is self.stack.currentWidget()), "")
        self.activity.show_chosen("trace" if self.is_trace_alone else shown)

    # What can be asked for

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Adds files and folders to the send list and shows it."""
        if paths:
            self.show_panel("send")
            self.session.add_files(paths)

    def start_sending(self) -> None:
        """Sends to the node chosen in the send panel."""
        if self.send.can_start:
            self.session.send(self.send.node_name, jobs=self.send.job_count)

    def start_demo(self) -> None:
        """Starts the demo and shows the send panel, with the demo's node chosen once it is there."""
        if not self.session.is_demo_running:
            self.session.start_demo()
        self.show_panel("send")

    def listen(self, is_on: bool) -> None:
        """Starts or stops listening."""
        if is_on:
            self.session.start_listening()
            self.show_panel("receive")
        else:
            self.session.stop_listening()

    def query_node(self, name: str) -> None:
        """Shows the query panel with a node chosen."""
        self.query.choose_node(name)
        self.show_panel("query")

    def echo(self, name: str) -> None:
        """Checks a node and shows what is found."""
        if name:
            self.session.echo(name)
            self.selection.choose_node(name)

    # Connections

    def _connect_panels(self) -> None:
        send, receive, contexts, verify = self.send, self.receive, self.contexts, self.verify
        send.row_chosen.connect(self.selection.choose_sent)
        send.start_asked.connect(self.start_sending)
        send.skipped_asked.connect(self.dialogs.skipped)
        send.demo_asked.connect(self.start_demo)
        send.node_asked.connect(self.dialogs.add_node)
        receive.row_chosen.connect(self.selection.choose_received)
        receive.association_chosen.connect(self.details.association.choose)
        receive.listen_toggled.connect(self.listen)
        receive.settings_asked.connect(lambda: self.dialogs.settings("local"))
        query = self.query
        query.row_chosen.connect(self.selection.choose_match)
        query.demo_asked.connect(self.start_demo)
        query.node_asked.connect(self.dialogs.add_node)
        worklist = self.worklist
        worklist.row_chosen.connect(self.selection.choose_scheduled)
        worklist.add_asked.connect(self.dialogs.add_scheduled)
        worklist.edit_asked.connect(self.dialogs.edit_scheduled)
        worklist.removal_asked.connect(self.removals.remove_scheduled)
        worklist.import_asked.connect(self.dialogs.import_worklist)
        worklist.export_asked.connect(self.dialogs.export_worklist)
        worklist.listen_asked.connect(self.session.start_listening)
        contexts.save_asked.connect(self.dialogs.save_contexts)
        contexts.add_asked.connect(self.dialogs.add_contexts)
        contexts.extended_asked.connect(self.dialogs.edit_extended)
        contexts.import_asked.connect(self.dialogs.import_profiles)
        contexts.export_asked.connect(self.dialogs.export_profiles)
        verify.add_asked.connect(self.dialogs.add_node)
        verify.demo_asked.connect(self.start_demo)

    def _connect_cards(self) -> None:
        nodes, selection = self.nodes, self.selection
        nodes.node_chosen.connect(self._choose_node)
        nodes.add_asked.connect(self.dialogs.add_node)
        nodes.edit_asked.connect(self.dialogs.edit_node)
        nodes.removal_asked.connect(self.removals.remove_node)
        nodes.echo_asked.connect(self.echo)
        nodes.send_asked.connect(self._send_to)
        nodes.query_asked.connect(self.query_node)
        nodes.contexts_asked.connect(self._show_contexts_of)
        self.local_ae.listen_toggled.connect(self.listen)
        self.local_ae.settings_asked.connect(lambda: self.dialogs.settings("local"))
        self.activity.chosen.connect(self.show_panel)
        self.trace.row_chosen.connect(selection.choose_event)
        selection.explained.connect(self.details.explain)
        selection.association_chosen.connect(self.details.choose_association)
        self.details.why.retry_asked.connect(self.session.retry_failed)
        self.details.why.trace_asked.connect(self._show_association)
        self.session.message.connect(lambda severity, text: self.toasts.say(text, _TONES[severity]))

    def _choose_node(self, name: str) -> None:
        if name:
            self.selection.choose_node(name)
            self.send.choose_node(name)
            self.query.choose_node(name)

    def _send_to(self, name: str) -> None:
        self.send.choose_node(name)
        self.show_panel("send")

    def _show_contexts_of(self, name: str) -> None:
        self.show_panel("contexts")
        self.contexts.show_node(name)

    def _show_association(self, number: int) -> None:
        self.trace.show_association(number)
        self.trace.table.setFocus(Qt.FocusReason.OtherFocusReason)
