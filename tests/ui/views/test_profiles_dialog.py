"""The dialog that asks which profiles of a file to keep."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.ui.views.painted import Show
from tests.ui.views.stand_in import BUILT_IN, StandIn
from ui.session.profile_exchange import FoundProfiles
from ui.views.profiles_dialog import ProfilesDialog
from workbench.acse.profiles import Profile, ProfileContext

CT = ProfileContext(sop_class_uid="1.2.840.10008.5.1.4.1.1.2", transfer_syntaxes=("1.2.840.10008.1.2",))
MINE = Profile(name="Mine", contexts=(CT,))
TWICE = Profile(name="Twice", contexts=(CT, CT))
MANY = Profile(name="Many", contexts=tuple(replace(CT, sop_class_uid=f"1.2.{at}") for at in range(129)))


class Asking:
    """The dialog over a window, and what was chosen."""

    def __init__(self, desk: StandIn, window: QWidget, *warnings: str) -> None:
        found = FoundProfiles(file="x.cfg", profiles=(MINE, TWICE, MANY, BUILT_IN), warnings=warnings)
        self.chosen: list[Profile] = []
        self.dialog = ProfilesDialog(desk.as_session(), window, found)
        self.dialog.chosen.connect(self.chosen.extend)
        self.dialog.open()

    def rows(self) -> list[tuple[str, str, str]]:
        model = self.dialog.model
        return [
            (model.index(row, 0).data(), model.index(row, 1).data(), model.index(row, 6).data())
            for row in range(model.rowCount())
        ]


@pytest.fixture
def window(show: Show) -> Iterator[QWidget]:
    made = show(QWidget(), 900, 600)
    yield made
    for dialog in made.findChildren(ProfilesDialog):
        dialog.close()


def test_profiles_are_listed_under_names_that_are_free(desk: StandIn, window: QWidget) -> None:
    desk.add_profiles([MINE])
    asking = Asking(desk, window)
    assert asking.rows() == [
        ("Mine 2", "1 context", "Mine is taken"),
        ("Twice", "2 contexts", "only to propose: a class is in it twice"),
        ("Many", "129 contexts", "more than one association"),
        ("Verification 2", "1 context", "Verification is taken"),
    ]


def test_own_profiles_can_be_replaced_but_not_those_of_the_program(desk: StandIn, window: QWidget) -> None:
    desk.add_profiles([MINE])
    asking = Asking(desk, window)
    assert asking.dialog.replaces.isVisible()
    asking.dialog.model.set_enabled([1], is_enabled=False)
    asking.dialog.replaces.click()
    assert [row[0] for row in asking.rows()] == ["Mine", "Twice", "Many", "Verification 2"]
    assert asking.rows()[0][2] == "replaces yours"
    QTest.mouseClick(asking.dialog.import_button, Qt.MouseButton.LeftButton)
    assert [profile.name for profile in asking.chosen] == ["Mine", "Many", "Verification 2"]
    assert asking.chosen[2].contexts == BUILT_IN.contexts


def test_there_is_nothing_to_replace_where_no_name_is_taken(desk: StandIn, window: QWidget) -> None:
    assert not Asking(desk, window).dialog.replaces.isVisible()


def test_one_profile_at_least_is_to_be_chosen(desk: StandIn, window: QWidget) -> None:
    asking = Asking(desk, window)
    asking.dialog.model.set_enabled(range(4), is_enabled=False)
    asking.dialog.accept()
    assert asking.chosen == []
    assert asking.dialog.fault.text() == "Tick at least one profile."


def test_what_the_reader_warned_of_is_shown_with_its_line(desk: StandIn, window: QWidget) -> None:
    assert not Asking(desk, window).dialog.remarks.isVisible()
    remarks = Asking(desk, window, "x.cfg:3: this", "x.cfg:4: that").dialog.remarks
    assert remarks.isVisible()
    assert remarks.text() == "x.cfg:3: this\nx.cfg:4: that"
