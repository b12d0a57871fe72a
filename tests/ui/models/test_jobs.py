"""A job as a row."""

from dataclasses import replace

from pytestqt.modeltest import ModelTester

from tests.support.qt import watch_model
from ui.models.jobs import JobRow, JobsModel
from ui.models.roles import Category, Role

ROW = JobRow(job_id=3, title="Send to PACS1", state="running", progress=0.41, detail="826 of 2,000", outcome="")


def test_a_job_shows_what_it_does_and_then_how_it_ended(qtmodeltester: ModelTester) -> None:
    model = JobsModel()
    watch_model(qtmodeltester, model)
    model.append([ROW])
    assert [model.index(0, column).data() for column in range(4)] == ["Send to PACS1", "running", "41%", "826 of 2,000"]
    assert (model.index(0, 0).data(Role.KEY), model.index(0, 0).data(Role.PROGRESS)) == (3, 0.41)
    assert model.index(0, 1).data(Role.CATEGORY) == Category.ACTIVE
    model.update({0: replace(ROW, state="failed", progress=None, outcome="refused")})
    assert [model.index(0, column).data() for column in range(1, 4)] == ["failed", "", "refused"]
    assert model.index(0, 0).data(Role.PROGRESS) is None
    assert model.index(0, 0).data(Role.ROW_CATEGORY) == Category.ERROR
