"""Fields: text, choice and number entries, and rows of a form with the fault beside the field."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QSpinBox, QWidget

from ui.theme import Colours, Tone, current, fixed_font
from ui.views.controls.labels import ToneLabel
from ui.views.controls.styling import follow


def _box(scheme: Colours, kind: str, *, faulty: bool) -> str:
    edge = scheme.error if faulty else scheme.line
    return f"""
        {kind} {{ padding: 4px 8px; border: 1px solid {edge}; border-radius: 6px; background: {scheme.field};
            color: {scheme.text}; selection-background-color: {scheme.accent};
            selection-color: {scheme.on_accent}; placeholder-text-color: {scheme.muted}; }}
        {kind}:hover {{ border-color: {scheme.error if faulty else scheme.handle}; }}
        {kind}:focus {{ border-color: {scheme.error if faulty else scheme.accent}; background: {scheme.card}; }}
        {kind}:disabled {{ color: {scheme.disabled}; }}"""


class LineEdit(QLineEdit):
    """A line of text; `fixed` shows wire data and expressions in the fixed font."""

    def __init__(self, text: str = "", *, name: str, hint: str = "", fixed: bool = False) -> None:
        super().__init__(text)
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self._faulty = False
        if fixed:
            self.setFont(fixed_font(self.font()))
        self._style = follow(self, lambda scheme: _box(scheme, "QLineEdit", faulty=self._faulty))

    def set_faulty(self, faulty: bool) -> None:
        """Marks the field as wrong or right again; say why beside it."""
        if faulty != self._faulty:
            self._faulty = faulty
            self._style.apply()


class SpinBox(QSpinBox):
    """A whole number with its unit."""

    def __init__(self, lowest: int, highest: int, value: int, *, name: str, unit: str = "") -> None:
        super().__init__()
        self.setRange(lowest, highest)
        self.setValue(value)
        self.setSuffix(f" {unit}" if unit else "")
        self.setGroupSeparatorShown(highest > 99_999)
        self.setAccessibleName(name)
        self.lineEdit().setTextMargins(6, 0, 0, 0)
        follow(self, _number)


class ComboBox(QComboBox):
    """A choice from a list."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        follow(self, _choice)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        scheme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(scheme.muted if self.isEnabled() else scheme.disabled), 1.5))
        x, y = self.width() - 15.0, self.height() / 2
        painter.drawPolyline([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)])


def _number(scheme: Colours) -> str:
    # Without buttons Qt lays the text out as if the padding were not there; buttons of no width do no harm.
    return (
        _box(scheme, "QSpinBox", faulty=False)
        + """
        QSpinBox::up-button, QSpinBox::down-button { width: 0; border: 0; }"""
    )


def _choice(scheme: Colours) -> str:
    return f"""
        QComboBox {{ padding: 4px 26px 4px 8px; border: 1px solid {scheme.line}; border-radius: 6px;
            background: {scheme.field}; color: {scheme.text}; }}
        QComboBox:hover {{ border-color: {scheme.handle}; }}
        QComboBox:focus {{ border-color: {scheme.accent}; }}
        QComboBox:disabled {{ color: {scheme.disabled}; }}
        QComboBox::drop-down {{ border: 0; width: 0; }}
        QComboBox QAbstractItemView {{ background: {scheme.card}; color: {scheme.text}; padding: 4px;
            border: 1px solid {scheme.line}; outline: 0; selection-background-color: {scheme.selection};
            selection-color: {scheme.text}; }}"""


class Form(QWidget):
    """Rows of caption, field and, where something is wrong, the fault in a sentence under the field."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._captions: list[QLabel] = []
        self._faults: dict[str, ToneLabel] = {}
        self._fields: dict[str, QWidget] = {}

    def add(self, key: str, caption: str, field: QWidget, hint: str = "") -> None:
        """Adds one row; `hint` is a quiet sentence under the field."""
        row = self._grid.rowCount()
        label = QLabel(caption)
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        label.setBuddy(field)
        self._captions.append(label)
        fault = ToneLabel("", Tone.ERROR)
        fault.setVisible(False)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(field, row, 1)
        self._grid.addWidget(fault, row + 1, 1)
        if hint:
            quiet = QLabel(hint)
            quiet.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            quiet.setWordWrap(True)
            self._grid.addWidget(quiet, row + 2, 1)
        self._faults[key] = fault
        self._fields[key] = field

    @property
    def first_field(self) -> QWidget:
        """The field at the top."""
        return next(iter(self._fields.values()))

    def align_with(self, other: "Form") -> None:
        """Gives the captions of both forms the same room, so that the fields of one stand under those of the other."""
        widest = max(label.sizeHint().width() for label in (*self._captions, *other._captions))
        for form in (self, other):
            form._grid.setColumnMinimumWidth(0, widest)

    def has(self, key: str) -> bool:
        """Whether there is a row of this key."""
        return key in self._fields

    def show_faults(self, faults: dict[str, str]) -> None:
        """Shows each fault under its field and clears the others."""
        for key, label in self._faults.items():
            text = faults.get(key, "")
            label.setText(text)
            label.setVisible(bool(text))
            field = self._fields[key]
            if isinstance(field, LineEdit):
                field.set_faulty(bool(text))
                field.setAccessibleDescription(text)

    def fault(self, key: str) -> str:
        """The fault shown under a field, or nothing."""
        return self._faults[key].text()
