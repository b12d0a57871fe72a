"""The actions of the window: built from the table of `ui.actions`, each calls the method its row names."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu

from ui.actions import ACTIONS, MENUS, ActionRow
from ui.session import Session
from ui.theme import current
from ui.views.controls.icons import icon
from ui.views.workspace import Workspace


class Commands(QObject):
    """What the user can do; one method for each row of the table, or a part of the window that has one.

    The window is the parent: its shortcuts work wherever the focus is.
    """

    def __init__(self, session: Session, window: Workspace) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.actions: dict[str, QAction] = {row.id: self._make(row) for row in ACTIONS}
        themes = QActionGroup(self)
        for name in ("light", "dark", "system"):
            themes.addAction(self.actions[f"view.theme_{name}"])
        for signal in (
            session.nodes_changed, session.send_changed, session.listening_changed, session.settings_changed,
            session.scan_changed, session.jobs_changed, session.profiles_changed, window.removals.changed,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self.refresh()

    def menus(self) -> list[QMenu]:
        """The menus of the menu bar, in order."""
        made = []
        titles = {
            "File": self.tr("&File"), "Edit": self.tr("&Edit"), "View": self.tr("&View"), "Node": self.tr("&Node"),
            "Trace": self.tr("&Trace"), "Help": self.tr("&Help"),
        }  # fmt: skip
        for name in MENUS:
            menu = QMenu(titles[name], self._window)
            for row in (row for row in ACTIONS if row.menu == name):
                if row.starts_group:
                    menu.addSeparator()
                menu.addAction(self.actions[row.id])
            made.append(menu)
        return made

    def tint(self) -> None:
        """Gives the icons the colours of the present theme."""
        scheme = current()
        for row in ACTIONS:
            if row.icon:
                self.actions[row.id].setIcon(icon(row.icon, scheme))

    def refresh(self) -> None:
        """Enables what can be done now, and ticks what is on."""
        session, window = self._session, self._window
        node = bool(window.nodes.current_name)
        sending = session.is_sending
        can = {
            "file.export_profiles": bool(session.settings.profiles),
            "edit.undo": window.removals.can_undo,
            "edit.clear_files": bool(session.send_model.rows) and not sending,
            "node.edit_node": node,
            "node.remove_node": node,
            "node.echo": node,
            "node.ask": node,
            "node.echo_all": bool(session.nodes),
            "node.start_sending": window.send.can_start,
            "node.release_after_this": sending,
            "node.abort_now": sending,
            "node.retry_failed": window.send.can_retry,
            "node.request_commitment": window.send.can_request_commitment,
            "node.start_demo": not session.is_demo_running,
            "trace.only_association": True,
        }
        for name, is_enabled in can.items():
            self.actions[name].setEnabled(is_enabled)
        ticks = {
            "node.listen": session.is_listening,
            "view.theme_light": session.settings.theme == "light",
            "view.theme_dark": session.settings.theme == "dark",
            "view.theme_system": session.settings.theme == "system",
        }
        for name, is_on in ticks.items():
            self.actions[name].setChecked(is_on)

    def _make(self, row: ActionRow) -> QAction:
        action = QAction(self.tr(row.text), self._window)
        action.setObjectName(row.id)
        action.setShortcuts([QKeySequence(each) for each in row.shortcuts])
        action.setCheckable(row.is_toggle)
        method: Callable[..., object] = getattr(self, row.method)
        if row.is_toggle:
            action.triggered.connect(lambda is_on: method(is_on))
        else:
            action.triggered.connect(lambda _checked=False: method())
        self._window.addAction(action)
        return action

    # File

    def add_files(self) -> None:
        """Asks for files to add to the send list."""
        dialog = QFileDialog(self._window, self.tr("Add files to send"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self._window.add_paths([Path(name) for name in names]))
        dialog.open()

    def add_folder(self) -> None:
        """Asks for a folder to add to the send list."""
        dialog = QFileDialog(self._window, self.tr("Add a folder to send"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self._window.add_paths([Path(name)]))
        dialog.open()

    def open_storage(self) -> None:
        """Opens the folder of received objects."""
        self._session.open_storage_folder()

    def import_profiles(self) -> None:
        """Asks for a file of profiles."""
        self._window.dialogs.import_profiles()

    def export_profiles(self) -> None:
        """Writes the user's own profiles into a file."""
        self._window.dialogs.export_profiles([profile.name for profile in self._session.settings.profiles])

    def settings(self) -> None:
        """Opens the settings."""
        self._window.dialogs.settings()

    def quit(self) -> None:
        """Closes the window."""
        self._window.close()

    # Edit

    def undo(self) -> None:
        """Brings back what was removed last."""
        self._window.removals.undo()

    def copy_bytes(self) -> None:
        """Copies the bytes of the selected field."""
        self._window.trace.pdu.hex.copy()

    def find(self) -> None:
        """Puts the cursor into the filter of the trace."""
        self._window.trace.focus_filter()

    def clear_files(self) -> None:
        """Empties the send list."""
        self._session.clear_files()

    # View

    def send(self) -> None:
        """Shows the send panel."""
        self._window.show_panel("send")

    def receive(self) -> None:
        """Shows the receive panel."""
        self._window.show_panel("receive")

    def query(self) -> None:
        """Shows the query panel."""
        self._window.show_panel("query")

    def worklist(self) -> None:
        """Shows the worklist panel."""
        self._window.show_panel("worklist")

    def contexts(self) -> None:
        """Shows the contexts panel."""
        self._window.show_panel("contexts")

    def verify(self) -> None:
        """Shows the verify panel."""
        self._window.show_panel("verify")

    def maximise_trace(self, is_on: bool) -> None:
        """Shows the trace alone, or everything again."""
        self._window.maximise_trace(is_on)

    def show_nodes(self, is_on: bool) -> None:
        """Shows or hides nodes and local AE."""
        self._window.left_dock.setVisible(is_on)

    def show_details(self, is_on: bool) -> None:
        """Shows or hides the details."""
        self._window.right_dock.setVisible(is_on)

    def next_pane(self) -> None:
        """Moves the focus to the next part of the window."""
        self._window.focus_next_pane()

    def reset_layout(self) -> None:
        """Puts every part back where it was at first."""
        self._window.reset_layout()

    def theme_light(self, _is_on: bool) -> None:
        """Light colours."""
        self._session.set_theme("light")

    def theme_dark(self, _is_on: bool) -> None:
        """Dark colours."""
        self._session.set_theme("dark")

    def theme_system(self, _is_on: bool) -> None:
        """The colours of the system."""
        self._session.set_theme("system")

    # Node

    def add_node(self) -> None:
        """Asks for a new node."""
        self._window.dialogs.add_node()

    def edit_node(self) -> None:
        """Changes the current node."""
        self._window.dialogs.edit_node(self._window.nodes.current_name)

    def remove_node(self) -> None:
        """Removes the current node; it can be undone."""
        self._window.removals.remove_node(self._window.nodes.current_name)

    def echo(self) -> None:
        """Checks the current node."""
        self._window.echo(self._window.nodes.current_name)

    def echo_all(self) -> None:
        """Checks every node."""
        self._session.echo_all()

    def ask(self) -> None:
        """Shows the query panel with the current node chosen."""
        self._window.query_node(self._window.nodes.current_name)

    def start_sending(self) -> None:
        """Sends what waits to the chosen node."""
        self._window.start_sending()

    def release_after_this(self) -> None:
        """Releases after the objects under way."""
        self._session.release_after_this()

    def abort_now(self) -> None:
        """Aborts the sending."""
        self._session.abort_now()

    def retry_failed(self) -> None:
        """Sends again what failed."""
        self._session.retry_failed()

    def request_commitment(self) -> None:
        """Asks the node to answer for what it has stored."""
        self._session.request_commitment()

    def listen(self, is_on: bool) -> None:
        """Starts or stops listening."""
        self._window.listen(is_on)

    def start_demo(self) -> None:
        """Starts the demo."""
        self._window.start_demo()

    # Trace

    def pause(self, is_on: bool) -> None:
        """Holds the rows still."""
        self._window.trace.tools.pause_button.setChecked(is_on)

    def follow(self, is_on: bool) -> None:
        """Keeps the newest row in view."""
        self._window.trace.tools.follow_button.setChecked(is_on)

    def only_association(self, is_on: bool) -> None:
        """Shows the association of the selected row alone, or all."""
        trace = self._window.trace
        trace.show_association(trace.chosen_association if is_on else None)

    def clock_times(self, is_on: bool) -> None:
        """Shows times of day instead of times since the beginning."""
        self._session.trace_model.set_time("clock" if is_on else "relative")

    def clear_trace(self) -> None:
        """Forgets the trace."""
        self._session.clear_trace()

    # Help

    def shortcuts(self) -> None:
        """Lists the keyboard shortcuts."""
        self._window.dialogs.shortcuts()

    def about(self) -> None:
        """Says what this is."""
        self._window.dialogs.about()
