"""The explanation as text, with what can be done about it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Tone
from ui.views.explain import Explanation
from ui.views.why_view import WhyView

FAILED = Explanation(
    badge="failed",
    tone=Tone.ERROR,
    paragraphs=(("What happened", "IM1 was refused <by> PACS1."), ("SOP instance", "1.2.840.113619.2.55.3.604688119")),
    evidence="Association 3",
    association=3,
    can_retry=True,
)
NODE = Explanation(badge="answers", tone=Tone.OK, paragraphs=(("Address", "PACS1 at 10.1.2.3:104"),))


@pytest.fixture
def view(qtbot: QtBot) -> WhyView:
    made = WhyView()
    qtbot.addWidget(made)
    made.resize(300, 260)
    made.show()
    return made


def test_nothing_selected_says_so(view: WhyView) -> None:
    assert view.empty.isVisible()
    view.show_explanation(FAILED)
    assert not view.empty.isVisible()
    view.show_explanation(None)
    assert view.empty.isVisible()


def test_words_are_shown_as_they_are(view: WhyView) -> None:
    view.show_explanation(FAILED)
    text = view.words.toPlainText()
    assert "IM1 was refused <by> PACS1." in text
    assert "Association 3" in text


def test_long_uids_break_instead_of_being_cut(view: WhyView) -> None:
    view.resize(140, 260)
    view.show_explanation(FAILED)
    assert view.words.document().size().width() <= view.words.viewport().width()


def test_only_what_can_be_done_is_offered(qtbot: QtBot, view: WhyView) -> None:
    view.show_explanation(FAILED)
    with qtbot.waitSignal(view.retry_asked):
        QTest.mouseClick(view.retry_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(view.trace_asked) as told:
        QTest.mouseClick(view.trace_button, Qt.MouseButton.LeftButton)
    assert told.args == [3]
    view.show_explanation(NODE)
    assert not view.retry_button.isVisible()
    assert not view.trace_button.isVisible()


def test_copy_takes_all_of_it(qtbot: QtBot, view: WhyView) -> None:
    view.show_explanation(FAILED)
    QTest.mouseClick(view.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == FAILED.as_text()


def test_words_follow_the_theme(qtbot: QtBot, qapp: QApplication, view: WhyView) -> None:
    view.show_explanation(NODE)
    theme.apply(qapp, "dark")
    qtbot.waitUntil(lambda: theme.DARK.text in view.words.toHtml())
