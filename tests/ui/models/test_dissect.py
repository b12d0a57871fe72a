"""The tree of a PDU, and the way from a byte to its field."""

from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester

from tests.support.qt import watch_model
from ui.models.dissect import DissectModel
from ui.models.roles import Category, Role
from workbench.upper_layer.fields import Span

# A P-DATA-TF of 20 bytes: header, one PDV with a header and two elements; the last 2 bytes were not kept.
TREE = Span(
    "P-DATA-TF",
    0,
    20,
    "20 bytes",
    [
        Span("PDU-type", 0, 1, 4),
        Span("Reserved", 1, 6, b"\x00\x01"),
        Span(
            "PDV 1",
            6,
            18,
            None,
            [Span("Control header", 6, 7, 3), Span("Status", 7, 12, "0000H"), Span("Problem", 12, 18, "9 is not 1")],
        ),
        Span("2 bytes not kept", 18, 20),
    ],
)


def shown(model: DissectModel, index: QModelIndex) -> list[str]:
    return [index.siblingAtColumn(column).data() for column in range(model.columnCount())]


def test_the_tree_has_the_shape_of_the_spans(qtmodeltester: ModelTester) -> None:
    model = DissectModel()
    watch_model(qtmodeltester, model)
    model.show(TREE)
    top = model.index(0, 0)
    assert model.rowCount() == 1
    assert shown(model, top) == ["P-DATA-TF", "20 bytes", "0000-0013"]
    assert [model.index(row, 0, top).data() for row in range(model.rowCount(top))] == [
        "PDU-type",
        "Reserved",
        "PDV 1",
        "2 bytes not kept",
    ]
    assert shown(model, model.index(0, 0, top)) == ["PDU-type", "4", "0000-0000"]
    assert model.index(1, 1, top).data() == "00 01"
    status = model.index(1, 0, model.index(2, 0, top))
    assert (status.data(), status.data(Role.START), status.data(Role.END)) == ("Status", 7, 12)
    assert status.data(Role.ROW) is TREE.children[2].children[1]
    assert model.path_of(status) == "P-DATA-TF / PDV 1 / Status"
    assert model.range_of(status) == (7, 12)
    assert "5 bytes from 7" in status.data(Qt.ItemDataRole.ToolTipRole)


def test_problems_and_missing_bytes_have_their_categories() -> None:
    model = DissectModel()
    model.show(TREE)
    assert model.find("Problem").data(Role.CATEGORY) == Category.ERROR
    assert model.find("not kept").data(Role.CATEGORY) == Category.MUTED
    assert model.find("status").data(Role.ROW_CATEGORY) == Category.NONE
    assert not model.find("no such field").isValid()


def test_every_byte_leads_to_its_deepest_field() -> None:
    model = DissectModel()
    model.show(TREE)
    found = [model.index_for_offset(offset).data() for offset in range(20)]
    assert found == (
        ["PDU-type"]
        + ["Reserved"] * 5
        + ["Control header"]
        + ["Status"] * 5
        + ["Problem"] * 6
        + ["2 bytes not kept"] * 2
    )
    assert not model.index_for_offset(20).isValid()
    assert not model.index_for_offset(-1).isValid()


def test_nothing_to_show_is_an_empty_tree(qtmodeltester: ModelTester) -> None:
    model = DissectModel()
    watch_model(qtmodeltester, model)
    model.show(TREE)
    model.show(None)
    assert model.rowCount() == 0
    assert not model.index_for_offset(0).isValid()
    assert model.range_of(QModelIndex()) == (0, 0)
    assert model.path_of(QModelIndex()) == ""
