"""The exit codes of DCMTK's tools, which --compat-exit-codes brings back, are those that they really end with."""

import os
import subprocess

import pytest

from tests.cli.option_materials import materials
from tests.cli.option_peer import Script, peer
from tests.cli.test_outcomes import INPUTS, LINES, SITUATIONS, rows
from tests.interop.peers import PATIENCE, PeerTool, free_port

pytestmark = [pytest.mark.interop, pytest.mark.slow]


@pytest.mark.parametrize(("tool", "situation", "code"), [(tool, name, theirs) for tool, name, _, theirs in rows()])
def test_dcmtk_ends_as_the_table_says(tool: str, situation: str, code: int, peer_tool: PeerTool) -> None:
    program = peer_tool(tool)
    patience = ["-td", "1"] if situation == "silent" else []
    with peer(Script(**SITUATIONS[situation])) as node:
        port = free_port() if situation == "nobody" else node.port
        finished = subprocess.run(
            [program, "-v", *patience, "127.0.0.1", str(port), *INPUTS[tool].split()],
            cwd=materials(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            env={**os.environ, "TCP_NODELAY": "1"},
        )
    if (tool, situation) != ("storescu", "aborts"):  # there it makes its exit code of a status that it never set
        assert finished.returncode == code, finished.stderr
    if situation in LINES and situation != "rejects":  # those of a rejection are not those of DcmSCU
        assert LINES[situation].partition(" ")[2].partition(",")[0] in finished.stderr.replace("\n", " ")
