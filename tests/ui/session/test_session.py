from tests.ui.session.conftest import Wait
from ui.session import Session


def test_the_demo_takes_the_samples_with_one_click(session: Session, wait: Wait) -> None:
    session.start_demo()
    wait(lambda: session.is_demo_running and bool(session.send_model.rows) and not session.is_scanning)
    job = session.send(session.DEMO_NODE)
    wait(lambda: not job.is_running)
    progress = session.send_progress
    assert (progress.stored, progress.total) == (len(session.send_model.rows), len(session.send_model.rows)), (
        job.outcome
    )
