"""The table adapter: roles, batches, filter, search, order."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from tests.support.qt import watch_model
from ui.models.roles import Category, Role
from ui.models.table import Column, TableModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Fruit:
    name: str
    weight: int


class FruitModel(TableModel[Fruit]):
    COLUMNS = (
        Column[Fruit](title="Name", text=lambda row: row.name, tooltip=lambda row: f"a fruit: {row.name}"),
        Column[Fruit](
            title="Weight",
            text=lambda row: f"{row.weight} g",
            sort=lambda row: row.weight,
            category=lambda row: Category.WARNING if row.weight > 500 else Category.OK,
            is_number=True,
            is_wire=True,
        ),
    )

    def row_category(self, row: Fruit) -> Category:
        return Category.NOTE

    def row_data(self, row: Fruit, role: int) -> Any:
        return row.name if role == Role.KEY else None


APPLE, MELON, PLUM = Fruit(name="Apple", weight=150), Fruit(name="Melon", weight=900), Fruit(name="Plum", weight=40)


@pytest.fixture
def model(qtmodeltester: ModelTester) -> FruitModel:
    made = FruitModel()
    watch_model(qtmodeltester, made)  # its assertions go on watching what the test does
    made.append([APPLE, MELON])
    return made


def names(model: FruitModel) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_cell_answers_every_role(model: FruitModel) -> None:
    cell = model.index(1, 1)
    assert cell.data() == "900 g"
    assert cell.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert cell.data(Qt.ItemDataRole.ToolTipRole) == "900 g"
    assert model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole) == "a fruit: Melon"
    assert cell.data(Role.ROW) is MELON
    assert (cell.data(Role.CATEGORY), cell.data(Role.ROW_CATEGORY)) == (Category.WARNING, Category.NOTE)
    assert model.index(1, 0).data(Role.CATEGORY) == Category.NONE
    assert (cell.data(Role.MONOSPACE), cell.data(Role.SORT), cell.data(Role.KEY)) == (True, 900, "Melon")
    assert cell.data(Qt.ItemDataRole.DecorationRole) is None


def test_headers_give_titles_and_alignment(model: FruitModel) -> None:
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Weight"
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    alignment = model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight


def test_rows_are_appended_in_one_batch(model: FruitModel) -> None:
    batches: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _, first, last: batches.append((first, last)))
    model.append([PLUM, APPLE, MELON])
    assert batches == [(2, 4)]
    model.append([])
    assert len(batches) == 1


def test_an_update_is_told_once_for_the_whole_batch(model: FruitModel) -> None:
    ranges: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: ranges.append((first.row(), last.row())))
    model.append([PLUM])
    model.update({0: replace(APPLE, weight=151), 2: replace(PLUM, weight=41)})
    assert ranges == [(0, 2)]
    assert model.rows[2].weight == 41


def test_a_filter_hides_rows_and_updates_move_rows_in_and_out(model: FruitModel) -> None:
    model.append([PLUM])
    model.set_filter(lambda row: row.weight > 100)
    assert names(model) == ["Apple", "Melon"]
    model.update({2: replace(PLUM, weight=400)})
    assert names(model) == ["Apple", "Melon", "Plum"]
    model.update({0: replace(APPLE, weight=1)})
    assert names(model) == ["Melon", "Plum"]
    assert not model.index_of(0).isValid()
    assert model.position_of(model.index(1, 0)) == 2
    assert model.index_of(2).row() == 1
    model.append([replace(APPLE, weight=2)])
    assert names(model) == ["Melon", "Plum"]
    model.set_filter(None)
    assert names(model) == ["Apple", "Melon", "Plum", "Apple"]


def test_a_search_looks_into_every_column(model: FruitModel) -> None:
    model.search("900")
    assert names(model) == ["Melon"]
    model.search("APPLE")
    assert names(model) == ["Apple"]
    model.search("")
    assert names(model) == ["Apple", "Melon"]


def test_sorting_keeps_the_selection_and_new_rows_come_last(model: FruitModel) -> None:
    selected = QPersistentModelIndex(model.index(0, 0))
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert names(model) == ["Melon", "Apple"]
    assert selected.data() == "Apple"
    model.append([Fruit(name="Pumpkin", weight=5000)])
    assert names(model) == ["Melon", "Apple", "Pumpkin"]
    model.update({0: replace(APPLE, name="Apfel")})
    assert names(model) == ["Melon", "Apfel", "Pumpkin"]
    model.sort(-1)
    assert names(model) == ["Apfel", "Melon", "Pumpkin"]


def test_an_update_under_sorting_and_filter_shows_new_rows_last(model: FruitModel) -> None:
    model.append([PLUM])
    model.set_filter(lambda row: row.weight > 100)
    model.sort(0, Qt.SortOrder.DescendingOrder)
    model.update({2: replace(PLUM, weight=400)})
    assert names(model) == ["Melon", "Apple", "Plum"]
    assert model.index_of(2).row() == 2
    model.update({1: replace(MELON, weight=1)})
    assert names(model) == ["Apple", "Plum"]
    assert not model.index_of(1).isValid()


def test_clear_leaves_nothing(model: FruitModel) -> None:
    model.clear()
    assert model.rowCount() == 0
    assert model.columnCount() == 2
    assert model.index(0, 0).data() is None
