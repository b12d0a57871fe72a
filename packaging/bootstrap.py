#!/usr/bin/env python3
"""Sets up DICOM Workbench on a fresh machine, then starts it or tests it. Needs nothing but Python.

    python3 packaging/bootstrap.py run [FILE...]       the application, on its demo when no files are given
    python3 packaging/bootstrap.py run --screenshot OUT.png [--theme light|dark] [--size WxH] [FILE...]
    python3 packaging/bootstrap.py test [-- PYTEST-ARGUMENT...]
    python3 packaging/bootstrap.py setup               everything a developer needs, nothing started

Each command first makes what is missing and skips what is there: the system's packages (as root on Debian and Ubuntu;
elsewhere the line to run is printed) and the environment .venv with the project in it.
`test` without arguments also runs the Qt-free part of the tests in environments without Qt (.venv-3.12 and so on).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = "dicom-workbench-setup.json"
SUPPORTED = ("3.11", "3.12", "3.13")
PARALLEL = ("-n", "2")  # processes; not for all tests: the matrix of foreign peers is filled by one
MAIN_EXTRAS = {"run": ("gui",), "test": ("gui", "test"), "setup": ("gui", "test", "check")}
SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"  # programs that an ordinary user's PATH may lack


class Need(NamedTuple):
    """One thing of the system: what shows that it is there, and Debian's package that brings it."""

    evidence: str  # a shared library, a program, or the absolute path of a file
    package: str


# What the wheels of PySide6 link to and do not bring: first for every Qt program, then for the xcb platform.
QT_NEEDS = (
    Need("libEGL.so.1", "libegl1"),
    Need("libGL.so.1", "libgl1"),
    Need("libglib-2.0.so.0", "libglib2.0-0"),
    Need("libfontconfig.so.1", "libfontconfig1"),
    Need("libdbus-1.so.3", "libdbus-1-3"),
    Need("libX11-xcb.so.1", "libx11-xcb1"),
    Need("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    Need("libxcb-cursor.so.0", "libxcb-cursor0"),
    Need("libxcb-icccm.so.4", "libxcb-icccm4"),
    Need("libxcb-image.so.0", "libxcb-image0"),
    Need("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Need("libxcb-randr.so.0", "libxcb-randr0"),
    Need("libxcb-render-util.so.0", "libxcb-render-util0"),
    Need("libxcb-shape.so.0", "libxcb-shape0"),
    Need("libxcb-xinerama.so.0", "libxcb-xinerama0"),
    # Without a font every text is a row of boxes.
    Need("/var/lib/dpkg/info/fonts-dejavu-core.list", "fonts-dejavu-core"),
    Need("/var/lib/dpkg/info/fonts-inter.list", "fonts-inter"),
)
# A display where there is none, and the peers of the interoperability tests.
TEST_NEEDS = (
    Need("Xvfb", "xvfb"),
    Need("dcmdump", "dcmtk"),
    Need("Orthanc", "orthanc"),
    Need("tshark", "tshark"),
)


class SetUpError(Exception):
    """What keeps the set-up from going on, in a sentence for the person who started it."""


def main(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit status."""
    command, *rest = arguments or ["--help"]
    try:
        if command == "run":
            return run_application(rest)
        if command == "test":
            return run_tests(rest[1:] if rest[:1] == ["--"] else rest)
        if command == "setup":
            set_up_main("setup")
            return 0
    except SetUpError as error:
        say(str(error))
        return 1
    print(__doc__)
    return 0 if command in ("-h", "--help") else 2


def run_application(arguments: Sequence[str]) -> int:
    """Starts the application with `arguments`; replaces this process where the system can."""
    problem = display_problem(arguments, sys.platform, os.environ)
    if problem:
        raise SetUpError(problem)
    python = set_up_main("run")
    environment = application_environment(arguments, sys.platform, os.environ)
    # -P: a folder named ui where the person happens to stand must not be taken for the application.
    command = [str(python), "-P", "-m", "ui", *arguments]
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(python, command, environment)
    return subprocess.call(command, env=environment)


def run_tests(arguments: Sequence[str]) -> int:
    """Runs the tests; what is printed last is pytest's summary of the run with everything in it, or of one that fails.

    Args:
        arguments: for pytest; when there are any, only the main environment's tests run.
    """
    python = set_up_main("test")
    if not arguments:
        for version, interpreter in qt_free_interpreters(python):
            say(f"the tests that need no Qt, on Python {version} without Qt")
            headless = set_up_environment(ROOT / f".venv-{version}", interpreter, ("test",))
            selection = ["-p", "no:pytest-qt", "--ignore=tests/ui", "-m", "not slow and not interop", "-q", *PARALLEL]
            if status := subprocess.call([str(headless), "-m", "pytest", *selection], cwd=ROOT):
                return status
    say(f"all tests, in {VENV.name}")
    return subprocess.call([str(python), "-m", "pytest", *arguments], cwd=ROOT)


# The display


def is_screenshot(arguments: Sequence[str]) -> bool:
    """Tells whether the application is to save a picture and end."""
    return any(argument == "--screenshot" or argument.startswith("--screenshot=") for argument in arguments)


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Tells whether a window can be seen; macOS and Windows always have a place for it."""
    return platform in ("darwin", "win32") or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def display_problem(arguments: Sequence[str], platform: str, environment: Mapping[str, str]) -> str:
    """Gives the sentence that says why the window cannot open, or nothing."""
    if is_screenshot(arguments) or has_display(platform, environment):
        return ""
    return "no display: set DISPLAY or WAYLAND_DISPLAY, or take a picture with: run --screenshot OUT.png"


def application_environment(arguments: Sequence[str], platform: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Gives the environment of the application: a picture without a display is drawn offscreen."""
    result = dict(environment)
    if is_screenshot(arguments) and not has_display(platform, environment):
        result.setdefault("QT_QPA_PLATFORM", "offscreen")
    return result


# The system's packages


def missing_packages(needs: Iterable[Need], libraries: str | None) -> list[str]:
    """Gives the packages whose evidence is not there.

    Args:
        needs: what to look for.
        libraries: what the dynamic linker lists; None where it cannot be asked, and then no library is missed.
    """
    return [need.package for need in needs if not is_present(need.evidence, libraries)]


def is_present(evidence: str, libraries: str | None) -> bool:
    """Tells whether a library, a program or a file is there; a file whose folder the system lacks is not missed."""
    if ".so." in evidence:
        return libraries is None or evidence in libraries
    if evidence.startswith("/"):
        return Path(evidence).exists() or not Path(evidence).parent.exists()
    return shutil.which(evidence, path=f"{os.environ.get('PATH', os.defpath)}:{SYSTEM_FOLDERS}") is not None


def linker_listing() -> str | None:
    """Gives the shared libraries that the dynamic linker knows, or None where it has no such list."""
    program = shutil.which("ldconfig", path=f"{os.environ.get('PATH', os.defpath)}:{SYSTEM_FOLDERS}")
    if program is None:
        return None
    return subprocess.run([program, "-p"], capture_output=True, text=True, check=False).stdout or None


def apt_commands(packages: Sequence[str]) -> list[list[str]]:
    """Gives the commands that install `packages`."""
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    return [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]]


def install_system_packages(needs: Iterable[Need]) -> None:
    """Installs what is missing where that is possible, otherwise prints the line that does; never stops the set-up."""
    if not sys.platform.startswith("linux"):
        return  # the wheels bring everything there
    packages = missing_packages(needs, linker_listing())
    if packages:
        apt_install(packages)


def apt_install(packages: Sequence[str]) -> bool:
    """Installs Debian's `packages` as root; else, or on failure, prints the line that does. Tells whether it worked."""
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        say(f"missing on this system, by their names in Debian: {names}")
        return False
    if os.geteuid() == 0:
        say(f"installing {names}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if all(subprocess.call(command, env=environment) == 0 for command in apt_commands(packages)):
            return True
    say(f"to install what is missing, run: sudo apt-get install -y --no-install-recommends {names}")
    return False


# Python


def set_up_main(command: str) -> Path:
    """Sets up the system and .venv for `command` and returns the environment's Python."""
    install_system_packages(QT_NEEDS if command == "run" else QT_NEEDS + TEST_NEEDS)
    return set_up_environment(VENV, main_interpreter(), MAIN_EXTRAS[command])


def set_up_environment(venv: Path, interpreter: Path, extras: Sequence[str]) -> Path:
    """Makes `venv` with the project and `extras`, unless its stamp says that it is so; returns its Python."""
    python = venv_python(venv)
    stamp = venv / STAMP
    inputs = stamp_inputs((ROOT / "pyproject.toml").read_bytes(), ROOT)
    installed = stamped_extras(stamp, inputs)
    if python.exists() and installed is not None and set(extras) <= set(installed):
        return python
    extras = sorted({*extras, *(installed or ())})
    stamp.unlink(missing_ok=True)
    if version_of(python) not in SUPPORTED:
        make_environment(venv, interpreter)
    say(f"installing the project into {venv.name} with {', '.join(extras)}")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, "--editable", f"{ROOT}[{','.join(extras)}]"]):
        raise SetUpError(f"pip could not install the project into {venv}: see its message above")
    stamp.write_text(json.dumps({"inputs": inputs, "extras": extras}), encoding="utf-8")
    return python


def make_environment(venv: Path, interpreter: Path) -> None:
    """Makes an empty environment; brings the module for it where Debian keeps it in a package of its own."""
    if subprocess.call([str(interpreter), "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL):
        package = f"python{version_of(interpreter)}-venv"
        if not apt_install([package]):
            raise SetUpError(f"{interpreter} cannot make environments: it lacks the modules venv and ensurepip")
    say(f"making {venv.name} with {interpreter}")
    if subprocess.call([str(interpreter), "-m", "venv", "--clear", str(venv)]):
        raise SetUpError(f"{interpreter} could not make {venv}")


def venv_python(venv: Path) -> Path:
    """Gives the path of the Python of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_inputs(pyproject: bytes, root: Path) -> str:
    """Gives a digest of what an installed environment depends on: the project's metadata and the place of the tree."""
    return hashlib.sha256(pyproject + b"\0" + os.fsencode(root)).hexdigest()


def stamped_extras(stamp: Path, inputs: str) -> list[str] | None:
    """Gives the extras that were installed from `inputs`, or None when something else or nothing was."""
    try:
        content = json.loads(stamp.read_text(encoding="utf-8"))
        return [str(extra) for extra in content["extras"]] if content["inputs"] == inputs else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def version_of(python: Path) -> str:
    """Gives "3.11" and the like by asking the interpreter, or nothing when it does not run (a shim of pyenv, say)."""
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([str(python), "-c", question], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def main_interpreter() -> Path:
    """Gives the Python for .venv: the one that runs this file, else the oldest supported one that is found."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if running in SUPPORTED:
        return Path(sys.executable)
    for version in SUPPORTED:
        interpreter = find_interpreter(version)
        if interpreter:
            return interpreter
    raise SetUpError(f"Python {running} is not supported and none of {', '.join(SUPPORTED)} was found")


def qt_free_interpreters(main_python: Path) -> Iterator[tuple[str, Path]]:
    """Gives version and interpreter of each further supported Python; the main one when there is no other."""
    main_version = version_of(main_python)
    found = [(version, find_interpreter(version)) for version in SUPPORTED if version != main_version]
    usable = [(version, interpreter) for version, interpreter in found if interpreter is not None]
    yield from usable or [(main_version, main_interpreter())]


def find_interpreter(version: str) -> Path | None:
    """Gives an interpreter of this version that really runs and can make environments, or None."""
    for candidate in interpreter_candidates(version, os.environ, Path.home()):
        if version_of(candidate) == version:
            return candidate
    return None


def interpreter_candidates(version: str, environment: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Gives the places where an interpreter of this version may be: PATH, then pyenv's own folder, newest first."""
    name = f"python{version}"
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        if folder and (Path(folder) / name).is_file():
            yield Path(folder) / name
    pyenv = Path(environment.get("PYENV_ROOT") or home / ".pyenv")
    for installed in sorted(pyenv.glob(f"versions/{version}.*"), key=patch_number, reverse=True):
        yield installed / "bin" / name


def patch_number(installed: Path) -> int:
    """Gives the last number of a folder named after a version; 0 for 3.13t and the like."""
    last = installed.name.rpartition(".")[2]
    return int(last) if last.isdigit() else 0


def say(text: str) -> None:
    """Prints a line about the set-up where it does not mix with what a program puts out."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
