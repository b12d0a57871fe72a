"""The command dwb."""

import subprocess
import sys

import pytest

from workbench.__main__ import TOOLS, main

Capture = pytest.CaptureFixture[str]


def test_help_names_every_tool(capsys: Capture) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(tool in said for tool in TOOLS)


def test_version_is_printed(capsys: Capture) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("DICOM Workbench ")


def test_without_a_tool_the_usage_is_told_and_the_code_is_1(capsys: Capture) -> None:
    assert main([]) == 1
    assert capsys.readouterr().err.startswith("usage: dwb TOOL")


def test_unknown_tool_is_named(capsys: Capture) -> None:
    assert main(["nonesuch"]) == 1
    assert "there is no tool 'nonesuch'" in capsys.readouterr().err


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_tells_its_options(tool: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main([tool, "--help"])
    assert not caught.value.code
    assert f"usage: dwb {tool}" in capsys.readouterr().out


@pytest.mark.slow
def test_tools_that_need_neither_do_not_import_pydicom_or_rich() -> None:
    program = """
import sys
import workbench.cli.echoscu, workbench.cli.storescu, workbench.cli.storescp
assert not {"pydicom", "rich", "numpy"} & set(sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
