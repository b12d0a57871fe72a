"""The bar at the left edge chooses the panel."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow

from tests.ui.views.painted import Show, colours_of
from ui.actions import ACTIONS
from ui.theme import Colours
from ui.views.activity_bar import ActivityBar, ActivityToolBar

NAMES = ["send", "receive", "query", "worklist", "contexts", "verify", "trace", "settings"]


@pytest.fixture
def bar(show: Show) -> ActivityBar:
    return show(ActivityBar(), 84, 600)


def test_every_button_tells_its_name(bar: ActivityBar) -> None:
    told: list[str] = []
    bar.chosen.connect(lambda name: told.append(name))
    for name in NAMES:
        QTest.mouseClick(bar.buttons[name], Qt.MouseButton.LeftButton)
    assert told == NAMES


def test_the_keyboard_reaches_every_button_in_order(bar: ActivityBar) -> None:
    told: list[str] = []
    bar.chosen.connect(lambda name: told.append(name))
    bar.buttons["send"].setFocus(Qt.FocusReason.TabFocusReason)
    for _ in NAMES:
        focused = bar.focusWidget()
        QTest.keyClick(focused, Qt.Key.Key_Space)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert told == NAMES


def test_only_the_panel_that_is_shown_is_marked(bar: ActivityBar) -> None:
    for chosen in ("receive", "trace", "send"):
        bar.show_chosen(chosen)
        assert [name for name, button in bar.buttons.items() if button.isChecked()] == [chosen]


def test_the_settings_are_no_panel(bar: ActivityBar) -> None:
    QTest.mouseClick(bar.buttons["settings"], Qt.MouseButton.LeftButton)
    assert not bar.buttons["settings"].isChecked()


def test_names_are_shown_and_the_keys_are_in_the_tool_tips(bar: ActivityBar) -> None:
    assert bar.accessibleName() == "Panels"
    keys = {row.id.split(".")[1]: row.shortcuts[0] for row in ACTIONS if row.shortcuts}
    keys["trace"] = keys["maximise_trace"]
    for name, button in bar.buttons.items():
        assert button.text() == button.accessibleName() == name.capitalize()
        assert f"({keys[name]})" in button.toolTip()


def test_the_one_chosen_has_the_accent_and_a_ground(scheme: Colours, bar: ActivityBar) -> None:
    button = bar.buttons["send"]
    before = colours_of(button)
    assert before[scheme.selection] == 0
    assert before[scheme.muted] > 0
    bar.show_chosen("send")
    chosen = colours_of(button)
    assert chosen[scheme.selection] > button.width() * button.height() / 2
    assert chosen[scheme.accent] > 0
    assert chosen[scheme.muted] == 0


def test_the_focus_is_shown_when_a_key_brought_it(scheme: Colours, bar: ActivityBar) -> None:
    button = bar.buttons["verify"]
    button.setFocus(Qt.FocusReason.MouseFocusReason)
    assert colours_of(button)[scheme.accent] == 0
    button.clearFocus()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    shown = colours_of(button)
    assert shown[scheme.accent] > 20
    assert shown[scheme.hover] > button.width() * button.height() / 2


def test_the_icon_stands_over_the_name(bar: ActivityBar, scheme: Colours) -> None:
    picture = bar.buttons["send"].grab().toImage()
    rows = {
        y
        for y in range(picture.height())
        if any(picture.pixelColor(x, y).name() == scheme.muted for x in range(picture.width()))
    }
    assert any(y < 30 for y in rows)  # the icon
    assert any(y > 36 for y in rows)  # the name


def test_no_name_is_cut_off(bar: ActivityBar) -> None:
    for button in bar.buttons.values():
        assert button.fontMetrics().horizontalAdvance(button.text()) * 0.86 <= button.width()
        assert bar.rect().contains(button.geometry())


def test_the_tool_bar_stays_where_it_is(show: Show) -> None:
    window, bar = QMainWindow(), ActivityBar()
    tools = ActivityToolBar(bar)
    window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, tools)
    show(window, 500, 600)
    assert not tools.isMovable()
    # A tool bar's own menu would hide it, and nothing would bring it back.
    assert tools.contextMenuPolicy() == Qt.ContextMenuPolicy.PreventContextMenu
    assert bar.mapTo(window, bar.rect().topLeft()).toTuple() == (10, 10)
    assert bar.width() == 84
