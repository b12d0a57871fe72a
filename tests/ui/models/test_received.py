"""A received object as a row."""

from pytestqt.modeltest import ModelTester

from tests.support.qt import watch_model
from ui.models.received import ReceivedModel, ReceivedRow
from ui.models.roles import Category, Role

ROW = ReceivedRow(
    time=1_700_000_000.5,
    association=7,
    calling_ae_title="CT3",
    peer="127.0.0.1:40000",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
    sop_class="CT Image",
    sop_instance_uid="1.2.3",
    transfer_syntax_uid="1.2.840.10008.1.2",
    transfer_syntax="Implicit VR LE",
    size=2048,
    path="folder/CT.1.2.3",
    status=0xA900,
    result="✖ A900H mismatch",
    category=Category.ERROR,
)


def test_a_received_object_fills_every_column(qtmodeltester: ModelTester) -> None:
    model = ReceivedModel()
    watch_model(qtmodeltester, model)
    model.append([ROW])
    texts = [model.index(0, column).data() for column in range(model.columnCount())]
    assert texts[1:] == ["1.2.3", "CT Image", "Implicit VR LE", "2.0 KB", "CT3", "✖ A900H mismatch", "#7"]
    assert model.index(0, 6).data(Role.CATEGORY) == Category.ERROR
    assert model.index(0, 0).data(Role.ROW_CATEGORY) == Category.ERROR
    assert (model.index(0, 0).data(Role.KEY), model.index(0, 0).data(Role.ASSOCIATION)) == ("1.2.3", 7)
    assert model.index(0, 0).data(Role.PROGRESS) is None
