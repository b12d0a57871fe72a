"""`dicom-workbench`, or `python -m ui`: starts the application, or says in a sentence what it lacks."""

import sys
from importlib.util import find_spec

_NEEDED = ("PySide6", "qasync")
_INSTALL = 'pip install "dicom-workbench[gui]"'


def main(arguments: list[str] | None = None) -> int:
    """Runs the application and gives its exit code; 1 where Qt is missing."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        sys.stderr.write(f"The window needs {' and '.join(missing)}: {_INSTALL}\n")
        return 1
    try:
        from ui.app import run
    except ImportError as error:
        if not (error.name or "").startswith("PySide6") and "lib" not in str(error):
            raise
        sys.stderr.write(f"Qt is installed but cannot be loaded ({error}): install the missing system library.\n")
        return 1
    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
