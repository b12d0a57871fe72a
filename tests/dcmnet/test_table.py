"""The table of dcmnet's capabilities: every symbol and every test in it is there, and TABLE.md is what it says."""

import ast
import subprocess
import sys
from functools import cache

import pytest

from tests.dcmnet.table import ROOT, TABLE, Capability, find, load, render

ROWS = load()
SYMBOLS = sorted({symbol for row in ROWS for symbol in row.ours})
TESTS = sorted({test for row in ROWS for test in row.tests})

# Sections 2.1 to 2.10 of dcmnet's public headers, with the number of things that each lets a caller do; DCMTK's tests.
EXPECTED = {
    "assoc.h": 19,
    "dimse.h": 10,
    "dul.h": 7,
    "scu.h": 7,
    "scp.h": 8,
    "scpcfg.h, scppool.h, scpthrd.h": 3,
    "dstorscu.h": 5,
    "dstorscp.h": 2,
    "dcasccfg.h": 2,
    "extneg.h, dcuserid.h and others": 4,
    "DCMTK's own tests": 32,
}


def test_no_row_of_dcmnet_is_left_out() -> None:
    counted = {title: sum(row.section == title for row in ROWS) for title in dict.fromkeys(row.section for row in ROWS)}
    assert counted == EXPECTED


@pytest.mark.parametrize("row", ROWS, ids=[row.names.partition(",")[0] for row in ROWS])
def test_a_row_is_shown_or_says_what_is_missing(row: Capability) -> None:
    assert row.what
    assert (row.ours and row.tests) or row.missing


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_symbol_is_there(symbol: str) -> None:
    assert symbol.startswith("workbench.")
    find(symbol)


@pytest.mark.parametrize("symbol", ["workbench.nothing", "workbench.net.server.ScpServer.fly", "nowhere.at.all"])
def test_a_symbol_that_is_not_there_is_noticed(symbol: str) -> None:
    with pytest.raises((AttributeError, ModuleNotFoundError)):
        find(symbol)


@cache
def functions_of(file: str) -> frozenset[str]:
    """Gives the names of the functions at the top of a file."""
    tree = ast.parse((ROOT / file).read_bytes())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("test", TESTS)
def test_a_test_is_there(test: str) -> None:
    file, _, function = test.partition("::")
    assert (ROOT / file).is_file()
    assert function in functions_of(file)


@pytest.mark.slow
def test_every_test_is_collected() -> None:
    files = sorted({test.partition("::")[0] for test in TESTS})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    collected = {line.partition("[")[0] for line in listed.splitlines()}
    assert [test for test in TESTS if test not in collected] == []


def test_dcmtks_tests_have_counterparts_of_their_names() -> None:
    for row in ROWS:
        if row.section == "DCMTK's own tests" and not row.missing:
            assert all(test.partition("::")[2].startswith(f"test_{row.names}") for test in row.tests), row.names


def test_the_committed_table_is_up_to_date() -> None:
    assert TABLE.read_text(encoding="utf-8") == render(ROWS), "run: python -m tests.dcmnet.table"
