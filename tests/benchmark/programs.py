"""The programs that are measured: how each maker's SCU and SCP is started, and when it is ready."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.benchmark.workloads import Workload
from tests.support.peer_programs import find_program

_HOST: Final = "127.0.0.1"
_READY_WITHIN: Final = 30.0  # seconds
_STOP_WITHIN: Final = 20.0
_RUN_WITHIN: Final = 1200.0
_MAX_PDU: Final = "131072"  # the largest that DCMTK announces
_ANNOUNCEMENT: Final = "listening on "


class BenchmarkError(Exception):
    """A program that is measured failed, or is not installed."""


class Maker(Enum):
    """Whose program it is, and how it is set up."""

    OURS = "ours"
    DCMTK = "DCMTK tuned"
    DCMTK_FORKING = "DCMTK tuned, --fork"
    DCMTK_DEFAULT = "DCMTK default"
    PYNETDICOM = "pynetdicom"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its programs."""
        environment = dict(os.environ)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # start as an installed program does, from compiled files
        environment.pop("TCP_NODELAY", None)
        if self in (Maker.DCMTK, Maker.DCMTK_FORKING):
            environment["TCP_NODELAY"] = "1"
        return environment


@dataclass(frozen=True, slots=True)
class Pair:
    """An SCU and the SCP that it calls; `jobs` associations at the same time.

    Attributes:
        window: operations outstanding on each, for an SCU of ours.
        delay: milliseconds that each way between the two takes.
    """

    scu: Maker
    scp: Maker
    jobs: int = 1
    window: int = 1
    delay: int = 0


def is_installed(maker: Maker) -> bool:
    """Tells whether the maker's programs are there."""
    if maker in (Maker.OURS, Maker.PYNETDICOM):
        return True
    return all(find_program(name) for name in ("echoscu", "storescu", "storescp"))


def peer_program(name: str) -> Path:
    """Gives the path of a peer's program.

    Raises:
        BenchmarkError: it is not installed.
    """
    found = find_program(name)
    if found is None:
        raise BenchmarkError(f"{name} is not installed")
    return found


def scu_command(
    maker: Maker, port: int, workload: Workload, paths: list[Path], jobs: int = 1, window: int = 1
) -> list[str]:
    """Gives the command line that does a workload; `paths` are its files, or the one folder that holds them."""
    address = [_HOST, str(port)]
    if not workload.is_store:
        repeat = ["--repeat", str(workload.count)]
        match maker:
            case Maker.OURS:
                return [sys.executable, "-m", "workbench", "echoscu", *repeat, *address]
            case Maker.PYNETDICOM:
                return [sys.executable, "-m", "pynetdicom", "echoscu", *repeat, *address]
        tuning = [] if maker is Maker.DCMTK_DEFAULT else ["--max-pdu", _MAX_PDU]
        return [str(peer_program("echoscu")), *tuning, *repeat, *address]
    names = [str(path) for path in paths]
    match maker:
        case Maker.OURS:
            several = ["--jobs", str(jobs), "--window", str(window)]
            return [sys.executable, "-m", "workbench", "storescu", "+sd", *several, *address, *names]
        case Maker.PYNETDICOM:
            return [sys.executable, "-m", "pynetdicom", "storescu", "-cx", *address, *names]
    tuning = [] if maker is Maker.DCMTK_DEFAULT else ["--max-pdu", _MAX_PDU]
    return [str(peer_program("storescu")), *tuning, "+sd", *address, *names]


def scp_command(maker: Maker, port: int, folder: Path) -> list[str]:
    """Gives the command line of a storage SCP that writes into `folder`."""
    match maker:
        case Maker.OURS:
            narrowed = ["--bind", _HOST, "--max-associations", "256"]
            return [sys.executable, "-m", "workbench", "storescp", *narrowed, "-od", str(folder), "0"]
        case Maker.PYNETDICOM:
            return [sys.executable, "-m", "pynetdicom", "storescp", "-q", "-od", str(folder), str(port)]
        case Maker.DCMTK_DEFAULT:
            return [str(peer_program("storescp")), "-od", str(folder), str(port)]
    fork = ["--fork"] if maker is Maker.DCMTK_FORKING else []
    return [str(peer_program("storescp")), *fork, "+B", "--max-pdu", _MAX_PDU, "-od", str(folder), str(port)]


class Process:
    """A program under way; its words go into a file, which is shown when it fails."""

    def __init__(self, command: list[str], maker: Maker, words: Path) -> None:
        self.command = command
        self.words = words
        self.begin = time.perf_counter()
        with words.open("wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=maker.environment
            )

    @property
    def identifier(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def wait(self) -> float:
        """Gives the seconds from its start to its end.

        Raises:
            BenchmarkError: its exit code was not 0.
        """
        try:
            code = self._process.wait(_RUN_WITHIN)
        except subprocess.TimeoutExpired:
            self.end(signal.SIGKILL)
            raise self.failure("did not end") from None
        seconds = time.perf_counter() - self.begin
        if code:
            raise self.failure(f"ended with {code}")
        return seconds

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends it, at last by force."""
        if self.is_running:
            self._process.send_signal(how)
            try:
                self._process.wait(_STOP_WITHIN)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def failure(self, problem: str) -> BenchmarkError:
        """The error that shows the command and its last words."""
        words = self.words.read_text(errors="replace")[-1000:]
        return BenchmarkError(f"{' '.join(self.command[:8])} … {problem}\n{words}")


class Scp:
    """A running SCP; used as a context manager, which ends it. Its port is a free one of the moment."""

    def __init__(self, maker: Maker, folder: Path) -> None:
        self.maker = maker
        self.objects = folder / "objects"
        self.objects.mkdir()
        self._words = folder / "scp.txt"
        self.port = 0 if maker is Maker.OURS else _free_port()
        self.process = Process(scp_command(maker, self.port, self.objects), maker, self._words)

    def __enter__(self) -> Self:
        deadline = time.monotonic() + _READY_WITHIN
        while not self._is_ready():
            if not self.process.is_running or time.monotonic() > deadline:
                self.process.end(signal.SIGKILL)
                raise self.process.failure("did not begin to listen")
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.end()

    def take_objects(self) -> int:
        """Removes what was received and gives the number of objects."""
        received = list(self.objects.iterdir())
        for path in received:
            path.unlink()
        return len(received)

    def _is_ready(self) -> bool:
        if self.maker is Maker.OURS:
            self.port = announced_port(self._words)
            return self.port != 0
        with socket.socket() as probe:
            return probe.connect_ex((_HOST, self.port)) == 0


class Delay:
    """A running proxy that delays what goes to a port and back; used as a context manager, which ends it."""

    def __init__(self, port: int, milliseconds: int, words: Path) -> None:
        command = [sys.executable, "-m", "tests.benchmark.delay", str(port), str(milliseconds)]
        self._words = words
        self._process = Process(command, Maker.OURS, words)
        self.port = 0

    def __enter__(self) -> Self:
        deadline = time.monotonic() + _READY_WITHIN
        while (port := announced_port(self._words)) == 0:
            if not self._process.is_running or time.monotonic() > deadline:
                self._process.end(signal.SIGKILL)
                raise self._process.failure("did not begin to listen")
            time.sleep(0.01)
        self.port = port
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.end()


def announced_port(words: Path) -> int:
    """Gives the port of which a program has said that it listens there; 0 before."""
    for line in words.read_text(errors="replace").splitlines(keepends=True):
        if line.startswith(_ANNOUNCEMENT) and line.endswith("\n"):
            return int(line.rpartition(":")[2])
    return 0


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind((_HOST, 0))
        port: int = sock.getsockname()[1]
        return port
