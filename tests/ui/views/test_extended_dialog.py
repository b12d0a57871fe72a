"""The dialog of extended negotiation: bytes in hexadecimal, and what they mean."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.ui.views.painted import Show
from ui.views.extended_dialog import ExtendedDialog


class Asking:
    """The dialog and what it was answered."""

    def __init__(self, window: QWidget) -> None:
        self.answers: list[bytes] = []
        self.dialog = ExtendedDialog(
            window, "Study Root FIND", b"\1\0", lambda information: f"{len(information)} bytes"
        )
        self.dialog.entered.connect(self.answers.append)
        self.dialog.open()

    def enter(self, text: str) -> None:
        self.dialog.field.selectAll()
        QTest.keyClicks(self.dialog.field, text)
        QTest.keyClick(self.dialog.field, Qt.Key.Key_Return)


@pytest.fixture
def asking(show: Show) -> Iterator[Asking]:
    made = Asking(show(QWidget(), 800, 500))
    dialog = made.dialog
    yield made
    if not made.answers:
        dialog.close()


def test_it_begins_with_what_there_is_and_says_what_it_means(asking: Asking) -> None:
    assert asking.dialog.field.text() == "01 00"
    assert asking.dialog.meaning.text() == "This says: 2 bytes"
    asking.dialog.field.setText("")
    assert asking.dialog.meaning.text() == ""


@pytest.mark.parametrize(("text", "information"), [("01 0a FF", b"\1\x0a\xff"), ("0102", b"\1\2"), (" ", b"")])
def test_bytes_are_taken_with_blanks_or_without(asking: Asking, text: str, information: bytes) -> None:
    asking.enter(text)
    assert asking.answers == [information]


@pytest.mark.parametrize("text", ["1", "0x01", "g0"])
def test_what_are_no_bytes_is_said_until_it_is_put_right(asking: Asking, text: str) -> None:
    asking.enter(text)
    assert asking.answers == []
    assert asking.dialog.form.fault("bytes")
    asking.dialog.field.setText("01")
    assert not asking.dialog.form.fault("bytes")


def test_what_no_item_holds_is_refused(asking: Asking) -> None:
    asking.dialog.field.setText("00" * 65_001)
    asking.dialog.accept()
    assert asking.answers == []
    assert asking.dialog.form.fault("bytes") == "That is too long for one item."
