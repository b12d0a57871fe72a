"""Options of transfer syntaxes: what a command line makes of them."""

from collections.abc import Callable

import pytest

from tests.acse.requests import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, J2K, JPEG
from workbench.acse.syntax_choices import ALL_SYNTAXES
from workbench.cli.parser import Options, Parser
from workbench.cli.profiles import add_profile_option
from workbench.cli.syntax_options import add_prefer_options, add_propose_options, preferred, proposed


def storage(*arguments: str) -> Options:
    parser = Parser("storescu", "sends")
    add_profile_option(parser.group("profile"))
    add_propose_options(parser, "storage")
    return parser.parse(arguments)


def query(*arguments: str) -> Options:
    parser = Parser("findscu", "asks")
    add_propose_options(parser, "uncompressed", title="retrieve")
    return parser.parse(arguments)


def receiving(*arguments: str, accept_all: bool = True) -> Options:
    parser = Parser("storescp", "receives")
    add_profile_option(parser.group("profile"))
    add_prefer_options(parser, accept_all=accept_all)
    return parser.parse(arguments)


@pytest.mark.parametrize(
    ("arguments", "contexts"),
    [
        ([], ()),
        (["-x="], ((EXPLICIT,), (BIG_ENDIAN, IMPLICIT))),
        (["+C"], ((EXPLICIT, BIG_ENDIAN, IMPLICIT),)),
        (["-xs", "--propose-jpeg8"], ((JPEG,), (EXPLICIT, BIG_ENDIAN, IMPLICIT))),
        (["-xy", "--combine"], ((JPEG, EXPLICIT, BIG_ENDIAN, IMPLICIT),)),
        (["-xd"], ((DEFLATED,), (EXPLICIT, BIG_ENDIAN, IMPLICIT))),
        (["-x4"], (("1.2.840.10008.1.2.4.107",),)),
    ],
)
def test_what_storage_proposes(arguments: list[str], contexts: tuple[tuple[str, ...], ...]) -> None:
    assert proposed(storage(*arguments)) == contexts


@pytest.mark.parametrize(
    ("arguments", "syntaxes"),
    [
        ([], (EXPLICIT, BIG_ENDIAN, IMPLICIT)),
        (["-xe"], (EXPLICIT, BIG_ENDIAN, IMPLICIT)),
        (["-xb"], (BIG_ENDIAN, EXPLICIT, IMPLICIT)),
        (["--propose-deflated"], (DEFLATED, EXPLICIT, BIG_ENDIAN, IMPLICIT)),
        (["-xb", "-xi"], (IMPLICIT,)),
    ],
)
def test_what_a_query_proposes(arguments: list[str], syntaxes: tuple[str, ...]) -> None:
    assert proposed(query(*arguments)) == (syntaxes,)


@pytest.mark.parametrize(
    ("arguments", "syntaxes"),
    [
        ([], (EXPLICIT, BIG_ENDIAN, IMPLICIT)),
        (["+xb"], (BIG_ENDIAN, EXPLICIT, IMPLICIT)),
        (["+xd"], (DEFLATED, EXPLICIT, BIG_ENDIAN, IMPLICIT)),
        (["+xa", "--prefer-j2k-lossless"], (J2K, EXPLICIT, BIG_ENDIAN, IMPLICIT)),
        (["+xi"], (IMPLICIT,)),
        (["--accept-all"], ALL_SYNTAXES),
    ],
)
def test_what_is_preferred(arguments: list[str], syntaxes: tuple[str, ...]) -> None:
    assert preferred(receiving(*arguments)) == syntaxes


@pytest.mark.parametrize(
    ("read", "other"),
    [
        (storage, "--propose-jpeg8"),
        (storage, "-xi"),
        (storage, "+C"),
        (receiving, "+xs"),
        (receiving, "+xi"),
        (receiving, "+xa"),
    ],
)
def test_a_profile_and_a_choice_exclude_each_other(
    read: Callable[..., Options], other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read("-xf", "x.cfg", "P", other)
    assert ended.value.code == 1
    assert "--config-file and --" in capsys.readouterr().err


def test_a_profile_goes_with_the_defaults() -> None:
    assert storage("-xf", "x.cfg", "P", "-x=").config == ("x.cfg", "P")
    assert receiving("-xf", "x.cfg", "P", "+x=").config == ("x.cfg", "P")


def test_only_some_tools_accept_all(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        receiving("+xa", accept_all=False)
    assert "'+xa'" in capsys.readouterr().err
