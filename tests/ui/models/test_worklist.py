"""A scheduled step as a row."""

from pytestqt.modeltest import ModelTester

from tests.support.qt import watch_model
from ui.models.roles import Role
from ui.models.worklist import ScheduledRow, WorklistModel

ROW = ScheduledRow(
    key=("R1", "S1"),
    patient="DOE JOHN",
    patient_id="P1",
    when="2026-11-22 10:15",
    modality="CT",
    stations="CT1, CT2",
    description="Knee",
    accession="A1",
)


def test_a_step_fills_every_column(qtmodeltester: ModelTester) -> None:
    model = WorklistModel()
    watch_model(qtmodeltester, model)
    model.append([ROW])
    texts = [model.index(0, column).data() for column in range(model.columnCount())]
    assert texts == ["DOE JOHN", "P1", "2026-11-22 10:15", "CT", "CT1, CT2", "Knee", "A1", "S1"]
    assert model.index(0, 0).data(Role.KEY) == "S1"
    assert model.index(0, 0).data(Role.ASSOCIATION) is None
