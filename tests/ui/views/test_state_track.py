"""The track shows the usual path of the role, or the one the association really took."""

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import association, steps
from ui.theme import LIGHT
from ui.views.state_track import ACCEPTOR_PATH, REQUESTOR_PATH, StateTrack, track_of


@pytest.mark.parametrize(
    ("is_requestor", "states", "outcome", "path", "current"),
    [
        (True, (1,), "open", REQUESTOR_PATH, 0),
        (True, (1, 4, 5), "open", REQUESTOR_PATH, 2),
        (True, (1, 4, 5, 6, 6), "open", REQUESTOR_PATH, 3),
        (True, (1, 4, 5, 6, 7, 1), "released", REQUESTOR_PATH, 5),
        (False, (1, 2, 3, 6), "open", ACCEPTOR_PATH, 3),
        (False, (1, 2, 3, 6, 8, 13), "open", ACCEPTOR_PATH, 5),
        (True, (1, 4, 5, 1), "rejected", (1, 4, 5, 1), 3),
        (True, (1, 4, 5, 6, 13, 1), "aborted", (1, 4, 5, 6, 13, 1), 5),
        (True, (1, 4, 5, 6, 7, 9, 11, 1), "released", (4, 5, 6, 7, 9, 11, 1), 6),
        # Of a long association only the last moves are kept.
        (True, (6, 6, 6, 7, 1), "released", REQUESTOR_PATH, 5),
    ],
)
def test_path_and_place(
    is_requestor: bool, states: tuple[int, ...], outcome: str, path: tuple[int, ...], current: int
) -> None:
    row = association(is_requestor=is_requestor, steps=steps(*states), state=states[-1], outcome=outcome)
    assert track_of(row) == (path, current)


def test_the_current_state_is_filled(qtbot: QtBot) -> None:
    track = StateTrack()
    qtbot.addWidget(track)
    track.resize(360, track.sizeHint().height())
    track.show_association(association())
    image = track.grab().toImage()
    middle = round(track.width() / 6 * 3.5)
    assert image.pixelColor(middle - 18, 6).name() == LIGHT.accent
    assert track.current == 6
    assert track.accessibleDescription() == "Sta6 established"


def test_without_association_no_state_is_current(qtbot: QtBot) -> None:
    track = StateTrack()
    qtbot.addWidget(track)
    track.show_association(None)
    assert (track.current, track.path) == (None, REQUESTOR_PATH)
