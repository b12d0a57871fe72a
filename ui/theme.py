"""Colours, palettes and fonts of the window, light and dark.

Nothing here keeps state: a widget asks `current()` while it paints, so one change of the application's palette repaints
everything in the other scheme. Fusion draws what the views do not draw themselves (menus, check boxes, tool tips); its
palette is complete for each scheme, because `QStyleHints.setColorScheme` is only a hint that some platforms ignore.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QMetaObject, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

UI_FAMILIES: Final = ("Inter", "Inter Variable", "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Cantarell")
FIXED_FAMILIES: Final = ("DejaVu Sans Mono", "JetBrains Mono", "Cascadia Mono", "SF Mono", "Menlo", "Noto Sans Mono")
MARKS: Final = {"error": "✖", "warning": "▲", "note": "●", "ok": "✔", "mark": "★", "neutral": "○"}


class Tone(StrEnum):
    """What a word, a pill or a row means; always shown with a mark or a word beside the colour."""

    NEUTRAL = "neutral"
    NOTE = "note"
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    MARK = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """The two colours of a pill: its text and its ground, at least 7 to 1 apart."""

    ink: str
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """One scheme: every colour that the window uses, as #rrggbb."""

    name: str
    ground: str
    card: str
    line: str
    field: str
    hover: str
    selection: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    ok: str
    warning: str
    error: str
    mark: str
    handle: str
    shade: str
    badges: dict[Tone, Badge]

    def ink(self, tone: Tone) -> str:
        """The colour of plain text of this tone on a card, a field or a selected row."""
        return {
            Tone.NEUTRAL: self.text,
            Tone.NOTE: self.accent,
            Tone.OK: self.ok,
            Tone.WARNING: self.warning,
            Tone.ERROR: self.error,
            Tone.MARK: self.mark,
        }[tone]


LIGHT: Final = Colours(
    name="light",
    ground="#eef1f4",
    card="#ffffff",
    line="#d9e0e6",
    field="#f6f8fa",
    hover="#eef3f8",
    selection="#d7e8fb",
    text="#1c2733",
    muted="#566473",
    disabled="#97a3af",
    accent="#0b66c3",
    accent_hover="#0956a5",
    on_accent="#ffffff",
    ok="#0d6b4e",
    warning="#8a5300",
    error="#bd2a25",
    mark="#5b34b0",
    handle="#c3ccd5",
    shade="#1c2733",
    badges={
        Tone.NEUTRAL: Badge(ink="#38434e", ground="#e7eaec"),
        Tone.NOTE: Badge(ink="#0b3d75", ground="#e5f1ff"),
        Tone.OK: Badge(ink="#0f5323", ground="#e4f6e8"),
        Tone.WARNING: Badge(ink="#6b4300", ground="#fff4d6"),
        Tone.ERROR: Badge(ink="#7a0c14", ground="#fde7e9"),
        Tone.MARK: Badge(ink="#3b1f78", ground="#efe7ff"),
    },
)

DARK: Final = Colours(
    name="dark",
    ground="#0f1419",
    card="#151b22",
    line="#28323d",
    field="#1c242d",
    hover="#1a232c",
    selection="#1f3a56",
    text="#dbe3ea",
    muted="#9aa7b5",
    disabled="#5b6774",
    accent="#5fb2ff",
    accent_hover="#85c5ff",
    on_accent="#0b1220",
    ok="#43c59e",
    warning="#f0b429",
    error="#ff8585",
    mark="#b794f6",
    handle="#3a4653",
    shade="#000000",
    badges={
        Tone.NEUTRAL: Badge(ink="#c3ccd6", ground="#272e36"),
        Tone.NOTE: Badge(ink="#a9d1ff", ground="#10314f"),
        Tone.OK: Badge(ink="#a5e3b4", ground="#143a20"),
        Tone.WARNING: Badge(ink="#ffd98a", ground="#45330a"),
        Tone.ERROR: Badge(ink="#ffb3b8", ground="#4a1418"),
        Tone.MARK: Badge(ink="#d3c2ff", ground="#33245c"),
    },
)


def current() -> Colours:
    """The scheme of the application's palette.

    A widget's own palette would not do: its style sheet writes into it.
    """
    return LIGHT if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() > 127 else DARK


def palette(scheme: Colours) -> QPalette:
    """A complete palette: every role of every group that Fusion reads."""
    roles = {
        QPalette.ColorRole.Window: scheme.ground,
        QPalette.ColorRole.WindowText: scheme.text,
        QPalette.ColorRole.Base: scheme.card,
        QPalette.ColorRole.AlternateBase: scheme.field,
        QPalette.ColorRole.Text: scheme.text,
        QPalette.ColorRole.PlaceholderText: scheme.muted,
        QPalette.ColorRole.Button: scheme.field,
        QPalette.ColorRole.ButtonText: scheme.text,
        QPalette.ColorRole.BrightText: scheme.error,
        QPalette.ColorRole.Highlight: scheme.accent,
        QPalette.ColorRole.HighlightedText: scheme.on_accent,
        QPalette.ColorRole.Accent: scheme.accent,
        QPalette.ColorRole.Link: scheme.accent,
        QPalette.ColorRole.LinkVisited: scheme.mark,
        QPalette.ColorRole.ToolTipBase: scheme.card,
        QPalette.ColorRole.ToolTipText: scheme.text,
        QPalette.ColorRole.Light: scheme.card,
        QPalette.ColorRole.Midlight: scheme.field,
        QPalette.ColorRole.Mid: scheme.line,
        QPalette.ColorRole.Dark: scheme.line,
        QPalette.ColorRole.Shadow: scheme.shade,
    }
    made = QPalette()
    for role, value in roles.items():
        made.setColor(QPalette.ColorGroup.All, role, QColor(value))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(scheme.disabled))
    made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(scheme.line))
    made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.HighlightedText, QColor(scheme.text))
    return made


def scheme_named(name: str) -> Colours:
    """LIGHT or DARK for "light", "dark" or "system"; a system that does not say is light."""
    if name == "system":
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return DARK if name == "dark" else LIGHT


def apply(app: QApplication, name: str) -> None:
    """Sets style, palette and font of the whole application."""
    # The hint comes first: the system's own scheme can be read only when none is asked for.
    hint = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(name, Qt.ColorScheme.Unknown)
    app.styleHints().setColorScheme(hint)
    scheme = scheme_named(name)
    if app.style().name().lower() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(palette(scheme))
    app.setFont(ui_font())


def follow_system(app: QApplication, chosen: Callable[[], str]) -> QMetaObject.Connection:
    """Takes a change of the system's scheme at once, while "system" is what is chosen."""
    return app.styleHints().colorSchemeChanged.connect(lambda _: apply(app, "system") if chosen() == "system" else None)


def ui_font() -> QFont:
    """The font of everything but wire data: an Inter-like face where one is installed, else the system's."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    installed = set(QFontDatabase.families())
    family = next((name for name in UI_FAMILIES if name in installed), None)
    if family is None:
        return system
    font = QFont(system)
    font.setFamilies([family, *system.families()])
    font.setPointSizeF(min(max(system.pointSizeF(), 9.5), 13.0))
    return font


def fixed_font(base: QFont) -> QFont:
    """The font of wire data (bytes, offsets, times, lengths), a little smaller than `base`."""
    installed = set(QFontDatabase.families())
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    family = next((name for name in FIXED_FAMILIES if name in installed), None)
    if family is not None:
        font.setFamilies([family])
    font.setPointSizeF(base.pointSizeF() * 0.94)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


def scaled(base: QFont, factor: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """`base` at another size and weight: 1.15 for headings, 0.92 for pills and captions."""
    font = QFont(base)
    font.setPointSizeF(base.pointSizeF() * factor)
    font.setWeight(weight)
    return font


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2 relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(value: str) -> float:
    colour = QColor(value)
    channels = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
