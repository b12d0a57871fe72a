"""The dialog for one entry of the worklist: patient, request and step."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.session import WorklistEntry, entered_date, entered_time, shown_date, shown_time
from ui.theme import Tone
from ui.views.controls.buttons import Button
from ui.views.controls.fields import ComboBox, Form, LineEdit
from ui.views.controls.labels import ToneLabel, heading

Keep = Callable[[WorklistEntry], Mapping[str, str]]
"""Keeps an entry; gives what is wrong instead, by field, and under "" what is no field's fault."""

_Fields = tuple[tuple[str, str, str], ...]  # name, caption, example
_PATIENT: Final[_Fields] = (
    ("patient_name", "Name", "Family^Given"),
    ("patient_id", "Patient ID", ""),
    ("patient_birth_date", "Birth date", "e.g. 1984-02-29"),
    ("patient_sex", "Sex", ""),
)
_REQUEST: Final[_Fields] = (
    ("requested_procedure_description", "Description", "what is asked for"),
    ("requested_procedure_id", "Procedure ID", ""),
    ("accession_number", "Accession", ""),
    ("referring_physician_name", "Referring", "Family^Given"),
    ("requesting_physician", "Requesting", "Family^Given"),
    ("study_instance_uid", "Study UID", ""),
)
_STEP: Final[_Fields] = (
    ("step_description", "Description", "what is done"),
    ("modality", "Modality", "CT, MR, US …"),
    ("scheduled_station_ae_titles", "Station AE", "AE title, or several: CT1, CT2"),
    ("station_name", "Station name", ""),
    ("step_location", "Location", "e.g. Room 3"),
    ("start_date", "Date", "e.g. 2026-11-22"),
    ("start_time", "Time", "e.g. 10:15"),
    ("step_id", "Step ID", ""),
    ("performing_physician_name", "Performing", "Family^Given"),
    ("step_comments", "Comments", ""),
)
_WIRE: Final = frozenset(
    {"patient_id", "requested_procedure_id", "accession_number", "study_instance_uid", "step_id"}
    | {"scheduled_station_ae_titles"}
)
_DATES: Final = frozenset({"patient_birth_date", "start_date"})
_SEX: Final = "patient_sex"
_MANY: Final = "scheduled_station_ae_titles"


class WorklistDialog(QDialog):
    """Asks for an entry and tells what is wrong under each field; it closes only when the entry is kept.

    What an entry has besides these fields stays as it is.
    """

    def __init__(self, parent: QWidget, entry: WorklistEntry, keep: Keep, *, is_new: bool = False) -> None:
        super().__init__(parent)
        self._entry = entry
        self._keep = keep
        title = self.tr("Add a worklist entry") if is_new else self.tr("Edit {0}").format(entry.step_id)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fields: dict[str, LineEdit | ComboBox] = {}
        groups = {self.tr("Patient"): _PATIENT, self.tr("Request"): _REQUEST, self.tr("Step"): _STEP}
        patient, request, step = (self._form(group, fields) for group, fields in groups.items())
        self._forms = (patient, request, step)
        request.align_with(patient)
        self.fault = ToneLabel("", Tone.ERROR)
        self.fault.hide()
        self.save_button = Button(self.tr("Add") if is_new else self.tr("Save"), primary=True)
        self.save_button.setDefault(True)
        self.cancel_button = Button(self.tr("Cancel"))
        self.save_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        columns = QHBoxLayout()
        columns.setSpacing(28)
        titled = list(zip(groups, self._forms, strict=True))
        for parts in (titled[:2], titled[2:]):
            column = QVBoxLayout()
            column.setSpacing(8)
            for group, form in parts:
                column.addWidget(heading(group, factor=1.0))
                column.addWidget(form)
            column.addStretch(1)
            columns.addLayout(column, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.fault, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(14)
        layout.addWidget(heading(title))
        layout.addLayout(columns, 1)
        layout.addLayout(buttons)
        self.setMinimumWidth(820)

    def entry(self) -> WorklistEntry:
        """The entry as it is filled in."""
        values: dict[str, Any] = {name: _value(name, field) for name, field in self.fields.items()}
        return replace(self._entry, **values)

    def accept(self) -> None:
        """Closes the dialog if the entry is right and was kept; else shows every fault."""
        faults = dict(self._keep(self.entry()))
        for form in self._forms:
            form.show_faults(faults)
        self.fault.setText(faults.get("", ""))
        self.fault.setVisible("" in faults)
        self.adjustSize()
        if not faults:
            super().accept()
            return
        wrong = next((field for name, field in self.fields.items() if name in faults), None)
        if wrong is not None:
            wrong.setFocus()

    def fault_of(self, name: str) -> str:
        """The fault shown under a field, or nothing."""
        return next(form for form in self._forms if form.has(name)).fault(name)

    def _form(self, group: str, fields: _Fields) -> Form:
        form = Form()
        for name, caption, example in fields:
            spoken = f"{group}: {self.tr(caption)}"  # two captions are those of two groups
            field = self.fields[name] = self._field(name, spoken, self.tr(example) if example else "")
            form.add(name, self.tr(caption), field)
        return form

    def _field(self, name: str, spoken: str, example: str) -> LineEdit | ComboBox:
        value: Any = getattr(self._entry, name)
        if name == _SEX:
            choice = ComboBox(name=spoken)
            for code, text in (
                ("", self.tr("not known")),
                ("F", self.tr("F   female")),
                ("M", self.tr("M   male")),
                ("O", self.tr("O   other")),
            ):
                choice.addItem(text, code)
            choice.setCurrentIndex(max(0, choice.findData(value)))
            return choice
        if name in _DATES:
            value = shown_date(value)
        elif name == "start_time":
            value = shown_time(value)
        elif name == _MANY:
            value = ", ".join(value)
        line = LineEdit(value, name=spoken, hint=example, fixed=name in _WIRE)
        line.setCursorPosition(0)  # of what is too long, the beginning is shown
        return line


def _value(name: str, field: LineEdit | ComboBox) -> str | tuple[str, ...]:
    if isinstance(field, ComboBox):
        return str(field.currentData())
    text = field.text().strip()
    if name in _DATES:
        return entered_date(text)
    if name == "start_time":
        return entered_time(text)
    if name == _MANY:
        return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    return text.upper() if name == "modality" else text
