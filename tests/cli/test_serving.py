"""What serving tools share: the AE that the options name. How they serve is tested with each of them."""

import json

import pytest

from tests.cli.events import failed_start
from workbench.acse.policy import Policy
from workbench.cli.output import Level, Output
from workbench.cli.parser import Parser
from workbench.cli.serving import Serving, acceptor, add_acceptor_options
from workbench.config import LocalAe
from workbench.net.server import ScpServer
from workbench.services.storage.scp import ReceivedObject
from workbench.trace.recorder import Recorder


def parser() -> Parser:
    made = Parser("tool", "A tool of the test.")
    add_acceptor_options(made, ae_title="TOOL")
    return made


def test_without_options_anyone_is_served_on_all_interfaces() -> None:
    local = acceptor(parser().parse(["104"])).local
    assert (local.ae_title, local.bind, local.port) == ("TOOL", "", 104)
    assert (local.allowed_calling, local.allowed_hosts, local.commitment) == (None, None, False)


def test_the_options_narrow_whom_it_serves() -> None:
    arguments = ["0", "--allow-calling", "CT1", "--allow-calling", "MR1", "--allow-host", "192.0.2.0/24", "-td", "5"]
    local = acceptor(parser().parse(arguments), commitment=True).local
    assert (local.allowed_calling, local.allowed_hosts) == (("CT1", "MR1"), ("192.0.2.0/24",))
    assert (local.timeouts.dimse, local.timeouts.idle, local.commitment) == (5, 5, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["70000"], "70000 is not a port"),
        (["104", "--allow-host", "pacs1"], "'pacs1' is not an address or a network"),
        (["104", "--window", "0"], "0 is not a count"),
    ],
)
def test_a_wrong_value_is_named(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse(arguments)
    assert said in failed_start(capsys, caught)


def test_an_object_that_replaced_another_one_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    serving = Serving(LocalAe(), Output(level=Level.WARNING, as_json=True))
    serving.object_received(
        ReceivedObject(
            association=1,
            calling_ae_title="CT3",
            peer="127.0.0.1:4000",
            sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
            sop_instance_uid="1.2.3",
            transfer_syntax_uid="1.2.840.10008.1.2.1",
            status=0x0000,
            reason="",
            path="archive/CT.1.2.3",
            length=10,
            seconds=0.1,
            replaced="archive/.replaced/CT.1.2.3.1",
        )
    )
    out, said = capsys.readouterr()
    assert json.loads(out)["replaced"] == "archive/.replaced/CT.1.2.3.1"
    assert said == "W: archive/CT.1.2.3 replaced another object, kept as archive/.replaced/CT.1.2.3.1\n"


def test_what_keeps_a_peer_out_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    serving = Serving(LocalAe(), Output(level=Level.WARNING, as_json=True))
    Recorder(serving.look).problem(3, "the peer uses TLS, and this end does not")
    said = capsys.readouterr()
    assert said.err == "W: association 3: the peer uses TLS, and this end does not\n"
    assert json.loads(said.out)["event"] == "problem"


@pytest.mark.parametrize(("level", "is_told"), [(Level.FATAL, False), (Level.ERROR, True), (Level.WARNING, True)])
async def test_where_it_listens_is_told_on_standard_error_unless_it_is_quiet(
    capsys: pytest.CaptureFixture[str], level: Level, is_told: bool
) -> None:
    local = LocalAe(bind="127.0.0.1", port=0)
    serving = Serving(local, Output(level=level, as_json=False))
    serving.stop()
    await serving.run(ScpServer(local, Policy(contexts={}), {}))
    said = capsys.readouterr()
    assert said.out == ""
    assert ("listening on 127.0.0.1:" in said.err) is is_told
    if not is_told:
        assert said.err == ""
