"""The table of actions is sound: every row can be reached and does something."""

from collections import Counter

from PySide6.QtGui import QKeySequence

from resources import icon_names
from ui.actions import ACTIONS, MENUS
from ui.views.commands import Commands


def test_every_row_names_a_method_that_exists() -> None:
    for row in ACTIONS:
        assert callable(getattr(Commands, row.method, None)), row.id


def test_ids_and_shortcuts_are_unique() -> None:
    assert max(Counter(row.id for row in ACTIONS).values()) == 1
    assert max(Counter(keys for row in ACTIONS for keys in row.shortcuts).values()) == 1


def test_every_shortcut_is_one_that_qt_knows() -> None:
    for row in ACTIONS:
        for keys in row.shortcuts:
            assert QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText) == keys


def test_every_icon_exists_and_every_menu_has_rows() -> None:
    assert {row.icon for row in ACTIONS if row.icon} <= set(icon_names())
    assert {row.menu for row in ACTIONS} == set(MENUS)
