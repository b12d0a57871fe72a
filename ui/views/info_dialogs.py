"""Dialogs that only tell: shortcuts, skipped files, what this program is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from resources import icon_path
from ui.actions import ACTIONS, MENUS
from ui.models.send import SkippedModel
from ui.reporting import version_block
from ui.theme import fixed_font
from ui.views.controls.buttons import Button
from ui.views.controls.labels import heading, muted
from ui.views.controls.scrolling import thin_scroll_bars
from ui.views.controls.tables import TableView, Width


class InfoDialog(QDialog):
    """A heading, contents, and a button that closes; further buttons stand left of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._heading = heading()
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.close_button = Button(self.tr("Close"), primary=True)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        self.body = QVBoxLayout()
        self.buttons = QHBoxLayout()
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(14)
        layout.addWidget(self._heading)
        layout.addLayout(self.body, 1)
        layout.addLayout(self.buttons)

    def set_title(self, text: str) -> None:
        """Shows a title in the frame and as the heading."""
        self.setWindowTitle(text)
        self._heading.setText(text)


class ShortcutsDialog(InfoDialog):
    """Every action that has keys, by menu."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.set_title(self.tr("Keyboard shortcuts"))
        page = QWidget()
        page.setAutoFillBackground(False)
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for menu in MENUS:
            rows = [row for row in ACTIONS if row.menu == menu and row.shortcuts]
            if rows:
                grid.addWidget(muted(menu), grid.rowCount(), 0, 1, 2)
            for row in rows:
                keys = QLabel("   ".join(_native(each) for each in row.shortcuts))
                keys.setFont(fixed_font(self.font()))
                at = grid.rowCount()
                grid.addWidget(keys, at, 0)
                grid.addWidget(QLabel(self.tr(row.text).rstrip("…")), at, 1)
        scroller = QScrollArea()
        scroller.setWidget(page)
        scroller.setWidgetResizable(True)
        scroller.viewport().setAutoFillBackground(False)
        thin_scroll_bars(scroller)
        self.body.addWidget(scroller)
        self.resize(460, 560)


class SkippedDialog(InfoDialog):
    """The files that a scan passed over, and why."""

    def __init__(self, parent: QWidget, model: SkippedModel) -> None:
        super().__init__(parent)
        self.set_title(self.tr("Skipped files"))
        self.table = TableView(self.tr("Skipped files"), (Width(ems=16, share=3), Width(ems=12, share=2)))
        self.table.show_model(model)
        copy = Button(self.tr("Copy list"), icon_name="copy")
        copy.clicked.connect(self.table.selectAll)
        copy.clicked.connect(self.table.copy_selected)
        self.buttons.insertWidget(0, copy)
        self.body.addWidget(self.table)
        self.resize(760, 420)


class AboutDialog(InfoDialog):
    """Name, version and the versions of what it runs on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.set_title("DICOM Workbench")
        picture = QLabel()
        picture.setPixmap(QIcon(str(icon_path("app"))).pixmap(48))
        self.versions = QLabel(version_block())
        self.versions.setFont(fixed_font(self.font()))
        self.versions.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = Button(self.tr("Copy"), icon_name="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.versions.text()))
        self.buttons.insertWidget(0, copy)
        self.body.addWidget(picture)
        self.body.addWidget(
            muted(self.tr("Sends and receives DICOM and shows what crosses the wire, byte by byte."), wrap=True)
        )
        self.body.addWidget(muted(self.tr("Not a medical device. Not for use in diagnosis or treatment."), wrap=True))
        self.body.addWidget(self.versions)
        self.setMinimumWidth(420)


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
