"""Starts peers of other makers on free ports of loopback and ends them."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

PeerTool = Callable[[str], Path]

PATIENCE = 30.0  # seconds that a peer gets to start, on a busy machine
_ATTEMPTS = 5  # a port found free may be taken before the peer has it
# DCMTK leaves Nagle's algorithm on unless told otherwise, which costs 44 ms a message.
_ENVIRONMENT = {**os.environ, "TCP_NODELAY": "1"}


def free_port() -> int:
    """Gives a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@contextmanager
def listening(
    log: Path, command: Callable[[int], list[str | Path]], environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Runs a peer that listens on the port that `command` is given, and gives the port once it answers."""
    settings = {**_ENVIRONMENT, **(environment or {})}
    for _ in range(_ATTEMPTS):
        port = free_port()
        with log.open("ab") as output:
            process = subprocess.Popen(command(port), stdout=output, stderr=output, env=settings)
        try:
            if _answers(process, port):
                yield port
                return
        finally:
            process.terminate()
            process.wait(PATIENCE)
    raise AssertionError(f"the peer does not start: {log.read_text(errors='replace')[-2000:]}")


def run(*command: str | Path) -> str:
    """Runs a peer's tool to its end, which must be a success, and gives what it said."""
    finished = subprocess.run(
        command, capture_output=True, env=_ENVIRONMENT, timeout=PATIENCE, check=False, text=True, errors="replace"
    )
    said = finished.stdout + finished.stderr
    assert finished.returncode == 0, f"{command[0]} ended with {finished.returncode}: {said[-2000:]}"
    return said


class Orthanc:
    """A running Orthanc: its DICOM port, and its REST interface."""

    def __init__(self, dicom_port: int, http_port: int) -> None:
        self.port = dicom_port
        self._root = f"http://127.0.0.1:{http_port}"

    def get(self, path: str) -> bytes:
        """Gives what is at a path."""
        with urllib.request.urlopen(self._root + path, timeout=PATIENCE) as response:
            return bytes(response.read())

    def ask(self, path: str, body: object, method: str = "POST") -> Any:
        """Sends JSON and gives the JSON that comes back, None when nothing does."""
        request = urllib.request.Request(self._root + path, json.dumps(body).encode(), method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            answer = response.read()
        return json.loads(answer) if answer.strip() else None

    def import_file(self, path: Path) -> str:
        """Stores a file and gives Orthanc's name for it."""
        request = urllib.request.Request(f"{self._root}/instances", path.read_bytes(), method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return str(json.loads(response.read())["ID"])

    def instances(self) -> dict[str, str]:
        """Gives Orthanc's name of each instance it holds, by SOP Instance UID."""
        listed = json.loads(self.get("/instances?expand"))
        return {one["MainDicomTags"]["SOPInstanceUID"]: one["ID"] for one in listed}


@contextmanager
def orthanc(program: Path, folder: Path, settings: Mapping[str, object] | None = None) -> Iterator[Orthanc]:
    """Runs an Orthanc that takes everything and keeps it in the folder; `settings` are added to its configuration."""
    http_ports: list[int] = []

    def command(port: int) -> list[str | Path]:
        http_ports.append(free_port())
        configuration = {
            "Name": "test",
            "StorageDirectory": str(folder / "store"),
            "IndexDirectory": str(folder / "store"),
            "DicomAet": "ORTHANC",
            "DicomPort": port,
            "DicomCheckCalledAet": False,
            "DicomAlwaysAllowEcho": True,
            "DicomAlwaysAllowStore": True,
            "UnknownSopClassAccepted": True,
            "DeflatedTransferSyntaxAccepted": True,
            "OverwriteInstances": True,
            "HttpPort": http_ports[-1],
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "DicomScuTimeout": 10,
            **(settings or {}),
        }
        path = folder / "orthanc.json"
        path.write_text(json.dumps(configuration))
        return [program, path]

    with listening(folder / "orthanc.log", command) as port:
        _wait_for_http(http_ports[-1])
        yield Orthanc(port, http_ports[-1])


def assert_same_elements(ours: Dataset, theirs: Dataset) -> None:
    """Compares two data sets element by element, whatever their encodings; group lengths do not count."""
    left = {element.tag: element for element in ours if element.tag.element != 0}
    right = {element.tag: element for element in theirs if element.tag.element != 0}
    assert left.keys() == right.keys()
    for tag, element in left.items():
        other = right[tag]
        assert element.VR == other.VR, tag
        if element.VR == "SQ":
            assert len(element.value) == len(other.value), tag
            for item, other_item in zip(element.value, other.value, strict=True):
                assert_same_elements(item, other_item)
        else:
            assert element.value == other.value, tag


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)  # nothing tells when another maker's program listens
        else:
            return True
    return False


def _wait_for_http(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/system", timeout=PATIENCE).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "Orthanc's REST interface does not answer"
            time.sleep(0.05)
