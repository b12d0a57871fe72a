"""What the user sets up: kept, told, refused when wrong."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from tests.ui.session.conftest import Wait
from ui.jobs import JobState
from ui.session import Session
from workbench.config import LocalAe, Node
from workbench.errors import ConfigError
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

PACS = Node(name="PACS1", host="127.0.0.1", port=104, ae_title="PACS1", group="Hospital")


class Opener(QObject):
    """Stands for the desktop's own programs."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        """Takes what would be opened."""
        self.opened.append(url.toLocalFile())


def test_settings_survive_a_restart(qtbot: QtBot, home: Path) -> None:
    first = Session(home)
    first.add_node(PACS)
    first.set_theme("dark")
    first.set_storage_folder(home / "objects")
    first.set_local(LocalAe(ae_title="MINE", port=0, allowed_calling=("CT3",)))
    first.contexts_model.set_rows([first.context_row(VERIFICATION, (IMPLICIT_VR_LITTLE_ENDIAN,))])
    first.save_contexts("Tiny")
    first.set_accept_profile("Tiny")
    asyncio.run(first.close())
    second = Session(home)
    assert second.settings == first.settings
    assert second.node("PACS1") == PACS
    assert second.profile("Tiny") in second.profiles
    assert second.storage_folder == home / "objects"
    assert second.nodes_tree.index_of("PACS1").isValid()
    asyncio.run(second.close())


def test_every_change_is_told(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignals([session.nodes_changed] * 3):
        session.add_node(PACS)
        session.update_node("PACS1", Node(name="PACS2", host="127.0.0.1", port=105, ae_title="PACS1"))
        session.remove_node("PACS2")
    with qtbot.waitSignals([session.settings_changed, session.settings_changed]):
        session.set_theme("light")
        session.set_storage_folder("elsewhere")
    with qtbot.waitSignals([session.local_changed, session.local_changed]):
        session.set_local(LocalAe(ae_title="OTHER"))
        session.set_accept_profile("Verification")
    with qtbot.waitSignals([session.profiles_changed, session.profiles_changed]):
        profile = session.save_contexts("Empty")
        session.remove_profile(profile.name)


def test_removing_the_profile_in_force_is_said(session: Session, qtbot: QtBot) -> None:
    session.show_profile("Verification")
    session.save_contexts("Mine")
    session.set_accept_profile("Mine")
    with qtbot.waitSignal(session.message) as told:
        session.remove_profile("Mine")
    assert told.args == ["warning", "WORKBENCH accepts all that it can answer again: the profile Mine is gone."]
    assert session.settings.accept_profile is None


def test_wrong_values_are_refused(session: Session) -> None:
    session.add_node(PACS)
    with pytest.raises(ConfigError):
        session.add_node(PACS)
    with pytest.raises(ConfigError, match="no node"):
        session.echo("nobody")
    with pytest.raises(ConfigError, match="name"):
        session.save_contexts("  ")
    assert session.nodes == (PACS,)


def test_a_broken_settings_file_is_told(home: Path, qtbot: QtBot) -> None:
    home.mkdir(parents=True)
    (home / "settings.json").write_text("[]")
    session = Session(home)
    assert "settings" in session.settings_complaint
    assert session.nodes == ()
    asyncio.run(session.close())


def test_the_folder_of_objects_is_opened(session: Session) -> None:
    opener = Opener()
    # WORKAROUND for PySide6 6.11: its stub asks for bytes, its call takes text only.
    QDesktopServices.setUrlHandler("file", opener, "open")  # type: ignore[arg-type]
    session.open_storage_folder()
    QDesktopServices.unsetUrlHandler("file")
    assert opener.opened == [str(session.storage_folder)]
    assert session.storage_folder.is_dir()


def test_a_folder_that_cannot_be_made_is_told(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("in the way")
    session.set_storage_folder(tmp_path / "file" / "objects")
    with qtbot.waitSignal(session.message) as told:
        session.open_storage_folder()
    assert told.args is not None
    assert told.args[0] == "error"
    session.set_storage_folder("")
    assert session.storage_folder == session.places.storage_folder


def test_profiles_and_what_is_accepted_can_be_looked_at(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.contexts_changed):
        session.show_profile("Verification")
    assert session.contexts_subject == "Profile: Verification"
    assert [row.sop_class for row in session.contexts_model.rows] == ["Verification"]
    session.show_accepted_contexts()
    assert session.contexts_subject == "Accepted by WORKBENCH"
    session.show_profile("no such profile")
    assert session.contexts_subject == "Accepted by WORKBENCH"


def test_jobs_are_rows_that_follow_their_jobs(session: Session, wait: Wait, unused_tcp_port: int) -> None:
    session.add_node(Node(name="gone", host="127.0.0.1", port=unused_tcp_port, ae_title="GONE"))
    session.add_node(Node(name="gone too", host="127.0.0.1", port=unused_tcp_port, ae_title="GONE"))
    session.echo_all()
    assert [row.title for row in session.jobs_model.rows] == ["Echo gone", "Echo gone too"]
    wait(lambda: not session.jobs.running)
    assert [row.state for row in session.jobs_model.rows] == ["done", "done"]
    assert all("refused" in row.outcome for row in session.jobs_model.rows)


def test_a_job_is_cancelled_by_its_id(session: Session, wait: Wait) -> None:
    session.set_local(replace(session.local, port=0))
    job = session.start_listening()
    session.cancel_job(job.id)
    session.cancel_job(999)
    wait(lambda: not job.is_running)
    assert job.state is JobState.DONE


def test_what_is_accepted_is_in_force_as_soon_as_it_is_saved(session: Session, qtbot: QtBot) -> None:
    session.show_accepted_contexts()
    with qtbot.waitSignal(session.contexts_changed):
        session.contexts_model.set_enabled((0,), False)
    was_edited = session.is_acceptance_edited
    with qtbot.waitSignal(session.message) as told:
        session.save_contexts("Mine")
    assert told.args == ["ok", "WORKBENCH now accepts Mine."]
    assert session.settings.accept_profile == "Mine"
    assert (was_edited, session.is_acceptance_edited) == (True, False)
    assert not session.contexts_model.rows[0].is_enabled


def test_another_list_that_is_saved_changes_nothing_in_what_is_accepted(session: Session) -> None:
    session.show_profile("Verification")
    session.contexts_model.set_enabled((0,), False)
    assert not session.is_acceptance_edited
    session.save_contexts("Mine")
    assert session.settings.accept_profile is None


def test_a_profile_that_is_accepted_is_shown_where_that_is_looked_at(session: Session) -> None:
    session.show_accepted_contexts()
    session.set_accept_profile("Verification")
    assert [row.sop_class for row in session.contexts_model.rows] == ["Verification"]
