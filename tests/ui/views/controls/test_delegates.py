"""How cells are painted: the ink of the category, the ground of the selection, progress, text that fits."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from tests.ui.views.painted import Show, colours_in, colours_of
from ui.models.contexts import ContextRow, ContextsModel
from ui.models.roles import Category
from ui.models.send import SENDING, SendModel, SendRow
from ui.theme import Colours, contrast
from ui.views.controls.checks import SIDE
from ui.views.controls.delegates import CheckDelegate, category_ink, elided, row_height
from ui.views.controls.tables import TableView, Width

ROW = SendRow(
    name="████████", path="a.dcm", sop_class_uid="1.2", sop_class="CT", sop_instance_uid="1.2.3",
    transfer_syntax_uid="1.2.840.10008.1.2", transfer_syntax="Implicit", size=1000,
)  # fmt: skip
# Blocks instead of letters: their pixels have the very colour of the ink.
SOLID = "████"


def table_of(show: Show, *rows: SendRow) -> TableView:
    model = SendModel()
    table = TableView("Objects", [Width(ems=6)] * 7)
    model.setParent(table)
    model.set_rows(rows)
    table.show_model(model)
    return show(table, 900, 200)


@pytest.mark.parametrize("category", list(Category))
def test_every_category_can_be_read_on_every_row(scheme: Colours, category: Category) -> None:
    for ground in (scheme.card, scheme.hover, scheme.selection):
        assert contrast(category_ink(scheme, category), ground) >= 4.5


def test_what_says_something_differs_from_plain_text(scheme: Colours) -> None:
    said = [category_ink(scheme, each) for each in (Category.OK, Category.WARNING, Category.ERROR, Category.ACTIVE)]
    assert len({*said, scheme.text, scheme.muted}) == 6
    assert category_ink(scheme, None) == scheme.text


@pytest.mark.parametrize(
    ("state", "ink"), [("stored", "ok"), ("warning", "warning"), ("failed", "error"), ("waiting", "muted")]
)
def test_a_result_has_the_colour_of_its_category(scheme: Colours, show: Show, state: str, ink: str) -> None:
    table = table_of(show, replace(ROW, state=state, reason=SOLID))
    assert colours_of(table.viewport())[getattr(scheme, ink)] > 100


def test_the_selected_row_has_a_ground_over_all_columns(scheme: Colours, show: Show) -> None:
    table = table_of(show, ROW, ROW)
    assert colours_of(table.viewport())[scheme.selection] == 0
    table.selectRow(0)
    selected = colours_of(table.viewport())[scheme.selection]
    whole = sum(table.columnWidth(at) for at in range(7)) * row_height(table.font())
    assert selected > 0.6 * whole  # the rest is ink


def test_what_is_under_way_has_a_line_as_long_as_its_share(scheme: Colours, show: Show) -> None:
    lengths = []
    for sent in (250, 750):
        table = table_of(show, replace(ROW, state=SENDING, sent=sent))
        rect = table.visualRect(table.model().index(0, 4))
        picture = table.viewport().grab(rect).toImage()
        y = rect.height() - 3  # the lower of the two rows of the line; text ends above
        lengths.append(sum(picture.pixelColor(x, y).name() == scheme.accent for x in range(rect.width())))
    assert lengths[1] == pytest.approx(3 * lengths[0], abs=3)


def test_a_context_shows_its_tick(scheme: Colours, show: Show) -> None:
    rows = [ContextRow(sop_class_uid=uid, sop_class="CT", transfer_syntaxes=(), names=()) for uid in ("1.2", "1.3")]
    table = TableView("Contexts", [Width(ems=6)] * 6)
    model = ContextsModel(table)
    model.set_rows(rows)
    table.show_model(model)
    table.setItemDelegate(CheckDelegate(table))
    show(table, 700, 120)
    model.set_enabled((1,), is_enabled=False)
    ticked, unticked = (CheckDelegate.box(table.visualRect(model.index(row, 0))) for row in (0, 1))
    assert colours_in(table.viewport().grab(ticked).toImage())[scheme.accent] > 60
    assert colours_in(table.viewport().grab(unticked).toImage())[scheme.accent] == 0


def test_the_box_lies_within_its_cell() -> None:
    cell = QRect(40, 100, 200, 26)
    box = CheckDelegate.box(cell)
    assert cell.contains(box)
    assert box.size().width() == SIDE
    assert abs(box.center().y() - cell.center().y()) <= 1


def test_text_that_does_not_fit_ends_in_dots_and_a_uid_keeps_its_end(show: Show) -> None:
    image = QImage(10, 10, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    uid = "1.2.840.10008.5.1.4.1.1.2.271828182845904523536"
    width = painter.fontMetrics().horizontalAdvance(uid) // 2
    assert elided(painter, uid, 10_000) == uid
    assert elided(painter, uid, width).endswith("…")
    middle = elided(painter, uid, width, in_the_middle=True)
    assert middle.startswith("1.2.")
    assert middle.endswith("536")
    painter.end()


def test_the_hint_of_a_cell_leaves_room_for_its_text(show: Show) -> None:
    table = table_of(show, replace(ROW, name="a name of some length"))
    assert table.sizeHintForColumn(0) >= table.fontMetrics().horizontalAdvance("a name of some length")
