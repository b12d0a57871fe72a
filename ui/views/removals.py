"""What the user has removed and can bring back: nodes and worklist entries."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject, Signal

from ui.session import Session
from ui.theme import Tone
from ui.views.controls.toasts import Toasts
from workbench.config import Node

Restore = Callable[[], None]


class Removals(QObject):
    """Removes things, says so with an offer to undo it, and undoes the last one first.

    Signals:
        changed: whether there is something to bring back.
    """

    changed = Signal()

    def __init__(self, session: Session, toasts: Toasts, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._toasts = toasts
        self._steps: list[Restore] = []

    @property
    def can_undo(self) -> bool:
        """Whether something was removed that can come back."""
        return bool(self._steps)

    def undo(self) -> None:
        """Brings back what was removed last, to where it was."""
        if self._steps:
            self._take_back(self._steps[-1])

    def remove_node(self, name: str) -> None:
        """Removes a node; that of the demo ends with the demo and does not come back."""
        node = self._session.node(name)
        if node is None:
            return
        if name == Session.DEMO_NODE:
            self._session.remove_node(name)
            return
        # Before it is told: what can be done is looked at as soon as the nodes have changed.
        step = self._offer(partial(self._restore_node, self._session.nodes.index(node), node))
        self._session.remove_node(name)
        self._say(self.tr("Node {0} was removed.").format(name), step)

    def remove_scheduled(self, positions: Iterable[int]) -> None:
        """Removes entries of the worklist, by their places."""
        worklist = self._session.worklist
        gone = worklist.remove(positions)
        if gone:
            step = self._offer(lambda: worklist.restore(gone))
            text = self.tr("{0} of {1} was removed from the worklist.")
            one = text.format(gone[0][1].step_id, gone[0][1].patient_name)
            many = self.tr("{0} entries were removed from the worklist.").format(len(gone))
            self._say(one if len(gone) == 1 else many, step)

    def _offer(self, step: Restore) -> Restore:
        self._steps.append(step)
        self.changed.emit()
        return step

    def _say(self, text: str, step: Restore) -> None:
        self._toasts.say(text, Tone.NOTE, self.tr("Undo"), lambda: self._take_back(step))

    def _take_back(self, step: Restore) -> None:
        if step in self._steps:
            self._steps.remove(step)
            step()
            self.changed.emit()

    def _restore_node(self, place: int, node: Node) -> None:
        if self._session.node(node.name) is None:
            self._session.add_node(node, place)
        else:
            self._toasts.say(self.tr("There is another node {0} by now.").format(node.name), Tone.WARNING)
