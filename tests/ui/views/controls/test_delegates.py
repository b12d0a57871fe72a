"""What rows and trees have in common: inks that can be read, text that fits, room for it."""

import pytest
from PySide6.QtGui import QImage, QPainter

from tests.ui.views.painted import Show
from tests.ui.views.samples import send_row
from ui.models.roles import Category
from ui.models.send import SendModel
from ui.theme import Colours, contrast
from ui.views.controls.delegates import category_ink, elided
from ui.views.controls.tables import TableView, Width


@pytest.mark.parametrize("category", list(Category))
def test_every_category_can_be_read_on_every_row(scheme: Colours, category: Category) -> None:
    for ground in (scheme.card, scheme.hover, scheme.selection):
        assert contrast(category_ink(scheme, category), ground) >= 4.5


def test_what_says_something_differs_from_plain_text(scheme: Colours) -> None:
    said = [category_ink(scheme, each) for each in (Category.OK, Category.WARNING, Category.ERROR, Category.ACTIVE)]
    assert len({*said, scheme.text, scheme.muted}) == 6
    assert category_ink(scheme, None) == scheme.text


def test_text_that_does_not_fit_ends_in_dots() -> None:
    image = QImage(10, 10, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    uid = "1.2.840.10008.5.1.4.1.1.2.271828182845904523536"
    width = painter.fontMetrics().horizontalAdvance(uid) // 2
    assert elided(painter, uid, 10_000) == uid
    assert elided(painter, uid, width).endswith("…")
    painter.end()


def test_the_hint_of_a_cell_leaves_room_for_its_text(show: Show) -> None:
    table = TableView("Objects", [Width(ems=6)] * 7)
    model = SendModel(table)
    model.set_rows([send_row("a name of some length")])
    table.show_model(model)
    show(table, 900, 200)
    assert table.sizeHintForColumn(0) >= table.fontMetrics().horizontalAdvance("a name of some length")
