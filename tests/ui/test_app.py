"""The application as a process of its own: it sets palette, font and hooks for the whole process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from tests.support.instances import make_instance
from ui.app import run

FRESH_UID = "2.25.271828182845904523536028747135266249775"


def start(arguments: list[str], *, program: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m ui`, or a program in its place, without a display."""
    command = ["-m", "ui"] if program is None else ["-c", program]
    inherited = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, *command, *arguments],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def closing_program(action: str) -> str:
    """Gives a program that runs the application and lets its window do something as soon as it is shown."""
    return f"""
import os, signal, sys
from PySide6.QtCore import QTimer
import ui.app
class Window(ui.app.MainWindow):
    def showEvent(self, event):
        super().showEvent(event)
        QTimer.singleShot(0, self.act)
    def act(self):
        {action}
ui.app.MainWindow = Window
sys.exit(ui.app.run(sys.argv[1:]))
"""


def test_the_version_block_needs_no_display(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert "PySide6" in capsys.readouterr().out


@pytest.mark.parametrize("size", ["800", "800x", "x600", "0x0", "axb", "-1x5"])
def test_a_size_that_is_none_is_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["--size", size])
    assert ended.value.code == 2
    assert "WIDTHxHEIGHT" in capsys.readouterr().err or size.startswith("-")


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_without_a_display_one_line_says_so(tmp_path: Path) -> None:
    finished = start(["--home", str(tmp_path)], QT_QPA_PLATFORM="")
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "display" in finished.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "action", ["self.close()", "os.kill(os.getpid(), signal.SIGINT)", "self.session.start_demo(); self.close()"]
)
def test_closing_the_window_ends_the_process_cleanly(action: str, tmp_path: Path) -> None:
    finished = start(["--home", str(tmp_path)], program=closing_program(action))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
    log = (tmp_path / "dicom-workbench.log").read_text(encoding="utf-8")
    assert [line for line in log.splitlines() if " INFO " not in line] == []


@pytest.mark.slow
def test_an_exception_that_nobody_catches_is_logged_and_told(tmp_path: Path) -> None:
    action = (
        "self.session.message.connect(lambda *told: (print(*told), self.close())); "
        "QTimer.singleShot(0, lambda: int('no number'))"
    )
    finished = start(["--home", str(tmp_path)], program=closing_program(action))
    assert finished.returncode == 0
    assert finished.stdout.startswith("error Internal error: ValueError(")
    assert "ValueError" in (tmp_path / "dicom-workbench.log").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_damaged_settings_file_is_told_and_logged(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    action = "print([(toast.tone.name, toast.text) for toast in self.toasts.shown]); self.close()"
    finished = start(["--home", str(tmp_path)], program=closing_program(action))
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "ERROR" in finished.stdout
    log = (tmp_path / "dicom-workbench.log").read_text(encoding="utf-8")
    (warning,) = [line for line in log.splitlines() if " WARNING " in line]
    for told in (finished.stdout, warning):
        assert "settings.unreadable.json" in told


@pytest.mark.slow
def test_files_given_at_the_start_are_in_the_send_list(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "MR")
    action = (
        "self.session.scan_changed.connect("
        "lambda: self.session.is_scanning or (print(len(self.session.send_model.rows)), self.close()))"
    )
    finished = start(["--home", str(tmp_path / "home"), str(path)], program=closing_program(action))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "1\n", "")


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_taken_without_a_display(theme: str, tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", sop_instance_uid=FRESH_UID)
    target = tmp_path / "picture.png"
    home = tmp_path / "home"
    arguments = ["--screenshot", str(target), "--theme", theme, "--size", "1100x700", "--home", str(home), str(path)]
    finished = start(arguments)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
    picture = QImage(str(target))
    assert picture.size() == QSize(1100, 700)
    is_light = picture.pixelColor(3, picture.height() - 3).lightness() > 127
    assert is_light == (theme == "light")
    assert [each.name for each in (home / "demo").glob("[!.]*")] == [f"CT.{FRESH_UID}"]


@pytest.mark.slow
def test_a_picture_of_what_cannot_be_sent_fails_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not DICOM")
    finished = start(["--screenshot", str(tmp_path / "picture.png"), str(tmp_path / "notes.txt")])
    assert finished.returncode == 1
    assert f"no DICOM files in {tmp_path / 'notes.txt'}" in finished.stderr
    assert "acknowledged" not in finished.stderr
    assert "notes.txt" in finished.stderr
