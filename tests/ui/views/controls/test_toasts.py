"""Messages in the corner: they go by themselves, errors later than others; the newest is at the bottom."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show, colours_of
from ui.theme import MARKS, Colours, Tone
from ui.views.controls import toasts as module
from ui.views.controls.labels import ToneLabel
from ui.views.controls.toasts import MOST, Toasts


@pytest.fixture
def host(show: Show) -> QWidget:
    return show(QWidget(), 900, 600)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages stay for 20 ms instead of seconds."""
    monkeypatch.setattr(module, "STAY_MS", 20)
    monkeypatch.setattr(module, "ERROR_STAY_MS", 200)


def test_a_message_says_its_words_and_marks_its_tone(host: QWidget) -> None:
    toast = Toasts(host).say("The node was removed.", Tone.WARNING)
    assert toast.isVisible()
    assert toast.accessibleName() == "The node was removed."
    marks = [label.text() for label in toast.findChildren(ToneLabel)]
    assert marks == [MARKS["warning"]]


def test_it_lies_in_the_lower_right_corner_and_follows_it(host: QWidget) -> None:
    stack = Toasts(host)
    toast = stack.say("Saved.")
    for width, height in ((900, 600), (700, 400)):
        host.resize(width, height)
        corner = toast.mapTo(host, toast.rect().bottomRight())
        assert host.rect().contains(corner)
        assert width - corner.x() < 40
        assert height - corner.y() < 60


def test_the_newest_is_below_the_others(host: QWidget) -> None:
    stack = Toasts(host)
    first, second = stack.say("one"), stack.say("two")
    assert second.mapTo(host, QPoint()).y() > first.mapTo(host, QPoint()).y()
    assert stack.shown == [first, second]


def test_every_message_goes_by_itself_and_an_error_last(host: QWidget, qtbot: QtBot, soon: None) -> None:
    stack = Toasts(host)
    error = stack.say("It failed.", Tone.ERROR)
    stack.say("It went well.", Tone.OK)
    qtbot.waitUntil(lambda: stack.shown == [error])
    qtbot.waitUntil(lambda: stack.shown == [])
    assert stack.history == [(Tone.ERROR, "It failed."), (Tone.OK, "It went well.")]


def test_the_stack_hides_when_it_is_empty(host: QWidget, qtbot: QtBot) -> None:
    stack = Toasts(host)
    toast = stack.say("Saved.")
    assert stack.isVisible()
    QTest.mouseClick(toast.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not stack.isVisible())
    assert stack.shown == []


def test_under_the_mouse_it_stays(host: QWidget, qtbot: QtBot, soon: None) -> None:
    stack = Toasts(host)
    kept, other = stack.say("Read me."), stack.say("And me.")
    QApplication.sendEvent(kept, QEnterEvent(QPointF(), QPointF(), QPointF()))
    qtbot.waitUntil(lambda: other not in stack.shown)
    assert stack.shown == [kept]
    QApplication.sendEvent(kept, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: stack.shown == [])


def test_an_action_is_done_once_and_takes_the_message_away(host: QWidget) -> None:
    stack, done = Toasts(host), []
    toast = stack.say("Node PACS1 was removed.", Tone.NOTE, "Undo", lambda: done.append("undone"))
    assert toast.action_button is not None
    assert toast.action_button.accessibleName() == "Undo"
    QTest.mouseClick(toast.action_button, Qt.MouseButton.LeftButton)
    assert done == ["undone"]
    assert stack.shown == []


def test_without_an_action_there_is_no_button_for_one(host: QWidget) -> None:
    toast = Toasts(host).say("Saved.")
    assert toast.action_button is None
    assert toast.close_button.accessibleName() == "Close this message"


def test_too_many_messages_lose_the_oldest_but_not_the_history(host: QWidget) -> None:
    stack = Toasts(host)
    for number in range(MOST + 2):
        stack.say(f"message {number}")
    assert [toast.text for toast in stack.shown] == [f"message {number}" for number in range(2, MOST + 2)]
    assert [text for _, text in stack.history] == [f"message {number}" for number in range(MOST + 2)]


def test_the_same_words_are_shown_once_and_counted(host: QWidget) -> None:
    stack = Toasts(host)
    for _ in range(3):
        toast = stack.say("The peer aborted.", Tone.ERROR)
    assert stack.shown == [toast]
    assert (toast.text, toast.count) == ("The peer aborted.", 3)
    assert toast.accessibleName() == "The peer aborted. (3 times)"
    assert len(stack.history) == 3


@pytest.mark.parametrize("y", [60, 330, 400, 540])
def test_messages_never_cover_the_controls_that_are_kept_clear(host: QWidget, y: int) -> None:
    controls = QWidget(host)
    controls.setGeometry(300, y, 600, 30)
    controls.show()
    stack = Toasts(host)
    stack.keep_clear_of(controls)
    for number in range(MOST):
        newest = stack.say(f"message {number}: " + "the peer rejected the association. " * 4)
    assert newest in stack.shown
    assert not stack.geometry().intersects(controls.geometry())
    assert host.rect().contains(stack.geometry())


def test_a_long_message_is_shown_whole(host: QWidget) -> None:
    words = "The peer rejected the association permanently: called AE title not recognised. " * 4
    toast = Toasts(host).say(words)
    assert toast.width() <= module.WIDTH
    assert toast.height() > 4 * toast.fontMetrics().height()


def test_the_edge_has_the_colour_of_the_tone(scheme: Colours, host: QWidget) -> None:
    toast = Toasts(host).say("It failed.", Tone.ERROR)
    assert colours_of(toast)[scheme.error] > toast.height()
    assert colours_of(toast)[scheme.card] > toast.width() * toast.height() / 2
