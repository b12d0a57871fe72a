"""The start where something is missing."""

import subprocess
import sys

import pytest


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("missing", [("PySide6",), ("qasync",), ("PySide6", "qasync")])
def test_where_qt_is_missing_one_sentence_says_what_to_install(missing: tuple[str, ...]) -> None:
    finished = run(
        f"import sys\nfor name in {missing!r}: sys.modules[name] = None\n"
        "from ui.__main__ import main\nsys.exit(main([]))"
    )
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr == f'The window needs {" and ".join(missing)}: pip install "dicom-workbench[gui]"\n'


def test_a_library_that_the_system_lacks_is_named() -> None:
    finished = run(
        "import sys, types\n"
        "class Broken:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'ui.app':\n"
        "            raise ImportError('libEGL.so.1: cannot open shared object file', name='PySide6.QtGui')\n"
        "sys.meta_path.insert(0, Broken())\n"
        "from ui.__main__ import main\nsys.exit(main([]))"
    )
    assert finished.returncode == 1
    assert "libEGL.so.1" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_defect_of_ours_is_not_taken_for_a_missing_library() -> None:
    finished = run("import sys\nsys.modules['ui.app'] = None\nfrom ui.__main__ import main\nsys.exit(main([]))")
    assert finished.returncode == 1
    assert "Traceback" in finished.stderr
