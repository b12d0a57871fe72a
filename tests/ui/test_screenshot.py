"""The picture road, with the real window."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import qasync
from pytestqt.qtbot import QtBot

from tests.support.instances import make_instance
from ui.screenshot import take_picture
from ui.session import Session
from ui.views.main_window import MainWindow

Look = Callable[[Session, MainWindow], None]


def take(files: list[Path], target: Path, look: Look | None = None) -> int:
    """Runs the road on a loop like the application's."""

    async def live() -> int:
        session = Session()
        window = MainWindow(session)
        window.show()
        try:
            code = await take_picture(session, window, files, target)
            if look is not None:
                look(session, window)
            return code
        finally:
            await session.close()
            window.finish()
            window.deleteLater()

    with qasync.QEventLoop(already_running=False) as loop:
        result: int = loop.run_until_complete(live())
    asyncio.set_event_loop(None)
    return result


@pytest.mark.slow
def test_every_object_is_sent_and_a_status_is_selected(qtbot: QtBot, tmp_path: Path) -> None:
    files = [make_instance(tmp_path, "CT"), make_instance(tmp_path, "SR")]
    found: list[str] = []

    def look(session: Session, window: MainWindow) -> None:
        number = window.trace.pdu.number
        assert number is not None
        found.append(session.trace_model.index_of_number(number).siblingAtColumn(6).data())
        found.append(window.trace.pdu.fields.path_of(window.trace.pdu.tree.currentIndex()))
        found.extend(row.state for row in session.send_model.rows)

    assert take(files, tmp_path / "picture.png", look) == 0
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert "C-STORE-RSP" in found[0]
    assert "Status" in found[1]
    assert found[2:] == ["stored", "stored"]


@pytest.mark.slow
def test_without_files_the_samples_are_sent(qtbot: QtBot, tmp_path: Path) -> None:
    counts: list[int] = []
    assert take([], tmp_path / "picture.png", lambda session, _: counts.append(session.send_progress.stored)) == 0
    assert counts[0] > 5


@pytest.mark.slow
def test_a_picture_that_cannot_be_written_fails(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take([make_instance(tmp_path, "CT")], tmp_path / "no such folder" / "picture.png") == 1
    assert "could not be written" in capsys.readouterr().err


@pytest.mark.slow
def test_what_was_not_acknowledged_is_named(qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = make_instance(tmp_path, "CT")
    broken.write_bytes(broken.read_bytes()[:-3])
    (tmp_path / "notes.txt").write_text("not DICOM")
    files = [broken, make_instance(tmp_path, "MR"), tmp_path / "notes.txt"]
    assert take(files, tmp_path / "picture.png") == 1
    error = capsys.readouterr().err
    assert "1 of 2 acknowledged" in error
    assert broken.name in error
    assert "notes.txt" in error
