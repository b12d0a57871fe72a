"""A node is asked level by level, and the query can be cancelled."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from pydicom.dataset import Dataset

from tests.cli.background import background
from tests.ui.session.conftest import BenchMaker, Wait
from ui.session.querying import QueryDesk
from ui.session.questions import QUESTIONS, Fields
from workbench.config import Node
from workbench.errors import StatusError
from workbench.services.offers import Offer, handlers_for, policy_for
from workbench.services.query.data_sets import data_set_provider
from workbench.services.query.find_scp import FindRequest, FindScp
from workbench.services.query.models import STUDY_ROOT

STUDIES = QUESTIONS[0]


@contextmanager
def serving(*offers: Offer) -> Iterator[Node]:
    with background(handlers_for(offers), policy=policy_for(offers)) as node:
        yield node


def series(study: str, number: int, name: str) -> Dataset:
    found = Dataset()
    found.PatientName = name
    found.StudyInstanceUID = study
    found.SeriesInstanceUID = f"{study}.{number}"
    found.Modality = "CT"
    found.SOPInstanceUID = f"{study}.{number}.1"
    found.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    return found


HELD = [series("1.2.3", 1, "DOE^JOHN"), series("1.2.4", 1, "ROE^JANE")]


@pytest.fixture
def desk(maker: BenchMaker) -> QueryDesk:
    made = QueryDesk(maker.bench)
    maker.listeners.append(made.job_changed)
    return made


def test_a_query_lists_its_matches_and_says_how_it_ended(desk: QueryDesk, wait: Wait) -> None:
    with serving(FindScp([STUDY_ROOT], data_set_provider(HELD)).offer) as node:
        assert desk.ask(node, STUDIES, Fields(patient="DOE*")) is not None
        assert desk.progress.is_running
        wait(lambda: not desk.progress.is_running)
    assert [row.patient for row in desk.model.rows] == ["DOE JOHN"]
    assert desk.progress.sentence.startswith("1 match   ·   0000H Success")
    assert not desk.progress.is_failed
    assert desk.progress.can_retrieve


def test_a_match_is_opened_and_left_again(desk: QueryDesk, wait: Wait) -> None:
    with serving(FindScp([STUDY_ROOT], data_set_provider(HELD)).offer) as node:
        desk.ask(node, STUDIES, Fields(patient="ROE*"))
        wait(lambda: not desk.progress.is_running)
        desk.open(0)
        wait(lambda: not desk.progress.is_running)
        assert [row.uid for row in desk.model.rows] == ["1.2.4.1"]
        assert len(desk.progress.path) == 1
        desk.open(0)
        wait(lambda: not desk.progress.is_running)
        assert [row.uid for row in desk.model.rows] == ["1.2.4.1.1"]
        assert desk.open(0) is None  # nothing is below an object
    desk.close()
    desk.close()
    assert [row.patient for row in desk.model.rows] == ["ROE JANE"]
    assert desk.progress.sentence.startswith("1 match")
    desk.close()
    assert [row.patient for row in desk.model.rows] == ["ROE JANE"]


def test_a_refusal_is_said_with_what_the_peer_says(desk: QueryDesk, wait: Wait, maker: BenchMaker) -> None:
    class Refusing:
        async def matches(self, request: FindRequest) -> AsyncIterator[Dataset]:
            if request.model is STUDY_ROOT:
                raise StatusError(0xA700, "the archive is offline")
            yield Dataset()

    with serving(FindScp([STUDY_ROOT], Refusing()).offer) as node:
        desk.ask(node, STUDIES, Fields())
        wait(lambda: not desk.progress.is_running)
    assert desk.progress.is_failed
    assert "A700H" in desk.progress.sentence
    assert "the archive is offline" in desk.progress.sentence
    assert maker.messages[-1][0] == "error"


def test_a_field_that_is_wrong_is_said_and_nobody_is_asked(desk: QueryDesk) -> None:
    node = Node(name="nobody", host="127.0.0.1", port=1, ae_title="NOBODY")
    assert desk.ask(node, STUDIES, Fields(date="yesterday")) is None
    assert desk.progress.is_failed
    assert "neither a date" in desk.progress.sentence


def test_cancel_ends_the_query_and_keeps_what_has_come(desk: QueryDesk, wait: Wait) -> None:
    class Endless:
        async def matches(self, request: FindRequest) -> AsyncIterator[Dataset]:
            while not request.is_cancelled:
                yield HELD[0]

    with serving(FindScp([STUDY_ROOT], Endless()).offer) as node:
        desk.ask(node, STUDIES, Fields())
        wait(lambda: bool(desk.model.rows))
        desk.cancel()
        wait(lambda: not desk.progress.is_running)
    assert "cancelled after" in desk.progress.sentence
    assert not desk.progress.is_failed
    assert desk.model.rows


def test_a_node_that_is_not_there_is_said(desk: QueryDesk, wait: Wait) -> None:
    desk.ask(Node(name="nobody", host="127.0.0.1", port=9, ae_title="NOBODY"), STUDIES, Fields())
    wait(lambda: not desk.progress.is_running)
    assert desk.progress.is_failed
    assert "connection refused" in desk.progress.sentence
