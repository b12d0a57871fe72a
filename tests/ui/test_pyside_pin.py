"""The fault behind the pin of PySide6 in pyproject.toml: calls that return nothing must not cost references to None."""

import sys

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot


def test_void_calls_keep_the_references_to_none(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(10_000):
        label.setText(str(number))
    # PySide6 6.12.0 on Python 3.11 ends 10,000 lower. Other parts of the process may hold a few more or less.
    assert abs(sys.getrefcount(None) - before) < 1_000
