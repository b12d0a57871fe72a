"""The line over the trace: what is shown, pause, follow, clear."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.models.associations import AssociationRow
from ui.models.trace import KINDS, MESSAGE, PDU, PROBLEM
from ui.theme import Tone
from ui.views.controls.buttons import Button
from ui.views.controls.fields import ComboBox, LineEdit
from ui.views.controls.pills import ChipRow
from ui.views.controls.styling import em

_TYPING_MS = 150
_MOST_LISTED = 200


class TraceFilters(QWidget):
    """Chips for the kinds of row and the association that is shown alone.

    Signals:
        kinds_chosen: a frozenset of the kinds of `ui.models.trace`.
        association_chosen: a number, None for all.
    """

    kinds_chosen = Signal(object)
    association_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._kinds = {
            "pdus": frozenset({PDU, PROBLEM}),
            "messages": frozenset({MESSAGE, PROBLEM}),
            "all": KINDS,
            "problems": frozenset({PROBLEM}),
        }
        self.chips = ChipRow(
            [
                ("pdus", self.tr("PDUs"), Tone.NOTE),
                ("messages", self.tr("Messages"), Tone.NOTE),
                ("all", self.tr("All events"), Tone.NOTE),
                ("problems", self.tr("Problems"), Tone.ERROR),
            ]
        )
        self.association = ComboBox(name=self.tr("Association shown"))
        self.association.addItem(self.tr("All associations"), None)
        self.association.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.association.setMinimumContentsLength(15)
        self.association.setMinimumWidth(em(self, 5))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.chips)
        layout.addWidget(self.association)
        self.chips.chosen.connect(lambda key: self.kinds_chosen.emit(self._kinds[key]))
        self.association.activated.connect(lambda _at: self.association_chosen.emit(self.association.currentData()))

    def list_associations(self, rows: Sequence[AssociationRow]) -> None:
        """Offers the latest associations."""
        chosen = self.association.currentData()
        wanted = {row.number: f"#{row.number}  {row.title}" for row in rows}
        listed = {self.association.itemData(at): at for at in range(self.association.count())}
        for number in list(wanted)[-_MOST_LISTED:]:
            if number in listed:
                self.association.setItemText(listed[number], wanted[number])
            else:
                self.association.addItem(wanted[number], number)
        for at in reversed(range(1, self.association.count())):
            if self.association.itemData(at) not in wanted:
                self.association.removeItem(at)
        self.association.setCurrentIndex(max(0, self.association.findData(chosen)))

    def show_association(self, number: int | None) -> None:
        """Shows which association is alone, without choosing it again."""
        self.association.setCurrentIndex(max(0, self.association.findData(number)))


class TraceTools(QWidget):
    """Filter text and the buttons Follow, Pause view, Clear.

    Signals:
        searched: the text, a moment after typing.
    """

    searched = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.filter_field = LineEdit(
            name=self.tr("Filter the trace"), hint=self.tr("Filter: PDU, UID, words …"), fixed=True
        )
        self.filter_field.setClearButtonEnabled(True)
        self.filter_field.setMinimumWidth(em(self, 5))
        self.follow_button = Button(self.tr("Follow"), icon_name="follow")
        self.follow_button.setCheckable(True)
        self.follow_button.setChecked(True)
        self.follow_button.setToolTip(self.tr("Keep the newest row in view"))
        self.pause_button = Button(self.tr("Pause view"), icon_name="pause")
        self.pause_button.setCheckable(True)
        self.pause_button.setToolTip(self.tr("Hold the rows still (Ctrl+Space); recording continues"))
        self.clear_button = Button(self.tr("Clear"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.filter_field, 1)
        for button in (self.follow_button, self.pause_button, self.clear_button):
            layout.addWidget(button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TYPING_MS)
        self._timer.timeout.connect(lambda: self.searched.emit(self.filter_field.text()))
        self.filter_field.textChanged.connect(lambda _text: self._timer.start())
        self.filter_field.returnPressed.connect(lambda: self.searched.emit(self.filter_field.text()))
