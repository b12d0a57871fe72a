"""Colours that can be read in both schemes, one complete palette for each, fonts that are what they are for."""

from collections.abc import Iterator
from dataclasses import fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import DARK, LIGHT, MARKS, Colours, Tone, contrast

SCHEMES = pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=lambda scheme: scheme.name)
GROUNDS = ("ground", "card", "field", "hover", "selection")
READABLE = 4.5  # WCAG 2.2, 1.4.3
VISIBLE = 3.0  # WCAG 2.2, 1.4.11: what is no text


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    theme.apply(qapp, "light")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#000000", 21.0),
        ("#336699", "#336699", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


@SCHEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_can_be_read_on_every_ground(scheme: Colours, ground: str) -> None:
    assert contrast(scheme.text, getattr(scheme, ground)) >= 7
    assert contrast(scheme.muted, getattr(scheme, ground)) >= READABLE


@SCHEMES
@pytest.mark.parametrize("tone", list(Tone))
def test_words_in_a_tone_can_be_read_on_every_ground(scheme: Colours, tone: Tone) -> None:
    ratios = {ground: contrast(scheme.ink(tone), getattr(scheme, ground)) for ground in GROUNDS}
    assert {ground: ratio for ground, ratio in ratios.items() if ratio < READABLE} == {}


@SCHEMES
@pytest.mark.parametrize("tone", list(Tone))
def test_pills_keep_seven_to_one(scheme: Colours, tone: Tone) -> None:
    assert contrast(scheme.badges[tone].ink, scheme.badges[tone].ground) >= 7


@SCHEMES
def test_what_stands_on_the_accent_can_be_read(scheme: Colours) -> None:
    for ground in (scheme.accent, scheme.accent_hover, scheme.error):  # error: the bytes of a field at fault
        assert contrast(scheme.on_accent, ground) >= READABLE


@SCHEMES
def test_the_focus_can_be_seen_beside_what_it_surrounds(scheme: Colours) -> None:
    for ground in (scheme.ground, scheme.card, scheme.field):
        assert contrast(scheme.accent, ground) >= VISIBLE


@SCHEMES
def test_tones_differ_from_one_another(scheme: Colours) -> None:
    assert len({scheme.ink(tone) for tone in Tone}) == len(Tone)
    assert len({scheme.badges[tone].ground for tone in Tone}) == len(Tone)


def test_every_tone_has_a_mark_of_its_own() -> None:
    assert set(MARKS) == {tone.value for tone in Tone}
    assert len(set(MARKS.values())) == len(MARKS)


@SCHEMES
def test_every_colour_is_one(scheme: Colours) -> None:
    values = [getattr(scheme, each.name) for each in fields(scheme) if each.name not in ("name", "badges")]
    assert [value for value in values if len(value) != 7 or not QColor(value).isValid()] == []


@SCHEMES
def test_the_palette_leaves_no_role_to_the_system(scheme: Colours) -> None:
    made = theme.palette(scheme)
    roles = set(QPalette.ColorRole) - {QPalette.ColorRole.NoRole, QPalette.ColorRole.NColorRoles}
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled):
        assert [role.name for role in roles if not made.isBrushSet(group, role)] == []


@SCHEMES
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("WindowText", "Window"),
        ("Text", "Base"),
        ("ButtonText", "Button"),
        ("ToolTipText", "ToolTipBase"),
        ("HighlightedText", "Highlight"),
        ("Link", "Base"),
        ("PlaceholderText", "Base"),
    ],
)
def test_pairs_of_the_palette_can_be_read(scheme: Colours, text: str, ground: str) -> None:
    made = theme.palette(scheme)
    one, other = (made.color(QPalette.ColorRole[name]).name() for name in (text, ground))
    assert contrast(one, other) >= READABLE


@SCHEMES
def test_what_is_disabled_looks_so(scheme: Colours) -> None:
    made = theme.palette(scheme)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        assert made.color(QPalette.ColorGroup.Disabled, role).name() == scheme.disabled
        assert made.color(QPalette.ColorGroup.Active, role).name() == scheme.text


@SCHEMES
def test_applying_a_theme_reaches_the_widgets_there_are(qapp: QApplication, qtbot: QtBot, scheme: Colours) -> None:
    label = QLabel("words")
    qtbot.addWidget(label)
    label.show()
    theme.apply(qapp, "dark" if scheme is LIGHT else "light")
    theme.apply(qapp, scheme.name)
    assert theme.current() is scheme
    assert qapp.style().name().lower() == "fusion"
    qtbot.waitUntil(lambda: label.palette().color(QPalette.ColorRole.WindowText).name() == scheme.text)


@pytest.mark.parametrize(("name", "scheme"), [("light", LIGHT), ("dark", DARK), ("system", LIGHT)])
def test_a_system_that_does_not_say_is_light(qapp: QApplication, name: str, scheme: Colours) -> None:
    theme.apply(qapp, "system")
    assert theme.scheme_named(name) is scheme


def test_the_style_of_one_widget_does_not_change_the_theme(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    label.setStyleSheet("background: #000000")
    label.ensurePolished()
    assert theme.current() is LIGHT


def test_wire_data_has_a_font_of_one_width(qapp: QApplication) -> None:
    base = theme.ui_font()
    fixed = theme.fixed_font(base)
    assert QFontInfo(fixed).fixedPitch()
    assert fixed.pointSizeF() == pytest.approx(base.pointSizeF() * 0.94)
    assert base.pointSizeF() >= 9


def test_scaling_leaves_the_font_it_began_with(qapp: QApplication) -> None:
    base = QFont(theme.ui_font())
    base.setPointSizeF(10)
    larger = theme.scaled(base, 1.14, QFont.Weight.DemiBold)
    assert larger.pointSizeF() == pytest.approx(11.4)
    assert larger.weight() == QFont.Weight.DemiBold
    assert (base.pointSizeF(), base.weight()) == (10, QFont.Weight.Normal)


@pytest.mark.parametrize(("chosen", "follows"), [("system", True), ("light", False), ("dark", False)])
def test_a_change_of_the_system_is_followed_where_that_is_chosen(
    monkeypatch: pytest.MonkeyPatch, qapp: QApplication, chosen: str, follows: bool
) -> None:
    theme.apply(qapp, "light")
    monkeypatch.setattr(theme, "scheme_named", lambda _name: DARK)  # the offscreen system has no scheme
    connection = theme.follow_system(qapp, lambda: chosen)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert (theme.current() is DARK) is follows
    qapp.styleHints().colorSchemeChanged.disconnect(connection)


def test_the_system_is_asked_once_nothing_else_is_wanted_of_it(
    monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    asked: list[str] = []
    hints = qapp.styleHints()

    class Hints:
        def setColorScheme(self, scheme: Qt.ColorScheme) -> None:  # noqa: N802 (Qt's name)
            asked.append(f"want {scheme.name}")

    def scheme_named(name: str) -> Colours:
        asked.append(f"ask for {name}")
        return LIGHT

    monkeypatch.setattr(theme, "scheme_named", scheme_named)
    monkeypatch.setattr(QApplication, "styleHints", lambda _app: Hints())
    theme.apply(qapp, "system")
    monkeypatch.undo()
    assert asked == ["want Unknown", "ask for system"]
    assert hints == qapp.styleHints()
