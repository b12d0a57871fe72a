"""Why, contexts and association of what is selected."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import CT, EXPLICIT, association
from tests.ui.views.stand_in import StandIn
from ui.theme import Tone
from ui.views.details import Details
from ui.views.explain import Explanation


@pytest.fixture
def details(qtbot: QtBot, desk: StandIn) -> Details:
    made = Details(desk.as_session())
    qtbot.addWidget(made)
    made.resize(360, 460)
    made.show()
    desk.answered = {1: (desk.context_row(CT, (EXPLICIT,)),), 2: ()}
    return made


def of_association(number: int) -> Explanation:
    return Explanation(badge="stored", tone=Tone.OK, paragraphs=(("What", "It was stored."),), association=number)


def test_a_chosen_association_is_shown_with_its_contexts(details: Details, desk: StandIn) -> None:
    desk.associate(association(1), association(2))
    details.choose_association(1)
    assert details.association.number == 1
    assert details.contexts_model.rowCount() == 1
    assert details.chips.chips["contexts"].text() == "Contexts 1"


def test_contexts_can_be_looked_at(qtbot: QtBot, details: Details, desk: StandIn) -> None:
    desk.associate(association(1))
    QTest.mouseClick(details.chips.chips["contexts"], Qt.MouseButton.LeftButton)
    assert details.contexts.isVisible()
    details.contexts.selectRow(0)
    QTest.keyClick(details.contexts, Qt.Key.Key_Space)
    assert details.contexts_model.is_read_only
    assert [row.is_enabled for row in details.contexts_model.rows] == [True]
    QTest.mouseClick(details.chips.chips["why"], Qt.MouseButton.LeftButton)
    assert details.why.isVisible()


def test_answers_come_with_the_association(details: Details, desk: StandIn) -> None:
    desk.associate(association(2))
    assert details.contexts_model.rowCount() == 0
    desk.answered[2] = (desk.context_row(CT, (EXPLICIT,)),)
    desk.associate(association(2, requests=6))
    assert details.contexts_model.rowCount() == 1


def test_nothing_selected_has_no_pill(details: Details) -> None:
    details.explain(of_association(1))
    details.explain(None)
    assert not details.pill.isVisible()


def test_the_explanation_is_shown_and_goes_again(details: Details) -> None:
    assert not details.pill.isVisible()
    details.explain(of_association(1))
    assert "It was stored." in details.why.words.toPlainText()
    assert details.pill.isVisible()
    details.explain(None)
    assert not details.pill.isVisible()
    assert details.why.empty.isVisible()
    assert details.card.accessibleName() == "Details of the selection"
