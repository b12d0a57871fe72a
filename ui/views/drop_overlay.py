"""What covers the window while files are dragged over it: what dropping them will do."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.theme import current, scaled
from ui.views.controls.icons import pixmap


def dropped_paths(data: QMimeData) -> list[Path]:
    """The local files and folders in what is dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropOverlay(QWidget):
    """A veil over the whole window with one sentence."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown."""
        return self._text

    def offer(self, paths: Sequence[Path], node: str) -> None:
        """Says what dropping these files and folders does."""
        what = paths[0].name if len(paths) == 1 else self.tr("{0} items").format(f"{len(paths):,}")
        self._text = self.tr("Add {0} to the send list").format(what)
        if node:
            self._text += self.tr(", to be sent to {0}").format(node)
        host = self.parentWidget()
        if host is not None:
            self.setGeometry(host.rect())
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(scheme.ground)
        veil.setAlpha(225)
        painter.fillRect(self.rect(), veil)
        frame = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        painter.setPen(QPen(QColor(scheme.accent), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, 12, 12)
        centre = frame.center().toPoint()
        painter.drawPixmap(
            centre.x() - 20, centre.y() - 60, pixmap("send", scheme.accent, 40, self.devicePixelRatioF())
        )
        painter.setPen(QColor(scheme.text))
        painter.setFont(scaled(self.font(), 1.4, QFont.Weight.DemiBold))
        painter.drawText(frame, int(Qt.AlignmentFlag.AlignCenter), self._text)
