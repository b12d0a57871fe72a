"""A dialog that asks for one name."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.views.controls.buttons import Button
from ui.views.controls.fields import Form, LineEdit
from ui.views.controls.labels import heading


class AskName(QDialog):
    """Asks for a name and says when it is already in use.

    Signals:
        named: the name, not empty.
    """

    named = Signal(str)

    def __init__(self, parent: QWidget, title: str, caption: str, name: str, forbidden: frozenset[str]) -> None:
        super().__init__(parent)
        self._forbidden = forbidden
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = LineEdit(name, name=caption)
        self.form = Form()
        self.form.add("name", caption, self.field)
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
        layout.addWidget(heading(title))
        layout.addWidget(self.form)
        layout.addLayout(buttons)
        self.setMinimumWidth(380)

    def accept(self) -> None:
        """Closes the dialog if the name can be used."""
        name = self.field.text().strip()
        fault = self.tr("A name is needed.") if not name else ""
        if name in self._forbidden:
            fault = self.tr("This name belongs to a built-in profile.")
        self.form.show_faults({"name": fault} if fault else {})
        if not fault:
            self.named.emit(name)
            super().accept()
