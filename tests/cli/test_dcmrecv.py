"""dwb dcmrecv, as the process that it is; what it has in common with DCMTK's is in tests/interop."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.cli.events import failed_start
from tests.cli.listening import Tool, on_loopback
from tests.interop.receivers import Sent, sending
from tests.services.storage import laid_out
from workbench.cli.dcmrecv import main
from workbench.cli.echoscu import main as echoscu
from workbench.config import LocalAe, Node
from workbench.errors import AssociationRejected
from workbench.net.requestor import connect
from workbench.services.verification import VERIFICATION_CONTEXTS

pytestmark = pytest.mark.slow
Capture = pytest.CaptureFixture[str]
PLAIN = Sent(laid_out.data_set())
CONFIGURATION = f"""[[TransferSyntaxes]]
[All]
TransferSyntax1 = 1.2.840.10008.1.2.1
TransferSyntax2 = 1.2.840.10008.1.2
[[PresentationContexts]]
[All]
PresentationContext1 = 1.2.840.10008.1.1\\All
PresentationContext2 = {laid_out.CT}\\All
[[Profiles]]
[All]
PresentationContexts = All
"""


@pytest.fixture
def profile(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "scp.cfg").write_text(CONFIGURATION)
    (tmp_path / "archive").mkdir()
    return "-xf", str(tmp_path / "scp.cfg"), "All", "-od", str(tmp_path / "archive")


def store(tool: Tool, *objects: Sent) -> list[int | str]:
    return sending(objects)(int(tool.port))


def test_objects_are_received_by_a_profile_and_told(tmp_path: Path, profile: tuple[str, ...]) -> None:
    with on_loopback(*profile, "-v", tool="dcmrecv") as tool:
        assert store(tool, PLAIN) == [0]
        assert echoscu(["127.0.0.1", tool.port]) == 0
        found, said = tool.stop()
        assert tool.process.returncode == 0
    path = tmp_path / "archive" / "CT.1.2.3.4.5.6"
    assert path.read_bytes().endswith(PLAIN.data)
    assert f"I: Stored received object to file: {path}" in said
    assert [each["file"] for each in found if each.get("command") == "C-STORE-RQ"] == [str(path)]


def test_what_is_replaced_is_kept_and_told(tmp_path: Path, profile: tuple[str, ...]) -> None:
    with on_loopback(*profile, tool="dcmrecv") as tool:
        assert store(tool, PLAIN, Sent(laid_out.of_study("1.2.9", laid_out.UID, "Other"))) == [0, 0]
        _, said = tool.stop()
    kept = tmp_path / "archive" / ".replaced" / "CT.1.2.3.4.5.6.1"
    assert re.search(rf"W: file already exists, overwriting: \S+ \(.* is kept as {kept}\)", said)
    assert kept.exists()


def test_without_a_profile_it_says_that_it_only_echoes(tmp_path: Path) -> None:
    with on_loopback("-od", str(tmp_path), tool="dcmrecv") as tool:
        assert "W: no configuration file specified, SCP will only support the Verification SOP Class" in tool.said
        assert store(tool, PLAIN) == ["AssociationRejected"]
        tool.stop()


@pytest.mark.parametrize(
    ("arguments", "is_let_in"),
    [((), True), (("-aet", "OURS"), False), (("-aet", "OURS", "-uca"), True), (("-uca", "-aet", "OTHER"), True)],
)
def test_a_called_title_counts_when_it_was_given(
    tmp_path: Path, profile: tuple[str, ...], arguments: tuple[str, ...], is_let_in: bool
) -> None:
    async def ask(port: int) -> tuple[int, int, int] | None:
        node = Node(name="tool", host="127.0.0.1", port=port, ae_title="OTHER")
        try:
            async with connect(node, VERIFICATION_CONTEXTS, local=LocalAe()):
                return None
        except AssociationRejected as error:
            return error.result, error.source, error.reason

    with on_loopback(*profile, *arguments, tool="dcmrecv") as tool:
        assert asyncio.run(ask(int(tool.port))) == (None if is_let_in else (1, 1, 7))
        tool.stop()


def test_ignored_objects_leave_nothing(tmp_path: Path, profile: tuple[str, ...]) -> None:
    with on_loopback(*profile, "--ignore", tool="dcmrecv") as tool:
        assert "W: objects are answered with success and not kept" in tool.said
        assert store(tool, PLAIN) == [0]
        tool.stop()
    assert list((tmp_path / "archive").iterdir()) == []


def test_keys_that_do_not_fit_have_an_exit_code(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "key.pem").write_text("no key")
    assert main(["0", "+tls", str(tmp_path / "key.pem"), str(tmp_path / "key.pem")]) == 71
    assert "F: " in capsys.readouterr().err


def test_wrong_command_line_is_named(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["104", "+B", "+ssd"])
    assert "--bit-preserving and --series-date-subdir exclude each other" in failed_start(capsys, caught)
