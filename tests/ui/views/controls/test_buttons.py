"""Buttons: pressed by key and mouse, named for a screen reader, in the colours of the theme."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show, colours_of
from ui import theme
from ui.theme import DARK, LIGHT, Colours
from ui.views.controls.buttons import Button, IconButton
from ui.views.controls.icons import pixmap


def made(kind: str) -> QAbstractButton:
    if kind == "icon":
        return IconButton("add", "Add a node")
    return Button("Add a node", primary=kind == "primary", icon_name="add")


KINDS = pytest.mark.parametrize("kind", ["plain", "primary", "icon"])


@KINDS
def test_space_and_the_mouse_press_it(qtbot: QtBot, show: Show, kind: str) -> None:
    button = show(made(kind))
    presses: list[bool] = []
    button.clicked.connect(lambda: presses.append(True))
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Space)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(presses) == 2


@KINDS
def test_it_is_named_and_reached_by_tab(kind: str, show: Show) -> None:
    button = show(made(kind))
    assert button.accessibleName() == "Add a node"
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_an_icon_alone_says_what_it_does_as_a_tool_tip() -> None:
    assert IconButton("add", "Add a node").toolTip() == "Add a node"


def test_enter_elsewhere_in_a_dialog_does_not_press_a_plain_button() -> None:
    assert not Button("Cancel").autoDefault()


def test_the_ground_follows_the_theme(scheme: Colours, show: Show) -> None:
    primary, plain = show(Button("Send", primary=True)), show(Button("Send"))
    assert colours_of(primary)[scheme.accent] > primary.width() * primary.height() / 2
    assert colours_of(plain)[scheme.field] > plain.width() * plain.height() / 2


def test_a_change_of_theme_reaches_a_button_that_is_shown(qapp: QApplication, show: Show) -> None:
    button = show(Button("Send", icon_name="send"))
    assert LIGHT.field in colours_of(button)
    theme.apply(qapp, "dark")
    picture = colours_of(button)
    assert DARK.field in picture
    assert LIGHT.field not in picture


def test_the_focus_can_be_seen(scheme: Colours, show: Show) -> None:
    button = show(Button("Send"))
    button.clearFocus()
    without = colours_of(button)[scheme.accent]
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert colours_of(button)[scheme.accent] > without


def test_an_icon_has_the_ink_of_its_ground(scheme: Colours) -> None:
    primary, plain = Button("Add", primary=True, icon_name="add"), Button("Add", icon_name="add")
    assert primary.icon().pixmap(16).toImage() == pixmap("add", scheme.on_accent, 16).toImage()
    assert plain.icon().pixmap(16).toImage() == pixmap("add", scheme.text, 16).toImage()


def test_another_icon_can_be_shown() -> None:
    button = Button("Start", icon_name="play")
    before = button.icon().pixmap(16).toImage()
    button.set_icon_name("stop")
    assert button.icon().pixmap(16).toImage() != before


def test_a_button_without_an_icon_has_none() -> None:
    assert Button("Close").icon().isNull()
