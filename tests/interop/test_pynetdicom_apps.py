"""pynetdicom's applications, run as the programs that they are, with each of the nine tools."""

import contextlib
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.option_running import Run, run_tool
from tests.interop.peers import PATIENCE, free_port, listening
from tests.support.instances import data_set_bytes, make_instance
from workbench.storage.part10 import scan

pytestmark = [pytest.mark.interop, pytest.mark.slow]

STUDY = "1.2.826.0.1.3680043.10.777.5"
_QRSCP = """[DEFAULT]
ae_title: QRSCP
port: {port}
max_pdu: 16382
acse_timeout: 30
dimse_timeout: 30
network_timeout: 30
bind_address: 127.0.0.1
instance_location: {folder}/instances
database_location: {folder}/instances.sqlite
log_identifier: False

[MOVESCU]
address: 127.0.0.1
port: {destination}
"""
_PROFILE = """[[TransferSyntaxes]]
[Any]
TransferSyntax1 = LittleEndianExplicit
TransferSyntax2 = LittleEndianImplicit
[[PresentationContexts]]
[Contexts]
PresentationContext1 = CTImageStorage\\Any
PresentationContext2 = VerificationSOPClass\\Any
[[Profiles]]
[Received]
PresentationContexts = Contexts
"""


def application(name: str, *arguments: str | Path) -> list[str | Path]:
    """Gives the command line of an application."""
    return [sys.executable, "-m", "pynetdicom", name, *arguments]


def run_application(name: str, *arguments: str | Path) -> str:
    """Runs an application that calls to its end, which must be a success; gives what it said."""
    finished = subprocess.run(
        application(name, *arguments, "-v"), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    said = finished.stdout + finished.stderr
    assert finished.returncode == 0, said
    return said


@pytest.fixture
def instances(tmp_path: Path) -> list[Path]:
    """Two CT images of one study."""
    folder = tmp_path / "sent"
    folder.mkdir()
    return [make_instance(folder / f"{number}.dcm", "CT", study_uid=STUDY) for number in (1, 2)]


@pytest.fixture
def storescp(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The application storescp: its port and its folder."""
    folder = tmp_path / "received"
    folder.mkdir()
    log = tmp_path / "storescp.log"
    with listening(log, lambda port: application("storescp", str(port), "-ba", "127.0.0.1", "-od", folder)) as port:
        yield port, folder


@pytest.fixture
def echoscp(tmp_path: Path) -> Iterator[int]:
    """The port of the application echoscp."""
    with listening(
        tmp_path / "echoscp.log", lambda port: application("echoscp", str(port), "-ba", "127.0.0.1")
    ) as port:
        yield port


class Archive:
    """The application qrscp, with the two images in it; it sends those who ask as MOVESCU to `destination`."""

    def __init__(self, port: int, destination: int) -> None:
        self.port = port
        self.destination = destination


@pytest.fixture
def qrscp(tmp_path: Path, instances: list[Path]) -> Iterator[Archive]:
    """Runs qrscp and fills it by our storescu."""
    folder = tmp_path / "qrscp"
    folder.mkdir()
    destination = free_port()

    def command(port: int) -> list[str | Path]:
        text = _QRSCP.format(port=port, folder=folder, destination=destination)
        (folder / "qrscp.ini").write_text(text, encoding="utf-8")
        return application("qrscp", "-c", folder / "qrscp.ini")

    with listening(tmp_path / "qrscp.log", command) as port:
        sent = run_tool("storescu", ["-aec", "QRSCP", "127.0.0.1", str(port), *map(str, instances)], tmp_path)
        assert sent.exit == 0, sent
        yield Archive(port, destination)


def uids(folder: Path) -> set[str]:
    """Gives the SOP Instance UIDs of the files in a folder."""
    return {scan(path).sop_instance_uid for path in folder.iterdir()}


def succeeded(run: Run) -> Run:
    assert run.exit == 0, run
    return run


def test_echoscu_asks_echoscp(echoscp: int, tmp_path: Path) -> None:
    said = succeeded(run_tool("echoscu", ["127.0.0.1", str(echoscp), "-v", "--repeat", "3"], tmp_path)).err
    assert said.count("Received Echo Response (Success)") == 3


def test_termscu_tells_that_echoscp_stays(echoscp: int, tmp_path: Path) -> None:
    run = run_tool("termscu", ["127.0.0.1", str(echoscp)], tmp_path)
    assert run.exit == 1
    assert "still listens" in run.err
    succeeded(run_tool("echoscu", ["127.0.0.1", str(echoscp)], tmp_path))


@pytest.mark.parametrize("tool", ["storescu", "dcmsend"])
def test_what_is_sent_arrives_at_storescp(
    tool: str, storescp: tuple[int, Path], instances: list[Path], tmp_path: Path
) -> None:
    port, folder = storescp
    succeeded(run_tool(tool, ["127.0.0.1", str(port), *map(str, instances)], tmp_path))
    assert uids(folder) == uids(instances[0].parent)
    if tool == "storescu":  # dcmsend lets the node choose among the uncompressed transfer syntaxes
        assert sorted(map(data_set_bytes, folder.iterdir())) == sorted(map(data_set_bytes, instances))


def test_findscu_finds_in_qrscp(qrscp: Archive, tmp_path: Path) -> None:
    query = ["-S", "-aec", "QRSCP", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID", "-k", "PatientID"]
    said = succeeded(run_tool("findscu", [*query, "127.0.0.1", str(qrscp.port)], tmp_path)).err
    assert f"[{STUDY}]" in said
    assert said.count("Find Response: ") == len(list((tmp_path / "sent").iterdir()))  # qrscp gives one for each image


def test_getscu_retrieves_from_qrscp(qrscp: Archive, instances: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "got"
    folder.mkdir()
    keys = ["-S", "-aec", "QRSCP", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={STUDY}"]
    succeeded(run_tool("getscu", [*keys, "-od", "got", "127.0.0.1", str(qrscp.port)], tmp_path))
    assert uids(folder) == uids(instances[0].parent)


def test_movescu_lets_qrscp_send_to_it(qrscp: Archive, instances: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "moved"
    folder.mkdir()
    keys = ["-S", "-aec", "QRSCP", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={STUDY}"]
    receiving = ["+P", str(qrscp.destination), "-od", "moved"]
    succeeded(run_tool("movescu", [*keys, *receiving, "127.0.0.1", str(qrscp.port)], tmp_path))
    assert uids(folder) == uids(instances[0].parent)


@pytest.mark.parametrize("tool", ["storescp", "dcmrecv"])
def test_what_storescu_sends_is_received(tool: str, instances: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "received"
    folder.mkdir()
    (tmp_path / "scp.cfg").write_text(_PROFILE, encoding="ascii")
    profile = ["-xf", "scp.cfg", "Received"] if tool == "dcmrecv" else []
    said = io.StringIO()

    def call(port: int) -> None:
        run_application("echoscu", "127.0.0.1", str(port))
        for path in instances:
            said.write(run_application("storescu", "127.0.0.1", str(port), path))

    with contextlib.closing(said):
        run = run_tool(
            tool, [*profile, "-od", "received", "--bind", "127.0.0.1", "-v", "0"], tmp_path, while_serving=call
        )
        assert said.getvalue().count("0x0000") == len(instances), said.getvalue()
    succeeded(run)
    assert run.err.upper().count("ECHO REQUEST (MSGID") == 1
    assert uids(folder) == uids(instances[0].parent)
