"""What a cell shows, ready to be painted: a table is painted without asking its model role by role."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ui.models.roles import Category


class Cell(NamedTuple):
    """One cell of a row.

    Attributes:
        progress: 0 to 1 while something is under way.
        is_ticked: None where there is nothing to tick.
    """

    text: str
    category: Category = Category.NONE
    progress: float | None = None
    is_ticked: bool | None = None


class HasCells(Protocol):
    """A model whose rows can be painted in one go."""

    def cells(self, row: int) -> Sequence[Cell]:
        """Gives the cells of a row that is shown."""
        ...
