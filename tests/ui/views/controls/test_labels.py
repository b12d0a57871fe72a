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
