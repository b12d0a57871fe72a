"""The application: arguments, log, Qt, the session, the window, and an end that waits for the network."""

import argparse
import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import qasync
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from resources import icon_path
from ui import reporting, theme
from ui.screenshot import take_picture
from ui.session import Session
from ui.views.main_window import MainWindow
from workbench.config import THEMES
from workbench.settings_file import places

NAME = "DICOM Workbench"
_log = logging.getLogger(__name__)


def run(arguments: list[str]) -> int:
    """Runs the application until its window is closed, and gives the exit code."""
    options = _parse(arguments)
    if options.version:
        sys.stdout.write(reporting.version_block() + "\n")
        return 0
    if not _has_screen():
        if options.screenshot is None:
            sys.stderr.write("There is no display: set DISPLAY or WAYLAND_DISPLAY, or use --screenshot OUT.png.\n")
            return 1
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with ExitStack() as stack:
        if options.screenshot is not None and options.home is None:
            # A picture leaves the user's own settings and objects alone.
            options.home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dicom-workbench-")))
        stack.callback(reporting.start(places(options.home).log_file))
        return _run_window(options)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dicom-workbench", description="Sends, receives and inspects DICOM.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files and folders to add to the send list")
    parser.add_argument("--home", type=Path, metavar="DIR", help="keep settings, log and objects here")
    parser.add_argument("--theme", choices=THEMES, help="for this run only")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window, such as 1280x800")
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="OUT.png",
        help="send the files, or the samples, to the embedded SCP, save a picture of the window and end",
    )
    parser.add_argument("--version", action="store_true", help="print what a bug report needs")
    return parser.parse_args(arguments)


def _size(text: str) -> QSize:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) > 0 and int(height) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not WIDTHxHEIGHT, such as 1280x800")
    return QSize(int(width), int(height))


def _has_screen() -> bool:
    if not sys.platform.startswith(("linux", "freebsd")):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _run_window(options: argparse.Namespace) -> int:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName(NAME)
    app.setApplicationDisplayName(NAME)
    app.setDesktopFileName("dicom-workbench")
    app.setWindowIcon(QIcon(str(icon_path("app"))))
    # The window closes first and the network ends after it; the last window must not end the loop in between.
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    with loop:
        code: int = loop.run_until_complete(_live(app, options))
    return code


def _telling(session: Session, before: Callable[..., object]) -> Callable[..., None]:
    """Gives an excepthook that also tells the user; an exception while telling is only logged."""
    is_telling = False

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        nonlocal is_telling
        before(kind, error, trace)
        if not is_telling:
            is_telling = True
            session.message.emit("error", f"Internal error: {error!r}. {session.places.log_file} has the details.")
            is_telling = False

    return hook


async def _live(app: QApplication, options: argparse.Namespace) -> int:
    session = Session(options.home)
    theme_name = options.theme or session.settings.theme
    theme.apply(app, theme_name)
    shown = [theme_name]

    def apply_theme() -> None:
        # Other settings change too, and --theme holds until the user takes another one.
        if session.settings.theme != shown[0]:
            shown[0] = session.settings.theme
            theme.apply(app, shown[0])

    session.settings_changed.connect(apply_theme)
    following = theme.follow_system(app, lambda: shown[0])
    window = MainWindow(session)
    if options.size is not None:
        window.resize(options.size)
    closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    window.closing.connect(lambda: None if closed.done() else closed.set_result(None))
    sys.excepthook = _telling(session, sys.excepthook)
    # The engine's timer lets Python look at signals even while nobody touches the window.
    before = signal.signal(signal.SIGINT, lambda *_: window.close())
    window.show()
    if session.settings_complaint:
        _log.warning("settings not read: %s", session.settings_complaint)
        session.message.emit("error", session.settings_complaint)
    try:
        if options.screenshot is not None:
            return await take_picture(session, window, options.files, options.screenshot)
        if options.files:
            session.add_files(options.files)
            window.show_panel("send")
        await closed
        return 0
    finally:
        window.hide()
        await session.close()
        window.finish()
        app.styleHints().colorSchemeChanged.disconnect(following)
        signal.signal(signal.SIGINT, before)
