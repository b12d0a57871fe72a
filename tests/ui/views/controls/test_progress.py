"""The line fills by parts."""

import pytest
from pytestqt.qtbot import QtBot

from ui.theme import LIGHT
from ui.views.controls.progress import ProgressLine


def test_parts_are_painted_in_their_order(qtbot: QtBot) -> None:
    line = ProgressLine("Progress")
    qtbot.addWidget(line)
    line.resize(200, 8)
    line.show_parts(0.5, 0.1, 0.2)
    image = line.grab().toImage()
    found = [image.pixelColor(x, 4).name() for x in (50, 110, 140, 190)]
    assert found == [LIGHT.accent, LIGHT.warning, LIGHT.error, LIGHT.line]
    assert line.fraction == pytest.approx(0.8)
    assert line.accessibleDescription() == "80%"
