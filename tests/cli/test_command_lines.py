"""What holds for the command lines of all tools: their grammar, which options go together, which values there are."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.option_materials import materials
from tests.cli.option_peer import Script, peer
from tests.cli.option_rendering import IMPLICIT
from tests.cli.option_running import Run, run_tool
from tests.cli.option_table import Row, rows

PEER = "127.0.0.1 104"
WORDS = {
    "dcmrecv": "0",
    "dcmsend": f"{PEER} in/ct.dcm",
    "echoscu": PEER,
    "findscu": f"{PEER} in/query.dcm",
    "getscu": f"{PEER} in/query.dcm",
    "movescu": f"{PEER} in/query.dcm",
    "storescp": "0",
    "storescu": f"{PEER} in/ct.dcm",
    "termscu": PEER,
}
TLS_TOOLS = ("dcmrecv", "echoscu", "findscu", "getscu", "movescu", "storescp", "storescu")
REQUESTORS = ("dcmsend", "echoscu", "findscu", "getscu", "movescu", "storescu", "termscu")
PREFERENCES = "+xs +xy +xx +xv +xw +xt +xu +xm +xh +xn +xl +x2 +x3 +xo +x4 +x5 +xr"

# Options that exclude each other, or that lack what they need (all of them; each line is a command line).
TOGETHER: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("dcmrecv", "dcmsend", "getscu", "storescp", "storescu"): ("+v", "+v -q", "+v -ll warn"),
    ("dcmrecv",): ("+B +ssd",),
    ("dcmsend", "storescu"): ("+sp *.dcm", "+r"),
    ("findscu",): ("-Xlo 1", "-od out", "+cl 1"),
    ("getscu",): ("-od out --ignore", "+B --ignore", "-B +B", "-B --ignore"),
    ("movescu",): ("-od out", *(f"+P 104 {option}" for option in ("+p 64 4 -F", "+cl 1 +te"))),
    ("movescu", "storescp"): (
        *(
            f"{port} {write} {other}"
            for port in ("",)
            for write in ("+te", "+tb", "+ti", "+td")
            for other in ("+xa", "+B")
        ),
        *(f"+te {option}" for option in PREFERENCES.split()),
        *(f"{option} +B" for option in ("-u", "+u", "+g=", "+g", "-g", "+e", "-e", "+p 64 4")),
        "+p 64 4 -F",
        "+cl 1 +te",
    ),
    ("storescp",): (
        *(f"-xf cfg/scp.cfg Wanted {option}" for option in (*PREFERENCES.split(), "+xi", "+xa", "-pm", "+xe", "+xd")),
        "--inetd --fork",
        "--max-associations 2 --single-process",
        *(f"{option} +B" for option in ("-ss P", "-su P", "-sp")),
        "-tn +uf",
        "-xcs true -ss P --fork",
        "-xcs true -ss P --inetd",
        "-rns -ss P --fork",
        "-rns -ss P --inetd",
        "-xcs true",
        "-rns",
        "-tos 1",
    ),
    ("storescu",): (
        *(f"-xf cfg/scu.cfg Wanted {option}" for option in ("-xe", "-xb", "-xi", "-xs", "-xd", "-xr", "-R", "+C")),
        "-pwd secret",
        "-epw",
        "-rsp",
        "+cl 1",
    ),
    TLS_TOOLS: (
        *("+ps", "+pw secret", "-pw", "-der", "+cf tls/ca.pem", "+cd tls", "+crl tls/empty.crl", "+crv", "+cra"),
        *("+py", "+cs TLS_AES_128_GCM_SHA256", "+rs tls/seed", "-ic"),
        "+tls tls/key.pem tls/cert.pem +cs TLS_AES_128_GCM_SHA256 +pz",
        "+tls tls/key.pem tls/cert.pem +ws",
        "+tls tls/key.pem tls/cert.pem +wf out/seed",
    ),
    ("echoscu", "findscu", "getscu", "storescu"): ("+tla --no-sni --request-sni node.test",),
    ("dcmrecv", "movescu", "storescp"): ("+tls tls/key.pem tls/cert.pem --no-sni --expect-sni node.test",),
}
OUT_OF_RANGE: Mapping[tuple[str, ...], tuple[str, ...]] = {
    tuple(WORDS): ("-pdu 4095", "-pdu -1", "-pdu many", "-ll loud"),
    tuple(tool for tool in WORDS if tool != "termscu"): ("-ta 0", "-td 0", "-ta -1", "-td soon"),
    tuple(tool for tool in REQUESTORS if tool != "termscu"): ("-to 0", "-to -1"),
    ("echoscu", "findscu", "storescp", "storescu"): ("-ts -2",),
    ("echoscu", "findscu", "getscu", "movescu", "storescu"): ("--repeat 0",),
    ("echoscu",): ("-pts 0", "-pts 54", "-ppc 0", "-ppc 129"),
    ("findscu", "movescu"): ("--cancel -1", "-xd +cl 10", "-xd +cl -1"),
    ("findscu",): ("-X -Xlo 0",),
    ("dcmsend",): ("+cl 10", "--max-send-pdu 4095"),
    ("movescu",): ("+P 0", "+P 65536", "+P 104 +p -1 0"),
    ("storescp",): (
        "--fork --max-associations 0",
        "--sleep-after -1",
        "--sleep-during -1",
        "-su P -tos -1",
        "+td +cl 10",
    ),
    ("storescu",): ("+IR 0", "+IS 0", "+IP 0", "-xd +cl 10", "--max-send-pdu 4095"),
}
WRONG_WORDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(REQUESTORS, ("", "127.0.0.1", "127.0.0.1 0", "127.0.0.1 65536", "127.0.0.1 port")),
    "storescp": ("", "65536", "port", "0 0"),
    "dcmrecv": ("", "65536", "port", "0 0"),
}


def lines_of(rules: Mapping[tuple[str, ...], tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(tool, line) for tools, lines in rules.items() for tool in tools for line in lines]


def refused(tool: str, line: str, words: str | None = None) -> str:
    """Gives what a tool says that ends with 1 because of its command line, and says nothing else."""
    arguments = shlex.split(f"{line} {WORDS[tool] if words is None else words}")
    run = run_tool(tool, arguments, materials(), while_serving=lambda _: None)  # should it serve, it is stopped at once
    assert run.exit == 1, run
    assert run.out == ""
    first, last = run.err.splitlines()
    assert "there is no option" not in first or "what" in line
    assert last == f"dwb {tool} --help tells the options"
    return first


def options_in(line: str) -> list[str]:
    return [word for word in shlex.split(line) if re.match(r"[-+][A-Za-z-]", word)]


def spellings(tool: str, option: str) -> set[str]:
    return {option, *(each for row in rows() if row.tool == tool and option in row.spellings for each in row.spellings)}


@pytest.mark.parametrize(("tool", "line"), lines_of(TOGETHER))
def test_options_that_do_not_go_together_are_named(tool: str, line: str) -> None:
    said = refused(tool, line)
    assert any(spelling in said for option in options_in(line) for spelling in spellings(tool, option)), said


@pytest.mark.parametrize(("tool", "line"), lines_of(OUT_OF_RANGE))
def test_value_out_of_its_range_is_named(tool: str, line: str) -> None:
    said = refused(tool, line)
    option, value = line.split()[-2:] if "+p " not in line else ("+p", "-1")
    assert value in said
    assert any(spelling in said for spelling in spellings(tool, option)), said


@pytest.mark.parametrize(("tool", "words"), [(tool, words) for tool in WORDS for words in WRONG_WORDS[tool]])
def test_words_that_are_missing_or_wrong_are_named(tool: str, words: str) -> None:
    said = refused(tool, "", words)
    assert any(word in said for word in ("peer", "port", "'0'"))


@pytest.mark.parametrize("tool", [tool for tool in WORDS if "in/" in WORDS[tool]])
def test_files_that_are_missing_are_asked_for(tool: str) -> None:
    said = refused(tool, "", PEER)
    assert "dcmfile-in" in said or "-k" in said


@pytest.mark.parametrize("tool", WORDS)
@pytest.mark.parametrize("option", ["--what", "-what", "+what", "-vwhat"])
def test_unknown_option_is_named(tool: str, option: str) -> None:
    assert option in refused(tool, option)


@pytest.mark.parametrize("row", [row for row in rows() if row.args and row.how != "refused"], ids=lambda row: row.name)
def test_value_that_is_missing_is_asked_for(row: Row) -> None:
    for spelling in row.spellings:
        assert spelling in refused(row.tool, "", f"{WORDS[row.tool]} {spelling}")


def groups_in(help_text: str) -> dict[str, set[str]]:
    """Gives the spellings under each title of a help text."""
    found: dict[str, set[str]] = {}
    title = group = ""
    for line in help_text.splitlines():
        if match := re.fullmatch(r"(\S.*):", line):
            title = group = match[1]
        elif match := re.fullmatch(r"  (\S.*):", line):
            group = f"{title}: {match[1]}"
        elif match := re.match(r" {4}(\S+)?\s+(--\S+)?", line):
            found.setdefault(group, set()).update(filter(None, match.groups()))
    return found


@pytest.mark.parametrize("tool", WORDS)
def test_help_lists_every_option_under_the_title_of_its_group(tool: str) -> None:
    run = run_tool(tool, ["--help"], materials())
    assert (run.exit, run.err) == (0, "")
    found = groups_in(run.out)
    for row in rows():
        if row.tool == tool and row.group not in ("parameters", "internal"):
            assert set(row.spellings) <= found.get(row.group, set()), f"{row.name} is not under {row.group}"
    assert all(word in run.out for word in (f"usage: dwb {tool}", "port"))


def seen(options: str, environment: Mapping[str, str] | None = None) -> tuple[Run, list[str]]:
    with peer(Script(syntaxes=(IMPLICIT,))) as node:
        run = run_tool(
            "echoscu", [*shlex.split(options), "127.0.0.1", str(node.port)], materials(), environment=environment
        )
    return run, node.lines


def test_rightmost_option_wins() -> None:
    run, lines = seen("-aet FIRST -pdu 4096 -d -q -aet SECOND -pdu 8192 -aet THIRD")
    assert (run.exit, run.err) == (0, "")
    assert "  called ANY-SCP calling THIRD" in lines
    assert "  MaximumLength(value=8192)" in lines


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("-aet TITLE", "TITLE"),
        ("-aet 'TWO WORDS'", "TWO WORDS"),
        ('-aet\n"TWO  WORDS"\n-v -q', "TWO  WORDS"),
        ("-aet A\n\n\t-aet B\r\n", "B"),
        ("-aet @nested", "@nested"),
    ],
)
def test_words_of_a_file_stand_for_it(content: str, title: str, tmp_path: Path) -> None:
    (tmp_path / "nested").write_text("NOT ME", encoding="utf-8")
    (tmp_path / "words").write_text(content, encoding="utf-8")
    run, lines = seen(f"-aet BEFORE @{tmp_path / 'words'}")
    assert (run.exit, run.err) == (0, "")
    assert f"  called ANY-SCP calling {title}" in lines


@pytest.mark.parametrize(("content", "problem"), [(None, "No such file"), ("-aet 'open", "quotation")])
def test_file_of_words_that_cannot_be_read_is_named(content: str | None, problem: str, tmp_path: Path) -> None:
    if content:
        (tmp_path / "words").write_text(content, encoding="utf-8")
    said = refused("echoscu", f"@{tmp_path / 'words'}")
    assert str(tmp_path / "words") in said
    assert problem in said


@pytest.mark.parametrize(
    ("variables", "calls"),
    [
        ({}, {"no delay 1"}),
        ({"TCP_NODELAY": "1"}, {"no delay 1"}),
        ({"TCP_NODELAY": "0"}, {"no delay 0"}),
        ({"TCP_BUFFER_LENGTH": "0"}, {"no delay 1", "buffer 65536"}),
        ({"TCP_BUFFER_LENGTH": "30000"}, {"no delay 1", "buffer 30000"}),
    ],
)
def test_environment_decides_about_sockets(variables: dict[str, str], calls: set[str]) -> None:
    run, _ = seen("", {"TCP_NODELAY": "", "TCP_BUFFER_LENGTH": "", **variables})
    assert run.exit == 0
    assert set(run.calls) == calls


@pytest.mark.parametrize("name", ["TCP_NODELAY", "TCP_BUFFER_LENGTH"])
def test_environment_that_is_no_number_is_named(name: str) -> None:
    run, lines = seen("", {name: "much"})
    assert (run.exit, lines) == (1, [])
    assert f"{name}='much'" in run.err


def asked(key: str, dictionary: Path) -> tuple[Run, list[str]]:
    with peer(Script(syntaxes=(IMPLICIT,))) as node:
        run = run_tool(
            "findscu",
            ["-S", "-k", key, "127.0.0.1", str(node.port)],
            materials(),
            environment={"DCMDICTPATH": str(dictionary)},
        )
    return run, node.lines


def test_dictionary_of_the_environment_names_attributes(tmp_path: Path) -> None:
    (tmp_path / "own.dic").write_text("(0011,1002)\tLO\tWorkbenchShelf\t1\tOwn\n", encoding="ascii")
    run, lines = asked("WorkbenchShelf=TOP", tmp_path / "own.dic")
    assert run.exit == 0, run
    assert any("0011,1002" in line and "TOP" in line for line in lines)
    run, lines = asked("WorkbenchShelf=TOP", tmp_path / "none.dic")
    assert (run.exit, lines) == (1, [])
    assert "WorkbenchShelf" in run.err
    assert f"W: DCMDICTPATH: {tmp_path / 'none.dic'}: No such file or directory\n" in run.err
