"""A match as a row."""

from pytestqt.modeltest import ModelTester

from tests.support.qt import watch_model
from ui.models.query import MatchModel, MatchRow
from ui.models.roles import Role

ROW = MatchRow(
    level="STUDY",
    keys=((0x0020000D, "1.2.3"),),
    patient="DOE JOHN",
    patient_id="P1",
    when="2026-11-22 10:15:00",
    modality="CT",
    description="Knee",
    contains="2 series, 80 objects",
    uid="1.2.3",
)


def test_a_match_fills_every_column(qtmodeltester: ModelTester) -> None:
    model = MatchModel()
    watch_model(qtmodeltester, model)
    model.append([ROW])
    texts = [model.index(0, column).data() for column in range(model.columnCount())]
    assert texts == ["DOE JOHN", "P1", "2026-11-22 10:15:00", "CT", "Knee", "2 series, 80 objects", "1.2.3"]
    assert model.index(0, 0).data(Role.KEY) == "1.2.3"
    assert model.index(0, 0).data(Role.ASSOCIATION) is None


def test_a_match_is_called_by_what_is_known_of_it() -> None:
    assert ROW.title == "DOE JOHN, CT, Knee, 2026-11-22 10:15:00"
    assert MatchRow(level="STUDY", keys=(), uid="1.2.3").title == "1.2.3"
    assert MatchRow(level="PATIENT", keys=(), patient_id="P1", uid="P1").title == "P1"
