"""The dialog that asks for the extended negotiation of one SOP class."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.views.controls.buttons import Button
from ui.views.controls.fields import Form, LineEdit
from ui.views.controls.labels import heading, muted

_LONGEST = 65_000  # bytes; with the UID they fill the item (PS3.7 Table D.3-11)


class ExtendedDialog(QDialog):
    """Takes application information in hexadecimal, and says what it means where that is known.

    Args:
        sop_class: its name.
        meaning_of: gives the meaning of bytes, empty where there is none.

    Signals:
        entered: the bytes; none takes the negotiation away.
    """

    entered = Signal(object)

    def __init__(self, parent: QWidget, sop_class: str, information: bytes, meaning_of: Callable[[bytes], str]) -> None:
        super().__init__(parent)
        self._meaning_of = meaning_of
        self.setWindowTitle(self.tr("Extended negotiation"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        caption = self.tr("Bytes in hexadecimal")
        self.field = LineEdit(information.hex(" ").upper(), name=caption, hint=self.tr("none"), fixed=True)
        self.field.setMaxLength(4 * _LONGEST)
        self.meaning = muted(wrap=True)
        self.form = Form()
        self.form.add("bytes", caption, self.field)
        self.save_button = Button(self.tr("OK"), primary=True)
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.accept)
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(14)
        layout.addWidget(heading(self.tr("Extended negotiation: {0}").format(sop_class)))
        layout.addWidget(
            muted(
                self.tr(
                    "Proposed with the contexts of this SOP class; as what the local AE accepts, it is the answer to a "
                    "requestor that proposes one. Without bytes there is none."
                ),
                wrap=True,
            )
        )
        layout.addWidget(self.form)
        layout.addWidget(self.meaning)
        layout.addLayout(buttons)
        self.setMinimumWidth(460)
        self.field.textChanged.connect(lambda _text: self._explain())
        self._explain()

    def accept(self) -> None:
        """Closes the dialog if the bytes can be used."""
        information = self._information()
        fault = self._fault(information)
        self.form.show_faults({"bytes": fault} if fault else {})
        if information is not None and not fault:
            self.entered.emit(information)
            super().accept()

    def _information(self) -> bytes | None:
        try:
            return bytes.fromhex(self.field.text())
        except ValueError:
            return None

    def _fault(self, information: bytes | None) -> str:
        if information is None:
            return self.tr("Two digits from 0 to F a byte, such as 01 00 01.")
        return self.tr("That is too long for one item.") if len(information) > _LONGEST else ""

    def _explain(self) -> None:
        information = self._information()
        meaning = self._meaning_of(information) if information else ""
        self.meaning.setText(self.tr("This says: {0}").format(meaning) if meaning else "")
        if information is not None:
            self.form.show_faults({})
