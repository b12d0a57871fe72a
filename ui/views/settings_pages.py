"""The pages of the settings dialog: each shows values, says what is wrong and gives the values back."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import Tone
from ui.views.controls.buttons import Button
from ui.views.controls.checks import CheckBox
from ui.views.controls.fields import ComboBox, Form, LineEdit, SpinBox
from ui.views.controls.labels import ToneLabel
from workbench.config import THEMES, LocalAe, Timeouts, check_ae_title
from workbench.errors import ConfigError

LOOPBACK: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"


class Page(QWidget):
    """A form that fills the page from the top."""

    def __init__(self) -> None:
        super().__init__()
        self.form = Form()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.form)
        self._column.addStretch(1)

    def faults(self) -> dict[str, str]:
        """What is wrong, by field."""
        return {}


class GeneralPage(Page):
    """Theme and folder."""

    def __init__(self, theme: str, folder: Path) -> None:
        super().__init__()
        self.theme = ComboBox(name=self.tr("Theme"))
        words = {"system": self.tr("Same as the system"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        for name in THEMES:
            self.theme.addItem(words[name], name)
        self.theme.setCurrentIndex(self.theme.findData(theme))
        self.folder_field = LineEdit(str(folder), name=self.tr("Folder of received objects"))
        self.browse_button = Button(self.tr("Browse…"), icon_name="folder")
        self.browse_button.clicked.connect(self._browse)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.folder_field, 1)
        row.addWidget(self.browse_button)
        self.form.add("theme", self.tr("Theme"), self.theme)
        self.form.add("folder", self.tr("Received objects"), line, self.tr("Objects that peers send are stored here."))

    @property
    def theme_name(self) -> str:
        """The theme chosen."""
        return str(self.theme.currentData())

    @property
    def folder(self) -> str:
        """The folder entered."""
        return self.folder_field.text().strip()

    def faults(self) -> dict[str, str]:
        """A folder is needed, as an absolute path."""
        fine = bool(self.folder) and Path(self.folder).is_absolute()
        return {} if fine else {"folder": self.tr("Enter the full path of a folder.")}

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder of received objects"), self.folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder_field.setText)
        dialog.open()


class LocalPage(Page):
    """Our own AE: title, address, whom it serves, what it accepts."""

    def __init__(self, local: LocalAe, accept_profile: str | None, profiles: Sequence[str]) -> None:
        super().__init__()
        self.title = LineEdit(local.ae_title, name=self.tr("AE title"), fixed=True)
        self.title.setMaxLength(16)
        self.bind = ComboBox(name=self.tr("Address to listen on"))
        self.bind.addItem(self.tr("This computer only ({0})").format(LOOPBACK), LOOPBACK)
        self.bind.addItem(self.tr("All interfaces ({0})").format(EVERYWHERE), EVERYWHERE)
        if self.bind.findData(local.bind) < 0:
            self.bind.addItem(local.bind, local.bind)
        self.bind.setCurrentIndex(self.bind.findData(local.bind))
        self.port = SpinBox(0, 65535, local.port, name=self.tr("Port"))
        self.any_caller = CheckBox(self.tr("Serve any calling AE title"))
        self.any_caller.setChecked(local.allowed_calling is None)
        self.callers = LineEdit(
            ", ".join(local.allowed_calling or ()),
            name=self.tr("Allowed calling AE titles"),
            hint=self.tr("e.g. CT1, ARCHIVE"),
        )
        self.any_host = CheckBox(self.tr("Serve any host"))
        self.any_host.setChecked(local.allowed_hosts is None)
        self.hosts = LineEdit(
            ", ".join(local.allowed_hosts or ()), name=self.tr("Allowed hosts"), hint=self.tr("e.g. 10.1.2.3")
        )
        self.accepts = ComboBox(name=self.tr("Contexts accepted"))
        self.accepts.addItem(self.tr("All that this AE can answer"), None)
        for name in profiles:
            self.accepts.addItem(name, name)
        self.accepts.setCurrentIndex(max(0, self.accepts.findData(accept_profile)))
        self.commitment = CheckBox(self.tr("Answer storage commitment"))
        self.commitment.setChecked(local.commitment)
        self.max_pdu = SpinBox(0, 16 * 1024 * 1024, local.max_pdu_length, name=self.tr("Maximum PDU"), unit="bytes")
        self.max_pdu.setSpecialValueText(self.tr("no limit"))
        self.limit = SpinBox(1, 1000, local.max_associations, name=self.tr("Associations at once"))
        self.warning = ToneLabel(self.tr("▲ Anyone who reaches this computer can store objects on it."), Tone.WARNING)
        self.form.add("title", self.tr("AE title"), self.title)
        self.form.add("bind", self.tr("Listen on"), self.bind)
        self.form.add("port", self.tr("Port"), self.port)
        self.form.add("any_caller", "", self.any_caller)
        self.form.add(
            "callers", self.tr("Allowed callers"), self.callers, self.tr("Your nodes and this AE may always call.")
        )
        self.form.add("any_host", "", self.any_host)
        self.form.add("hosts", self.tr("Allowed hosts"), self.hosts)
        self.form.add("accepts", self.tr("Accepts"), self.accepts)
        self.form.add(
            "commitment",
            "",
            self.commitment,
            self.tr("Modalities delete their originals after it. Confirmed is what is read again from the archive."),
        )
        self.form.add("max_pdu", self.tr("Maximum PDU"), self.max_pdu)
        self.form.add("limit", self.tr("Associations at once"), self.limit)
        self._column.insertWidget(1, self.warning)
        for signal in (self.any_caller.toggled, self.any_host.toggled, self.bind.currentIndexChanged):
            signal.connect(self._refresh)
        self._refresh()

    @property
    def accept_profile(self) -> str | None:
        """The profile that is accepted; None for all that can be answered."""
        name = self.accepts.currentData()
        return str(name) if name is not None else None

    def local_ae(self, before: LocalAe, timeouts: Timeouts) -> LocalAe:
        """The AE as entered; `faults` must be empty."""
        return replace(
            before,
            ae_title=self.title.text(),
            bind=str(self.bind.currentData()),
            port=self.port.value(),
            allowed_calling=None if self.any_caller.isChecked() else _listed(self.callers.text()),
            allowed_hosts=None if self.any_host.isChecked() else _listed(self.hosts.text()),
            max_pdu_length=self.max_pdu.value(),
            max_associations=self.limit.value(),
            timeouts=timeouts,
            commitment=self.commitment.isChecked(),
        )

    def faults(self) -> dict[str, str]:
        """Titles that are none, and a PDU length out of range."""
        found: dict[str, str] = {}
        rule = self.tr("1 to 16 printable ASCII characters, no backslash.")
        if not _is_title(self.title.text()):
            found["title"] = rule
        wrong = [] if self.any_caller.isChecked() else [t for t in _listed(self.callers.text()) if not _is_title(t)]
        if wrong:
            found["callers"] = self.tr("{0}: {1}").format(wrong[0], rule)
        if 0 < self.max_pdu.value() < 4096:
            found["max_pdu"] = self.tr("0 for no limit, or at least 4,096.")
        return found

    def _refresh(self) -> None:
        self.callers.setEnabled(not self.any_caller.isChecked())
        self.hosts.setEnabled(not self.any_host.isChecked())
        is_open = self.bind.currentData() != LOOPBACK and self.any_caller.isChecked() and self.any_host.isChecked()
        self.warning.setVisible(is_open)


class TimeoutsPage(Page):
    """How long to wait, in seconds."""

    def __init__(self, timeouts: Timeouts) -> None:
        super().__init__()
        self._fields: dict[str, SpinBox] = {}
        for key, caption, hint in (
            ("connect", self.tr("Connection"), self.tr("to open the TCP connection")),
            ("acse", self.tr("Association"), self.tr("for an association to be answered or released; also ARTIM")),
            ("dimse", self.tr("Response"), self.tr("for a DIMSE response")),
            ("idle", self.tr("Idle"), self.tr("before a silent peer is aborted")),
        ):
            field = SpinBox(1, 86_400, round(getattr(timeouts, key)), name=caption, unit="s")
            self._fields[key] = field
            self.form.add(key, caption, field, hint)

    def timeouts(self) -> Timeouts:
        """The times as entered."""
        return Timeouts(**{key: float(field.value()) for key, field in self._fields.items()})


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _is_title(title: str) -> bool:
    try:
        check_ae_title(title, "AE title")
    except ConfigError:
        return False
    return True
