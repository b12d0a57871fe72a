"""Pills show a state, chips choose one."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.theme import LIGHT, Tone
from ui.views.controls.pills import Chip, ChipRow, Pill


def test_state_is_told_by_words_and_colour(qtbot: QtBot) -> None:
    pill = Pill("not sent", Tone.ERROR)
    qtbot.addWidget(pill)
    pill.resize(pill.sizeHint())
    narrow = pill.sizeHint().width()
    assert pill.grab().toImage().pixelColor(pill.width() // 2, 2).name() == LIGHT.badges[Tone.ERROR].ground
    pill.show_state("stored with a warning", Tone.WARNING)
    assert (pill.text(), pill.accessibleName()) == ("stored with a warning", "stored with a warning")
    assert pill.sizeHint().width() > narrow


def test_chip_counts(qtbot: QtBot) -> None:
    chip = Chip("Failed", Tone.ERROR)
    qtbot.addWidget(chip)
    chip.set_count(1234)
    assert (chip.text(), chip.accessibleName()) == ("Failed 1,234", "Failed 1,234")


def test_one_chip_of_a_row_is_chosen(qtbot: QtBot) -> None:
    row = ChipRow([("all", "All", Tone.NOTE), ("failed", "Failed", Tone.ERROR)])
    qtbot.addWidget(row)
    assert row.chips["all"].isChecked()
    with qtbot.waitSignal(row.chosen) as told:
        QTest.mouseClick(row.chips["failed"], Qt.MouseButton.LeftButton)
    assert told.args == ["failed"]
    assert [chip.isChecked() for chip in row.chips.values()] == [False, True]
    with qtbot.waitSignal(row.chosen) as told:
        row.choose("all")
    assert told.args == ["all"]


def test_space_chooses_a_chip(qtbot: QtBot) -> None:
    row = ChipRow([("all", "All", Tone.NOTE), ("failed", "Failed", Tone.ERROR)])
    qtbot.addWidget(row)
    with qtbot.waitSignal(row.chosen):
        QTest.keyClick(row.chips["failed"], Qt.Key.Key_Space)
