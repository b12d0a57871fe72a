"""What the user has set up and what is known: settings, nodes, profiles, contexts, the trace, the jobs."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from ui.engine import Engine
from ui.jobs import Job, JobList
from ui.models.associations import AssociationRow
from ui.models.contexts import ContextRow
from ui.models.jobs import JobRow, JobsModel
from ui.session.bench import Bench
from ui.session.context_list import ContextList
from ui.session.contexts import context_row, extended_meaning, profile_of
from ui.session.kept_settings import KeptSettings
from ui.session.nodes import NodeBook
from ui.session.profile_exchange import ProfileExchange
from ui.session.profiles import ProfileBook
from ui.session.recording import Recording
from workbench.acse.profiles import Profile, ProfileRole
from workbench.config import LocalAe, Node, Settings
from workbench.errors import ConfigError
from workbench.settings_file import places
from workbench.upper_layer.fields import Span


class Desk(QObject):
    """The part of the session that only holds, changes and shows; `Session` adds what listens and sends.

    Attributes:
        profile_files: reads and writes profiles as files of other programs have them.

    Signals:
        state_changed: an association moved: its number, state, event and action (PS3.8 Table 9-10); of the moves
            within one batch only the last.
        message: a sentence for the user: severity "note", "ok", "warning" or "error", and text.
        trace_added, associations_changed: what is new, in one list for each batch.
    """

    nodes_changed = Signal()
    local_changed = Signal()
    profiles_changed = Signal()
    settings_changed = Signal()
    contexts_changed = Signal()
    jobs_changed = Signal()
    trace_added = Signal(list)
    associations_changed = Signal(list)
    state_changed = Signal(int, object, object, str)
    message = Signal(str, str)

    def __init__(self, home: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.places = places(home)
        self.engine = Engine(self)
        self.jobs = JobList(self._job_changed)
        self.jobs_model = JobsModel(self)
        self._job_places: dict[Job, int] = {}
        self._recording = Recording(self.engine, self)
        self.trace = self._recording.store
        self.trace_model = self._recording.trace_model
        self.associations_model = self._recording.associations_model
        self._settings = KeptSettings(self.places.settings_file, on_save_failed=self._tell_error)
        self._bench = Bench(
            engine=self.engine,
            recorder=self._recording.recorder,
            settings=self._settings,
            places=self.places,
            jobs=self.jobs,
            tell=self.message.emit,
        )
        self._nodes = NodeBook(self._bench, self)
        self.nodes_model = self._nodes.model
        self.nodes_tree = self._nodes.tree
        self._profiles = ProfileBook(self._settings)
        self.profile_files = ProfileExchange(self._bench, self)
        self._contexts = ContextList(self._recording.book, self)
        self.contexts_model = self._contexts.model
        self._contexts.changed.connect(self.contexts_changed)
        self._recording.added.connect(self.trace_added)
        self._recording.associations_changed.connect(self._contexts.associations_changed)
        self._recording.associations_changed.connect(self.associations_changed)
        self._recording.state_changed.connect(self.state_changed)
        self._recording.lost.connect(self._trace_lost)

    # ---- settings

    @property
    def settings(self) -> Settings:
        """Everything that is kept."""
        return self._settings.value

    @property
    def settings_complaint(self) -> str:
        """Why the settings file could not be read at the start, as a sentence; empty when it could."""
        return self._settings.complaint

    @property
    def local(self) -> LocalAe:
        """Our own AE."""
        return self.settings.local

    def set_local(self, local: LocalAe) -> None:
        """Keeps another local AE. Whom it serves holds at once, address and port from the next start of listening."""
        self._settings.change(local=local)
        self.local_changed.emit()

    def set_theme(self, theme: str) -> None:
        """Keeps another theme: "system", "light" or "dark"."""
        self._settings.change(theme=theme)
        self.settings_changed.emit()

    @property
    def storage_folder(self) -> Path:
        """Where received objects go."""
        return Path(self.settings.storage_folder) if self.settings.storage_folder else self.places.storage_folder

    def set_storage_folder(self, folder: str | Path) -> None:
        """Keeps another folder for received objects, from the next start of listening; empty takes the usual one."""
        self._settings.change(storage_folder=str(folder) if str(folder) not in ("", ".") else "")
        self.settings_changed.emit()

    def open_storage_folder(self) -> None:
        """Opens the folder of received objects with the desktop's own program."""
        folder = self.storage_folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            self._tell_error(f"{folder} cannot be created: {error.strerror}")
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.message.emit("warning", f"No file manager was found. The objects are in {folder}")

    # ---- nodes

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes, the demo last while it runs."""
        return self._nodes.nodes

    def node(self, name: str) -> Node | None:
        """Gives a node by its name; None when there is none."""
        return self._nodes.get(name)

    def known_node(self, name: str) -> Node:
        """Gives a node by its name; ConfigError when there is none."""
        node = self.node(name)
        if node is None:
            raise ConfigError(f"there is no node {name!r}")
        return node

    def add_node(self, node: Node, place: int | None = None) -> None:
        """Adds a node, at a place among the others or at the end; ConfigError when there is one of that name."""
        self._nodes.add(node, place)
        self.nodes_changed.emit()

    def update_node(self, old_name: str, node: Node) -> None:
        """Replaces a node; ConfigError when there is another of the new name, or none of the old one."""
        self._nodes.update(old_name, node)
        self.nodes_changed.emit()

    def remove_node(self, name: str) -> None:
        """Forgets a node."""
        self._nodes.remove(name)
        self.nodes_changed.emit()

    def echo(self, name: str) -> Job:
        """Checks a node up to an echo; the rungs are then in its row."""
        return self._nodes.echo(self.known_node(name))

    def echo_all(self) -> None:
        """Checks every node."""
        for node in self.nodes:
            self._nodes.echo(node)

    # ---- contexts

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles, the built-in ones first."""
        return self._profiles.all

    @property
    def contexts_subject(self) -> str:
        """What they are about."""
        return self._contexts.subject

    @property
    def is_acceptance_edited(self) -> bool:
        """Whether the list is what the local AE accepts with changes that are not in force: it is not saved."""
        return self._contexts.is_acceptance and self._contexts.is_edited

    def profile(self, name: str | None) -> Profile | None:
        """Gives a profile by its name; None when there is none."""
        return self._profiles.get(name)

    def show_profile(self, name: str) -> None:
        """Puts a profile into the list of contexts."""
        profile = self.profile(name)
        if profile is not None:
            self._contexts.show_profile(profile)

    def show_accepted_contexts(self) -> None:
        """Puts into the list what the local AE accepts."""
        self._contexts.show_accepted(self.local, self.profile(self.settings.accept_profile))

    def show_association_contexts(self, number: int) -> None:
        """Puts into the list what an association proposed, with the answers."""
        row = self.association(number)
        if row is not None:
            self._contexts.show_association(row)

    def association_contexts(self, number: int) -> tuple[ContextRow, ...]:
        """Gives what an association proposed, with the answers; the list of contexts stays as it is."""
        row = self.association(number)
        return self._contexts.of_association(row) if row is not None else ()

    def context_row(
        self, sop_class_uid: str, transfer_syntaxes: Sequence[str], role: ProfileRole = "SCU"
    ) -> ContextRow:
        """Gives a row for the list of contexts."""
        return context_row(sop_class_uid, transfer_syntaxes, role)

    def extended_meaning(self, sop_class_uid: str, information: bytes) -> str:
        """Gives what bytes of extended negotiation say, in words; empty where that is not known."""
        return extended_meaning(sop_class_uid, information)

    def save_contexts(self, name: str) -> Profile:
        """Keeps the list of contexts as a profile; ConfigError when the name is empty.

        While the list is what the local AE accepts, it accepts the profile from its next association on.
        """
        if not name.strip():
            raise ConfigError("the profile needs a name")
        profile = profile_of(name.strip(), self.contexts_model.rows)
        self.save_profile(profile)
        if self._contexts.is_acceptance:
            self.set_accept_profile(profile.name)
            self.message.emit("ok", f"{self.local.ae_title} now accepts {profile.name}.")
        self._contexts.is_edited = False
        self.contexts_changed.emit()
        return profile

    def save_profile(self, profile: Profile) -> None:
        """Keeps a profile, instead of the one of its name if there is one."""
        self._profiles.save(profile)
        self.profiles_changed.emit()

    def add_profiles(self, profiles: Sequence[Profile]) -> None:
        """Keeps profiles that were imported, instead of the user's own of their names."""
        self._profiles.save_all(profiles)
        self.profiles_changed.emit()
        if self.settings.accept_profile in {profile.name for profile in profiles}:
            self.set_accept_profile(self.settings.accept_profile)
        counted = "1 profile was" if len(profiles) == 1 else f"{len(profiles)} profiles were"
        self.message.emit("ok", f"{counted} imported.")

    def remove_profile(self, name: str) -> None:
        """Forgets a profile; a built-in one of that name comes back. One that was in force is said to be gone."""
        self._profiles.remove(name)
        self.profiles_changed.emit()
        if name == self.settings.accept_profile and self.profile(name) is None:
            self.set_accept_profile(None)
            text = f"{self.local.ae_title} accepts all that it can answer again: the profile {name} is gone."
            self.message.emit("warning", text)

    def set_accept_profile(self, name: str | None) -> None:
        """Accepts what a profile says; None accepts all that can be answered."""
        self._settings.change(accept_profile=name)
        self.local_changed.emit()
        if self._contexts.is_acceptance and not self._contexts.is_edited:
            self.show_accepted_contexts()

    # ---- trace

    def association(self, number: int) -> AssociationRow | None:
        """Gives the row of an association; None when it is not known or not kept."""
        return self._recording.book.row(number)

    def dissect(self, number: int) -> Span | None:
        """Gives the fields of a PDU; None when the event is none, or is not kept."""
        return self._recording.dissect(number)

    def kept_bytes(self, number: int) -> bytes:
        """Gives the bytes that are kept of a PDU; empty when the event is none, or is not kept."""
        return self._recording.kept_bytes(number)

    def clear_trace(self) -> None:
        """Forgets the trace and the associations that have ended."""
        self._recording.clear()

    # ---- jobs

    def cancel_job(self, job_id: int) -> None:
        """Asks a job to end."""
        job = self.jobs.get(job_id)
        if job is not None:
            job.cancel()

    def _job_changed(self, job: Job) -> None:
        row = JobRow(
            job_id=job.id,
            title=job.title,
            state=job.state,
            progress=job.progress,
            detail=job.detail,
            outcome=job.outcome,
        )
        if job in self._job_places:
            self.jobs_model.update({self._job_places[job]: row})
        else:
            self._job_places[job] = len(self.jobs_model.rows)
            self.jobs_model.append([row])
        self.jobs_changed.emit()
        self.profile_files.job_changed(job)

    # ---- messages

    def _trace_lost(self, events: int) -> None:
        self.message.emit("warning", f"{events:,} trace events were lost because the window could not keep up.")

    def _tell_error(self, text: str) -> None:
        self.message.emit("error", text)
