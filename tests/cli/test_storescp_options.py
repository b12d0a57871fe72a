"""What dwb storescp does by its options, as the process that it is."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest

from tests.cli.events import names
from tests.cli.listening import Tool, on_loopback
from tests.interop.receivers import Sent, sending
from tests.services.storage import laid_out
from workbench.acse.negotiate import request_association
from workbench.cli.echoscu import main as echoscu
from workbench.cli.storescp import main
from workbench.cli.termscu import main as termscu
from workbench.config import LocalAe, Node
from workbench.net.requestor import connect
from workbench.services.verification import VERIFICATION_CONTEXTS
from workbench.upper_layer.pdu import encode_pdu

pytestmark = pytest.mark.slow
Capture = pytest.CaptureFixture[str]
PLAIN = Sent(laid_out.data_set())


def store(tool: Tool, *objects: Sent, calling: str = "SENDER") -> None:
    assert sending(objects, calling=calling)(int(tool.port)) == [0] * len(objects)


def of_study(study: str, number: int) -> Sent:
    uid = f"1.2.3.{number}"
    return Sent(laid_out.of_study(study, uid, "A"), uid)


@pytest.mark.parametrize("options", [("--single-process",), ("--fork", "--max-associations", "1")])
def test_one_association_at_a_time_and_the_others_wait(tmp_path: Path, options: tuple[str, ...]) -> None:
    async def come_together(port: int) -> list[str]:
        node = Node(name="tool", host="127.0.0.1", port=port, ae_title="STORESCP")
        said = []

        async def second() -> None:
            async with connect(node, VERIFICATION_CONTEXTS, local=LocalAe(ae_title="B")):
                said.append("second in")

        async with asyncio.TaskGroup() as group, connect(node, VERIFICATION_CONTEXTS, local=LocalAe(ae_title="A")):
            group.create_task(second())
            for _ in range(20):  # the second one is asked for meanwhile
                await asyncio.sleep(0)
            said.append("first out")
        return said

    with on_loopback("-od", str(tmp_path), *options) as tool:
        assert asyncio.run(come_together(int(tool.port))) == ["first out", "second in"]
        found, _ = tool.stop()
    assert [each for each in names(found) if each != "note"] == ["associated", "released"] * 2 + ["summary"]


@pytest.mark.parametrize("tool", ["storescp", "dcmrecv", "qrscp"])
def test_termscu_stops_it_only_when_it_may(tool: str, tmp_path: Path, capsys: Capture) -> None:
    with on_loopback("-od", str(tmp_path), tool=tool) as running:
        assert termscu(["127.0.0.1", running.port]) == 1
        assert echoscu(["127.0.0.1", running.port]) == 0
        running.stop()
    with on_loopback("-od", str(tmp_path), "--allow-shutdown", tool=tool) as running:
        assert termscu(["127.0.0.1", running.port]) == 0
        running.process.communicate(timeout=30)
        assert running.process.returncode == 0
    capsys.readouterr()


def test_inetd_is_refused_by_name_where_there_is_none(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.cli.storescp._HAS_INETD", False)
    with pytest.raises(SystemExit) as caught:
        main(["--inetd"])
    assert caught.value.code == 1
    assert "-id/--inetd is not offered: no connection is inherited on this system" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "answer", "note"),
    [
        ("--refuse", "AssociationRejected", "every association is rejected"),
        ("--abort-after", "AssociationAborted", "A-ABORT in place of the answer to an object"),
        ("--abort-during", "AssociationAborted", "A-ABORT when an object begins to come"),
        ("--sleep-after=1", 0, "1 s of waiting after an object was answered"),
        ("--sleep-during=1", 0, "1 s of waiting while an object comes"),
    ],
)
def test_faults_are_noted_as_such(tmp_path: Path, option: str, answer: int | str, note: str) -> None:
    with on_loopback("-od", str(tmp_path), option) as tool:
        assert sending((PLAIN,))(int(tool.port)) == [answer]
        found, _ = tool.stop()
    assert f"fault on purpose: {note}" in [each.get("reason") for each in found if each["event"] == "note"]
    assert len(list(tmp_path.iterdir())) == (1 if answer == 0 else 0)


def test_the_title_is_noted_in_files_when_it_was_given(tmp_path: Path) -> None:
    for arguments, expected in (((), None), (("-aet", "ARCHIVE"), "ARCHIVE")):
        with on_loopback("-od", str(tmp_path), *arguments) as tool:
            store(tool, PLAIN)
            tool.stop()
        meta = pydicom.dcmread(tmp_path / "CT.1.2.3.4.5.6").file_meta
        assert meta.get("ReceivingApplicationEntityTitle") == expected
        assert meta.SourceApplicationEntityTitle == "SENDER"


def test_a_uid_that_is_padded_with_a_space_is_told_unless_that_is_fine(tmp_path: Path) -> None:
    padded = Sent(laid_out.data_set("1.2.3.4.5").replace(b"1.2.3.4.5\0", b"1.2.3.4.5 "), "1.2.3.4.5")
    for arguments, is_told in (((), True), (("-up",), False)):
        with on_loopback("-od", str(tmp_path), *arguments) as tool:
            store(tool, padded)
            _, said = tool.stop()
        assert ("is padded with a space" in said) is is_told


def test_what_is_replaced_is_kept_and_told(tmp_path: Path) -> None:
    other = Sent(laid_out.of_study("1.2.9", laid_out.UID, "Other"))
    with on_loopback("-od", str(tmp_path)) as tool:
        store(tool, PLAIN, PLAIN, other)
        found, said = tool.stop()
    path, kept = tmp_path / "CT.1.2.3.4.5.6", tmp_path / ".replaced" / "CT.1.2.3.4.5.6.1"
    assert said.count(f"W: DICOM file already exists, overwriting: {path}") == 2
    assert f"is kept as {kept}" in said
    assert [each.get("replaced") for each in found if each["event"] == "received"] == [None, None, str(kept)]
    assert kept.read_bytes().endswith(PLAIN.data)


def test_dots_are_shown_where_people_look(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "workbench", "storescp", "0", "-v", "--bind", "127.0.0.1", "-od", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        tool = Tool(process)
        store(tool, PLAIN)
        process.terminate()
        out, _ = process.communicate(timeout=30)
    assert out == "RECV: .\n"


@pytest.mark.skipif(os.name != "posix", reason="inetd is there on POSIX systems only")
def test_an_inherited_connection_hears_nothing_but_dicom(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
    with near, far:
        command = [sys.executable, "-m", "workbench", "storescp", "--inetd", "-d", "--json", "-od", str(tmp_path)]
        with subprocess.Popen(command, stdin=far.fileno(), stdout=far.fileno(), stderr=far.fileno()) as process:
            far.close()
            near.sendall(b"\x01\0\0\0\0\x04 no ")  # a request that is none: it is rejected
            near.settimeout(30)
            heard = b""
            while data := near.recv(4096):
                heard += data
                if len(heard) >= 10:
                    near.shutdown(socket.SHUT_WR)
            assert process.wait(30) == 0
    assert heard[:6] == b"\x03\0\0\0\0\x04"
    assert len(heard) == 10


@pytest.mark.skipif(os.name != "posix", reason="inetd is there on POSIX systems only")
def test_events_of_an_inherited_connection_go_to_standard_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
    command = [sys.executable, "-m", "workbench", "storescp", "--inetd", "--json", "-od", str(tmp_path)]
    with (
        near,
        far,
        subprocess.Popen(command, stdin=far.fileno(), stdout=far.fileno(), stderr=subprocess.PIPE) as process,
    ):
        near.close()
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert b'"event": "summary"' in said


@pytest.mark.skipif(os.name != "posix", reason="inetd is there on POSIX systems only")
def test_an_inherited_connection_ends_by_a_signal(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
    command = [sys.executable, "-m", "workbench", "storescp", "--inetd", "-od", str(tmp_path)]
    with near, far, subprocess.Popen(command, stdin=far.fileno(), stderr=subprocess.PIPE) as process:
        far.close()
        request = request_association(called_ae_title="A", calling_ae_title="B", contexts=VERIFICATION_CONTEXTS)
        near.sendall(encode_pdu(request))
        near.settimeout(30)
        assert near.recv(1) == b"\x02"  # A-ASSOCIATE-AC
        process.terminate()
        near.shutdown(socket.SHUT_WR)  # after the signal, which so is no end by force
        assert process.wait(60) == 0


@pytest.mark.parametrize("stdin", [subprocess.DEVNULL, subprocess.PIPE])
def test_without_a_connection_there_is_nothing_to_inherit(stdin: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "workbench", "storescp", "--inetd", "-od", str(tmp_path)]
    finished = subprocess.run(
        command, stdin=stdin if stdin != subprocess.PIPE else None, input=b"" if stdin == subprocess.PIPE else None,
        capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    assert finished.returncode == 99
    assert b"there is no connection to inherit" in finished.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("104 --forked-child", "associations are served together in one"),
        ("104 +ac", "--allow-host names who is served"),
        ("104 -xcr 'a > b'", "no shell runs it"),
        ("104 -xcr ''", "the command is empty"),
        ("104 -ss ../x", "cannot be the beginning of a name"),
        ("104 -fe /x", "cannot be the end of a name"),
        ("104 -xcs true", "--exec-on-eostudy needs --sort-conc-studies"),
        ("", "port is missing"),
        ("104 +cl 1 +ti", "needs --write-xfer-deflated"),
    ],
)
def test_what_cannot_be_is_named(arguments: str, problem: str, capsys: Capture) -> None:
    import shlex

    with pytest.raises(SystemExit) as caught:
        main(shlex.split(arguments))
    assert caught.value.code == 1
    assert problem in capsys.readouterr().err


def test_other_hosts_are_let_in_again_by_the_option_further_right(tmp_path: Path) -> None:
    with on_loopback("-od", str(tmp_path), "--allow-host", "192.0.2.1", "-ac") as tool:
        assert echoscu(["127.0.0.1", tool.port]) == 0
        tool.stop()
