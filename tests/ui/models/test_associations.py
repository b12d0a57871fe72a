"""An association as a row: its state and outcome in words, its columns."""

import pytest
from pytestqt.modeltest import ModelTester

from tests.support.qt import watch_model
from ui.models.associations import AssociationRow, AssociationsModel
from ui.models.roles import Category, Role

OPEN = AssociationRow(
    number=17,
    is_requestor=True,
    peer="127.0.0.1:4242",
    calling_ae_title="WORKBENCH",
    called_ae_title="ORTHANC",
    state=6,
    state_words="established",
    proposed=4,
    accepted=3,
    requests=1200,
    bytes_sent=1_000_000,
    bytes_received=500,
    opened_at=100.0,
)
REJECTED = AssociationRow(
    number=18, is_requestor=False, outcome="rejected", detail="1/1/7", opened_at=100.0, ended_at=100.25
)


def test_a_row_tells_state_and_outcome_in_words() -> None:
    assert (OPEN.state_text, OPEN.outcome_text, OPEN.is_open) == ("Sta6 established", "● open", True)
    assert (REJECTED.outcome_text, REJECTED.category, REJECTED.is_open) == ("✖ rejected: 1/1/7", Category.ERROR, False)


def test_an_association_fills_every_column(qtmodeltester: ModelTester) -> None:
    model = AssociationsModel()
    watch_model(qtmodeltester, model)
    model.append([OPEN, REJECTED])
    assert [model.index(0, column).data() for column in range(model.columnCount())] == [
        "#17",
        "Sta6 established",
        "→ out",
        "127.0.0.1:4242",
        "WORKBENCH → ORTHANC",
        "● open",
        "3 of 4",
        "1,200",
        "1.0 MB",
        "",
    ]
    assert model.index(1, 2).data() == "← in"
    assert model.index(1, 9).data() == "250.00 ms"
    assert model.index(1, 5).data(Role.CATEGORY) == Category.ERROR
    assert model.index(1, 0).data(Role.ASSOCIATION) == 18


@pytest.mark.parametrize("outcome", ["open", "released", "aborted", "rejected", "failed", "closed"])
def test_every_outcome_has_a_sign_and_a_category(outcome: str) -> None:
    row = AssociationRow(number=1, is_requestor=True, outcome=outcome)
    assert row.outcome_text.endswith(outcome)
    assert row.category


@pytest.mark.parametrize(
    ("titles", "peer", "parties", "title"),
    [
        (("CT3", "PACS1"), "10.1.2.3:104", "CT3 → PACS1", "CT3 → PACS1"),
        (("CT3", ""), "", "CT3 → ?", "CT3 → ?"),
        (("", ""), "10.1.2.3:104", "", "10.1.2.3:104"),
        (("", ""), "", "", "no connection"),
    ],
)
def test_who_it_is_with_is_said_as_far_as_it_is_known(
    titles: tuple[str, str], peer: str, parties: str, title: str
) -> None:
    row = AssociationRow(number=1, is_requestor=True, peer=peer, calling_ae_title=titles[0], called_ae_title=titles[1])
    assert (row.parties, row.title) == (parties, title)
