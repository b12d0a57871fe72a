"""The dialog that adds presentation contexts: SOP classes to tick, transfer syntaxes to tick."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.models.contexts import ContextsModel
from ui.session import Session
from ui.theme import Tone
from ui.views.context_table import ContextTable
from ui.views.controls.buttons import Button
from ui.views.controls.fields import LineEdit
from ui.views.controls.labels import ToneLabel, heading, muted
from workbench import dictionary
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

USUAL: Final = frozenset({IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN})


class ContextDialog(QDialog):
    """Asks which SOP classes to add, and in which transfer syntaxes.

    Signals:
        chosen: a list of ContextRow.
    """

    chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(self.tr("Add presentation contexts"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        present = {row.sop_class_uid for row in session.contexts_model.rows}
        classes = [uid for uid in (VERIFICATION, *dictionary.storage_sop_classes()) if uid not in present]
        classes.sort(key=lambda uid: (dictionary.is_retired(uid), dictionary.sop_class_short(uid).casefold()))
        syntaxes = list(dictionary.transfer_syntaxes())
        syntaxes.sort(key=lambda uid: (uid not in USUAL, dictionary.is_retired(uid)))
        self.classes = self._list(classes, self.tr("SOP classes"), frozenset())
        if not classes:
            self.classes.set_placeholder(self.tr("Every SOP class is in the list already."))
        self.syntaxes = self._list(
            syntaxes, self.tr("Transfer syntaxes"), USUAL, name_of=dictionary.transfer_syntax_short
        )
        self.search_field = LineEdit(name=self.tr("Search SOP classes"), hint=self.tr("Search, e.g. CT or 1.2.840…"))
        self.search_field.textChanged.connect(self.classes_model.search)
        self.fault = ToneLabel("", Tone.ERROR)
        self.fault.hide()
        self.add_button = Button(self.tr("Add"), primary=True)
        self.add_button.setDefault(True)
        self.add_button.clicked.connect(self.accept)
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.search_field)
        left.addWidget(self.classes, 1)
        caption = muted(self.tr("Transfer syntaxes, in order of preference"))
        caption.setFixedHeight(self.search_field.sizeHint().height())
        right.addWidget(caption)
        right.addWidget(self.syntaxes, 1)
        lists = QHBoxLayout()
        lists.setSpacing(16)
        lists.addLayout(left, 3)
        lists.addLayout(right, 2)
        buttons = QHBoxLayout()
        buttons.addWidget(self.fault, 1)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.add_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(14)
        layout.addWidget(heading(self.tr("Add presentation contexts")))
        layout.addLayout(lists, 1)
        layout.addLayout(buttons)
        self.resize(760, 520)

    @property
    def classes_model(self) -> ContextsModel:
        """The SOP classes offered."""
        return self._model_of(self.classes)

    @property
    def syntaxes_model(self) -> ContextsModel:
        """The transfer syntaxes offered."""
        return self._model_of(self.syntaxes)

    def accept(self) -> None:
        """Adds what is ticked; says what is missing."""
        classes = [row.sop_class_uid for row in self.classes_model.rows if row.is_enabled]
        syntaxes = [row.sop_class_uid for row in self.syntaxes_model.rows if row.is_enabled]
        if not classes or not syntaxes:
            missing = self.tr("Tick at least one SOP class.") if not classes else ""
            self.fault.setText(missing or self.tr("Tick at least one transfer syntax."))
            self.fault.show()
            return
        self.chosen.emit([self._session.context_row(uid, syntaxes) for uid in classes])
        super().accept()

    def _list(
        self,
        uids: Sequence[str],
        name: str,
        ticked: frozenset[str],
        *,
        name_of: Callable[[str], str] | None = None,
    ) -> ContextTable:
        model = ContextsModel(self)
        rows = [self._session.context_row(uid, ()) for uid in uids]
        if name_of is not None:
            rows = [replace(row, sop_class=name_of(row.sop_class_uid)) for row in rows]
        model.set_rows(rows)
        model.set_enabled([at for at, uid in enumerate(uids) if uid not in ticked], is_enabled=False)
        table = ContextTable(model, name, self.tr("No SOP class matches."))
        table.hide_columns(*range(1, model.columnCount()))
        table.horizontalHeader().hide()
        return table

    @staticmethod
    def _model_of(table: ContextTable) -> ContextsModel:
        model = table.model()
        assert isinstance(model, ContextsModel)
        return model
