"""Asking a node what it has, level by level, and retrieving it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.session import Fields, Session
from ui.theme import Tone
from ui.views.controls.buttons import Button
from ui.views.controls.card import Card
from ui.views.controls.empty import EmptyState
from ui.views.controls.fields import ComboBox, LineEdit
from ui.views.controls.labels import ElidedLabel, ToneLabel, muted
from ui.views.controls.progress import ProgressLine
from ui.views.controls.tables import TableView, Width

_COLUMNS = (
    Width(ems=7.0, share=3),
    Width(ems=5.0, share=1),
    Width(ems=9.6),
    Width(ems=5.0),
    Width(ems=6.5, share=3),
    Width(ems=6.6, share=1, is_spare=True),
    Width(ems=6.0, share=2, is_spare=True),
)
_OF_PATIENT = (0, 1)  # columns that say the same in every row once a patient or a study is opened
_COLUMNS_OF_FIELDS = 3


class KeyFields(QWidget):
    """What to match; an empty field matches everything.

    Signals:
        entered: Enter was pressed in a field.
    """

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        everything = self.tr("any")
        self.patient = LineEdit(name=self.tr("Patient name"), hint=everything)
        self.patient_id = LineEdit(name=self.tr("Patient ID"), hint=everything)
        self.modality = LineEdit(name=self.tr("Modality"), hint=everything)
        self.date = LineEdit(name=self.tr("Date"), hint=everything)
        self.accession = LineEdit(name=self.tr("Accession"), hint=everything)
        self.further = LineEdit(name=self.tr("Further keys"), hint=self.tr("none"))
        wild = self.tr("{0}; * stands for any characters, ? for one")
        for field, example in ((self.patient, "DOE^J*"), (self.patient_id, "P-17*"), (self.accession, "A2026*")):
            field.setToolTip(wild.format(example))
        self.modality.setToolTip(self.tr("CT, MR, US …"))
        self.date.setToolTip(self.tr("2026-11-22, or a range: 2026-11-01..2026-11-22, 2026-11-01.."))
        self.further.setToolTip(self.tr("StudyDescription=*knee*; 0008,0090=HOUSE^*"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        self.fields = (self.patient, self.patient_id, self.modality, self.date, self.accession, self.further)
        for at, field in enumerate(self.fields):
            row, column = divmod(at, _COLUMNS_OF_FIELDS)
            caption = muted(field.accessibleName())
            caption.setBuddy(field)
            grid.addWidget(caption, row, 2 * column, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(field, row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
            field.returnPressed.connect(self.entered)

    @property
    def values(self) -> Fields:
        """What was typed."""
        return Fields(
            patient=self.patient.text(),
            patient_id=self.patient_id.text(),
            date=self.date.text(),
            modality=self.modality.text(),
            accession=self.accession.text(),
            further=self.further.text(),
        )


class RetrieveBar(QWidget):
    """Where the selected matches go, and how far they have come.

    Signals:
        asked: retrieve the selected ones.
    """

    asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.way = ComboBox(name=self.tr("How to retrieve"))
        self.way.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.way.setMinimumContentsLength(20)
        self.button = Button(self.tr("Retrieve"), icon_name="receive")
        self.button.clicked.connect(self.asked)
        self.stop_button = Button(self.tr("Cancel"), icon_name="stop")
        self.stop_button.clicked.connect(session.cancel_retrieve)
        self.line = ToneLabel()
        self.hint = ElidedLabel()
        self.hint.setForegroundRole(self.hint.foregroundRole().PlaceholderText)
        self.progress = ProgressLine(self.tr("Retrieving progress"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.hint, 1)
        for widget in (self.way, self.button, self.stop_button):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.progress)
        column.addWidget(self.line)
        column.addLayout(row)
        session.nodes_changed.connect(self.list_ways)
        session.local_changed.connect(self.list_ways)
        self.list_ways()

    @property
    def destination(self) -> str | None:
        """The name of the node to move to, "" for this AE; None gets over the same association."""
        chosen = self.way.currentData()
        return None if chosen is None else str(chosen)

    def list_ways(self) -> None:
        """Offers C-GET, and C-MOVE to ourselves and to each node."""
        chosen = self.way.currentText()
        self.way.clear()
        self.way.addItem(self.tr("to this AE by C-GET"), None)
        self.way.addItem(self.tr("to this AE ({0}) by C-MOVE").format(self._session.local.ae_title), "")
        for node in self._session.nodes:
            self.way.addItem(self.tr("to {0} by C-MOVE").format(f"{node.name} ({node.ae_title})"), node.name)
        self.way.setCurrentIndex(max(0, self.way.findText(chosen)))

    def refresh(self, selected: int, can_retrieve: bool) -> None:
        """Shows what can be done with so many selected matches, and what is under way."""
        state = self._session.retrieve_progress
        self.progress.setVisible(state.is_running or state.total > 0)
        whole = max(1, state.total)
        self.progress.show_parts(state.completed / whole, state.warnings / whole, state.failed / whole)
        for widget in (self.way, self.button):
            widget.setVisible(not state.is_running)
        self.stop_button.setVisible(state.is_running)
        self.button.setEnabled(selected > 0 and can_retrieve)
        self.button.setText(self.tr("Retrieve {0}").format(selected) if selected > 1 else self.tr("Retrieve"))
        self.hint.setText(
            "" if selected or not can_retrieve or state.is_running else self.tr("Select what to retrieve")
        )
        self.line.setText(state.sentence)
        self.line.setVisible(bool(state.sentence))
        self.line.set_tone(Tone.ERROR if state.is_failed else Tone.NEUTRAL)


class QueryPanel(Card):
    """A query, its matches, and their retrieval.

    Signals:
        row_chosen: the position of the current match, -1 for none.
        demo_asked, node_asked: there is no node yet.
    """

    row_chosen = Signal(int)
    demo_asked = Signal()
    node_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.set_title(self.tr("Query"))
        self._session = session
        self.node = ComboBox(name=self.tr("Node to ask"))
        self.node.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.node.setMinimumContentsLength(12)
        self.question = ComboBox(name=self.tr("What to ask for"))
        self.question.addItems([self.tr(each) for each in session.questions])
        self.ask_button = Button(self.tr("Query"), primary=True, icon_name="query")
        self.ask_button.setToolTip(self.tr("Ask the node (Enter in a field)"))
        self.cancel_button = Button(self.tr("Cancel"), icon_name="stop")
        self.cancel_button.setToolTip(self.tr("Send C-CANCEL; what has come stays"))
        self.header.insertWidget(1, self.node, 100)
        self.header.insertWidget(2, self.question)
        self.header.addWidget(self.ask_button)
        self.header.addWidget(self.cancel_button)
        self.keys = KeyFields()
        self.up_button = Button(self.tr("Back"), icon_name="up")
        self.path = ElidedLabel()
        self.way_back = QWidget()
        back = QHBoxLayout(self.way_back)
        back.setContentsMargins(0, 0, 0, 0)
        back.addWidget(self.up_button)
        back.addWidget(self.path, 1)
        self.line = ElidedLabel()
        self.table = TableView(self.tr("Matches"), _COLUMNS, self.tr("Nothing matches."))
        self.table.show_model(session.matches_model)
        self.hint = EmptyState(
            "query",
            self.tr("Ask what the node has"),
            self.tr("Empty fields match everything. Enter or a double click on a match opens the level below it."),
        )
        self.offer = EmptyState(
            "query",
            self.tr("No nodes to ask"),
            self.tr("Add a node, or start the demo: a node inside this program."),
            self.tr("Start the demo"),
            self.tr("Add a node…"),
        )
        self.retrieve = RetrieveBar(session)
        self._pages = QStackedWidget()
        for page in (self.offer, self.hint, self.table):
            self._pages.addWidget(page)
        for widget in (self.keys, self.way_back, self.line):
            self.body.addWidget(widget)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self.retrieve)
        self._connect()
        self._list_nodes()

    @property
    def node_name(self) -> str:
        """The node chosen; "" when there is none."""
        return str(self.node.currentData() or "")

    def choose_node(self, name: str) -> None:
        """Chooses the node to ask."""
        at = self.node.findData(name)
        if at >= 0 and not self._session.query_progress.is_running:
            self.node.setCurrentIndex(at)

    def ask(self) -> None:
        """Asks the chosen node for what the fields say."""
        if self.node_name and not self._session.query_progress.is_running:
            self._session.ask(self.node_name, self.question.currentIndex(), self.keys.values)

    def _connect(self) -> None:
        session, model = self._session, self._session.matches_model
        self.ask_button.clicked.connect(self.ask)
        self.keys.entered.connect(self.ask)
        self.cancel_button.clicked.connect(session.cancel_query)
        self.up_button.clicked.connect(session.close_match)
        self.table.activated_row.connect(lambda row: session.open_match(model.position_of(model.index(row, 0))))
        self.table.row_chosen.connect(self._choose)
        self.retrieve.asked.connect(self._retrieve)
        self.offer.acted.connect(self.demo_asked)
        self.offer.second_acted.connect(self.node_asked)
        session.nodes_changed.connect(self._list_nodes)
        session.query_changed.connect(self._refresh)
        for changed in (model.modelReset, model.rowsInserted):
            changed.connect(self._refresh)

    def _positions(self) -> list[int]:
        model = self._session.matches_model
        return [model.position_of(model.index(row, 0)) for row in self.table.selected_rows()]

    def _choose(self, row: int) -> None:
        model = self._session.matches_model
        self.row_chosen.emit(model.position_of(model.index(row, 0)) if row >= 0 else -1)
        self._refresh_retrieve()

    def _retrieve(self) -> None:
        self._session.retrieve(self._positions(), self.retrieve.destination)

    def _list_nodes(self) -> None:
        chosen = self.node_name
        self.node.clear()
        for node in self._session.nodes:
            self.node.addItem(f"{node.name}   {node.host}:{node.port}", node.name)
        self.node.setCurrentIndex(max(0, self.node.findData(chosen)) if self.node.count() else -1)
        self._refresh()

    def _refresh(self) -> None:
        state, has_nodes = self._session.query_progress, bool(self._session.nodes)
        self.ask_button.setVisible(not state.is_running)
        self.ask_button.setEnabled(has_nodes)
        self.cancel_button.setVisible(state.is_running)
        for widget in (self.node, self.question, self.keys):
            widget.setEnabled(has_nodes and not state.is_running)
        self.way_back.setVisible(bool(state.path))
        self.keys.setVisible(has_nodes and not state.path)
        self.table.hide_columns(*(_OF_PATIENT if state.path else ()))
        self.path.setText("  /  ".join(state.path))
        self.line.setText(state.sentence)
        self.line.set_tone(Tone.ERROR if state.is_failed else None)
        self.line.setVisible(bool(state.sentence))
        was_asked = bool(self._session.matches_model.rows or state.sentence)
        self._pages.setCurrentWidget((self.table if was_asked else self.hint) if has_nodes else self.offer)
        self._refresh_retrieve()

    def _refresh_retrieve(self) -> None:
        state = self._session.query_progress
        self.retrieve.setVisible(bool(self._session.matches_model.rows) or self._session.retrieve_progress.total > 0)
        self.retrieve.refresh(len(self.table.selected_rows()), state.can_retrieve)
