"""The files of the project, for the tests that look at all of them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_FOLDERS = ("workbench", "ui", "resources", "packaging")


def project_files() -> list[Path]:
    """Gives every file that is or would be committed; all of the tree where there is no git (a source archive)."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        found = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
        return sorted(ROOT / path for path in found if not any(map(is_made, path.parts[:-1])))
    names = [name.decode() for name in listed.split(b"\0") if name]
    return sorted(path for path in (ROOT / name for name in names) if path.is_file())


def is_made(folder: str) -> bool:
    """Tells whether a folder of this name holds what tools made: environments, caches, builds."""
    return folder in ("__pycache__", "build", "dist") or (folder.startswith(".") and folder != ".ci")


def python_files(*folders: str) -> list[Path]:
    """Gives the Python files of the project below `folders`."""
    tops = [ROOT / folder for folder in folders]
    return [path for path in project_files() if path.suffix == ".py" and any(top in path.parents for top in tops)]


def name_of(path: Path) -> str:
    """Gives the path inside the project, with slashes: what an assertion shows and what a test is named by."""
    return path.relative_to(ROOT).as_posix()
