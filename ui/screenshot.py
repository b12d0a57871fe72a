"""The picture road: sends files to the embedded SCP through the window, and saves what the window then shows."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import SignalInstance

from ui.models.roles import Role
from ui.session import Session
from ui.views.main_window import MainWindow

_LIMIT = 120.0  # seconds for all of it
_DETAIL_COLUMN = 6
_SHOWN, _FIELD = "C-STORE-RSP", "(0000,0900)"  # the PDU and the field to select: a response and its status


async def take_picture(session: Session, window: MainWindow, files: Sequence[Path], target: Path) -> int:
    """Sends the files, or the samples, to the demo as a person would, and writes the picture.

    Returns:
        0 when every object was acknowledged and the picture is written, else 1; the reason goes to stderr.
    """
    try:
        async with asyncio.timeout(_LIMIT):
            await _send_all(session, window, files)
    except TimeoutError:
        return _fail(
            f"not done within {_LIMIT:g} s: {session.send_progress.sentence or session.scan_progress.sentence}"
        )
    if files and not session.send_model.rows:
        return _fail("\n".join([f"no DICOM files in {', '.join(map(str, files))}", *_skipped(session)]))
    _show_pdu(session, window)
    for toast in window.toasts.shown:
        toast.dismiss()
    await _painted()
    if not window.grab().save(str(target)):
        return _fail(f"the picture could not be written to {target}")
    progress = session.send_progress
    acknowledged = progress.stored + progress.warnings
    if session.skipped_model.rows or not progress.total or acknowledged != progress.total:
        reasons = {f"{row.name}: {row.reason}" for row in session.send_model.rows if row.is_unfinished}
        told = sorted(reasons.union(_skipped(session)))
        return _fail("\n".join([f"{acknowledged} of {progress.total} acknowledged", *told]))
    return 0


def _skipped(session: Session) -> list[str]:
    return sorted({f"{row.path}: {row.reason}" for row in session.skipped_model.rows})


async def _send_all(session: Session, window: MainWindow, files: Sequence[Path]) -> None:
    window.add_paths(files)
    await _until(session.scan_changed, lambda: not session.is_scanning)
    if files and not session.send_model.rows:
        return
    window.start_demo()
    await _until(session.jobs_changed, lambda: session.is_demo_running or not session.jobs.running)
    await _until(session.scan_changed, lambda: not session.is_scanning)
    window.send.choose_node(session.DEMO_NODE)
    window.start_sending()
    await _until(session.jobs_changed, lambda: not session.is_sending)
    await _until(session.associations_changed, lambda: not any(row.is_open for row in session.associations_model.rows))


async def _until(signal: SignalInstance, holds: Callable[[], bool]) -> None:
    """Returns when the condition holds, looking again whenever the signal comes."""
    if holds():
        return
    reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(*_: object) -> None:
        if holds() and not reached.done():
            reached.set_result(None)

    connection = signal.connect(look)
    try:
        await reached
    finally:
        signal.disconnect(connection)


def _show_pdu(session: Session, window: MainWindow) -> None:
    """Selects the last response and its status; the last row of all when there is none."""
    model = session.trace_model
    shown = [model.index(row, 0) for row in range(model.rowCount())]
    fitting = [index for index in shown if _SHOWN in str(index.siblingAtColumn(_DETAIL_COLUMN).data())]
    for index in (fitting or shown)[-1:]:
        window.select_trace(index.data(Role.NUMBER))
        status = window.trace.pdu.fields.find(_FIELD)
        if status.isValid():
            window.trace.pdu.tree.setCurrentIndex(status)


async def _painted() -> None:
    """Lets the window lay out and paint what has just changed."""
    for _ in range(5):
        await asyncio.sleep(0.05)


def _fail(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1
