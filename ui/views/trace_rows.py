"""How the rows of the trace are painted: directions in two colours, beside their arrows and words."""

from typing import Final

from PySide6.QtWidgets import QStyleOptionViewItem

from ui.models.roles import Category
from ui.theme import Colours
from ui.views.controls.delegates import Index, RowDelegate

DIRECTION: Final = 4
BYTES: Final = 7


class TraceDelegate(RowDelegate):
    """Out in the accent colour, in in the other one; everything else as in every table."""

    def ink(
        self,
        scheme: Colours,
        option: QStyleOptionViewItem,
        index: Index,
        category: Category | None,
        *,
        is_fixed: bool,
    ) -> str:
        if index.column() == DIRECTION:
            return scheme.mark if str(index.data()).startswith("←") else scheme.accent
        # A success is what is expected: only what is not stands out.
        if category is Category.OK or index.column() == BYTES:
            category = Category.NONE
        return super().ink(scheme, option, index, category, is_fixed=is_fixed)
