"""The whole session over loopback, without a window."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.support.instances import data_set_bytes, make_instance
from tests.ui.session.conftest import Wait
from ui.jobs import JobState
from ui.models.send import FAILED, NOT_SENT, STORED
from ui.models.trace import KINDS
from ui.session import Fields, Session
from workbench.acse.contexts import propose_for_instances
from workbench.config import LocalAe, Node
from workbench.errors import AssociationRejected, WorkbenchError
from workbench.net.requestor import connect
from workbench.services.verification import echo
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.state_table import Sta


async def echo_from_outside(session: Session, ae_title: str) -> int:
    """Calls the listener of a session as another program would."""
    host, _, port = session.listening_address.rpartition(":")
    node = Node(name="us", host=host, port=int(port), ae_title=session.local.ae_title)
    (contexts,) = propose_for_instances([(VERIFICATION, IMPLICIT_VR_LITTLE_ENDIAN)])
    async with connect(node, contexts, local=LocalAe(ae_title=ae_title)) as association:
        return (await echo(association)).message.status


def call_from_outside(session: Session, ae_title: str) -> int:
    """The same from a thread, so that the window's event loop may turn or not."""
    return asyncio.run(echo_from_outside(session, ae_title))


def listen(session: Session, wait: Wait) -> Node:
    session.set_local(replace(session.local, port=0))
    session.start_listening()
    wait(lambda: session.is_listening)
    host, _, port = session.listening_address.rpartition(":")
    return Node(name="Ourselves", host=host, port=int(port), ae_title=session.local.ae_title)


def test_dropped_files_are_sent_stored_and_listed(session: Session, instances: list[Path], wait: Wait) -> None:
    session.add_node(listen(session, wait))
    session.add_files([instances[0].parent])
    assert session.is_scanning
    wait(lambda: not session.is_scanning)
    assert session.scan_progress.sentence == "3 objects"
    job = session.send("Ourselves")
    assert session.is_sending
    wait(lambda: not job.is_running)
    assert [row.state for row in session.send_model.rows] == [STORED] * 3
    assert session.send_progress.stored == 3
    wait(lambda: len(session.received_model.rows) == 3)
    received = {row.sop_instance_uid: row for row in session.received_model.rows}
    for sent, path in zip(session.send_model.rows, instances, strict=False):
        row = received[sent.sop_instance_uid]
        assert Path(row.path).parent == session.storage_folder
        assert data_set_bytes(row.path) == data_set_bytes(sent.path)
        assert path.exists()


def test_an_object_of_a_fresh_uid_is_found_in_the_trace(session: Session, tmp_path: Path, wait: Wait) -> None:
    uid = "2.25.3141592653589793238462643383279502884"
    session.start_demo(load_samples=False)
    wait(lambda: session.is_demo_running)
    session.add_files([make_instance(tmp_path, "CT", sop_instance_uid=uid)])
    wait(lambda: not session.is_scanning)
    session.send(session.DEMO_NODE)
    wait(lambda: not session.is_sending and not any(row.is_open for row in session.associations_model.rows))
    model = session.trace_model
    details = [str(model.index(row, 6).data()) for row in range(model.rowCount())]
    row = next(at for at, text in enumerate(details) if "C-STORE-RQ" in text)
    number = model.number_at(model.index(row, 0))
    assert uid.encode() in session.kept_bytes(number)
    span = session.dissect(number)
    assert span is not None
    assert (span.start, span.end) == (0, len(session.kept_bytes(number)))
    model.set_kinds(KINDS)
    assert model.rowCount() == len(session.trace)
    assert {row.outcome for row in session.associations_model.rows} == {"released"}
    assert session.association(1) in session.associations_model.rows


def test_the_demo_takes_the_samples_with_one_click(session: Session, wait: Wait) -> None:
    session.start_demo()
    wait(lambda: session.is_demo_running and bool(session.send_model.rows) and not session.is_scanning)
    job = session.send(session.DEMO_NODE)
    wait(lambda: not job.is_running)
    total = len(session.send_model.rows)
    assert (session.send_progress.stored, session.send_progress.total) == (total, total), job.outcome
    wait(lambda: len(session.received_model.rows) == total)
    session.remove_node(session.DEMO_NODE)
    wait(lambda: not session.is_demo_running)
    assert session.node(session.DEMO_NODE) is None


def test_failed_objects_are_retried_at_the_same_node(session: Session, instances: list[Path], wait: Wait) -> None:
    session.add_node(listen(session, wait))
    session.set_accept_profile("Verification")
    session.add_files(instances)
    wait(lambda: not session.is_scanning)
    assert session.retry_failed() is None
    session.send("Ourselves")
    wait(lambda: not session.is_sending)
    assert [row.state for row in session.send_model.rows] == [FAILED] * 3
    session.set_accept_profile(None)
    assert session.retry_failed() is not None
    wait(lambda: not session.is_sending)
    assert [row.state for row in session.send_model.rows] == [STORED] * 3


def test_a_blocked_window_does_not_stop_the_network(session: Session, wait: Wait) -> None:
    listen(session, wait)
    session.allow_caller("CT3")
    with ThreadPoolExecutor(1) as pool:
        # The window's thread waits in result() and turns no event loop of Qt until the echo is answered.
        assert pool.submit(call_from_outside, session, "CT3").result(10) == 0


def test_a_stranger_is_turned_away_told_and_allowed_by_one_click(session: Session, wait: Wait, qtbot: QtBot) -> None:
    listen(session, wait)
    messages: list[tuple[str, str]] = []
    session.message.connect(lambda *told: messages.append(told))
    with pytest.raises(AssociationRejected, match="calling AE title"):
        call_from_outside(session, "MR9")
    wait(lambda: session.refused_callers == ("MR9",))
    assert messages == [("warning", "MR9 was rejected: it is not on the allow-list of WORKBENCH.")]
    session.allow_caller("MR9")
    assert session.refused_callers == ()
    assert session.allowed_titles == frozenset({"MR9", "WORKBENCH"})
    assert call_from_outside(session, "MR9") == 0


def test_a_node_may_call_as_soon_as_it_is_entered(session: Session, wait: Wait) -> None:
    listen(session, wait)
    session.add_node(Node(name="The scanner", host="10.0.0.9", port=104, ae_title="CT3"))
    assert call_from_outside(session, "CT3") == 0
    session.remove_node("The scanner")
    with pytest.raises(AssociationRejected):
        call_from_outside(session, "CT3")


def test_listening_is_on_loopback_and_ends_on_request(session: Session, wait: Wait, qtbot: QtBot) -> None:
    assert (session.local.bind, session.local.allowed_calling) == ("127.0.0.1", ())
    listen(session, wait)
    assert session.listening_address.startswith("127.0.0.1:")
    with qtbot.waitSignal(session.message) as told:
        session.set_local(replace(session.local, port=1))
    assert told.args == ["note", "The new address takes effect when listening starts again."]
    session.stop_listening()
    wait(lambda: not session.is_listening)
    assert session.listening_address == ""


def test_states_are_told_as_they_change(session: Session, wait: Wait) -> None:
    moves: list[tuple[int, Sta, str]] = []
    session.state_changed.connect(lambda number, state, _event, action: moves.append((number, state, action)))
    node = listen(session, wait)
    session.add_node(node)
    session.echo("Ourselves")
    wait(lambda: not session.jobs.running[1:] and not any(row.is_open for row in session.associations_model.rows))
    assert {number for number, _, _ in moves} == {1, 2}
    assert [state for number, state, _ in moves if number == 1][-1] is Sta.STA1
    requestor = session.association(1)
    assert requestor is not None
    assert [step.action for step in requestor.steps] == ["AE-1", "AE-2", "AE-3", "DT-1", "DT-2", "AR-1", "AR-3"]


def test_the_proposal_to_a_node_is_its_profile_and_what_the_files_need(
    session: Session, instances: list[Path], wait: Wait
) -> None:
    node = listen(session, wait)
    session.add_node(node)
    session.show_node_contexts("Ourselves")
    assert [row.sop_class for row in session.contexts_model.rows] == ["Verification"]
    session.add_files(instances[:2])
    wait(lambda: not session.is_scanning)
    session.show_node_contexts("Ourselves")
    assert [row.sop_class for row in session.contexts_model.rows] == ["CT Image", "MR Image"]
    session.update_node("Ourselves", replace(node, profile="Verification"))
    session.show_node_contexts("Ourselves")
    assert [row.sop_class for row in session.contexts_model.rows[-3:]] == ["Verification", "CT Image", "MR Image"]
    session.send("Ourselves")
    wait(lambda: all(row.result == "✔ accepted" for row in session.contexts_model.rows))
    session.show_association_contexts(1)
    assert session.contexts_subject.startswith("Association 1: WORKBENCH → WORKBENCH")
    session.show_association_contexts(99)


def test_files_are_removed_and_the_trace_is_cleared(session: Session, instances: list[Path], wait: Wait) -> None:
    session.add_files(instances)
    wait(lambda: not session.is_scanning)
    session.remove_files([0])
    assert len(session.send_model.rows) == 2
    session.clear_files()
    assert (len(session.send_model.rows), session.scan_progress.sentence) == (0, "")
    node = listen(session, wait)
    session.add_node(node)
    session.echo("Ourselves")
    wait(lambda: session.trace_model.rowCount() > 8)
    session.clear_trace()
    assert session.trace_model.rowCount() == 0


@pytest.mark.slow
def test_closing_ends_a_listener_and_a_send_within_seconds(qtbot: QtBot, instances: list[Path], wait: Wait) -> None:
    threads = threading.active_count()
    session = Session()
    listen(session, wait)
    session.allow_caller("CT3")
    release = threading.Event()

    async def call_and_hold() -> str:
        host, _, port = session.listening_address.rpartition(":")
        node = Node(name="us", host=host, port=int(port), ae_title="WORKBENCH")
        (contexts,) = propose_for_instances([(VERIFICATION, IMPLICIT_VR_LITTLE_ENDIAN)])
        async with connect(node, contexts, local=LocalAe(ae_title="CT3")) as association:
            release.set()
            await association.wait_closed()
            return str(association.end)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(asyncio.run, call_and_hold())
        assert release.wait(10)
        asyncio.run(session.close())
        assert "abort" in held.result(10)
    assert not session.is_listening
    assert threading.active_count() == threads
    asyncio.run(session.close())


@pytest.mark.slow
def test_closing_in_the_middle_of_a_send_leaves_no_object_undecided(qtbot: QtBot, tmp_path: Path, wait: Wait) -> None:
    session = Session()
    session.start_demo(load_samples=False)
    wait(lambda: session.is_demo_running)
    session.add_files([make_instance(tmp_path, "SC", size_bytes=4_000_000) for _ in range(60)])
    wait(lambda: not session.is_scanning)
    job = session.send(session.DEMO_NODE)
    wait(lambda: session.send_model.counts[STORED] > 0)
    asyncio.run(session.close())
    assert job.state is JobState.DONE
    counts = session.send_model.counts
    assert counts[STORED] + counts[NOT_SENT] + counts[FAILED] == 60
    assert counts[NOT_SENT] > 0
    assert not session.jobs.running


@pytest.mark.parametrize("action", ["start_demo", "start_listening", "echo_all"])
def test_closing_right_after_a_start_is_quiet(qtbot: QtBot, action: str) -> None:
    session = Session()
    session.set_local(replace(session.local, port=0))
    session.add_node(Node(name="far away", host="127.0.0.1", port=1, ae_title="FAR"))
    getattr(session, action)()
    asyncio.run(session.close())
    assert not session.jobs.running
    assert not session.engine.is_running


def test_a_file_dropped_while_closing_goes_nowhere(qtbot: QtBot, instances: list[Path]) -> None:
    session = Session()
    asyncio.run(session.close())
    job = session.add_files(instances)
    assert (job.state, job.outcome) == (JobState.CANCELLED, "the application is being closed")
    assert not session.is_scanning


def test_what_is_unticked_and_saved_is_refused_at_the_next_association(session: Session, wait: Wait) -> None:
    listen(session, wait)
    assert call_from_outside(session, session.local.ae_title) == 0
    session.show_accepted_contexts()
    session.contexts_model.set_enabled((0,), False)
    session.save_contexts("No Verification")
    with pytest.raises(WorkbenchError):
        call_from_outside(session, session.local.ae_title)


@pytest.mark.slow
def test_the_demo_answers_for_what_it_has_stored(session: Session, wait: Wait) -> None:
    assert session.request_commitment() is None
    session.start_demo()
    wait(lambda: session.is_demo_running and bool(session.send_model.rows) and not session.is_scanning)
    session.send(session.DEMO_NODE)
    assert session.request_commitment() is None  # not before it is sent
    wait(lambda: not session.is_sending)
    job = session.request_commitment()
    assert job is not None
    wait(lambda: not job.is_running)
    assert session.commitment_progress.sentence == f"Demo answers for {len(session.send_model.rows)} objects"
    assert {row.commitment for row in session.send_model.rows} == {"committed"}


def test_the_worklist_is_answered_as_it_stands(session: Session, wait: Wait) -> None:
    session.add_node(listen(session, wait))
    worklist = session.questions.index("Worklist")
    for change, patients in (
        (session.worklist.add_examples, ["EX-1", "EX-2", "EX-3"]),
        (lambda: session.worklist.remove([1]), ["EX-1", "EX-3"]),
    ):
        change()
        session.ask("Ourselves", worklist, Fields())
        wait(lambda: not session.query_progress.is_running)
        assert [row.patient_id for row in session.matches_model.rows] == patients
