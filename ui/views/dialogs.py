"""The dialogs of the window: each opens without blocking and hands its answer to the session."""

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from ui.session import Session
from ui.session.profile_exchange import FoundProfiles
from ui.views.ask_name import AskName
from ui.views.context_dialog import ContextDialog
from ui.views.extended_dialog import ExtendedDialog
from ui.views.info_dialogs import AboutDialog, ShortcutsDialog, SkippedDialog
from ui.views.node_dialog import NodeDialog
from ui.views.profiles_dialog import ProfilesDialog
from ui.views.settings_dialog import SettingsDialog
from ui.views.worklist_dialog import WorklistDialog
from workbench.config import Node

D = TypeVar("D", bound=QDialog)


class Dialogs(QObject):
    """Opens dialogs over one window."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        session.profile_files.found.connect(self.choose_profiles)

    def add_node(self) -> NodeDialog:
        """Asks for a new node."""
        dialog = self._node_dialog(None)
        dialog.accepted_node.connect(self._session.add_node)
        return _opened(dialog)

    def edit_node(self, name: str) -> NodeDialog | None:
        """Changes a node; nothing happens for a name that is not known."""
        node = self._session.node(name)
        if node is None:
            return None
        dialog = self._node_dialog(node)
        dialog.accepted_node.connect(lambda changed: self._session.update_node(name, changed))
        return _opened(dialog)

    def settings(self, page: str = "general") -> SettingsDialog:
        """Opens the settings at one page: "general", "local" or "timeouts"."""
        return _opened(SettingsDialog(self._session, self._window, page))

    def save_contexts(self) -> AskName:
        """Asks for a name and keeps the list of contexts as a profile."""
        own = {profile.name for profile in self._session.settings.profiles}
        built_in = frozenset(profile.name for profile in self._session.profiles) - own
        dialog = AskName(self._window, self.tr("Save as a profile"), self.tr("Name"), "", built_in)
        dialog.named.connect(self._session.save_contexts)
        return _opened(dialog)

    def add_contexts(self) -> ContextDialog:
        """Asks for SOP classes and transfer syntaxes to add to the list of contexts."""
        dialog = ContextDialog(self._session, self._window)
        dialog.chosen.connect(self._session.contexts_model.add)
        return _opened(dialog)

    def import_profiles(self) -> QFileDialog:
        """Asks for a file in DCMTK's format, to choose among its profiles."""
        dialog = QFileDialog(
            self._window, self.tr("Import profiles"), "", self.tr("DCMTK configurations (*.cfg);;All files (*)")
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._session.profile_files.read(Path(name)))
        return _opened(dialog)

    def choose_profiles(self, found: FoundProfiles) -> ProfilesDialog:
        """Asks which profiles of a file to keep."""
        dialog = ProfilesDialog(self._session, self._window, found)
        dialog.chosen.connect(self._session.add_profiles)
        return _opened(dialog)

    def export_profiles(self, names: Collection[str]) -> QFileDialog:
        """Asks for a name and writes profiles into a file in DCMTK's format."""
        profiles = [profile for profile in self._session.profiles if profile.name in names]
        dialog = QFileDialog(
            self._window, self.tr("Export profiles"), "profiles.cfg", self.tr("DCMTK configurations (*.cfg)")
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("cfg")
        dialog.fileSelected.connect(lambda name: self._session.profile_files.write(Path(name), profiles))
        return _opened(dialog)

    def edit_extended(self, position: int) -> ExtendedDialog:
        """Changes the extended negotiation of the SOP class of a row of the list of contexts."""
        session = self._session
        row = session.contexts_model.rows[position]

        def keep(information: bytes) -> None:
            meaning = session.extended_meaning(row.sop_class_uid, information)
            session.contexts_model.set_extended(row.sop_class_uid, information, meaning)

        dialog = ExtendedDialog(
            self._window, row.sop_class, row.extended, partial(session.extended_meaning, row.sop_class_uid)
        )
        dialog.entered.connect(keep)
        return _opened(dialog)

    def add_scheduled(self) -> WorklistDialog:
        """Asks for a new worklist entry."""
        worklist = self._session.worklist
        return _opened(WorklistDialog(self._window, worklist.draft(), worklist.add, is_new=True))

    def edit_scheduled(self, position: int) -> WorklistDialog:
        """Changes a worklist entry."""
        worklist = self._session.worklist
        entry = worklist.entries[position]
        return _opened(WorklistDialog(self._window, entry, lambda changed: worklist.replace(entry.key, changed)))

    def import_worklist(self) -> QFileDialog:
        """Asks for a CSV file and adds its entries to the worklist."""
        dialog = QFileDialog(
            self._window, self.tr("Import a worklist"), "", self.tr("CSV files (*.csv);;All files (*)")
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._session.worklist.import_csv(Path(name)))
        return _opened(dialog)

    def export_worklist(self) -> QFileDialog:
        """Asks for a name and writes the worklist into a CSV file."""
        dialog = QFileDialog(self._window, self.tr("Export the worklist"), "worklist.csv", self.tr("CSV files (*.csv)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda name: self._session.worklist.export_csv(Path(name)))
        return _opened(dialog)

    def skipped(self) -> SkippedDialog:
        """Lists the files that the scan passed over."""
        return _opened(SkippedDialog(self._window, self._session.skipped_model))

    def shortcuts(self) -> ShortcutsDialog:
        """Lists the keyboard shortcuts."""
        return _opened(ShortcutsDialog(self._window))

    def about(self) -> AboutDialog:
        """Says what this program is."""
        return _opened(AboutDialog(self._window))

    def _node_dialog(self, node: Node | None) -> NodeDialog:
        taken = [each.name for each in self._session.nodes]
        return NodeDialog(self._window, node, taken, [profile.name for profile in self._session.profiles])


def _opened(dialog: D) -> D:
    dialog.open()
    return dialog
