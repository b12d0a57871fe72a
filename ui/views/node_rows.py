"""How a node is painted in the tree: sign and name, then what its last check found and how long ago."""

from time import time

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.models import words
from ui.models.nodes import NodeRow
from ui.models.roles import Role
from ui.theme import current, scaled
from ui.views.controls.delegates import category_ink, elided, paint_ground, row_height

_SIGNS = {"unknown": "○", "checking": "…", "ok": "✔", "failed": "✖"}


def ago(seconds: float) -> str:
    """A time that has passed, in words: "now", "2 min ago"."""
    if seconds < 45:
        return QCoreApplication.translate("ago", "now")
    minutes = round(seconds / 60)
    if minutes < 60:
        return QCoreApplication.translate("ago", "{0} min ago").format(max(minutes, 1))
    return QCoreApplication.translate("ago", "{0} h ago").format(round(minutes / 60))


def check_words(node: NodeRow, now: float) -> str:
    """What the last check of a node found: "12 ms, 2 min ago", the sentence of the rung that failed, "not checked"."""
    if node.check == "ok":
        age = ago(now - node.checked_at) if node.checked_at is not None else ""
        return ", ".join(part for part in (words.latency(node.latency), age) if part)
    if node.check == "checking":
        return QCoreApplication.translate("check", "checking …")
    return node.sentence or QCoreApplication.translate("check", "not checked")


def sign(node: NodeRow) -> str:
    """The sign of a node's state."""
    return _SIGNS[node.check]


class NodeDelegate(QStyledItemDelegate):
    """Paints groups in semi-bold and nodes with the state of their last check."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, row_height(option.font) - 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        scheme = current()
        paint_ground(painter, option, scheme)
        area = option.rect.adjusted(4, 0, -4, 0)
        node = index.data(Role.ROW)
        if not isinstance(node, NodeRow):
            painter.setFont(scaled(option.font, 1.0, QFont.Weight.Medium))
            painter.setPen(QColor(scheme.text))
            painter.drawText(area, int(option.displayAlignment), elided(painter, str(index.data() or ""), area.width()))
            return
        painter.setFont(option.font)
        painter.setPen(QColor(category_ink(scheme, node.category)))
        painter.drawText(area, int(option.displayAlignment), sign(node))
        area.setLeft(area.left() + painter.fontMetrics().height())
        painter.setPen(QColor(scheme.text))
        name = elided(painter, node.name, area.width())
        painter.drawText(area, int(option.displayAlignment), name)
        area.setLeft(area.left() + painter.fontMetrics().horizontalAdvance(name) + 10)
        painter.setPen(QColor(category_ink(scheme, node.category)))
        painter.drawText(area, int(option.displayAlignment), elided(painter, check_words(node, time()), area.width()))
