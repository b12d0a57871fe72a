"""Presentation contexts: what a profile holds, what is proposed to a node, what our AE accepts, what was answered."""

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu

from ui.models.contexts import ContextRole
from ui.session import Session
from ui.views.context_table import ContextTable
from ui.views.controls.buttons import Button, IconButton
from ui.views.controls.card import Card
from ui.views.controls.fields import ComboBox, LineEdit
from ui.views.controls.labels import muted

ROLES: Final[tuple[tuple[ContextRole, bool], ...]] = (("SCU", False), ("SCU", True), ("SCP", False), ("both", False))
"""A role of the requestor, and whether it is negotiated though it is the default."""
PROFILE, NODE, ACCEPTED, ASSOCIATION = "profile", "node", "accepted", "association"
_MOST_ASSOCIATIONS = 20
Source = tuple[str, object]


class ContextsPanel(Card):
    """One list of contexts and where it comes from.

    Signals:
        save_asked: ask for a name and save the list as a profile.
        add_asked: ask for SOP classes to add.
        extended_asked: ask for the extended negotiation of the row at this position.
        import_asked: ask for a file of profiles.
        export_asked: write the profiles of these names into a file.
    """

    save_asked = Signal()
    add_asked = Signal()
    extended_asked = Signal(int)
    import_asked = Signal()
    export_asked = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.set_title(self.tr("Contexts"))
        self._session = session
        self._model = session.contexts_model
        self.source = ComboBox(name=self.tr("List of contexts"))
        self.source.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.source.setMinimumContentsLength(26)
        self.source.setMaxVisibleItems(20)
        self.search_field = LineEdit(name=self.tr("Search the contexts"), hint=self.tr("Search"))
        self.search_field.setClearButtonEnabled(True)
        self.search_field.setMaximumWidth(240)
        self.header.insertWidget(1, self.source)
        self.files_button = IconButton("file", self.tr("Import and export profiles"))
        self.files_button.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.files_button.setMenu(self._files_menu())
        self.header.addWidget(self.search_field)
        self.header.addWidget(self.files_button)
        self.table = ContextTable(self._model, self.tr("Presentation contexts"), self.tr("No contexts in this list."))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.add_button = Button(self.tr("Add…"), icon_name="add")
        self.remove_button = IconButton("remove", self.tr("Remove from the list"))
        self.up_button = IconButton("up", self.tr("Move up (Alt+Up)"))
        self.down_button = IconButton("down", self.tr("Move down (Alt+Down)"))
        self.accept_button = Button(self.tr("Accept"))
        self.accept_button.setToolTip(self.tr("Have the local AE accept the contexts of this profile"))
        self.accept_button.setAccessibleName(self.tr("Accept the contexts of this profile"))
        self.delete_button = Button(self.tr("Delete"))
        self.delete_button.setToolTip(self.tr("Delete this profile"))
        self.delete_button.setAccessibleName(self.tr("Delete this profile"))
        self.save_button = Button(self.tr("Save as…"), primary=True)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        for widget in (self.add_button, self.remove_button, self.up_button, self.down_button):
            tools.addWidget(widget)
        tools.addStretch(1)
        for button in (self.accept_button, self.delete_button, self.save_button):
            tools.addWidget(button)
        self.body.addWidget(self.table, 1)
        # In a line of its own: beside the buttons there is no room for it in a narrow window.
        self.count = muted()
        self.body.addWidget(self.count)
        self.body.addLayout(tools)
        self._connect()
        self._list_sources()
        self._show_source()

    # What the window asks

    def show_node(self, name: str) -> None:
        """Shows what would be proposed to a node."""
        self._choose((NODE, name))

    def show_association(self, number: int) -> None:
        """Shows what an association proposed and what was answered."""
        self._choose((ASSOCIATION, number))

    @property
    def chosen_source(self) -> Source:
        """What is shown: its kind and its name or number."""
        data = self.source.currentData()
        return (data[0], data[1]) if data is not None else (ACCEPTED, "")

    def menu(self) -> QMenu:
        """The context menu of the selected rows: tick, role, order, removal."""
        menu = QMenu(self)
        menu.addAction(self.tr("Tick or untick (Space)")).triggered.connect(self.table.tick_chosen)
        roles = menu.addMenu(self.tr("Role of the requestor"))
        group = QActionGroup(roles)
        chosen = self.table.chosen
        first = self._model.rows[chosen[0]] if chosen else None
        for role, is_explicit in ROLES:
            action = roles.addAction(self.tr("SCU, negotiated (SCU*)") if is_explicit else role)
            action.setCheckable(True)
            action.setChecked(first is not None and (first.role, first.is_role_explicit) == (role, is_explicit))
            group.addAction(action)
            action.triggered.connect(
                lambda _checked=False, role=role, is_explicit=is_explicit: self._set_role(role, is_explicit)
            )
        extended = menu.addAction(self.tr("Extended negotiation…"))
        extended.setEnabled(len(chosen) == 1)
        extended.triggered.connect(lambda: self.extended_asked.emit(chosen[0]))
        menu.addSeparator()
        menu.addAction(self.tr("Move up")).triggered.connect(lambda: self.table.move_chosen(-1))
        menu.addAction(self.tr("Move down")).triggered.connect(lambda: self.table.move_chosen(1))
        menu.addAction(self.tr("Remove")).triggered.connect(self._remove)
        return menu

    # Below: what happens

    def _connect(self) -> None:
        session = self._session
        self.source.activated.connect(lambda _at: self._show_source())
        self.search_field.textChanged.connect(self._model.search)
        self.search_field.textChanged.connect(lambda _text: self._show_buttons())
        self.up_button.clicked.connect(lambda: self.table.move_chosen(-1))
        self.down_button.clicked.connect(lambda: self.table.move_chosen(1))
        self.add_button.clicked.connect(self.add_asked)
        self.remove_button.clicked.connect(self._remove)
        self.save_button.clicked.connect(self.save_asked)
        self.delete_button.clicked.connect(self._delete)
        self.accept_button.clicked.connect(lambda: session.set_accept_profile(str(self.chosen_source[1])))
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        session.profiles_changed.connect(self._list_sources)
        session.nodes_changed.connect(self._list_sources)
        session.associations_changed.connect(lambda _rows: self._list_sources())
        session.contexts_changed.connect(self._show_counts)
        self._model.edited.connect(self._show_counts)
        session.local_changed.connect(self._list_sources)
        session.local_changed.connect(self._show_buttons)

    def _sources(self) -> list[tuple[str, Source]]:
        session = self._session
        rows = [(self.tr("Accepted by {0}").format(session.local.ae_title), (ACCEPTED, ""))]
        found: list[tuple[str, Source]] = list(rows)
        found += [(self.tr("Proposed to {0}").format(node.name), (NODE, node.name)) for node in session.nodes]
        found += [(self.tr("Profile: {0}").format(each.name), (PROFILE, each.name)) for each in session.profiles]
        latest = list(session.associations_model.rows)[-_MOST_ASSOCIATIONS:]
        found += [
            (
                self.tr("Association {0}: {1}").format(row.number, row.title),
                (ASSOCIATION, row.number),
            )
            for row in reversed(latest)
            if row.proposed
        ]
        return found

    def _list_sources(self) -> None:
        wanted = self._sources()
        listed = [(self.source.itemText(at), self.source.itemData(at)) for at in range(self.source.count())]
        if listed == wanted:
            return
        chosen = self.chosen_source
        self.source.clear()
        for text, data in wanted:
            self.source.addItem(text, data)
        places = [data for _, data in wanted]
        if chosen in places:
            self.source.setCurrentIndex(places.index(chosen))
        else:
            self.source.setCurrentIndex(0)
            self._show_source()

    def _choose(self, wanted: Source) -> None:
        places = [data for _, data in self._sources()]
        if wanted in places:
            self.source.setCurrentIndex(places.index(wanted))
            self._show_source()

    def _show_source(self) -> None:
        kind, name = self.chosen_source
        self.search_field.clear()
        if kind == PROFILE:
            self._session.show_profile(str(name))
        elif kind == NODE:
            self._session.show_node_contexts(str(name))
        elif kind == ASSOCIATION and isinstance(name, int):
            self._session.show_association_contexts(name)
        else:
            self._session.show_accepted_contexts()
        self._show_counts()

    def _show_counts(self) -> None:
        rows = self._model.rows
        ticked = sum(1 for row in rows if row.is_enabled)
        if not rows:
            text = ""
        elif self._model.is_read_only:
            text = self.tr("1 context") if len(rows) == 1 else self.tr("{0} contexts").format(len(rows))
        else:
            text = self.tr("{0} of {1} ticked").format(ticked, len(rows))
            if self._session.is_acceptance_edited:
                text += "   " + self.tr("▲ not in force until saved")
        self.count.setText(text)
        self._show_buttons()

    def _show_buttons(self) -> None:
        kind, name = self.chosen_source
        can_edit = not self._model.is_read_only
        chosen = self.table.chosen
        can_move = can_edit and len(chosen) == 1 and not self.search_field.text()
        self.up_button.setEnabled(can_move and chosen[0] > 0)
        self.down_button.setEnabled(can_move and chosen[0] < len(self._model.rows) - 1)
        self.add_button.setEnabled(can_edit)
        self.remove_button.setEnabled(can_edit and bool(chosen))
        self.save_button.setEnabled(bool(self._model.rows))
        own = {profile.name for profile in self._session.settings.profiles}
        self.export_one.setEnabled(kind == PROFILE)
        self.export_own.setEnabled(bool(own))
        self.delete_button.setVisible(kind == PROFILE and name in own)
        self.accept_button.setVisible(kind == PROFILE)
        self.accept_button.setEnabled(name != self._session.settings.accept_profile)

    def _set_role(self, role: ContextRole, is_explicit: bool) -> None:
        for position in self.table.chosen:
            self._model.set_role(position, role, is_explicit=is_explicit)

    def _files_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("Import profiles…")).triggered.connect(lambda: self.import_asked.emit())
        menu.addSeparator()
        self.export_one = menu.addAction(self.tr("Export this profile…"))
        self.export_one.triggered.connect(lambda: self.export_asked.emit([str(self.chosen_source[1])]))
        self.export_own = menu.addAction(self.tr("Export all my profiles…"))
        self.export_own.triggered.connect(
            lambda: self.export_asked.emit([profile.name for profile in self._session.settings.profiles])
        )
        return menu

    def _remove(self) -> None:
        self._model.remove(self.table.chosen)

    def _delete(self) -> None:
        self._session.remove_profile(str(self.chosen_source[1]))

    def _show_menu(self, place: QPoint) -> None:
        if self.table.chosen and not self._model.is_read_only:
            self.menu().popup(self.table.viewport().mapToGlobal(place))
