"""The grammar of command lines: words, options, values, rules."""

from pathlib import Path

import pytest

from tests.cli.events import failed_start
from workbench.cli.parser import Options, Parser
from workbench.cli.values import positive

Capture = pytest.CaptureFixture[str]


def parser() -> Parser:
    made = Parser("tool", "Does something.", epilog="Exit codes: 0 and 1.")
    made.positional("peer", "peer", help="whom")
    made.positional("files", "dcmfile-in", many=True, optional=True, help="what")
    group = made.group("network options: titles")
    group.value("-aet", "--aetitle", dest="aetitle", metavar="TITLE", default="TOOL", help="own title")
    group.values("+tls", "--enable-tls", dest="tls", metavars=("KEY", "CERT"), types=(str, str), help="secure")
    group.value("-k", "--key", dest="keys", metavar="KEY", repeat=True, help="a key")
    group.value("--number", dest="number", metavar="N", type=positive, help="a number")
    group = made.group("input options")
    group.flag("+r", "--recurse", dest="recurse", help="go down")
    group.flag("-r", "--no-recurse", dest="recurse", value=False, help="stay")
    group.flag("+sd", "--scan-directories", dest="scan", help="folders too")
    group.flag("-x=", "--propose-uncompr", dest="propose", value="uncompressed", default="as they are", help="plain")
    group.flag("-xi", "--propose-implicit", dest="propose", value="implicit", help="implicit")
    group.flag("+C", "--combine", dest="combine", help="together")
    group.refused("+ac", "--access-control", because="there is no wrapper; use --allow-host")
    made.requires("--recurse", "--scan-directories")
    made.conflicts("--combine", "--propose-implicit", "--recurse")
    made.leaves_out("keys_file", "peer")
    group.value("--keys-file", dest="keys_file", metavar="FILE", help="instead of a peer")
    return made


def test_defaults() -> None:
    options = parser().parse(["host"])
    assert (options.peer, options.files, options.aetitle, options.tls, options.keys) == ("host", (), "TOOL", None, ())
    assert (options.recurse, options.propose, options.given) == (False, "as they are", frozenset())


def test_options_stand_anywhere_and_their_values_are_the_words_after_them() -> None:
    options = parser().parse(["-aet", "+sd", "host", "+tls", "-key", "--cert", "a", "-k", "-1", "b", "-k", "@"])
    assert (options.aetitle, options.tls, options.keys) == ("+sd", ("-key", "--cert"), ("-1", "@"))
    assert (options.peer, options.files, options.scan) == ("host", ("a", "b"), False)
    assert options.given == {"--aetitle", "--enable-tls", "--key"}


@pytest.mark.parametrize(
    ("words", "recurse", "propose"),
    [
        (["+r", "-r"], False, "as they are"),
        (["-r", "+r", "+sd"], True, "as they are"),
        (["-xi", "-x="], False, "uncompressed"),
        (["-x=", "-xi"], False, "implicit"),
        (["--propose-i", "-x="], False, "uncompressed"),
    ],
)
def test_of_options_that_exclude_each_other_the_right_most_wins(words: list[str], recurse: bool, propose: str) -> None:
    needed = [] if "+sd" in words else ["+sd"]
    options = parser().parse(["host", *words, *needed])
    assert (options.recurse, options.propose) == (recurse, propose)


def test_what_was_overridden_counts_as_given() -> None:
    assert "--recurse" in parser().parse(["host", "+sd", "+r", "-r"]).given


def test_long_options_may_be_shortened_and_take_an_equals_sign() -> None:
    options = parser().parse(["host", "--aet=ME", "--scan", "--num", "3"])
    assert (options.aetitle, options.scan, options.number) == ("ME", True, 3)


def test_words_after_two_hyphens_are_words() -> None:
    assert parser().parse(["host", "--", "-odd", "+name"]).files == ("-odd", "+name")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "peer is missing: whom"),
        (["host", "-aet"], "-aet/--aetitle needs TITLE"),
        (["host", "+tls", "key"], "+tls/--enable-tls needs KEY and CERT"),
        (["host", "-xyz"], "there is no option '-xyz'"),
        (["host", "--nothing"], "there is no option '--nothing'"),
        (["host", "--propose"], "'--propose' may be any of --propose-uncompr, --propose-implicit"),
        (["host", "--combine=yes"], "--combine takes no value"),
        (["host", "--number", "none"], "--number: 'none' is not a count"),
        (["host", "+r"], "--recurse needs --scan-directories"),
        (["host", "+C", "-xi"], "--combine and --propose-implicit exclude each other"),
        (["host", "+ac"], "+ac/--access-control is not offered: there is no wrapper; use --allow-host"),
        (["host", "@nowhere"], "@nowhere"),
    ],
)
def test_what_is_wrong_is_named_and_ends_with_1(words: list[str], problem: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse(words)
    said = failed_start(capsys, caught)
    assert problem in said
    assert "dwb tool --help" in said


def test_a_word_too_many_is_named(capsys: Capture) -> None:
    made = Parser("tool", "Does something.")
    made.positional("peer", "peer", help="whom")
    with pytest.raises(SystemExit) as caught:
        made.parse(["host", "more"])
    assert "'more' is one word too many" in failed_start(capsys, caught)


def test_an_option_may_stand_for_a_word() -> None:
    options = parser().parse(["--keys-file", "x", "a"])
    assert (options.peer, options.files) == (None, ("a",))


def test_a_command_file_gives_its_words_once(tmp_path: Path) -> None:
    file = tmp_path / "words"
    file.write_text("-aet 'MY TITLE' host\n\"a b\" @nested\n", encoding="utf-8")
    options = parser().parse(["-k", "1", f"@{file}", "last"])
    assert (options.aetitle, options.peer, options.files) == ("MY TITLE", "host", ("a b", "@nested", "last"))


def test_the_words_can_be_printed(capsys: Capture) -> None:
    assert parser().parse(["--arguments", "host"]).peer == "host"
    assert capsys.readouterr().err == "dwb tool called with 2 arguments: '--arguments' 'host'\n"


def test_secrets_are_not_printed_with_the_words(capsys: Capture) -> None:
    made = parser()
    made.conceal("--key")
    assert made.parse(["--arguments", "host", "-k", "secret", "--key=secret", "x"]).keys == ("secret", "secret")
    said = capsys.readouterr().err
    assert "secret" not in said
    assert "'-k' '***' '--key=***' 'x'" in said


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_grouped_and_ends_with_0(flag: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse([flag])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: dwb tool [options] peer [dcmfile-in...]\n")
    for words in (
        "network options:\n  titles:\n    -aet  --aetitle TITLE",
        "input options:\n    +r    --recurse",
        "Exit",
    ):
        assert words in said
    assert all(len(line) <= 110 for line in said.splitlines())


def test_version_ends_with_0_and_names_the_program(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse(["--version"])
    assert caught.value.code == 0
    name, number = capsys.readouterr().out.strip().rsplit(" ", 1)
    assert name == "DICOM Workbench"
    assert number[0].isdigit()


def test_a_tool_may_have_another_default() -> None:
    made = parser()
    made.default("aetitle", "OTHER")
    assert made.parse(["host"]).aetitle == "OTHER"


def test_a_check_of_its_own_may_find_a_problem(capsys: Capture) -> None:
    def find(options: Options) -> str:
        return "no files" if not options.files else ""

    made = parser()
    made.check(find)
    assert made.parse(["host", "a"]).files == ("a",)
    with pytest.raises(SystemExit) as caught:
        made.parse(["host"])
    assert "no files" in failed_start(capsys, caught)


def test_an_option_that_stands_alone_needs_no_words_by_place() -> None:
    made = parser()
    made.stands_alone("number")
    assert made.parse(["--number", "3"]).peer is None
    assert made.parse(["--number", "3", "a", "b"]).number == 3
    with pytest.raises(SystemExit):
        made.parse([])
