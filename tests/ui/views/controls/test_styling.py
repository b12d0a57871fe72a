"""Style sheets of single controls follow the theme."""

from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from ui import theme
from ui.views.controls.styling import em, follow


def test_style_follows_each_change_of_theme(qtbot: QtBot, qapp: QApplication) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    told: list[str] = []
    follow(button, lambda scheme: f"color: {scheme.text};", lambda: told.append(theme.current().name))
    for name, scheme in (("dark", theme.DARK), ("light", theme.LIGHT)):
        theme.apply(qapp, name)
        assert scheme.text in button.styleSheet()
    assert told == ["light", "dark", "light"]


def test_lengths_grow_with_the_font(qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    before = em(button, 10)
    font = button.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    button.setFont(font)
    assert em(button, 10) > 1.5 * before
