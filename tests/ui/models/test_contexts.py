"""The list of contexts: ticks, order, changes."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.support.qt import watch_model
from ui.models.contexts import ContextRow, ContextsModel
from ui.models.roles import Category, Role


def row(name: str) -> ContextRow:
    return ContextRow(sop_class_uid=f"1.2.{len(name)}", sop_class=name, transfer_syntaxes=("1.2",), names=("Implicit",))


@pytest.fixture
def model(qtmodeltester: ModelTester) -> ContextsModel:
    made = ContextsModel()
    watch_model(qtmodeltester, made)
    made.set_rows([row("CT"), row("MR "), row("US  ")])
    return made


def names(model: ContextsModel) -> list[str]:
    return [each.sop_class.strip() for each in model.rows]


def test_the_tick_is_the_check_state_of_the_first_column(model: ContextsModel, qtbot: QtBot) -> None:
    cell = model.index(1, 0)
    assert cell.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert model.flags(cell) & Qt.ItemFlag.ItemIsUserCheckable
    assert not model.flags(model.index(1, 1)) & Qt.ItemFlag.ItemIsUserCheckable
    with qtbot.waitSignal(model.edited):
        assert model.setData(cell, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    assert not model.rows[1].is_enabled
    assert cell.data(Role.ROW_CATEGORY) == Category.MUTED
    assert model.index(1, 1).data(Qt.ItemDataRole.CheckStateRole) is None
    assert not model.setData(model.index(1, 1), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)


def test_rows_are_moved_within_the_list(model: ContextsModel) -> None:
    assert model.move(0, 1) == 1
    assert names(model) == ["MR", "CT", "US"]
    assert model.move(2, -5) == 0
    assert names(model) == ["US", "MR", "CT"]
    assert model.move(0, -1) == 0
    assert model.move(0, 2) == 2
    assert names(model) == ["MR", "CT", "US"]


def test_nothing_moves_under_a_filter_or_an_order(model: ContextsModel) -> None:
    model.search("CT")
    assert model.move(0, 1) == 0
    model.search("")
    model.sort(0)
    assert model.move(0, 1) == 0
    assert names(model) == ["CT", "MR", "US"]


def test_rows_are_added_changed_and_removed(model: ContextsModel, qtbot: QtBot) -> None:
    with qtbot.waitSignals([model.edited] * 4):
        model.add([row("SR     ")])
        model.set_role(0, "both")
        model.set_transfer_syntaxes(0, (), ())
        model.remove([1, 2])
    assert names(model) == ["CT", "SR"]
    assert [model.index(0, column).data() for column in (1, 2)] == ["any", "both"]
    assert model.index(0, 0).data(Role.KEY) == "1.2.2"


def test_an_explicit_role_is_marked(model: ContextsModel) -> None:
    model.set_role(0, "SCU", is_explicit=True)
    cell = model.index(0, 2)
    assert cell.data() == "SCU*"
    assert cell.data(Qt.ItemDataRole.ToolTipRole) == "the requestor is SCU; negotiated, though it is the default"
    model.set_role(0, "both")
    assert (cell.data(), cell.data(Qt.ItemDataRole.ToolTipRole)) == ("both", "the requestor is SCU and SCP")


def test_extended_negotiation_is_that_of_every_row_of_a_class(model: ContextsModel, qtbot: QtBot) -> None:
    model.append([row("CT")])
    before = model.has_extended
    with qtbot.waitSignal(model.edited):
        model.set_extended("1.2.2", b"\1\x0a", "two things")
    assert (before, model.has_extended) == (False, True)
    assert [model.index(at, 3).data() for at in range(4)] == ["01 0A", "", "", "01 0A"]
    assert model.index(0, 3).data(Qt.ItemDataRole.ToolTipRole) == "01 0A\ntwo things"
    model.set_extended("1.2.2", bytes(6), "")
    assert model.index(0, 3).data() == "6 bytes"
    assert model.index(0, 3).data(Qt.ItemDataRole.ToolTipRole) == "00 00 00 00 00 00"


def test_a_list_that_is_read_only_stays_as_it_is(model: ContextsModel, qtbot: QtBot) -> None:
    model.show_rows([row("CT"), row("MR ")], is_read_only=True)
    cell = model.index(0, 0)
    with qtbot.assertNotEmitted(model.edited):
        model.set_enabled([0, 1], False)
        model.set_role(0, "both")
        model.set_transfer_syntaxes(0, ["1.9"], ["Other"])
        model.add([row("US  ")])
        model.remove([0])
        assert model.move(0, 1) == 0
        assert not model.setData(cell, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    assert list(model.rows) == [row("CT"), row("MR ")]
    assert cell.data(Qt.ItemDataRole.CheckStateRole) is None
    changing = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled
    assert not model.flags(cell) & changing
    assert not model.flags(QModelIndex()) & changing
    model.show_rows([row("CT")], is_read_only=False)
    assert model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsUserCheckable


def test_answers_come_into_a_list_that_is_read_only(model: ContextsModel) -> None:
    model.show_rows([row("CT")], is_read_only=True)
    model.update({0: replace(row("CT"), result="accepted")})
    assert model.rows[0].result == "accepted"
