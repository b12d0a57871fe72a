"""Every icon is one of the set: the same frame and stroke, and something to see."""

import re

import pytest

from resources import icon_names, icon_path

# fmt: off
WANTED = [
    "verify", "send", "receive", "query", "worklist", "proxy", "probe", "contexts", "trace", "settings", "add", "edit",
    "remove", "folder", "file", "play", "stop", "pause", "follow", "refresh", "search", "close", "ok", "warning",
    "error", "app", "up", "down", "save", "copy",
]
# fmt: on


def test_the_set_holds_the_icons_of_the_window() -> None:
    assert set(icon_names()) == set(WANTED)


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(KeyError, match="no-such-icon"):
        icon_path("no-such-icon")


@pytest.mark.parametrize("name", [name for name in WANTED if name != "app"])
def test_a_line_icon_has_the_frame_and_stroke_of_the_set(name: str) -> None:
    text = icon_path(name).read_text(encoding="utf-8")
    assert text.startswith(
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none"'
    )
    for attribute in (
        'viewBox="0 0 24 24"',
        'stroke-width="1.75"',
        'stroke-linecap="round"',
        'stroke-linejoin="round"',
    ):
        assert text.count(attribute) == 1
    assert set(re.findall(r'(?:stroke|fill)="([^"]+)"', text)) <= {"none", "currentColor"}


@pytest.mark.parametrize("name", WANTED)
def test_an_icon_renders_inside_its_frame(name: str) -> None:
    qt_core = pytest.importorskip("PySide6.QtCore")
    qt_gui = pytest.importorskip("PySide6.QtGui")
    qt_svg = pytest.importorskip("PySide6.QtSvg")
    renderer = qt_svg.QSvgRenderer(qt_core.QByteArray(icon_path(name).read_bytes()))
    assert renderer.isValid()
    image = qt_gui.QImage(48, 48, qt_gui.QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = qt_gui.QPainter(image)
    renderer.render(painter)
    painter.end()
    opaque = {(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 128}
    assert len(opaque) > 60
    assert not [(x, y) for x, y in opaque if not (1 <= x <= 46 and 1 <= y <= 46)]
