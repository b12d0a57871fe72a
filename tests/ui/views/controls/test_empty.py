"""The empty state: a sentence and at most three things to do, each with a signal of its own."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show, colours_in
from ui import theme
from ui.theme import DARK, LIGHT
from ui.views.controls.empty import EmptyState


def test_every_button_asks_for_its_own(qtbot: QtBot, show: Show) -> None:
    empty = show(EmptyState("send", "Drop files here", "They are sent.", "Add files…", "Add a folder…", "Examples"))
    heard: list[str] = []
    empty.acted.connect(lambda: heard.append("first"))
    empty.second_acted.connect(lambda: heard.append("second"))
    empty.third_acted.connect(lambda: heard.append("third"))
    for button in (empty.button, empty.second, empty.third):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard == ["first", "second", "third"]


def test_a_button_without_words_is_not_shown(show: Show) -> None:
    empty = show(EmptyState("trace", "Nothing yet", "It comes."))
    assert not empty.button.isVisible()
    assert not empty.second.isVisible()
    assert not empty.third.isVisible()
    assert (empty.title.text(), empty.sentence.text()) == ("Nothing yet", "It comes.")


def test_a_long_sentence_is_shown_whole_where_it_is_narrow(show: Show) -> None:
    words = "Every PDU that is sent or received from now on appears here, byte for byte, in the order of the wire."
    empty = show(EmptyState("", "Nothing yet", words), 220, 300)
    sentence = empty.sentence
    assert sentence.height() >= sentence.heightForWidth(sentence.width())
    assert empty.rect().contains(sentence.geometry())


def test_the_picture_has_the_quiet_colour_of_the_theme(qapp: QApplication, qtbot: QtBot, show: Show) -> None:
    empty = show(EmptyState("send", "Drop files here", ""))
    pictures = [label for label in empty.findChildren(QLabel) if not label.pixmap().isNull()]
    assert len(pictures) == 1
    assert LIGHT.muted in colours_in(pictures[0].pixmap().toImage())
    theme.apply(qapp, "dark")
    qtbot.waitUntil(lambda: DARK.muted in colours_in(pictures[0].pixmap().toImage()))


def test_without_an_icon_there_is_no_picture(show: Show) -> None:
    empty = show(EmptyState("", "No node yet", ""))
    assert [label for label in empty.findChildren(QLabel) if label.isVisible() and not label.pixmap().isNull()] == []
