"""The facts at the foot of the window are facts."""

from pytestqt.qtbot import QtBot

from tests.ui.views.samples import association, pdu_event
from tests.ui.views.stand_in import StandIn
from ui.models.jobs import JobRow
from ui.session import SendProgress
from ui.views.status_facts import StatusFacts


def test_facts_come_from_the_session(qtbot: QtBot, desk: StandIn) -> None:
    facts = StatusFacts(desk.as_session())
    qtbot.addWidget(facts)
    facts.show()
    assert facts.listening.text() == "Not listening"
    assert facts.associations.text() == "0 open associations"
    desk.happen(pdu_event(1), pdu_event(2))
    desk.associate(association(1), association(2, outcome="released"))
    desk.listen_now(True)
    qtbot.waitUntil(lambda: facts.associations.text() == "1 open association")
    assert "2 events" in facts.recording.text()
    assert facts.listening.text() == "Listening on 127.0.0.1:11112"


def test_a_job_with_an_end_in_sight_is_told(qtbot: QtBot, desk: StandIn) -> None:
    facts = StatusFacts(desk.as_session())
    qtbot.addWidget(facts)
    facts.show()
    listener = JobRow(job_id=1, title="Listen", state="running", progress=None, detail="", outcome="")
    desk.jobs_model.set_rows([listener])
    facts.refresh()
    assert not facts.job.isVisible()
    desk.jobs_model.append(
        [JobRow(job_id=2, title="Send to PACS1", state="running", progress=0.41, detail="", outcome="")]
    )
    desk.is_sending = True
    desk.send_progress = SendProgress(node="PACS1", is_running=True, total=2, bytes_per_second=116e6)
    facts.refresh()
    assert facts.job.text() == "Send to PACS1   41%"
    assert facts.rate.text() == "116 MB/s"
