"""Cells say what the roles say: what is painted is what is copied and read aloud."""

import pytest
from PySide6.QtCore import Qt

from tests.ui.views.samples import RELEASE, association, pdu_event, received_row, send_row
from ui.models.associations import AssociationsModel
from ui.models.cells import Cell
from ui.models.contexts import ContextRow, ContextsModel
from ui.models.received import ReceivedModel
from ui.models.roles import Category, Role
from ui.models.send import SendModel
from ui.models.table import TableModel
from ui.models.trace import Line, TraceModel
from workbench.trace.store import TraceStore

CONTEXT = ContextRow(sop_class_uid="1.2", sop_class="CT", transfer_syntaxes=(), names=(), is_enabled=False)


def send_list() -> SendModel:
    model = SendModel()
    model.set_rows(
        [
            send_row("a.dcm", "failed", reason="A700H Refused"),
            send_row("b.dcm", "sending", size=1000, sent=250),
            send_row("c.dcm", "sending", size=0),
        ]
    )
    return model


def received() -> ReceivedModel:
    model = ReceivedModel()
    model.set_rows([received_row(1)])
    return model


def associations() -> AssociationsModel:
    model = AssociationsModel()
    model.set_rows([association(1), association(2)])
    return model


def contexts() -> ContextsModel:
    model = ContextsModel()
    model.set_rows([CONTEXT])
    return model


def trace() -> TraceModel:
    store = TraceStore()
    model = TraceModel(store, lambda _event: Line(what="A-RELEASE-RQ", detail="", category=Category.NOTE))
    events = [pdu_event(1, RELEASE), pdu_event(2)]
    store.extend(events)
    model.add(events)
    return model


@pytest.mark.parametrize("make", [send_list, received, associations, contexts, trace])
def test_cells_say_what_the_roles_say(make: type[TableModel[object]]) -> None:
    model = make()
    for row in range(model.rowCount()):
        indexes = [model.index(row, column) for column in range(model.columnCount())]
        cells = model.cells(row)
        assert [cell.text for cell in cells] == [index.data() for index in indexes]
        assert [cell.category for cell in cells] == [index.data(Role.CATEGORY) for index in indexes]
        told = [index.data(Qt.ItemDataRole.CheckStateRole) for index in indexes]
        ticks = [None if state is None else Qt.CheckState(state) == Qt.CheckState.Checked for state in told]
        assert [cell.is_ticked for cell in cells] == ticks


def test_only_the_result_of_what_is_under_way_has_a_progress() -> None:
    model = send_list()
    assert [[cell.progress for cell in model.cells(row)].count(None) for row in range(3)] == [7, 6, 7]
    assert model.cells(1)[4].progress == 0.25


def test_cells_follow_their_row() -> None:
    model = send_list()
    before = model.cells(0)
    assert model.cells(0) is before
    model.update({0: send_row("a.dcm", "stored", reason="0000H Success")})
    assert model.cells(0)[4] == Cell("✔ 0000H Success", Category.OK)
    model.set_filter(lambda row: row.name == "b.dcm")
    assert model.cells(0)[0].text == "b.dcm"


def test_cells_are_made_again_after_many_others() -> None:
    model = SendModel()
    model.set_rows([send_row(f"{number}.dcm") for number in range(2000)])
    assert [model.cells(row)[0].text for row in (*range(2000), 0)][-1] == "0.dcm"


def test_a_list_that_becomes_read_only_loses_its_ticks() -> None:
    model = contexts()
    assert model.cells(0)[0].is_ticked is False
    model.show_rows([CONTEXT], is_read_only=True)
    assert model.cells(0)[0].is_ticked is None


def test_a_row_whose_event_is_gone_is_empty() -> None:
    store = TraceStore()
    model = TraceModel(store, lambda _event: Line(what="", detail="", category=Category.NONE))
    event = pdu_event(1, RELEASE)
    store.extend([event])
    model.add([event])
    store.clear()
    assert {cell.text for cell in model.cells(0)} == {""}


def test_columns_tell_how_they_are_painted() -> None:
    def told(model: SendModel | TraceModel, column: int) -> list[object]:
        roles = (Role.MONOSPACE, Role.KEEPS_END)
        return [model.headerData(column, Qt.Orientation.Horizontal, role) for role in roles]

    assert [told(send_list(), column) for column in (0, 1)] == [[False, True], [False, False]]
    assert [told(trace(), column) for column in (0, 5)] == [[True, True], [False, False]]
