"""Options that all tools share."""

import pytest

from tests.cli.events import failed_start
from workbench.cli.options import (
    MAX_PDU_LENGTH,
    Parser,
    add_general_options,
    add_requestor_options,
    listening_port,
    timeouts,
    version,
)
from workbench.cli.output import Level
from workbench.config import Timeouts


def parser() -> Parser:
    parser = Parser("tool", "Tests options.")
    add_general_options(parser)
    add_requestor_options(parser, ae_title="TOOL")
    return parser


def test_defaults_are_dcmtks_but_for_finite_timeouts_and_a_larger_pdu() -> None:
    options = parser().parse_args(["host", "104"])
    assert (options.peer, options.port) == ("host", 104)
    assert (options.aetitle, options.call) == ("TOOL", "ANY-SCP")
    assert (options.max_pdu, options.repeat, options.level) == (MAX_PDU_LENGTH, 1, Level.WARNING)
    assert timeouts(options) == Timeouts(connect=10, acse=30, dimse=60, idle=60)


@pytest.mark.parametrize(
    "line",
    [
        "-aet ME -aec YOU -pdu 16384 -to 1 -ta 2 -td 3 -v --repeat 4 --json host 104",
        "host 104 --aetitle ME --call YOU --max-pdu 16384 --timeout 1 --acse-timeout 2 --dimse-timeout 3 --verbose"
        " --repeat 4 --json",
    ],
)
def test_short_and_long_spellings_mean_the_same(line: str) -> None:
    options = parser().parse_args(line.split())
    assert (options.aetitle, options.call, options.max_pdu, options.repeat) == ("ME", "YOU", 16384, 4)
    assert timeouts(options) == Timeouts(connect=1, acse=2, dimse=3, idle=3)
    assert (options.level, options.json) == (Level.INFO, True)


@pytest.mark.parametrize(("flags", "level"), [("-v -q", Level.FATAL), ("-q -d", Level.DEBUG), ("-d -v", Level.INFO)])
def test_of_options_that_exclude_each_other_the_last_one_wins(flags: str, level: Level) -> None:
    assert parser().parse_args(["host", "104", *flags.split()]).level is level


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("host", "port"),
        ("host port", "'port' is not a port"),
        ("host 0", "0 is not a port"),
        ("host 65536", "65536 is not a port"),
        ("host 104 -pdu 4095", "4095 is not a PDU length"),
        ("host 104 -td 0", "'0' is not a time"),
        ("host 104 -td nan", "'nan' is not a time"),
        ("host 104 -to soon", "'soon' is not a time"),
        ("host 104 --repeat 0", "0 is not a count"),
        ("host 104 --no-such-option", "--no-such-option"),
        ("host 104 --dimse 5", "--dimse"),
        ("host 104 -aet", "-aet"),
    ],
)
def test_wrong_command_line_is_named_and_ends_with_1(
    line: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args(line.split())
    said = failed_start(capsys, caught)
    assert problem in said
    assert "--help" in said


def test_unlimited_pdu_length_and_free_port_are_allowed() -> None:
    assert parser().parse_args(["host", "104", "-pdu", "0"]).max_pdu == 0
    assert listening_port("0") == 0


@pytest.mark.parametrize("flag", ["--version", "--help", "-h"])
def test_version_and_help_end_with_0(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args([flag])
    assert not caught.value.code
    assert capsys.readouterr().out


def test_version_names_the_program() -> None:
    assert version().startswith("DICOM Workbench ")
    assert version().split()[-1][0].isdigit()
