"""dwb storescp, as the process that it is."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.events import failed_start, names
from tests.cli.listening import on_loopback, running
from tests.support.instances import data_set_bytes, make_instance
from workbench.cli.echoscu import main as echoscu
from workbench.cli.storescp import main
from workbench.cli.storescu import main as storescu
from workbench.config import LocalAe, Node
from workbench.net.requestor import connect
from workbench.services.verification import VERIFICATION_CONTEXTS

pytestmark = pytest.mark.slow
Capture = pytest.CaptureFixture[str]


def test_objects_are_received_and_told(tmp_path: Path) -> None:
    sent, archive = make_instance(tmp_path / "ct.dcm", "CT"), tmp_path / "archive"
    archive.mkdir()
    with on_loopback("-od", str(archive), "-v") as tool:
        assert storescu(["127.0.0.1", tool.port, str(sent), "-aet", "US"]) == 0
        (path,) = archive.iterdir()
        assert re.fullmatch(r"CT\.[0-9.]+", path.name)
        assert data_set_bytes(path) == data_set_bytes(sent)
        assert echoscu(["127.0.0.1", tool.port]) == 0
        found, said = tool.stop()
        assert tool.process.returncode == 0
    assert names(found) == ["associated", "received", "released", "associated", "received", "released", "summary"]
    associated, received, *_, summary = found
    assert (associated["calling"], associated["called"]) == ("US", "ANY-SCP")
    assert received["file"] == str(path)
    assert (received["sop_class"], received["status"]) == ("1.2.840.10008.5.1.4.1.1.2", 0)
    assert received["sop_instance"] == path.name.removeprefix("CT.")
    assert found[4]["command"] == "C-ECHO-RQ"
    assert (summary["received"], summary["refused"]) == (1, 0)
    assert f"I: storing DICOM file: {path}" in said


def test_server_that_is_open_to_all_says_so_in_one_line(tmp_path: Path) -> None:
    with running("-od", str(tmp_path)) as tool:
        assert tool.said.count("\n") == 1
        assert tool.said.startswith("W: this server listens on all interfaces")
        assert tool.host in ("[::]", "0.0.0.0")
        assert echoscu(["127.0.0.1", tool.port]) == 0
        tool.stop()
    everything = ["--bind", "127.0.0.1", "--allow-calling", "US", "--allow-host", "127.0.0.1"]
    with running("-od", str(tmp_path), *everything) as tool:
        assert tool.said == ""
        tool.stop()


def test_strangers_are_rejected(tmp_path: Path, capsys: Capture) -> None:
    with on_loopback("-od", str(tmp_path), "--allow-calling", "US", "--allow-calling", "THEM") as tool:
        assert echoscu(["127.0.0.1", tool.port, "-aet", "THEM"]) == 0
        assert echoscu(["127.0.0.1", tool.port, "-aet", "STRANGER"]) == 1
        found, said = tool.stop()
    assert "calling AE title not recognized (1/1/3)" in capsys.readouterr().err
    assert names(found) == ["associated", "received", "released", "rejected", "summary"]
    assert "calling AE title not recognized (1/1/3)" in said
    with on_loopback("-od", str(tmp_path), "--allow-host", "192.0.2.0/24") as tool:
        assert echoscu(["127.0.0.1", tool.port]) == 1
        tool.stop()


def test_limit_of_associations_is_answered(tmp_path: Path, capsys: Capture) -> None:
    sent = make_instance(tmp_path / "ct.dcm", "CT")
    with on_loopback("-od", str(tmp_path), "--max-associations", "1") as tool:
        assert storescu(["127.0.0.1", tool.port, str(sent), "--repeat", "20", "--jobs", "3"]) == 0
        found, _ = tool.stop()
    assert names(found).count("received") == 20
    assert names(found).count("rejected") == capsys.readouterr().err.count("local limit exceeded (2/3/2)") == 2


def test_refused_object_is_told(tmp_path: Path, capsys: Capture) -> None:
    sent, archive = make_instance(tmp_path / "ct.dcm", "CT"), tmp_path / "archive"
    archive.mkdir()
    sent.write_bytes(sent.read_bytes()[:-7])
    with on_loopback("-od", str(archive)) as tool:
        assert storescu(["127.0.0.1", tool.port, "--no-structure-check", str(sent)]) == 0xC0
        found, said = tool.stop()
    assert "C000H" in capsys.readouterr().err
    assert found[1]["status"] == 0xC000
    assert "file" not in found[1]
    assert "E: refused an object of STORESCU: C000H" in said
    with on_loopback("-od", str(archive), "--no-structure-check") as tool:
        assert storescu(["127.0.0.1", tool.port, "--no-structure-check", str(sent)]) == 0
        tool.stop()
    assert len(list(archive.iterdir())) == 1


def test_ignored_objects_leave_nothing(tmp_path: Path) -> None:
    sent, archive = make_instance(tmp_path / "ct.dcm", "CT"), tmp_path / "archive"
    archive.mkdir()
    with on_loopback("-od", str(archive), "--ignore") as tool:
        assert storescu(["127.0.0.1", tool.port, str(sent)]) == 0
        found, _ = tool.stop()
    assert (found[-1]["received"], found[-1]["not_kept"]) == (1, 1)
    assert list(archive.iterdir()) == []
    assert any(each["event"] == "warning" and "--ignore" in str(each["reason"]) for each in found)
    (one,) = (each for each in found if each["event"] == "received")
    assert (one["status"], one["kept"], one["reason"]) == (0, False, "acknowledged, not kept")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_waits_for_associations_and_the_second_does_not(tmp_path: Path, number: signal.Signals) -> None:
    with on_loopback("-od", str(tmp_path)) as tool:
        # An echo SCU that never releases: it is in the middle of very many echoes.
        command = [sys.executable, "-m", "workbench", "echoscu", "127.0.0.1", tool.port, "--repeat", "10000000"]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as other:
            tool.wait_for("received")
            tool.process.send_signal(number)
            tool.wait_for("received")
            assert tool.process.poll() is None
            begin = time.monotonic()
            os.kill(tool.process.pid, number)
            found, _ = tool.stop(number)
            assert time.monotonic() - begin < 20  # well below the 30 s of grace
            assert tool.process.returncode == 0
            other.communicate(timeout=60)
            assert other.returncode == 70
    assert found[-1]["event"] == "summary"
    assert "aborted" in names(found)


def test_port_in_use_is_told(tmp_path: Path, capsys: Capture) -> None:
    with on_loopback("-od", str(tmp_path)) as tool:
        assert main([tool.port, "--bind", "127.0.0.1", "-od", str(tmp_path)]) == 1
        assert "F: cannot listen on 127.0.0.1" in capsys.readouterr().err
        tool.stop()


def test_folder_must_exist(tmp_path: Path, capsys: Capture) -> None:
    assert main(["0", "-od", str(tmp_path / "missing")]) == 1
    assert f"F: {tmp_path / 'missing'}: there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "problem"),
    [("", "port"), ("65536", "65536 is not a port"), ("104 --max-associations 0", "0 is not a count")],
)
def test_wrong_command_line_is_named(line: str, problem: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(line.split())
    assert problem in failed_start(capsys, caught)


def test_wrong_host_is_named(tmp_path: Path, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["0", "-od", str(tmp_path), "--allow-host", "not an address"])
    assert "'not an address' is not an address" in failed_start(capsys, caught)


@pytest.mark.parametrize(("granted", "window"), [((), 8), (("--window", "3"), 3), (("--window", "1"), 1)])
def test_window_is_granted_to_who_asks_for_it(tmp_path: Path, granted: tuple[str, ...], window: int) -> None:
    async def ask(node: Node) -> tuple[int, int]:
        async with connect(node, VERIFICATION_CONTEXTS, local=LocalAe(), window=(8, 1)) as association:
            return association.agreement.window

    with on_loopback("-od", str(tmp_path), *granted) as tool:
        node = Node(name="tool", host="127.0.0.1", port=int(tool.port), ae_title="STORESCP")
        assert asyncio.run(ask(node)) == (window, 1)
        tool.stop()
