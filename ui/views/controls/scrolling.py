"""Thin scroll bars without arrows, for every view that scrolls."""

from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from ui.theme import Colours
from ui.views.controls.styling import follow


def _thin(scheme: Colours) -> str:
    return f"""
        QScrollBar {{ background: transparent; border: 0; margin: 0; }}
        QScrollBar:vertical {{ width: 10px; }}
        QScrollBar:horizontal {{ height: 10px; }}
        QScrollBar::handle {{ background: {scheme.handle}; border-radius: 3px; margin: 2px; }}
        QScrollBar::handle:vertical {{ min-height: 28px; }}
        QScrollBar::handle:horizontal {{ min-width: 28px; }}
        QScrollBar::handle:hover {{ background: {scheme.muted}; }}
        QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
        QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}"""


def thin_scroll_bars(area: QAbstractScrollArea) -> None:
    """Gives a scroll area thin bars and no frame."""
    area.setFrameShape(QFrame.Shape.NoFrame)
    follow(area.verticalScrollBar(), _thin)
    follow(area.horizontalScrollBar(), _thin)
