"""Options that say how received objects are written."""

import pytest

from workbench.cli.parser import Parser
from workbench.cli.writing import add_writing_options, rewriting
from workbench.services.storage.writing import Rewriting
from workbench.services.transcoding.layout import GroupLengths, Layout
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

Capture = pytest.CaptureFixture[str]


def parsed(line: str, *, converts_un: bool = True, deflated: tuple[str, ...] = ()) -> Rewriting | None:
    parser = Parser("receive", "Receives.")
    parser.group("x").flag("-xd", "--propose-deflated", dest="deflated", help="deflated")
    add_writing_options(parser, converts_un=converts_un, deflated=deflated)
    return rewriting(parser.parse(line.split()))


@pytest.mark.parametrize("line", ["", "+B", "-B +B", "+F", "-F +F", "+t=", "+te +t=", "-uc", "+uc -uc"])
def test_by_default_nothing_is_encoded_anew(line: str) -> None:
    assert parsed(line) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-B", Rewriting(layout=Layout())),
        ("+B -B", Rewriting(layout=Layout())),
        ("-F", Rewriting(bare=True)),
        ("+te", Rewriting(transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN)),
        ("+te +ti", Rewriting(transfer_syntax_uid=IMPLICIT_VR_LITTLE_ENDIAN)),
        ("+td +cl 9", Rewriting(transfer_syntax_uid=DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, deflate_level=9)),
        ("+cl 0", Rewriting(deflate_level=0)),
        ("+uc", Rewriting(convert_un=True)),
        ("+e", Rewriting(layout=Layout())),
        ("-e", Rewriting(layout=Layout(undefined_lengths=True))),
        ("+g=", Rewriting(layout=Layout())),
        ("-g +g", Rewriting(layout=Layout(group_lengths=GroupLengths.ADDED))),
        ("+g -g", Rewriting(layout=Layout(group_lengths=GroupLengths.REMOVED))),
        ("-u", Rewriting(layout=Layout(old_vrs=True))),
        ("+p 512 0", Rewriting(layout=Layout(file_padding=512))),
        ("+p 512 4 -p", Rewriting(layout=Layout())),
    ],
)
def test_each_option_asks_for_something(line: str, expected: Rewriting) -> None:
    assert parsed(line) == expected


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("+te +B", "exclude each other"),
        ("-g +B", "exclude each other"),
        ("+p 2 2 -F", "exclude each other"),
        ("+cl 3 +ti", "needs --write-xfer-deflated"),
        ("+cl 10", "10 is not"),
        ("+p 2 -1", "-1 is not"),
        ("+p 2 3", "3 is odd, and lengths of values are even"),
        ("+p 7 2", "7 is odd"),
    ],
)
def test_what_does_not_go_together_is_named(line: str, problem: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        parsed(line)
    assert problem in capsys.readouterr().err


def test_other_options_may_deflate_and_un_may_be_left_out(capsys: Capture) -> None:
    assert parsed("+cl 3 +ti -xd", deflated=("--propose-deflated",)) is not None
    with pytest.raises(SystemExit):
        parsed("+uc", converts_un=False)
    assert "there is no option '+uc'" in capsys.readouterr().err
