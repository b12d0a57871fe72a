"""Saves a picture of every screen, in both themes and sizes: `python -m tests.screenshots FOLDER [NAME…]`.

A real session sends the samples to the embedded SCP and to a listener of its own; nothing leaves the computer. The
pictures are for people to look at.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from resources import sample_paths
from tests.screenshot_stage import PROFILES, Stage, settle, until
from ui import theme
from ui.session.profile_exchange import FoundProfiles
from ui.views.controls.fields import LineEdit
from workbench.acse.asconfig import read_asconfig
from workbench.config import Node

SIZES: Final = ((1280, 800), (1600, 1000))
THEMES: Final = ("light", "dark")


async def first_run(stage: Stage) -> None:
    stage.window.show_panel("send")


async def empty_receive(stage: Stage) -> None:
    stage.window.show_panel("receive")


async def listed(stage: Stage) -> None:
    stage.session.start_demo()
    await until(lambda: bool(stage.session.send_model.rows) and not stage.session.is_scanning)


async def sent(stage: Stage) -> None:
    await stage.send_samples()
    stage.window.show_panel("send")
    stage.clear_toasts()
    stage.select_response()
    stage.window.send.table.selectRow(1)


async def committed(stage: Stage) -> None:
    session, window = stage.session, stage.window
    await stage.send_samples()
    lost = session.places.storage_folder.parent / "demo"
    min(lost.glob("[!.]*")).unlink()
    job = session.request_commitment()
    await until(lambda: job is not None and not job.is_running)
    await until(lambda: not any(row.is_open for row in session.associations_model.rows))
    stage.clear_toasts()
    window.show_panel("send")
    rows = session.send_model.rows
    window.send.table.selectRow(next(at for at, row in enumerate(rows) if row.state == "not committed"))


async def agreed(stage: Stage) -> None:
    await stage.send_samples()
    stage.clear_toasts()
    stage.window.show_panel("contexts")
    stage.window.contexts.show_association(1)
    stage.window.details.chips.choose("contexts")
    stage.select_response()


async def profile(stage: Stage) -> None:
    stage.window.show_panel("contexts")
    source = stage.window.contexts.source
    source.setCurrentIndex(source.findText("Profile", Qt.MatchFlag.MatchStartsWith))
    source.activated.emit(source.currentIndex())


async def received(stage: Stage) -> None:
    await stage.send_samples()
    await stage.receive_samples()
    stage.clear_toasts()
    stage.window.show_panel("receive")
    stage.window.receive.received.selectRow(2)


async def refused(stage: Stage) -> None:
    await stage.send_samples()
    await stage.receive_samples()
    stage.clear_toasts()
    stage.window.show_panel("send")
    stage.window.send.table.selectRow(0)


async def asked(stage: Stage) -> None:
    await stage.send_samples()
    session, window = stage.session, stage.window
    window.query_node(session.DEMO_NODE)
    await until(lambda: window.query.node_name == session.DEMO_NODE)
    window.query.ask()
    await until(lambda: not session.query_progress.is_running and bool(session.matches_model.rows))
    window.query.table.selectRow(1)
    window.query.retrieve.button.click()
    await until(lambda: not session.retrieve_progress.is_running)
    await until(lambda: not any(row.is_open for row in session.associations_model.rows))
    stage.clear_toasts()


async def opened(stage: Stage) -> None:
    await asked(stage)
    stage.session.open_match(0)
    await until(lambda: not stage.session.query_progress.is_running)
    stage.clear_toasts()


async def not_arrived(stage: Stage) -> None:
    await asked(stage)
    session, window = stage.session, stage.window
    window.query.retrieve.way.setCurrentIndex(1)  # by C-MOVE to ourselves, who do not listen
    window.query.table.selectRow(0)
    window.query.retrieve.button.click()
    await until(lambda: not session.retrieve_progress.is_running)
    stage.clear_toasts()


async def empty_query(stage: Stage) -> None:
    stage.window.show_panel("query")


async def empty_worklist(stage: Stage) -> None:
    stage.window.show_panel("worklist")


async def scheduled(stage: Stage) -> None:
    session, window = stage.session, stage.window
    window.show_panel("worklist")
    session.set_local(replace(session.local, port=0))
    session.start_listening()
    await until(lambda: session.is_listening)
    session.worklist.add_examples()
    host, port = session.listening_address.rsplit(":", 1)
    session.add_node(Node(name="Ourselves", host=host, port=int(port), ae_title=session.local.ae_title))
    window.query.question.setCurrentIndex(2)
    window.query.ask()
    await until(lambda: not session.query_progress.is_running and bool(session.matches_model.rows))
    await until(lambda: not any(row.is_open for row in session.associations_model.rows))
    window.worklist.table.clearSelection()
    window.worklist.table.selectRow(1)
    stage.clear_toasts()


async def damaged_worklist(stage: Stage) -> None:
    worklist = stage.session.worklist
    worklist.path.parent.mkdir(parents=True, exist_ok=True)
    worklist.path.write_text('{"version": 1, "entries": [{"patient_name": "Phantom^Anna", "modality": 3}]}')
    stage.window.show_panel("worklist")


async def add_scheduled(stage: Stage) -> QDialog:
    stage.window.show_panel("worklist")
    dialog = stage.window.dialogs.add_scheduled()
    field = dialog.fields["start_date"]
    assert isinstance(field, LineEdit)
    field.setText("2026-13-01")
    dialog.accept()
    return dialog


async def verified(stage: Stage) -> None:
    await stage.send_samples()
    await stage.receive_samples()
    await stage.check_nodes()
    stage.clear_toasts()
    stage.window.show_panel("verify")
    stage.window.nodes.tree.select("RIS")


async def traced(stage: Stage) -> None:
    await sent(stage)
    stage.window.show_panel("trace")
    stage.select_response()


async def all_events(stage: Stage) -> None:
    await stage.send_samples()
    await stage.receive_samples()
    stage.clear_toasts()
    stage.window.trace.filters.chips.choose("all")
    stage.window.show_panel("trace")


async def add_node(stage: Stage) -> QDialog:
    dialog = stage.window.dialogs.add_node()
    dialog.name.setText("PACS1")
    dialog.accept()
    return dialog


async def settings_general(stage: Stage) -> QDialog:
    return stage.window.dialogs.settings("general")


async def settings_local(stage: Stage) -> QDialog:
    dialog = stage.window.dialogs.settings("local")
    dialog.local.callers.setText("CT1, MR\\2")
    dialog.accept()
    return dialog


async def settings_timeouts(stage: Stage) -> QDialog:
    return stage.window.dialogs.settings("timeouts")


async def add_contexts(stage: Stage) -> QDialog:
    await profile(stage)
    return stage.window.dialogs.add_contexts()


async def extended(stage: Stage) -> None:
    """A profile with roles and extended negotiation, as another program has written it."""
    path = stage.session.places.settings_file.with_name("modality.cfg")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PROFILES)
    stage.session.profile_files.found.disconnect(stage.window.dialogs.choose_profiles)
    stage.session.profile_files.found.connect(lambda found: stage.session.add_profiles(found.profiles))
    job = stage.session.profile_files.read(path)
    await until(lambda: not job.is_running and bool(stage.session.settings.profiles))
    stage.clear_toasts()
    stage.window.show_panel("contexts")
    source = stage.window.contexts.source
    source.setCurrentIndex(source.findText("Profile: Modality"))
    source.activated.emit(source.currentIndex())
    stage.window.contexts.table.selectRow(1)


async def extended_dialog(stage: Stage) -> QDialog:
    await extended(stage)
    return stage.window.dialogs.edit_extended(1)


async def import_profiles(stage: Stage) -> QDialog:
    await extended(stage)
    window = stage.window
    path = stage.session.places.settings_file.with_name("modality.cfg")
    config = read_asconfig(path.read_text(), path.name)
    found = FoundProfiles(file=path.name, profiles=config.profiles, warnings=config.warnings)
    return window.dialogs.choose_profiles(found)


async def shortcuts(stage: Stage) -> QDialog:
    return stage.window.dialogs.shortcuts()


async def about(stage: Stage) -> QDialog:
    return stage.window.dialogs.about()


async def dropping(stage: Stage) -> None:
    await listed(stage)
    stage.clear_toasts()
    stage.window.overlay.offer(sample_paths(), stage.window.send.node_name)


async def told(stage: Stage) -> None:
    await sent(stage)
    toasts = stage.window.toasts
    toasts.say("Node RIS was removed.", theme.Tone.NOTE, "Undo", lambda: None)
    toasts.say("Guarded refused the association: calling AE title not recognized.", theme.Tone.ERROR)
    toasts.say("13 stored", theme.Tone.OK)


SCENES: Final[dict[str, Callable[[Stage], Awaitable[QDialog | None]]]] = {
    "first-run": first_run,
    "receive-off": empty_receive,
    "listed": listed,
    "sent": sent,
    "refused": refused,
    "committed": committed,
    "received": received,
    "query-empty": empty_query,
    "query": asked,
    "query-opened": opened,
    "query-failed": not_arrived,
    "worklist-empty": empty_worklist,
    "worklist": scheduled,
    "worklist-damaged": damaged_worklist,
    "worklist-dialog": add_scheduled,
    "contexts-profile": profile,
    "contexts-answered": agreed,
    "verify": verified,
    "trace": traced,
    "trace-all": all_events,
    "node-dialog": add_node,
    "settings-general": settings_general,
    "settings-local": settings_local,
    "settings-timeouts": settings_timeouts,
    "contexts-extended": extended,
    "extended-dialog": extended_dialog,
    "import-profiles": import_profiles,
    "add-contexts": add_contexts,
    "shortcuts": shortcuts,
    "about": about,
    "drop": dropping,
    "toasts": told,
}


async def take_all(app: QApplication, folder: Path, names: list[str]) -> None:
    """Plays each scene once and takes its pictures."""
    for name in names or list(SCENES):
        with tempfile.TemporaryDirectory() as home:
            stage = Stage(Path(home))
            try:
                await take_scene(app, stage, name, folder)
            finally:
                stage.window.memory.stop()
                stage.window.hide()
                await stage.session.close()
                stage.window.deleteLater()
                await asyncio.sleep(0)


async def take_scene(app: QApplication, stage: Stage, name: str, folder: Path) -> None:
    """Plays one scene, then saves it in each theme and size."""
    stage.window.show()
    dialog = await SCENES[name](stage)
    for theme_name in THEMES:
        theme.apply(app, theme_name)
        for width, height in SIZES:
            stage.window.resize(width, height)
            stage.window.reset_sizes()
            await settle()
            shown: QWidget = dialog or stage.window
            shown.grab().save(str(folder / f"{name}-{theme_name}-{width}x{height}.png"))
            if dialog is not None:
                break


def main(arguments: list[str]) -> int:
    """Takes the pictures of the scenes named, or of all."""
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    loop = qasync.QEventLoop(app)
    with loop:
        loop.run_until_complete(take_all(app, folder, arguments[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
