"""What the tests of the widgets share: the theme and a session without network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.views.stand_in import StandIn
from ui import theme


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    """Every test begins in the light theme, whatever the one before did."""
    theme.apply(qapp, "light")
    yield
    QApplication.clipboard().clear()


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> StandIn:
    """A session without network."""
    return StandIn(tmp_path)
