"""What tests of Qt's models share."""

from PySide6.QtCore import QAbstractItemModel
from pytestqt.modeltest import ModelTester


def watch_model(tester: ModelTester, model: QAbstractItemModel) -> None:
    """Checks a model with Qt's own tester, which goes on watching its signals until the test ends."""
    tester.check(model)  # type: ignore[no-untyped-call]
