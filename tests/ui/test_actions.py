"""The table of actions is sound: every row can be reached, read and carried out."""

import inspect
from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from resources import icon_names
from ui.actions import ACTIONS, MENUS, ActionRow
from ui.views.commands import Commands

EVERY_ROW = pytest.mark.parametrize("row", ACTIONS, ids=lambda row: row.id)


@EVERY_ROW
def test_a_row_names_a_method_with_the_right_arguments(row: ActionRow) -> None:
    method = inspect.getattr_static(Commands, row.method)
    # self, and the new state of what has a tick
    assert len(inspect.signature(method).parameters) == (2 if row.is_toggle else 1)


@EVERY_ROW
def test_a_row_reads_as_a_menu_does(row: ActionRow) -> None:
    assert row.text == row.text.strip()
    assert row.text[:1].isupper()
    assert "..." not in row.text  # "…" it is


@EVERY_ROW
def test_keys_are_keys(row: ActionRow) -> None:
    for keys in row.shortcuts:
        assert QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText) == keys


def test_ids_keys_and_the_texts_of_a_menu_are_unique() -> None:
    for each in (
        [row.id for row in ACTIONS],
        [keys for row in ACTIONS for keys in row.shortcuts],
        [f"{row.menu}: {row.text}" for row in ACTIONS],
    ):
        assert [name for name, count in Counter(each).items() if count > 1] == []


def test_every_icon_exists() -> None:
    assert {row.icon for row in ACTIONS if row.icon} <= set(icon_names())


def test_no_menu_is_empty_unknown_or_begins_with_a_line() -> None:
    assert {row.menu for row in ACTIONS} == set(MENUS)
    for menu in MENUS:
        assert not next(row for row in ACTIONS if row.menu == menu).starts_group


@pytest.mark.parametrize(
    "keys", ["Ctrl+O", "Ctrl+N", "Ctrl+F", "Ctrl+Q", "Ctrl+Z", "Ctrl+,", "F1", "F6", "Ctrl+Return", "Ctrl+."]
)
def test_what_is_done_often_has_the_usual_key(keys: str) -> None:
    assert [row.id for row in ACTIONS if keys in row.shortcuts]
