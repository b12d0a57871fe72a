"""The bytes of a PDU: offset, 8 + 8 bytes, text; the field of a byte lights up."""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from ui.theme import Colours, current, fixed_font
from ui.views.controls.scrolling import thin_scroll_bars

MARGIN: Final = 8


class HexView(QAbstractScrollArea):
    """Shows bytes and one highlighted range; the cursor is one byte, moved by mouse or keys.

    Signals:
        byte_chosen: the offset of the byte that was clicked or reached by key.
        byte_hovered: the offset under the mouse, -1 for none.
    """

    byte_chosen = Signal(int)
    byte_hovered = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._data = b""
        self._total = 0
        self._range = (0, 0)
        self._hover = (0, 0)
        self._hovered = -1
        self._cursor = 0
        self._is_fault = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        thin_scroll_bars(self)
        self._take_font()

    # What is shown

    def show_bytes(self, data: bytes, total: int) -> None:
        """Shows other bytes; `total` is the length of the whole, of which `data` is what was kept."""
        self._data, self._total = data, total
        self._range = self._hover = (0, 0)
        self._hovered, self._cursor, self._is_fault = -1, 0, False
        self.verticalScrollBar().setValue(0)
        self._measure()

    def highlight(self, start: int, end: int, *, is_fault: bool = False) -> None:
        """Highlights a range and scrolls it into view."""
        self._range, self._is_fault = (start, end), is_fault
        if start < end:
            self._cursor = start if not start <= self._cursor < end else self._cursor
            self._reveal(start)
        self.setAccessibleDescription(self.copied_text())
        self.viewport().update()

    def tint(self, start: int, end: int) -> None:
        """Tints the field under the mouse."""
        self._hover = (start, end)
        self.viewport().update()

    @property
    def highlighted(self) -> tuple[int, int]:
        """First byte and one past the last byte of the highlighted range."""
        return self._range

    @property
    def cursor_offset(self) -> int:
        """The offset of the byte under the cursor."""
        return self._cursor

    @property
    def bytes_in_row(self) -> int:
        """16, or 8 where there is no room for 16."""
        return 16 if self.viewport().width() >= self._row_width(16) or self.viewport().width() < 1 else 8

    def copied_text(self) -> str:
        """The highlighted bytes in hexadecimal."""
        return self._data[self._range[0] : self._range[1]].hex(" ")

    def copy(self) -> None:
        """Puts the highlighted bytes on the clipboard, in hexadecimal."""
        if text := self.copied_text():
            QGuiApplication.clipboard().setText(text)

    def offset_at(self, place: QPoint) -> int:
        """The offset of the byte at a place of the viewport, in either column; -1 where there is none."""
        count = self.bytes_in_row
        row = (place.y() - MARGIN) // self._line + self.verticalScrollBar().value()
        x = place.x() - MARGIN + self.horizontalScrollBar().value()
        column = -1
        for at in range(count):
            left, text_left = self._byte_x(at), self._text_x(at, count)
            if left - self._char // 2 <= x < left + 2 * self._char + self._char // 2 or 0 <= x - text_left < self._char:
                column = at
                break
        offset = row * count + column
        return offset if column >= 0 and row >= 0 and offset < len(self._data) else -1

    def place_of(self, offset: int) -> QPoint:
        """The centre of a byte in the viewport."""
        count = self.bytes_in_row
        y = (offset // count - self.verticalScrollBar().value()) * self._line + MARGIN + self._line // 2
        return QPoint(MARGIN + self._byte_x(offset % count) + self._char - self.horizontalScrollBar().value(), y)

    def sizeHint(self) -> QSize:
        return QSize(self._row_width(16) + self.verticalScrollBar().sizeHint().width(), 12 * self._line)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        offset = self.offset_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and offset >= 0:
            self._move_to(offset)
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        offset = self.offset_at(event.position().toPoint())
        if event.buttons() & Qt.MouseButton.LeftButton and offset >= 0:
            self._move_to(offset)
        elif offset != self._hovered:
            self._hovered = offset
            self.byte_hovered.emit(offset)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.byte_hovered.emit(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        count = self.bytes_in_row
        page = max(1, self.viewport().height() // self._line - 1) * count
        row_start = self._cursor - self._cursor % count
        target = {
            Qt.Key.Key_Left: self._cursor - 1,
            Qt.Key.Key_Right: self._cursor + 1,
            Qt.Key.Key_Up: self._cursor - count,
            Qt.Key.Key_Down: self._cursor + count,
            Qt.Key.Key_PageUp: self._cursor - page,
            Qt.Key.Key_PageDown: self._cursor + page,
            Qt.Key.Key_Home: 0 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else row_start,
            Qt.Key.Key_End: len(self._data)
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier
            else row_start + count - 1,
        }.get(Qt.Key(event.key()))
        if target is None or not self._data:
            super().keyPressEvent(event)
        else:
            self._move_to(min(max(target, 0), len(self._data) - 1))

    # Layout

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self._take_font()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _take_font(self) -> None:
        font = fixed_font(QGuiApplication.font())
        if font != self.viewport().font():
            self.viewport().setFont(font)
        metrics = self.viewport().fontMetrics()
        self._char, self._line, self._ascent = metrics.horizontalAdvance("0"), metrics.height() + 1, metrics.ascent()
        self._measure()

    def _measure(self) -> None:
        count = self.bytes_in_row
        rows = -(-len(self._data) // count) + (1 if self._total > len(self._data) else 0)
        fitting = max(1, (self.viewport().height() - 2 * MARGIN) // self._line)
        self.verticalScrollBar().setRange(0, max(0, rows - fitting))
        self.verticalScrollBar().setPageStep(fitting)
        self.horizontalScrollBar().setRange(0, max(0, self._row_width(count) - self.viewport().width()))
        self.horizontalScrollBar().setPageStep(self.viewport().width())
        self.horizontalScrollBar().setSingleStep(self._char)
        self.viewport().update()

    def _digits(self) -> int:
        return 4 if self._total <= 0x10000 else 8

    def _byte_x(self, at: int) -> int:
        return self._char * (self._digits() + 2 + 3 * at + (1 if at >= 8 else 0))

    def _text_x(self, at: int, count: int) -> int:
        return self._byte_x(count - 1) + self._char * (4 + at)

    def _row_width(self, count: int) -> int:
        return self._text_x(count, count) + 2 * MARGIN

    def _move_to(self, offset: int) -> None:
        self._cursor = offset
        self._reveal(offset)
        self.byte_chosen.emit(offset)
        self.viewport().update()

    def _reveal(self, offset: int) -> None:
        row = offset // self.bytes_in_row
        bar = self.verticalScrollBar()
        if row < bar.value():
            bar.setValue(row)
        elif row >= bar.value() + bar.pageStep():
            bar.setValue(row - bar.pageStep() + 1)

    # Painting

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(scheme.field))
        count, first = self.bytes_in_row, self.verticalScrollBar().value()
        painter.translate(MARGIN - self.horizontalScrollBar().value(), MARGIN)
        rows = -(-len(self._data) // count)
        for row in range(first, min(rows, first + self.viewport().height() // self._line + 1)):
            self._paint_row(painter, row * count, (row - first) * self._line, count, scheme)
        if self._total > len(self._data) and first + self.viewport().height() // self._line >= rows:
            painter.setPen(QColor(scheme.muted))
            rest = self.tr("{0} more bytes were not kept").format(f"{self._total - len(self._data):,}")
            painter.drawText(self._byte_x(0), (rows - first) * self._line + self._ascent, rest)

    def _paint_row(self, painter: QPainter, start: int, y: int, count: int, scheme: Colours) -> None:
        painter.setPen(QColor(scheme.muted))
        painter.drawText(0, y + self._ascent, f"{start:0{self._digits()}x}")
        for at, value in enumerate(self._data[start : start + count]):
            offset, x, text_x = start + at, self._byte_x(at), self._text_x(at, count)
            ink, text_ink = scheme.text, scheme.muted
            ground = self._ground(offset, scheme)
            if ground:
                joined = at + 1 < count and at != 7 and self._ground(offset + 1, scheme) == ground
                width = self._char * (3 if joined and offset + 1 < len(self._data) else 2)
                painter.fillRect(QRect(x - 1, y, width + 2, self._line), QColor(ground))
                painter.fillRect(QRect(text_x, y, self._char, self._line), QColor(ground))
                if ground != scheme.selection:
                    ink = text_ink = scheme.on_accent
            painter.setPen(QColor(ink))
            painter.drawText(x, y + self._ascent, f"{value:02x}")
            painter.setPen(QColor(text_ink))
            painter.drawText(text_x, y + self._ascent, chr(value) if 32 <= value < 127 else "·")
            if offset == self._cursor and self.hasFocus():
                painter.setPen(QColor(scheme.text))
                painter.drawRect(QRect(x - 1, y, 2 * self._char + 1, self._line - 1))

    def _ground(self, offset: int, scheme: Colours) -> str:
        if self._range[0] <= offset < self._range[1]:
            return scheme.error if self._is_fault else scheme.accent
        return scheme.selection if self._hover[0] <= offset < self._hover[1] else ""
