"""The bootstrap's decisions, without installing anything."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "bootstrap.py"


@pytest.fixture(scope="module")
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def no_set_up(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Replaces the set-up and every child process; gives the commands that would have been started."""
    started: list[list[str]] = []

    def call(command: list[str], **_: object) -> int:
        started.append(command)
        return 0

    monkeypatch.setattr(bootstrap, "set_up_main", lambda command: Path("main-python"))
    monkeypatch.setattr(bootstrap, "set_up_environment", lambda venv, interpreter, extras: Path(venv.name))
    monkeypatch.setattr(bootstrap, "qt_free_interpreters", lambda python: iter([("3.12", Path("python3.12"))]))
    monkeypatch.setattr(bootstrap.subprocess, "call", call)
    return started


# Commands


def test_run_without_a_display_says_so_in_one_line_and_fails_before_any_set_up() -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    finished = subprocess.run(
        [sys.executable, str(SCRIPT), "run", "file.dcm"], env=environment, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert len(finished.stderr.splitlines()) == 1
    assert "no display" in finished.stderr


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["--help"], 0), (["walk"], 2)])
def test_what_is_no_command_shows_the_usage(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int
) -> None:
    assert bootstrap.main(arguments) == status
    assert "bootstrap.py run --screenshot OUT.png" in capsys.readouterr().out


def test_without_arguments_the_whole_tests_run_last(bootstrap: ModuleType, no_set_up: list[list[str]]) -> None:
    assert bootstrap.main(["test"]) == 0
    headless, whole = no_set_up
    assert headless[:3] == [".venv-3.12", "-m", "pytest"]
    assert {"no:pytest-qt", "--ignore=tests/ui", "not slow and not interop"} <= set(headless)
    assert whole == ["main-python", "-m", "pytest"]


@pytest.mark.parametrize("arguments", [["-k", "architecture"], ["--", "-k", "architecture"]])
def test_arguments_choose_tests_of_the_main_environment(
    bootstrap: ModuleType, no_set_up: list[list[str]], arguments: list[str]
) -> None:
    assert bootstrap.main(["test", *arguments]) == 0
    assert no_set_up == [["main-python", "-m", "pytest", "-k", "architecture"]]


@pytest.mark.parametrize("failing", [".venv-3.12", "main-python"])
def test_a_failure_in_any_environment_is_a_failure(
    bootstrap: ModuleType, no_set_up: list[list[str]], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command, **_: int(command[0] == failing))
    assert bootstrap.main(["test"]) == 1


def test_setup_sets_up_and_starts_nothing(bootstrap: ModuleType, no_set_up: list[list[str]]) -> None:
    assert bootstrap.main(["setup"]) == 0
    assert no_set_up == []


# The display


@pytest.mark.parametrize(
    ("arguments", "platform", "environment", "opens"),
    [
        ([], "linux", {}, False),
        (["a.dcm"], "linux", {"DISPLAY": ""}, False),
        (["a.dcm"], "linux", {"DISPLAY": ":0"}, True),
        ([], "linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ([], "darwin", {}, True),
        ([], "win32", {}, True),
        (["--screenshot", "o.png"], "linux", {}, True),
        (["--theme", "dark", "--screenshot=o.png"], "linux", {}, True),
    ],
)
def test_a_window_needs_a_display_and_a_picture_does_not(
    bootstrap: ModuleType, arguments: list[str], platform: str, environment: dict[str, str], opens: bool
) -> None:
    assert (bootstrap.display_problem(arguments, platform, environment) == "") is opens


@pytest.mark.parametrize(
    ("arguments", "environment", "platform_of_qt"),
    [
        (["--screenshot", "o.png"], {}, "offscreen"),
        (["--screenshot", "o.png"], {"QT_QPA_PLATFORM": "vnc"}, "vnc"),
        (["--screenshot", "o.png"], {"DISPLAY": ":0"}, None),
        ([], {"DISPLAY": ":0"}, None),
    ],
)
def test_a_picture_without_a_display_is_drawn_offscreen(
    bootstrap: ModuleType, arguments: list[str], environment: dict[str, str], platform_of_qt: str | None
) -> None:
    result = bootstrap.application_environment(arguments, "linux", environment)
    assert result.get("QT_QPA_PLATFORM") == platform_of_qt


# The system's packages


def test_only_what_is_missing_is_installed(bootstrap: ModuleType, tmp_path: Path) -> None:
    needs = [
        bootstrap.Need("libhere.so.1", "here"),
        bootstrap.Need("libgone.so.1", "gone"),
        bootstrap.Need("sh", "shell"),
        bootstrap.Need("no-such-program", "program"),
        bootstrap.Need(str(tmp_path), "file"),
        bootstrap.Need(str(tmp_path / "missing"), "missing-file"),
        bootstrap.Need(str(tmp_path / "other-system" / "missing"), "not-for-this-system"),
    ]
    assert bootstrap.missing_packages(needs, "\tlibhere.so.1 (libc6)") == ["gone", "program", "missing-file"]


def test_where_the_linker_cannot_be_asked_no_library_is_missed(bootstrap: ModuleType) -> None:
    assert bootstrap.missing_packages([bootstrap.Need("libgone.so.1", "gone")], None) == []


def test_the_lists_of_packages_are_refreshed_before_they_are_used(bootstrap: ModuleType) -> None:
    update, install = bootstrap.apt_commands(["dcmtk", "orthanc"])
    assert update[-1] == "update"
    assert install[-4:] == ["-y", "--no-install-recommends", "dcmtk", "orthanc"]


def test_an_ordinary_user_gets_the_line_to_run(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    assert not bootstrap.apt_install(["libegl1", "dcmtk"])
    assert "run: sudo apt-get install -y --no-install-recommends libegl1 dcmtk\n" in capsys.readouterr().err


def test_a_system_without_apt_gets_the_names(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    assert not bootstrap.apt_install(["libegl1"])
    assert "by their names in Debian: libegl1" in capsys.readouterr().err


# The stamp


def test_the_stamp_covers_the_metadata_and_the_place(bootstrap: ModuleType) -> None:
    inputs = bootstrap.stamp_inputs(b"[project]", Path("/here"))
    assert inputs == bootstrap.stamp_inputs(b"[project]", Path("/here"))
    assert inputs != bootstrap.stamp_inputs(b"[project] ", Path("/here"))
    assert inputs != bootstrap.stamp_inputs(b"[project]", Path("/there"))


@pytest.mark.parametrize(
    ("content", "extras"),
    [
        ('{"inputs": "now", "extras": ["gui", "test"]}', ["gui", "test"]),
        ('{"inputs": "before", "extras": ["gui"]}', None),
        ('{"inputs": "now"}', None),
        ("[]", None),
        ("half a fi", None),
        (None, None),
    ],
)
def test_a_stamp_that_says_nothing_certain_counts_for_nothing(
    bootstrap: ModuleType, tmp_path: Path, content: str | None, extras: list[str] | None
) -> None:
    stamp = tmp_path / "stamp.json"
    if content is not None:
        stamp.write_text(content, encoding="utf-8")
    assert bootstrap.stamped_extras(stamp, "now") == extras


@pytest.fixture
def set_up_venv(bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[list[str]]]:
    """An environment that seems to hold Python and has the extra "gui", and the commands that are started."""
    started: list[list[str]] = []

    def call(command: list[str], **_: object) -> int:
        started.append(command)
        return 0

    monkeypatch.setattr(bootstrap.subprocess, "call", call)
    monkeypatch.setattr(bootstrap, "version_of", lambda python: "3.11" if python.exists() else "")
    venv = tmp_path / "venv"
    python = bootstrap.venv_python(venv)
    python.parent.mkdir(parents=True)
    python.touch()
    bootstrap.set_up_environment(venv, Path("python3.11"), ["gui"])
    started.clear()
    return venv, started


def test_a_second_set_up_does_nothing(bootstrap: ModuleType, set_up_venv: tuple[Path, list[list[str]]]) -> None:
    venv, started = set_up_venv
    assert bootstrap.set_up_environment(venv, Path("python3.11"), ["gui"]) == bootstrap.venv_python(venv)
    assert started == []


def test_a_further_extra_is_added_to_those_that_are_there(
    bootstrap: ModuleType, set_up_venv: tuple[Path, list[list[str]]]
) -> None:
    venv, started = set_up_venv
    bootstrap.set_up_environment(venv, Path("python3.11"), ["test"])
    (install,) = started
    assert install[-1] == f"{bootstrap.ROOT}[gui,test]"
    assert json.loads((venv / bootstrap.STAMP).read_text())["extras"] == ["gui", "test"]


def test_an_environment_whose_python_is_gone_is_made_again(
    bootstrap: ModuleType, set_up_venv: tuple[Path, list[list[str]]]
) -> None:
    venv, started = set_up_venv
    bootstrap.venv_python(venv).unlink()
    bootstrap.set_up_environment(venv, Path("python3.11"), ["gui"])
    assert [command[0] for command in started[:2]] == ["python3.11", "python3.11"]
    assert started[1][1:] == ["-m", "venv", "--clear", str(venv)]


def test_a_failed_installation_leaves_no_stamp(
    bootstrap: ModuleType, set_up_venv: tuple[Path, list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    venv, _ = set_up_venv
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command, **_: 1)
    with pytest.raises(bootstrap.SetUpError, match="pip could not install"):
        bootstrap.set_up_environment(venv, Path("python3.11"), ["test"])
    assert not (venv / bootstrap.STAMP).exists()


# Interpreters


def test_interpreters_are_looked_for_on_the_path_and_in_pyenv_newest_first(
    bootstrap: ModuleType, tmp_path: Path
) -> None:
    shims, versions = tmp_path / "shims", tmp_path / ".pyenv" / "versions"
    shims.mkdir()
    (shims / "python3.12").touch()
    for installed in ("3.12.1", "3.12.10", "3.13.0", "3.12.9"):
        (versions / installed).mkdir(parents=True)
    found = list(bootstrap.interpreter_candidates("3.12", {"PATH": f"{shims}{os.pathsep}"}, tmp_path))
    inside = [versions / installed / "bin" / "python3.12" for installed in ("3.12.10", "3.12.9", "3.12.1")]
    assert found == [shims / "python3.12", *inside]


def test_a_python_that_does_not_run_has_no_version(bootstrap: ModuleType, tmp_path: Path) -> None:
    assert bootstrap.version_of(tmp_path / "python3.12") == ""
    assert bootstrap.version_of(Path(sys.executable)) == f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.mark.parametrize(("others", "expected"), [(["3.12", "3.13"], ["3.12", "3.13"]), ([], ["3.11"])])
def test_qt_free_tests_run_on_further_pythons_or_else_on_the_main_one(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, others: list[str], expected: list[str]
) -> None:
    monkeypatch.setattr(bootstrap, "version_of", lambda python: "3.11")
    monkeypatch.setattr(bootstrap, "find_interpreter", lambda version: Path(version) if version in others else None)
    monkeypatch.setattr(bootstrap, "main_interpreter", lambda: Path("3.11"))
    assert [version for version, _ in bootstrap.qt_free_interpreters(Path("main"))] == expected
