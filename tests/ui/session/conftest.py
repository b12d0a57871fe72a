"""What the tests of the session share: a bench with a real engine, instances to send, a session that is closed."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.support.instances import make_instance
from ui.engine import Engine
from ui.jobs import Job, JobList
from ui.models.received import ReceivedModel, ReceivedRow
from ui.session import Session
from ui.session.acceptance import acceptance
from ui.session.bench import Bench
from ui.session.kept_settings import KeptSettings
from ui.session.receiving import Listener
from ui.session.recording import Recording
from workbench.config import LocalAe, Node
from workbench.settings_file import places

LOCAL = LocalAe(ae_title="WORKBENCH", port=0, allowed_calling=("CT3",), allowed_hosts=("127.0.0.1",))
CALLER = LocalAe(ae_title="CT3")
WAIT = 10_000  # milliseconds; loopback needs a few, a busy machine more

Wait = Callable[[Callable[[], bool]], None]


class BenchMaker:
    """A bench, its recording, and what it told the user.

    Attributes:
        listeners: called for every change of a job, as the session does for its parts.
    """

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        self.listeners: list[Callable[[Job], None]] = []
        self.engine = Engine()
        self.recording = Recording(self.engine)
        found = places()
        self.bench = Bench(
            engine=self.engine,
            recorder=self.recording.recorder,
            settings=KeptSettings(found.settings_file, on_save_failed=pytest.fail),
            places=found,
            jobs=JobList(self._job_changed),
            tell=lambda severity, text: self.messages.append((severity, text)),
        )
        self.engine.start()

    def _job_changed(self, job: Job) -> None:
        for listener in self.listeners:
            listener(job)


@pytest.fixture
def maker(qtbot: QtBot) -> Iterator[BenchMaker]:
    made = BenchMaker()
    yield made
    made.engine.close()


@pytest.fixture
def bench(maker: BenchMaker) -> Bench:
    return maker.bench


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    yield made
    asyncio.run(made.close())


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    """Gives a function that turns the window's event loop until a condition holds."""

    def until(holds: Callable[[], bool]) -> None:
        qtbot.waitUntil(holds, timeout=WAIT)

    return until


@pytest.fixture
def instances(tmp_path: Path) -> list[Path]:
    """Three small instances in a folder of their own."""
    folder = tmp_path / "instances"
    folder.mkdir()
    return [make_instance(folder, modality) for modality in ("CT", "MR", "SC")]


class Scp:
    """A listener with what belongs to it."""

    def __init__(self, maker: BenchMaker, folder: Path, wait: Wait, local: LocalAe = LOCAL, **listener: Any) -> None:
        self.model = ReceivedModel()
        self.local = local
        self.listener = Listener(maker.bench, self.model, **listener)
        self.rows: list[ReceivedRow] = []
        self.folder = folder
        self._wait = wait
        self.listener.received.connect(self.rows.extend)
        maker.listeners.append(self.listener.job_changed)

    def start(self) -> Job:
        job = self.listener.start(self.local, partial(acceptance, self.local, (), None), self.folder)
        self._wait(lambda: self.listener.address is not None)
        return job

    def node(self) -> Node:
        assert self.listener.address is not None
        host, port = self.listener.address
        return Node(name="us", host=host, port=port, ae_title=self.local.ae_title)


@pytest.fixture
def scp(maker: BenchMaker, tmp_path: Path, wait: Wait) -> Scp:
    return Scp(maker, tmp_path / "received", wait)
