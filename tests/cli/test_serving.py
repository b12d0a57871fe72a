"""What serving tools share: the AE that the options name. How they serve is tested with each of them."""

import pytest

from tests.cli.events import failed_start
from workbench.cli.options import Parser
from workbench.cli.serving import add_acceptor_options, local_ae


def parser() -> Parser:
    made = Parser("tool", "A tool of the test.")
    add_acceptor_options(made, ae_title="TOOL")
    return made


def test_without_options_anyone_is_served_on_all_interfaces() -> None:
    local = local_ae(parser().parse_args(["104"]))
    assert (local.ae_title, local.bind, local.port) == ("TOOL", "", 104)
    assert (local.allowed_calling, local.allowed_hosts, local.commitment) == (None, None, False)


def test_the_options_narrow_whom_it_serves() -> None:
    arguments = ["0", "--allow-calling", "CT1", "--allow-calling", "MR1", "--allow-host", "192.0.2.0/24", "-td", "5"]
    local = local_ae(parser().parse_args(arguments), commitment=True)
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
        parser().parse_args(arguments)
    assert said in failed_start(capsys, caught)
