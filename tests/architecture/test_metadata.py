"""What pyproject.toml promises about pins, packages and platforms."""

import re
import tomllib
from typing import Any

from tests.architecture.project_files import ROOT, python_files

TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def metadata() -> dict[str, Any]:
    return tomllib.loads(TEXT)


def requirements() -> list[str]:
    project = metadata()["project"]
    extras = [pin for extra in project["optional-dependencies"].values() for pin in extra]
    return [*metadata()["build-system"]["requires"], *project["dependencies"], *extras]


def test_every_requirement_has_both_ends() -> None:
    assert [pin for pin in requirements() if ">=" not in pin or "<" not in pin.partition(";")[0]] == []


def test_every_requirement_has_its_reason_beside_it() -> None:
    lines = TEXT.splitlines()
    without = []
    for pin in requirements():
        number = next(index for index, line in enumerate(lines) if pin in line)
        while lines[number - 1].strip().startswith('"'):
            number -= 1  # one reason for neighbours
        if not lines[number - 1].strip().startswith("#"):
            without.append(pin)
    assert without == []


def test_pyside_without_its_faulty_release_is_pinned_for_python_3_11() -> None:
    pins = [pin for pin in requirements() if pin.startswith("PySide6")]
    assert any(re.search(r"<6\.12; python_version < \"3\.12\"", pin) for pin in pins)


def test_all_three_packages_are_in_the_wheel() -> None:
    assert metadata()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["workbench", "ui", "resources"]


def test_every_module_has_its_place_in_the_layers() -> None:
    contracts = metadata()["tool"]["importlinter"]["contracts"]
    core, ui = [contract for contract in contracts if contract["type"] == "layers"]
    placed = {name.strip("() ") for layer in core["layers"] for name in re.split(r"[|:]", layer)}
    placed |= {f"ui.{name.strip('() ')}" for layer in ui["layers"] for name in re.split(r"[|:]", layer)}
    tops = {path.relative_to(ROOT).with_suffix("").parts[:2] for path in python_files("workbench", "ui")}
    modules = {".".join(top) for top in tops if top[1] not in ("__init__", "__main__")}
    assert modules - placed == set()
