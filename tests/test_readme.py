"""What the README promises about the library holds: its example runs as it stands."""

import asyncio
import re
import sys
from pathlib import Path

import workbench
from workbench import LocalAe, Policy, ScpServer, echo_handler
from workbench.dimse.messages import CEchoRq
from workbench.uids import VERIFICATION

README = Path(__file__).parents[1] / "README.md"


async def test_the_echo_example_prints_status_and_latency() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    policy = Policy(contexts={VERIFICATION: None})
    async with ScpServer(LocalAe(port=0), policy, {CEchoRq.COMMAND_FIELD: echo_handler}) as server:
        assert "port=11112" in example
        program = example.replace("port=11112", f"port={server.address[1]}")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, cwd=README.parent
        )
        output, _ = await process.communicate()
    assert process.returncode == 0
    assert re.fullmatch(r"0000H in \d+\.\d ms\n", output.decode())


def test_every_public_name_is_there() -> None:
    assert sorted(set(workbench.__all__)) == sorted(workbench.__all__)
    assert all(hasattr(workbench, name) for name in workbench.__all__)
