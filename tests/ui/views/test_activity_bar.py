"""The bar at the left chooses where to work."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import colours_of
from ui.theme import LIGHT
from ui.views.activity_bar import ActivityBar, ActivityToolBar


def test_click_and_space_choose(qtbot: QtBot) -> None:
    bar = ActivityBar()
    qtbot.addWidget(bar)
    found: list[str] = []
    bar.chosen.connect(found.append)
    for name in ("receive", "settings"):
        QTest.mouseClick(bar.buttons[name], Qt.MouseButton.LeftButton)
    QTest.keyClick(bar.buttons["verify"], Qt.Key.Key_Space)
    assert found == ["receive", "settings", "verify"]


def test_what_is_shown_is_marked(qtbot: QtBot) -> None:
    bar = ActivityBar()
    qtbot.addWidget(bar)
    bar.resize(bar.sizeHint())
    bar.show_chosen("contexts")
    assert [name for name, button in bar.buttons.items() if button.isChecked()] == ["contexts"]
    assert LIGHT.accent in colours_of(bar.buttons["contexts"])
    assert LIGHT.accent not in colours_of(bar.buttons["send"])


def test_every_button_has_words_and_a_hint(qtbot: QtBot) -> None:
    bar = ActivityBar()
    qtbot.addWidget(bar)
    assert all(button.accessibleName() and button.toolTip() for button in bar.buttons.values())


def test_it_stands_at_the_left_edge_of_a_window(qtbot: QtBot) -> None:
    window, bar = QMainWindow(), ActivityBar()
    qtbot.addWidget(window)
    window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, ActivityToolBar(bar))
    window.resize(400, 500)
    window.show()
    assert bar.isVisible()
    assert bar.height() > 400
