"""The book of associations: each story as the trace tells it."""

import itertools

import pytest

from ui.session.associations import AssociationBook
from workbench.acse.contexts import propose_for_instances
from workbench.acse.negotiate import answer, request_association
from workbench.acse.policy import Policy
from workbench.dimse.messages import CStoreRq, CStoreRsp, Message
from workbench.trace.events import Direction, TraceEvent, TransportStep
from workbench.trace.recorder import Recorder
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.pdu import Abort, AssociateAc, AssociateRj, Pdu, ReleaseRp, encode_pdu
from workbench.upper_layer.state_table import Evt, Sta

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
REQUEST = request_association(
    called_ae_title="PACS",
    calling_ae_title="CT3",
    contexts=propose_for_instances([(CT_IMAGE, EXPLICIT_VR_LITTLE_ENDIAN), (VERIFICATION, EXPLICIT_VR_LITTLE_ENDIAN)])[
        0
    ],
    max_pdu_length=16384,
)
ACCEPT = answer(REQUEST, Policy(contexts={CT_IMAGE: None}))


class Story:
    """Records what one association goes through and folds it."""

    def __init__(self) -> None:
        self.events: list[TraceEvent] = []
        seconds = itertools.count(1_700_000_000)
        self.recorder = Recorder(self.events.append, clock=lambda: float(next(seconds)))
        self.number = self.recorder.open_association()
        self.book = AssociationBook()

    def step(self, step: TransportStep, detail: str = "") -> None:
        self.recorder.transport(self.number, step, detail)

    def sent(self, pdu: Pdu) -> None:
        self._pdu(Direction.SENT, pdu)

    def received(self, pdu: Pdu) -> None:
        self._pdu(Direction.RECEIVED, pdu)

    def message(self, message: Message) -> None:
        self.recorder.message(self.number, Direction.SENT, 1, message, False)

    def moved(self, event: int, before: int, action: str, after: int) -> None:
        self.recorder.transition(self.number, Evt[f"EVT{event}"], Sta[f"STA{before}"], action, Sta[f"STA{after}"])

    def opened(self) -> None:
        self.step(TransportStep.CONNECTING)
        self.step(TransportStep.CONNECTED, "127.0.0.1:50000 - 127.0.0.1:104")
        self.sent(REQUEST)
        assert isinstance(ACCEPT, AssociateAc)
        self.received(ACCEPT)
        self.moved(3, 5, "AE-3", 6)

    def told(self) -> AssociationBook:
        assert self.book.fold(self.events) == [self.number]
        self.events.clear()
        return self.book

    def _pdu(self, direction: Direction, pdu: Pdu) -> None:
        frame = encode_pdu(pdu)
        self.recorder.pdu(self.number, direction, frame[0], len(frame), frame)


@pytest.fixture
def story() -> Story:
    return Story()


def test_an_established_association_is_known_by_its_pdus(story: Story) -> None:
    story.opened()
    row = story.told().row(story.number)
    assert row is not None
    assert (row.is_requestor, row.peer, row.calling_ae_title, row.called_ae_title) == (
        True,
        "127.0.0.1:104",
        "CT3",
        "PACS",
    )
    assert (row.state, row.event, row.action, row.outcome) == (6, 3, "AE-3", "open")
    assert (row.proposed, row.accepted) == (2, 1)
    assert row.bytes_sent > 100
    assert row.bytes_received > 100
    assert row.is_open


def test_its_contexts_are_those_that_were_accepted(story: Story) -> None:
    story.opened()
    book = story.told()
    assert book.contexts(story.number) == {1: (CT_IMAGE, EXPLICIT_VR_LITTLE_ENDIAN)}
    assert book.negotiation(story.number) == (REQUEST, ACCEPT)
    assert book.contexts(99) == {}
    assert book.negotiation(99) == (None, None)
    assert book.row(99) is None


def test_an_accepted_connection_is_the_peers(story: Story) -> None:
    story.step(TransportStep.ACCEPTED, "127.0.0.1:11112 - 10.0.0.9:40000")
    row = story.told().row(story.number)
    assert row is not None
    assert (row.is_requestor, row.peer) == (False, "10.0.0.9:40000")


def test_a_release_ends_well(story: Story) -> None:
    story.opened()
    story.received(ReleaseRp())
    story.moved(13, 7, "AR-3", 1)
    story.step(TransportStep.CLOSED)
    row = story.told().row(story.number)
    assert row is not None
    assert (row.outcome, row.is_open, row.state) == ("released", False, 1)
    assert row.ended_at is not None
    assert row.ended_at > row.opened_at


def test_a_rejection_is_told_in_words(story: Story) -> None:
    story.sent(REQUEST)
    story.received(AssociateRj(result=1, source=1, reason=7))
    story.moved(4, 5, "AE-4", 1)
    row = story.told().row(story.number)
    assert row is not None
    assert row.outcome == "rejected"
    assert "called AE title not recognized" in row.detail


def test_an_abort_names_its_side_and_the_first_cause(story: Story) -> None:
    story.opened()
    story.step(TransportStep.TIMEOUT, "DIMSE timeout: no response within 60 s")
    story.sent(Abort(source=0, reason=0))
    story.moved(15, 6, "AA-1", 13)
    story.step(TransportStep.DROPPED, "closed here")
    story.moved(17, 13, "AR-5", 1)
    row = story.told().row(story.number)
    assert row is not None
    assert (row.outcome, row.detail) == ("aborted", "by us, DIMSE timeout: no response within 60 s")


def test_the_peers_abort_has_its_reason(story: Story) -> None:
    story.opened()
    story.received(Abort(source=2, reason=6))
    row = story.told().row(story.number)
    assert row is not None
    assert row.detail.startswith("by the peer, ")


def test_a_connection_that_breaks_has_failed(story: Story) -> None:
    story.step(TransportStep.CONNECTING)
    story.step(TransportStep.DROPPED, "no connection to pacs:104: connection refused")
    story.moved(17, 4, "AA-4", 1)
    row = story.told().row(story.number)
    assert row is not None
    assert row.outcome_text == "✖ failed: no connection to pacs:104: connection refused"


def test_a_connection_without_an_association_is_closed(story: Story) -> None:
    story.step(TransportStep.ACCEPTED, "a - b")
    story.moved(5, 1, "AE-5", 2)
    story.moved(17, 2, "AA-5", 1)
    row = story.told().row(story.number)
    assert row is not None
    assert row.outcome == "closed"
    assert [(step.event, step.action, step.before, step.after) for step in row.steps] == [
        (5, "AE-5", 1, 2),
        (17, "AA-5", 2, 1),
    ]


def test_requests_and_bad_statuses_are_counted(story: Story) -> None:
    for message_id, status in enumerate((0x0000, 0xB000, 0xA700, 0xC000), 1):
        story.message(
            CStoreRq(message_id=message_id, affected_sop_class_uid=CT_IMAGE, affected_sop_instance_uid="1.2.3")
        )
        story.message(CStoreRsp(message_id_being_responded_to=message_id, status=status))
    row = story.told().row(story.number)
    assert row is not None
    assert (row.requests, row.warnings, row.failures) == (4, 1, 2)


def test_a_broken_pdu_is_a_detail_and_no_obstacle(story: Story) -> None:
    story.recorder.pdu(story.number, Direction.RECEIVED, 1, 10, bytes.fromhex("01000000000400010000"))
    story.recorder.problem(story.number, "later")
    row = story.told().row(story.number)
    assert row is not None
    assert row.detail not in ("", "later")


def test_what_is_acknowledged_and_not_kept_counts_as_a_failure(story: Story) -> None:
    story.recorder.not_kept(story.number, 7, "1.2.3", "acknowledged, not kept")
    story.recorder.note(story.number, "converted on the way")
    row = story.told().row(story.number)
    assert row is not None
    assert (row.failures, row.detail) == (1, "acknowledged, not kept")


def test_only_the_newest_that_ended_are_kept() -> None:
    story = Story()
    story.book = AssociationBook(kept=10)
    numbers = [story.number, *(story.recorder.open_association() for _ in range(25))]
    for story.number in numbers:
        story.moved(5, 1, "AE-5", 2)
        if story.number != 3:
            story.moved(17, 2, "AA-5", 1)
    story.book.fold(story.events)
    fullness = [story.book.is_full]
    story.book.forget()
    fullness.append(story.book.is_full)
    assert fullness == [True, False]
    assert [row.number for row in story.book.rows()] == [3, *numbers[-9:]]
    story.book.clear()
    assert [row.number for row in story.book.rows()] == [3]
