"""`dwb termscu`: exit codes and what it says; what a server does, tests/services tells."""

from pathlib import Path

import pytest

from tests.cli.background import address, background
from tests.cli.events import events
from tests.interop.peers import PeerTool, listening
from workbench.acse.policy import Policy
from workbench.cli.termscu import main
from workbench.uids import SHUTDOWN

Capture = pytest.CaptureFixture[str]


def test_a_server_that_goes_on_is_a_failure(capsys: Capture) -> None:
    with background() as node:
        assert main([*address(node), "--json"]) == 1
    said, err = capsys.readouterr()
    (event,) = events(said)
    assert (event["event"], event["acknowledged"], event["down"]) == ("shutdown", False, False)
    assert "F: the server does not know the request" in err


def test_to_be_acknowledged_is_enough_for_dcmtks_exit_code(capsys: Capture) -> None:
    with background(policy=Policy(contexts={SHUTDOWN: None})) as node:
        assert main([*address(node), "--compat-exit-codes"]) == 0
        assert main(address(node)) == 1


def test_nobody_there_is_a_failure(capsys: Capture, unused_tcp_port: int) -> None:
    assert main(["127.0.0.1", str(unused_tcp_port)]) == 1
    assert "F: Association Request Failed: 0006:031c" in capsys.readouterr().err


@pytest.mark.interop
@pytest.mark.parametrize(("flags", "code"), [([], 0), (["--compat-exit-codes"], 1)])
def test_dcmqrscp_shuts_down(flags: list[str], code: int, tmp_path: Path, peer_tool: PeerTool, capsys: Capture) -> None:
    store = tmp_path / "store"
    store.mkdir()
    configuration = tmp_path / "dcmqrscp.cfg"
    configuration.write_text(
        "MaxPDUSize = 16384\nMaxAssociations = 16\nHostTable BEGIN\nHostTable END\nVendorTable BEGIN\n"
        f"VendorTable END\nAETable BEGIN\nARCHIVE {store} RW (200, 1024mb) ANY\nAETable END\n"
    )
    program = peer_tool("dcmqrscp")
    command: list[str | Path] = [program, "--allow-shutdown", "-c", configuration]
    with listening(tmp_path / "log", lambda port: [*command, str(port)]) as port:
        assert main(["127.0.0.1", str(port), "-aec", "ARCHIVE", "-v", *flags]) == code
    assert "the server has shut down" in capsys.readouterr().err
