"""Tree and bytes of a PDU are linked in both directions."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import RELEASE, pdu_event
from tests.ui.views.stand_in import StandIn
from ui.views.dissect_tree import line_of
from ui.views.pdu_view import PduView


@pytest.fixture
def view(qtbot: QtBot, desk: StandIn) -> PduView:
    made = PduView(desk.as_session())
    qtbot.addWidget(made)
    made.resize(640, 400)
    made.show()
    # A-ASSOCIATE-RJ: type 03, reserved, length 4, reserved, result 1, source 1, reason 7
    desk.happen(pdu_event(1))
    made.show_event(desk.trace.get(1))
    return made


def test_a_clicked_byte_selects_its_field(qtbot: QtBot, view: PduView) -> None:
    QTest.mouseClick(view.hex.viewport(), Qt.MouseButton.LeftButton, pos=view.hex.place_of(7))
    assert line_of(view.tree.currentIndex()).startswith("Result")
    assert view.hex.highlighted == (7, 8)
    assert "Result" in view.path.text()


def test_a_chosen_field_highlights_its_bytes(qtbot: QtBot, view: PduView) -> None:
    view.tree.choose_byte(0)
    QTest.keyClick(view.tree, Qt.Key.Key_Down)
    QTest.keyClick(view.tree, Qt.Key.Key_Down)
    assert view.hex.highlighted == (2, 6)


def test_another_pdu_takes_its_place(view: PduView, desk: StandIn) -> None:
    desk.happen(pdu_event(2, RELEASE))
    view.show_event(desk.trace.get(2))
    assert view.number == 2
    assert view.fields.rowCount() == 1
    assert view.hex.highlighted == (0, 0)


def test_what_has_no_bytes_says_so(view: PduView) -> None:
    view.show_event(None)
    assert view.number is None
    assert view.empty.isVisible()
    assert not view.tree.isVisible()
