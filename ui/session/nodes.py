"""The nodes: kept in the settings, checked on request; the embedded demo is one that is not kept."""

import time
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from ui.jobs import Job
from ui.models.nodes import NodeRow, NodesModel, NodeTreeModel, RungRow
from ui.session.bench import Bench
from workbench.config import Node
from workbench.errors import ConfigError
from workbench.services.checking import Ladder, check


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """What is known of a node's health."""

    state: str = "unknown"
    sentence: str = ""
    latency: float | None = None
    checked_at: float | None = None
    rungs: tuple[RungRow, ...] = ()


class NodeBook(QObject):
    """The nodes with what their last checks said."""

    def __init__(self, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = NodesModel(self)
        self.tree = NodeTreeModel(self.model, self)
        self._bench = bench
        self._demo: Node | None = None
        self._checks: dict[str, _Check] = {}
        self._show()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, the demo last."""
        kept = self._bench.settings.value.nodes
        return (*kept, self._demo) if self._demo is not None else kept

    def get(self, name: str) -> Node | None:
        """Gives a node by its name; None when there is none."""
        return next((node for node in self.nodes if node.name == name), None)

    def add(self, node: Node, place: int | None = None) -> None:
        """Adds and keeps a node, at a place among the others or at the end.

        Raises:
            ConfigError: there is one of that name.
        """
        self._refuse_twin(node.name)
        nodes = list(self._bench.settings.value.nodes)
        nodes.insert(len(nodes) if place is None else place, node)
        self._bench.settings.change(nodes=tuple(nodes))
        self._show()

    def update(self, old_name: str, node: Node) -> None:
        """Replaces a node; what its check said is forgotten when its address or title has changed.

        Raises:
            ConfigError: there is another of the new name, or none of the old one.
        """
        old = self._bench.settings.value.node(old_name)
        if old is None:
            raise ConfigError(f"there is no node {old_name!r} to change")
        if node.name != old_name:
            self._refuse_twin(node.name)
        known = self._checks.pop(old_name, None)
        if known is not None and (old.host, old.port, old.ae_title) == (node.host, node.port, node.ae_title):
            self._checks[node.name] = known
        self._bench.settings.set(self._bench.settings.value.with_node(node, instead_of=old_name))
        self._show()

    def remove(self, name: str) -> None:
        """Forgets a node."""
        self._checks.pop(name, None)
        self._bench.settings.set(self._bench.settings.value.without_node(name))
        self._show()

    def set_demo(self, node: Node | None) -> None:
        """Adds the embedded demo, or takes it away."""
        if node is not None:
            self._checks[node.name] = _Check()
        self._demo = node
        self._show()

    def echo(self, node: Node) -> Job:
        """Checks a node rung by rung up to an echo, as a job."""
        self._set_check(node.name, _Check(state="checking"))
        return self._bench.run(f"Echo {node.name}", self._echo(node))

    async def _echo(self, node: Node) -> str:
        ladder = await check(node, self._bench.settings.value.local, self._bench.recorder)
        now = time.time()
        self._bench.engine.post(lambda: self._checked(node, ladder, now))
        return ladder.sentence

    def _checked(self, node: Node, ladder: Ladder, now: float) -> None:
        self._set_check(
            node.name,
            _Check(
                state="ok" if ladder.ok else "failed",
                sentence=ladder.sentence,
                latency=(ladder.rungs[-1].milliseconds or 0.0) / 1000 if ladder.ok else None,
                checked_at=now,
                rungs=_rungs(ladder),
            ),
        )
        self._bench.tell("ok" if ladder.ok else "error", f"{node.name}: {ladder.sentence}")

    def _set_check(self, name: str, found: _Check) -> None:
        self._checks[name] = found
        for position, row in enumerate(self.model.rows):
            if row.name == name:
                self.model.update({position: _with_check(row, found)})

    def _refuse_twin(self, name: str) -> None:
        if self.get(name) is not None:
            raise ConfigError(f"a node named {name!r} already exists")

    def _show(self) -> None:
        self.model.set_rows(
            _with_check(_row(node, is_demo=node is self._demo), self._checks.get(node.name, _Check()))
            for node in self.nodes
        )


def _row(node: Node, *, is_demo: bool) -> NodeRow:
    return NodeRow(
        name=node.name,
        ae_title=node.ae_title,
        host=node.host,
        port=node.port,
        group=node.group,
        profile=node.profile,
        note=node.note,
        is_demo=is_demo,
    )


def _with_check(row: NodeRow, found: _Check) -> NodeRow:
    return replace(
        row,
        check=found.state,
        sentence=found.sentence,
        latency=found.latency,
        checked_at=found.checked_at,
        rungs=found.rungs,
    )


def _rungs(ladder: Ladder) -> tuple[RungRow, ...]:
    return tuple(
        RungRow(name=each.name, is_ok=each.ok, milliseconds=each.milliseconds, sentence=each.sentence)
        for each in ladder.rungs
    )
