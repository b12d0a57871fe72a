"""The settings: theme and folder, the local AE with its allow-list, timeouts."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.session import Session
from ui.theme import Tone
from ui.views.controls.buttons import Button
from ui.views.controls.labels import heading
from ui.views.controls.pills import ChipRow
from ui.views.settings_pages import GeneralPage, LocalPage, Page, TimeoutsPage


class SettingsDialog(QDialog):
    """Everything that can be set, on three pages; it closes only when all of it is right."""

    def __init__(self, session: Session, parent: QWidget, page: str = "general") -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(self.tr("Settings"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.general = GeneralPage(session.settings.theme, session.storage_folder)
        self.local = LocalPage(
            session.local, session.settings.accept_profile, [profile.name for profile in session.profiles]
        )
        self.timeouts = TimeoutsPage(session.local.timeouts)
        self.pages: dict[str, Page] = {"general": self.general, "local": self.local, "timeouts": self.timeouts}
        self.chips = ChipRow(
            [
                ("general", self.tr("General"), Tone.NOTE),
                ("local", self.tr("Local AE"), Tone.NOTE),
                ("timeouts", self.tr("Timeouts"), Tone.NOTE),
            ]
        )
        self._stack = QStackedWidget()
        for each in self.pages.values():
            self._stack.addWidget(each)
        self.save_button = Button(self.tr("Save"), primary=True)
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.accept)
        self.cancel_button = Button(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(14)
        layout.addWidget(heading(self.tr("Settings")))
        layout.addWidget(self.chips)
        layout.addWidget(self._stack, 1)
        layout.addLayout(buttons)
        self.chips.chosen.connect(self.show_page)
        self.setMinimumWidth(560)
        self.chips.choose(page)

    def show_page(self, name: str) -> None:
        """Shows one page: "general", "local" or "timeouts"."""
        page = self.pages[name]
        self._stack.setCurrentWidget(page)
        page.form.first_field.setFocus()

    def accept(self) -> None:
        """Applies everything and closes; with a fault it shows the page that has it."""
        for name, page in self.pages.items():
            faults = page.faults()
            page.form.show_faults(faults)
            if faults:
                self.adjustSize()
                self.chips.choose(name)
                return
        local = self.local.local_ae(self._session.local, self.timeouts.timeouts())
        if local != self._session.local:
            self._session.set_local(local)
        if self.local.accept_profile != self._session.settings.accept_profile:
            self._session.set_accept_profile(self.local.accept_profile)
        if Path(self.general.folder) != self._session.storage_folder:
            self._session.set_storage_folder(Path(self.general.folder))
        if self.general.theme_name != self._session.settings.theme:
            self._session.set_theme(self.general.theme_name)
        super().accept()
