"""What the README promises about the library holds: its example runs as it stands."""

import asyncio
import importlib
import re
import sys
from pathlib import Path

import pytest

import workbench
from workbench import LocalAe, Policy, ScpServer, echo_handler
from workbench.dimse.messages import CEchoRq
from workbench.uids import VERIFICATION

README = Path(__file__).parents[1] / "README.md"


async def test_the_echo_example_prints_status_and_latency() -> None:
    example, *_ = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
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


def excerpt(example: str) -> str:
    """Gives the code of an example without what every program has: its docstring and the call of main."""
    text = (README.parent / example).read_text(encoding="utf-8")
    return text.split('"""\n', 1)[1].split("\n\nif __name__")[0].strip("\n") + "\n"


def test_the_services_are_shown_by_the_examples_that_the_tests_run() -> None:
    shown = re.findall(
        r"<!-- (resources/examples/\w+\.py) -->\n```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    assert len(shown) == 3
    assert {name: code for name, code in shown if code != excerpt(name)} == {}
    for _, code in shown:
        lines = [line.strip() for line in code.splitlines() if line.strip()]
        assert sum(not line.startswith(("import ", "from ", '"""')) for line in lines) < 15


def names_below(package: str) -> set[str]:
    """Gives every name that a module, or a module of a package, or one whose name it begins, has."""
    parent, _, stem = package.rpartition(".")
    places = [path for path in (README.parent / parent.replace(".", "/")).rglob("*.py") if stem in path.as_posix()]
    modules = [".".join(path.relative_to(README.parent).with_suffix("").parts) for path in places]
    return {name for module in modules for name in vars(importlib.import_module(module.removesuffix(".__init__")))}


def test_every_service_is_where_the_readme_says() -> None:
    rows = re.findall(r"^\| [^|]+ \| `(services\.\w+)` \| (.*) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 5
    for package, names in rows:
        for name in re.findall(r"`(?:\w+\.)?(\w+)`", names):
            assert name in names_below(f"workbench.{package}"), name


def test_a_name_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="module 'workbench' has no attribute 'nonsense'"):
        _ = workbench.nonsense
    assert set(workbench.__all__) <= set(dir(workbench))


def test_every_public_name_is_there() -> None:
    assert sorted(set(workbench.__all__)) == sorted(workbench.__all__)
    assert all(hasattr(workbench, name) for name in workbench.__all__)
