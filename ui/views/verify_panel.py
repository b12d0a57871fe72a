"""Checking nodes: a ladder for each, from the name to the echo."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ui.models import words
from ui.models.nodes import NodeRow, RungRow
from ui.session import Session
from ui.theme import Tone, current, scaled
from ui.views.controls.buttons import Button
from ui.views.controls.card import Card
from ui.views.controls.delegates import TONES
from ui.views.controls.empty import EmptyState
from ui.views.controls.labels import ElidedLabel, ToneLabel
from ui.views.controls.pills import Pill
from ui.views.controls.scrolling import thin_scroll_bars

_UNREACHED = tuple(
    RungRow(name=name, is_ok=None, milliseconds=None, sentence="") for name in ("name", "TCP", "association", "echo")
)


class Ladder(QWidget):
    """The rungs of one check as boxes in a row: sign, name and time."""

    def __init__(self) -> None:
        super().__init__()
        self._rungs: tuple[RungRow, ...] = _UNREACHED
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Steps of the check"))

    def show_rungs(self, rungs: tuple[RungRow, ...]) -> None:
        """Shows how far a check came; nothing stands for one that has not been made."""
        self._rungs = rungs or _UNREACHED
        self.setAccessibleDescription("; ".join(self._caption(rung) for rung in self._rungs))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, self.fontMetrics().height() + 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap, left = 14.0, 0.5
        painter.setFont(scaled(self.font(), 1.0, QFont.Weight.Medium))
        needs = [painter.fontMetrics().horizontalAdvance(self._caption(rung)) for rung in self._rungs]
        spare = (self.width() - 1 - gap * (len(needs) - 1) - sum(needs)) / len(needs)
        for at, rung in enumerate(self._rungs):
            box = QRectF(left, 0.5, needs[at] + spare, self.height() - 1)
            left += box.width() + gap
            badge = scheme.badges[_tone(rung)]
            if at:
                painter.setPen(QPen(QColor(scheme.line), 2))
                painter.drawLine(QPointF(box.left() - gap + 1, box.center().y()), QPointF(box.left(), box.center().y()))
            painter.setPen(QColor(scheme.line) if rung.is_ok is None else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(scheme.field if rung.is_ok is None else badge.ground))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(QColor(scheme.muted if rung.is_ok is None else badge.ink))
            text = painter.fontMetrics().elidedText(
                self._caption(rung), Qt.TextElideMode.ElideRight, round(box.width()) - 4
            )
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    def _caption(self, rung: RungRow) -> str:
        mark = {True: "✔", False: "✖", None: "○"}[rung.is_ok]
        spent = words.latency(rung.milliseconds / 1000) if rung.milliseconds is not None else ""
        return "  ".join(part for part in (mark, rung.name, spent) if part)


def _tone(rung: RungRow) -> Tone:
    return {True: Tone.OK, False: Tone.ERROR, None: Tone.NEUTRAL}[rung.is_ok]


class NodeCheck(QWidget):
    """One node: what it is, its ladder, a sentence for each rung that says something."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__()
        self.name = ElidedLabel()
        self.name.setFont(scaled(self.font(), 1.0, QFont.Weight.DemiBold))
        self.pill = Pill()
        self.button = Button(self.tr("Check"), icon_name="verify")
        self.button.setAccessibleName(self.tr("Check {0}").format(name))
        self.button.clicked.connect(lambda: session.echo(name))
        self.ladder = Ladder()
        self.sentence = ToneLabel()
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.pill)
        head.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 6, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.ladder)
        layout.addWidget(self.sentence)

    def show_node(self, row: NodeRow) -> None:
        """Shows the last check of the node."""
        self.name.setText(f"{row.name}   {row.ae_title} at {row.host}:{row.port}")
        captions = {"ok": self.tr("answers"), "failed": self.tr("no answer"), "checking": self.tr("checking")}
        self.pill.show_state(captions.get(row.check, self.tr("not checked")), TONES.get(row.category, Tone.NEUTRAL))
        self.button.setEnabled(row.check != "checking")
        self.ladder.show_rungs(row.rungs)
        said = [rung for rung in row.rungs if rung.is_ok is False] or [rung for rung in row.rungs if rung.is_ok][-1:]
        text = said[0].sentence if said else row.sentence
        self.sentence.setText(text)
        self.sentence.setVisible(bool(text))
        self.sentence.set_tone(Tone.ERROR if row.check == "failed" else Tone.NEUTRAL)


class VerifyPanel(Card):
    """The ladders of all nodes.

    Signals:
        add_asked, demo_asked: there is no node yet.
    """

    add_asked = Signal()
    demo_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.set_title(self.tr("Verify"))
        self._session = session
        self.checks: dict[str, NodeCheck] = {}
        self.all_button = Button(self.tr("Check all"), primary=True, icon_name="verify")
        self.all_button.clicked.connect(session.echo_all)
        self.header.addWidget(self.all_button)
        self.note.setText(self.tr("name, TCP, association, echo: each step with its time"))
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)
        scroller = QScrollArea()
        scroller.setAccessibleName(self.tr("Nodes and their checks"))
        scroller.setWidget(self._list)
        scroller.setWidgetResizable(True)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.viewport().setAutoFillBackground(False)
        self._list.setAutoFillBackground(False)
        thin_scroll_bars(scroller)
        self.empty = EmptyState(
            "verify",
            self.tr("No nodes to check"),
            self.tr("Add a node, or start the demo: a node inside this program."),
            self.tr("Start the demo"),
            self.tr("Add a node…"),
        )
        self.empty.acted.connect(self.demo_asked)
        self.empty.second_acted.connect(self.add_asked)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(scroller)
        self.body.addWidget(self._pages, 1)
        model = session.nodes_model
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved, model.dataChanged):
            signal.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        rows = self._session.nodes_model.rows
        for name in [name for name in self.checks if name not in {row.name for row in rows}]:
            gone = self.checks.pop(name)
            self._column.removeWidget(gone)
            gone.deleteLater()
        for row in rows:
            if row.name not in self.checks:
                self.checks[row.name] = NodeCheck(self._session, row.name)
                self._column.insertWidget(self._column.count() - 1, self.checks[row.name])
            self.checks[row.name].show_node(row)
        self._pages.setCurrentIndex(1 if rows else 0)
        self.all_button.setVisible(bool(rows))
