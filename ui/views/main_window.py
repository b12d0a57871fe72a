"""The one window: menus and shortcuts, dropped files, its arrangement from one start to the next."""

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QShowEvent

from ui.session import Session
from ui.views.commands import Commands
from ui.views.drop_overlay import DropOverlay, dropped_paths
from ui.views.layout_memory import LayoutMemory
from ui.views.workspace import Workspace


class MainWindow(Workspace):
    """The workspace with its commands.

    Closing takes two steps, because the network must end first: the first close only asks, by `closing`; once the
    session is closed, `finish` closes for good.

    Signals:
        closing: the user wants to close; end the session, then call `finish`.
    """

    closing = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.setObjectName("main")
        self.setWindowTitle("DICOM Workbench")
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self._may_close = False
        self._was_shown = False
        self.commands = Commands(session, self)
        for menu in self.commands.menus():
            self.menuBar().addMenu(menu)
        self.commands.tint()
        self.overlay = DropOverlay(self)
        self.toasts.keep_clear_of(self.trace.tools)
        self.memory = LayoutMemory(self, session.places.window_file, lambda: self._gave_way)
        self._is_restored = self.memory.restore()
        self._gave_way = self._is_restored and self.memory.did_give_way
        self._connect_commands()

    def finish(self) -> None:
        """Closes without asking again; the arrangement has been kept."""
        self._may_close = True
        self.close()

    def reset_layout(self) -> None:
        super().reset_layout()
        self._give_way()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            if not self._is_restored:
                # The docks take sizes only once the window has its own.
                QTimer.singleShot(0, self.reset_layout)
            (self.nodes.tree if self.nodes.tree.isVisible() else self.send.offer.button).setFocus()
            # Only what the user does from now on is kept.
            QTimer.singleShot(0, self.memory.watch)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.memory.save()
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self._may_close = True
            self.closing.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "commands"):
            self.commands.tint()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        paths = dropped_paths(event.mimeData())
        if paths and not self.session.is_sending:
            self.overlay.offer(paths, self.send.node_name)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.add_paths(paths)

    def _connect_commands(self) -> None:
        actions = self.commands.actions
        self.send.files_asked.connect(self.commands.add_files)
        self.send.folder_asked.connect(self.commands.add_folder)
        self.send.readiness_changed.connect(self.commands.refresh)
        self.nodes.node_chosen.connect(lambda _name: self.commands.refresh())
        for button, name in (
            (self.trace.tools.pause_button, "trace.pause"),
            (self.trace.tools.follow_button, "trace.follow"),
        ):
            actions[name].setChecked(button.isChecked())
            button.toggled.connect(actions[name].setChecked)
        self.trace.association_shown.connect(
            lambda number: actions["trace.only_association"].setChecked(number is not None)
        )
        for dock, name in ((self.left_dock, "view.show_nodes"), (self.right_dock, "view.show_details")):
            dock.visibilityChanged.connect(
                lambda _is_on, dock=dock, name=name: actions[name].setChecked(not dock.isHidden())
            )
        self.trace_dock.visibilityChanged.connect(
            lambda _is_on: actions["view.maximise_trace"].setChecked(self.is_trace_alone)
        )
