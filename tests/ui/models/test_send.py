"""The send list: results in words, counts, progress; skipped files."""

from dataclasses import replace

import pytest
from pytestqt.modeltest import ModelTester

from tests.support.qt import watch_model
from ui.models.roles import Category, Role
from ui.models.send import (
    FAILED,
    NOT_COMMITTED,
    NOT_SENT,
    SENDING,
    STORED,
    WAITING,
    WARNING,
    SendModel,
    SendRow,
    SkippedModel,
    SkippedRow,
)

ROW = SendRow(
    name="IM0001",
    path="folder/IM0001",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
    sop_class="CT Image",
    sop_instance_uid="1.2.3",
    transfer_syntax_uid="1.2.840.10008.1.2.1",
    transfer_syntax="Explicit VR LE",
    size=526_104,
)


@pytest.mark.parametrize(
    ("row", "result", "category", "is_unfinished"),
    [
        (ROW, "waiting", Category.MUTED, True),
        (replace(ROW, state=SENDING, sent=326_184), "sending 61 %", Category.ACTIVE, False),
        (replace(ROW, state=STORED, reason="0000H Success"), "✔ 0000H Success", Category.OK, False),
        (replace(ROW, state=WARNING, reason="B000H Coercion"), "▲ B000H Coercion", Category.WARNING, False),
        (replace(ROW, state=FAILED, reason="A700H Refused"), "✖ A700H Refused", Category.ERROR, True),
        (replace(ROW, state=NOT_SENT), "✖ not sent", Category.ERROR, True),
        (
            replace(ROW, state=STORED, reason="0000H Success", commitment="committed"),
            "✔ 0000H Success · committed",
            Category.OK,
            False,
        ),
        (
            replace(ROW, state=NOT_COMMITTED, reason="0000H Success", commitment="0112H no such object instance"),
            "✖ not committed: 0112H no such object instance",
            Category.ERROR,
            True,
        ),
        (replace(ROW, state=SENDING, size=0), "sending 0 %", Category.ACTIVE, False),
    ],
)
def test_a_result_is_told_by_sign_and_words(row: SendRow, result: str, category: Category, is_unfinished: bool) -> None:
    assert (row.result, row.category, row.is_unfinished) == (result, category, is_unfinished)


def test_the_counts_follow_every_change(qtmodeltester: ModelTester) -> None:
    model = SendModel()
    watch_model(qtmodeltester, model)
    model.append([ROW, ROW, ROW])
    assert model.counts[WAITING] == 3
    model.update({0: replace(ROW, state=STORED), 1: replace(ROW, state=FAILED)})
    assert (model.counts[WAITING], model.counts[STORED], model.counts[FAILED], model.counts[WARNING]) == (1, 1, 1, 0)
    model.show_states(frozenset({FAILED, NOT_SENT}))
    assert model.rowCount() == 1
    assert model.counts[STORED] == 1
    model.show_states(None)
    assert model.rowCount() == 3
    model.clear()
    assert model.counts[WAITING] == 0


def test_progress_is_told_only_while_an_object_is_sent() -> None:
    model = SendModel()
    model.append([ROW, replace(ROW, state=SENDING, sent=263_052, association=4)])
    assert model.index(0, 0).data(Role.PROGRESS) is None
    assert model.index(1, 0).data(Role.PROGRESS) == 0.5
    assert model.index(1, 6).data() == "#4"
    assert model.index(1, 0).data(Role.ASSOCIATION) == 4
    assert model.index(0, 0).data(Role.KEY) == "1.2.3"


def test_skipped_files_show_their_reason() -> None:
    model = SkippedModel()
    model.append([SkippedRow(path="notes.txt", reason="no DICOM file")])
    assert [model.index(0, column).data() for column in range(2)] == ["notes.txt", "no DICOM file"]


def test_only_what_the_peer_has_taken_is_stored() -> None:
    states = (WAITING, SENDING, STORED, WARNING, FAILED, NOT_SENT, NOT_COMMITTED)
    assert [state for state in states if replace(ROW, state=state).is_stored] == [STORED, WARNING, NOT_COMMITTED]
