"""The options of movescu and their rules."""

import pytest

from tests.cli.events import failed_start
from workbench.cli.movescu_options import PATIENCE, make_parser

Capture = pytest.CaptureFixture[str]
WORDS = ["localhost", "104", "-k", "PatientID=1"]


def test_defaults() -> None:
    options = make_parser().parse(WORDS)
    assert (options.aetitle, options.destination, options.listen, options.folder) == ("MOVESCU", None, None, ".")
    assert (options.believe_pending, options.ignore, options.cancel, options.repeat) == (False, False, None, 1)
    assert options.dimse_timeout == PATIENCE
    assert make_parser().parse([*WORDS, "-td", "5"]).dimse_timeout == 5


@pytest.mark.parametrize(
    ("words", "dest", "value"),
    [
        (["-pr"], "believe_pending", True),
        (["-pr", "-pi"], "believe_pending", False),
        (["+P", "11112"], "listen", 11112),
        (["+P", "11112", "--no-port"], "listen", None),
        (["-aem", "STORE"], "destination", "STORE"),
        (["--cancel", "3"], "cancel", 3),
        (["-up"], "uid_padding", True),
        (["-dhl"], "no_host_names", True),
        (["--allow-host", "192.0.2.0/24", "--allow-host", "::1"], "allow_host", ("192.0.2.0/24", "::1")),
        (["--allow-host", "192.0.2.0/24", "-ac"], "allow_host", ()),
    ],
)
def test_what_options_say(words: list[str], dest: str, value: object) -> None:
    assert getattr(make_parser().parse([*WORDS, *words]), dest) == value


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["-od", "."], "--output-directory needs --port"),
        (["+P", "0"], "0 is not a port"),
        (["+ac"], "+ac/--access-control is not offered"),
        (["+te", "+xa"], "--write-xfer-little and --accept-all exclude each other"),
        (["+te", "+xs"], "--write-xfer-little and --prefer-lossless exclude each other"),
        (["+B", "+te"], "--write-xfer-little and --bit-preserving exclude each other"),
        (["+B", "-e"], "--bit-preserving and --length-undefined exclude each other"),
        (["+p", "4", "4", "-F"], "--padding-create and --write-dataset exclude each other"),
    ],
)
def test_wrong_command_lines(words: list[str], problem: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        make_parser().parse([*WORDS, *words])
    assert problem in failed_start(capsys, caught)
