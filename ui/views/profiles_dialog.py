"""The dialog that shows the profiles of a file and asks which to keep."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.models.contexts import ContextsModel
from ui.session import Session
from ui.session.profile_exchange import FoundProfiles, free_names
from ui.theme import Tone
from ui.views.context_table import ContextTable
from ui.views.controls.buttons import Button
from ui.views.controls.checks import CheckBox
from ui.views.controls.labels import ToneLabel, heading, muted
from ui.views.controls.scrolling import thin_scroll_bars
from ui.views.controls.tables import Width
from workbench.acse.profiles import Profile

_HIDDEN = (2, 3, 4, 5)  # of the columns of contexts a profile has a name, what it holds, and a remark

_WIDTHS = {0: Width(ems=10, share=1), 1: Width(ems=7), 6: Width(ems=18, share=3)}


class ProfilesDialog(QDialog):
    """Lists the profiles of a file, each to tick, under names that are free, and what its reader warned of.

    Signals:
        chosen: a list of Profile, with the names that they are to have.
    """

    chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget, found: FoundProfiles) -> None:
        super().__init__(parent)
        self._session = session
        self._found = found
        self.setWindowTitle(self.tr("Import profiles"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.model = ContextsModel(self)
        self.table = ContextTable(self.model, self.tr("Profiles in the file"), self.tr("No profiles in this file."))
        self.table.setDragEnabled(False)
        self.table.hide_columns(*_HIDDEN)
        for column, width in _WIDTHS.items():
            self.table.set_width(column, width)
        self.table.horizontalHeader().hide()
        self.replaces = CheckBox(self.tr("Replace my profiles of the same name"))
        own = {profile.name for profile in session.settings.profiles}
        self.replaces.setVisible(any(profile.name in own for profile in found.profiles))
        self.replaces.toggled.connect(lambda _is_on: self._name())
        self.remarks = QLabel("\n".join(found.warnings))
        self.remarks.setWordWrap(True)
        self.remarks.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remarks.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.fault = ToneLabel("", Tone.ERROR)
        self.import_button = Button(self.tr("Import"), primary=True)
        self.import_button.setDefault(True)
        self.import_button.clicked.connect(self.accept)
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.fault, 1)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.import_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(14)
        layout.addWidget(heading(self.tr("Import profiles of {0}").format(found.file)))
        layout.addWidget(self.table, 2)
        layout.addWidget(self.replaces)
        if found.warnings:
            layout.addLayout(self._remarks_area(), 1)
        layout.addLayout(buttons)
        self.resize(720, 440 if found.warnings else 320)
        self._name()

    def accept(self) -> None:
        """Gives what is ticked, or says that nothing is."""
        chosen = [
            replace(profile, name=row.sop_class)
            for profile, row in zip(self._found.profiles, self.model.rows, strict=True)
            if row.is_enabled
        ]
        if not chosen:
            self.fault.setText(self.tr("Tick at least one profile."))
            return
        self.chosen.emit(chosen)
        super().accept()

    def _remarks_area(self) -> QVBoxLayout:
        scroller = QScrollArea()
        scroller.setWidget(self.remarks)
        scroller.setWidgetResizable(True)
        scroller.viewport().setAutoFillBackground(False)
        self.remarks.setAutoFillBackground(False)
        thin_scroll_bars(scroller)
        count = len(self._found.warnings)
        caption = (
            self.tr("▲ 1 remark on the file") if count == 1 else self.tr("▲ {0} remarks on the file").format(count)
        )
        area = QVBoxLayout()
        area.setSpacing(6)
        area.addWidget(muted(caption))
        area.addWidget(scroller, 1)
        return area

    def _name(self) -> None:
        """Gives the profiles the names that they would get now; what is ticked stays so."""
        own = {profile.name for profile in self._session.settings.profiles}
        known = {profile.name for profile in self._session.profiles}
        wanted = [profile.name for profile in self._found.profiles]
        taken = known - own if self.replaces.isChecked() else known
        ticks = [row.is_enabled for row in self.model.rows] or [True] * len(wanted)
        rows = []
        for profile, name, is_ticked in zip(self._found.profiles, free_names(wanted, taken), ticks, strict=True):
            notes = [self._clash(profile.name, name, own), *self._limits(profile)]
            row = self._session.context_row("", ())
            rows.append(
                replace(
                    row,
                    sop_class=name,
                    names=(_counted(profile),),
                    reason="; ".join(filter(None, notes)),
                    is_enabled=is_ticked,
                )
            )
        self.model.show_rows(rows, is_read_only=False)

    def _clash(self, wanted: str, name: str, own: set[str]) -> str:
        if name != wanted:
            return self.tr("{0} is taken").format(wanted)
        return self.tr("replaces yours") if name in own else ""

    def _limits(self, profile: Profile) -> list[str]:
        problems = []
        if profile.scu_problems():
            problems.append(self.tr("more than one association"))
        if profile.scp_problems():
            problems.append(self.tr("only to propose: a class is in it twice"))
        return problems


def _counted(profile: Profile) -> str:
    count = len(profile.contexts)
    return "1 context" if count == 1 else f"{count:,} contexts"
