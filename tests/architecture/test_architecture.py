"""The rules of the house that import-linter cannot hold."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.project_files import ROOT, SOURCE_FOLDERS, name_of, project_files, python_files

MAXIMUM_LINES = 400

# Files without a test file of their own: packages hold re-exports only, main modules are started by the tests of what
# they start, and what lies in these folders of tests/ is about more than one source file.
SOURCES_WITHOUT_TEST = {"__init__.py", "__main__.py"}
TESTS_ACROSS_SOURCES = {"architecture", "benchmark", "dcmnet", "hostile", "interop", "resources", "support"}
# Generators: the test of what they generate runs them again.
TESTED_BY_THEIR_OUTPUT = {
    "packaging/generate_dictionary.py": "tests/test_dictionary.py",
    "packaging/generate_samples.py": "tests/resources/test_samples.py",
    "packaging/jpeg_lossless.py": "tests/resources/test_samples.py",
    "packaging/sample_documents.py": "tests/resources/test_samples.py",
    "packaging/sample_images.py": "tests/resources/test_samples.py",
}
TESTS_WITHOUT_SOURCE = {
    "tests/cli/test_command_lines.py": "about what the command lines of all tools have in common",
    "tests/cli/test_option_table.py": "about all tools and their options",
    "tests/cli/test_outcomes.py": "about how all tools end",
    "tests/test_conftest.py": "about tests/conftest.py",
    "tests/test_main.py": "about workbench/__main__.py",
    "tests/test_readme.py": "about README.md and the public names",
    "tests/ui/test_main.py": "about ui/__main__.py",
    "tests/ui/test_pyside_pin.py": "about a pin in pyproject.toml",
}

# The brackets keep this file from holding what it looks for.
MACHINE_PATH = re.compile(rb"(?<![\w.~}*)\]<>-])/(?:[w]ork|[r]oot|[t]mp|[h]ome)\b(?![\w-])")
REGISTRY_HOST = re.compile(rb"(?i)\b(?:[p]ypi\.org|[p]ythonhosted\.org|[d]eb\.debian\.org|[a]rchive\.ubuntu\.com)\b")


def imported_names(path: Path) -> set[str]:
    """Gives the dotted names that a file imports, those in functions and for type checking included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def modules_of(package: str) -> list[str]:
    """Gives the dotted names of the modules of a package, but for the main modules, which start something."""
    parts = [path.relative_to(ROOT).with_suffix("").parts for path in python_files(package)]
    return [".".join(part).removesuffix(".__init__") for part in parts if part[-1] != "__main__"]


def run_python(program: str) -> str:
    """Runs a program in a new interpreter, with warnings as errors, and gives what it prints."""
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_models_of_the_application_know_no_widgets() -> None:
    widgets = ("PySide6.QtWidgets", "PySide6.QtGui.QWindow")
    offenders = [name_of(path) for path in python_files("ui/models") if imported_names(path) & set(widgets)]
    assert offenders == []


def test_no_module_is_too_long() -> None:
    lengths = {name_of(path): len(path.read_bytes().splitlines()) for path in python_files(*SOURCE_FOLDERS, "tests")}
    assert {name: length for name, length in lengths.items() if length > MAXIMUM_LINES} == {}


def test_the_core_imports_where_qt_is_missing() -> None:
    program = f"""
import importlib, sys
for missing in ("PySide6", "shiboken6", "qasync"):
    sys.modules[missing] = None
for module in {modules_of("workbench")!r}:
    importlib.import_module(module)
"""
    run_python(program)


@pytest.mark.parametrize("module", ["workbench", "workbench.cli.echoscu"])
def test_starting_does_not_wait_for_what_it_does_not_use(module: str) -> None:
    # pydicom alone takes 0.35 s; the others are for pictures, bars, indexes and tests.
    slow = ["pydicom", "numpy", "pynetdicom", "rich", "sqlite3", "multiprocessing", "PySide6", "qasync"]
    program = f"import sys, {module}\nprint(*sorted(set({slow!r}) & set(sys.modules)))"
    assert run_python(program).split() == []


def test_every_package_has_its_docstring() -> None:
    packages = [path for path in python_files(*SOURCE_FOLDERS, "tests") if path.name == "__init__.py"]
    assert [name_of(path) for path in packages if not ast.get_docstring(ast.parse(path.read_bytes()))] == []


def expected_test(source: Path) -> str:
    """Gives the test file of a source file: tests/net/test_tls.py for workbench/net/tls.py, tests/ui/... for ui/...."""
    if name_of(source).startswith("resources/examples/"):
        return "tests/resources/test_examples.py"
    if name_of(source) in TESTED_BY_THEIR_OUTPUT:
        return TESTED_BY_THEIR_OUTPUT[name_of(source)]
    parts = source.relative_to(ROOT).parts
    folders = parts[1:-1] if parts[0] == "workbench" else parts[:-1]
    return "/".join(["tests", *folders, f"test_{parts[-1]}"])


def sources_with_test() -> list[Path]:
    """Gives the source files that need a test file."""
    return [path for path in python_files(*SOURCE_FOLDERS) if path.name not in SOURCES_WITHOUT_TEST]


def test_every_source_file_has_its_test_file() -> None:
    missing = [(name_of(path), expected_test(path)) for path in sources_with_test()]
    assert [pair for pair in missing if not (ROOT / pair[1]).is_file()] == []


def test_every_test_file_has_its_source_file() -> None:
    # A second file about the same source adds its aspect to the name: test_machine_properties.py.
    stems = {expected_test(path).removesuffix(".py") for path in sources_with_test()}
    strays = []
    for path in python_files("tests"):
        name = name_of(path)
        if not path.name.startswith("test_") or path.relative_to(ROOT).parts[1] in TESTS_ACROSS_SOURCES:
            continue
        stem = name.removesuffix(".py")
        if name not in TESTS_WITHOUT_SOURCE and not any(stem == one or stem.startswith(f"{one}_") for one in stems):
            strays.append(name)
    assert strays == []


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY_HOST], ids=["machine paths", "registry hosts"])
def test_no_file_names_the_machine_it_was_written_on(pattern: re.Pattern[bytes]) -> None:
    found = []
    for path in project_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue  # pictures, captures and instances
        for number, line in enumerate(content.splitlines(), 1):
            if pattern.search(line):
                found.append(f"{name_of(path)}:{number}: {line.strip()[:100].decode(errors='replace')}")
    assert found == []


@pytest.mark.parametrize(
    ("line", "hit"),
    [
        ("@tmp@x", True),
        ('open("@work@main")', True),
        ("file:@@@root@.cache", True),
        ("@root", True),
        ("@workbench@net", False),
        ("tests@root@x", False),
        ("tmp_path @ name", False),
        ("<@root>", False),
    ],
)
def test_machine_paths_are_told_from_other_words(line: str, hit: bool) -> None:
    # An @ stands for the slash, which would make this file an offender.
    assert bool(MACHINE_PATH.search(line.replace("@", "/").encode())) is hit


def test_packaging_is_no_python_package() -> None:
    # It would shadow the distribution of this name for everything that is run from the project's folder.
    assert not (ROOT / "packaging" / "__init__.py").exists()
