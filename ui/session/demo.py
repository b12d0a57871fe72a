"""The embedded demo: an SCP of our own on a free port, a node for it, and samples to send."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from resources import sample_paths
from ui.jobs import Job
from ui.models.received import ReceivedModel
from ui.session.acceptance import acceptance
from ui.session.bench import Bench
from ui.session.receiving import Listener
from workbench.config import LocalAe, Node

NODE = "Demo"
AE_TITLE = "DEMO"


class Demo(QObject):
    """Listens on loopback only, for whoever calls it DEMO. Its node exists as long as it listens.

    Signals:
        changed: it runs, or no longer does.
    """

    changed = Signal()

    def __init__(
        self,
        bench: Bench,
        received: ReceivedModel,
        parent: QObject | None = None,
        *,
        nodes: Callable[[], Sequence[Node]] = tuple,
    ) -> None:
        super().__init__(parent)
        self.listener = Listener(bench, received, self, nodes=nodes)
        self.listener.changed.connect(self.changed)
        self._bench = bench

    @property
    def is_running(self) -> bool:
        """Whether it listens."""
        return self.listener.address is not None

    def start(self, on_ready: Callable[[Node], None]) -> Job:
        """Starts it, as a job that lasts until `stop`, and gives its node when it listens."""
        local = replace(
            LocalAe(),
            ae_title=AE_TITLE,
            bind="127.0.0.1",
            port=0,
            allowed_hosts=("127.0.0.1",),
            commitment=True,  # what is asked for comes from this program, and is read again like anybody's
            timeouts=self._bench.settings.value.local.timeouts,
        )
        folder = self._bench.places.storage_folder.parent / "demo"

        def ready(host: str, port: int) -> None:
            on_ready(Node(name=NODE, host=host, port=port, ae_title=AE_TITLE, group="Demo", note="inside this program"))

        return self.listener.start(local, partial(acceptance, local, (), None), folder, on_ready=ready)

    def stop(self) -> Job | None:
        """Ends it."""
        return self.listener.stop()


def samples() -> tuple[str, ...]:
    """Gives the paths of the sample instances."""
    return tuple(str(path) for path in sample_paths())
