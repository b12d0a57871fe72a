"""The picture road, with a stand-in for the window."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import qasync
from pytestqt.qtbot import QtBot

from tests.support.instances import make_instance
from ui.screenshot import take_picture
from ui.session import Session


class Picture:
    """Takes the place of what a window paints."""

    def __init__(self, is_saved: bool) -> None:
        self._is_saved = is_saved

    def save(self, path: str) -> bool:
        """Writes a file, or says that it could not."""
        if self._is_saved:
            Path(path).write_bytes(b"picture")
        return self._is_saved


class Window:
    """The part of the main window that a picture needs."""

    def __init__(self, is_saved: bool = True) -> None:
        self.selected: list[int] = []
        self._is_saved = is_saved

    def select_trace(self, number: int) -> None:
        """Notes what is selected."""
        self.selected.append(number)

    def grab(self) -> Picture:
        """Gives the picture."""
        return Picture(self._is_saved)


def take(window: Any, files: list[Path], target: Path, inspect: Any = None) -> int:
    """Runs the road on a loop like the application's."""

    async def live() -> int:
        session = Session()
        try:
            code = await take_picture(session, window, files, target)
            if inspect is not None:
                inspect(session)
            return code
        finally:
            await session.close()

    with qasync.QEventLoop(already_running=False) as loop:
        result: int = loop.run_until_complete(live())
    asyncio.set_event_loop(None)
    return result


def test_every_object_is_sent_and_a_response_is_selected(qtbot: QtBot, tmp_path: Path) -> None:
    window = Window()
    files = [make_instance(tmp_path, "CT"), make_instance(tmp_path, "SR")]
    details: list[str] = []

    def look(session: Session) -> None:
        model = session.trace_model
        index = model.index_of_number(window.selected[0])
        details.append(index.siblingAtColumn(6).data())

    assert take(window, files, tmp_path / "picture.png", look) == 0
    assert (tmp_path / "picture.png").read_bytes() == b"picture"
    assert "C-STORE-RSP" in details[0]


def test_without_files_the_samples_are_sent(qtbot: QtBot, tmp_path: Path) -> None:
    counts: list[int] = []
    assert (
        take(Window(), [], tmp_path / "picture.png", lambda session: counts.append(session.send_progress.stored)) == 0
    )
    assert counts[0] > 5


def test_a_picture_that_cannot_be_written_fails(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take(Window(is_saved=False), [make_instance(tmp_path, "CT")], tmp_path / "picture.png") == 1
    assert "could not be written" in capsys.readouterr().err


def test_what_was_not_acknowledged_is_named(qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = make_instance(tmp_path, "CT")
    broken.write_bytes(broken.read_bytes()[:-3])
    assert take(Window(), [broken, make_instance(tmp_path, "MR")], tmp_path / "picture.png") == 1
    error = capsys.readouterr().err
    assert "1 of 2 acknowledged" in error
    assert broken.name in error
