"""The card follows the newest open association; a chosen one stays until a newer one opens."""

from pytestqt.qtbot import QtBot

from tests.ui.views.samples import association, steps
from tests.ui.views.stand_in import StandIn
from ui.views.association_card import AssociationCard, last_words


def test_last_event_and_action_in_words() -> None:
    assert last_words(association()) == "Evt10 P-DATA-TF received → DT-2"
    assert last_words(association(event=0, action="")) == ""


def shown(card: AssociationCard) -> int | None:
    return card.number


def test_newest_is_followed_and_a_choice_holds_until_a_newer_one_opens(qtbot: QtBot, desk: StandIn) -> None:
    card = AssociationCard(desk.as_session())
    qtbot.addWidget(card)
    assert shown(card) is None
    desk.associate(association(1))
    desk.associate(association(2))
    assert shown(card) == 2
    card.choose(1)
    desk.associate(association(2, requests=7))
    assert shown(card) == 1
    desk.associate(association(3))
    assert shown(card) == 3
    card.choose(1)
    card.choose(None)
    assert shown(card) == 3


def test_of_several_the_newest_that_is_open_is_shown(qtbot: QtBot, desk: StandIn) -> None:
    card = AssociationCard(desk.as_session())
    qtbot.addWidget(card)
    desk.associate(association(1), association(2))
    desk.associate(association(2, outcome="released"))
    assert (shown(card), card.pill.text()) == (1, "open")
    desk.associate(association(1, outcome="released"))
    desk.associate(association(3, outcome="rejected"))
    assert shown(card) == 3


def test_changes_of_state_show_at_once(qtbot: QtBot, desk: StandIn) -> None:
    card = AssociationCard(desk.as_session())
    qtbot.addWidget(card)
    desk.associate(association(1))
    assert card.title.text() == "Association 1   Sta6 established"
    assert card.pill.text() == "open"
    ended = association(
        1, state=1, state_words="idle", outcome="aborted", steps=steps(1, 4, 5, 6, 1), event=16, action="AA-3"
    )
    desk.associate(ended)
    assert card.pill.text() == "aborted"
    assert card.track.current == 1
    assert card.last.text() == "Evt16 A-ABORT received → AA-3"


def test_who_with_whom_and_how_much(qtbot: QtBot, desk: StandIn) -> None:
    card = AssociationCard(desk.as_session())
    qtbot.addWidget(card)
    desk.associate(association(1, bytes_sent=2_000_000))
    assert "WORKBENCH → PACS1" in card.parties.text()
    assert "2 of 3 contexts" in card.counts.text()
    assert "↑ 2.0 MB" in card.counts.text()
    desk.associate(association(2, proposed=3, accepted=3))
    assert "contexts" not in card.counts.text()  # all of them: nothing to say


def test_where_no_connection_was_opened_the_reason_stands_for_the_titles(qtbot: QtBot, desk: StandIn) -> None:
    card = AssociationCard(desk.as_session())
    qtbot.addWidget(card)
    reason = "no connection to 127.0.0.1:11112: connection refused"
    nobody = {"calling_ae_title": "", "called_ae_title": ""}
    desk.associate(association(1, outcome="failed", detail=reason, peer="", **nobody))
    assert card.parties.text() == reason
    desk.associate(association(2, outcome="failed", detail=reason, peer="127.0.0.1:11112", **nobody))
    assert card.parties.text() == "→ 127.0.0.1:11112"
