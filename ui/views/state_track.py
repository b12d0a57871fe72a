"""The states an association passes through, as a row of boxes (PS3.8 9.2)."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.models.associations import AssociationRow
from ui.theme import current, scaled

REQUESTOR_PATH: Final = (1, 4, 5, 6, 7, 1)
ACCEPTOR_PATH: Final = (1, 2, 3, 6, 8, 13)
LONGEST: Final = 7
# Two words at most: the whole words of a state are in the line under the boxes.
CAPTIONS: Final = {
    1: "idle",
    2: "await RQ",
    3: "answering",
    4: "connect",
    5: "await AC",
    6: "data",
    7: "await RP",
    8: "releasing",
    9: "collision",
    10: "collision",
    11: "collision",
    12: "collision",
    13: "closing",
}


def track_of(row: AssociationRow) -> tuple[tuple[int, ...], int]:
    """The states to draw and the place of the current one.

    The usual path of the role, and another where the association left it: the states it really went through.
    """
    path = REQUESTOR_PATH if row.is_requestor else ACCEPTOR_PATH
    visited = [row.steps[0].before, *(step.after for step in row.steps)] if row.steps else [1]
    real: list[int] = []
    for state in visited:
        if not real or real[-1] != state:
            real.append(state)
    # Of a long association only the last steps are kept: it came the usual way.
    if real[0] != 1 and real[0] in path:
        real = [*path[: path.index(real[0])], *real]
    if set(real) - set(path) or (not row.is_open and real != list(path[: len(real)])):
        shown = tuple(real[-LONGEST:])
        return shown, len(shown) - 1
    if row.state == 1 and len(real) > 1:
        return path, len(path) - 1
    return path, path.index(row.state) if row.state in path else 0


class StateTrack(QWidget):
    """Boxes with the labels of the states; those passed are outlined, the current one is filled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path: tuple[int, ...] = REQUESTOR_PATH
        self._current = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("State of the association"))

    def show_association(self, row: AssociationRow | None) -> None:
        """Shows where an association stands; None shows the path alone."""
        shown = track_of(row) if row is not None else (REQUESTOR_PATH, -1)
        if shown != (self._path, self._current):
            self._path, self._current = shown
            self.update()
        self.setAccessibleDescription(row.state_text if row is not None else "")

    @property
    def path(self) -> tuple[int, ...]:
        """The states drawn."""
        return self._path

    @property
    def current(self) -> int | None:
        """The state that is filled; None when there is none."""
        return self._path[self._current] if self._current >= 0 else None

    def sizeHint(self) -> QSize:
        return QSize(300, 2 * self.fontMetrics().height() + 16)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step = self.width() / len(self._path)
        width = min(step - 10, self.fontMetrics().horizontalAdvance("Sta13") + 18)
        height = self.fontMetrics().height() + 8
        for at, state in enumerate(self._path):
            box = QRectF(at * step + (step - width) / 2, 1, width, height)
            is_passed, is_current = at < self._current, at == self._current
            edge = QColor(scheme.accent if is_passed or is_current else scheme.line)
            if at + 1 < len(self._path):
                painter.setPen(QPen(QColor(scheme.accent if at < self._current else scheme.line), 2))
                middle = box.center().y()
                painter.drawLine(QPointF(box.right() + 1, middle), QPointF(box.right() + step - width - 1, middle))
            painter.setPen(QPen(edge, 1.5))
            painter.setBrush(QColor(scheme.accent if is_current else scheme.card if is_passed else scheme.field))
            painter.drawRoundedRect(box, 6, 6)
            painter.setFont(scaled(self.font(), 0.9, QFont.Weight.DemiBold))
            painter.setPen(QColor(scheme.on_accent if is_current else scheme.text if is_passed else scheme.muted))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), f"Sta{state}")
            painter.setFont(scaled(self.font(), 0.86))
            painter.setPen(QColor(scheme.text if is_current else scheme.muted))
            if len(self._path) > len(REQUESTOR_PATH) and not is_current:
                continue
            caption = QRectF(at * step - 4, height + 4, step + 8, self.fontMetrics().height())
            painter.drawText(caption, int(Qt.AlignmentFlag.AlignCenter), self.tr(CAPTIONS[state]))
