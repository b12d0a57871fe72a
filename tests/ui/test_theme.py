"""Both schemes are complete, readable and take effect at once."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import DARK, LIGHT, Colours, Tone

SCHEMES = pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=lambda scheme: scheme.name)


def test_contrast_of_black_and_white_is_the_greatest() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert theme.contrast("#777777", "#777777") == pytest.approx(1.0)


@SCHEMES
@pytest.mark.parametrize("tone", list(Tone))
def test_text_of_every_tone_is_readable_on_every_ground(scheme: Colours, tone: Tone) -> None:
    for ground in (scheme.card, scheme.field, scheme.selection, scheme.hover, scheme.ground):
        assert theme.contrast(scheme.ink(tone), ground) >= 4.5


@SCHEMES
def test_quiet_text_and_buttons_are_readable(scheme: Colours) -> None:
    for ground in (scheme.card, scheme.field, scheme.selection, scheme.ground):
        assert theme.contrast(scheme.muted, ground) >= 4.5
    assert theme.contrast(scheme.on_accent, scheme.accent) >= 4.5


@SCHEMES
@pytest.mark.parametrize("tone", list(Tone))
def test_badges_are_more_readable_still(scheme: Colours, tone: Tone) -> None:
    badge = scheme.badges[tone]
    assert theme.contrast(badge.ink, badge.ground) >= 7.0


@SCHEMES
def test_palette_leaves_no_role_to_the_system(scheme: Colours) -> None:
    made = theme.palette(scheme)
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled):
        for role in list(QPalette.ColorRole):
            if role not in (QPalette.ColorRole.NoRole, QPalette.ColorRole.NColorRoles):
                assert made.isBrushSet(group, role), (group, role)


def test_apply_changes_what_widgets_have(qapp: QApplication, qtbot: QtBot) -> None:
    label = QLabel("words")
    qtbot.addWidget(label)
    label.show()
    for name, scheme in (("light", LIGHT), ("dark", DARK), ("light", LIGHT)):
        theme.apply(qapp, name)
        assert theme.current() is scheme
        assert label.palette().color(QPalette.ColorRole.WindowText).name() == scheme.text
        assert qapp.style().name().lower() == "fusion"


def test_a_system_that_does_not_say_is_light(qapp: QApplication) -> None:
    theme.apply(qapp, "system")
    assert theme.current() is LIGHT


def test_fonts_have_sizes_and_the_fixed_one_is_fixed(qapp: QApplication) -> None:
    base = theme.ui_font()
    fixed = theme.fixed_font(base)
    assert base.pointSizeF() >= 9
    assert 0 < fixed.pointSizeF() < base.pointSizeF()
    assert theme.scaled(base, 2.0).pointSizeF() == pytest.approx(2 * base.pointSizeF())
