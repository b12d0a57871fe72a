"""The settings as one versioned JSON file, and the places where the application keeps its things.

Reading names the place of the first wrong value. Places come from platformdirs unless `DWB_HOME` or a home folder is
given.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs

from workbench.config import Settings
from workbench.errors import ConfigError
from workbench.json_file import read_document, write_document

FILE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are kept: the settings, the INI of the window's chrome, received objects, worklist, log."""

    settings_file: Path
    window_file: Path
    storage_folder: Path
    worklist_file: Path
    log_file: Path


def places(home: Path | None = None) -> Places:
    """The places below `home`, else below `DWB_HOME`, else where the platform keeps such things. Makes no folder."""
    chosen = home or (Path(os.environ["DWB_HOME"]) if os.environ.get("DWB_HOME") else None)
    config = chosen or Path(platformdirs.user_config_dir("dicom-workbench", appauthor=False))
    data = chosen or Path(platformdirs.user_data_dir("dicom-workbench", appauthor=False))
    return Places(
        settings_file=config / "settings.json",
        window_file=config / "window.ini",
        storage_folder=data / "received",
        worklist_file=data / "worklist.json",
        log_file=data / "dicom-workbench.log",
    )


def save_settings(path: Path, settings: Settings) -> None:
    """Writes the settings file whole or not at all; the folder is made with mode 0700, the file with 0600.

    Raises:
        ConfigError: the file cannot be written.
    """
    write_document(path, msgspec.to_builtins(settings), version=FILE_VERSION, name="the settings")


def load_settings(path: Path) -> Settings:
    """Reads the settings file; a file that does not exist gives the defaults.

    Raises:
        ConfigError: it cannot be read, is not JSON, is of another version, or holds a wrong value; names the place.
    """
    document = read_document(path, version=FILE_VERSION, name="the settings")
    if document is None:
        return Settings()
    try:
        return msgspec.convert(document, Settings)
    except (msgspec.ValidationError, ConfigError) as exc:
        raise ConfigError(f"{path}: {exc}") from exc
