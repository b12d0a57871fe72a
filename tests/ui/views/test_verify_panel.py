"""A ladder for each node."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import colours_of
from tests.ui.views.samples import node
from tests.ui.views.stand_in import StandIn
from ui.models.nodes import RungRow
from ui.theme import LIGHT, Tone
from ui.views.verify_panel import VerifyPanel

FAILED = (
    RungRow(name="name", is_ok=True, milliseconds=2.1, sentence="ris is 10.1.2.77"),
    RungRow(name="TCP", is_ok=False, milliseconds=1.4, sentence="nothing listens on that port"),
    RungRow(name="association", is_ok=None, milliseconds=None, sentence=""),
    RungRow(name="echo", is_ok=None, milliseconds=None, sentence=""),
)


@pytest.fixture
def panel(qtbot: QtBot, desk: StandIn) -> VerifyPanel:
    made = VerifyPanel(desk.as_session())
    qtbot.addWidget(made)
    made.resize(640, 400)
    made.show()
    return made


def test_without_node_it_offers_two_ways(qtbot: QtBot, panel: VerifyPanel) -> None:
    assert panel.empty.isVisible()
    assert not panel.all_button.isVisible()
    with qtbot.waitSignal(panel.demo_asked):
        QTest.mouseClick(panel.empty.button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.add_asked):
        QTest.mouseClick(panel.empty.second, Qt.MouseButton.LeftButton)


def test_each_node_has_a_ladder_and_can_be_checked(qtbot: QtBot, panel: VerifyPanel, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.add_node(node("RIS"))
    QTest.mouseClick(panel.checks["RIS"].button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.all_button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("echo", "RIS"), ("echo_all",)]


def test_the_rung_that_failed_says_why(panel: VerifyPanel, desk: StandIn) -> None:
    desk.add_node(node("RIS"))
    check = panel.checks["RIS"]
    assert check.pill.text() == "not checked"
    desk.check_node(replace(desk.nodes_model.rows[0], check="failed", rungs=FAILED, sentence="x"))
    assert check.pill.text() == "no answer"
    assert check.sentence.text() == "nothing listens on that port"
    assert check.ladder.accessibleDescription() == "✔  name  2.1 ms; ✖  TCP  1.4 ms; ○  association; ○  echo"
    colours = colours_of(check.ladder)
    assert colours[LIGHT.badges[Tone.OK].ground] > 100
    assert colours[LIGHT.badges[Tone.ERROR].ground] > 100


def test_while_checking_it_cannot_be_checked_again(panel: VerifyPanel, desk: StandIn) -> None:
    desk.add_node(node("RIS"))
    desk.check_node(replace(desk.nodes_model.rows[0], check="checking"))
    assert not panel.checks["RIS"].button.isEnabled()
    desk.check_node(replace(desk.nodes_model.rows[0], check="ok", rungs=FAILED[:1]))
    assert panel.checks["RIS"].button.isEnabled()


def test_a_removed_node_takes_its_ladder_along(panel: VerifyPanel, desk: StandIn) -> None:
    desk.add_node(node("RIS"))
    desk.add_node(node("PACS1"))
    desk.remove_node("RIS")
    assert list(panel.checks) == ["PACS1"]
