"""The name and the version of the program."""

from importlib import metadata

from workbench.uids import IMPLEMENTATION_VERSION_NAME

DISTRIBUTION = "dicom-workbench"


def version() -> str:
    """Gives "DICOM Workbench 0.1.0"."""
    try:
        number = metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        number = IMPLEMENTATION_VERSION_NAME.removeprefix("DWB_").replace("_", ".")
    return f"DICOM Workbench {number}"
