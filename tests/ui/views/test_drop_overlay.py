"""While files are dragged over the window it says what dropping them will do."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QWidget

from tests.ui.views.painted import Show, colours_of
from ui.theme import Colours
from ui.views.drop_overlay import DropOverlay, dropped_paths


@pytest.mark.parametrize(
    ("urls", "paths"),
    [
        ([], []),
        (["file:///data/a.dcm", "file:///data/folder"], ["/data/a.dcm", "/data/folder"]),
        (["file:///data/with%20space.dcm"], ["/data/with space.dcm"]),
        (["https://example.org/a.dcm"], []),
        (["https://example.org/a.dcm", "file:///data/a.dcm"], ["/data/a.dcm"]),
    ],
)
def test_only_local_files_are_taken(urls: list[str], paths: list[str]) -> None:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    assert dropped_paths(data) == [Path(path) for path in paths]


def test_text_that_is_dragged_is_no_file() -> None:
    data = QMimeData()
    data.setText("/data/a.dcm")
    assert dropped_paths(data) == []


@pytest.mark.parametrize(
    ("count", "node", "words"),
    [
        (1, "PACS1", "Add 0.dcm to the send list, to be sent to PACS1"),
        (1, "", "Add 0.dcm to the send list"),
        (1234, "PACS1", "Add 1,234 items to the send list, to be sent to PACS1"),
    ],
)
def test_it_says_what_will_happen(show: Show, count: int, node: str, words: str) -> None:
    overlay = DropOverlay(show(QWidget(), 600, 400))
    assert not overlay.isVisible()
    overlay.offer([Path(f"{number}.dcm") for number in range(count)], node)
    assert overlay.isVisible()
    assert overlay.text == words


def test_it_covers_the_window_as_it_is_now(show: Show) -> None:
    host = show(QWidget(), 600, 400)
    overlay = DropOverlay(host)
    host.resize(700, 500)
    overlay.offer([Path("a.dcm")], "")
    assert overlay.geometry() == host.rect()


def test_the_frame_and_the_words_can_be_seen(scheme: Colours, show: Show) -> None:
    overlay = DropOverlay(show(QWidget(), 600, 400))
    overlay.offer([Path("a.dcm")], "")
    colours = colours_of(overlay)
    assert colours[scheme.accent] > 400
    assert colours[scheme.text] > 50
