"""The worklist: what our own AE tells modalities to do next."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QWidget

from ui.session import Session
from ui.theme import Tone
from ui.views.controls.buttons import Button
from ui.views.controls.card import Card
from ui.views.controls.empty import EmptyState
from ui.views.controls.labels import ElidedLabel
from ui.views.controls.pills import Pill
from ui.views.controls.tables import TableView, Width

_COLUMNS = (
    Width(ems=6.2, share=3),
    Width(ems=4.6, share=1),
    Width(ems=8.2),
    Width(ems=4.5),
    Width(ems=5.4, share=1),
    Width(ems=5.6, share=3),
    Width(ems=6.4, share=1, is_spare=True),
    Width(ems=7.4, share=1, is_spare=True),
)


class WorklistPanel(Card):
    """The entries, and what can be done to them.

    Signals:
        row_chosen: the position of the current entry, -1 for none.
        add_asked, import_asked, export_asked: ask for an entry or a file.
        edit_asked: change the entry at a position.
        removal_asked: remove the entries at these positions, in a list.
        listen_asked: start listening.
    """

    row_chosen = Signal(int)
    add_asked = Signal()
    edit_asked = Signal(int)
    removal_asked = Signal(list)
    import_asked = Signal()
    export_asked = Signal()
    listen_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.set_title(self.tr("Worklist"))
        self._session = session
        self._worklist = session.worklist
        self._chosen: tuple[tuple[str, str], ...] = ()  # keys of what is selected: a change of the list resets it
        self._known: frozenset[tuple[str, str]] = frozenset()
        self.pill = Pill()
        self.listen_button = Button(self.tr("Start listening"), icon_name="play")
        self.add_button = Button(self.tr("Add…"), primary=True, icon_name="add")
        self.header.insertWidget(1, self.pill)
        self.header.addWidget(self.listen_button)
        self.header.addWidget(self.add_button)
        self.line = ElidedLabel()
        self.line.setForegroundRole(self.line.foregroundRole().PlaceholderText)
        self.table = TableView(self.tr("Worklist entries"), _COLUMNS)
        self.table.show_model(self._worklist.model)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.empty = EmptyState(
            "worklist",
            self.tr("Nothing is scheduled"),
            self.tr("A modality that queries the worklist of this AE is answered with the entries that stand here."),
            self.tr("Add…"),
            self.tr("Import CSV…"),
            self.tr("Add three examples"),
        )
        self.damaged = EmptyState(
            "warning",
            self.tr("The worklist cannot be read"),
            "",
            self.tr("Read it again"),
            self.tr("Set the file aside"),
        )
        self._pages = QStackedWidget()
        for page in (self.empty, self.table, self.damaged):
            self._pages.addWidget(page)
        self.tools = self._make_tools()
        self.body.addWidget(self.line)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self.tools)
        self._connect()
        self._refresh()

    def menu(self) -> QMenu:
        """What can be done to the selected entries."""
        menu = QMenu(self)
        for button in (self.edit_button, self.duplicate_button, self.remove_button):
            menu.addAction(button.text(), button.click).setEnabled(button.isEnabled())
        return menu

    def showEvent(self, event: QShowEvent) -> None:
        # Other programs may write the file: what is shown is what is answered.
        self._worklist.refresh()
        super().showEvent(event)

    def _make_tools(self) -> QWidget:
        self.edit_button = Button(self.tr("Edit…"), icon_name="edit")
        self.edit_button.setToolTip(self.tr("Change the entry (Enter)"))
        self.duplicate_button = Button(self.tr("Duplicate"), icon_name="copy")
        self.duplicate_button.setToolTip(
            self.tr("Schedule the same for the same patient once more, with IDs of its own")
        )
        self.remove_button = Button(self.tr("Remove"), icon_name="remove")
        self.remove_button.setToolTip(self.tr("Remove from the worklist (Del)"))
        self.import_button = Button(self.tr("Import CSV…"))
        self.import_button.setToolTip(self.tr("Add entries from a file whose columns are those of an exported one"))
        self.export_button = Button(self.tr("Export CSV…"))
        self.export_button.setToolTip(self.tr("Write all entries into a file for a spreadsheet"))
        tools = QWidget()
        row = QHBoxLayout(tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in (self.edit_button, self.duplicate_button, self.remove_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.import_button)
        row.addWidget(self.export_button)
        return tools

    def _connect(self) -> None:
        session, worklist, table = self._session, self._worklist, self.table
        for signal in (self.add_button.clicked, self.empty.acted):
            signal.connect(self.add_asked)
        for signal in (self.import_button.clicked, self.empty.second_acted):
            signal.connect(self.import_asked)
        self.empty.third_acted.connect(worklist.add_examples)
        self.export_button.clicked.connect(self.export_asked)
        self.listen_button.clicked.connect(self.listen_asked)
        self.damaged.acted.connect(worklist.refresh)
        self.damaged.second_acted.connect(worklist.set_aside)
        self.edit_button.clicked.connect(self._edit)
        self.duplicate_button.clicked.connect(lambda: worklist.duplicate(self._positions()))
        self.remove_button.clicked.connect(lambda: self.removal_asked.emit(self._positions()))
        table.activated_row.connect(lambda _row: self._edit())
        table.row_chosen.connect(self._choose)
        table.customContextMenuRequested.connect(self._show_menu)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.remove_button.click)
        worklist.model.modelReset.connect(self._select_again)
        worklist.changed.connect(self._refresh)
        for changed in (session.listening_changed, session.local_changed, session.profiles_changed):
            changed.connect(self._refresh)

    def _positions(self) -> list[int]:
        model = self._worklist.model
        return [model.position_of(model.index(row, 0)) for row in self.table.selected_rows()]

    def _edit(self) -> None:
        positions = self._positions()
        if len(positions) == 1:
            self.edit_asked.emit(positions[0])

    def _choose(self, row: int) -> None:
        model = self._worklist.model
        self._chosen = tuple(model.rows[position].key for position in self._positions())
        self.row_chosen.emit(model.position_of(model.index(row, 0)) if row >= 0 else -1)
        self._refresh_tools()

    def _show_menu(self, place: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _select_again(self) -> None:
        """Selects what was added, or what was selected before the list changed."""
        keys = [row.key for row in self._worklist.model.rows]
        added = [key for key in keys if key not in self._known] if self._known else []
        self._known = frozenset(keys)
        wanted = frozenset(added or self._chosen)
        flags = QItemSelectionModel.SelectionFlag
        for position, key in enumerate(keys):
            if key in wanted:
                index = self._worklist.model.index_of(position)
                self.table.selectionModel().setCurrentIndex(index, flags.NoUpdate)
                self.table.selectionModel().select(index, flags.Select | flags.Rows)
        self._refresh_tools()

    def _refresh(self) -> None:
        session, worklist = self._session, self._worklist
        is_served = "worklist" in session.answered_services
        if not session.is_listening:
            self.pill.show_state(self.tr("off"), Tone.NEUTRAL)
        elif is_served:
            self.pill.show_state(self.tr("listening"), Tone.OK)
        else:
            self.pill.show_state(self.tr("left out"), Tone.WARNING)
        self.line.setText("   ·   ".join(self._facts(is_served=is_served)))
        self.line.set_tone(None if is_served else Tone.WARNING)
        self.listen_button.setVisible(not session.is_listening)
        self.damaged.sentence.setText(
            self.tr(
                "{0}. Until it is right, whoever queries the worklist is answered A700H. Repair the file and read it "
                "again, or set it aside and begin with an empty worklist."
            ).format(worklist.complaint)
        )
        page = self.table if worklist.model.rows else self.empty
        self._pages.setCurrentWidget(self.damaged if worklist.complaint else page)
        for widget in (self.tools, self.add_button):  # an empty list offers all that can be done by itself
            widget.setVisible(self._pages.currentWidget() is self.table)
        self._refresh_tools()

    def _facts(self, *, is_served: bool) -> Sequence[str]:
        session = self._session
        address = session.listening_address or f"{session.local.bind}:{session.local.port}"
        us = f"{session.local.ae_title} {address}"
        if not is_served:
            return us, self.tr("the contexts that it accepts leave the worklist out")
        if not session.is_listening:
            return us, self.tr("does not listen: nobody can query the worklist")
        entries = len(self._worklist.model.rows)
        counted = self.tr("1 entry") if entries == 1 else self.tr("{0} entries").format(f"{entries:,}")
        return us, self.tr("answers worklist queries"), *(() if self._worklist.complaint else (counted,))

    def _refresh_tools(self) -> None:
        selected = len(self.table.selected_rows())
        self.edit_button.setEnabled(selected == 1)
        self.duplicate_button.setEnabled(selected > 0)
        self.remove_button.setEnabled(selected > 0)
