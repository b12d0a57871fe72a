"""Which part of the records a Repository Query wants."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydicom.dataset import Dataset

from tests.services.query.archives import made
from workbench.errors import StatusError
from workbench.services.query.find_scp import FindRequest
from workbench.services.query.models import REPOSITORY_QUERY, STUDY_ROOT, Model
from workbench.services.query.repository import Continuation

ROWS = [(str(number),) for number in range(5)]


def continuation(identifier: Dataset, model: Model = REPOSITORY_QUERY) -> Continuation:
    return Continuation.of(cast(FindRequest, SimpleNamespace(model=model, data_set=identifier)))


def rows() -> Iterator[tuple[Any, ...]]:
    return iter(ROWS)


def test_a_part_is_cut_and_the_next_one_goes_on() -> None:
    first = continuation(made(MaximumNumberOfRecords=2))
    assert list(first.cut(rows())) == ROWS[:2]
    assert first.is_cut
    second = continuation(made(MaximumNumberOfRecords=3, PriorRecordKey=b"1\0"))
    assert list(second.cut(rows())) == ROWS[2:]
    assert not second.is_cut


def test_nothing_follows_the_last_record() -> None:
    last = continuation(made(PriorRecordKey=b"4"))
    assert list(last.cut(rows())) == []
    assert not last.is_cut


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(StatusError) as caught:
        list(continuation(made(PriorRecordKey=b"9")).cut(rows()))
    assert caught.value.status == 0xA710


def test_other_queries_get_all() -> None:
    other = continuation(made(MaximumNumberOfRecords=2), STUDY_ROOT)
    assert list(other.cut(rows())) == ROWS
    assert not other.is_repository
