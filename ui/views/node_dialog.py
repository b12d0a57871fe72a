"""The dialog for one node: what it is called, where it is, what is proposed to it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.views.controls.buttons import Button
from ui.views.controls.fields import ComboBox, Form, LineEdit
from ui.views.controls.labels import heading
from workbench.config import Node, check_ae_title
from workbench.errors import ConfigError


class NodeDialog(QDialog):
    """Asks for a node and tells what is wrong beside each field; it closes only with a node that is right.

    Signals:
        accepted_node: the node, checked.
    """

    accepted_node = Signal(object)

    def __init__(self, parent: QWidget, node: Node | None, taken: Sequence[str], profiles: Sequence[str]) -> None:
        super().__init__(parent)
        self._taken = frozenset(taken) - ({node.name} if node is not None else set())
        title = self.tr("Edit node {0}").format(node.name) if node is not None else self.tr("Add a node")
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.name = LineEdit(node.name if node else "", name=self.tr("Name"), hint=self.tr("e.g. PACS1"))
        self.ae_title = LineEdit(
            node.ae_title if node else "", name=self.tr("AE title"), hint=self.tr("the peer's AE title"), fixed=True
        )
        self.ae_title.setMaxLength(16)
        self.host = LineEdit(node.host if node else "", name=self.tr("Host"), hint=self.tr("name or address"))
        self.port = LineEdit(str(node.port) if node else "", name=self.tr("Port"), hint="104")
        self.group = LineEdit(node.group if node else "", name=self.tr("Group"), hint=self.tr("e.g. Hospital"))
        self.profile = ComboBox(name=self.tr("Contexts"))
        self.profile.addItem(self.tr("What the files need"), None)
        for each in profiles:
            self.profile.addItem(each, each)
        if node is not None:
            self.profile.setCurrentIndex(max(0, self.profile.findData(node.profile)))
        self.note = LineEdit(node.note if node else "", name=self.tr("Note"))
        self.form = Form()
        self.form.add("name", self.tr("Name"), self.name)
        self.form.add("ae_title", self.tr("AE title"), self.ae_title)
        self.form.add("host", self.tr("Host"), self.host)
        self.form.add("port", self.tr("Port"), self.port)
        self.form.add("group", self.tr("Group"), self.group)
        self.form.add("profile", self.tr("Contexts"), self.profile)
        self.form.add("note", self.tr("Note"), self.note)
        self.save_button = Button(self.tr("Save") if node else self.tr("Add"), primary=True)
        self.save_button.setDefault(True)
        self.cancel_button = Button(self.tr("Cancel"))
        self.save_button.clicked.connect(self.accept)
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
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.setMinimumWidth(440)

    def accept(self) -> None:
        """Closes the dialog if the node is right; else shows every fault."""
        faults = self.faults()
        self.form.show_faults(faults)
        self.adjustSize()
        if faults:
            field = {"name": self.name, "ae_title": self.ae_title, "host": self.host, "port": self.port}
            field[next(iter(faults))].setFocus()
            return
        made = Node(
            name=self.name.text().strip(),
            host=self.host.text().strip(),
            port=int(self.port.text()),
            ae_title=self.ae_title.text(),
            group=self.group.text().strip(),
            profile=self.profile.currentData(),
            note=self.note.text().strip(),
        )
        self.accepted_node.emit(made)
        super().accept()

    def faults(self) -> dict[str, str]:
        """What is wrong, by field."""
        found: dict[str, str] = {}
        name, port = self.name.text().strip(), self.port.text().strip()
        if not name:
            found["name"] = self.tr("A node needs a name.")
        elif name in self._taken:
            found["name"] = self.tr("A node of this name already exists.")
        try:
            check_ae_title(self.ae_title.text(), "AE title")
        except ConfigError:
            found["ae_title"] = self.tr("1 to 16 printable ASCII characters, no backslash.")
        if not self.host.text().strip():
            found["host"] = self.tr("A host name or an address.")
        if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
            found["port"] = self.tr("A number from 1 to 65535.")
        return found
