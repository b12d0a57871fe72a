"""Labels shorten themselves and keep their tone."""

from functools import partial

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Tone
from ui.views.controls.labels import ElidedLabel, ToneLabel, heading, muted


def test_what_does_not_fit_is_in_the_tool_tip(qtbot: QtBot) -> None:
    label = ElidedLabel("826 of 2,000 · 824 stored · 1 warning")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.grab()
    assert label.toolTip() == "826 of 2,000 · 824 stored · 1 warning"
    label.resize(600, 20)
    label.grab()
    assert label.toolTip() == ""


def has_ink(label: ToneLabel, colour: str) -> bool:
    return label.palette().color(QPalette.ColorRole.WindowText).name() == colour


def test_tone_follows_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    label = ToneLabel("refused", Tone.ERROR)
    qtbot.addWidget(label)
    for name, scheme in (("light", theme.LIGHT), ("dark", theme.DARK)):
        theme.apply(qapp, name)
        qtbot.waitUntil(partial(has_ink, label, scheme.error))
    label.set_tone(Tone.OK)
    assert label.tone is Tone.OK
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == theme.DARK.ok


def test_captions_and_headings(qtbot: QtBot) -> None:
    quiet, loud = muted("caption"), heading("Settings")
    for label in (quiet, loud):
        qtbot.addWidget(label)
    assert loud.font().pointSizeF() > quiet.font().pointSizeF()


def test_an_explanation_is_the_tool_tip_whether_the_text_fits_or_not(qtbot: QtBot) -> None:
    label = ElidedLabel("serves CT1 + 3 more")
    qtbot.addWidget(label)
    label.set_explanation("CT1\nCT2\nCT3\nCT4")
    for width in (400, 40):
        label.resize(width, 30)
        label.grab()
        assert label.toolTip() == "CT1\nCT2\nCT3\nCT4"


def test_a_shorter_text_is_shown_where_the_whole_does_not_fit(qtbot: QtBot) -> None:
    label, other = ElidedLabel("serves CT1, CT2 + 2 more"), ElidedLabel("serves CT1 + 3 more")
    for each in (label, other):
        qtbot.addWidget(each)
    label.set_shorter(other.text())
    assert label.sizeHint().width() > other.sizeHint().width()
    for each in (label, other):
        each.resize(other.sizeHint().width(), 20)
    assert label.grab().toImage() == other.grab().toImage()
    assert label.toolTip() == "serves CT1, CT2 + 2 more"
