"""Options that all tools share, and those of all that call a node."""

import pytest

from tests.cli.events import failed_start
from workbench.cli.options import add_general_options
from workbench.cli.output import Level
from workbench.cli.parser import Parser
from workbench.cli.requesting import add_requestor_options, requestor
from workbench.cli.values import MAX_PDU_LENGTH
from workbench.config import SocketSettings, Timeouts
from workbench.errors import ConfigError

Capture = pytest.CaptureFixture[str]


def parser() -> Parser:
    parser = Parser("tool", "Tests options.")
    add_general_options(parser, verbose_contexts=True)
    add_requestor_options(parser, ae_title="TOOL")
    return parser


def test_defaults_are_dcmtks_but_for_finite_timeouts_and_a_larger_pdu() -> None:
    options = parser().parse(["host", "104"])
    caller = requestor(options)
    assert (caller.node.host, caller.node.port, caller.node.ae_title) == ("host", 104, "ANY-SCP")
    assert (caller.local.ae_title, caller.local.max_pdu_length) == ("TOOL", MAX_PDU_LENGTH)
    assert (options.repeat, options.level, options.abort) == (1, Level.WARNING, False)
    assert caller.local.timeouts == Timeouts(connect=10, acse=30, dimse=60, idle=60)
    assert caller.local.sockets == SocketSettings()


@pytest.mark.parametrize(
    "line",
    [
        "-aet ME -aec YOU -pdu 16384 --max-send-pdu 4096 -to 1 -ta 2 -td 3 -ts 4 -v --repeat 4 --json -i6 host 104",
        "host --aetitle ME --call YOU 104 --max-pdu 16384 --max-send-pdu=4096 --timeout 1 --acse-timeout 2"
        " --dimse-timeout 3 --socket-timeout=4 --verbose --repeat 4 --json --ipv6",
    ],
)
def test_short_and_long_spellings_mean_the_same(line: str) -> None:
    options = parser().parse(line.split())
    caller = requestor(options)
    assert (caller.local.ae_title, caller.node.ae_title) == ("ME", "YOU")
    assert (caller.local.max_pdu_length, caller.local.max_sent_pdu_length) == (16384, 4096)
    assert caller.local.timeouts == Timeouts(connect=1, acse=2, dimse=3, idle=4)
    assert caller.local.sockets.ip_version == "6"
    assert (options.level, options.json, options.repeat) == (Level.INFO, True, 4)


@pytest.mark.parametrize(("text", "idle"), [("0", 1e6), ("-1", 1e6), ("7", 7)])
def test_a_socket_timeout_can_be_switched_off(text: str, idle: float) -> None:
    assert requestor(parser().parse(["host", "104", "-ts", text])).local.timeouts.idle == idle


def test_without_a_socket_timeout_that_for_messages_holds() -> None:
    assert requestor(parser().parse(["host", "104", "-td", "5"])).local.timeouts.idle == 5


def test_without_a_timeout_for_messages_that_of_a_socket_holds() -> None:
    assert requestor(parser().parse(["host", "104", "-ts", "5"])).local.timeouts.dimse == 5


@pytest.mark.parametrize(
    ("flags", "level"),
    [
        ("-v -q", Level.FATAL),
        ("-q -d", Level.DEBUG),
        ("-d -v", Level.INFO),
        ("-d -ll trace", Level.TRACE),
        ("-ll error -v", Level.INFO),
        ("-ll Debug", Level.DEBUG),
    ],
)
def test_of_options_that_exclude_each_other_the_last_one_wins(flags: str, level: Level) -> None:
    assert parser().parse(["host", "104", *flags.split()]).level is level


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("host", "port"),
        ("host port", "'port' is not a port"),
        ("host 0", "0 is not a port"),
        ("host 65536", "65536 is not a port"),
        ("host 104 -pdu 4095", "4095 is not a PDU length"),
        ("host 104 --max-send-pdu 0", "0 is not a PDU length"),
        ("host 104 -td 0", "'0' is not a time"),
        ("host 104 -td nan", "'nan' is not a time"),
        ("host 104 -to soon", "'soon' is not a time"),
        ("host 104 --repeat 0", "0 is not a count"),
        ("host 104 -ll loud", "'loud' is none of fatal, error"),
        ("host 104 -lc file", "-lc/--log-config is not offered"),
        ("host 104 -aet MUCH\\TOO", "is no AE title"),
        ("host 104 +v", "+v/--verbose-pc needs -v"),
    ],
)
def test_a_wrong_value_is_named_and_ends_with_1(line: str, problem: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse(line.split())
    assert problem in failed_start(capsys, caught)


def test_an_unlimited_pdu_length_is_allowed() -> None:
    assert requestor(parser().parse(["host", "104", "-pdu", "0"])).local.max_pdu_length == 0


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TCP_BUFFER_LENGTH", "8192", SocketSettings(buffer=8192)),
        ("TCP_BUFFER_LENGTH", "0", SocketSettings(buffer=65536)),
        ("TCP_NODELAY", "0", SocketSettings(no_delay=False)),
        ("TCP_NODELAY", "1", SocketSettings()),
        ("TCP_NODELAY", "", SocketSettings()),
    ],
)
def test_the_environment_sets_sockets(
    name: str, value: str, expected: SocketSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert requestor(parser().parse(["host", "104"])).local.sockets == expected


def test_an_odd_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TCP_BUFFER_LENGTH", "large")
    with pytest.raises(ConfigError, match="TCP_BUFFER_LENGTH='large'"):
        requestor(parser().parse(["host", "104"]))
