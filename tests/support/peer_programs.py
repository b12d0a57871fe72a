"""Where the programs of other DICOM implementations are."""

import os
import shutil
import sysconfig
from pathlib import Path
from typing import Final

_SYSTEM_FOLDERS: Final = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # Debian keeps Orthanc there; a PATH may lack it


def find_program(name: str) -> Path | None:
    """Finds a program that is no script of this Python: pynetdicom's storescu and DCMTK's have the same name.

    An activated virtual environment has its scripts first in PATH.
    """
    scripts = Path(sysconfig.get_path("scripts")).resolve()
    listed = os.environ.get("PATH", os.defpath).split(os.pathsep)
    folders = [folder for folder in (*listed, *_SYSTEM_FOLDERS) if Path(folder).resolve() != scripts]
    found = shutil.which(name, path=os.pathsep.join(folders))
    return Path(found) if found else None
