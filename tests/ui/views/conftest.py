"""What the tests of the widgets share: the theme and a session without network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show, W
from tests.ui.views.stand_in import StandIn
from ui import theme
from ui.theme import Colours


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform has no window manager, and says so whenever a window is shown or raised."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)"))


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    """Every test begins in the light theme, whatever the one before did."""
    theme.apply(qapp, "light")
    yield
    QApplication.clipboard().clear()


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> Iterator[StandIn]:
    """A session without network; it goes after the widgets that show its models."""
    made = StandIn(tmp_path)
    made.setParent(qapp)
    yield made
    made.deleteLater()
    # Else the widgets of this test live on, and change their colours in the next one.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> Colours:
    """The colours of each theme in turn, which is the application's during the test."""
    theme.apply(qapp, request.param)
    return theme.current()


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Puts a widget on the screen, active, and closes it after the test."""
    kept: list[QWidget] = []  # qtbot keeps no reference

    def on_screen(widget: W, width: int = 0, height: int = 0) -> W:
        kept.append(widget)
        qtbot.addWidget(widget)
        if width:
            widget.resize(width, height)
        with qtbot.waitActive(widget):
            widget.show()
            widget.activateWindow()
        return widget

    return on_screen
