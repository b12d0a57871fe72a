"""How the rows of the trace are painted: directions in two colours, beside their arrows and words."""

from typing import Final

from ui.models.cells import Cell
from ui.models.roles import Category
from ui.theme import Colours
from ui.views.controls.rows import RowPainter

DIRECTION: Final = 4
BYTES: Final = 7


class TraceRows(RowPainter):
    """Out in the accent colour, in in the other one; everything else as in every table."""

    def ink(self, scheme: Colours, column: int, cell: Cell, *, is_quiet: bool) -> str:
        if column == DIRECTION:
            return scheme.mark if cell.text.startswith("←") else scheme.accent
        # A success is what is expected: only what is not stands out.
        if cell.category is Category.OK or column == BYTES:
            cell = cell._replace(category=Category.NONE)
        return super().ink(scheme, column, cell, is_quiet=is_quiet)
