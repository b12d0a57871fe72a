"""A session without network: real models and real trace, and a list of what the views asked for."""

from collections.abc import Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QObject, Signal

from ui.jobs import Job
from ui.models.associations import AssociationRow, AssociationsModel
from ui.models.contexts import ContextRow, ContextsModel
from ui.models.jobs import JobsModel
from ui.models.nodes import NodeRow, NodesModel, NodeTreeModel
from ui.models.query import MatchModel
from ui.models.received import ReceivedModel
from ui.models.roles import Category
from ui.models.send import SendModel, SkippedModel
from ui.models.trace import Line, TraceModel
from ui.session import CommitmentProgress, Fields, QueryProgress, RetrieveProgress, ScanProgress, SendProgress, Session
from ui.session.acceptance import allowed_titles, answered_services
from ui.session.bench import Bench
from ui.session.contexts import extended_meaning, profile_of, profile_rows
from ui.session.profile_exchange import ProfileExchange
from ui.session.worklist import KeptWorklist
from ui.session.worklist_desk import WorklistDesk
from workbench import dictionary
from workbench.acse.profiles import Profile, ProfileContext
from workbench.config import LocalAe, Node, Settings
from workbench.errors import PduError
from workbench.settings_file import Places
from workbench.trace.events import MessageEvent, PduEvent, ProblemEvent, TraceEvent, TransitionEvent, TransportEvent
from workbench.trace.store import TraceStore
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.fields import Span
from workbench.upper_layer.pdu import PDU_NAMES, decode_pdu

CT = "1.2.840.10008.5.1.4.1.1.2"
BUILT_IN = Profile(
    name="Verification",
    contexts=(
        ProfileContext(
            sop_class_uid=VERIFICATION, transfer_syntaxes=(EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
        ),
    ),
)


class StandIn(QObject):
    """Has the signals, models and methods that the views use; `asked` lists the calls that would reach the network."""

    DEMO_NODE = "Demo"

    nodes_changed = Signal()
    local_changed = Signal()
    profiles_changed = Signal()
    settings_changed = Signal()
    listening_changed = Signal()
    scan_changed = Signal()
    send_changed = Signal()
    contexts_changed = Signal()
    jobs_changed = Signal()
    trace_added = Signal(list)
    associations_changed = Signal(list)
    query_changed = Signal()
    received_added = Signal(list)
    state_changed = Signal(int, object, object, str)
    message = Signal(str, str)

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []
        self.places = Places(
            settings_file=home / "settings.json",
            window_file=home / "window.ini",
            storage_folder=home / "received",
            worklist_file=home / "worklist.json",
            log_file=home / "log",
        )
        self.settings = Settings()
        self.trace = TraceStore()
        self.trace_model = TraceModel(self.trace, describe, self)
        self.nodes_model = NodesModel(self)
        self.nodes_tree = NodeTreeModel(self.nodes_model, self)
        self.send_model = SendModel(self)
        self.skipped_model = SkippedModel(self)
        self.received_model = ReceivedModel(self)
        self.associations_model = AssociationsModel(self)
        self.contexts_model = ContextsModel(self)
        self.jobs_model = JobsModel(self)
        self.matches_model = MatchModel(self)
        self.questions = ("Studies", "Patients", "Worklist")
        self.query_progress = QueryProgress()
        self.retrieve_progress = RetrieveProgress()
        self.profile_files = ProfileExchange(cast("Bench", _Bench(self)), self)
        self.worklist = WorklistDesk(cast("Bench", _Bench(self)), KeptWorklist(home / "worklist.json"), self)
        self.send_progress = SendProgress()
        self.scan_progress = ScanProgress()
        self.commitment_progress = CommitmentProgress()
        self.is_sending = self.is_scanning = self.is_listening = self.is_demo_running = False
        self.listening_address = ""
        self.refused_callers: tuple[str, ...] = ()
        self.contexts_subject = ""
        self.is_acceptance_edited = False
        self.answered: dict[int, tuple[ContextRow, ...]] = {}

    def as_session(self) -> Session:
        """The stand-in in the role that the views know."""
        return cast("Session", self)

    # What a test makes happen

    def happen(self, *events: TraceEvent) -> None:
        """Events of the trace arrive."""
        self.trace.extend(events)
        self.trace_model.add(events)
        self.trace_added.emit(list(events))

    def associate(self, *rows: AssociationRow) -> None:
        """Associations appear or move."""
        known = {row.number: at for at, row in enumerate(self.associations_model.rows)}
        self.associations_model.append([row for row in rows if row.number not in known])
        self.associations_model.update({known[row.number]: row for row in rows if row.number in known})
        self.associations_changed.emit(list(rows))

    def listen_now(self, is_on: bool) -> None:
        """Listening has started or stopped."""
        self.is_listening = is_on
        self.listening_address = f"{self.local.bind}:{self.local.port}" if is_on else ""
        self.listening_changed.emit()

    def check_node(self, row: NodeRow) -> None:
        """A check of a node has come to something."""
        at = next(at for at, each in enumerate(self.nodes_model.rows) if each.name == row.name)
        self.nodes_model.update({at: row})

    # What the views use

    @property
    def local(self) -> LocalAe:
        return self.settings.local

    @property
    def nodes(self) -> tuple[Node, ...]:
        return self.settings.nodes

    @property
    def profiles(self) -> tuple[Profile, ...]:
        return (BUILT_IN, *self.settings.profiles)

    @property
    def storage_folder(self) -> Path:
        return Path(self.settings.storage_folder) if self.settings.storage_folder else self.places.storage_folder

    @property
    def allowed_titles(self) -> frozenset[str] | None:
        return allowed_titles(self.local, self.nodes)

    @property
    def answered_services(self) -> tuple[str, ...]:
        profile = next((each for each in self.profiles if each.name == self.settings.accept_profile), None)
        return answered_services(self.local, profile)

    def node(self, name: str) -> Node | None:
        return self.settings.node(name)

    def _change(self, **fields: Any) -> None:
        from dataclasses import replace

        self.settings = replace(self.settings, **fields)

    def add_node(self, node: Node, place: int | None = None) -> None:
        at = len(self.nodes) if place is None else place
        self._show_nodes((*self.nodes[:at], node, *self.nodes[at:]))

    def update_node(self, old_name: str, node: Node) -> None:
        self._show_nodes(tuple(node if each.name == old_name else each for each in self.nodes))

    def remove_node(self, name: str) -> None:
        self._show_nodes(tuple(each for each in self.nodes if each.name != name))

    def _show_nodes(self, nodes: tuple[Node, ...]) -> None:
        self._change(nodes=nodes)
        known = {row.name: row for row in self.nodes_model.rows}
        self.nodes_model.set_rows(
            known.get(node.name)
            or NodeRow(name=node.name, ae_title=node.ae_title, host=node.host, port=node.port, group=node.group)
            for node in nodes
        )
        self.nodes_changed.emit()

    def echo(self, name: str) -> Job:
        return self._ask("echo", name)

    def echo_all(self) -> None:
        self._ask("echo_all")

    def add_files(self, paths: Iterable[Path]) -> Job:
        return self._ask("add_files", *paths)

    def clear_files(self) -> None:
        self.send_model.clear()
        self.send_changed.emit()

    def send(self, node_name: str, jobs: int = 1, stop_at_first_failure: bool = False) -> Job:
        return self._ask("send", node_name, jobs)

    def retry_failed(self) -> Job | None:
        return self._ask("retry_failed")

    def release_after_this(self) -> None:
        self._ask("release_after_this")

    def abort_now(self) -> None:
        self._ask("abort_now")

    def request_commitment(self) -> Job | None:
        return self._ask("request_commitment")

    def cancel_commitment(self) -> None:
        self._ask("cancel_commitment")

    def ask(self, node_name: str, question: int, fields: Fields) -> Job:
        return self._ask("ask", node_name, question, fields)

    def open_match(self, position: int) -> Job:
        return self._ask("open_match", position)

    def close_match(self) -> None:
        self._ask("close_match")

    def cancel_query(self) -> None:
        self._ask("cancel_query")

    def retrieve(self, positions: Sequence[int], destination: str | None) -> Job:
        return self._ask("retrieve", tuple(positions), destination)

    def cancel_retrieve(self) -> None:
        self._ask("cancel_retrieve")

    def start_listening(self) -> Job:
        return self._ask("start_listening")

    def stop_listening(self) -> None:
        self._ask("stop_listening")

    def allow_caller(self, ae_title: str) -> None:
        self._ask("allow_caller", ae_title)

    def open_storage_folder(self) -> None:
        self._ask("open_storage_folder")

    def start_demo(self, *, load_samples: bool = True) -> Job:
        return self._ask("start_demo")

    def set_storage_folder(self, folder: Path) -> None:
        self._change(storage_folder=str(folder))
        self.settings_changed.emit()

    def set_local(self, local: LocalAe) -> None:
        self._change(local=local)
        self.local_changed.emit()

    def set_accept_profile(self, name: str | None) -> None:
        self._change(accept_profile=name)
        self.local_changed.emit()

    def set_theme(self, name: str) -> None:
        self._change(theme=name)
        self.settings_changed.emit()

    def show_profile(self, name: str) -> None:
        found = next(profile for profile in self.profiles if profile.name == name)
        self._show_contexts(f"Profile: {name}", profile_rows(found))

    def show_node_contexts(self, node_name: str) -> None:
        self._show_contexts(f"Proposed to {node_name}", [self.context_row(CT, (EXPLICIT_VR_LITTLE_ENDIAN,))])

    def show_accepted_contexts(self) -> None:
        self._show_contexts("Accepted", [self.context_row(VERIFICATION, ()), self.context_row(CT, ())])

    def show_association_contexts(self, number: int) -> None:
        self._show_contexts(f"Association {number}", self.association_contexts(number), is_read_only=True)

    def association_contexts(self, number: int) -> tuple[ContextRow, ...]:
        return self.answered.get(number, ())

    def _show_contexts(self, subject: str, rows: Sequence[ContextRow], *, is_read_only: bool = False) -> None:
        self.contexts_subject = subject
        self.contexts_model.show_rows(rows, is_read_only=is_read_only)
        self.contexts_changed.emit()

    def context_row(self, sop_class_uid: str, transfer_syntaxes: Sequence[str], role: Any = "SCU") -> ContextRow:
        return ContextRow(
            sop_class_uid=sop_class_uid,
            sop_class=dictionary.sop_class_short(sop_class_uid),
            transfer_syntaxes=tuple(transfer_syntaxes),
            names=tuple(dictionary.transfer_syntax_short(uid) for uid in transfer_syntaxes),
            role=role,
        )

    def save_contexts(self, name: str) -> None:
        others = (each for each in self.settings.profiles if each.name != name)
        self._change(profiles=(*others, profile_of(name, self.contexts_model.rows)))
        self.profiles_changed.emit()

    def add_profiles(self, profiles: Sequence[Profile]) -> None:
        self._change(profiles=(*self.settings.profiles, *profiles))
        self.profiles_changed.emit()

    def extended_meaning(self, sop_class_uid: str, information: bytes) -> str:
        return extended_meaning(sop_class_uid, information)

    def remove_profile(self, name: str) -> None:
        self._change(profiles=tuple(each for each in self.settings.profiles if each.name != name))
        self.profiles_changed.emit()

    def association(self, number: int) -> AssociationRow | None:
        return next((row for row in self.associations_model.rows if row.number == number), None)

    def dissect(self, number: int) -> Span | None:
        event = self.trace.get(number)
        if not isinstance(event, PduEvent):
            return None
        span = Span(name="PDU", start=0, end=len(event.kept))
        try:
            decode_pdu(event.kept, span, length=event.length)
        except PduError as problem:
            span.children.append(Span(name="Problem", start=problem.offset, end=len(event.kept), value=str(problem)))
        return span

    def kept_bytes(self, number: int) -> bytes:
        event = self.trace.get(number)
        return event.kept if isinstance(event, PduEvent) else b""

    def clear_trace(self) -> None:
        self.trace.clear()
        self.trace_model.clear()

    def _ask(self, *call: Any) -> Job:
        self.asked.append(call)
        return Job(id=len(self.asked), title=str(call[0]), on_change=lambda _job: None)


class _Bench:
    """What the worklist and the profiles need of a bench; their jobs are asked for and not run."""

    def __init__(self, desk: StandIn) -> None:
        self.settings = self
        self.tell = desk.message.emit
        self._desk = desk

    @property
    def value(self) -> Settings:
        return self._desk.settings

    def run(self, title: str, work: Coroutine[Any, Any, str]) -> Job:
        work.close()
        return self._desk._ask("run", title)


def describe(event: TraceEvent) -> Line:
    """A line for an event, without the words of the standard."""
    if isinstance(event, PduEvent):
        category = Category.ERROR if event.pdu_type in (3, 7) else Category.NONE
        return Line(what=PDU_NAMES.get(event.pdu_type, "unknown"), detail=f"{event.length} bytes", category=category)
    if isinstance(event, MessageEvent):
        return Line(what=event.message.NAME, detail=f"context {event.context_id}", category=Category.NONE)
    if isinstance(event, ProblemEvent):
        return Line(what="Problem", detail=event.problem, category=Category.ERROR)
    if isinstance(event, TransitionEvent):
        return Line(what=f"{event.before.label} → {event.after.label}", detail=event.action, category=Category.MUTED)
    assert isinstance(event, TransportEvent)
    return Line(what=event.step.value, detail=event.detail, category=Category.MUTED)
